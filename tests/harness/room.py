"""A course between the tool and the demo LMS, and what people do to it there and here."""

from collections import defaultdict
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from support import tokens
from support.answers import take
from support.delivering import CLIENT, School
from support.tables import empty

from lti_tool.demo.editing import delete_activity, duplicate
from lti_tool.demo.lms import TYPE_ID, Message
from lti_tool.demo.messages import id_token_claims
from lti_tool.demo.people import BY_ID, COURSES
from lti_tool.demo.state import Activity, Column
from lti_tool.domain.course import COURSE_NODE
from lti_tool.domain.ledger import NOT_CHOSEN
from lti_tool.lti.claims import CLAIM
from lti_tool.lti.launch import verify
from lti_tool.services import arrivals, columns, resending
from lti_tool.services.launches import registration_of
from lti_tool.services.who import Who
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Deployment, Platform, ToolKey
from lti_tool.storage.scores import ScoreReport

STUDENTS = ("5", "6", "7")
STRANGER = "99"
"""Somebody who learns here and whom the LMS does not know any more."""
STAFF = ("3", "4")
PLACED = ("a101-quiz", "a101-work")
"""Nodes with an activity of their own, whose column is the LMS's."""
OWN = ("a102-quiz", COURSE_NODE)
"""Nodes whose column the tool makes."""
GRADED = (*PLACED, "a102-quiz")


class Room:
    """One course, begun anew. Everything that people may do to it is a method without an underscore."""

    def __init__(self, school: School) -> None:
        self.school, self.lms, self.base = school, school.lms, school.lms.config.base_url
        self.wishes: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        self._numbers = count(1)
        self._begin_lms()
        self._begin_tool()
        self.teacher = self._arrive("3", None)
        self.people = {sub: self._arrive(sub, None) for sub in STUDENTS}
        self.people[STRANGER] = school.student(STRANGER)
        for node in PLACED:
            self.launch("3", node)

    def _begin_lms(self) -> None:
        here = self.lms
        here.faults.set("none")
        here.faults.dice.seed(0)
        here.faults.struck.clear()
        here.clock, here.shift = self.school.time, 0
        here.accepted.clear()
        with here.state.change() as data:
            for kept in (data.columns, data.activities, data.grades):
                kept.clear()
            data.activities["900"] = Activity("900", "2", {"": "Home"}, "", "", {"node": COURSE_NODE}, None)
        for node in PLACED:
            self.remake(node)

    def _begin_tool(self) -> None:
        school = self.school
        empty(school.engine)
        key = tokens.private_key("tool")
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        with transaction(school.engine) as session:
            platform = Platform(
                issuer=self.base,
                client_id=CLIENT,
                auth_url="https://lms.test/auth",
                token_url=f"{self.base}/token",
                jwks_url=f"{self.base}/certs",
                created_at=school.now,
            )
            session.add(
                Deployment(
                    platform=platform,
                    deployment_id=TYPE_ID,
                    created_at=school.now,
                    approved_at=school.now,
                )
            )
            session.add(ToolKey(kid="k", private_pem=pem, created_at=school.now, signs_from=school.now))
            session.flush()
            school.platform_id = platform.id

    # What people do in the tool

    def wish(self, sub: str, node: str, percent: int) -> None:
        """Work is graded: the LMS is to show it."""
        comment = f"#{next(self._numbers)}"
        self.school.want(self.people[sub], percent, node, comment)
        self.wishes[sub, node].append((percent, comment))

    def preview(self) -> None:
        """A teacher tries a quiz."""
        with transaction(self.school.engine) as session:
            take(session, self.school.course, self.teacher, "a101-quiz", self.school.now)

    def choose(self, wanted: tuple[str, ...], drop: bool) -> None:
        """The teacher ticks the columns that the tool is to have."""
        school = self.school
        with transaction(school.engine) as session:
            columns.choose(session, school.course, self.teacher, wanted, "en", school.now, drop=drop)

    def resend(self) -> None:
        """The teacher sends all held grades again, and those of people the LMS said hold none."""
        with transaction(self.school.engine) as session:
            held = session.query(ScoreReport).filter(
                ScoreReport.state.in_(("held", "not_applicable")), ScoreReport.reason != NOT_CHOSEN
            )
            for report_id in [row.id for row in held]:
                resending.resend(session, self.teacher, report_id, self.school.now)

    def launch(self, sub: str, node: str | None) -> None:
        """Somebody opens an activity, if there is one."""
        with self.lms.state.read() as data:
            found = [item for item in data.activities.values() if item.custom["node"] == node]
        if found:
            self._arrive(sub, found[0])

    # What happens in the LMS

    def delete(self, node: str) -> None:
        """A teacher deletes the activity, and its column goes with it."""
        with self.lms.state.change() as data:
            for activity in [item for item in data.activities.values() if item.custom["node"] == node]:
                delete_activity(data, activity)

    def remake(self, node: str) -> None:
        """A teacher places the activity again, if there is none."""
        with self.lms.state.change() as data:
            if any(item.custom["node"] == node for item in data.activities.values()):
                return
            activity = Activity(data.next_id(), "2", {"": node}, "", "", {"node": node}, data.next_id())
            data.activities[activity.id] = activity
            column = activity.column or ""
            data.columns[column] = Column(column, "2", node, 100, resource_id=node, link_id=activity.id)

    def double(self, node: str) -> None:
        """A teacher duplicates the activity, which makes a second column for the node."""
        with self.lms.state.change() as data:
            found = [item for item in data.activities.values() if item.custom["node"] == node]
            if found:
                duplicate(data, found[0], "2")

    def fault(self, name: str, scope: str, share: int, burst: int, seconds: int) -> None:
        """The LMS begins to misbehave."""
        self.lms.faults.set(name, seconds, scope=scope, share=share, burst=burst)

    def shift(self, seconds: int) -> None:
        """The LMS's clock is set."""
        self.lms.shift = seconds

    def _arrive(self, sub: str, activity: Activity | None) -> Who:
        """A launch as the LMS signs it; the wrong clocks of launches are another matter."""
        registration, there = self.lms.state.registration, int(self.lms.now())
        assert registration is not None
        with self.lms.state.read() as data:
            opened = activity or data.activities["900"]
        nonce = f"nonce-{next(self._numbers)}"
        message = Message(BY_ID[sub], COURSES["2"], opened, "en", "window")
        claims = id_token_claims(self.lms, registration, message, nonce)
        id_token = self.lms.state.signing_key().sign(claims)
        keys = SimpleNamespace(key=lambda *_about: _public(self.lms.state.signing_key().pem))
        with transaction(self.school.engine) as session:
            known = registration_of(session.get_one(Platform, self.school.platform_id))
            login = tokens.login_state(
                expires_at=there + 600,
                nonce=nonce,
                issuer=self.base,
                client_id=CLIENT,
                deployment_id=TYPE_ID,
                target_link_uri=claims[CLAIM + "target_link_uri"],
            )
            now = datetime.fromtimestamp(there, UTC)
            launch = verify(id_token, login, known, keys, now, tool_origin="http://tool.test")
            place = arrivals.learn(
                session, self.school.course, self.school.platform_id, launch, self.school.now
            )
        self.school.context_id = place.context_id
        return Who(place.person_id, place.context_id, launch.role)


@lru_cache
def _public(pem: str) -> RSAPublicKey:
    """The public half of the LMS's key, made once."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key.public_key()
