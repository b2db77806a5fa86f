"""From the `roles` claim to what a person may do here (CORE App. A.2). When in doubt, the least.

Roles are compared as whole strings: the full address, or the simple name of a context role (CORE A.2.3). No
part of a string is ever looked for, so neither `https://evil/x#Instructor` nor `membership#InstructorX` means
anything.

| in the claim                                                                           | role       |
|----------------------------------------------------------------------------------------|------------|
| `membership#Instructor`, `Instructor`                                                  | instructor |
| `membership/Instructor#PrimaryInstructor`, `#SecondaryInstructor`, `#Lecturer`         | instructor |
| `membership/Instructor#Grader`, `#TeachingAssistant…`, `#GuestInstructor`, `#External…` | assistant  |
| `membership#Learner`, `Learner`, the `membership/Learner#` sub-roles (even `#Instructor`) | learner    |
| instructor as above, with `system/person#` or `institution/person#Administrator`       | admin      |
| anything else, or nothing                                                              | observer   |

Decisions behind the table:

- A sub-role says more than its principal role, which platforms send along with it. So `membership#Instructor`
  with `#TeachingAssistant` is an assistant; with `#TeachingAssistant` and `#Lecturer` it is an instructor.
- Of several roles the highest counts: who teaches and learns in one course teaches.
- System and institution roles give nothing by themselves: a site administrator or a member of staff is not a
  teacher of every course. They only raise an instructor of this course to admin, as Moodle describes its
  administrators.
- `membership#Administrator` and its sub-roles look after a course's settings, not its people: observer, and
  no instructor is raised by them. The same for Manager, Officer, Member.
- `membership#ContentDeveloper` may see no learner's work, so it is an observer, and so is
  `membership#Mentor`: its list of users (`role_scope_mentor`) is not taken over, hence it sees nobody's work.
- `…/lis/v2/person#Administrator`, deprecated and sent by old rosters only, and the LTI 1.1 `urn:` names give
  nothing.
- `system/person#TestUser` changes nothing: a teacher's trial student is to see what a student sees.

PyLTI1p3's role classes are not used: they cut strings apart, so that `Learner#Instructor` and
`person#Administrator` become teachers while `Instructor#Grader` becomes nothing.
"""

from collections.abc import Sequence

from lti_tool.lti.claims import Role

_VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2/"
_MEMBERSHIP = f"{_VOCABULARY}membership#"
_INSTRUCTOR_SUB = f"{_VOCABULARY}membership/Instructor#"
_LEARNER_SUB = f"{_VOCABULARY}membership/Learner#"

INSTRUCTOR = f"{_MEMBERSHIP}Instructor"
LEARNER = f"{_MEMBERSHIP}Learner"
TEST_USER = f"{_VOCABULARY}system/person#TestUser"
"""Marks a teacher's trial student: to be left out of class lists (CORE App. A.2.4)."""

_PRINCIPAL = frozenset({INSTRUCTOR, "Instructor"})
_TEACHING = frozenset(
    _INSTRUCTOR_SUB + name for name in ("PrimaryInstructor", "SecondaryInstructor", "Lecturer")
)
_ASSISTING = frozenset(
    _INSTRUCTOR_SUB + name
    for name in (
        "ExternalInstructor",
        "Grader",
        "GuestInstructor",
        "TeachingAssistant",
        "TeachingAssistantGroup",
        "TeachingAssistantOffering",
        "TeachingAssistantSection",
        "TeachingAssistantTemplate",
    )
)
_LEARNING = frozenset({LEARNER, "Learner"}).union(
    _LEARNER_SUB + name
    for name in ("ExternalLearner", "GuestLearner", "Instructor", "Learner", "NonCreditLearner")
)
_ADMINISTRATING = frozenset(
    {f"{_VOCABULARY}system/person#Administrator", f"{_VOCABULARY}institution/person#Administrator"}
)


def role_of(roles: Sequence[object]) -> Role:
    """The role that a list of role names gives; entries that are no strings give nothing."""
    names = {name for name in roles if isinstance(name, str)}
    if names & _TEACHING or (names & _PRINCIPAL and not names & _ASSISTING):
        return "admin" if names & _ADMINISTRATING else "instructor"
    if names & _ASSISTING:
        return "assistant"
    if names & _LEARNING:
        return "learner"
    return "observer"
