"""The course home, module pages, and the way from a node to its page."""

from support.pages import hand_in, pass_quiz, words


def test_a_new_student_sees_where_to_begin_and_what_is_in_the_way(client_as):
    page = client_as().get()
    seen = words(page.text)
    assert "次にやること" in seen
    assert "買う直前に人が止まる理由" in seen
    assert page.text.count("btn-primary") == 1, "one primary button"
    assert "ゲート1: あと4件で開きます" in seen
    assert "T101の小テストに合格する(75%以上)" in seen


def test_every_reason_links_to_what_opens_it(client_as):
    student = client_as()
    assert f'href="{student.root}/n/t101-quiz">T101の小テストに合格する' in student.get().text
    assert words("T101 小テスト") in words(student.get("n/t101-quiz").text)


def test_progress_and_the_next_step_follow_the_work(client_as, app):
    student = client_as()
    course = app.extensions["lti_tool"].course
    for lesson in ("t101-why", "t101-answer"):
        student.post(f"lessons/{lesson}/finish")
    assert "小テストへ" in student.get().text
    pass_quiz(student, course, "t101-quiz")
    seen = words(student.get().text)
    assert "課題へ" in seen
    assert "100%" in seen
    assert "送信待ち" in seen
    hand_in(student, "t101-assignment")
    seen = words(student.get().text)
    assert "採点待ち" in seen
    assert "T102 信頼をつくる" in seen
    assert "関係を先に明かす" in seen, "the next module is open"


def test_staff_see_everything_open_and_no_next_step(client_as):
    page = client_as("instructor").get()
    assert "次にやること" not in page.text
    assert "未開放" not in page.text
    assert "クラス" in page.text


def test_an_observer_is_told_that_nothing_counts(client_as):
    seen = client_as("observer").get().text
    assert "教材を読むことができます" in seen
    assert "次にやること" not in seen


def test_a_module_page_lists_its_lessons_quiz_and_assignment(client_as):
    seen = words(client_as().get("modules/t101").text)
    for text in ("迷いを知る", "できるようになること", "迷いに答える順序", "小テスト", "コメントを読み解く"):
        assert text in seen


def test_a_locked_module_tells_why_and_shows_nothing_of_itself(client_as):
    page = client_as().get("modules/t201")
    assert page.status_code == 403
    seen = words(page.text)
    assert "まだ開いていません" in seen
    assert "T102の課題に合格する(70%以上)" in seen
    assert "進行表で配信を組み立てる" not in seen


def test_a_locked_stage_is_the_same_by_its_own_link(client_as):
    assert client_as(node="stage2").get("n/stage2").status_code == 403
    assert client_as().get("n/stage1", follow=False).location.endswith("/#stage1")


def test_an_unknown_node_is_not_found(client_as):
    student = client_as()
    assert student.get("n/nowhere").status_code == 404
    assert student.get("modules/t101-quiz").status_code == 404, "a quiz is not a module"


def test_the_language_is_switched_and_remembered(client_as):
    student = client_as()
    page = student.post("language", {"language": "en", "back": f"{student.root}/modules/t101"})
    assert page.request.path == f"{student.root}/modules/t101"
    assert '<html lang="en">' in page.text
    assert "After this you can" in page.text
    assert '<html lang="en">' in client_as(language="ja").get().text, "the next launch of the same person"


def test_the_language_switch_leads_nowhere_else(client_as):
    student = client_as()
    for back in ("https://evil.example/", "//evil.example", "/lti/login", f"{student.root}\\..\\x"):
        answer = student.post("language", {"language": "en", "back": back}, follow=False)
        assert answer.location == f"{student.root}/"
    assert student.post("language", {"language": "fr"}).status_code == 400
