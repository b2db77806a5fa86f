"""The teacher's choice goes back to the LMS once, signed."""

from datetime import timedelta

import jwt
import pytest
from support import tokens

from lti_tool.errors import ConfigError, Conflict, NotFound
from lti_tool.lti.claims import DL_CLAIM
from lti_tool.services import keys, launches, placing, registration
from lti_tool.storage.people import LaunchSession

ITEMS = DL_CLAIM + "content_items"


@pytest.fixture
def request_from(session, course, now):
    """A deep linking request of a teacher; settings may be overridden."""
    registration.enter(session, tokens.registration(), "", "1", now)
    platform = launches.find_platform(session, tokens.ISSUER, None)

    def ask(language="ja", **settings):
        claims = tokens.deep_linking_claims(
            now,
            deep_linking_settings=tokens.settings(**settings),
            launch_presentation={"locale": language},
        )
        verified = tokens.launch(tokens.sign(claims), now)
        return launches.record(session, course, platform, verified, timedelta(hours=1), now).visit

    return ask


@pytest.fixture
def answer(session, course, now):
    """The items of the response to a request."""
    keys.ensure(session, now)

    def respond(row, *nodes):
        address, response = placing.respond(session, course, row, list(nodes), now)
        assert address.startswith(f"{tokens.ISSUER}/mod/lti/contentitem_return.php")
        (key,) = jwt.PyJWKSet.from_dict(keys.published(session)).keys
        # Fixed times are over; that they are set is tested with the protocol.
        checks = {"verify_exp": False, "verify_iat": False}
        return jwt.decode(response, key, ["RS256"], options=checks, audience=tokens.ISSUER)

    return respond


def test_everything_a_student_opens_can_be_placed(course):
    offers = placing.offers(course)
    assert offers[:4] == ("course", "stage1", "a101", "a101-why")
    assert set(offers) == {"course", *course.nodes}


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
        placing.respond(session, course, request_from(), ["course"], now)


def test_a_new_key_signs_and_the_old_ones_stay_published(session, now):
    keys.ensure(session, now)
    keys.ensure(session, now)
    first = keys.signer(session).kid
    second = keys.rotate(session, now + timedelta(seconds=1))
    assert keys.signer(session).kid == second
    assert [key["kid"] for key in keys.published(session)["keys"]] == [second, first]
