"""The page of grade columns, and the question before columns go."""

import re

from lti_tool.storage.db import transaction
from lti_tool.storage.scores import LineItem

URL = "https://moodle.example/lineitems/7/lineitem"


def ticked(page: str) -> set[str]:
    return set(re.findall(r'type="checkbox" name="node" value="([^"]+)" checked', page))


def test_who_never_chose_has_all_but_the_total(client_as):
    page = client_as("instructor").get("columns").text
    assert "course" not in ticked(page)
    assert {"stage1", "t101-quiz", "t201-assignment"} <= ticked(page)


def test_a_choice_is_kept(client_as):
    teacher = client_as("instructor")
    page = teacher.post("columns", {"node": ["course", "stage1"]}).text
    assert "保存しました" in page
    assert ticked(page) == {"course", "stage1"}
    assert "作成中" in page


def test_before_a_column_goes_the_page_says_what_happens_to_grades(client_as, engine):
    teacher = client_as("instructor")
    teacher.post("columns", {"node": ["course", "stage1"]})
    with transaction(engine) as session:
        session.query(LineItem).filter_by(node="course").update({"url": URL, "wish": ""})
    page = teacher.post("columns", {"node": ["stage1"]}).text
    assert "総合" in page
    assert "列とその中の成績がすべて消えます" in page
    assert 'name="node" value="stage1"' in page
    with transaction(engine) as session:
        assert session.query(LineItem).filter_by(node="course").one().wanted, "nothing has happened yet"
    page = teacher.post("columns", {"node": ["stage1"], "step": "drop"}).text
    assert "削除中" in page
    with transaction(engine) as session:
        row = session.query(LineItem).filter_by(node="course").one()
        assert (row.wanted, row.wish) == (False, "drop")


def test_only_teachers_choose(client_as):
    for role in ("learner", "assistant", "observer"):
        assert client_as(role).get("columns").status_code == 403
        assert client_as(role).post("columns", {"node": "course"}).status_code == 403
    assert client_as("instructor").post("columns", {"node": "t999"}).status_code == 404


def test_an_lms_without_the_right_says_which_setting_to_change(client_as):
    score = {"scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"], "lineitems": URL}
    page = client_as("instructor", ags=score).get("columns").text
    assert "IMS LTI課題および評定サービス" in page
    assert "保存" not in re.sub(r"<script.*?</script>", "", page)
