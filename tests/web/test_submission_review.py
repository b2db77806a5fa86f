"""From the LMS's gradebook straight to one student's work."""

import pytest
from support import tokens
from support.launching import Launched
from support.pages import hand_in


@pytest.fixture
def student(client_as) -> Launched:
    """A student (`sub` 5) whose assignment waits for review."""
    student = client_as("learner", sub="5")
    hand_in(student, "t101-assignment", "三つ選びました。")
    return student


@pytest.fixture
def opened(client_as):
    """`opened("assistant", "5", "t101-assignment")`: somebody opens the work of a student on a node."""

    def make(role: str, student: str, node: str, **claims: object) -> Launched:
        return client_as(
            role,
            node=node,
            message_type="LtiSubmissionReviewRequest",
            for_user={"user_id": student},
            **{"sub": "9", "name": "山本 先生", **claims},
        )

    return make


def test_a_teacher_lands_on_the_submission(student, opened):
    """SR-01."""
    teacher = opened("instructor", "5", "t101-assignment")
    assert "/reviews/" in teacher.first_page
    assert "三つ選びました。" in teacher.get(teacher.first_page).text


def test_the_activity_is_found_without_a_resource_link(student, opened):
    """SR-03: by the custom parameter."""
    teacher = opened("instructor", "5", "t101-assignment", resource_link=tokens.ABSENT)
    assert "/reviews/" in teacher.first_page


def test_a_quiz_shows_where_the_student_is(student, opened):
    teacher = opened("instructor", "5", "t101-quiz")
    assert "/class/" in teacher.first_page
    assert "山田 花子" in teacher.get(teacher.first_page).text


def test_nothing_handed_in_shows_where_the_student_is(client_as, opened):
    client_as("learner", sub="5")
    assert "/class/" in opened("instructor", "5", "t101-assignment").first_page


def test_a_student_who_never_came_leads_to_the_class(opened):
    assert opened("instructor", "unheard-of", "t101-assignment").first_page.endswith("/class")


def test_a_student_of_another_course_is_unknown_here(student, opened):
    """ATK-04, ATK-20."""
    teacher = opened("instructor", "5", "t101-assignment", context_id="another")
    assert teacher.first_page.endswith("/class")


def test_a_student_may_open_only_their_own_work(student, opened):
    """SR-02."""
    own = opened("learner", "5", "t101-assignment", sub="5")
    assert "三つ選びました。" in own.get(own.first_page).text
    with pytest.raises(AssertionError, match="403"):
        opened("learner", "5", "t101-assignment", sub="6", name="別人")
