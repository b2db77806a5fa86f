"""A demo LMS of its own for each test, and a pretend tool with a key set that can be fetched."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.live import serving
from support.pretend_tool import BASE, SCOPES, PretendTool, ask_token, registration_token, send_registration

from lti_tool.demo.app import DemoConfig, Lms, Placement, create_demo, lms_of

ACTIVITIES = (
    Placement("course", "コースの入口", "Course home", graded=False),
    Placement("m101-quiz", "M101 小テスト", "M101 quiz", graded=True),
    Placement("m101-assignment", "M101 課題", "M101 assignment", graded=True),
)


@pytest.fixture(scope="session")
def _served_tool() -> Iterator[PretendTool]:
    tool = PretendTool()
    with serving(tool.app) as address:
        tool.address = address
        yield tool


@pytest.fixture
def tool(_served_tool: PretendTool) -> PretendTool:
    _served_tool.keys = _served_tool.keys[:1]
    _served_tool.fetched = 0
    return _served_tool


@pytest.fixture(scope="session")
def _first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state file of an LMS that was started once; making its key takes a while."""
    config = DemoConfig(BASE, tmp_path_factory.mktemp("first"), ACTIVITIES)
    create_demo(config)
    return config.path


@pytest.fixture
def demo(_first_start: Path, tmp_path: Path) -> Flask:
    """An LMS that no tool has registered with yet."""
    shutil.copy(_first_start, tmp_path)
    return create_demo(DemoConfig(BASE, tmp_path, ACTIVITIES))


@pytest.fixture
def here(demo: Flask) -> Lms:
    return lms_of(demo)


@pytest.fixture
def client(demo: Flask) -> FlaskClient:
    client = demo.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def client_id(client: FlaskClient, here: Lms, tool: PretendTool) -> str:
    """The client_id of the pretend tool, registered."""
    answer = send_registration(client, registration_token(here, tool.address), tool.description())
    assert answer.status_code == 200, answer.text
    return str(answer.json["client_id"])


@pytest.fixture
def bearer(client: FlaskClient, client_id: str, tool: PretendTool) -> Callable[..., dict[str, str]]:
    """Headers with an access token for the scopes whose last words are named; all of them by default."""

    def ask(*tails: str) -> dict[str, str]:
        wanted = [scope for scope in SCOPES if not tails or scope.split("/")[-1] in tails]
        answer = ask_token(client, tool.assertion(client_id), " ".join(wanted))
        return {"Authorization": f"Bearer {answer.get_json(force=True)['access_token']}"}

    return ask
