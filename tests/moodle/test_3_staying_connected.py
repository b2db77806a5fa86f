"""A term with the tool: the class list, work opened from the gradebook, a locked column, an update, a copied course."""

import pytest
from moodle.conftest import School, title
from moodle.counting import Steps
from moodle.tool_pages import hand_in, review, take_quiz, wait_until_received
from playwright.sync_api import expect

from lti_tool.domain.course import Course, Module

pytestmark = pytest.mark.browser


def test_the_class_list_of_moodle_shows_also_who_never_came(school: School, steps: Steps, curriculum: Course):
    frame = school.teacher.launch(school.activities[curriculum.title.en])
    with steps.step("read the class list"):
        frame.get_by_role("link", name="Class", exact=True).click()
        rows = frame.locator("tbody tr")
        mei = rows.filter(has_text="Mei").filter(has_text="Ito")
        for _ in range(20):
            if mei.count():
                break
            school.teacher.page.wait_for_timeout(1_000)
            frame.get_by_role("link", name="Class", exact=True).click()
            frame.locator("h1").wait_for()
    expect(mei).to_contain_text("Never yet")
    assert rows.count() == 3


def test_a_teacher_opens_a_students_work_from_moodles_gradebook(
    school: School, steps: Steps, modules: list[Module]
):
    assignment = modules[0].assignment
    assert assignment
    activity = school.activity(modules[0], assignment)
    with steps.step("open a student's work from the grader report"):
        frame = school.teacher.submission(school.course, activity, school.people["花子"])
    expect(frame.locator("main")).to_contain_text("Stream B, 12:40.")
    expect(frame.locator("h1")).to_contain_text("山田")


def test_a_grade_refused_by_a_locked_column_is_sent_again(
    school: School, steps: Steps, modules: list[Module]
):
    module, teacher = modules[0], school.teacher
    assignment = module.assignment
    assert assignment
    column = title(module, assignment)
    hand_in(school.ken.launch(school.activity(module, assignment)), "Both streams sold by answering.")
    teacher.lock(school.course, column)
    home = school.activity(module, module)
    levels = {row.criterion.code: 4 for row in assignment.rubric}
    frame = teacher.launch(home)
    review(frame, assignment.title.en, levels, "Good.")
    row = frame.locator("tbody tr", has_text=assignment.title.en).filter(has_text="Tanaka")
    again = row.get_by_role("button", name="Send again")
    for _ in range(20):
        frame.get_by_role("link", name="Grades", exact=True).click()
        row.wait_for()
        if again.count():
            break
        teacher.page.wait_for_timeout(1_000)
    expect(row).to_contain_text("locked")
    assert teacher.grades(school.course, school.people["Ken"])[column] == "-"
    teacher.unlock(school.course, column)
    frame = teacher.launch(home)
    with steps.step("send a held grade again"):
        frame.get_by_role("link", name="Grades", exact=True).click()
        again.click()
        frame.locator(".note").wait_for()
        for _ in range(20):
            frame.get_by_role("link", name="Grades", exact=True).click()
            row.wait_for()
            if row.get_by_text("eceived").count():
                break
            teacher.page.wait_for_timeout(1_000)
    assert teacher.grades(school.course, school.people["Ken"])[column] == "100.00 %"


def test_an_update_keeps_the_tool_and_everything_in_it(
    school: School, steps: Steps, given: dict[str, str], modules: list[Module]
):
    with steps.step("update the registration"):
        school.admin.manage_tools()
        school.admin.renew(given["LTI_TOOL_RENEWAL_URL"], school.tool)
    school.admin.expect_active(school.tool)
    quiz = modules[0].quiz
    assert quiz
    frame = school.hanako.launch(school.activity(modules[0], quiz))
    expect(frame.locator("main")).to_contain_text("100%")


def test_a_copied_course_begins_anew_and_leaves_the_first_alone(
    school: School, steps: Steps, curriculum: Course, modules: list[Module]
):
    ken, module = school.ken, modules[0]
    quiz = module.quiz
    assert quiz
    with steps.step("copy the course"):
        copy = school.admin.copy(school.course, f"copy {school.people['Ken'].name}")
    school.admin.enrol(copy, {school.people["Keiko"]: "Teacher", school.people["Ken"]: "Student"})
    activities = school.teacher.activities(copy)
    assert list(activities) == list(school.activities)
    told = school.teacher.launch(activities[title(module, module)]).locator("main")
    expect(told).to_contain_text("This course was made of")
    expect(told).to_contain_text("It says so itself", ignore_case=True)
    before = ken.grades(school.course, school.people["Ken"])
    frame = ken.launch(activities[title(module, quiz)])
    take_quiz(frame, curriculum, quiz.id)
    wait_until_received(frame, ken.page)
    assert ken.grades(copy, school.people["Ken"])[title(module, quiz)] == "100.00 %"
    assert ken.grades(school.course, school.people["Ken"]) == before
