"""A term in which people change things in Moodle: grades by hand, a hidden course, settings, an activity, a student.

The tool's list of grades says what Moodle shows, keeps to the teacher's choice, and names what to change in Moodle.
"""

import pytest
from moodle.conftest import School, title
from moodle.counting import Steps
from moodle.tool_pages import grade_row, hand_in, review, take_quiz, wait_for_grade
from playwright.sync_api import FrameLocator, expect

from lti_tool.domain.course import Course, Module

pytestmark = pytest.mark.browser

SHOWN = "Shown in the LMS"
CHANGED = "Changed in the LMS"


def home(school: School, modules: list[Module]) -> FrameLocator:
    """The tool, opened by the teacher."""
    return school.teacher.launch(school.activity(modules[0], modules[0]))


def all_grades(school: School) -> dict[str, dict[str, str]]:
    """Every grade in Moodle's gradebook, by student."""
    return {
        name: school.teacher.grades(school.course, school.people[name]) for name in ("花子", "Ken", "Mei")
    }


def test_a_grade_changed_in_moodle_is_seen_and_stays_as_the_teacher_chooses(
    school: School, steps: Steps, modules: list[Module]
):
    module, teacher = modules[0], school.teacher
    quiz = module.quiz
    assert quiz
    column, page = title(module, quiz), teacher.page
    before = all_grades(school)
    frame = home(school, modules)
    for name in ("山田", "Tanaka"):
        wait_for_grade(frame, page, grade_row(frame, quiz.title.en, name), SHOWN)
    teacher.override(school.course, column, school.people["花子"], "55")
    teacher.override(school.course, column, school.people["Ken"], "45")
    frame = home(school, modules)
    hanako, ken = (grade_row(frame, quiz.title.en, name) for name in ("山田", "Tanaka"))
    with steps.step("see which grades were changed in Moodle"):
        wait_for_grade(frame, page, hanako, CHANGED)
    expect(hanako).to_contain_text("100%")
    expect(hanako).to_contain_text("55%")
    expect(ken).to_contain_text("45%")
    with steps.step("keep one, send ours over the other"):
        hanako.get_by_role("button", name="Keep the LMS's").click()
        expect(hanako).to_contain_text("its grade stands")
        ken.get_by_role("button", name="Send ours again").click()
    wait_for_grade(frame, page, ken, "keeps its own grade")
    expect(hanako).to_contain_text("its grade stands")
    teacher.release(school.course, column, school.people["Ken"])
    frame = home(school, modules)
    wait_for_grade(frame, page, grade_row(frame, quiz.title.en, "Tanaka"), SHOWN)
    expect(grade_row(frame, quiz.title.en, "山田")).to_contain_text("its grade stands")
    after = all_grades(school)
    before["花子"][column] = "55.00 %"
    assert after == before, "and nothing else has changed"


def test_ours_goes_over_a_grade_in_a_column_that_the_tool_made(
    school: School, modules: list[Module], curriculum: Course
):
    """Moodle overrides grades of activities only: in other columns the newest grade counts, whoever gave it."""
    teacher, total = school.teacher, "(total)"
    member = school.people["花子"]
    frame = home(school, modules)
    frame.get_by_role("link", name="Grades", exact=True).click()
    frame.get_by_role("link", name="Grade columns").click()
    frame.get_by_label("Mean of all results so far").check()
    frame.get_by_role("button", name="Save").click()
    frame.locator("h1").wait_for()
    frame.get_by_role("link", name="Grades", exact=True).click()
    wait_for_grade(frame, teacher.page, grade_row(frame, "Total", "山田"), SHOWN)
    ours = teacher.points(school.course, total, member)
    teacher.override(school.course, total, member, "12")
    frame = home(school, modules)
    row = grade_row(frame, "Total", "山田")
    wait_for_grade(frame, teacher.page, row, CHANGED)
    row.get_by_role("button", name="Send ours again").click()
    wait_for_grade(frame, teacher.page, row, SHOWN)
    assert teacher.points(school.course, total, member) == ours


def test_grades_go_on_while_a_course_is_hidden(school: School, modules: list[Module]):
    """Moodle hides the course from students, not from the tool."""
    module, teacher = modules[1], school.teacher
    assignment = module.assignment
    assert assignment
    for student in (school.hanako, school.ken):
        hand_in(student.launch(school.activity(module, assignment)), "I watched three streams.")
    teacher.show_course(school.course, visible=False)
    levels = {row.criterion.code: 4 for row in assignment.rubric}
    frame = home(school, modules)
    review(frame, assignment.title.en, levels, "Good.")
    wait_for_grade(frame, teacher.page, grade_row(frame, assignment.title.en, "山田"), SHOWN)
    teacher.show_course(school.course, visible=True)
    grades = teacher.grades(school.course, school.people["花子"])
    assert grades[title(module, assignment)] == "100.00 %"


def test_a_student_who_was_unenrolled_is_not_graded_any_more(school: School, modules: list[Module]):
    module, teacher = modules[1], school.teacher
    quiz, assignment = modules[0].quiz, module.assignment
    assert quiz
    assert assignment
    school.admin.unenrol(school.course, school.people["Ken"])
    frame = home(school, modules)
    levels = {row.criterion.code: 4 for row in assignment.rubric}
    review(frame, assignment.title.en, levels, "Good.")
    row = grade_row(frame, assignment.title.en, "Tanaka")
    wait_for_grade(frame, teacher.page, row, "keeps no grade")
    row.get_by_role("link", name="History").click()
    expect(frame.locator("main")).to_contain_text("Participants")
    frame.get_by_role("link", name="Class", exact=True).click()
    frame.get_by_role("button", name="Read the class list now").click()
    teacher.page.wait_for_timeout(5_000)
    wait_for_grade(
        frame, teacher.page, grade_row(frame, quiz.title.en, "Tanaka"), "No longer in the class list"
    )


def test_an_activity_that_accepts_no_grades_holds_them_and_says_where_to_let_it(
    school: School, modules: list[Module], curriculum: Course
):
    module, teacher = modules[1], school.teacher
    quiz = module.quiz
    assert quiz
    activity = school.activity(module, quiz)
    take_quiz(school.hanako.launch(activity), curriculum, quiz.id)
    frame = home(school, modules)
    wait_for_grade(frame, teacher.page, grade_row(frame, quiz.title.en, "山田"), SHOWN)
    teacher.refuse_grades(activity)
    frame = home(school, modules)
    row = grade_row(frame, quiz.title.en, "山田")
    wait_for_grade(frame, teacher.page, row, "On hold")
    row.get_by_role("link", name="History").click()
    expect(frame.locator("main")).to_contain_text("to add grades in the gradebook")


def test_the_grades_of_an_activity_that_was_removed_are_held_and_say_so(
    school: School, modules: list[Module]
):
    module, teacher = modules[0], school.teacher
    assignment = module.assignment
    assert assignment
    teacher.remove(school.course, school.activity(module, assignment))
    frame = home(school, modules)
    row = grade_row(frame, assignment.title.en, "山田")
    wait_for_grade(frame, teacher.page, row, "no longer in the gradebook")
    row.get_by_role("link", name="History").click()
    expect(frame.locator("main")).to_contain_text("Was the activity deleted")
