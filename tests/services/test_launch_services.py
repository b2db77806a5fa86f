"""What a launch tells of the LMS's services: columns, scopes, the class list."""

from datetime import timedelta

import pytest
from support import tokens

from lti_tool.services import launches, passback, registration
from lti_tool.services.who import Who
from lti_tool.storage.people import Context
from lti_tool.storage.scores import LineItem, ScoreReport

BASE = f"{tokens.ISSUER}/services.php/2/lineitems"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
QUIZ = "a101-quiz"


def ags(lineitem: str | None = "1", lineitems: bool = True, scopes: tuple[str, ...] = (SCORE,)) -> dict:
    """The AGS claim with the column of this number."""
    claim: dict = {"scope": list(scopes)}
    if lineitem:
        claim["lineitem"] = f"{BASE}/{lineitem}/lineitem"
    if lineitems:
        claim["lineitems"] = BASE
    return claim


@pytest.fixture
def come(session, course, now):
    """Launch a student into the quiz (or `node`), by the link `link`."""
    registration.enter(session, tokens.registration(), "", None, now)
    platform = launches.find_platform(session, tokens.ISSUER, None)
    count = iter(range(1000))

    def launch(claim, node=QUIZ, link="l1", **claims):
        nonce = f"nonce-{next(count)}"
        found = tokens.claims(
            now, nonce=nonce, custom={"node": node}, resource_link={"id": link}, ags=claim, **claims
        )
        login = tokens.login_state(now, nonce=nonce)
        verified = tokens.launch(tokens.sign(found), now, login=login)
        visit = launches.record(session, course, platform, verified, timedelta(hours=1), now).visit
        return Who(visit.person_id, visit.context_id, "learner")

    return launch


def column(session, node: str = QUIZ) -> str:
    """Number of the column that scores of a node go to."""
    row = session.query(LineItem).filter_by(node=node).one()
    return row.url.removeprefix(f"{BASE}/").removesuffix("/lineitem")


def want(session, course, who, now) -> ScoreReport:
    """A grade on its way."""
    passback.report(session, course, who.person_id, who.context_id, QUIZ, 80, now, "", now)
    return session.query(ScoreReport).one()


def settle(session, row: ScoreReport, state: str, reason: str = "") -> None:
    """As a worker would leave it."""
    row.state, row.reason = state, reason
    session.flush()


def test_the_column_of_a_launched_link_is_kept_and_renewed(session, come):
    """AGS-05."""
    come(ags("1"))
    assert column(session) == "1"
    come(ags("2"))
    assert column(session) == "2"
    come(ags(None))
    come(tokens.ABSENT)
    assert column(session) == "2", "a launch without it takes nothing away"


def test_a_node_without_grade_gets_no_column(session, come):
    come(ags("1"), node="a101-why")
    assert session.query(LineItem).count() == 0


def test_a_course_home_with_a_column_shows_the_total(session, course, come, now):
    """Also of those who had results before it was placed; its comment tells of how many."""
    who = come(ags("1"))
    passback.report(session, course, who.person_id, who.context_id, QUIZ, 81, now, "", now)
    passback.report(session, course, who.person_id, who.context_id, "a101-work", 70, now, "", now)
    come(ags("2"), node="course", link="l2")
    assert column(session, "course") == "2"
    total = next(row for row in session.query(ScoreReport) if row.line_item.node == "course")
    assert (total.percent, total.state) == (75, "queued")
    assert "2/6" in total.comment
    passback.report(session, course, who.person_id, who.context_id, QUIZ, 91, now, "", now)
    assert total.percent == 80


def test_a_stage_gets_its_column(session, come):
    come(ags("5"), node="stage1")
    assert column(session, "stage1") == "5"


def test_a_message_without_service_claims_leaves_those_of_the_course(session, come):
    """AGS-01, AGS-05, NRP-01: a deep linking request, or an activity that is not graded, says nothing of grades."""
    come(ags("1"))
    come(tokens.ABSENT, nrps=tokens.ABSENT)
    context = session.query(Context).one()
    assert (context.scopes, context.lineitems_url) == ([SCORE], BASE)
    assert context.memberships_url.endswith("/memberships")
    come(ags("1", lineitems=False, scopes=()))
    assert (context.scopes, context.lineitems_url) == ([], BASE)


@pytest.mark.parametrize(
    ("before", "reason", "after"),
    [
        (tokens.ABSENT, "no-service", ags("1")),
        (ags("1", scopes=()), "no-service", ags("1")),
        (ags("1", scopes=("other",)), "no-scope", ags("1")),
        (ags(None, lineitems=False), "no-column", ags("1")),
        (ags(None, lineitems=False), "no-column", ags(None)),
        (ags("1"), "column-gone", ags("2")),
    ],
)
def test_a_launch_that_brings_what_was_missing_sends_what_was_held(
    session, course, come, now, before, reason, after
):
    row = want(session, course, come(before), now)
    settle(session, row, "held", reason)
    come(before)
    assert row.state == "held", "nothing new"
    come(after)
    assert (row.state, row.next_try_at) == ("queued", now)


def test_a_launch_does_not_touch_what_is_held_for_another_reason(session, course, come, now):
    row = want(session, course, come(ags(None)), now)
    settle(session, row, "held", "column-locked")
    come(ags(None, scopes=(SCORE, "more")))
    assert row.state == "held"


def test_grades_follow_a_column_that_moves(session, course, come, now):
    """AGS-05: the tool had made one; then the teacher placed the quiz, with a column of its own."""
    who = come(ags(None))
    row = want(session, course, who, now)
    row.line_item.url = f"{BASE}/9/lineitem"
    settle(session, row, "delivered")
    come(ags("1"))
    assert (column(session), row.state) == ("1", "queued")


def test_of_two_activities_for_one_quiz_the_first_keeps_the_grades(session, course, come, now):
    who = come(ags("1"), link="l1")
    come(ags("2"), link="l2")
    assert column(session) == "1"
    come(ags("3"), link="l1")
    assert column(session) == "3", "its own column may move"
    row = want(session, course, who, now)
    settle(session, row, "held", "column-gone")
    come(ags("2"), link="l2")
    assert (column(session), row.state) == ("2", "queued"), "until it is gone"
