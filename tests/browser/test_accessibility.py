"""Every kind of page, in both languages: no violation for axe, in light and dark, and no side-scrolling on a phone."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from browser import quiz, staging
from browser.conftest import TINY, Visitor
from browser.pages import Checker, alone
from browser.words import Words
from browser.world import DAY, EVENING, KEIKO, KEN, SAKURA, World, eventually, running
from playwright.sync_api import Page, expect
from support import answers

from lti_tool.demo import editing
from lti_tool.demo.gradebook import drop_column
from lti_tool.demo.registration import invite
from lti_tool.storage import people
from lti_tool.storage.db import transaction

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("lang", ["ja", "en"])]

QUIZ, WORK = "t101-quiz", "t101-assignment"


def test_learning(world: World, visitor: Visitor, lang: str) -> None:
    check = Checker(visitor(lang).new_page(), lang)
    here = alone(check.page, world, SAKURA)
    check("course home")
    check.at(f"{here}/modules/t101", "module")
    check.at(f"{here}/lessons/t101-why", "lesson with a figure")
    check.at(f"{here}/lessons/t101-answer", "lesson with a table")
    check.at(f"{here}/glossary", "glossary")
    check.at(f"{here}/certification", "how you are certified")
    check.at(f"{here}/grades", "no grades yet")
    check.at(f"{here}/n/t201", "locked")
    check.at(f"{here}/n/nothing", "not found")
    check.at(f"{here}/class", "for other people")
    check.at(f"{world.tool_url}/lti/launch", "not a launch")
    check.page.goto(here)
    check.page.locator("form.slim-language [name=csrf_token]").evaluate("field => field.value = 'old'")
    check.page.locator("form.slim-language button").click()
    expect(check.page.locator("code")).to_be_visible()
    check("form too old")
    stranger = Checker(visitor(lang).new_page(), lang)
    stranger.at(here, "launch of another browser")
    assert not check.problems + stranger.problems


def test_the_start_check(world: World, visitor: Visitor, lang: str) -> None:
    words, check = Words(lang), Checker(visitor(lang).new_page(), lang)
    here = alone(check.page, world, SAKURA)
    check.at(f"{here}/start-check/", "start check")
    check.page.get_by_role("button", name=words("Begin"), exact=True).click()
    check("first part")
    check.page.get_by_role("radio").first.check()
    check.page.get_by_role("button", name=words("Next"), exact=True).last.click()
    check.page.get_by_role("button", name=words("See the result"), exact=True).last.click()
    check.page.locator("details summary").first.click()
    check("path")
    there = alone(check.page, world, KEIKO)
    check.at(f"{there}/start-check/class", "start check of the class")
    assert not check.problems


def test_a_quiz(world: World, visitor: Visitor, lang: str) -> None:
    words, check = Words(lang), Checker(visitor(lang).new_page(), lang)
    here = alone(check.page, world, SAKURA, QUIZ)
    check("quiz not begun")
    attempt = staging.begin_quiz(world, SAKURA, QUIZ)
    kinds = staging.ask_every_kind(world, attempt)
    check.at(f"{here}/attempts/{attempt}", "nothing answered")
    for number, (question, drawn) in enumerate(quiz.paper(world, attempt), start=1):
        check.at(f"{here}/attempts/{attempt}/{number}", f"question, {question.kind}")
        if question.kind == "numeric":
            check.page.locator("#number").fill("x")
            quiz.onward(check.page)
            expect(check.page.locator("#problem")).to_be_visible()
            check("a number that is none")
        well = question.kind in {"multiple", "matching"}
        quiz.give(check.page, question, (answers.right if well else answers.wrong)(question, drawn))
        quiz.onward(check.page)
        expect(check.page.locator("h1")).not_to_contain_text(
            words("Question %(number)s of %(total)s", number=number, total=len(kinds))
        )
    check("before handing in")
    check.page.get_by_role("button", name=words("Hand in"), exact=True).click()
    expect(check.page.locator(".score")).to_be_visible()
    check("result")
    check.at(f"{here}/quizzes/{QUIZ}", "waiting for the next attempt")
    assert not check.problems


def test_a_timed_quiz_and_what_came_of_it(world: World, visitor: Visitor, lang: str) -> None:
    check = Checker(visitor(lang).new_page(), lang)
    here = alone(check.page, world, SAKURA)
    staging.take_quiz(world, SAKURA, QUIZ)
    staging.hand_in(world, SAKURA, WORK)
    check.at(f"{here}/quizzes/t102-quiz", "timed quiz")
    attempt = staging.begin_quiz(world, SAKURA, "t102-quiz")
    check.at(f"{here}/attempts/{attempt}/1", "timed question")
    eventually(lambda: world.grade(SAKURA, QUIZ) is not None)
    check.at(f"{here}/", "course home with results")
    check.at(f"{here}/grades", "grades")
    assert not check.problems


def test_an_assignment(world: World, visitor: Visitor, lang: str) -> None:
    words, check = Words(lang), Checker(visitor(lang).new_page(), lang)
    alone(visitor(lang).new_page(), world, KEIKO)
    here = alone(check.page, world, SAKURA, WORK)
    check("assignment not begun")
    check.page.get_by_role("button", name=words("Hand in"), exact=True).click()
    expect(check.page.locator("#problem")).to_be_visible()
    check("nothing to hand in")
    staging.write_draft(world, SAKURA, WORK)
    check.at(f"{here}/assignments/{WORK}", "draft")
    check.page.locator("details summary").click()
    check("draft, rubric open")
    submission = staging.hand_in(world, SAKURA, WORK)
    check.at(f"{here}/assignments/{WORK}", "handed in")
    staging.judge(world, submission, "returned", level=2)
    check.at(f"{here}/assignments/{WORK}", "returned")
    check.at(f"{here}/", "course home with work returned")
    staging.hand_in(world, SAKURA, WORK)
    staging.judge(world, submission, "graded")
    check.at(f"{here}/assignments/{WORK}", "graded")
    assert not check.problems


def test_the_teachers_pages(world: World, visitor: Visitor, lang: str) -> None:
    words, check = Words(lang), Checker(visitor(lang).new_page(), lang)
    here = alone(check.page, world, KEIKO)
    check("course home of a teacher")
    for name in ("class", "reviews", "gradebook"):
        check.at(f"{here}/{name}", f"{name}, empty")
    check.at(f"{here}/quizzes/{QUIZ}", "quiz, preview")
    check.at(f"{here}/assignments/{WORK}", "assignment of a teacher")
    submission = fill_the_class(world, visitor(lang).new_page)
    for name in ("class", "reviews", "gradebook"):
        check.at(f"{here}/{name}", name)
    check.at(f"{here}/class/{world.who(SAKURA).person_id}", "student")
    check.page.get_by_text(words("Let try now")).click()
    check("student, granting an attempt")
    check.at(f"{here}/reviews/{submission}", "review of a second version")
    check.page.get_by_role("button", name=words("Grade"), exact=True).click()
    expect(check.page.locator("#problem")).to_be_visible()
    check("review, criteria missing")
    assert not check.problems


def test_activities_and_columns(world: World, visitor: Visitor, lang: str) -> None:
    words, context = Words(lang), visitor(lang)
    check = Checker(context.new_page(), lang)
    context.route("**/send.js", lambda route: route.abort())
    alone(check.page, world, KEIKO)
    with world.lms.state.change() as data:
        copy = editing.copy_course(data, data.courses()[DAY]).id
        quiz_there = data.activities[world.activity(QUIZ, copy)]
        quiz_there.custom, data.columns[quiz_there.column or ""].resource_id = {}, None
        editing.duplicate(data, data.activities[world.activity(WORK, copy)], copy)
        editing.delete_activity(data, data.activities[world.activity("stage1", copy)])
    here = alone(check.page, world, KEIKO, "course", copy)
    check("a copied course, told once")
    stranger = Checker(visitor(lang).new_page(), lang)
    stranger.at(f"{world.lms_url}/as/{KEIKO}/course/{copy}", "LMS: a copied course")
    stranger.at(f"{world.lms_url}/as/{KEIKO}/activity/{quiz_there.id}/settings", "LMS: settings")
    stranger.page.goto(f"{world.lms_url}/as/{KEN}/activity/{quiz_there.id}/launch")
    expect(stranger.page.get_by_role("heading", level=1)).to_be_visible()
    check.at(f"{here}/activities", "an activity that names nothing")
    check.page.locator("details summary").first.click()
    check("choosing what it opens")
    check.at(f"{here}/columns", "columns")
    eventually(lambda: _saved_columns(check.page, words))
    check.at(f"{here}/columns", "columns made")
    check.page.get_by_label(words("Mean of all results so far")).uncheck()
    check.page.get_by_role("button", name=words("Save")).click()
    check("columns that go")
    check.at(f"{here}/recognise", "asking the LMS")
    assert not check.problems + stranger.problems


def _saved_columns(page: Page, words: Words) -> bool:
    """Tick the total, save, and see whether its column is there."""
    page.get_by_label(words("Mean of all results so far")).check()
    page.get_by_role("button", name=words("Save")).click()
    return page.get_by_text(words("made by this tool")).count() > 0


def test_the_doctor(world: World, visitor: Visitor, lang: str) -> None:
    words, check = Words(lang), Checker(visitor(lang).new_page(), lang)
    here = alone(check.page, world, KEIKO, QUIZ)
    check.at(f"{here}/doctor", "doctor")
    check.page.get_by_role("button", name=words("Ask the LMS now")).click()
    expect(check.page.get_by_text(words("The LMS has it."))).to_be_visible()
    check("doctor, answers")
    with transaction(world.engine) as session:
        session.query(people.Context).update({"scopes": [], "lineitems_url": "", "memberships_url": ""})
    check.page.get_by_role("button", name=words("Send a test score")).click()
    expect(check.page.locator(".finding-setting").first).to_be_visible()
    check("doctor, settings to change")
    answer = check.page.request.post(f"{world.tool_url}/lti/launch", form={"state": "x", "id_token": "x"})
    about = re.search(r'href="([^"]*/doctor[^"]*)"', answer.text())
    assert about
    check.at(world.tool_url + unescape(about[1]), "a launch that failed")
    assert not check.problems


def fill_the_class(world: World, new_page: Callable[[], Page]) -> int:
    """Two students; grades received, on hold and waiting; a second version to review: its submission."""
    alone(new_page(), world, SAKURA)
    alone(new_page(), world, KEN, WORK)
    staging.take_quiz(world, KEN, QUIZ)
    eventually(lambda: world.grade(KEN, QUIZ) is not None)
    with world.lms.state.change() as data:
        drop_column(data.columns[world.column(WORK)], data)
    staging.judge(world, staging.hand_in(world, KEN, WORK), "graded")
    eventually(lambda: staging.grades_on_hold(world) == 1)
    world.lms.faults.set("unavailable")
    staging.take_quiz(world, SAKURA, QUIZ, mistakes=4)
    submission = staging.hand_in(world, SAKURA, WORK)
    staging.judge(world, submission, "returned", level=2)
    staging.hand_in(world, SAKURA, WORK)
    return submission


def test_placing_activities(world: World, visitor: Visitor, lang: str) -> None:
    words, context = Words(lang), visitor(lang)
    check = Checker(context.new_page(), lang)
    context.route("**/send.js", lambda route: route.abort())
    context.route("**/post.js", lambda route: route.abort())
    check.at(f"{world.lms_url}/as/{KEIKO}/course/{EVENING}/add", "LMS: adding activities")
    check.at(f"{world.lms_url}/as/{KEIKO}/course/{EVENING}/add/launch", "LMS: on the way to the tool")
    check.page.locator("form button").click()
    check.page.locator("form button").click()
    expect(check.page.get_by_role("heading", level=1)).to_have_text(words("Place activities"))
    check("picker")
    check.page.get_by_label(words("The whole course")).uncheck()
    check.page.get_by_role("button", name=words("See the list")).click()
    expect(check.page.locator("#problem")).to_be_visible()
    check("picker, nothing chosen")
    check.page.get_by_label(words("The whole course")).check()
    check.page.get_by_role("button", name=words("See the list")).click()
    check("list of what will be placed")
    check.page.get_by_role("button", name=words("Place in the LMS")).click()
    check("choice on its way back")
    check.page.get_by_role("button", name=words("Take over into the LMS")).click()
    expect(check.page.get_by_role("heading", level=1)).to_contain_text("✓")
    check("LMS: activities added")
    check.at(f"{world.lms_url}/deep-linking/return/unknown", "LMS: nothing there")
    assert not check.problems


def test_connecting(tmp_path: Path, visitor: Visitor, lang: str) -> None:
    words, check = Words(lang), Checker(visitor(lang).new_page(), lang)
    with running(tmp_path, TINY, connected=False) as world:
        check.at(world.lms_url, "LMS without a tool")
        check.at(f"{world.lms_url}/as/{SAKURA}/activity/1/launch", "LMS: launch without a tool")
        check.at(f"{world.lms_url}/connect", "LMS: connection")
        check.at(f"{world.tool_url}/lti/register?invite=wrong", "wrong invitation")
        check.at(invite(world.lms, world.invitation())[0], "registration")
        check.page.get_by_role("button", name=words("Connect")).click()
        expect(check.page.get_by_role("heading", level=1)).to_have_text(words("The LMS is connected"))
        check("registered")
    assert not check.problems


def test_the_demo_lms(world: World, visitor: Visitor, lang: str) -> None:
    check = Checker(visitor(lang).new_page(), lang)
    alone(check.page, world, SAKURA)
    staging.take_quiz(world, SAKURA, QUIZ)
    eventually(lambda: world.grade(SAKURA, QUIZ) is not None)
    for path in (
        "/",
        f"/as/{SAKURA}/course/{DAY}",
        f"/as/{KEIKO}/course/{EVENING}",
        f"/as/{SAKURA}/course/{EVENING}",
        f"/as/{SAKURA}/activity/{world.activity(QUIZ)}",
        f"/as/{SAKURA}/course/{DAY}/return?lti_msg=Bye",
        f"/as/{SAKURA}/course/{EVENING}/add",
        f"/gradebook/{DAY}",
        f"/gradebook/{EVENING}",
        "/faults",
        "/connect",
        "/nothing",
        "/auth",
    ):
        check.at(world.lms_url + path, f"LMS {path}")
    assert not check.problems
