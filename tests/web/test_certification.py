"""How you are certified, told from the course's data."""

import pytest
from support.pages import pass_quiz, words


def test_the_home_leads_there(client_as):
    student = client_as()
    assert f'href="{student.root}/certification">認定のしくみ' in student.get().text


def test_what_the_tool_counts_and_what_teachers_decide_stand_apart(client_as, app):
    student = client_as()
    seen = words(student.get("certification").text)
    for expected in (
        "学校が出す認定です。",
        "4件のうち0件を達成",
        "自己紹介と開示: C10",
        "レベル3以上",
        "出席が80%以上",
        "ステージは、このサイトが数えることで開きます。",
        "もう一度受けられます。",
        "おわりのゲート",
    ):
        assert expected in seen

    pass_quiz(student, app.extensions["lti_tool"].course, "t101-quiz")
    page = student.get("certification")
    assert "4件のうち1件を達成" in words(page.text)
    assert f'href="{student.root}/n/t102-quiz"' in page.text, "each need leads to what meets it"
    assert f'href="{student.root}/n/t101-quiz"' not in page.text


def test_examination_levels_and_renewal_come_from_the_file(client_as):
    seen = words(client_as(language="en").get("certification").text)
    for expected in (
        "2 questions in 10 minutes",
        "Basic level",
        "valid: no expiry; the date is shown",
        "valid: 2 years",
        "12 hours of study, with evidence: at least 4 on law and platform rules and 2 on data",
        "unedited, 15 minutes or more: 65 points or more",
        "15 questions, 80% to pass",
        "from 90 days before the last day until 30 days after it",
        "Until 365 days after it, this is asked: the stream.",
    ):
        assert expected in seen


@pytest.mark.parametrize("role", ["instructor", "observer"])
def test_of_others_nothing_is_counted(client_as, role):
    seen = words(client_as(role).get("certification").text)
    assert "小テストと課題4件の合格" in seen
    assert "達成" not in seen
