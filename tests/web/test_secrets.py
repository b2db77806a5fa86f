"""Acceptance 7: correct answers, explanations and locked content are in no response before their time.

A walk through every address a student can find, in both languages, reading pages and headers.
"""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

import pytest
from support.launching import BASE, Launched
from support.pages import begin, hand_in, pass_quiz

from lti_tool.curriculum.markdown import Bases, render, render_inline
from lti_tool.domain.course import Choice, Course, Matching, Module, Numeric, Ordering, Question, Text
from lti_tool.web.current import Parts

HINTS = re.compile(r"""credit|correct|data-(right|answer|key|why)|value=["']100["']""", re.IGNORECASE)
"""Words of markup that would tell the right answer of a running attempt."""


@pytest.fixture
def course(app) -> Course:
    """The course that is served."""
    parts: Parts = app.extensions["lti_tool"]
    return parts.course


def visible(html: str) -> str:
    """The words of a page or a header, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def shown(text: Text) -> set[str]:
    """What a text looks like to a reader, in both languages."""
    return {visible(render_inline(words)) for words in (text.ja, text.en)}


def reasons(question: Question) -> set[str]:
    """Every explanation of a question."""
    if isinstance(question, Choice):
        texts = [option.why for option in question.options]
    elif isinstance(question, Matching):
        texts = [pair.why for pair in question.pairs]
    else:
        texts = [question.why]
    return {words for text in texts if text for words in shown(text)}


def explanations(course: Course, *quizzes: str) -> set[str]:
    """Explanations of the quizzes named, of all when none is."""
    found: set[str] = set()
    for module in course.modules:
        if module.quiz and (not quizzes or module.quiz.id in quizzes):
            found = found.union(*(reasons(question) for question in module.quiz.questions))
    return found


def bodies(module: Module) -> set[str]:
    """Paragraphs of the lessons and the brief of a module, as read on a page."""
    texts = [lesson.body for lesson in module.lessons]
    texts += [module.assignment.brief] if module.assignment else []
    found: set[str] = set()
    for text in texts:
        for lang in ("ja", "en"):
            html = render(text[lang], lang, Bases(""))
            found.update(visible(part) for part in re.findall(r"<(?:p|li|td)>(.*?)</(?:p|li|td)>", html))
    return {words for words in found if len(words) >= 8}


def walk(browser: Launched) -> Iterator[tuple[str, str]]:
    """(address, everything that came back) of every page reachable by links and frames from the course home."""
    waiting, seen = [f"{browser.root}/"], set[str]()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = browser.client.get(address, base_url=BASE)
        assert answer.status_code in {200, 302, 303, 403, 405}, (address, answer.status_code)
        body = answer.get_data().decode("utf-8", "replace")
        answer.close()
        yield address, f"{answer.headers}\n{body}"
        found = re.findall(r'(?:href|src|action)="([^"#?]+)', body) if "html" in answer.mimetype else []
        if answer.location:
            found.append(answer.location)
        for link in found:
            path = urljoin(address, unescape(link)).removeprefix(BASE)
            if path.startswith(f"{browser.root}/"):
                waiting.append(path.partition("#")[0])


def read_all(browser: Launched) -> dict[str, str]:
    """Everything a person finds, by address. Forms are not sent: their addresses answer 405."""
    return dict(walk(browser))


def leaks(pages: dict[str, str], secrets: set[str]) -> list[tuple[str, str]]:
    """Which secret stands where."""
    texts = {address: visible(page) + page for address, page in pages.items()}
    return [(address, secret) for address, text in texts.items() for secret in secrets if secret in text]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_before_anything_is_handed_in_no_explanation_and_nothing_locked_is_anywhere(
    client_as, course, language
):
    student = client_as(language=language)
    pages = read_all(student)
    assert len(pages) > 10
    assert leaks(pages, explanations(course)) == []
    locked = set.union(*(bodies(module) for module in course.modules[1:]))
    assert len(locked) > 10
    assert leaks(pages, locked) == []
    assert leaks(pages, bodies(course.modules[0])), "what is open is found, so the walk can find what is not"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_running_attempt_shows_no_key(client_as, course, language):
    student = client_as(language=language)
    quiz = course.modules[0].quiz
    attempt = begin(student, quiz.id)
    for number in range(1, quiz.draw + 1):
        page = student.get(f"attempts/{attempt}/{number}")
        text = f"{page.headers}\n{page.text}"
        assert leaks({"page": text}, explanations(course)) == []
        assert not HINTS.search(page.text.partition("<main")[2]), number
    for path in (f"attempts/{attempt}", f"attempts/{attempt}/result"):
        assert leaks({path: student.get(path).text}, explanations(course)) == []
    assert leaks(read_all(student), explanations(course)) == []


def test_a_saved_answer_is_not_judged(client_as, course):
    student = client_as()
    attempt = begin(student, course.modules[0].quiz.id)
    for value in ("0", "1", "2"):
        answer = student.post(
            f"attempts/{attempt}/1", {"pick": value}, headers={"Accept": "application/json"}, follow=False
        )
        if answer.mimetype == "application/json":
            assert set(answer.json) <= {"saved_at", "problem", "next"}
        assert leaks({"answer": answer.text}, explanations(course)) == []


def test_the_order_on_the_page_is_not_the_order_in_the_file(client_as, course):
    """The right answer of a file is often its first: a page that kept the order would give it away."""
    orders = set()
    quiz = course.modules[0].quiz
    for sub in range(12):
        student = client_as(sub=str(100 + sub))
        attempt = begin(student, quiz.id)
        pages = [student.get(f"attempts/{attempt}/{number}").text for number in range(1, quiz.draw + 1)]
        orders.add(tuple(visible(page.partition("<main")[2]) for page in pages))
    assert len(orders) > 6


def test_after_handing_in_the_explanations_of_that_quiz_appear_and_no_others(client_as, course):
    student, first = client_as(), course.modules[0].quiz
    result = pass_quiz(student, course, first.id)
    assert leaks({"result": result.text}, explanations(course, first.id))
    hand_in(student, course.modules[0].assignment.id)
    pages = read_all(student)
    assert any("/result" in address for address in pages)
    others = explanations(course, *(module.quiz.id for module in course.modules[1:] if module.quiz))
    own = explanations(course, first.id)
    assert leaks(pages, others - own) == []
    for address, _secret in leaks(pages, own):
        assert address.endswith("/result"), address


def test_a_new_attempt_after_handing_in_hides_them_again(client_as, course, clock):
    student, quiz = client_as(), course.modules[0].quiz
    pass_quiz(student, course, quiz.id)
    clock.forward(hours=13)
    student = client_as()
    attempt = begin(student, quiz.id)
    for number in range(1, quiz.draw + 1):
        page = student.get(f"attempts/{attempt}/{number}").text
        assert leaks({"page": page}, explanations(course, quiz.id)) == []


def test_nothing_of_another_student_is_anywhere(client_as, course):
    other = client_as(sub="77", name="秘密 太郎")
    pass_quiz(other, course, course.modules[0].quiz.id)
    hand_in(other, course.modules[0].assignment.id, "これは秘密の提出物です。")
    teacher = client_as("instructor", sub="9")
    assert "秘密 太郎" in teacher.get("reviews").text
    student = client_as(sub="5")
    assert leaks(read_all(student), {"秘密 太郎", "これは秘密の提出物です。", "sub=77"}) == []
    for path in ("class", "reviews", "gradebook", "class/1", "reviews/1", "attempts/1", "files/1"):
        page = student.get(path)
        assert page.status_code in {403, 404}, path
        assert "秘密" not in page.text


def for_staff(course: Course) -> set[str]:
    """What only those who teach may read: keys, and all of the simulations."""
    found = {file.name for module in course.modules for file in module.instructor if not file.page}
    texts = [file.title for module in course.modules for file in module.instructor]
    for simulation in course.simulations:
        texts += [simulation.title, simulation.critical_test, *simulation.conditions]
        texts += [fact.value for fact in simulation.dossier]
        for inject in simulation.injects:
            texts += [inject.title, inject.runner, inject.expected]
        for comment in simulation.comments:
            texts += [comment.text, comment.note]
    return found.union(*(shown(text) for text in texts), {"priority", "sim-", "instructor/"})


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("role", ["learner", "observer"])
def test_nothing_for_those_who_teach_is_anywhere(client_as, course, language, role):
    secrets = for_staff(course)
    assert len(secrets) > 30
    person = client_as(role, language=language)
    if role == "learner":
        pass_quiz(client_as(), course, course.modules[0].quiz.id)
        hand_in(client_as(), course.modules[0].assignment.id)
    pages = read_all(person)
    assert len(pages) > 10
    assert leaks(pages, secrets) == []
    assert leaks(pages, {"価格、時期、信頼", "price, timing and trust", "二つの言語の鍵"}) == []
    teacher = read_all(client_as("instructor", sub="9", language=language))
    assert len(leaks(teacher, secrets)) > 10, "who may read them finds them by the same walk"


def test_the_kinds_of_questions_of_this_test_are_all_there_are(course):
    kinds = {type(question) for module in course.modules if module.quiz for question in module.quiz.questions}
    assert kinds == {Choice, Matching, Ordering, Numeric}
