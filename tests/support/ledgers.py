"""Ledgers full of grades, filled past the services: quickly, and in every state."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import event, insert

from lti_tool.storage.db import Engine, transaction
from lti_tool.storage.people import Context, Membership, Person
from lti_tool.storage.scores import LineItem, ScoreDelivery, ScoreReport

STATES = (
    *[("delivered", "")] * 15,
    ("queued", ""),
    ("held", "column-locked"),
    ("held", "refused"),
    ("not_applicable", ""),
    ("sending", ""),
)
"""In turn; mostly all is well."""


def fill(engine: Engine, students: int, nodes: list[str], now: datetime) -> None:
    """A grade of every node for so many students of the only course, each with one try, over the last five weeks."""
    with transaction(engine) as session:
        context = session.query(Context).one()
        names = [f"学生 {students}-{number:05}" for number in range(students)]
        about = {"deployment_id": context.deployment_id, "created_at": now, "email": "", "language": ""}
        rows = [{"sub": f"many-{name}", "name": name, **about} for name in names]
        people = session.scalars(
            insert(Person).returning(Person.id, sort_by_parameter_order=True), rows
        ).all()
        here = {"context_id": context.id, "role": "learner", "last_launch_at": now}
        session.execute(insert(Membership), [{"person_id": person, **here} for person in people])
        columns = [{"context_id": context.id, "node": node, "url": f"https://lms/{node}"} for node in nodes]
        items = session.scalars(
            insert(LineItem).returning(LineItem.id, sort_by_parameter_order=True), columns
        ).all()
        reports = [_report(place, *pair, now) for place, pair in enumerate(product(people, items))]
        found = session.scalars(insert(ScoreReport).returning(ScoreReport.id), reports).all()
        tried = {"at": now, "percent": 80, "timestamp": now, "outcome": "delivered", "status": 200}
        session.execute(insert(ScoreDelivery), [{"report_id": one, "answer": "", **tried} for one in found])


def _report(place: int, person: int, item: int, now: datetime) -> dict[str, object]:
    state, reason = STATES[place % len(STATES)]
    at = now - timedelta(hours=place % (35 * 24))
    return {
        "person_id": person,
        "line_item_id": item,
        "percent": place % 101,
        "comment": "よい。" * 30,
        "submitted_at": at,
        "timestamp": at,
        "state": state,
        "reason": reason,
        "next_try_at": at,
        "delivered_at": at if state == "delivered" else None,
    }


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
