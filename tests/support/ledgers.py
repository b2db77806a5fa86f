"""Ledgers full of grades, filled past the services: by the database itself, in every state."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import case, event, func, insert, literal, select, true

from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.people import Context, Person
from lti_tool.storage.scores import LineItem, ScoreDelivery, ScoreReport

STATES = {0: "held", 1: "queued", 2: "not_applicable", 3: "sending", 4: "drifted"}
"""Of every twenty grades; the others are delivered."""
DAYS = 35


def fill(engine: Engine, students: int, nodes: list[str], now: datetime) -> None:
    """A grade of every node for so many students of the only course, each with one try, over five weeks."""
    with transaction(engine) as session:
        context = session.query(Context).one()
        about = {"deployment_id": context.deployment_id, "created_at": now, "email": "", "language": ""}
        names = [f"学生 {students}-{number:05}" for number in range(students)]
        session.execute(insert(Person), [{"sub": name, "name": name, **about} for name in names])
        columns = [{"context_id": context.id, "node": node, "url": f"https://lms/{node}"} for node in nodes]
        session.execute(insert(LineItem), columns)
        # Of the database's own numbers only the distance from the first says the same in every run.
        people = select(func.min(Person.id)).where(Person.sub.in_(names)).scalar_subquery()
        columns_from = select(func.min(LineItem.id)).where(LineItem.node.in_(nodes)).scalar_subquery()
        turn = 17 + (Person.id - people) * 7 + (LineItem.id - columns_from) * 3
        at = case(*((turn % DAYS == day, now - timedelta(days=day)) for day in range(1, DAYS)), else_=now)
        values = {
            "person_id": Person.id,
            "line_item_id": LineItem.id,
            "percent": turn % 101,
            "comment": literal("よい。" * 30),
            "submitted_at": at,
            "timestamp": at,
            "next_try_at": at,
            "state": case(
                *((turn % 20 == place, state) for place, state in STATES.items()), else_="delivered"
            ),
            "reason": case((turn % 40 == 0, "refused"), (turn % 20 == 0, "column-locked"), else_=""),
        }
        pairs = select(*values.values()).join(LineItem, true()).where(Person.sub.in_(names))
        pairs = pairs.where(LineItem.node.in_(nodes))
        session.execute(insert(ScoreReport).from_select(list(values), pairs))
        tried = {"report_id": ScoreReport.id, "at": ScoreReport.timestamp, "percent": ScoreReport.percent}
        tried |= {"timestamp": ScoreReport.timestamp, "outcome": literal("retry"), "status": literal(503)}
        session.execute(insert(ScoreDelivery).from_select(list(tried), select(*tried.values())))


@contextmanager
def queries(engine: Engine) -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(*about: object) -> None:
        sent.append(str(about[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
