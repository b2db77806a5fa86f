"""Roles: what of the `roles` claim gives what, and above all what gives nothing (checklist section E)."""

import pytest
from support import tokens
from support.tokens import ADMINISTRATORS, INSTRUCTOR, LEARNER, LIS, launch_of

from lti_tool.errors import InvalidClaims
from lti_tool.lti.roles import role_of

SUB = f"{LIS}membership/Instructor#"
INSTITUTION = f"{LIS}institution/person#"


@pytest.mark.parametrize("roles", [[], [""], [f"{LIS}unknown/unknown#Helper"], ["Helper"], [None, 5, {}, []]])
def test_nothing_known_gives_the_least(roles: list[object]) -> None:
    """ROL-01, ROL-02: accepted, and no more than an observer."""
    assert launch_of(roles=roles).role == "observer"


@pytest.mark.parametrize("roles", [tokens.ABSENT, None, "Instructor", INSTRUCTOR, {"0": INSTRUCTOR}, 1])
def test_roles_must_be_a_list(roles: object) -> None:
    """ROL-01, ROL-14: missing or a string is refused, never read letter by letter."""
    with pytest.raises(InvalidClaims, match="roles") as caught:
        launch_of(roles=roles)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([INSTRUCTOR], "instructor"),
        (["Instructor"], "instructor"),
        ([LEARNER], "learner"),
        (["Learner"], "learner"),
    ],
)
def test_context_roles_have_a_long_and_a_short_name(roles: list[str], expected: str) -> None:
    """ROL-03: both are the same role."""
    assert role_of(roles) == expected


def test_of_several_roles_the_highest_counts() -> None:
    """ROL-04: who teaches and learns in one course teaches."""
    assert role_of([f"{INSTITUTION}Staff", f"{INSTITUTION}Other", INSTRUCTOR]) == "instructor"
    assert role_of([LEARNER, INSTRUCTOR]) == "instructor"
    assert role_of([f"{INSTITUTION}Student", f"{LIS}membership#Mentor", LEARNER]) == "learner"


@pytest.mark.parametrize("name", ["Instructor", "Faculty", "Staff", "Administrator", "Student", "SysAdmin"])
def test_a_role_in_the_institution_is_none_in_the_course(name: str) -> None:
    """ROL-05: a teacher of the school is not a teacher of this course."""
    assert role_of([f"{INSTITUTION}{name}"]) == "observer"
    assert role_of([f"{INSTITUTION}{name}", LEARNER]) == "learner"


@pytest.mark.parametrize(
    "name", ["Instructor", "Learner", "GuestLearner", "ExternalLearner", "NonCreditLearner"]
)
def test_every_kind_of_learner_is_a_learner(name: str) -> None:
    """ROL-06, ATK-13: `Learner#Instructor` is the learner who instructs others, not a teacher."""
    assert role_of([f"{LIS}membership/Learner#{name}"]) == "learner"
    assert role_of([f"{LIS}membership/Learner#{name}", LEARNER]) == "learner"


@pytest.mark.parametrize(
    "name",
    [
        "TeachingAssistant",
        "TeachingAssistantSection",
        "TeachingAssistantGroup",
        "TeachingAssistantOffering",
        "TeachingAssistantTemplate",
        "Grader",
        "GuestInstructor",
        "ExternalInstructor",
    ],
)
def test_who_only_assists_is_an_assistant(name: str) -> None:
    """ROL-07: also when the platform adds the principal role, as Canvas does."""
    assert role_of([SUB + name]) == "assistant"
    assert role_of([SUB + name, INSTRUCTOR]) == "assistant"
    assert role_of([SUB + name, "Instructor", LEARNER]) == "assistant"
    assert role_of([SUB + name, *ADMINISTRATORS]) == "assistant"


@pytest.mark.parametrize("name", ["PrimaryInstructor", "SecondaryInstructor", "Lecturer"])
def test_who_teaches_under_another_name_is_an_instructor(name: str) -> None:
    """ROL-07: and assisting besides takes nothing away."""
    assert role_of([SUB + name]) == "instructor"
    assert role_of([SUB + name, SUB + "Grader", INSTRUCTOR]) == "instructor"


@pytest.mark.parametrize(
    "name",
    [
        "https://evil.example/x#Instructor",
        INSTRUCTOR + "X",
        INSTRUCTOR + " ",
        " Instructor",
        "NotInstructor",
        "instructor",
        f"{LIS}membership#instructor",
        f"{LIS}membership#Learner/Instructor",
        INSTRUCTOR.replace("http:", "https:"),
        INSTRUCTOR.upper(),
        f"x{INSTRUCTOR}",
        SUB + "Helper",
        "Instructor,Learner",
        "Administrator",
    ],
)
def test_only_whole_names_count(name: str) -> None:
    """ROL-08, ATK-13: no prefix, suffix, other case or part of a name."""
    assert role_of([name]) == "observer"
    assert role_of([name, *ADMINISTRATORS]) == "observer"


@pytest.mark.parametrize("name", ["Administrator", "Instructor", "Faculty"])
def test_deprecated_person_roles_give_nothing(name: str) -> None:
    """ROL-09: Moodle's roster still has `person#Administrator`."""
    assert role_of([f"{LIS}person#{name}"]) == "observer"
    assert role_of([f"{LIS}person#{name}", INSTRUCTOR]) == "instructor"


def test_a_trial_student_is_a_student() -> None:
    """ROL-10: `TestUser` does not stop the launch."""
    assert role_of([LEARNER, f"{LIS}system/person#TestUser"]) == "learner"


@pytest.mark.parametrize("administrator", ADMINISTRATORS)
def test_an_administrator_who_teaches_here_is_admin(administrator: str) -> None:
    """ROL-05: Moodle sends its administrators with Instructor; alone the role gives nothing."""
    assert role_of([administrator, INSTRUCTOR]) == "admin"
    assert role_of([administrator]) == "observer"
    assert role_of([administrator, LEARNER]) == "learner"


@pytest.mark.parametrize("name", ["urn:lti:role:ims/lis/Instructor", "urn:lti:sysrole:ims/lis/Administrator"])
def test_names_of_lti_1_are_unknown(name: str) -> None:
    """ROL-12: least privilege, not an error."""
    assert role_of([name]) == "observer"


@pytest.mark.parametrize(
    "name", ["Administrator", "ContentDeveloper", "Mentor", "Manager", "Officer", "Member"]
)
def test_other_context_roles_only_look(name: str) -> None:
    """ROL-13, CLM-28: no teacher's rights, and nobody's work to see."""
    assert role_of([f"{LIS}membership#{name}"]) == role_of([name]) == "observer"
    assert role_of([f"{LIS}membership#{name}", INSTRUCTOR]) == "instructor"
    assert launch_of(roles=[f"{LIS}membership#{name}"], role_scope_mentor=["5", "8"]).role == "observer"


def test_each_launch_is_judged_anew() -> None:
    """ROL-11: nothing of an earlier launch or another course is remembered here."""
    assert launch_of(roles=[INSTRUCTOR], context={"id": "2"}).role == "instructor"
    assert launch_of(roles=[LEARNER], context={"id": "2"}).role == "learner"
