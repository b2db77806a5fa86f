"""Ten thousand spoilt registration messages and ten thousand spoilt deep linking messages (acceptance 5).

Each is refused, none is answered as a fault of ours, nothing is kept of any, and memory does not grow.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from support import mutated_deep_links, mutated_registrations, tokens
from support.launching import BASE, Launched, open_picker
from support.mutated_registrations import Lms
from support.mutations import TOKENS, Memory
from support.registering import TOKEN

from lti_tool.errors import LtiError
from lti_tool.lti.keys import KeySets
from lti_tool.lti.launch import verify
from lti_tool.lti.registration import fetch_configuration, register
from lti_tool.services import registration
from lti_tool.storage.db import Base, Engine, connect, transaction
from lti_tool.storage.platforms import Platform

GROWTH = 64 * 1024
"""Bytes: what five thousand messages may leave behind, which is thirteen for each."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """One database is enough: what is refused never reaches it."""
    engine = connect(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def spoil(count: int, refuse: Callable[[int], bool], start: int) -> None:
    """Try seeds until `count` messages were spoilt and refused; `refuse` tells whether a seed's was spoilt at all."""
    tried = 0
    for seed in range(start, start + count * 2):
        tried += refuse(seed)
        if tried == count:
            return
    raise AssertionError(f"only {tried} mutations changed anything")


class Registrations:
    """One invitation, and an LMS that answers as the seed says."""

    def __init__(self, app: Flask, engine: Engine, now: Any) -> None:
        self.lms = Lms()
        app.extensions["lti_tool"] = replace(app.extensions["lti_tool"], http=self.lms)
        self.client, self.good = app.test_client(), self.lms.configuration
        with transaction(engine) as session:
            self.invite = registration.invite(session, now)

    def configuration(self, seed: int) -> bool:
        """The LMS's description of itself."""
        self.lms.configuration = mutated_registrations.configuration(seed)
        try:
            found = fetch_configuration(self.lms, mutated_registrations.CONFIGURATION_URL, TOKEN)
        except LtiError:
            return True
        finally:
            self.lms.configuration, spoilt = self.good, self.lms.configuration
        assert not mutated_registrations.surely_spoilt(spoilt), spoilt.body
        assert found.issuer
        return False

    def answer(self, seed: int) -> bool:
        """Its answer to ours."""
        found = fetch_configuration(self.lms, mutated_registrations.CONFIGURATION_URL, TOKEN)
        good, self.lms.answer = self.lms.answer, mutated_registrations.registered(seed)
        with pytest.raises(LtiError):
            register(self.lms, found, TOKEN, registration.profile(BASE))
        self.lms.answer = good
        return True

    def request(self, seed: int) -> bool:
        """What its administrator's browser opens and sends."""
        query = mutated_registrations.query(seed, self.invite)
        if mutated_registrations.still_good(query, self.invite):
            return False
        ask = self.client.get if seed % 3 else self.client.post
        answer = ask("/lti/register", query_string=query, base_url=BASE)
        assert 400 <= answer.status_code < 500, (answer.status_code, query)
        return True


def test_ten_thousand_mutated_registration_messages(app: Flask, engine: Engine, now):
    """ATK-26, DR-01: configurations, answers, and the address opened in a browser."""
    tried = Registrations(app, engine, now)
    with transaction(engine) as session:
        before = session.query(Platform).count()
    with Memory() as memory:
        for half in (0, 1_000_000):
            spoil(2_500, tried.configuration, half)
            spoil(1_500, tried.answer, half)
            spoil(1_000, tried.request, half)
            memory.mark()
    assert memory.growth < GROWTH
    with transaction(engine) as session:
        assert session.query(Platform).count() == before
    good = {
        "invite": tried.invite,
        "openid_configuration": mutated_registrations.CONFIGURATION_URL,
        "registration_token": TOKEN,
    }
    assert tried.client.post("/lti/register", query_string=good, base_url=BASE).status_code == 200


class DeepLinks:
    """A good request by its LMS, and a teacher before the picker."""

    def __init__(self, app: Flask, client_as: Any, now: Any) -> None:
        self.keys = KeySets(tokens.Platform())
        self.token = tokens.sign(tokens.deep_linking_claims())
        self.picker: Launched = open_picker(app, now)
        self.picker.get("place")
        self.others = [
            client_as("learner"),
            client_as("instructor"),
            Launched(app.test_client(), self.picker.root, ""),
        ]

    def verify(self, token: str) -> Any:
        return verify(
            token, tokens.login_state(), tokens.registration(), self.keys, tokens.NOW, tool_origin=tokens.TOOL
        )

    def forged(self, seed: int) -> bool:
        """The token, changed by somebody without the key."""
        token = TOKENS[seed % len(TOKENS)](self.token, random.Random(seed))
        if token == self.token:
            return False
        with pytest.raises(LtiError):
            self.verify(token)
        return True

    def signed(self, seed: int) -> bool:
        """The token, wrong as its LMS made it."""
        with pytest.raises(LtiError):
            self.verify(tokens.sign(mutated_deep_links.claims(seed)))
        return True

    def form(self, seed: int) -> bool:
        """The teacher's choice, as no page of ours sends it."""
        sent = mutated_deep_links.form(seed, self.picker.token)
        sender = self.others[seed % len(self.others)] if sent.by_another else self.picker
        answer = sender.client.open(
            f"{sender.root}/place", base_url=BASE, method=sent.method, headers=sent.headers, **sent.body
        )
        assert 400 <= answer.status_code < 500, (answer.status_code, sent)
        assert "JWT" not in answer.text
        return True


def test_ten_thousand_mutated_deep_linking_messages(app: Flask, client_as, now):
    """ATK-26, ATK-18, DL-01, DL-02, DL-26: requests forged and badly made, and choices sent by hand."""
    tried = DeepLinks(app, client_as, now)
    assert tried.verify(tried.token).deep_linking
    with Memory() as memory:
        for half in (0, 1_000_000):
            spoil(2_500, tried.forged, half)
            spoil(1_500, tried.signed, half)
            spoil(1_000, tried.form, half)
            memory.mark()
    assert memory.growth < GROWTH
    assert "JWT" in tried.picker.post("place", {"node": "course", "step": "place"}).text, (
        "the request is still open"
    )
