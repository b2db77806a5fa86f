"""Before submission a page holds no key; afterwards it explains everything."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime

import pytest
from sqlalchemy.orm import Session
from support.answers import answer, paper, right, take
from support.courses import MATCHING, NUMERIC, ORDERING

from lti_tool.domain.course import Choice, Course, Matching, Numeric, Option, Ordering, Pair, Quiz, Text
from lti_tool.errors import Conflict
from lti_tool.services import quizzes
from lti_tool.services.quizzes import Marked
from lti_tool.services.who import Who
from lti_tool.storage.work import Attempt


def walk(thing: object) -> Iterator[object]:
    """Everything that can be reached from a value."""
    yield thing
    if is_dataclass(thing):
        for one in fields(thing):
            yield one.name
            yield from walk(getattr(thing, one.name))
    elif isinstance(thing, dict):
        for name, inner in thing.items():
            yield from (name, *walk(inner))
    elif isinstance(thing, tuple | list | set | frozenset):
        for inner in thing:
            yield from walk(inner)


def test_nothing_shown_before_submission_holds_a_key_a_credit_or_a_reason(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    before = quizzes.overview(session, course, student, "a101-quiz", now)
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    answer(session, course, student, attempt_id, now)
    pages = [
        before,
        quizzes.overview(session, course, student, "a101-quiz", now),
        quizzes.outline(session, course, student, attempt_id, now),
        *(quizzes.question(session, course, student, attempt_id, number, now) for number in range(1, 7)),
    ]
    seen = [part for page in pages for part in walk(page)]
    secret = (Quiz, Choice, Option, Matching, Pair, Ordering, Numeric, Attempt)
    assert not [part for part in seen if isinstance(part, secret)]
    assert not {"credit", "why", "correct", "right", "options", "answer", "tolerance", "order"} & {
        part for part in seen if isinstance(part, str)
    }
    assert not [part for part in seen if isinstance(part, Text) and part.en.startswith("why")]
    assert "120,000" not in seen


def test_items_are_shown_in_the_drawn_order_and_the_ticks_are_counted(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    for number, (question, drawn) in enumerate(paper(session, course, attempt_id), start=1):
        shown = quizzes.question(session, course, student, attempt_id, number, now)
        assert (shown.kind, shown.ask, shown.number, shown.total) == (question.kind, question.ask, number, 6)
        if isinstance(question, Choice):
            assert shown.choices == tuple(question.options[index].text for index in drawn.order)
            assert shown.to_choose == (2 if question.kind == "multiple" else 1)
        else:
            assert shown.to_choose is None
        assert shown.lefts == (tuple(pair.left for pair in MATCHING.pairs) if question == MATCHING else ())
        assert shown.unit == (NUMERIC.unit if question == NUMERIC else None)


def test_there_is_no_result_before_submission(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    with pytest.raises(Conflict) as caught:
        quizzes.result(session, course, student, attempt_id, now)
    assert caught.value.code == "running"


def results(session: Session, course: Course, who: Who, attempt_id: int, now: datetime) -> dict[str, Marked]:
    """The marked questions by kind."""
    page = quizzes.result(session, course, who, attempt_id, now)
    return {marked.shown.kind: marked for marked in page.marked}


def test_a_perfect_attempt_is_explained_option_by_option(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = take(session, course, student, "a101-quiz", now)
    page = quizzes.result(session, course, student, attempt_id, now)
    assert (page.attempt.percent, page.attempt.passed, page.quiz.pass_mark) == (100, True, 80)
    by_kind = results(session, course, student, attempt_id, now)
    assert {kind: marked.credit for kind, marked in by_kind.items()} == dict.fromkeys(by_kind, 100)
    for kind in ("single", "multiple", "situational"):
        marked = by_kind[kind]
        assert [line.text for line in marked.options] == list(marked.shown.choices)
        assert all(line.chosen == (line.credit == 100) for line in marked.options)
        assert all(line.why and line.why.en == f"why {line.text.en}" for line in marked.options)
        assert set(marked.correct) == {line.text for line in marked.options if line.credit == 100}
    assert {line.credit for line in by_kind["situational"].options} == {100, 50, 0}


def test_matching_ordering_and_numbers_show_what_is_right_and_why(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = take(session, course, student, "a101-quiz", now, mistakes=6)
    by_kind = results(session, course, student, attempt_id, now)
    matching, ordering, number = by_kind["matching"], by_kind["ordering"], by_kind["numeric"]
    assert [(line.text, line.chosen, line.credit, line.why) for line in matching.options] == [
        (pair.left, True, 0, pair.why) for pair in MATCHING.pairs
    ]
    assert matching.correct == tuple(pair.right for pair in MATCHING.pairs)
    assert ([line.chosen for line in ordering.options], ordering.correct) == ([False] * 4, ORDERING.steps)
    assert (number.options, number.correct[0].ja) == ((), "120,000 ± 500")
    assert (matching.why, ordering.why, number.why) == (None, ORDERING.why, NUMERIC.why)


def test_one_wrong_pair_is_pointed_out_though_nothing_is_earned(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    for number, (question, drawn) in enumerate(paper(session, course, attempt_id), start=1):
        if question == MATCHING:
            first, _second, third = right(question, drawn)["pick"]
            response = {"pick": [first, None, third]}
            quizzes.save(session, course, student, attempt_id, number, response, now)
    quizzes.submit(session, course, student, attempt_id, now)
    matching = results(session, course, student, attempt_id, now)["matching"]
    assert [(line.chosen, line.credit) for line in matching.options] == [(True, 100), (False, 0), (True, 100)]
    assert matching.credit == 0


def test_unanswered_questions_are_explained_too(
    session: Session, course: Course, student: Who, now: datetime
) -> None:
    attempt_id = quizzes.start(session, course, student, "a101-quiz", now)
    quizzes.submit(session, course, student, attempt_id, now)
    for marked in results(session, course, student, attempt_id, now).values():
        assert (marked.credit, marked.shown.response) == (0, None)
        assert not any(line.chosen for line in marked.options)
        assert marked.correct
