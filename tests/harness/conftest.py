"""A demo LMS in this process for many schedules, one after the other."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import jwt
import pytest
from flask import Flask, jsonify
from harness.line import Line, mortal
from harness.world import World
from support import tokens
from support.delivering import School, make_lms
from support.live import serving
from support.tables import empty

from lti_tool.demo import faults
from lti_tool.demo.app import lms_of
from lti_tool.storage.db import Engine

Begin = Callable[[], World]


@pytest.fixture(scope="session")
def key_set() -> Iterator[str]:
    """The address at which the tool's keys are published."""
    publisher = Flask("keys")
    key = jwt.algorithms.RSAAlgorithm.to_jwk(tokens.private_key("tool").public_key(), as_dict=True)

    @publisher.get("/jwks")
    def jwks() -> object:
        return jsonify(keys=[{**key, "kid": "k", "alg": "RS256", "use": "sig"}])

    with serving(publisher) as address:
        yield f"{address}/jwks"


@pytest.fixture(scope="session")
def harness_lms(tmp_path_factory: pytest.TempPathFactory, key_set: str) -> Flask:
    """The LMS."""
    app = make_lms(tmp_path_factory.mktemp("lms"))
    with lms_of(app).state.change() as data:
        assert data.registration is not None
        data.registration.jwks_uri = key_set
    return app


@pytest.fixture
def begin(engine: Engine, harness_lms: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Begin a course anew. Where the LMS lets somebody wait, only the clock of the schedule goes on."""
    with mortal(engine) as fate:
        line = Line(harness_lms, fate)
        school = School(engine, harness_lms, line)
        clock = SimpleNamespace(sleep=lambda seconds: school.forward(seconds=seconds), time=school.time)
        monkeypatch.setattr(faults, "time", clock)
        yield lambda: World(school, _fresh(line), fate)
    empty(engine)


def _fresh(line: Line) -> Line:
    line.distrusted, line.between = 0, None
    line.fate.kills = 0
    for kept in (line.graded, line.unwanted, line.intruded, line.doubled, line.asked):
        kept.clear()
    return line
