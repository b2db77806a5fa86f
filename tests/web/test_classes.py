"""The staff's pages about the class and its grades."""

import re

import pytest
from support.pages import begin, hand_in, pass_quiz, words

from lti_tool.storage import roster_queries
from lti_tool.storage.db import transaction
from lti_tool.storage.people import Context
from lti_tool.storage.roster_queries import Listed


@pytest.fixture
def teacher(client_as):
    """The teacher of the course."""
    return client_as("instructor", sub="9", name="山本 先生")


def student_page(teacher) -> str:
    """Address of the first student of the class."""
    found = re.search(r"/(class/\d+)\"", teacher.get("class").text)
    assert found
    return found[1]


def test_an_empty_class_says_what_will_be_here(teacher):
    assert "まだ誰も利用していません" in teacher.get("class").text
    assert "まだ成績はありません" in teacher.get("gradebook").text


def test_the_class_shows_who_is_where(client_as, teacher, app):
    student = client_as()
    pass_quiz(student, app.extensions["lti_tool"].course, "t101-quiz")
    hand_in(student, "t101-assignment")
    seen = words(teacher.get("class").text)
    assert "山田 花子" in seen
    assert "1/6" in seen
    seen = words(teacher.get(student_page(teacher)).text)
    assert "100%" in seen
    assert "採点待ち" in seen
    assert "採点を開く" in seen


def test_a_teacher_opens_one_more_attempt_with_a_reason(client_as, teacher):
    student = client_as()
    student.post(f"attempts/{begin(student, 't101-quiz')}/submit")
    address = student_page(teacher)
    refused = teacher.post(f"{address}/grants", {"quiz": "t101-quiz", "reason": " "})
    assert refused.status_code == 409
    assert "理由を書いてください" in refused.text
    page = teacher.post(f"{address}/grants", {"quiz": "t101-quiz", "reason": "停電のため"})
    assert "追加の受験を許可しました" in page.text
    assert "もう一度受ける" in student.get("quizzes/t101-quiz").text


def test_an_assistant_looks_but_grants_nothing(client_as, teacher):
    student = client_as()
    student.post(f"attempts/{begin(student, 't101-quiz')}/submit")
    address = student_page(teacher)
    assistant = client_as("assistant", sub="10")
    assert "今すぐ許可する" not in assistant.get(address).text
    assert assistant.post(f"{address}/grants", {"quiz": "t101-quiz", "reason": "x"}).status_code == 403


def test_the_gradebook_tells_where_every_grade_is(client_as, teacher, app):
    student = client_as()
    pass_quiz(student, app.extensions["lti_tool"].course, "t101-quiz")
    seen = words(teacher.get("gradebook").text)
    assert "山田 花子" in seen
    assert "送信待ち" in seen
    mine = words(student.get("grades").text)
    assert "送信待ち" in mine
    assert "未開放" in mine


def test_students_see_no_page_of_the_staff(client_as, teacher):
    student = client_as()
    for path in ("class", student_page(teacher), "gradebook", "reviews", "place"):
        assert student.get(path).status_code == 403, path
        assert "山本" not in student.get(path).text


# --- the class list of the LMS -----------------------------------------------------------------------------


def listed(app, now, *people: Listed) -> None:
    """What a worker keeps after reading the whole list of the one course."""
    with transaction(app.extensions["lti_tool"].engine) as session:
        context = session.query(Context).one()
        roster_queries.claim(session, context.id, now, now)
        roster_queries.keep(session, context, people, now)
        roster_queries.mark_left(session, context.id, now)
        values = {"people": len(people), "synced_at": now, "whole_at": now, "due_at": now}
        assert roster_queries.settle(session, context.id, now, state="", **values)


def failed(app, now, reason: str) -> None:
    """What a worker notes when the list could not be read."""
    with transaction(app.extensions["lti_tool"].engine) as session:
        context_id = session.query(Context).one().id
        roster_queries.claim(session, context_id, now, now)
        assert roster_queries.settle(session, context_id, now, state="failed", reason=reason, due_at=now)


def test_who_never_came_is_shown_and_who_left_stands_at_the_end(client_as, teacher, app, clock):
    """NRP-05, NRP-16."""
    client_as(sub="5", name="あ 早い")
    clock.forward(minutes=1)
    listed(app, clock(), Listed("9", "", "instructor", True), Listed("6", "い 遅い", "learner", True))
    seen = words(teacher.get("class").text)
    assert "クラス 1" in seen
    assert (
        seen.index("い 遅い")
        < seen.index("まだ来ていない")
        < seen.index("あ 早い")
        < seen.index("名簿から外れた")
    )
    assert "名簿：2人（11/24 14:04 読み込み）" in seen
    assert seen.count("山本") == 0
    assert teacher.get(student_page(teacher)).status_code == 200


def test_the_work_of_who_left_stays(client_as, teacher, app, clock):
    """NRP-05."""
    student = client_as(sub="5")
    hand_in(student, "t101-assignment")
    clock.forward(minutes=1)
    listed(app, clock(), Listed("9", "", "instructor", True))
    assert "採点を開く" in teacher.get(student_page(teacher)).text
    client_as(sub="5")
    assert "名簿から外れた" not in teacher.get("class").text, "a launch says that they are here again"


def test_a_teacher_has_the_list_read(client_as, teacher, app, now):
    """NRP-16: and is told that it is being read; an assistant sees that, but has no button."""
    assert "名簿はまだ読み込んでいません" in teacher.get("class").text
    page = teacher.post("class/roster")
    assert "名簿を読み込んでいます" in page.text
    assert "名簿を今すぐ読み込む" not in page.text
    with transaction(app.extensions["lti_tool"].engine) as session:
        assert roster_queries.due(session, now, 5) == [session.query(Context).one().id]
    assistant = client_as("assistant", sub="10")
    assert "名簿を読み込んでいます" in assistant.get("class").text
    assert assistant.post("class/roster").status_code == 403
    assert client_as(sub="5").post("class/roster").status_code == 403


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("scope", "IMS LTI Names and Role Provisioning"),
        ("refused", "IMS LTI Names and Role Provisioning"),
        ("gone", "LMSからこのコースの活動を一度開くと"),
        ("token", "公開鍵セット"),
        ("address", "運用担当者"),
        ("unreachable", "応答がありません"),
        ("answer", "名簿ではありませんでした"),
        ("fault", "名簿ではありませんでした"),
    ],
)
def test_a_failure_comes_with_advice(teacher, app, now, reason: str, told: str):
    """NRP-01: nothing breaks, and the setting to change has its name."""
    failed(app, now, reason)
    page = teacher.get("class").text
    assert "名簿を読み込めませんでした" in page
    assert told in page
    assert "名簿を今すぐ読み込む" in page


def test_an_lms_without_a_class_list_is_told_how_to_offer_one(client_as):
    """NRP-01, NRP-03: no claim, or another version of the service only."""
    for services in (None, {"context_memberships_url": "https://lms.example/m", "service_versions": ["1.0"]}):
        teacher = client_as("instructor", sub="9", nrps=services, language="en")
        page = teacher.get("class")
        assert "under “Privacy”, “Share launcher's name with tool”" in words(page.text)
        assert "Read the class list now" not in page.text
        assert teacher.post("class/roster").status_code == 409


def test_a_class_without_names_is_told_why(teacher, app, now):
    """NRP-04."""
    listed(app, now, Listed("5", "", "learner", True), Listed("6", "", "learner", True))
    page = teacher.get("class").text
    assert page.count("(名前なし)") == 2
    assert "LMSから名前が届いていません" in page
