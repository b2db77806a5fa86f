"""The audit log: what is worth it is written down by whoever did it, and can be read and exported."""

import csv
import io
from datetime import timedelta

import pytest
from support import tokens
from support.people import make_person

from lti_tool.errors import AccessDenied
from lti_tool.services import (
    assignments,
    audit,
    classes,
    keys,
    passback,
    registration,
    resending,
    reviews,
    roster,
)
from lti_tool.services.audit import Action, Filter
from lti_tool.storage import roster_queries
from lti_tool.storage.audit import AuditEntry


def deeds(session) -> list[tuple[str, str, str]]:
    """What is in the log: who, action, what."""
    session.flush()
    rows = session.query(AuditEntry).order_by(AuditEntry.id)
    return [(row.who, row.action, row.what) for row in rows]


def test_what_an_operator_does_to_platforms_and_keys_is_recorded(session, now):
    """ATK-25."""
    registration.invite(session, now, by="operator anna")
    registration.enter(session, tokens.registration(), "School", None, now)
    number = registration.knows(session, tokens.ISSUER, tokens.CLIENT_ID) and _platform(session)
    registration.disable(session, number, now)
    registration.disable(session, number, now)
    kid = keys.rotate(session, now, by="operator anna").kid
    (_, _, invitation), *rest = deeds(session)
    assert invitation.startswith("invitation ")
    assert rest == [
        ("command line", "platform-entered", f"platform {number}"),
        ("command line", "platform-disabled", f"platform {number}"),
        ("operator anna", "key-rotated", f"key {kid}"),
    ], "switching off what is off already is no deed"


def _platform(session) -> int:
    return session.query(registration.Platform).one().id


def test_what_teachers_do_is_recorded_by_their_number(session, course, now, teacher):
    """ATK-25: the log holds nobody's name."""
    student = make_person(session, "Aoi")
    classes.grant_attempt(session, course, teacher, student.person_id, "a101-quiz", "a fault", now)
    roster_queries.context(session, teacher.context_id).memberships_url = "https://lms.example/members"
    roster.request(session, teacher, now)
    passback.report(session, course, student.person_id, student.context_id, "a101-quiz", 80, now, "", now)
    assert resending.resend_all(session, teacher, resending.Filter(state="held"), now) == 0
    report = session.query(passback.ScoreReport).one()
    resending.resend(session, teacher, report.id, now)
    by = f"person {teacher.person_id}"
    assert deeds(session) == [
        (by, "attempt-granted", f"person {student.person_id} context {teacher.context_id} a101-quiz"),
        (by, "class-list-asked", f"context {teacher.context_id}"),
        (by, "grade-resent", f"report {report.id}"),
    ]


def test_what_was_refused_is_no_deed(session, course, now, student):
    other = make_person(session, "Ren")
    with pytest.raises(AccessDenied):
        classes.grant_attempt(session, course, student, other.person_id, "a101-quiz", "please", now)
    assert deeds(session) == []


def test_the_log_is_read_in_pages_newest_first(session, now):
    for number in range(audit.PAGE + 3):
        audit.record(session, "operator anna", Action.PLATFORM_INVITED, f"invitation {number}", now)
    session.flush()
    first = audit.page(session, Filter())
    assert [entry.what for entry in first.entries][:2] == ["invitation 52", "invitation 51"]
    second = audit.page(session, Filter(before=first.older))
    assert [entry.what for entry in second.entries] == ["invitation 2", "invitation 1", "invitation 0"]
    assert second.older is None


def test_the_log_is_searched_by_who_what_and_when(session, now):
    later = now + timedelta(days=1)
    audit.record(session, "operator anna", Action.PLATFORM_INVITED, "invitation 1", now)
    audit.record(session, "operator ben", Action.PLATFORM_INVITED, "invitation 2", later)
    audit.record(session, "operator ben", Action.KEY_ROTATED, "key k", later)
    session.flush()

    def found(**wanted: object) -> list[str]:
        return [entry.what for entry in audit.page(session, Filter(**wanted)).entries]

    assert found(who="operator ben") == ["key k", "invitation 2"]
    assert found(action="platform-invited") == ["invitation 2", "invitation 1"]
    assert found(since=later) == ["key k", "invitation 2"]
    assert found(who="operator") == []


def test_the_whole_log_is_exported_without_formulas(session, now, monkeypatch):
    """ATK-21: batch by batch, each entry once."""
    monkeypatch.setattr(audit.audit_queries, "BATCH", 2)
    for number in range(5):
        audit.record(session, "=cmd()", Action.PLATFORM_INVITED, f"invitation {number}", now)
    session.flush()
    head, *rows = csv.reader(io.StringIO("".join(audit.export(session, Filter()))))
    assert head == ["number", "time", "who", "action", "what"]
    assert [row[4] for row in rows] == [f"invitation {number}" for number in range(5)]
    assert {(row[1], row[2], row[3]) for row in rows} == {
        ("2026-11-24T05:03:00+00:00", "'=cmd()", "platform-invited")
    }


def test_a_review_is_recorded_without_what_it_says(session, course, now, teacher):
    """ATK-25: neither comment nor levels."""
    student = make_person(session, "Aoi")
    assignments.save_draft(session, course, student, "a101-work", "my text", now)
    assignments.submit(session, course, student, "a101-work", now)
    (waiting,) = reviews.queue(session, course, teacher)
    number = waiting.submission_id
    reviews.save_review(session, course, teacher, number, {}, "Again, please", "returned", now, number=1)
    assert deeds(session) == [
        (f"person {teacher.person_id}", "review-saved", f"submission {number} version 1 returned")
    ]
