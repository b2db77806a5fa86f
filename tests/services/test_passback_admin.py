"""All LMSs as those see them who run the tool: queues, holds, silence - and nobody's name."""

from datetime import timedelta

import pytest
from support.delivering import QUIZ, School, answering

from lti_tool.errors import NotFound
from lti_tool.services import passback_admin
from lti_tool.services.passback_admin import Queue
from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.db import open_session, transaction
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import ScoreReport


def queues(school: School) -> tuple[Queue, ...]:
    """What an operator sees."""
    with open_session(school.engine, writes=False) as session:
        return passback_admin.queues(session, school.now)


def test_queues_and_what_needs_a_person_are_told_without_names(school: School):
    held, sent, waiting, changed = (school.student(sub) for sub in ("5", "6", "7", "8"))
    school.want(held, 80)
    school.want(sent, 70)
    school.http.faults.append(answering(403, b"closed"))
    school.send()
    school.want(waiting, 60)
    school.want(changed, 50)
    with transaction(school.engine) as session:
        row = session.get_one(ScoreReport, school.report(changed).id)
        row.state, row.shown = "drifted", 55.0
    (queue,) = queues(school)
    assert (queue.waiting, queue.held, queue.drifted) == (1, 1, 1)
    assert (queue.oldest_at, queue.delivered_at) == (school.now, school.now)
    assert (queue.reasons, queue.failures, queue.quiet_until) == ({"refused": 1}, 0, None)
    with open_session(school.engine, writes=False) as session:
        refused, other = passback_admin.needy(session)
    assert (refused.report_id, refused.node, refused.reason) == (school.report(held).id, QUIZ, "refused")
    assert refused.answer == "closed"
    assert (other.state, other.percent, other.shown) == ("drifted", 50, 55.0)
    assert "Person" not in repr((queue, refused, other))


def test_an_lms_without_grades_is_told_of_and_a_silent_one_comes_first(school: School):
    with transaction(school.engine) as session:
        about = {"auth_url": "https://x/a", "token_url": "https://x/t", "jwks_url": "https://x/j"}
        silent = Platform(issuer="https://silent", client_id="1", created_at=school.now, **about)
        silent.failures, silent.quiet_until = 5, school.now + timedelta(minutes=3)
        session.add(silent)
    first, second = queues(school)
    assert (first.issuer, first.failures, first.quiet_until) == ("https://silent", 5, silent.quiet_until)
    assert (second.waiting, second.oldest_at) == (0, None)
    school.forward(minutes=4)
    assert {queue.quiet_until for queue in queues(school)} == {None}


def test_held_grades_are_sent_again_when_a_person_says_so(school: School):
    held = school.student("5")
    school.want(held, 80)
    school.http.faults.append(answering(403))
    school.send()
    school.change(Platform, quiet_until=school.now.replace(year=2100))
    number = school.report(held).id
    with transaction(school.engine) as session:
        with pytest.raises(NotFound, match="no report 999"):
            passback_admin.retry(session, [number, 999], school.now)
        assert passback_admin.retry(session, [number], school.now) == 1
    assert school.send() == 1, "the quiet time of the platform is over too"
    assert school.shown().score == 80
    with transaction(school.engine) as session:
        assert passback_admin.retry(session, None, school.now) == 0


def test_what_a_person_changed_in_the_lms_is_not_sent_over(school: School):
    changed = school.student("5")
    school.want(changed, 80)
    school.change(ScoreReport, state="drifted")
    with transaction(school.engine) as session:
        assert passback_admin.retry(session, [school.report(changed).id], school.now) == 0
        assert session.query(AuditEntry).count() == 0
    assert school.report(changed).state == "drifted"


def test_a_silent_lms_is_tried_at_once_when_the_operator_says_so(school: School):
    student = school.student("5")
    school.want(student, 80)
    school.http.faults.append(answering(503, retry_after=3000))
    school.send()
    assert school.send() == 0
    with transaction(school.engine) as session:
        with pytest.raises(NotFound):
            passback_admin.try_now(session, 999, school.now, "operator anna")
        assert passback_admin.try_now(session, school.platform_id, school.now, "operator anna") == 1
        (entry,) = session.query(AuditEntry).all()
        assert entry.action == "platform-tried"
        assert entry.what == f"platform {school.platform_id}: 1 grades"
    assert school.send() == 1
    assert school.shown().score == 80
