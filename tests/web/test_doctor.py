"""The doctor's pages: for staff of a course, and behind the error page of a launch that failed."""

import itertools
import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask import Flask
from support import operating, tokens
from support.launching import BASE, answer_login, begin_login
from support.pages import words

from lti_tool.domain.diagnosis import Asked, Failed, Finding, Told, Trial, diagnose, of_failed, of_trial
from lti_tool.errors import Exchange, Unreachable
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Platform
from lti_tool.web.doctor_words import ELSEWHERE, OF_THE_TOOL, PLACES, REASONS

AGS = tokens.services()["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]


class Silent:
    """An LMS that does not answer; meanwhile others may write into the database."""

    def __init__(self, app: Flask) -> None:
        self.engine, self.asked = app.extensions["lti_tool"].engine, 0
        app.extensions["lti_tool"] = replace(app.extensions["lti_tool"], http=self)

    def get(self, url: str, **_: object) -> object:
        self.asked += 1
        with transaction(self.engine) as session:
            session.query(Platform).one().name = f"asked {self.asked} times"
        raise Unreachable("no connection", Exchange("GET", url))

    post = get


@pytest.fixture
def lms(app: Flask) -> Silent:
    return Silent(app)


def family(app: Flask, name: str) -> None:
    with transaction(app.extensions["lti_tool"].engine) as session:
        session.query(Platform).one().product_family = name


def test_a_teacher_finds_it_from_the_class(client_as):
    teacher = client_as("instructor", ags=AGS)
    assert f'href="{teacher.root}/doctor"' in teacher.get("class").text
    page = words(teacher.get("doctor").text)
    assert "LMSとの接続" in page
    assert "LMSから氏名が届いています。" in page
    assert "未確認" in page


@pytest.mark.parametrize("role", ["learner", "observer"])
def test_it_is_for_staff(client_as, role):
    somebody = client_as(role)
    assert somebody.get("doctor").status_code == 403
    for path in ("doctor", "doctor/test-score", "doctor/report"):
        assert somebody.post(path).status_code == 403


def test_an_assistant_looks_but_sends_no_test_score(client_as, lms):
    assistant = client_as("assistant")
    assert "テスト送信をする" not in assistant.get("doctor").text
    assert assistant.post("doctor/test-score").status_code == 403
    assert assistant.post("doctor").status_code == 200


@pytest.mark.parametrize(
    ("product", "language", "menu"),
    [
        ("moodle", "ja", "このサービスを評定同期およびカラム管理に使用する"),
        ("moodle", "en", "Use this service for grade sync and column management"),
        ("canvas", "en", "Can create and update submission results"),
        ("BlackboardLearn", "en", "Allow grade service access"),
        ("desire2learn", "en", "Manage Extensibility"),
        ("sakai", "en", "Assignment and Grade Services, with the right to write scores"),
    ],
)
def test_the_setting_is_named_by_the_menu_words_of_that_lms(app, client_as, product, language, menu):
    family(app, product)
    page = client_as("instructor", ags=tokens.ABSENT, language=language).get("doctor")
    assert menu in unescape(page.text)


def test_an_lms_without_names_and_class_list(app, client_as):
    family(app, "moodle")
    nameless = dict.fromkeys(("given_name", "family_name", "email"), tokens.ABSENT)
    page = unescape(client_as("instructor", nrps=tokens.ABSENT, name="", **nameless).get("doctor").text)
    assert "「ランチャ名をツールと共有する（Share launcher's name with tool）」を「常に（Always）」" in page
    assert "IMS LTI氏名およびロールプロビジョニング" in page
    assert "メールアドレスは届いていません" in page


def test_the_lms_is_asked_while_nobody_waits_for_the_database(client_as, lms):
    teacher = client_as("instructor", ags=AGS)
    page = words(teacher.post("doctor").text)
    assert lms.asked == 3, "keys, a token for grades, one for the class list"
    assert "LMSがツールのサーバに応答しません。" in page
    assert "未確認" not in page


def test_a_test_score_that_fails_is_told(client_as, lms):
    teacher = client_as("instructor", ags=AGS)
    assert "LMSが利用を許可しませんでした。" in words(teacher.post("doctor/test-score").text)


def test_without_the_right_a_test_score_is_not_tried(client_as, lms):
    teacher = client_as("instructor", ags=tokens.ABSENT)
    assert "LMSが許可していません" in words(teacher.post("doctor/test-score").text)
    assert lms.asked == 0


def test_the_report_is_a_file_that_names_nobody(client_as, lms):
    teacher = client_as("instructor", ags=AGS, sub="secret-sub", name="山田 花子")
    answer = teacher.post("doctor/report")
    assert re.fullmatch(
        r'attachment; filename="lti-report-[\d-]+\.json"', answer.headers["Content-Disposition"]
    )
    assert {"check": "token", "state": "broken", "reason": "unreachable"}.items() <= json.loads(answer.text)[
        "findings"
    ][9].items()
    for secret in ("山田", "secret-sub", "@", "eyJ", "PRIVATE", teacher.root.rpartition("/")[2]):
        assert secret not in answer.text


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Sec-Fetch-Dest": "iframe"}, "このページはLMSの枠の中にあり"),
        ({"Sec-Fetch-Dest": "document"}, "このページは別のウィンドウにあります"),
        ({}, "この起動のCookieを保存しています"),
    ],
)
def test_where_the_page_stands_is_told_by_the_browser(client_as, headers, told):
    assert told in words(client_as("instructor").get("doctor", headers=headers).text)


def reference(page: str) -> str:
    """The address of the doctor on an error page."""
    found = re.search(r'href="(/doctor\?about=[^"]+)"', page)
    assert found, page
    return unescape(found[1])


def test_a_launch_whose_clock_is_wrong_leads_to_its_cause(app, now):
    client = app.test_client()
    asked = begin_login(client)
    stamp = int(now.timestamp()) - 3600
    failed = answer_login(client, asked, tokens.claims(now, iat=stamp, exp=stamp + 60))
    assert failed.status_code == 401
    page = app.test_client().get(reference(failed.text), base_url=BASE)
    assert page.status_code == 200
    assert "LMSの時計がツールより3600秒遅れています" in words(page.text)
    assert "このツールに接続されています" in words(page.text)
    assert re.search(r"<code>[0-9A-F]{8}</code> <code>expired</code>", page.text)


def test_a_failed_launch_has_a_report_too(app, now):
    failed = answer_login(
        app.test_client(), begin_login(app.test_client()), tokens.claims(now, sub="secret-sub")
    )
    page = app.test_client().get(reference(failed.text), base_url=BASE).text
    address = unescape(re.search(r'href="(/doctor/report[^"]+)"', page)[1])
    answer = app.test_client().get(address, base_url=BASE)
    found = json.loads(answer.text)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert found["fault"]["code"] == "no-cookie"
    assert found["fault"]["number"] in failed.text
    assert [finding["check"] for finding in found["findings"]] == ["platform", "cookies", "clock"]
    assert "secret-sub" not in answer.text


def test_the_reference_names_nobody(app, now):
    failed = answer_login(
        app.test_client(), begin_login(app.test_client()), tokens.claims(now, sub="secret-sub")
    )
    address = reference(failed.text)
    assert len(address) < 400
    page = app.test_client().get(address, base_url=BASE).text
    for secret in ("secret-sub", "山田", "花子", "@"):
        assert secret not in page
        assert secret not in address
    assert "Cookieが、ブラウザーから戻ってきませんでした" in words(page)


def test_an_lms_that_is_not_connected(app):
    about = {"iss": "https://other.example", "login_hint": "5", "target_link_uri": tokens.TARGET}
    failed = app.test_client().get("/lti/login", query_string=about, base_url=BASE)
    page = app.test_client().get(reference(failed.text), base_url=BASE)
    assert "このツールに接続されていません" in words(page.text)
    assert "other.example" not in page.text


@pytest.mark.parametrize("about", ["", "x", "eyJudW1iZXIiOiJ4In0.aa.bb"])
def test_a_reference_that_nobody_signed_shows_nothing(app, about):
    answer = app.test_client().get("/doctor", query_string={"about": about}, base_url=BASE)
    assert answer.status_code == 404


def test_error_pages_lead_staff_of_a_course_to_it_and_nobody_else(client_as):
    teacher, student = client_as("instructor", sub="7"), client_as("learner")
    assert f'href="{teacher.root}/doctor"' in teacher.get("class/999999").text
    assert "doctor" not in student.get("lessons/unknown").text


def test_the_page_of_a_failed_launch_is_framed_by_nobody(app):
    answer = app.test_client().get("/doctor?about=x", base_url=BASE)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert urlsplit(answer.request.url).path == "/doctor"


def test_an_operator_asks_an_lms(app, lms, now):
    operating.make_operator(lms.engine, now)
    operator = operating.log_in(app)
    with transaction(lms.engine) as session:
        number = session.query(Platform).one().id
    assert f'action="/admin/platforms/{number}/ask"' in operator.get(f"platforms/{number}").text
    page = words(operator.post(f"platforms/{number}/ask").text)
    assert page.count("LMSがツールのサーバに応答しません。") == 2, "for its keys and for a token"
    assert "LTI_TOOL_OUTBOUND_ALLOW" in page
    assert operator.post("platforms/999/ask").status_code == 404


def test_nobody_but_an_operator_asks_for_the_whole_lms(app, client_as, lms):
    teacher = client_as("instructor")
    assert teacher.post("/admin/platforms/1/ask", follow=False).status_code in {303, 400, 403}
    assert lms.asked == 0


def test_an_lms_is_not_asked_without_end(client_as, lms):
    teacher = client_as("instructor", ags=AGS)
    statuses = [teacher.post("doctor").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]


def every_finding() -> set[Finding]:
    """What can be found at all."""
    yes_no = (False, True)
    sets = (frozenset(), frozenset({"score"}), frozenset({"lineitem"}), frozenset({"score", "lineitem"}))
    told = [
        Told(secure, framed, in_frame, each, each, each, scopes, lineitems, graded, lineitem, count, held)
        for secure, framed, in_frame, each, scopes, lineitems, graded, lineitem, count, held in itertools.product(
            yes_no, yes_no, (None, True), yes_no, sets, yes_no, yes_no, yes_no, (0, 2), (0, 2)
        )
    ] + [Told(True, True, False, True, True, True, sets[3], True, True, True, 0, 0)]
    failures = ("", "unreachable", "address", "answer", "refused", "gone", "token", "scope", "not-offered")
    answers = [
        Asked(keys, failure, skew, granted, failure, column, gone)
        for keys, failure, skew, granted, column, gone in itertools.product(
            (0, 1), failures, (None, 0, 30, -99), sets, ("", "found", "gone", "failed"), yes_no
        )
    ]
    found = {one for each in told for one in diagnose(each, None)}
    found |= {one for answer in answers for one in diagnose(told[-1], answer)}
    failed = itertools.product((None, False, True), yes_no, (None, False, True), (None, 5, 99))
    found |= {one for about in failed for one in of_failed(Failed(*about))}
    steps = ("scope", "token", "create", "score", "refused", "read", "done")
    return found | {of_trial(Trial(step, removed, 400)) for step in steps for removed in yes_no}


def test_every_finding_and_every_setting_has_words():
    found = every_finding()
    said = {(one.check, one.reason) for one in found}
    odd = {
        ("keys", "token"),
        ("keys", "scope"),
        ("keys", "not-offered"),
        ("token", "refused"),
        ("token", "gone"),
    }
    assert said - set(REASONS) <= odd | {("token", "answer")}, "these are told as something unexpected"
    assert set(REASONS) <= said, "no words for what cannot be found"
    assert {one.setting for one in found} - {""} == set(OF_THE_TOOL) | set(ELSEWHERE)
    assert all("other" in words for words in (PLACES, *OF_THE_TOOL.values(), *ELSEWHERE.values()))
