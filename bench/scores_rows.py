"""A database with scores that wait to be sent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from lti_tool.lti.claims import SCOPE_RESULT, SCOPE_SCORE
from lti_tool.services import keys
from lti_tool.storage import schema
from lti_tool.storage.db import Engine, Session, connect, transaction
from lti_tool.storage.people import Context, Person
from lti_tool.storage.platforms import Deployment, Platform
from lti_tool.storage.scores import LineItem, ScoreReport

COURSES, COLUMNS = 5, 20
PERCENT = 80


def prepare(folder: Path, lms: str, platforms: int, scores: int) -> tuple[Engine, str]:
    """`scores` that are due at each of some platforms at `lms`, in five courses of twenty columns each."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "scores.sqlite3"
    for path in folder.glob("scores.sqlite3*"):
        path.unlink()
    address = f"sqlite:///{file}"
    engine = connect(address)
    schema.upgrade(engine)
    now = datetime.now(UTC) - timedelta(minutes=1)
    with transaction(engine) as session:
        keys.ensure(session, now)
        for number in range(platforms):
            _platform(session, f"{lms}/p{number}", scores, now)
    return engine, address


def _platform(session: Session, base: str, scores: int, now: datetime) -> None:
    platform = Platform(
        issuer=base,
        client_id="bench",
        auth_url=f"{base}/auth",
        token_url=f"{base}/token",
        jwks_url=f"{base}/keys",
        created_at=now,
    )
    deployment = Deployment(platform=platform, deployment_id="1", created_at=now, approved_at=now)
    session.add(deployment)
    session.flush()
    people = scores // COURSES // COLUMNS
    for course in range(COURSES):
        context = Context(
            deployment=deployment,
            context_id=str(course),
            scopes=[SCOPE_SCORE, SCOPE_RESULT],
            lineitems_url=f"{base}/{course}",
            created_at=now,
        )
        names = [f"{course}-{number}" for number in range(people)]
        persons = [Person(deployment_id=deployment.id, sub=name, name=name, created_at=now) for name in names]
        columns = [
            LineItem(context=context, node=f"n{node}", url=f"{base}/{course}/{node}")
            for node in range(COLUMNS)
        ]
        session.add_all([context, *persons, *columns])
        session.flush()
        values = {"percent": PERCENT, "submitted_at": now, "timestamp": now, "next_try_at": now}
        values |= {"state": "queued", "comment": "", "tries": 0}
        rows = [
            {"line_item_id": column.id, "person_id": person.id, **values}
            for column in columns
            for person in persons
        ]
        session.bulk_insert_mappings(ScoreReport.__mapper__, rows)
