"""Lesson pages, and the figures and files in them."""

from support.pages import words


def test_a_lesson_is_read_finished_and_leads_to_the_next(client_as):
    student = client_as()
    page = student.get("lessons/t101-why")
    assert "買う直前に人が止まる理由" in words(page.text)
    assert page.text.count("<h1") == 1
    after = student.post("lessons/t101-why/finish")
    assert after.request.path.endswith("/lessons/t101-answer")
    last = student.post("lessons/t101-answer/finish")
    assert last.request.path.endswith("/modules/t101")
    assert last.text.count("読了") == 2


def test_a_lesson_can_be_read_in_english(client_as):
    page = client_as(language="en").get("lessons/t101-why")
    assert "Why people stop just before buying" in words(page.text)
    assert '<html lang="en">' in page.text


def test_a_figure_is_served_where_the_lesson_points_to_and_can_do_nothing(client_as):
    student = client_as()
    assert 'src="../assets/t101/steps.svg"' in student.get("lessons/t101-why").text
    figure = student.get("assets/t101/steps.svg")
    assert figure.mimetype == "image/svg+xml"
    assert figure.headers["Content-Security-Policy"].startswith("sandbox;")
    assert figure.headers["X-Content-Type-Options"] == "nosniff"
    figure.close()


def test_nothing_of_a_locked_module_is_served(client_as):
    student = client_as()
    for path in ("lessons/t201-goal", "lessons/t102-disclose", "assets/t201/anything.svg"):
        answer = student.get(path)
        assert answer.status_code == 403, path
        assert "まだ開いていません" in answer.text
    assert student.post("lessons/t201-goal/finish").status_code == 403


def test_only_files_of_the_module_are_served(client_as):
    student = client_as()
    for path in ("assets/t101/module.yaml", "assets/t101/..%2fquiz.yaml", "assets/t101-quiz/steps.svg"):
        assert student.get(path).status_code == 404, path
