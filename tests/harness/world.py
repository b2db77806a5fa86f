"""A course between the tool and the demo LMS in one process: what workers do, and what must hold at every moment."""

from datetime import UTC, datetime
from typing import Any

from harness.line import Fate, Line
from harness.promises import keeps, shows, waiting
from harness.room import GRADED, PLACED, STAFF, Room
from support.delivering import School

from lti_tool import worker
from lti_tool.storage.db import transaction
from lti_tool.storage.scores import LineItem, ScoreReport

ROUNDS = 40


class World(Room):
    """A room whose workers can die, and be met by others."""

    def __init__(self, school: School, line: Line, fate: Fate) -> None:
        self.line, self.fate = line, fate
        school.now = datetime(2026, 11, 24, 5, 3, tzinfo=UTC)
        super().__init__(school)

    def choose(self, wanted: tuple[str, ...], drop: bool) -> None:
        """As anywhere. What is wanted again may be sent at once; what is given up, no more from the next tick on."""
        super().choose(wanted, drop)
        self.line.unwanted &= self._unwanted()

    def distrust(self, calls: int) -> None:
        """The LMS's certificate is not to be trusted for a while."""
        self.line.distrusted = calls

    def tick(self, gap: int, kill_at: int | None = None, between: tuple[Any, ...] | None = None) -> None:
        """Time goes by; a worker does what is due and may die at it. In the middle of its first call something else
        may happen: another worker comes, or somebody does something."""
        self.school.forward(seconds=gap)
        self.line.unwanted = self._unwanted()
        if between is not None:
            name, *arguments = between
            self.line.between = lambda: getattr(self, name)(*arguments)
        with self.fate.working(kill_at):
            self.work()
        self.line.between = None
        self.check()

    def overtake(self, percent: int) -> None:
        """Newer grades come for just those whose grades are being sent."""
        with transaction(self.school.engine) as session:
            rows = session.query(ScoreReport).filter_by(state="sending").all()
            sent = {(row.person.sub, row.line_item.node) for row in rows}
        for sub, node in sorted(sent):
            if node in GRADED:
                self.wish(sub, node, percent)

    def _unwanted(self) -> set[str]:
        """Addresses of columns that are to get no grades from now on."""
        with transaction(self.school.engine) as session:
            columns = session.query(LineItem).filter(LineItem.url != "", LineItem.wanted.is_(False))
            return {column.url for column in columns}

    def work(self) -> None:
        """What a worker does when it is woken."""
        school = self.school
        works = worker.Works(school.engine, self.line, school.course, lambda: school.now)  # type: ignore[arg-type]
        worker.tick(works, lambda: False)
        worker.read_results(works, lambda: False)

    def check(self) -> None:
        """At every moment: nothing older follows what was taken, nobody is graded who cannot be, no column twice."""
        assert not self.line.doubled, "a column was made although there was one"
        assert not self.line.graded & set(STAFF), "a score was sent for staff"
        assert not self.line.intruded, "a score was sent to a column that is not wanted"
        keeps(self)

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
            if not waiting(self):
                break
        self.resend()
        self.tick(7200)
        shows(self)

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
