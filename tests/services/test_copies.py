"""Course copies: what a new link opens, and that nothing but this crosses from one course to the other."""

from datetime import timedelta

import pytest
from support import tokens

from lti_tool.errors import AccessDenied, NotFound
from lti_tool.lti.claims import SCOPE_LINEITEM
from lti_tool.services import copies, launches, passback, registration
from lti_tool.services.placing import Gradebook
from lti_tool.services.who import Who
from lti_tool.storage.people import Context, Membership, ResourceLink
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem, ScoreReport

OLD, NEW = "2", "9"
QUIZ = "a101-quiz"
READABLE = {"scope": [SCOPE_LINEITEM], "lineitems": f"{tokens.ISSUER}/9", "lineitem": f"{tokens.ISSUER}/9/1"}


@pytest.fixture
def come(session, course, now):
    """Launch somebody by the link `link` of the course `context`; `custom` as the LMS fills it."""
    registration.enter(session, tokens.registration(), "", None, now)
    count = iter(range(1000))

    def launch(context=NEW, link="l9", role="learner", sub="5", ags=tokens.ABSENT, deployment="1", **custom):
        nonce = f"nonce-{next(count)}"
        found = tokens.claims(
            now,
            sub=sub,
            nonce=nonce,
            custom=custom,
            roles=[tokens.INSTRUCTOR if role == "instructor" else tokens.LEARNER],
            resource_link={"id": link, "title": f"Link {link}"},
            context={"id": context, "title": f"Course {context}"},
            ags=ags,
            deployment_id=deployment,
        )
        login = tokens.login_state(now, nonce=nonce, deployment_id=deployment)
        verified = tokens.launch(tokens.sign(found), now, login=login)
        platform = launches.find_platform(session, tokens.ISSUER, None)
        return launches.record(session, course, platform, verified, timedelta(hours=1), now)

    return launch


def who(opened: launches.Opened) -> Who:
    return Who(opened.visit.person_id, opened.visit.context_id, opened.visit.role)


def link_of(session, opened: launches.Opened) -> ResourceLink:
    return session.get_one(ResourceLink, opened.visit.link_id)


def test_a_copied_link_that_names_its_node_needs_nothing_else(session, come):
    """CPY-02."""
    come(OLD, "l2", node=QUIZ)
    copied = come(node=QUIZ, context_history=OLD)
    assert (copied.node, copied.news) == (QUIZ, "")
    assert link_of(session, copied).bound_by == "custom"


@pytest.mark.parametrize(
    "history",
    [
        {"link_history": "l7,l2"},
        {"link_history": "l%32"},
        {"link": "l2", "context_history": f"8,{OLD}"},
        {"link": "l2", "context_history": OLD, "link_history": "$ResourceLink.id.history"},
    ],
)
def test_a_link_that_lost_its_name_opens_what_the_older_one_did(session, come, history):
    """CPY-01: histories are URL-encoded, nearest first; variables that the LMS did not fill in are ignored."""
    come(OLD, "l2", node=QUIZ)
    copied = come(**{"link": "l9", **history})
    assert (copied.node, link_of(session, copied).bound_by) == (QUIZ, "history")


def test_the_nearest_of_several_sources_counts(session, come):
    come(OLD, "l2", node=QUIZ)
    come("3", "l3", node="a102-quiz", context_history=OLD)
    assert come(link_history="l3,l2").node == "a102-quiz"
    again = come("10", "l2", context_history=f"3,{OLD}", sub="6")
    assert again.node == QUIZ, "the same id stands in the older one only"
    parent = session.get_one(Context, again.visit.context_id).copied_from_id
    assert session.get_one(Context, parent).context_id == "3"


def test_histories_count_within_one_deployment_only(session, come, now):
    """CPY-03."""
    come(OLD, "l2", node=QUIZ)
    platform = session.query(Platform).one()
    session.add(Deployment(platform_id=platform.id, deployment_id="d2", created_at=now, approved_at=now))
    session.flush()
    other = come(deployment="d2", context_history=OLD, link_history="l2")
    assert (other.node, link_of(session, other).bound_by) == ("course", "none")
    assert session.get_one(Context, other.visit.context_id).copied_from_id is None


def test_people_and_grades_stay_where_they_are(session, course, come, now):
    """CPY-02: the same person begins anew in the copy, and a grade there goes to the column there."""
    old = who(come(OLD, "l2", node=QUIZ, ags={**READABLE, "lineitem": f"{tokens.ISSUER}/2/1"}))
    passback.report(session, course, old.person_id, old.context_id, QUIZ, 80, now, "", now)
    new = who(come(node=QUIZ, context_history=OLD, ags=READABLE))
    assert new.person_id == old.person_id
    assert new.context_id != old.context_id
    assert passback.grades(session, new.person_id, new.context_id) == {}
    passback.report(session, course, new.person_id, new.context_id, QUIZ, 60, now, "", now)
    sent = {row.line_item.url: row.percent for row in session.query(ScoreReport)}
    assert sent == {f"{tokens.ISSUER}/2/1": 80, f"{tokens.ISSUER}/9/1": 60}
    members = {row.context_id for row in session.query(Membership)}
    assert members == {old.context_id, new.context_id}


def test_a_nameless_link_asks_its_column_once(session, course, come, now):
    first = come(ags=READABLE)
    assert (first.node, first.news) == ("course", "unnamed")
    assert copies.bind(session, course, who(first), first.visit.link_id, QUIZ, now) == QUIZ
    assert link_of(session, first).bound_by == "column"
    assert session.query(LineItem).one().url == READABLE["lineitem"]
    again = come(ags=READABLE)
    assert (again.node, again.news) == (QUIZ, ""), "it is known now"


@pytest.mark.parametrize("told", ["", "other-tool", "course"])
def test_a_column_that_says_nothing_leaves_the_course_home(session, course, come, now, told):
    first = come(ags=READABLE)
    assert copies.bind(session, course, who(first), first.visit.link_id, told, now) == "course"


def test_a_link_that_names_its_node_is_not_changed_by_its_column(session, course, come, now):
    first = come(node="a102-quiz", ags=READABLE)
    assert copies.bind(session, course, who(first), first.visit.link_id, QUIZ, now) == "a102-quiz"


def test_staff_are_told_once_each_of_a_copy(come):
    come(OLD, "l2", node=QUIZ, role="instructor", sub="3")
    teacher = {"node": QUIZ, "context_history": OLD, "role": "instructor"}
    assert come(node=QUIZ, context_history=OLD).news == "", "students are not"
    assert come(**teacher, sub="3").news == "copied"
    assert come(**teacher, sub="3").news == ""
    assert come(**teacher, sub="4").news == "copied"


def test_what_was_recognised_and_what_was_not(session, course, come):
    for number, node in enumerate(("course", QUIZ, "a102-quiz", "a101")):
        come(OLD, f"l{number}", node=node, role="instructor", sub="3")
    copied = who(come(node="course", context_history=OLD, role="instructor", sub="3"))
    told = Gradebook(frozenset(), {QUIZ: ("Quiz",)})
    found = copies.activities(session, course, copied, told)
    assert [(each.node, each.bound_by) for each in found.opened] == [("course", "custom")]
    assert {each.node: each.state for each in found.expected} == {
        QUIZ: "found",
        "a102-quiz": "gone",
        "a101": "unknown",
    }
    assert found.source == f"Course {OLD}"
    silent = copies.activities(session, course, copied, None)
    assert {each.state for each in silent.expected} == {"unknown"}


def test_the_title_of_the_source_is_for_its_people(session, course, come):
    """The history of a course is what somebody wrote there, not a proof."""
    come(OLD, "l2", node=QUIZ)
    copied = who(come(node=QUIZ, context_history=OLD, role="instructor", sub="3"))
    assert copies.activities(session, course, copied, None).source == ""


def test_a_teacher_says_what_a_nameless_link_opens(session, course, come, now):
    teacher = come(role="instructor", sub="3")
    link_id = teacher.visit.link_id
    copies.choose(session, course, who(teacher), link_id, QUIZ, now)
    assert come(role="instructor", sub="3").node == QUIZ
    with pytest.raises(NotFound):
        copies.choose(session, course, who(teacher), link_id, "a999", now)
    with pytest.raises(AccessDenied):
        copies.choose(session, course, who(come()), link_id, QUIZ, now)
    elsewhere = come("77", "l77", role="instructor", sub="3")
    with pytest.raises(NotFound):
        copies.choose(session, course, who(elsewhere), link_id, "course", now)
    named = come(link="l10", node=QUIZ, role="instructor", sub="3")
    with pytest.raises(NotFound):
        copies.choose(session, course, who(named), named.visit.link_id, "course", now)
