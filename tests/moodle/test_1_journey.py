"""A school, from the registration address to the gradebook, in a real Moodle. See README.md beside this file.

The tests are the steps of one journey and go in this order.
"""

import pytest
from moodle.conftest import School, title
from moodle.counting import Steps
from moodle.tool_pages import attach, hand_in, review, take_quiz, wait_until_received
from playwright.sync_api import expect

from lti_tool.domain.course import Course, Module
from lti_tool.domain.rubric import judge

pytestmark = pytest.mark.browser

USAGE, CONTAINER = "Tool configuration usage", "Default launch container"
"""Settings of a tool in Moodle."""


def test_an_administrator_connects_the_tool_and_types_nothing_but_its_address(
    school: School, steps: Steps, given: dict[str, str]
):
    with steps.step("register") as register:
        school.admin.manage_tools()
        school.tool = school.admin.register(given["LTI_TOOL_REGISTRATION_URL"])
    with steps.step("activate") as activate:
        school.admin.activate(school.tool)
    with steps.step("show in the activity chooser") as show:
        school.admin.choose(school.tool, USAGE, "Show in activity chooser and as a preconfigured tool")
    assert [register.typed, activate.typed, show.typed] == [["tool-url"], [], []]


def test_a_teacher_places_the_whole_course_in_one_go(school: School, steps: Steps, curriculum: Course):
    teacher = school.teacher
    with steps.step("choose the whole course") as choose:
        picker = teacher.open_picker(school.course, school.tool)
        picker.get_by_role("button", name="See the list").click()
        picker.get_by_role("button", name="Place in the LMS").click()
    with steps.step("let Moodle add it") as save:
        school.activities = teacher.save_placed(school.course)
    assert [choose.typed, save.typed] == [[], []]
    parts = [title(m, part) for m in curriculum.modules for part in (m.quiz, m.assignment) if part]
    stages = [f"Stage {stage.number} {stage.title.en}" for stage in curriculum.stages]
    titles = [curriculum.title.en, *(title(m, m) for m in curriculum.modules), *parts, *stages]
    assert sorted(school.activities) == sorted(titles)
    columns = teacher.grades(school.course, school.people["花子"])
    assert sorted(columns) == sorted([*parts, *stages])


def test_a_student_takes_a_quiz_in_the_frame_and_moodle_has_the_grade(
    school: School, steps: Steps, curriculum: Course, modules: list[Module]
):
    student, module = school.hanako, modules[0]
    quiz = module.quiz
    assert quiz
    student.course(school.course)
    with steps.step("open a quiz in the frame") as opening:
        student.page.get_by_role("link", name=title(module, quiz)).first.click()
        frame = student.frame()
    assert opening.clicks == 1
    with steps.step(f"take a quiz of {quiz.draw} questions"):
        take_quiz(frame, curriculum, quiz.id)
    expect(frame.locator(".score-number")).to_have_text("100%")
    with steps.step("wait for Moodle to have the grade"):
        wait_until_received(frame, student.page)
    assert student.grades(school.course, school.people["花子"])[title(module, quiz)] == "100.00 %"


def test_a_student_takes_a_quiz_in_a_window_of_its_own(
    school: School, steps: Steps, curriculum: Course, modules: list[Module]
):
    student, module = school.ken, modules[0]
    quiz = module.quiz
    assert quiz
    school.admin.choose(school.tool, CONTAINER, "New window")
    student.course(school.course)
    with steps.step("open a quiz in a new window") as opening:
        window = student.launch_in_a_window(title(module, quiz))
    assert opening.clicks == 1
    take_quiz(window, curriculum, quiz.id)
    wait_until_received(window, window)
    window.close()
    assert student.grades(school.course, school.people["Ken"])[title(module, quiz)] == "100.00 %"
    school.admin.choose(school.tool, CONTAINER, "Embed, without blocks")


def test_a_student_hands_in_text_and_a_file_and_the_teacher_reviews_it(
    school: School, steps: Steps, modules: list[Module]
):
    module, student = modules[0], school.hanako
    assignment = module.assignment
    assert assignment
    activity = school.activity(module, assignment)
    frame = student.launch(activity)
    with steps.step("write, upload and hand in"):
        attach(frame, "observation.pdf", b"%PDF-1.4\n%%EOF\n")
        hand_in(frame, "一つ目の配信では、視聴者の迷いに答えていました。\nStream B, 12:40.")
    expect(frame.locator("main")).to_contain_text("observation.pdf")
    levels = {row.criterion.code: 4 for row in assignment.rubric}
    levels[assignment.rubric[0].criterion.code] = 3
    staff = school.teacher.launch(school.activity(module, module))
    with steps.step("review and grade"):
        review(staff, assignment.title.en, levels, "要点が明確です。")
    frame = student.launch(activity)
    expect(frame.locator("main")).to_contain_text("要点が明確です。")
    wait_until_received(frame, student.page)
    percent = judge(assignment.rubric, levels, assignment.pass_mark).percent
    grades = student.grades(school.course, school.people["花子"])
    assert grades[title(module, assignment)] == f"{percent}.00 %"
