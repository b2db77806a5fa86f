"""The same by sockets: a token fetched with our signature, an LMS that is down, drops connections, and recovers."""

from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, jsonify
from support.delivering import School, make_lms, make_school
from support.live import free_ports, serving
from support.tables import empty

from lti_tool.lti.http import Http
from lti_tool.services import keys
from lti_tool.storage.db import Engine, open_session, transaction
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import AccessToken, ScoreReport


def key_server(engine: Engine) -> Flask:
    """Publishes the tool's keys, for the LMS to check the signature of a token request."""
    app = Flask("keys")

    @app.get("/jwks")
    def jwks() -> object:
        with open_session(engine, writes=False) as session:
            return jsonify(keys.published(session, datetime.now(UTC)))

    return app


def hurry(school: School) -> None:
    """Let the queue believe that its waiting times are over: the LMS checks times, so the clock must be right."""
    school.now = datetime.now(UTC)
    school.change(Platform, quiet_until=None)
    school.change(ScoreReport, next_try_at=school.now)


def test_an_lms_that_comes_back_gets_the_grade_once(engine: Engine, tmp_path: Path):
    """Acceptance 3."""
    empty(engine)
    lms_port, key_port = free_ports(2)
    app = make_lms(tmp_path, f"http://127.0.0.1:{lms_port}")
    with serving(app, lms_port), serving(key_server(engine), key_port):
        school = make_school(engine, app, Http(allow=(f"127.0.0.1:{lms_port}",)))
        with school.lms.state.change() as data:
            data.registration.jwks_uri = f"http://127.0.0.1:{key_port}/jwks"
        with transaction(engine) as session:
            keys.ensure(session, school.now)
            session.query(AccessToken).delete()
        student = school.student()
        school.want(student, 80, comment="見事です")
        for fault in ("unavailable", "unavailable", "drop", "drop"):
            school.lms.faults.set(fault)
            school.send()
            assert school.report(student).state == "queued"
            assert school.shown() is None
            hurry(school)
        school.lms.faults.set("none")
        school.send()
        assert school.report(student).state == "delivered"
        assert (school.shown().score, school.shown().comment) == (80, "見事です")
        school.want(student, 90)
        school.send()
        calls = [call.path.partition("?")[0] for call in school.lms.faults.calls() if call.status == 200]
        assert calls.count("/token") == 1, "one token serves both scores"
        assert sum(path.endswith("/scores") for path in calls) == 2
        assert school.shown().score == 90
    empty(engine)
