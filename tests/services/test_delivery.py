"""Scores on their way to the LMS: what it answers, and what becomes of the row."""

from datetime import timedelta

import pytest
from support.delivering import School, answering, cut, give_key, lost

from lti_tool.domain.delivery import MOST_RESTAMPS
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import AccessToken

SCORES = "/lineitem/scores"


def posts(school: School) -> int:
    """How many scores were sent so far."""
    return sum(line.endswith(SCORES) for line in school.http.asked)


def test_a_score_is_sent_once_and_marked_received(school: School):
    student = school.student()
    school.want(student, 80, comment="よくできました")
    assert school.report(student).state == "queued"
    assert school.send() == 1
    row = school.report(student)
    assert (row.state, row.delivered_at, row.claimed_until) == ("delivered", school.now, None)
    assert (school.shown().score, school.shown().comment) == (80, "よくできました")
    school.forward(days=1)
    assert school.send() == 0
    assert posts(school) == 1


def test_an_lms_that_is_down_is_tried_more_and_more_seldom_and_gets_it_once(school: School):
    """AGS-33, AGS-34: 503, then dropped connections, for as long as the test likes."""
    student = school.student()
    school.want(student, 80)
    waits = []
    for fault in [answering(503)] * 6 + [cut] * 6:
        school.http.always = fault
        assert school.send() == 1
        row = school.report(student)
        assert row.state == "queued"
        waits.append((row.next_try_at - school.now).total_seconds())
        school.forward(minutes=15)
    assert all(later > sooner for sooner, later in zip(waits[:6:2], waits[2:8:2], strict=True))
    assert 450 <= waits[-1] <= 900
    school.http.always = None
    assert school.send() == 1
    assert school.report(student).state == "delivered"
    assert school.shown().score == 80
    assert [line.outcome for line in school.tries(student)] == ["retry"] * 12 + ["delivered"]


def test_a_score_whose_answer_was_lost_is_recognised(school: School):
    """AGS-20: 409 because an earlier try came through."""
    student = school.student()
    school.want(student, 80)
    school.http.faults.append(lost)
    school.send()
    assert school.report(student).state == "queued"
    stamp = school.shown().timestamp
    school.forward(minutes=1)
    school.send()
    assert school.report(student).state == "delivered"
    assert school.shown().timestamp == stamp, "it was not sent anew"
    assert [line.status for line in school.tries(student)] == [None, 409]


def test_a_score_that_collides_with_another_of_ours_in_one_second_gets_a_later_one(school: School):
    """AGS-19."""
    student = school.student()
    school.want(student, 80)
    school.send()
    with school.lms.state.change() as data:  # ours of before has come there with the time of the next one
        data.grade(school.column().id, "5").timestamp += 1
    school.want(student, 90)
    before = school.report(student).timestamp
    school.send()
    row = school.report(student)
    assert (row.state, row.timestamp - before) == ("queued", timedelta(seconds=1))
    school.forward(minutes=1)
    school.send()
    assert school.report(student).state == "delivered"
    assert school.shown().score == 90


def test_the_same_percent_with_another_comment_is_no_duplicate(school: School):
    student = school.student()
    school.want(student, 80, comment="first")
    school.send()
    with school.lms.state.change() as data:
        data.grade(school.column().id, "5").timestamp += 1
    school.want(student, 80, comment="second")
    for _ in range(2):
        school.send()
        school.forward(minutes=1)
    assert school.shown().comment == "second"


def test_an_lms_that_calls_every_score_late_needs_a_person(school: School):
    """AGS-20."""
    student = school.student()
    school.want(student, 80)
    school.http.always = answering(409)
    for _ in range(MOST_RESTAMPS):
        assert school.report(student).state == "queued"
        school.send()
        school.forward(hours=1)
    assert (school.report(student).state, school.report(student).reason) == ("held", "conflict")


def test_a_long_outage_does_not_use_up_the_patience_with_conflicts(school: School):
    student = school.student()
    school.want(student, 80)
    school.http.faults.extend([answering(503)] * 10 + [answering(409)] * 2)
    for _ in range(11):
        school.send()
        school.forward(hours=1)
    assert school.report(student).state == "queued"
    school.send()
    assert school.report(student).state == "delivered"


@pytest.mark.parametrize(
    ("status", "body", "state", "reason"),
    [
        (400, b"[]", "not_applicable", "not-gradable"),
        (403, b"", "held", "refused"),
        (500, b"[]", "held", "column-locked"),
        (422, b"", "held", "refused"),
    ],
)
def test_what_waiting_does_not_help_is_not_tried_again(school: School, status, body, state, reason):
    student = school.student()
    school.want(student, 80)
    school.http.faults.append(answering(status, body))
    school.send()
    assert (school.report(student).state, school.report(student).reason) == (state, reason)
    school.forward(days=1)
    assert school.send() == 0


def test_a_teacher_has_no_grade_in_the_lms(school: School):
    """AGS-31."""
    student = school.student("3")
    school.want(student, 80)
    school.send()
    assert school.report(student).state == "not_applicable"
    assert "Incorrect score" in school.tries(student)[0].answer


def test_words_no_database_can_hold_do_not_keep_a_score_in_the_queue(school: School):
    student = school.student()
    school.want(student, 80)
    school.http.faults.append(answering(403, b"no\0way"))
    school.send()
    assert school.tries(student)[0].answer == "noway"


def test_an_lms_that_asks_for_time_gets_it(school: School):
    student, other = school.student("5"), school.student("6")
    school.want(student, 80)
    school.want(other, 70)
    school.http.faults.append(answering(429, retry_after=600))
    assert school.send() == 1, "the other score is not even tried"
    school.forward(seconds=599)
    assert school.send() == 0
    school.forward(seconds=1)
    assert school.send() == 2
    assert school.shown("6").score == 70


def test_a_silent_lms_is_left_alone_but_no_score_counts_a_try_it_did_not_get(school: School):
    students = [school.student(sub) for sub in ("5", "6", "7", "8", "9")]
    for student in students:
        school.want(student, 80)
    school.http.always = cut
    assert school.send() == 3
    assert [school.report(student).tries for student in students] == [1, 1, 1, 0, 0]
    assert school.send() == 0
    school.forward(minutes=15)
    assert school.send() == 1, "one of them asks whether it is back"
    assert school.send() == 0
    school.http.always = None
    school.forward(minutes=15)
    assert school.send() == 5
    school.change(Platform, failures=0)
    assert {school.report(student).state for student in students} == {"delivered", "not_applicable"}


def test_one_lms_that_is_silent_keeps_no_other_waiting(school: School):
    student = school.student()
    school.want(student, 80)
    school.change(Platform, quiet_until=school.now + timedelta(hours=1))
    assert school.send() == 0
    school.change(Platform, quiet_until=None)
    assert school.send() == 1


def test_nothing_is_sent_to_a_platform_that_is_switched_off(school: School):
    student = school.student()
    school.want(student, 80)
    school.change(Platform, disabled_at=school.now)
    assert school.send() == 0
    school.change(Platform, disabled_at=None)
    school.send()
    assert school.report(student).state == "delivered"


def test_a_token_the_lms_no_longer_knows_is_renewed_once(school: School, monkeypatch):
    """OAU-08."""
    give_key(school, monkeypatch)
    student = school.student()
    school.want(student, 80)
    school.change(AccessToken, token="forgotten")
    school.send()
    assert school.report(student).state == "delivered"
    assert school.http.asked.count("POST /token") == 1
    school.want(student, 90)
    school.send()
    assert school.http.asked.count("POST /token") == 1, "the new one is kept"


def test_an_lms_that_knows_no_token_needs_a_person(school: School, monkeypatch):
    give_key(school, monkeypatch)
    student = school.student()
    school.want(student, 80)
    monkeypatch.setattr(school.lms.tokens, "look", lambda _value: None)
    school.send()
    assert (school.report(student).state, school.report(student).reason) == ("held", "refused")
    assert posts(school) == 2


def test_an_lms_that_gives_no_token_is_asked_again_later(school: School, monkeypatch):
    """OAU-09: it refuses our signature, for example, when it could not read our keys just now."""
    give_key(school, monkeypatch)
    student = school.student()
    school.want(student, 80)
    school.change(AccessToken, expires_at=school.now)
    school.http.faults.append(answering(400, b'{"error": "invalid_client"}'))
    school.send()
    row = school.report(student)
    assert (row.state, row.tries) == ("queued", 1)
    assert "invalid_client" in school.tries(student)[0].answer


def test_a_token_without_the_right_to_write_scores_is_told(school: School, monkeypatch):
    """OAU-06, DR-13: the launch offers the scope, the token endpoint does not grant it."""
    give_key(school, monkeypatch)
    with school.lms.state.change() as data:
        data.registration.scopes = [
            scope for scope in data.registration.scopes if not scope.endswith("score")
        ]
    student = school.student()
    school.want(student, 80)
    school.change(AccessToken, expires_at=school.now)
    school.send()
    assert (school.report(student).state, school.report(student).reason) == ("held", "no-scope")


def test_a_fault_of_ours_with_one_score_stops_no_other(school: School, caplog):
    student, other = school.student("5"), school.student("6")
    school.want(student, 80)
    school.want(other, 70)
    school.http.faults.append(lambda _go: 1 // 0)
    assert school.send() == 2
    assert (school.report(student).state, school.report(other).state) == ("queued", "delivered")
    assert "could not be sent" in caplog.text
    assert school.report(student).next_try_at > school.now


def test_a_worker_that_is_told_to_stop_gives_the_rest_back(school: School):
    for sub in ("5", "6", "7"):
        school.want(school.student(sub), 80)
    assert school.courier(stopping=lambda: posts(school) > 0).send_due() == 1
    assert school.send() == 2, "at once, without waiting for a claim to run out"
