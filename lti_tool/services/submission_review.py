"""A teacher opens one student's work from the LMS's gradebook (Submission Review 1.0): which page that is."""

from dataclasses import dataclass

from lti_tool.domain.course import Assignment, Course
from lti_tool.errors import AccessDenied
from lti_tool.services.who import Who
from lti_tool.storage import launch_queries, submission_queries
from lti_tool.storage.db import Session
from lti_tool.storage.people import Context, Person
from lti_tool.storage.visit_queries import Visit


@dataclass(frozen=True)
class Target:
    """Whose work it is, if we know the person, and the submission to review, if there is one."""

    person_id: int | None
    submission_id: int | None


def find(session: Session, course: Course, visit: Visit, for_user: str, node_id: str) -> Target:
    """The work of `for_user` (the LMS's id) on a node, in the context of the launch.

    Raises AccessDenied when somebody who is not staff asks for another's work.
    """
    who = Who(visit.person_id, visit.context_id, visit.role)
    if not who.staff and session.get_one(Person, visit.person_id).sub != for_user:
        raise AccessDenied(code="role")
    deployment_id = session.get_one(Context, visit.context_id).deployment_id
    person = launch_queries.person(session, deployment_id, for_user)
    if person is None or launch_queries.membership(session, person.id, who.context_id) is None:
        return Target(None, None)
    if not isinstance(course.nodes.get(node_id), Assignment):
        return Target(person.id, None)
    work = submission_queries.submission_of(session, person.id, who.context_id, node_id)
    handed_in = work is not None and any(version.submitted_at for version in work.versions)
    return Target(person.id, work.id if work and handed_in else None)
