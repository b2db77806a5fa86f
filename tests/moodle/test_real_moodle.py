"""A school, from the registration address to the gradebook, in a real Moodle. See README.md beside this file."""

import pytest
from moodle.conftest import School, title
from moodle.driver import hand_in, review, take_quiz, wait_until_received
from playwright.sync_api import expect

from lti_tool.domain.course import Course, Module
from lti_tool.domain.rubric import judge

pytestmark = pytest.mark.browser


def test_what_is_graded_has_a_column_and_what_is_not_has_none(school: School, course: Course, module: Module):
    assert module.quiz
    assert module.assignment
    graded = [title(module, module.quiz), title(module, module.assignment)]
    assert list(school.activities) == [course.title.en, title(module, module), *graded]
    assert list(school.teacher.grades(school.course, school.student.member)) == graded


def test_a_student_passes_a_quiz_and_moodle_has_the_grade(school: School, course: Course, module: Module):
    quiz, student = module.quiz, school.student
    assert quiz
    frame = student.launch(school.activity(module, quiz))
    take_quiz(frame, course, quiz.id)
    expect(frame.locator(".score-number")).to_have_text("100%")
    wait_until_received(frame, student.page)
    assert student.grades(school.course, student.member)[title(module, quiz)] == "100.00 %"


def test_a_teacher_reviews_an_assignment_and_moodle_has_the_grade(school: School, module: Module):
    assignment, student, teacher = module.assignment, school.student, school.teacher
    assert assignment
    activity = school.activity(module, assignment)
    hand_in(student.launch(activity), "一つ目の配信では、視聴者の迷いに答えていました。\nStream B, 12:40.")
    levels = {row.criterion.code: 4 for row in assignment.rubric}
    levels[assignment.rubric[0].criterion.code] = 3
    review(teacher.launch(school.activity(module, module)), assignment.title.en, levels, "要点が明確です。")
    frame = student.launch(activity)
    expect(frame.locator("main")).to_contain_text("要点が明確です。")
    wait_until_received(frame, student.page)
    percent = judge(assignment.rubric, levels, assignment.pass_mark).percent
    assert student.grades(school.course, student.member)[title(module, assignment)] == f"{percent}.00 %"


def test_the_same_activity_greets_everybody_in_their_role(school: School, course: Course):
    home = school.activities[course.title.en]
    expect(school.teacher.launch(home).get_by_label("Pages")).to_contain_text("Reviews")
    expect(school.student.launch(home).get_by_label("Pages")).to_contain_text("My grades")
