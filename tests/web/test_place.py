"""The picker of deep linking, as pages; what is signed is tested in tests/lti and tests/services."""

import re

import pytest
from markupsafe import escape
from support import tokens
from support.launching import Launched, open_picker

RETURN = tokens.settings()["deep_link_return_url"]


@pytest.fixture
def picker(app, now) -> Launched:
    """A teacher whom the LMS has sent to choose."""
    return open_picker(app, now)


def page_of_choice(app, now, **settings) -> str:
    """The list of what two ticks would place."""
    return open_picker(app, now, **settings).post("place", {"node": ["t101-quiz", "t102"]}).text


def test_the_teacher_ticks_and_the_choice_goes_back_to_the_lms(picker):
    """DL-06, CERT-D01, CERT-D02."""
    page = picker.get("place")
    assert "一覧を確かめる" in page.text
    listed = picker.post("place", {"node": ["t101-quiz", "course"]})
    assert "新規・100点満点" in listed.text
    assert "T101 T101" not in listed.text
    answer = picker.post("place", {"node": "course t101-quiz", "step": "place"})
    assert f'action="{escape(RETURN)}"' in answer.text
    assert re.search(r'name="JWT" value="[\w-]+\.[\w-]+\.[\w-]+"', answer.text)
    assert tokens.ISSUER in answer.headers["Content-Security-Policy"].split("form-action")[1].split(";")[0]


def test_nothing_ticked_is_told(picker):
    answer = picker.post("place", {})
    assert answer.status_code == 400
    assert "何も選ばれていません" in answer.text


def test_the_lms_is_answered_once(picker):
    """DL-25, ATK-18."""
    picker.post("place", {"node": "course", "step": "place"})
    assert picker.post("place", {"node": "course", "step": "place"}).status_code == 409
    assert picker.get("place").status_code == 409


def test_where_the_lms_takes_one_only_one_can_be_chosen(app, now):
    """DL-12."""
    page = open_picker(app, now, multiple=False).get("place")
    assert 'type="radio"' in page.text
    assert 'type="checkbox"' not in page.text
    assert "checked" not in page.text
    listed = page_of_choice(app, now, multiple=False)
    assert listed.count("<tr>") == 2, "one row under the heading"


def test_something_the_course_does_not_have_is_refused(picker):
    """DL-26."""
    assert picker.post("place", {"node": "t999"}).status_code == 404


def ticked(page: str) -> list[str]:
    """The values of all ticks that are set."""
    return re.findall(r'type="checkbox" name="node" value="([^"]+)" checked', page)


def group(page: str, words: str) -> str:
    """The value of the tick of a group."""
    found = re.search(r'name="node" value="([^"]+)"><span>' + words, page)
    assert found, words
    return found[1]


def test_what_is_missing_is_ticked_and_groups_say_what_they_stand_for(picker, client_as):
    page = picker.get("place").text
    assert len(ticked(page)) == 1 + 2 + 9, "all but the lessons"
    assert ticked(picker.get("place?tick=none").text) == []
    picker.post("place", {"node": "", "step": "cancel"})
    client_as("learner", node="t201-quiz")
    again = open_picker(picker.client.application, tokens.NOW)
    page = again.get("place").text
    assert "t201-quiz" not in ticked(page)
    assert "配置済み: 活動" in page
    assert group(page, "T201のすべて") == "t201 t201-assignment", "only what is missing"
    listed = again.post("place", {"node": ["t201 t201-assignment", "t101-quiz", "t201"]}).text
    assert 'value="t101-quiz t201 t201-assignment"' in listed


def test_searching_needs_no_script(picker):
    page = picker.get("place", query_string={"q": "t101 小テスト"}).text
    assert re.findall(r'name="node" value="([^"]+)"', page) == ["t101-quiz"]
    assert ticked(page) == []
    assert "見つかりませんでした" in picker.get("place", query_string={"q": "<script>zzz"}).text


def test_a_list_can_be_changed_before_it_is_sent(picker):
    page = picker.post("place", {"node": "t101-quiz t102", "step": "change"}).text
    assert ticked(page) == ["t101-quiz", "t102"]


def test_placing_nothing_goes_back_with_an_empty_list(picker):
    """DL-11."""
    answer = picker.post("place", {"step": "cancel"})
    assert f'action="{escape(RETURN)}"' in answer.text
    assert picker.get("place").status_code == 409


def test_a_request_for_other_content_says_so_and_can_be_left(app, now):
    """DL-03."""
    page = open_picker(app, now, accept_types=["html"]).get("place").text
    assert "このツールの活動ではないもの" in page
    assert 'value="cancel"' in page
    assert 'value="check"' not in page
