"""One score on its way: token, column, the call itself, and what the LMS's answer means."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from lti_tool.domain import delivery as rules
from lti_tool.domain import drift
from lti_tool.domain.course import COURSE_NODE, Course
from lti_tool.domain.delivery import Verdict
from lti_tool.domain.drift import Shown
from lti_tool.errors import BadAnswer, ForbiddenAddress, OutboundError
from lti_tool.lti import ags, claims
from lti_tool.lti.ags import Score
from lti_tool.lti.http import Http
from lti_tool.lti.tokens import Token
from lti_tool.services import tokens
from lti_tool.services.column_maker import Maker, Place
from lti_tool.services.tokens import Purse
from lti_tool.storage.db import Engine

T = TypeVar("T")

SECOND = timedelta(seconds=1)
FAULT = "fault"
"""The reason of a verdict on a job that failed by a mistake of ours: it says nothing about the LMS."""
BUSY = frozenset({None, 408, 429, 502, 503, 504})
"""Statuses of an LMS that cannot tell what it shows at this moment; None: there was no answer."""


@dataclass(frozen=True)
class Job:
    """A report as claimed until `claim`: what is sent is what was wanted at that moment."""

    report_id: int
    claim: datetime
    platform_id: int
    line_item_id: int
    node: str
    url: str
    lineitems_url: str
    scopes: frozenset[str]
    sub: str
    percent: int
    comment: str
    submitted_at: datetime
    timestamp: datetime
    language: str
    """Of the column's name, should it have to be made."""
    origin: str = ""
    """The trace of the launch that the grade came from."""
    own: tuple[tuple[float, str], ...] = ()
    """(percent, comment) of all grades there that this may go over, this one included."""
    look_first: bool = False
    """The LMS had a grade of ours: whether a person has changed it there is read before another is sent."""


@dataclass(frozen=True)
class Result:
    """How a job ended. `url`: the column it was sent to, "" when it was not; `retry_after` in seconds; `shown`: the
    person's grade that is there instead, of `drifted`."""

    verdict: Verdict
    status: int | None = None
    answer: str = ""
    url: str = ""
    retry_after: float | None = None
    shown: Shown | None = None
    ahead: timedelta | None = None
    """By how much the LMS's clock was ahead of ours at most, if it told."""


@dataclass(frozen=True)
class Postman:
    """Carries single scores to the LMS. Writes nothing down but tokens and the addresses of columns."""

    engine: Engine
    http: Http
    course: Course
    clock: Callable[[], datetime]
    purse: Purse

    def deliver(self, job: Job) -> Result:
        """Find the column, send, and judge what came back."""
        if claims.SCOPE_SCORE not in job.scopes:
            return Result(Verdict("held", "no-scope" if job.scopes else "no-service"))
        if not job.url and job.node != COURSE_NODE and job.node not in self.course.nodes:
            return Result(Verdict("not_applicable", "no-node"))  # nothing left to name a column after
        url: str | None = job.url
        try:
            url = url or self._column(job)
            if url is None:
                return Result(Verdict("later"))
            if not url:
                return Result(Verdict("held", "no-column"))
            return self._send(job, url)
        except OutboundError as error:
            return _failed(error, url or "")

    def _send(self, job: Job, url: str) -> Result:
        result = self._met(job, url) or self._post(job, url)
        if result.verdict.outcome == "find_column":
            found = self._find(job)
            if not found or found == url:
                return _judged(result, Verdict("held", "column-gone"))
            if not self._keep(job, url, found):
                return Result(Verdict("later"))
            result = self._post(job, found)
        if result.verdict.outcome == "find_column":
            return _judged(result, Verdict("held", "column-gone"))
        if result.verdict.outcome == "new_token":
            return _judged(result, Verdict("held", "refused"))
        return self._after_conflict(job, result) if result.verdict.outcome == "restamp" else result

    def _met(self, job: Job, url: str) -> Result | None:
        """Why the score cannot be sent now: a person's grade is there, or the LMS is in no state to tell.

        One that never tells gets its scores all the same.
        """
        try:
            there = self._read(job, url) if job.look_first else drift.NOTHING
        except OutboundError as error:
            return _failed(error, url) if error.exchange.status in BUSY else None
        return Result(Verdict("drifted"), url=url, shown=there) if drift.foreign(there, job.own) else None

    def _after_conflict(self, job: Job, result: Result) -> Result:
        """The LMS has a score of the same or a later second: this one, another of ours, or a person's."""
        there = self._shown(job, result.url) if result.status == 409 else drift.NOTHING
        if drift.arrived(there, job.percent, job.comment):
            return _judged(result, Verdict("delivered"))
        if drift.foreign(there, job.own):
            return replace(result, verdict=Verdict("drifted"), shown=there)
        return result

    def _post(self, job: Job, url: str) -> Result:
        score = Score(
            user_id=job.sub,
            percent=job.percent,
            timestamp=job.timestamp,
            submitted_at=min(job.submitted_at, job.timestamp),
            comment=job.comment,
        )
        answer = self._ask(job, lambda token: ags.send_score(self.http, token, url, score))
        verdict = rules.judge(answer.status, answer.body[:10].decode("utf-8", "replace"))
        told = answer.told_at
        if told is not None and answer.status == 400 and job.timestamp > told + SECOND:
            verdict = Verdict("restamp")  # our clock is ahead of the LMS's, and it minds
        ahead = self._ahead(told)
        return Result(verdict, answer.status, answer.words, url, answer.retry_after, ahead=ahead)

    def _ahead(self, told: datetime | None) -> timedelta | None:
        """The header has whole seconds: the LMS's clock may have been anywhere in the one it names."""
        ahead = None if told is None else told + SECOND - self.clock()
        return None if ahead is None or abs(ahead) > rules.FARTHEST else ahead

    def _shown(self, job: Job, url: str) -> Shown:
        """What the LMS shows of this person; nothing when it does not tell."""
        try:
            return self._read(job, url)
        except OutboundError:
            return drift.NOTHING

    def _read(self, job: Job, url: str) -> Shown:
        if claims.SCOPE_RESULT not in job.scopes:
            return drift.NOTHING
        return drift.read(self._ask(job, lambda token: ags.read_result(self.http, token, url, job.sub)))

    def _ask(self, job: Job, call: Callable[[Token], T]) -> T:
        scopes = tokens.of_grades(job.scopes)
        return tokens.with_token(lambda refused: self.purse.get(job.platform_id, scopes, refused), call)

    def _find(self, job: Job) -> str:
        return self._maker().find(_place(job))

    def _column(self, job: Job) -> str | None:
        return self._maker().ensure(_place(job))

    def _maker(self) -> Maker:
        return Maker(self.engine, self.http, self.course, self.clock)

    def _keep(self, job: Job, known: str, url: str) -> bool:
        return self._maker().keep(job.line_item_id, known, url)


def _place(job: Job) -> Place:
    return Place(job.line_item_id, job.platform_id, job.node, job.lineitems_url, job.scopes, job.language)


def _judged(result: Result, verdict: Verdict) -> Result:
    return replace(result, verdict=verdict)


def _failed(error: OutboundError, url: str) -> Result:
    """No usable answer from a service on the way to the score: the same rules as for the score itself.

    Without a token nothing can be sent to the platform at all, and it may lie in the moment: an LMS refuses our
    signature when it could not read our keys. So that is tried again.
    """
    exchange, verdict = error.exchange, Verdict("retry")
    if isinstance(error, ForbiddenAddress):
        verdict = Verdict("held", "address")
    elif error.code == "scope":
        verdict = Verdict("held", "no-scope")
    elif isinstance(error, BadAnswer) and error.code != "no-token":
        status = exchange.status or 500
        verdict = Verdict("held", "refused") if 400 <= status < 500 and status not in {408, 429} else verdict
    return Result(verdict, exchange.status, str(error), url, exchange.retry_after)
