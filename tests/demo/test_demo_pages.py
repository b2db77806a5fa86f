"""The pages of the demo LMS, in both languages: what they show, and what they do not let through."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from support.pretend_tool import PretendTool, csrf_of

import lti_tool.demo
from lti_tool.demo.app import Lms
from lti_tool.demo.state import Grade

HERE = Path(lti_tool.demo.__file__).parent
PAGES = (
    "/",
    "/as/5/course/2",
    "/as/3/course/3",
    "/as/5/activity/2",
    "/as/3/course/2/add",
    "/as/5/course/2/return?lti_msg=Bye",
    "/gradebook/2",
    "/gradebook/3",
    "/faults",
    "/connect",
    "/as/5/activity/2/launch",
    "/nothing-here",
)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_carries_inline_script_or_style(client: FlaskClient, client_id: str, path: str) -> None:
    page = client.get(path)
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", page.text)
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_the_policy_lets_the_tool_in_and_nobody_else(
    client: FlaskClient, client_id: str, tool: PretendTool
) -> None:
    policy = dict(
        rule.split(" ", 1) for rule in client.get("/").headers["Content-Security-Policy"].split("; ")
    )
    assert policy["form-action"] == f"'self' {tool.address}"
    assert policy["frame-src"] == f"'self' {tool.address}"
    assert policy["frame-ancestors"] == "'self'"


def test_the_registration_page_may_frame_the_tool_that_is_pasted(client: FlaskClient) -> None:
    form = {"csrf_token": csrf_of(client.get("/connect")), "address": "http://new.test:8000/lti/register?i=1"}
    page = client.post("/connect", data=form)
    assert "frame-src 'self' http://new.test:8000;" in page.headers["Content-Security-Policy"]
    assert 'src="http://new.test:8000/lti/register?i=1&amp;openid_configuration=' in page.text


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lti/register",
        "ftp://x.test/",
        "http://",
        "javascript:alert(1)",
        "http://x;script-src *",
        "http://[/",
    ],
)
def test_what_is_no_address_is_kept_and_explained(client: FlaskClient, address: str) -> None:
    page = client.post("/connect", data={"csrf_token": csrf_of(client.get("/connect")), "address": address})
    assert page.status_code == 400
    assert "Paste the whole address" in page.text
    assert f'value="{address}"' in page.text


@pytest.mark.parametrize(
    "path", ["/", "/as/3/course/2", "/as/5/activity/2", "/gradebook/2", "/faults", "/connect"]
)
def test_before_a_tool_is_registered_pages_say_so_and_ask_for_its_address(
    client: FlaskClient, path: str
) -> None:
    page = client.get(path).text
    assert page.count("No tool is connected yet") == 1
    assert page.count('name="address"') == 1


def test_before_a_tool_is_registered_nothing_is_launched(client: FlaskClient) -> None:
    answer = client.get("/as/5/activity/2/launch")
    assert answer.status_code == 409
    assert "No tool is connected yet" in answer.text


def test_the_course_page_names_activities_and_people(client: FlaskClient, client_id: str) -> None:
    page = client.get("/as/5/course/2").text
    for text in ("Course home", "M101 quiz", "You are Sakura Tanaka.", "Ken Sato", "Non-editing teacher"):
        assert text in page
    assert "Add activities" not in page
    assert "Add activities" in client.get("/as/3/course/2").text
    assert "Add activities" not in client.get("/as/4/course/2").text


def test_in_japanese_every_name_is_japanese(client: FlaskClient, client_id: str) -> None:
    page = client.get("/as/5/course/2", headers={"Accept-Language": "ja"}).text
    assert '<html lang="ja">' in page
    for text in ("コースの入口", "田中 さくら", "教員(編集権限なし)", "新しいウィンドウで開く"):
        assert text in page
    assert "Open in a new window" not in page


def test_the_language_is_chosen_and_kept(client: FlaskClient) -> None:
    form = {"csrf_token": csrf_of(client.get("/gradebook/2")), "language": "ja", "back": "/gradebook/2?x=1"}
    answer = client.post("/language", data=form)
    assert (answer.status_code, answer.location) == (303, "/gradebook/2?x=1")
    assert '<html lang="ja">' in client.get("/").text


@pytest.mark.parametrize(
    "change",
    [{"back": "//evil.test"}, {"back": "https://evil.test"}, {"back": "/\\evil"}, {"language": "fr"}],
)
def test_the_language_choice_leads_nowhere_else(client: FlaskClient, change: dict[str, str]) -> None:
    form = {"csrf_token": csrf_of(client.get("/")), "language": "ja", "back": "/"} | change
    assert client.post("/language", data=form).status_code == 400


@pytest.mark.parametrize(
    "path", ["/as/99/course/2", "/as/5/course/99", "/as/5/activity/99", "/gradebook/99", "/x"]
)
def test_unknown_addresses(client: FlaskClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 404
    assert "There is nothing here" in page.text


def test_the_gradebook_shows_score_time_and_comment(client: FlaskClient, here: Lms) -> None:
    with here.state.change() as data:
        data.keep_grade(Grade("3", "5", 87.5, "<b>よくできました</b>", 0, 0))
    page = client.get("/gradebook/2").text
    assert "87.5 / 100" in page
    assert "received 1970-01-01" in page
    assert "&lt;b&gt;よくできました" in page
    table = client.get("/gradebook/2.json").get_json()
    assert [column["label"] for column in table["columns"]] == ["M101 quiz", "M101 assignment"]
    sakura, ken, _ = table["rows"]
    assert (sakura["name"], sakura["cells"][0]["score"], sakura["cells"][1]) == (
        "Sakura Tanaka",
        "87.5 / 100",
        None,
    )
    assert ken["cells"] == [None, None]


def test_the_tool_sends_people_back_with_a_message(client: FlaskClient) -> None:
    page = client.get("/as/5/course/2/return?lti_errormsg=<b>Sorry</b>").text
    assert "&lt;b&gt;Sorry" in page
    assert 'target="_top"' in page


def test_cookies_are_the_lmss_own(client: FlaskClient) -> None:
    cookie = client.get("/").headers["Set-Cookie"]
    assert cookie.startswith("demo_lms=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_every_text_is_in_japanese() -> None:
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    used = {found[2] for found in extract_from_dir(str(HERE), methods)}
    with (HERE / "translations/ja/LC_MESSAGES/messages.po").open("rb") as file:
        catalog = read_po(file, locale="ja")
    translated = {message.id: message.string for message in catalog if message.id and not message.fuzzy}
    assert used == set(translated)
    assert all(text if isinstance(text, str) else all(text) for text in translated.values())
