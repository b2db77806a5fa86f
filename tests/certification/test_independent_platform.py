"""A platform by other people: `lti1p3platform` launches the tool, lets a teacher choose, and is sent the score.

Between the two servers everything goes over sockets: key sets both ways, the token, columns and scores. What a
browser carries between them is carried here.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from support.independent import CHOOSE, CLIENT_ID, DEPLOYMENT_ID, LINK, Site, make_platform
from support.launching import Launched
from support.live import free_ports, serving
from support.pages import pass_quiz, words
from werkzeug.test import TestResponse

from lti_tool.app import create_app, utc_now
from lti_tool.cli import main
from lti_tool.config import load
from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_RESULT, SCOPE_SCORE
from lti_tool.services.delivery import Courier
from lti_tool.storage.db import open_session
from lti_tool.storage.scores import ScoreReport
from lti_tool.web.current import Parts

TINY = Path(__file__).parent.parent / "courses" / "tiny"
QUIZ = "t101-quiz"
STUDENT, TEACHER = "u-1", "u-2"


@dataclass
class Two:
    """The platform and the tool, each on a port of its own."""

    site: Site
    lms: Flask
    tool: Flask

    @property
    def parts(self) -> Parts:
        found: Parts = self.tool.extensions["lti_tool"]
        return found

    def open(self, user: str, hint: str = LINK) -> TestResponse:
        """What the tool answers in the end when somebody presses a link of the platform."""
        browser = self.tool.test_client()
        login = self.lms.test_client().get(f"/as/{user}/{hint}")
        asked = browser.get(login.location, base_url=self.site.tool_url)
        assert asked.status_code == 302, asked.text
        page = self.lms.test_client().get(asked.location, base_url=self.site.url)
        assert page.status_code == 200, page.text
        return send_form(browser, page.text, self.site.tool_url)

    def launched(self, user: str, hint: str = LINK) -> Launched:
        """The same, where the tool lets them in."""
        answer = self.open(user, hint)
        assert answer.status_code == 303, answer.text
        page = urlsplit(answer.location).path
        browser = answer.request.environ["werkzeug.test.client"]
        return Launched(browser, "/".join(page.split("/")[:3]), page, base=self.site.tool_url)

    def deliver(self) -> int:
        """One round of the worker."""
        parts = self.parts
        return Courier(parts.engine, parts.http, parts.course, utc_now).send_due()


def send_form(client: FlaskClient, html: str, base: str) -> TestResponse:
    """Press the button of the one form on a page."""
    action = unescape(re.search(r'action="([^"]+)"', html)[1])
    fields = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', html)}
    return client.post(action, data=fields, base_url=base, environ_overrides={"werkzeug.test.client": client})


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    """Both served; the tool knows the platform from `platform add`, the platform the tool from its three addresses."""
    lms_port, tool_port = free_ports(2)
    site = Site(f"http://127.0.0.1:{lms_port}", f"http://localhost:{tool_port}", QUIZ)
    for name in [name for name in os.environ if name.startswith("LTI_TOOL_")]:
        monkeypatch.delenv(name)
    settings = {
        "DATA": str(tmp_path / "data"),
        "BASE_URL": site.tool_url,
        "CONTENT": str(TINY),
        "OUTBOUND_ALLOW": f"127.0.0.1:{lms_port}",
        "SECRET_KEY": "test",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"LTI_TOOL_{name}", value)
    enter(site)
    tool, lms = create_app(load()), make_platform(site)
    with serving(lms, lms_port), serving(tool, tool_port):
        yield Two(site, lms, tool)
    tool.extensions["lti_tool"].engine.dispose()


def enter(site: Site) -> None:
    """What an operator types."""
    arguments = {
        "--issuer": site.url,
        "--client-id": CLIENT_ID,
        "--auth-url": f"{site.url}/auth",
        "--token-url": f"{site.url}/token",
        "--jwks-url": f"{site.url}/certs",
        "--deployment-id": DEPLOYMENT_ID,
    }
    words = [word for pair in arguments.items() for word in pair]
    CliRunner().invoke(main, ["platform", "add", *words], catch_exceptions=False)


def test_a_launch_and_a_graded_quiz_end_in_its_gradebook(two: Two):
    """Acceptance 4: the score is delivered by the worker's own code and taken by the package's service."""
    column = two.site.book.add({"label": "Quiz", "scoreMaximum": 100, "resourceLinkId": LINK})
    student = two.launched(STUDENT)
    result = pass_quiz(student, two.parts.course, QUIZ)
    assert "100%" in words(result.text)
    assert two.site.book.scores["1"] == []
    assert two.deliver() == 1
    (score,) = two.site.book.scores["1"]
    assert (score["userId"], score["scoreGiven"], score["scoreMaximum"]) == (STUDENT, 100, 100)
    assert (score["activityProgress"], score["gradingProgress"]) == ("Completed", "FullyGraded")
    assert "LMS" in student.get("grades").text
    with open_session(two.parts.engine, writes=False) as session:
        report = session.query(ScoreReport).one()
        assert (report.state, report.line_item.url) == ("delivered", column["id"])
    assert {SCOPE_SCORE, SCOPE_LINEITEM, SCOPE_RESULT} == set(two.site.book.scopes)
    assert two.deliver() == 0


def test_a_teacher_chooses_and_the_package_takes_the_items(two: Two):
    teacher = two.launched(TEACHER, CHOOSE)
    page = teacher.post("place", {"node": ["course", QUIZ], "step": "place"})
    assert page.status_code == 200
    taken = send_form(two.lms.test_client(), page.text.split("</header>")[1], two.site.url)
    assert (taken.status_code, taken.text) == (200, "taken")
    home, quiz = two.site.chosen
    assert (home["type"], home["custom"], "lineItem" in home) == (
        "ltiResourceLink",
        {"node": "course"},
        False,
    )
    assert quiz["custom"] == {"node": QUIZ}
    assert (quiz["lineItem"]["scoreMaximum"], quiz["lineItem"]["resourceId"]) == (100, QUIZ)


def test_a_launch_signed_with_a_key_it_does_not_publish_is_refused(two: Two):
    """The tool asks the platform itself for its keys, and believes no other."""
    two.site.signs_with = "evil"
    answer = two.open(STUDENT)
    assert answer.status_code == 401
    two.site.signs_with = "independent"
    assert two.open(STUDENT).status_code == 303
