"""Names and Role Provisioning Services 2.0: who is in a course, by the LMS's own list.

Everybody is asked for at once, never one role: Moodle's link to the next page forgets the role. Only what is
shown is taken over - id, role, name and status; e-mail addresses are not even read (NRP-16).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lti_tool.errors import BadAnswer
from lti_tool.lti.claims import SCOPE_NRPS, Role
from lti_tool.lti.http import Answer, Http
from lti_tool.lti.links import related
from lti_tool.lti.paging import pages, with_query
from lti_tool.lti.roles import TEST_USER, role_of
from lti_tool.lti.tokens import Token
from lti_tool.lti.values import address, is_identifier, strings, text

SCOPES = frozenset({SCOPE_NRPS})
MEMBERSHIPS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

PAGE_SIZE = 500
"""Members asked for in one page: a hint, the LMS may send more or fewer (NRPS §2.4.2)."""
PAGE_LIMIT = 1000
MEMBER_LIMIT = 50_000
BODY_LIMIT = 8 * 1024 * 1024
"""Of one page: an LMS that knows no pages sends 10,000 people at once."""


@dataclass(frozen=True)
class Member:
    """Somebody on the list. `user_id` is the `sub` of their launches; `name` is "" where the LMS gives none."""

    user_id: str
    role: Role
    name: str
    active: bool


@dataclass(frozen=True)
class Roster:
    """The list, read to its end. `differences`: where changes since then can be read, "" where that is not offered."""

    members: tuple[Member, ...]
    differences: str


@dataclass
class _Entry:
    """What the pages say of one person, who may stand on several of them."""

    roles: set[str]
    name: str
    active: bool


def read_all(http: Http, token: Token, memberships_url: str) -> Roster:
    """Everybody in the course (NRPS §2.2). Raises OutboundError when any page cannot be read: never half a list."""
    sized = memberships_url if _has_limit(memberships_url) else _sized(memberships_url)
    return _read(http, token, sized)


def read_differences(http: Http, token: Token, differences_url: str) -> Roster:
    """Who came, changed or left since the list that gave `differences_url` (NRPS §2.4.3). Raises OutboundError.

    The address is opaque and asked for as it is (NRP-08).
    """
    return _read(http, token, differences_url)


def _read(http: Http, token: Token, url: str) -> Roster:
    entries: dict[str, _Entry] = {}
    differences = ""
    answers = pages(http, url, MEMBERSHIPS, token.value, whole=True, limit=PAGE_LIMIT, body_limit=BODY_LIMIT)
    for answer in answers:
        _collect(entries, _people(answer))
        if len(entries) > MEMBER_LIMIT:
            raise BadAnswer(f"more than {MEMBER_LIMIT} members", answer.exchange)
        # Of several pages the first has the earliest starting point, after which nothing is missed.
        differences = differences or _differences(answer)
    return Roster(tuple(_members(entries)), differences)


def _people(answer: Answer) -> list[object]:
    body = answer.json() if answer.ok else None
    people = body.get("members") if isinstance(body, dict) else None
    if not isinstance(people, list):
        raise BadAnswer(f"no class list: {answer.words or answer.status}", answer.exchange)
    return people


def _collect(entries: dict[str, _Entry], people: Iterable[object]) -> None:
    """Add what a page says. Who stands there twice has both roles, and is here if either entry says so."""
    for person in people:
        user_id = _user_id(person) if isinstance(person, dict) else None
        if user_id is None or not isinstance(person, dict):
            continue
        entry = entries.setdefault(user_id, _Entry(set(), "", active=False))
        entry.roles.update(_roles(person.get("roles")))
        entry.name = entry.name or _name(person)
        # Without a status somebody is active (NRPS §2.3.1); so is one with a status that does not exist.
        entry.active = entry.active or person.get("status") not in {"Inactive", "Deleted"}


def _members(entries: Mapping[str, _Entry]) -> Iterator[Member]:
    """Everybody but a teacher's trial student (CORE App. A.2.4)."""
    for user_id, entry in entries.items():
        if TEST_USER not in entry.roles:
            yield Member(user_id, role_of(sorted(entry.roles)), entry.name, entry.active)


def _user_id(person: Mapping[str, object]) -> str | None:
    """The LMS's id; some send the number it is to them."""
    value = person.get("user_id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if is_identifier(value) else None


def _roles(value: object) -> tuple[str, ...]:
    """The roles; a single one may come without a list around it (ROL-14)."""
    return (value,) if isinstance(value, str) else strings(value)


def _name(person: Mapping[str, object]) -> str:
    """The full name as the LMS writes it, else family and given name."""
    parts = (text(person.get("family_name")), text(person.get("given_name")))
    return text(person.get("name")).strip() or " ".join(part for part in parts if part).strip()[:255]


def _differences(answer: Answer) -> str:
    return address(related(answer.headers.get("Link", ""), answer.url, "differences")) or ""


def _has_limit(url: str) -> bool:
    query = url.partition("#")[0].partition("?")[2]
    return any(part.startswith("limit=") for part in query.split("&"))


def _sized(url: str) -> str:
    return with_query(url, limit=str(PAGE_SIZE))
