"""The teacher's choice goes back to the LMS once, signed."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import jwt
import pytest
from support import tokens

from lti_tool.domain.course import Text
from lti_tool.errors import ConfigError, Conflict, NotFound
from lti_tool.lti.claims import DL_CLAIM
from lti_tool.services import keys, launches, placing, registration
from lti_tool.services.placing import Gradebook
from lti_tool.services.titles import title_of
from lti_tool.storage import placing_queries
from lti_tool.storage.people import LaunchSession, ResourceLink

ITEMS = DL_CLAIM + "content_items"


@pytest.fixture
def request_from(session, course, now):
    """A deep linking request of a teacher; settings may be overridden."""
    registration.enter(session, tokens.registration(), "", "1", now)
    platform = launches.find_platform(session, tokens.ISSUER, None)
    count = itertools.count()

    def ask(language="ja", custom=tokens.ABSENT, **settings):
        nonce = f"nonce-{next(count)}"
        claims = tokens.deep_linking_claims(
            now,
            nonce=nonce,
            deep_linking_settings=tokens.settings(**settings),
            launch_presentation={"locale": language},
            custom=custom,
        )
        login = tokens.login_state(now, nonce=nonce)
        verified = tokens.launch(tokens.sign(claims), now, login=login)
        return launches.record(session, course, platform, verified, timedelta(hours=1), now)[0]

    return ask


@pytest.fixture
def answer(session, course, now):
    """The items of the response to a request."""
    keys.ensure(session, now)

    def respond(row, *nodes, gradebook=None):
        address, response = placing.respond(session, course, row, gradebook, list(nodes), now)
        assert address.startswith(f"{tokens.ISSUER}/mod/lti/contentitem_return.php")
        (key,) = jwt.PyJWKSet.from_dict(keys.published(session, now)).keys
        # Fixed times are over; that they are set is tested with the protocol.
        checks = {"verify_exp": False, "verify_iat": False}
        return jwt.decode(response, key, ["RS256"], options=checks, audience=tokens.ISSUER)

    return respond


def test_everything_a_student_opens_can_be_placed(course):
    assert placing.nodes(course)[:4] == ("course", "stage1", "a101", "a101-why")
    assert set(placing.nodes(course)) == {"course", *course.nodes}
    assert "a101-why" not in placing.whole(course), "its module shows it"
    assert len(placing.whole(course)) == 1 + 2 + 3 * 3


def test_the_choice_is_answered_in_teaching_order(request_from, answer):
    claims = answer(request_from(data="kept"), "a101-work", "course", "a101-quiz")
    assert [item["custom"]["node"] for item in claims[ITEMS]] == ["course", "a101-quiz", "a101-work"]
    assert claims[DL_CLAIM + "data"] == "kept"
    assert (claims["iss"], claims["aud"]) == (tokens.CLIENT_ID, tokens.ISSUER)


def test_graded_nodes_ask_for_a_column_out_of_100(request_from, answer):
    """DL-16."""
    claims = answer(request_from(), "course", "stage1", "a101-why", "a101-quiz")
    columns = {item["custom"]["node"]: item.get("lineItem") for item in claims[ITEMS]}
    assert columns["course"] is None
    assert columns["a101-why"] is None
    for node in ("stage1", "a101-quiz"):
        assert (columns[node]["scoreMaximum"], columns[node]["resourceId"]) == (100, node)


@pytest.mark.parametrize(
    ("language", "title"), [("ja", "A101 Quiz a101-quiz(日本語)"), ("en", "A101 Quiz a101-quiz")]
)
def test_titles_are_in_the_language_of_the_teacher(request_from, answer, language, title):
    (item,) = answer(request_from(language), "a101-quiz")[ITEMS]
    assert item["title"] == title


def test_the_code_of_a_module_stands_once_in_a_title(course):
    stage, *stages = course.stages
    module, *modules = stage.modules
    quiz = replace(module.quiz, title=Text("A101 確認", "A101 check"))
    stage = replace(stage, modules=(replace(module, quiz=quiz), *modules))
    changed = replace(course, stages=(stage, *stages))
    assert title_of(changed, "a101-quiz", "ja") == "A101 確認"
    assert title_of(changed, "a101-work", "ja") == "A101 Work a101(日本語)"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("A101 小テスト", {"a101-quiz"}),
        ("a102 ASSIGNMENT", {"a102-work"}),
        ("ステージ2 課題", {"b201-work"}),
        ("tiny", {"course"}),
        ("nothing like it", set()),
    ],
)
def test_the_search_knows_both_languages_and_all_widths(course, words, found):
    assert placing.matching(course, words) == found


def test_what_stands_in_the_course_is_known_by_launches(session, course, request_from, now):
    row = request_from()
    session.add(ResourceLink(context_id=row.context_id, resource_link_id="9", node="a101", title="Week 1"))
    session.flush()
    offers = placing.offers(session, course, row.context_id, None)
    assert (offers.by_node["a101"].state, offers.by_node["a101"].name) == ("placed", "Week 1")
    assert not offers.gradebook
    assert "a101" not in offers.missing(placing.whole(course))
    assert "a101-quiz" in offers.missing(placing.whole(course))


def test_what_was_sent_is_neither_missing_nor_taken_as_placed(session, course, request_from, answer, now):
    """DL-28."""
    answer(request_from(), "a101", "a101-quiz")
    offer = placing.offers(session, course, request_from().context_id, None).by_node["a101"]
    assert (offer.state, offer.sent_at) == ("sent", now)


def test_the_gradebook_of_the_lms_is_the_newest_word(session, course, request_from, answer):
    """A column of an activity: placed. A column alone: no second one. A column that went: placed no more."""
    answer(request_from(), "a101-quiz", "b201-quiz")
    row = request_from()
    base = f"{tokens.ISSUER}/lineitems"
    session.add(
        ResourceLink(
            context_id=row.context_id, resource_link_id="8", node="a102-quiz", lineitem_url=f"{base}/8"
        )
    )
    session.flush()
    told = Gradebook(frozenset({f"{base}/1", f"{base}/2"}), {"a101-quiz": ("Quiz!",), "a101-work": ()})
    assert Gradebook.from_plain(told.to_plain()) == told
    found = placing.offers(session, course, row.context_id, told).by_node
    assert (found["a101-quiz"].state, found["a101-quiz"].name) == ("placed", "Quiz!")
    assert (found["a101-work"].state, found["a101-work"].column) == ("missing", True)
    assert found["a102-quiz"].state == "missing", "its column is not there any more"
    assert found["b201-quiz"].state == "missing", "it was sent, and not taken"
    wanted = ["a101-quiz", "a101-work", "a102-quiz"]
    items = {item.node: item for item in placing.plan(session, course, row, told, wanted)}
    assert [items[node].grade for node in wanted] == ["exists", "exists", "new"]
    assert [items[node].again for node in wanted] == [True, False, False]
    columns = {
        item["custom"]["node"]: "lineItem" in item for item in answer(row, *wanted, gradebook=told)[ITEMS]
    }
    assert columns == {"a101-quiz": False, "a101-work": False, "a102-quiz": True}, "no column twice"


@pytest.mark.parametrize(
    ("begins", "day"),
    [
        ("2026-10-05T09:00:00+09:00", date(2026, 10, 12)),
        ("", None),
        ("$CourseSection.timeFrame.begin", None),
    ],
)
def test_the_days_of_a_plan_follow_from_the_start_of_the_course(session, course, request_from, begins, day):
    row = request_from(custom={"course_begins": begins})
    (item,) = placing.plan(session, course, row, None, ["a102-quiz"])
    assert (item.week, item.begins) == (2, day)


def test_only_one_is_planned_where_the_lms_takes_one(session, course, request_from):
    """DL-12."""
    row = request_from(accept_multiple=False)
    assert [item.node for item in placing.plan(session, course, row, None, ["a101-quiz", "course"])] == [
        "course"
    ]


def test_giving_up_is_an_answer_too(session, course, request_from, answer):
    """DL-11."""
    assert answer(request_from())[ITEMS] == []
    assert placing_queries.sent_items(session, request_from().context_id) == {}


def test_a_request_is_answered_once(request_from, answer):
    """DL-25."""
    row = request_from()
    answer(row, "course")
    with pytest.raises(Conflict) as caught:
        answer(row, "course")
    assert caught.value.code == "answered"


def test_an_ordinary_launch_has_nothing_to_answer(session, course, now, request_from, answer):
    """DL-25."""
    row = request_from()
    session.get_one(LaunchSession, row.id).deep_linking = None
    session.flush()
    with pytest.raises(Conflict):
        answer(row, "course")


def test_what_the_course_does_not_have_is_not_placed_and_the_request_stays_open(request_from, answer):
    """DL-26."""
    row = request_from()
    with pytest.raises(NotFound):
        answer(row, "course", "a999")
    assert answer(row, "course")[ITEMS]


def test_without_a_key_nothing_is_signed(session, course, request_from, now):
    with pytest.raises(ConfigError, match="db upgrade"):
        placing.respond(session, course, request_from(), None, ["course"], now)
