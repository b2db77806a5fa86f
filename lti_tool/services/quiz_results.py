"""The explanation of a marked question: what was chosen, what is right, and why."""

from decimal import Decimal

from lti_tool.domain.course import Choice, Matching, Numeric, Ordering, Text
from lti_tool.domain.marking import mark, pairs_right
from lti_tool.domain.quiz import Drawn
from lti_tool.services.attempts import Paper
from lti_tool.services.quiz_pages import Feedback, Marked, shown

Picks = list[int | None]


def marked(paper: Paper, number: int) -> Marked:
    """Question `number` (from 1) of a submitted attempt."""
    question, drawn = paper.questions[number - 1]
    answer = paper.answers.get(question.id)
    response = answer.response if answer else None
    picks: Picks = response.get("pick", []) if response else []
    match question:
        case Choice():
            options, correct = _choice(question, drawn, picks)
        case Matching():
            options, correct = _matching(question, drawn, picks)
        case Ordering():
            options, correct = _ordering(question, drawn, picks)
        case Numeric():
            options, correct = (), (_number(question),)
    return Marked(
        shown=shown(paper, number),
        credit=mark(question, drawn, response),
        options=options,
        correct=correct,
        why=question.why if isinstance(question, Ordering | Numeric) else None,
    )


def _choice(question: Choice, drawn: Drawn, picks: Picks) -> tuple[tuple[Feedback, ...], tuple[Text, ...]]:
    options = [question.options[index] for index in drawn.order]
    feedback = tuple(
        Feedback(option.text, position in picks, option.credit, option.why)
        for position, option in enumerate(options)
    )
    return feedback, tuple(option.text for option in options if option.credit == 100)


def _matching(
    question: Matching, drawn: Drawn, picks: Picks
) -> tuple[tuple[Feedback, ...], tuple[Text, ...]]:
    given = _in_file_order(drawn, picks, len(question.pairs))
    right = pairs_right(question, given)
    feedback = tuple(
        Feedback(pair.left, pick is not None, 100 if hit else 0, pair.why)
        for pair, pick, hit in zip(question.pairs, given, right, strict=True)
    )
    return feedback, tuple(pair.right for pair in question.pairs)


def _ordering(
    question: Ordering, drawn: Drawn, picks: Picks
) -> tuple[tuple[Feedback, ...], tuple[Text, ...]]:
    given = _in_file_order(drawn, picks, len(question.steps))
    feedback = tuple(
        Feedback(step, pick is not None and question.steps[pick] == step, None, None)
        for step, pick in zip(question.steps, given, strict=True)
    )
    return feedback, question.steps


def _number(question: Numeric) -> Text:
    words = _digits(question.answer)
    if question.tolerance:
        words += f" ± {_digits(question.tolerance)}"
    return Text(ja=words, en=words)


def _digits(number: Decimal) -> str:
    return f"{number:,f}"


def _in_file_order(drawn: Drawn, picks: Picks, places: int) -> Picks:
    if not picks:
        return [None] * places
    return [None if pick is None else drawn.order[pick] for pick in picks]
