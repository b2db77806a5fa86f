"""From the LMS's login to a page of a launch session, and nobody else's."""

import hashlib
import threading
from datetime import datetime

from flask import Flask
from support import tokens
from support.launching import BASE, answer_login, begin_login


def test_a_student_is_launched_into_the_course_home(client_as):
    launched = client_as("learner")
    page = launched.get()
    assert page.status_code == 200
    assert 'lang="ja"' in page.text


def test_the_same_answer_twice_is_accepted_once(app: Flask, now: datetime):
    """STA-07: replay of id_token and state by the same browser."""
    client = app.test_client()
    asked = begin_login(client)
    cookie = client.get_cookie(_state_cookie(asked["state"]), path="/lti/launch", domain="tool.example")
    claims = tokens.claims(now, resource_link={"id": "l"}, custom={})
    assert answer_login(client, asked, claims).status_code == 303
    client.set_cookie(cookie.key, cookie.value, domain="tool.example", path="/lti/launch")
    again = answer_login(client, asked, claims)
    assert again.status_code == 401
    assert "この起動" in again.text or "used" in again.text


def test_twenty_parallel_answers_make_one_launch(app: Flask, now: datetime):
    """STA-09: the nonce is spent atomically."""
    client = app.test_client()
    asked = begin_login(client)
    name = _state_cookie(asked["state"])
    cookie = client.get_cookie(name, path="/lti/launch", domain="tool.example")
    claims = tokens.claims(now, resource_link={"id": "l"}, custom={})
    statuses: list[int] = []

    def post() -> None:
        browser = app.test_client()
        browser.set_cookie(name, cookie.value, domain="tool.example", path="/lti/launch")
        statuses.append(answer_login(browser, asked, claims).status_code)

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [401] * 19


def test_an_answer_without_the_browsers_cookie_is_refused(app: Flask, now: datetime):
    """STA-02, ATK-01: the victim's browser did not begin this login."""
    asked = begin_login(app.test_client())
    victim = app.test_client()
    assert answer_login(victim, asked, tokens.claims(now)).status_code == 401


def test_a_launch_session_opens_only_with_its_cookie(app: Flask, client_as):
    """ATK-20: the launch id in the address is no secret and opens nothing."""
    launched = client_as("learner")
    stranger = app.test_client().get(launched.root + "/", base_url=BASE)
    assert stranger.status_code == 403


def test_two_users_in_two_tabs_of_one_browser_stay_themselves(app: Flask, client_as):
    """STA-16, acceptance 5: roles, people and courses never mix."""
    browser = app.test_client()
    student = client_as("learner", sub="5", name="山田 花子", context_id="2", client=browser)
    teacher = client_as("instructor", sub="7", name="佐藤 先生", context_id="3", client=browser)
    assert student.get("class").status_code == 403
    assert teacher.get("class").status_code == 200
    assert student.get("grades").status_code == 200
    assert student.root != teacher.root


def test_the_state_cookie_is_for_frames_only_and_goes_after_use(app: Flask, now: datetime):
    """COO-01, COO-02: SameSite=None; Secure; HttpOnly; Partitioned."""
    client = app.test_client()
    wanted = tokens.registration()
    login = client.post(
        "/lti/login",
        data={"iss": wanted.issuer, "login_hint": "5", "target_link_uri": tokens.TARGET},
        base_url=BASE,
    )
    header = login.headers["Set-Cookie"]
    for part in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/lti/launch"):
        assert part in header
    assert login.headers["Cache-Control"] == "no-store"


def test_an_unknown_lms_is_told_so(app: Flask):
    """ATK-11, LOG-06: nothing is fetched, nothing reflected."""
    answer = app.test_client().get(
        "/lti/login",
        query_string={"iss": "https://<b>evil.example", "login_hint": "1", "target_link_uri": tokens.TARGET},
        base_url=BASE,
    )
    assert answer.status_code == 403
    assert "<b>" not in answer.text


def test_opening_the_launch_address_by_hand_is_explained(app: Flask):
    """STA-14."""
    assert app.test_client().get("/lti/launch", base_url=BASE).status_code == 400


def test_the_lms_may_refuse_the_login(app: Flask):
    """ATK-11, STA-12: the state is judged first, the words are escaped."""
    client = app.test_client()
    asked = begin_login(client)
    answer = client.post(
        "/lti/launch",
        data={"error": "access_denied", "error_description": "<script>x</script>", "state": asked["state"]},
        base_url=BASE,
    )
    assert answer.status_code == 401
    assert "<script>x" not in answer.text


def test_a_demoted_teacher_loses_the_class_at_once(client_as):
    """ROL-11: the role is that of this launch."""
    assert client_as("instructor", sub="9").get("class").status_code == 200
    assert client_as("learner", sub="9").get("class").status_code == 403


def test_only_the_lms_of_the_launch_may_frame_its_pages(client_as):
    """COO-08, ATK-16."""
    policy = client_as("learner").get().headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {tokens.ISSUER}" in policy
    assert "unsafe-inline" not in policy


def test_a_launch_without_context_works(client_as):
    """CLM-20."""
    assert client_as("learner", context=tokens.ABSENT).get().status_code == 200


def test_the_key_set_is_public_and_holds_no_private_part(app: Flask):
    """KEY-01, KEY-05."""
    answer = app.test_client().get("/lti/jwks.json", base_url=BASE)
    assert set(answer.json["keys"][0]) == {"kty", "alg", "use", "kid", "n", "e"}
    assert "Set-Cookie" not in answer.headers


def _state_cookie(state: str) -> str:
    return "lti_" + hashlib.sha256(state.encode()).hexdigest()[:16]
