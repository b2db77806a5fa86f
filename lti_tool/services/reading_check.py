"""Having it read now what LMSs show of our grades, for whoever runs the tool; and what came of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain import ledger as rules
from lti_tool.domain.course import Course
from lti_tool.domain.ledger import Group
from lti_tool.errors import NotFound
from lti_tool.lti.http import Http
from lti_tool.services import readings
from lti_tool.services.ledger import by_group
from lti_tool.storage import drift_queries, ledger_queries, passback_queries
from lti_tool.storage.db import Engine, open_session, transaction


@dataclass(frozen=True)
class Checked:
    """One course. `read` columns were; `unread`: why others could not be, by node. `groups`: where its grades are."""

    context_id: int
    platform_id: int
    read: int
    unread: Mapping[str, str]
    groups: Mapping[Group, int]

    @property
    def fine(self) -> bool:
        """Every column could be read, and no grade needs a person."""
        return not self.unread and not any(self.groups[group] for group in rules.NEEDING)


def check(
    engine: Engine,
    http: Http,
    course: Course,
    clock: Callable[[], datetime],
    platform_id: int | None = None,
    context_id: int | None = None,
) -> Iterator[Checked]:
    """Read all columns now - of one platform, of one course, or of all - and tell of course after course.

    A column that was read within the last minute is not read once more. Raises NotFound (no such course with columns).
    """
    began = clock()
    with transaction(engine) as session:
        places = passback_queries.places(session, platform_id, context_id)
        for place in places:
            drift_queries.wish(session, place.context_id, began)
    if not places and (platform_id, context_id) != (None, None):
        raise NotFound("no such course with grade columns")
    while readings.sweep(engine, http, course, clock):
        pass
    with open_session(engine, writes=False) as session:
        for place in places:
            found = passback_queries.readings(session, place.context_id)
            fresh = began - readings.GAP
            done = [each for each in found if each.read_at and each.read_at >= fresh and not each.reason]
            unread = {each.node: each.reason or "busy" for each in found if each not in done}
            groups = by_group(ledger_queries.counts(session, place.context_id, 0))
            yield Checked(place.context_id, place.platform_id, len(done), unread, groups)
