"""The ledger of a course: what is where, who may look, and sending again - one, or many of a kind."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.delivering import QUIZ, School, answering

from lti_tool.errors import AccessDenied, Conflict, NotFound
from lti_tool.services import ledger, resending
from lti_tool.services.ledger import Filter, Line
from lti_tool.services.who import Who
from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.db import open_session, transaction
from lti_tool.storage.people import Context
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import ScoreReport

TOKYO = ZoneInfo("Asia/Tokyo")
EVERYTHING = Filter()


def staff(school: School) -> Who:
    """Somebody who may look."""
    return Who(0, school.context_id, "assistant")


def seen(school: School, wanted: Filter = EVERYTHING, number: int = 1) -> ledger.Page:
    """A page of the ledger."""
    with open_session(school.engine, writes=False) as session:
        return ledger.page(session, staff(school), wanted, number, school.now, TOKYO)


def put(school: School, who: Who, **values: object) -> int:
    """Bring a person's one grade into a state; its number."""
    number = school.report(who).id
    with transaction(school.engine) as session:
        row = session.get_one(ScoreReport, number)
        for name, value in values.items():
            setattr(row, name, value)
    return number


@pytest.fixture
def mixed(school: School) -> dict[str, Who]:
    """A grade of everybody, each elsewhere."""
    where = {
        "held": ("held", "refused"),
        "queued": ("queued", ""),
        "sending": ("sending", ""),
        "delivered": ("delivered", ""),
        "confirmed": ("confirmed", ""),
        "drifted": ("drifted", ""),
        "kept": ("drifted", "kept"),
        "teacher": ("not_applicable", ""),
        "unwanted": ("not_applicable", "not-chosen"),
    }
    people = {}
    for name, (state, reason) in where.items():
        people[name] = school.student(name)
        school.want(people[name], 80)
        put(school, people[name], state=state, reason=reason, next_try_at=school.now + timedelta(hours=1))
    return people


def names(page: ledger.Page) -> list[str]:
    return [line.person_name.removeprefix("Person ") for line in page.lines]


def test_staff_see_every_grade_with_the_words_of_the_lms(school: School):
    aoi, ken = school.student("5"), school.student("6")
    school.want(aoi, 80)
    school.want(ken, 70)
    school.http.faults.append(answering(403, b"The gradebook is closed"))
    school.send()
    first, second = seen(school).lines
    assert (first.person_name, first.node, first.percent) == ("Person 5", QUIZ, 80)
    assert (first.state, first.reason, first.tries) == ("held", "refused", 1)
    assert first.answer == "The gradebook is closed"
    assert (second.state, second.delivered_at) == ("delivered", school.now)


def test_nobody_else_sees_or_sends_anything(school: School, mixed: dict[str, Who]):
    number = school.report(mixed["held"]).id
    with transaction(school.engine) as session:
        for role in ("learner", "observer"):
            who = Who(mixed["held"].person_id, school.context_id, role)
            for refused in (
                lambda who=who: ledger.page(session, who, Filter(), 1, school.now, TOKYO),
                lambda who=who: ledger.export(session, who, Filter()),
                lambda who=who: ledger.history(session, who, number),
                lambda who=who: resending.batch(session, who, Filter()),
                lambda who=who: resending.resend(session, who, number, school.now),
                lambda who=who: resending.resend_all(session, who, Filter(), school.now),
                lambda who=who: resending.keep_all(session, who, Filter(), school.now),
            ):
                with pytest.raises(AccessDenied):
                    refused()
            assert ledger.needing(session, who) == 0


def test_another_course_has_a_ledger_of_its_own(school: School, mixed: dict[str, Who]):
    number = school.report(mixed["held"]).id
    person = mixed["held"].person_id
    with transaction(school.engine) as session:
        deployment_id = session.get_one(Context, school.context_id).deployment_id
        another = Context(deployment_id=deployment_id, context_id="another", created_at=school.now)
        session.add(another)
        session.flush()
        other = Who(0, another.id, "instructor")
        page = ledger.page(session, other, Filter(student=person), 1, school.now, TOKYO)
        assert (page.total, page.people, page.nodes, sum(page.groups.values())) == (0, (), (), 0)
        assert list(ledger.export(session, other, Filter())) == []
        assert resending.batch(session, other, Filter(student=person)) == resending.Batch(0, 0, "")
        assert resending.resend_all(session, other, Filter(student=person), school.now) == 0
        for touch in (
            lambda: ledger.history(session, other, number),
            lambda: resending.resend(session, other, number, school.now),
        ):
            with pytest.raises(NotFound):
                touch()


def test_grades_are_counted_by_where_they_are(school: School, mixed: dict[str, Who]):
    page = seen(school)
    assert page.groups == {
        "held": 1,
        "drifted": 1,
        "waiting": 2,
        "delivered": 1,
        "confirmed": 1,
        "kept": 1,
        "none": 2,
    }
    assert (page.needing, page.total, page.again) == (2, 9, 5)
    assert page.reasons == {"refused": 1}
    with transaction(school.engine) as session:
        assert ledger.needing(session, staff(school)) == 2


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("needed", ["drifted", "held"]),
        ("held", ["held"]),
        ("drifted", ["drifted"]),
        ("kept", ["kept"]),
        ("waiting", ["queued", "sending"]),
        ("delivered", ["delivered"]),
        ("confirmed", ["confirmed"]),
        ("none", ["teacher", "unwanted"]),
    ],
)
def test_the_list_is_filtered_by_state(school: School, mixed: dict[str, Who], state: str, found: list[str]):
    page = seen(school, Filter(state=state))
    assert (names(page), page.total) == (found, len(found))
    assert sum(page.groups.values()) == 9, "the other states stay in reach"
    with open_session(school.engine, writes=False) as session:
        lines = list(ledger.export(session, staff(school), Filter(state=state)))
    assert [line.report_id for line in lines] == [line.report_id for line in page.lines]


def test_the_list_is_filtered_by_person_and_activity(school: School, mixed: dict[str, Who]):
    person = mixed["held"].person_id
    assert names(seen(school, Filter(student=person))) == ["held"]
    assert seen(school, Filter(student=person)).groups["delivered"] == 0
    assert seen(school, Filter(activity=QUIZ)).total == 9
    assert seen(school, Filter(activity="another")).total == 0
    assert seen(school, Filter(activity="another")).nodes == (QUIZ,)


def test_a_page_beyond_the_last_is_the_last(school: School, mixed: dict[str, Who], monkeypatch):
    monkeypatch.setattr(ledger, "PAGE", 4)
    pages = [seen(school, number=number) for number in (0, 1, 2, 3, 99)]
    assert [page.number for page in pages] == [1, 1, 2, 3, 3]
    assert [len(page.lines) for page in pages] == [4, 4, 4, 1, 1]
    assert sorted(names(pages[1]) + names(pages[2]) + names(pages[3])) == sorted(mixed)


def test_the_days_are_those_of_the_zone(school: School):
    """A grade of 15:30 UTC was made on the next day in Tokyo."""
    student = school.student("5")
    school.want(student, 80)
    late = datetime(2026, 11, 22, 15, 30, tzinfo=school.now.tzinfo)
    put(school, student, timestamp=late, state="held")
    days = {day.day.isoformat(): (day.settled, day.waiting, day.needing) for day in seen(school).days}
    assert len(days) == 28
    assert {day for day, counts in days.items() if any(counts)} == {"2026-11-23"}
    assert days["2026-11-23"] == (0, 0, 1)
    put(school, student, timestamp=school.now - timedelta(days=40))
    assert not any(day.needing for day in seen(school).days)


def test_one_grade_is_sent_again_and_the_deed_kept(school: School, mixed: dict[str, Who]):
    number = school.report(mixed["held"]).id
    with transaction(school.engine) as session:
        resending.resend(session, staff(school), number, school.now)
    row = school.report(mixed["held"])
    assert (row.state, row.reason, row.next_try_at) == ("queued", "", school.now)
    with transaction(school.engine) as session:
        (entry,) = session.query(AuditEntry).all()
        assert (entry.action, entry.who, entry.what) == ("grade-resent", "person 0", f"report {number}")


@pytest.mark.parametrize("name", ["drifted", "kept", "unwanted"])
def test_what_a_person_decided_is_not_undone_by_a_stale_page(
    school: School, mixed: dict[str, Who], name: str
):
    row = school.report(mixed[name])
    with transaction(school.engine) as session, pytest.raises(Conflict):
        resending.resend(session, staff(school), row.id, school.now)
    assert school.report(mixed[name]).state == row.state


def test_a_grade_in_a_workers_hands_is_left_there(school: School, mixed: dict[str, Who]):
    with transaction(school.engine) as session:
        resending.resend(session, staff(school), school.report(mixed["sending"]).id, school.now)
        resending.resend_all(session, staff(school), Filter(), school.now)
    assert school.report(mixed["sending"]).state == "sending"


def test_many_are_sent_again_but_never_over_a_persons_decision(school: School, mixed: dict[str, Who]):
    with transaction(school.engine) as session:
        assert resending.batch(session, staff(school), Filter(activity=QUIZ)).count == 5
        assert resending.resend_all(session, staff(school), Filter(activity=QUIZ), school.now) == 5
    due = {name for name, who in mixed.items() if school.report(who).next_try_at == school.now}
    assert due == {"held", "queued", "delivered", "confirmed", "teacher"}
    assert {school.report(mixed[name]).state for name in due} == {"queued"}
    with transaction(school.engine) as session:
        (entry,) = session.query(AuditEntry).all()
        assert entry.what == f"context {school.context_id} activity {QUIZ}: 5 grades"


def test_all_of_one_person_and_all_that_are_held(school: School, mixed: dict[str, Who]):
    with transaction(school.engine) as session:
        person = mixed["delivered"].person_id
        assert (
            resending.batch(session, staff(school), Filter(student=person)).person_name == "Person delivered"
        )
        assert resending.resend_all(session, staff(school), Filter(student=person), school.now) == 1
        assert resending.resend_all(session, staff(school), Filter(state="held"), school.now) == 1
        assert resending.resend_all(session, staff(school), Filter(state="drifted"), school.now) == 0
    queued = {name for name, who in mixed.items() if school.report(who).state == "queued"}
    assert queued == {"queued", "delivered", "held"}


def test_what_the_lms_shows_stands_of_many_at_once(school: School, mixed: dict[str, Who]):
    put(school, mixed["held"], state="drifted", reason="overridden", overrule=True)
    with transaction(school.engine) as session:
        assert resending.batch(session, staff(school), Filter(activity=QUIZ)).changed == 2
        assert resending.keep_all(session, staff(school), Filter(activity="another"), school.now) == 0
        assert resending.keep_all(session, staff(school), Filter(activity=QUIZ), school.now) == 2
    for name in ("held", "drifted", "kept"):
        row = school.report(mixed[name])
        assert (row.state, row.reason, row.overrule) == ("drifted", "kept", False)
    assert school.report(mixed["delivered"]).reason == ""
    with transaction(school.engine) as session:
        (entry,) = session.query(AuditEntry).all()
        assert (entry.action, entry.what) == (
            "lms-grade-kept",
            f"context {school.context_id} activity {QUIZ}: 2 grades",
        )


def test_the_history_shows_every_try_newest_first(school: School):
    student = school.student("5")
    school.want(student, 80)
    school.http.faults.extend([answering(503), answering(403, b"closed")])
    school.send()
    school.now += timedelta(minutes=20)
    school.send()
    with open_session(school.engine, writes=False) as session:
        page = ledger.history(session, staff(school), school.report(student).id)
    assert [(each.outcome, each.status, each.answer) for each in page.tries] == [
        ("held", 403, "closed"),
        ("retry", 503, ""),
    ]
    assert page.again
    assert isinstance(page.line, Line)


def test_a_silent_lms_is_told_of_while_grades_wait_for_it(school: School):
    student = school.student("5")
    school.want(student, 80)
    until = school.now + timedelta(minutes=10)
    school.change(Platform, quiet_until=until)
    assert seen(school).quiet_until == until
    put(school, student, state="delivered")
    assert seen(school).quiet_until is None
