"""A course between the tool and the demo LMS: what can happen to its grades, and what must hold whatever happens."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count, pairwise
from types import SimpleNamespace

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from harness.line import Fate, Line
from support import tokens
from support.answers import take
from support.delivering import BASE, CLIENT, School
from support.tables import empty

from lti_tool import worker
from lti_tool.demo.editing import delete_activity, duplicate
from lti_tool.demo.lms import TYPE_ID, Message
from lti_tool.demo.messages import id_token_claims
from lti_tool.demo.people import BY_ID, COURSES
from lti_tool.demo.state import Activity, Column
from lti_tool.domain.course import COURSE_NODE
from lti_tool.lti.claims import CLAIM
from lti_tool.lti.launch import verify
from lti_tool.services import arrivals, columns, passback, resending
from lti_tool.services.launches import registration_of
from lti_tool.services.who import Who
from lti_tool.storage.db import transaction
from lti_tool.storage.platforms import Deployment, Platform, ToolKey
from lti_tool.storage.scores import LineItem, ScoreReport

STUDENTS = ("5", "6", "7")
STRANGER = "99"
"""Somebody who learns here and whom the LMS does not know any more."""
STAFF = ("3", "4")
PLACED = ("a101-quiz", "a101-work")
"""Nodes with an activity of their own, whose column is the LMS's."""
OWN = ("a102-quiz", COURSE_NODE)
"""Nodes whose column the tool makes."""
GRADED = (*PLACED, "a102-quiz")
FINE = {"delivered", "confirmed"}
ROUNDS = 40


class World:
    """One course, begun anew. Everything that may happen in a schedule is a method without an underscore."""

    def __init__(self, school: School, line: Line, fate: Fate) -> None:
        self.school, self.line, self.fate = school, line, fate
        self.lms = school.lms
        self.wishes: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        self._numbers = count(1)
        school.now = datetime(2026, 11, 24, 5, 3, tzinfo=UTC)
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
                issuer=BASE,
                client_id=CLIENT,
                auth_url="https://lms.test/auth",
                token_url=f"{BASE}/token",
                jwks_url=f"{BASE}/certs",
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
            unwanted = session.query(LineItem).filter(LineItem.url != "", LineItem.wanted.is_(False))
            self.line.unwanted = {column.url for column in unwanted}

    def resend(self) -> None:
        """The teacher sends all held grades again, and those of people the LMS said hold none."""
        with transaction(self.school.engine) as session:
            held = session.query(ScoreReport).filter(
                ScoreReport.state.in_(("held", "not_applicable")), ScoreReport.reason != passback.NOT_CHOSEN
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

    def distrust(self, calls: int) -> None:
        """The LMS's certificate is not to be trusted for a while."""
        self.line.distrusted = calls

    def shift(self, seconds: int) -> None:
        """The LMS's clock is set."""
        self.lms.shift = seconds

    # What workers do

    def tick(self, gap: int, kill_at: int | None = None, rival: bool = False) -> None:
        """Time goes by; a worker does what is due, may die at it, and another may come between."""
        self.school.forward(seconds=gap)
        if rival:
            self.line.between = self._work
        with self.fate.working(kill_at):
            self._work()
        self.line.between = None
        self.check()

    def _work(self) -> None:
        school = self.school
        works = worker.Works(school.engine, self.line, school.course, lambda: school.now)  # type: ignore[arg-type]
        worker.tick(works, lambda: False)
        worker.read_results(works, lambda: False)

    # What must hold

    def check(self) -> None:
        """At every moment: nothing older follows what was taken, nobody is graded who cannot be, no column twice."""
        assert not self.line.doubled, "a column was made although there was one"
        assert not self.line.graded & set(STAFF), "a score was sent for staff"
        assert not self.line.intruded, "a score was sent to a column that is not wanted"
        with transaction(self.school.engine) as session:
            drifted = session.query(ScoreReport).filter_by(state="drifted").count()
        assert not drifted, "the LMS is said to show a grade that nobody entered there"
        taken = defaultdict(list)
        for grade in self.lms.accepted:
            assert BY_ID[grade.person].gradable
            taken[grade.column, grade.person].append(grade)
        for grades in taken.values():
            for sooner, later in pairwise(grades):
                assert int(later.timestamp) > int(sooner.timestamp), "a time did not rise"
                assert _number(later.comment) >= _number(sooner.comment), "an older grade after a newer one"

    def end(self) -> None:
        """The LMS is well again, teachers repair what only they can: then it holds what was wished last."""
        self.lms.faults.set("none")
        self.line.distrusted = 0
        for node in PLACED:
            self.remake(node)
            self.launch("3", node)
            self.wish("5", node, 77)  # the tool learns of a column that is gone when it sends a grade there
        for _ in range(ROUNDS):
            self.resend()
            self.tick(7200)
            if not self._waiting():
                break
        self.resend()
        self.tick(7200)
        assert not self._waiting(), "grades are still on their way"
        for (sub, node), made in self.wishes.items():
            self._compare(sub, node, *made[-1])

    def figures(self) -> dict[str, int]:
        """How much happened."""
        return {
            "schedules": 1,
            "grades": sum(map(len, self.wishes.values())),
            "faults": self.lms.faults.struck.total(),
            "kills": self.fate.kills,
            "calls": len(self.line.asked),
            "scores taken": len(self.lms.accepted),
        }

    def _waiting(self) -> int:
        with transaction(self.school.engine) as session:
            columns_to_make = session.query(LineItem).filter(LineItem.wish != "").count()
            return (
                columns_to_make
                + session.query(ScoreReport)
                .filter(ScoreReport.state.in_(("queued", "sending", "held")))
                .count()
            )

    def _compare(self, sub: str, node: str, percent: int, comment: str) -> None:
        row = self.school.report(self.people[sub], node)
        assert (row.percent, row.comment) == (percent, comment), "the ledger does not want the newest grade"
        if sub == STRANGER:
            assert row.state == "not_applicable", row.state
            return
        with transaction(self.school.engine) as session:
            column = session.get_one(LineItem, row.line_item_id)
        if not column.wanted:
            assert row.state in FINE or (row.state, row.reason) == ("not_applicable", "not-chosen")
            return
        assert row.state in FINE, f"{row.state} {row.reason}"
        with self.lms.state.read() as data:
            (there,) = [item for item in data.columns.values() if self.lms.lineitem_url(item) == column.url]
            grade = data.grade(there.id, sub)
        assert there.resource_id == node
        assert grade is not None, "the LMS has no grade"
        assert (grade.score, grade.comment) == (percent, comment), "the LMS has another grade"

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
                issuer=BASE,
                client_id=CLIENT,
                deployment_id=TYPE_ID,
                target_link_uri=claims[CLAIM + "target_link_uri"],
            )
            now = self.school.now + timedelta(seconds=self.lms.shift)
            launch = verify(id_token, login, known, keys, now, tool_origin="http://tool.test")
            place = arrivals.learn(
                session, self.school.course, self.school.platform_id, launch, self.school.now
            )
        self.school.context_id = place.context_id
        return Who(place.person_id, place.context_id, launch.role)


def _number(comment: str) -> int:
    return int(comment.removeprefix("#")) if comment.startswith("#") else 0


@lru_cache
def _public(pem: str) -> RSAPublicKey:
    """The public half of the LMS's key, made once."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key.public_key()
