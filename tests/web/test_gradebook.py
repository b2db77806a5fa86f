"""The staff's list of grades on their way: what is held is explained and sent again."""

import csv
import io
import re
from datetime import datetime

import pytest
from support.launching import Launched
from support.ledgers import fill, queries
from support.pages import hand_in

from lti_tool.storage.audit import AuditEntry
from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.scores import ScoreDelivery, ScoreReport

ALL_3 = {"level-C08": "3", "level-C10": "3", "level-C17": "3"}


@pytest.fixture
def teacher(client_as, engine: Engine) -> Launched:
    """A teacher whose student's grade is held because its column is locked in the LMS."""
    hand_in(client_as("learner", sub="5"), "t101-assignment", "三つ選びました。")
    teacher = client_as("instructor", sub="9", name="山本 先生")
    address = re.search(r"/(reviews/\d+)\"", teacher.get("reviews").text)
    assert address
    teacher.post(address[1], {**ALL_3, "comment": "よい。", "outcome": "graded", "number": "1"})
    with transaction(engine) as session:
        row = session.query(ScoreReport).one()
        row.state, row.reason, row.tries = "held", "column-locked", 1
    return teacher


def state(engine: Engine) -> str:
    """State of the one grade."""
    with transaction(engine) as session:
        return session.query(ScoreReport).one().state


def number(engine: Engine) -> int:
    """Number of the one grade."""
    with transaction(engine) as session:
        return session.query(ScoreReport).one().id


def test_the_list_says_why_a_grade_is_held(teacher: Launched):
    page = teacher.get("gradebook").text
    assert "成績表の列がロックされています" in page
    assert "Moodleの「評定」＞「評定表セットアップ」" in page, "what to press, in the LMS at hand"


def test_one_grade_is_sent_again(teacher: Launched, engine: Engine):
    page = teacher.post(f"gradebook/{number(engine)}/resend")
    assert state(engine) == "queued"
    assert "まもなくもう一度送ります" in page.text


def test_all_held_grades_are_sent_again(teacher: Launched, engine: Engine):
    assert "1件の成績を送り直しますか" in teacher.get("gradebook/resend?state=held").text
    page = teacher.post("gradebook/resend?state=held")
    assert state(engine) == "queued"
    assert "該当する成績はありません" in page.text


def test_a_grade_of_another_course_is_not_there(teacher: Launched, client_as, engine: Engine, now: datetime):
    """ATK-20."""
    other = client_as("instructor", sub="10", context_id="another")
    assert other.post(f"gradebook/{number(engine)}/resend").status_code == 404
    other.post("gradebook/resend")
    assert state(engine) == "held"


def test_a_student_sends_nothing(teacher: Launched, client_as, engine: Engine):
    """AGS-40."""
    student = client_as("learner", sub="5")
    assert student.post(f"gradebook/{number(engine)}/resend").status_code == 403
    assert state(engine) == "held"


def test_a_replaced_window_has_a_way_back_and_a_frame_has_none(client_as):
    """Moodle replaces the window on phones."""
    for target, shown in (("iframe", False), ("frame", True), ("window", True)):
        launched = client_as(
            "learner",
            launch_presentation={
                "locale": "ja",
                "document_target": target,
                "return_url": "https://moodle.example/mod/lti/return.php?course=2",
            },
        )
        assert ("return.php?course=2" in launched.get().text) is shown


def test_the_ledger_of_a_large_course_asks_as_little_as_that_of_a_small_one(client_as, engine, app, now):
    """500 students with 60 graded items each: 30,000 grades."""
    teacher = client_as("instructor", sub="9")
    paths = ("gradebook", "gradebook?page=2", "gradebook?state=held", "gradebook/resend?state=held")
    counts = []
    for students, nodes in ((4, 20), (500, 60)):
        fill(engine, students, [f"node-{students}-{number}" for number in range(nodes)], now)
        counts.append([])
        for path in paths:
            with queries(engine) as sent:
                assert teacher.get(path).status_code == 200
            counts[-1].append(len(sent))
    small, large = counts
    assert large == small
    assert max(large) <= 8
    page = teacher.get("gradebook?page=600").text
    assert "602ページ中 600ページ" in page
    assert page.count("<tr>") < 120, "50 grades and 28 days"


def test_the_course_home_tells_staff_what_needs_them(teacher: Launched, client_as, engine):
    home = teacher.get("").text
    assert "1件の成績が対応を待っています" in home
    assert f'href="{teacher.root}/gradebook?state=needed"' in home
    assert "対応を待っています" not in client_as("learner", sub="5").get("").text
    with transaction(engine) as session:
        session.query(ScoreReport).one().state = "delivered"
    assert "対応を待っています" not in teacher.get("").text


def test_that_costs_staff_one_query_and_students_none(client_as, engine):
    teacher = client_as("instructor", sub="9")
    student = client_as("learner", sub="5")
    with queries(engine) as before:
        student.get("")
    with queries(engine) as sent:
        teacher.get("")
    asked = [statement for statement in sent if "FROM score_report" in statement]
    assert len([each for each in asked if "count(" in each]) == 1
    assert not [each for each in before if "count(" in each and "score_report" in each]


@pytest.fixture
def changed(teacher: Launched, engine: Engine, now: datetime) -> Launched:
    """The same teacher; somebody changed the grade in the LMS."""
    with transaction(engine) as session:
        row = session.query(ScoreReport).one()
        row.state, row.reason = "drifted", ""
        row.shown, row.shown_at, row.shown_since, row.shown_by = 82.5, now, now, "9"
    return teacher


def test_a_changed_grade_shows_both_values_and_a_choice(changed: Launched, engine: Engine):
    for path in ("gradebook?state=needed", f"gradebook/{number(engine)}"):
        page = changed.get(path).text
        assert "82.5%" in page
        assert "75%" in page
        assert "LMSを採用" in page
        assert "こちらを再送" in page
    assert "山本 先生" in page, "who entered it there"


def test_the_grade_of_the_lms_is_kept_and_needs_nobody_any_more(changed: Launched, engine: Engine):
    page = changed.post(f"gradebook/{number(engine)}/keep?state=needed")
    assert "LMSの成績を採用しました" in page.text
    assert "対応が必要な成績はありません" in page.text, "back in the list that the button was in"
    assert state(engine) == "drifted"
    assert "LMSで変更（LMSの成績を採用）" in changed.get("gradebook?state=kept").text
    assert "対応を待っています" not in changed.get("").text


def test_many_grades_of_the_lms_are_kept_after_a_question(changed: Launched, client_as, engine: Engine, now):
    fill(engine, 20, ["t102-quiz"], now)
    assert "2件すべてでLMSを採用" in changed.get("gradebook?state=drifted").text
    assert "2件についてLMSの成績を採用しますか" in changed.get("gradebook/keep?state=drifted").text
    assert "LMSの成績を採用しました" in changed.post("gradebook/keep?state=drifted").text
    with transaction(engine) as session:
        assert session.query(ScoreReport).filter_by(state="drifted", reason="kept").count() == 2
    assert client_as("learner", sub="5").post("gradebook/keep").status_code == 403


def test_ours_is_sent_over_that_of_the_lms(changed: Launched, engine: Engine):
    assert changed.post(f"gradebook/{number(engine)}/overrule").status_code == 200
    assert state(engine) == "queued"


def test_a_changed_grade_is_never_sent_over_by_the_way(changed: Launched, engine: Engine):
    assert changed.post(f"gradebook/{number(engine)}/resend").status_code == 409
    changed.post("gradebook/resend?activity=t101-assignment")
    assert state(engine) == "drifted"


def test_a_student_is_told_what_became_of_a_grade(
    teacher: Launched, client_as, engine: Engine, now: datetime
):
    student = client_as("learner", sub="5")
    said = {
        ("queued", ""): "送信待ち",
        ("held", "refused"): "あなたの操作は不要です",
        ("delivered", ""): "LMS受領",
        ("confirmed", ""): "LMSの成績表に表示",
        ("drifted", ""): "LMS側で変更されています",
    }
    for (state, reason), words in said.items():
        with transaction(engine) as session:
            row = session.query(ScoreReport).one()
            row.state, row.reason, row.delivered_at, row.shown_at = state, reason, now, now
        for path in ("grades", "assignments/t101-assignment", "modules/t101", ""):
            page = student.get(path).text
            assert words in page, (state, path)
            assert ("14:03" in page) or state in {"queued", "held", "drifted"}
            assert "拒否" not in page


def test_a_course_has_its_gradebook_read_at_a_teachers_wish(teacher: Launched, client_as, engine: Engine):
    assert "読み取っています" in teacher.post("gradebook/read").text
    with transaction(engine) as session:
        assert session.query(AuditEntry).filter_by(action="lms-grades-asked").count() == 1
    assert client_as("learner", sub="5").post("gradebook/read").status_code == 403


def test_the_ledger_is_saved_for_spreadsheets(teacher: Launched, engine: Engine):
    """ATK-21. Excel takes a file for UTF-8 by its first three bytes."""
    with transaction(engine) as session:
        row = session.query(ScoreReport).one()
        row.person.name = "=cmd|' /C calc'!A1"
    answer = teacher.get("gradebook/export.csv?state=held")
    assert answer.mimetype == "text/csv"
    assert "grades.csv" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    head, line = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    found = dict(zip(head, line, strict=True))
    assert found["学生"] == "'=cmd|' /C calc'!A1"
    assert (found["結果"], found["状態"]) == ("75", "保留")
    assert found["保留の理由"] == "成績表の列がロックされています"
    assert found["提出日時（Asia/Tokyo）"] == "2026-11-24 14:03:00"
    assert len(teacher.get("gradebook/export.csv?state=delivered").data.splitlines()) == 1


def test_the_history_shows_every_try(teacher: Launched, client_as, engine: Engine, now: datetime):
    with transaction(engine) as session:
        about = {"report_id": number(engine), "percent": 75, "timestamp": now}
        session.add(ScoreDelivery(at=now, outcome="retry", status=503, answer="<b>busy</b>", **about))
    page = teacher.get(f"gradebook/{number(engine)}").text
    assert "2026/11/24 14:03:00" in page
    assert "503" in page
    assert "&lt;b&gt;busy" in page
    assert f"report {number(engine)}" in page, "what to tell those who run the tool"
    assert (
        client_as("instructor", sub="10", context_id="another").get(f"gradebook/{number(engine)}").status_code
        == 404
    )


def test_a_filter_that_means_nothing_filters_nothing(teacher: Launched):
    for query in ("state=nonsense", "student=x", "page=999999999999", "activity=%00"):
        assert "山田 花子" in teacher.get(f"gradebook?{query}").text
    assert "該当する成績はありません" in teacher.get("gradebook?student=2147483647").text


def test_links_keep_the_filter(teacher: Launched):
    page = teacher.get("gradebook?state=held&activity=t101-assignment").text
    assert "gradebook?state=waiting&amp;activity=t101-assignment" in page
    assert "gradebook/export.csv?state=held&amp;activity=t101-assignment" in page
    assert '<option value="t101-assignment" selected>' in page
    assert '<input type="hidden" name="state" value="held">' in page
