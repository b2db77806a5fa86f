"""Login initiation: what the LMS sends, what we answer, and what we remember (checklist sections A and B)."""

from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from support import tokens
from support.tokens import CLIENT_ID, ISSUER, NOW, TARGET, TOOL

from lti_tool.errors import (
    InvalidState,
    LmsRefused,
    LtiError,
    MalformedMessage,
    RegistrationFailed,
    UnknownPlatform,
)
from lti_tool.lti.login import LoginState, begin, parse_login, read_answer

MOODLE_HINT = '{"cmid":1,"launchid":"ltilaunch1_323708651"}'
REDIRECT = f"{TOOL}/lti/launch"


def moodle(**overrides: str | None) -> dict[str, str]:
    """The parameters of a login as Moodle sends them; None leaves one out."""
    params = {
        "iss": ISSUER,
        "target_link_uri": TARGET,
        "login_hint": "5",
        "lti_message_hint": MOODLE_HINT,
        "client_id": CLIENT_ID,
        "lti_deployment_id": "1",
        **overrides,
    }
    return {name: value for name, value in params.items() if value is not None}


def redirect(auth_url: str = f"{ISSUER}/mod/lti/auth.php", **overrides: str | None) -> tuple[str, LoginState]:
    return begin(parse_login(moodle(**overrides)), tokens.registration(auth_url=auth_url), REDIRECT, NOW)


def sent(url: str) -> dict[str, str]:
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_a_login_leads_to_the_platforms_authorization_endpoint() -> None:
    """LOG-01, LOG-12: exactly the parameters of the specification, and Moodle's endpoint."""
    url, state = redirect()

    assert url.startswith(f"{ISSUER}/mod/lti/auth.php?")
    assert sent(url) == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT,
        "login_hint": "5",
        "lti_message_hint": MOODLE_HINT,
        "state": state.state,
        "nonce": state.nonce,
    }


@pytest.mark.parametrize("name", ["iss", "login_hint", "target_link_uri"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_login_without_a_required_parameter_ends_here(name: str, value: str | None) -> None:
    """LOG-03, LOG-04, LOG-05: 400, and no redirect."""
    with pytest.raises(MalformedMessage, match=name) as caught:
        parse_login(moodle(**{name: value}))
    assert caught.value.status == 400


def test_the_login_must_name_this_registration() -> None:
    """LOG-06, LOG-07: another issuer or client is not quietly taken for ours."""
    for overrides in ({"client_id": "other"}, {"iss": "https://evil.example"}, {"iss": ISSUER + "/"}):
        with pytest.raises(UnknownPlatform) as caught:
            redirect(**overrides)
        assert caught.value.status == 403


def test_a_login_may_leave_the_client_out() -> None:
    """LOG-08: the registration found for it then says which client we are."""
    url, state = redirect(client_id=None)
    assert parse_login(moodle(client_id="")).client_id is None
    assert sent(url)["client_id"] == state.client_id == CLIENT_ID


@pytest.mark.parametrize(
    "hint", [MOODLE_HINT, "a+b", "a%2Bb", "a=b&c=d#e", "こんにちは é", " x ", "line\nbreak", ""]
)
def test_hints_come_back_byte_for_byte(hint: str) -> None:
    """LOG-09, LOG-11: both hints are the platform's and none of our business."""
    login_hint = hint or "x"
    url, _ = redirect(lti_message_hint=hint, login_hint=login_hint)
    assert sent(url)["lti_message_hint"] == hint
    assert sent(url)["login_hint"] == login_hint
    assert "+" not in urlsplit(url).query


def test_a_message_hint_that_was_not_sent_is_not_made_up() -> None:
    """LOG-10: absent, not empty and not `None`."""
    url, _ = redirect(lti_message_hint=None)
    assert "lti_message_hint" not in url
    assert "None" not in url


@pytest.mark.parametrize("target", ["https://evil.example/x", "//evil.example", "javascript:alert(1)"])
def test_the_unsigned_target_is_never_a_redirect(target: str) -> None:
    """LOG-13, LOG-14: `redirect_uri` is ours and fixed, whatever the login asks for."""
    url, state = redirect(target_link_uri=target, lti_storage_target="_parent")
    assert sent(url)["redirect_uri"] == REDIRECT
    assert urlsplit(url).netloc == urlsplit(ISSUER).netloc
    assert "evil" not in url
    assert state.target_link_uri == target


def test_the_authorization_endpoint_keeps_its_own_query() -> None:
    """LOG-15: …/auth?tenant=x&empty= stays as it is, ours comes after it."""
    url, _ = redirect(auth_url=f"{ISSUER}/auth?tenant=a%2Fb&empty=")
    assert url.startswith(f"{ISSUER}/auth?tenant=a%2Fb&empty=&scope=openid&")
    assert parse_qs(urlsplit(url).query)["tenant"] == ["a/b"]


def test_state_and_nonce_are_unguessable_and_new_each_time() -> None:
    """LOG-16, LOG-17, LOG-18, ATK-07: 256 random bits each, so two tabs never share or overwrite one."""
    states = [redirect()[1] for _ in range(200)]
    values = {value for state in states for value in (state.state, state.nonce)}
    assert len(values) == 400
    assert {len(value) for value in values} == {43}


def test_the_state_remembers_what_the_answer_must_match() -> None:
    """LOG-16, LOG-19: issuer, client, target and deployment, for ten minutes."""
    _, state = redirect()
    assert (state.issuer, state.client_id, state.target_link_uri) == (ISSUER, CLIENT_ID, TARGET)
    assert state.deployment_id == "1"
    assert state.expires_at == int(NOW.timestamp()) + 600
    assert redirect(lti_deployment_id=None)[1].deployment_id is None


def test_the_state_survives_the_cookie() -> None:
    """LOG-21: the cookie holds all of it, so nothing is stored for a login that nobody answers."""
    _, state = redirect(target_link_uri=f"{TOOL}/日本語")
    assert LoginState.from_dict(state.to_dict()) == state


@pytest.mark.parametrize(
    "spoilt",
    [
        {"nonce": None},
        {"state": ""},
        {"issuer": 5},
        {"expires_at": "soon"},
        {"expires_at": True},
        {"deployment_id": 1},
    ],
)
def test_a_cookie_of_another_shape_is_no_state(spoilt: dict[str, object]) -> None:
    """STA-01: a cookie that an older release wrote asks for a new launch, not for a 500."""
    with pytest.raises(InvalidState):
        LoginState.from_dict({**tokens.login_state().to_dict(), **spoilt})
    with pytest.raises(InvalidState):
        LoginState.from_dict({})


def test_unknown_parameters_are_tolerated() -> None:
    """LOG-20: Canvas sends its region, its environment and more."""
    request = parse_login(
        {
            **moodle(),
            "canvas_region": "us-east-1",
            "canvas_environment": "prod",
            "deployment_id": "x",
            "lti_storage_target": "post_message_forwarding",
        }
    )
    assert request.storage_target == "post_message_forwarding"
    assert request.deployment_id == "1"
    assert parse_login(moodle()).storage_target is None


@pytest.mark.parametrize(
    "name", ["iss", "client_id", "lti_deployment_id", "target_link_uri", "lti_storage_target"]
)
@pytest.mark.parametrize("value", ["a\x00b", "a\r\nSet-Cookie: b", "\ud800", "x" * 2000])
def test_what_no_platform_sends_is_refused_before_it_is_looked_up(name: str, value: str) -> None:
    """LOG-06, ATK-26: neither the database nor a header ever meets it."""
    with pytest.raises(MalformedMessage, match=name):
        parse_login(moodle(**{name: value}))


def test_hints_have_a_limit_too() -> None:
    """LOG-21: a redirect is not a place to keep things."""
    with pytest.raises(MalformedMessage, match="lti_message_hint"):
        parse_login(moodle(lti_message_hint="x" * 8193))
    with pytest.raises(MalformedMessage, match="login_hint"):
        parse_login(moodle(login_hint="\udfff"))


@pytest.mark.parametrize(
    "url",
    [
        "http://moodle.example/auth",
        "javascript:alert(1)",
        "//moodle.example",
        "",
        "https://",
        "https://a@b.example/",
    ],
)
def test_browsers_are_sent_to_https_only(url: str) -> None:
    """LOG-24: such an authorization endpoint cannot be registered."""
    with pytest.raises(RegistrationFailed):
        tokens.registration(auth_url=url)


@pytest.mark.parametrize("host", ["localhost:8001", "127.0.0.1:8001", "[::1]:8001", "lms.localhost"])
def test_a_platform_on_this_machine_may_speak_http(host: str) -> None:
    """LOG-24: so that the demo needs no certificate."""
    assert tokens.registration(auth_url=f"http://{host}/auth").auth_url.endswith("/auth")


def answer(**overrides: str | None) -> dict[str, str]:
    form = {"state": tokens.login_state().state, "id_token": "a.b.c", **overrides}
    return {name: value for name, value in form.items() if value is not None}


def test_an_answer_to_this_login_gives_its_token() -> None:
    """STA-02: the state of the form is that of the browser's cookie."""
    assert read_answer(answer(), tokens.login_state(), NOW) == "a.b.c"


@pytest.mark.parametrize("state", [None, "", "state-of-this-logi", "state-of-another-login", "\udcff"])
@pytest.mark.parametrize("error", [None, "access_denied"])
def test_an_answer_to_another_login_is_refused(state: str | None, error: str | None) -> None:
    """STA-01, STA-02, STA-03, STA-13, ATK-01: also when it only brings an error."""
    with pytest.raises(InvalidState) as caught:
        read_answer(answer(state=state, error=error), tokens.login_state(), NOW)
    assert caught.value.status == 401


def test_a_late_answer_asks_for_a_new_launch() -> None:
    """STA-04: the state holds for its ten minutes and not a second longer."""
    login = tokens.login_state()
    assert read_answer(answer(), login, NOW + timedelta(seconds=599))
    with pytest.raises(InvalidState):
        read_answer(answer(), login, NOW + timedelta(seconds=600))


def test_the_platforms_refusal_is_told_as_such() -> None:
    """STA-12: Moodle answers a wrong login_hint with `access_denied`; its words are kept short."""
    with pytest.raises(LmsRefused, match="access_denied: not you") as caught:
        read_answer(
            answer(id_token=None, error="access_denied", error_description="not you"),
            tokens.login_state(),
            NOW,
        )
    assert caught.value.status == 401
    with pytest.raises(LmsRefused) as long:
        read_answer(answer(error="x" * 9999, error_description="y" * 9999), tokens.login_state(), NOW)
    assert len(str(long.value)) == 602


@pytest.mark.parametrize("id_token", [None, ""])
def test_an_answer_without_a_token_is_malformed(id_token: str | None) -> None:
    """STA-14, STA-15: 400."""
    with pytest.raises(MalformedMessage) as caught:
        read_answer(answer(id_token=id_token), tokens.login_state(), NOW)
    assert caught.value.status == 400
    assert isinstance(caught.value, LtiError)
