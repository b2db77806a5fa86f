"""Names and Role Provisioning Services 2.0, with Moodle's address, short roles and paging."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from lti_tool.demo.lms import lms, refuse
from lti_tool.demo.messages import names
from lti_tool.demo.people import INSTRUCTOR_URI, LEARNER_URI, PEOPLE, Person
from lti_tool.demo.services_ags import accept, answer_json, whole
from lti_tool.demo.state import Registration
from lti_tool.demo.token import require_scope
from lti_tool.lti.claims import SCOPE_NRPS

bp = Blueprint("nrps", __name__, url_prefix="/services/CourseSection/<course>/bindings/<type_id>")

MEMBERSHIPS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_FULL_ROLES = {"Learner": LEARNER_URI, "Instructor": INSTRUCTOR_URI}


@bp.get("/memberships")
def memberships(course: str, type_id: str) -> Response:
    """The members of a course, by role and page by page when asked (NRPS 2.0 §2.2, §2.4).

    The link to the next page drops the role, as Moodle's does: the tool has to add it again.
    """
    require_scope(SCOPE_NRPS, type_id=type_id)
    here, place = lms(), lms().courses().get(course)
    registration = here.state.registration
    if place is None or registration is None:
        refuse(404, "Not Found")
    accept(MEMBERSHIPS, "*/*")
    link = request.args.get("rlid")
    with here.state.read() as data:
        if link is not None and (link not in data.activities or data.activities[link].course != course):
            refuse(404, "Not Found")
    found = [person for person in PEOPLE if person.enrolled and _has_role(person, request.args.get("role"))]
    start, limit = whole("from", 0), whole("limit", 0)
    shown = found[start : start + limit] if limit else found
    answer = answer_json(
        {
            "id": here.memberships_url(course),
            "context": {"id": course, "label": place.label, "title": place.title("ja")},
            "members": [_member(registration, person) for person in shown],
        },
        MEMBERSHIPS,
    )
    if limit and start + limit < len(found):
        following = urlencode({"limit": limit, "from": start + limit} | ({"rlid": link} if link else {}))
        answer.headers["Link"] = f'<{here.memberships_url(course)}?{following}>; rel="next"'
    return answer


def _has_role(person: Person, role: str | None) -> bool:
    return role in (None, "", person.roster_role, _FULL_ROLES[person.roster_role])


def _member(registration: Registration, person: Person) -> dict[str, Any]:
    member: dict[str, Any] = {
        "status": "Active",
        "user_id": person.id,
        "roles": [person.roster_role],
        "lis_person_sourcedid": person.sourcedid,
        "ext_user_username": person.username,
    }
    known = names(registration, person, "ja")
    if "name" in known:
        # The roster has one order of names for everybody, given name first, whatever the launch says.
        known["name"] = f"{person.given('ja')} {person.family('ja')}"
    return member | known
