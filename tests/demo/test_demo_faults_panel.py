"""The page on which faults are switched: every fault in words, nonsense refused, nothing by a foreign page."""

import re

import pytest
from flask.testing import FlaskClient
from support.pretend_tool import csrf_of, form_of

from lti_tool.demo.app import Lms
from lti_tool.demo.faults import FAULTS, SCOPES

FORM = {"fault": "slow", "scope": "tokens", "share": "20", "burst": "7", "seconds": "3"}


def test_the_panel_switches(client: FlaskClient, here: Lms) -> None:
    page = client.get("/faults")
    form = FORM | {"csrf_token": csrf_of(page)}
    answer = client.post("/faults", data=form, follow_redirects=True)
    assert "Saved." in answer.text
    switch = here.faults
    assert (switch.fault, switch.seconds, switch.scope, switch.share, switch.burst) == (
        "slow",
        3,
        "tokens",
        20,
        7,
    )
    for kept in ('value="slow" checked', 'value="tokens" checked', 'value="20"', 'value="7"', 'value="3"'):
        assert kept in answer.text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_panel_has_words_for_every_fault_and_scope(client: FlaskClient, language: str) -> None:
    page = client.get("/faults", headers={"Accept-Language": language}).text
    told = re.findall(r'<input type="radio" name="\w+" value="(\w+)"[^>]*> ([^<]+)</label>', page)
    assert [name for name, _words in told] == [*FAULTS, *SCOPES]
    assert all(words.strip() for _name, words in told)


@pytest.mark.parametrize(
    "change",
    [
        {"fault": "fire"},
        {"scope": "pages"},
        {"seconds": "0"},
        {"seconds": "61"},
        {"seconds": "x"},
        {"share": "0"},
        {"share": "101"},
        {"burst": "-1"},
    ],
)
def test_the_panel_refuses_nonsense(client: FlaskClient, here: Lms, change: dict[str, str]) -> None:
    form = FORM | {"csrf_token": csrf_of(client.get("/faults"))} | change
    assert client.post("/faults", data=form).status_code == 400
    assert here.faults.fault == "none"


def test_what_is_no_fault_cannot_be_switched_on(here: Lms) -> None:
    with pytest.raises(KeyError):
        here.faults.set("fire")
    with pytest.raises(KeyError):
        here.faults.set("drop", scope="pages")


@pytest.mark.parametrize(("text", "status", "shift"), [("-300", 303, -300), ("86401", 400, 0), ("-", 400, 0)])
def test_the_panel_sets_the_clock(client: FlaskClient, here: Lms, text: str, status: int, shift: int) -> None:
    form = {"csrf_token": csrf_of(client.get("/faults")), "shift": text}
    assert client.post("/faults/clock", data=form).status_code == status
    assert here.shift == shift
    assert (
        f'name="shift" type="number" min="-86400" max="86400" value="{shift}"' in client.get("/faults").text
    )


def test_the_panel_rotates_the_key(client: FlaskClient, here: Lms) -> None:
    before = here.state.signing_key().kid
    client.post("/faults/rotate", data={"csrf_token": csrf_of(client.get("/faults"))})
    assert here.state.signing_key().kid != before


def test_the_panel_offers_platform_storage_and_takes_it_back(
    client: FlaskClient, client_id: str, here: Lms
) -> None:
    for offered in ("1", "0"):
        data = {"csrf_token": csrf_of(client.get("/faults")), "storage": offered}
        assert client.post("/faults/storage", data=data).status_code == 303
        _action, fields = form_of(client.get("/as/5/activity/2/launch"))
        assert fields.get("lti_storage_target") == ("_parent" if offered == "1" else None)
        assert ("storage.js" in client.get("/as/5/activity/2").text) == (offered == "1")


def test_a_foreign_page_cannot_switch_anything(client: FlaskClient, here: Lms) -> None:
    for path in ("/faults", "/faults/clock", "/faults/rotate", "/faults/storage", "/connect", "/language"):
        answer = client.post(path, data={"fault": "drop", "seconds": "3"})
        assert answer.status_code == 400
        assert "too old" in answer.text
    assert here.faults.fault == "none"


def test_the_panel_lists_the_last_calls(client: FlaskClient, here: Lms) -> None:
    assert "has not called" in client.get("/faults").text
    client.post("/token")
    page = client.get("/faults").text
    assert "POST /token" in page
    assert ">400<" in page
