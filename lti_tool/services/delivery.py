"""Sending the scores that are due: claim rows, ask the LMS with no transaction open, record what it said."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lti_tool.domain import delivery as rules
from lti_tool.domain.course import Course
from lti_tool.domain.delivery import Verdict
from lti_tool.errors import BadAnswer, ForbiddenAddress, OutboundError
from lti_tool.lti import ags, claims
from lti_tool.lti.ags import Score
from lti_tool.lti.http import Answer, Http
from lti_tool.lti.tokens import Token
from lti_tool.services import tokens
from lti_tool.services.placing import title_of
from lti_tool.storage import score_queries
from lti_tool.storage.db import Engine, Session, open_session, transaction
from lti_tool.storage.scores import LineItem, ScoreDelivery, ScoreReport

BATCH = 50
CLAIM = timedelta(minutes=2)
"""Longer than any one exchange may take; after it another worker takes over."""
MOST_RESTAMPS = 6
"""An LMS that still calls a score late after these has a clock or a value of its own: a person must look."""


@dataclass(frozen=True)
class Job:
    """A report as claimed: what is sent is what was wanted at that moment."""

    report_id: int
    platform_id: int
    context_id: int
    node: str
    url: str
    lineitems_url: str
    scopes: frozenset[str]
    sub: str
    percent: int
    comment: str
    submitted_at: datetime
    timestamp: datetime
    tries: int


@dataclass
class Result:
    """How a job ended. `url` is the column it was sent to, `retry_after` in seconds."""

    verdict: Verdict
    status: int | None = None
    answer: str = ""
    url: str = ""
    retry_after: float | None = None


@dataclass
class Courier:
    """Sends what is due. Platforms that did not answer are left alone for the rest of a round."""

    engine: Engine
    http: Http
    course: Course
    silent: set[int] = field(default_factory=set)

    def send_due(self, now: datetime) -> int:
        """One round; returns how many reports were handled."""
        self.silent.clear()
        with transaction(self.engine) as session:
            ids = score_queries.claim_due(session, now, now + CLAIM, BATCH)
        for report_id in ids:
            self._handle(report_id, now)
        return len(ids)

    def _handle(self, report_id: int, now: datetime) -> None:
        job = self._job(report_id)
        if job is None:
            return
        if job.platform_id in self.silent:
            result = Result(Verdict("retry"), answer="not tried: no answer to the score before")
        else:
            result = self._deliver(job, now)
        with transaction(self.engine) as session:
            _record(session, job, result, now)

    def _job(self, report_id: int) -> Job | None:
        with open_session(self.engine, writes=False) as session:
            row = score_queries.report_to_send(session, report_id)
            if row is None:
                return None
            context = row.line_item.context
            return Job(
                report_id=row.id,
                platform_id=context.deployment.platform_id,
                context_id=context.id,
                node=row.line_item.node,
                url=row.line_item.url,
                lineitems_url=context.lineitems_url,
                scopes=frozenset(context.scopes),
                sub=row.person.sub,
                percent=row.percent,
                comment=row.comment,
                submitted_at=row.submitted_at,
                timestamp=row.timestamp,
                tries=row.tries,
            )

    def _deliver(self, job: Job, now: datetime) -> Result:
        """Everything between the claim and the record: find the column, send, and read what came back."""
        try:
            if claims.SCOPE_SCORE not in job.scopes:
                return Result(Verdict("held", "no-scope" if job.scopes else "no-service"))
            url = job.url or self._column(job, now)
            if not url:
                return Result(Verdict("held", "no-column"))
            return self._send(job, url, now)
        except ForbiddenAddress as error:
            return Result(Verdict("held", "address"), answer=str(error))
        except OutboundError as error:
            self.silent.add(job.platform_id)
            return _failed(error)

    def _send(self, job: Job, url: str, now: datetime) -> Result:
        token = self._token(job, now)
        result = self._post(job, token, url)
        if result.verdict.outcome == "new_token":
            result = self._post(job, self._token(job, now, renew=True), url)
        if result.verdict.outcome == "find_column":
            result = self._elsewhere(job, url, result, now)
        if result.verdict.outcome == "restamp" and self._arrived(job, token, url):
            result.verdict = Verdict("delivered")
        if result.verdict.outcome == "new_token":
            result.verdict = Verdict("held", "refused")
        if result.verdict.outcome == "retry":
            self.silent.add(job.platform_id)
        return result

    def _post(self, job: Job, token: Token, url: str) -> Result:
        score = Score(
            user_id=job.sub,
            percent=job.percent,
            timestamp=job.timestamp,
            submitted_at=job.submitted_at,
            comment=job.comment,
        )
        answer = ags.send_score(self.http, token, url, score)
        return _read(answer, url)

    def _elsewhere(self, job: Job, url: str, result: Result, now: datetime) -> Result:
        """The column is gone: use another of the same resourceId, never make one in its place unasked."""
        found = self._column(job, now, make=False)
        if found and found != url:
            return self._post(job, self._token(job, now), found)
        result.verdict = Verdict("held", "column-gone")
        return result

    def _arrived(self, job: Job, token: Token, url: str) -> bool:
        """Whether the LMS shows this score already: an earlier try came through, its answer was lost."""
        try:
            shown = ags.read_result(self.http, token, url, job.sub)
        except OutboundError:
            return False
        if not shown or shown.get("resultScore") is None:
            return False
        maximum = float(shown.get("resultMaximum") or 1)
        return round(float(shown["resultScore"]) * 100 / maximum) == job.percent

    def _token(self, job: Job, now: datetime, *, renew: bool = False) -> Token:
        return tokens.get(self.engine, self.http, job.platform_id, _scopes(job), now, renew=renew)

    def _column(self, job: Job, now: datetime, *, make: bool = True) -> str:
        """Find the node's column by resourceId, or make one where the LMS lets us; "" when it cannot be."""
        readable = {claims.SCOPE_LINEITEM, claims.SCOPE_LINEITEM_READONLY} & job.scopes
        if not job.lineitems_url or not readable:
            return ""
        token = self._token(job, now)
        found = ags.find_lineitem(self.http, token, job.lineitems_url, job.node)
        if found is None and make and claims.SCOPE_LINEITEM in job.scopes:
            label = title_of(self.course, job.node, "ja")
            found = ags.create_lineitem(self.http, token, job.lineitems_url, label, job.node, "grade")
        return found.url if found else ""


def _scopes(job: Job) -> frozenset[str]:
    """The scopes we use of those the LMS offers."""
    used = {claims.SCOPE_SCORE, claims.SCOPE_RESULT, claims.SCOPE_LINEITEM, claims.SCOPE_LINEITEM_READONLY}
    if claims.SCOPE_LINEITEM in job.scopes:
        used.discard(claims.SCOPE_LINEITEM_READONLY)
    return frozenset(used & job.scopes)


def _read(answer: Answer, url: str) -> Result:
    body = answer.body[:10].decode("utf-8", "replace")
    return Result(rules.judge(answer.status, body), answer.status, answer.words, url, answer.retry_after)


def _failed(error: OutboundError) -> Result:
    """No usable answer from a service on the way to the score: the same rules as for the score itself."""
    exchange = error.exchange
    verdict = Verdict("retry")
    if isinstance(error, BadAnswer) and exchange.status is not None and 400 <= exchange.status < 500:
        verdict = Verdict("retry") if exchange.status == 429 else Verdict("held", "refused")
    return Result(verdict, exchange.status, str(error)[:500], retry_after=exchange.retry_after)


def _record(session: Session, job: Job, result: Result, now: datetime) -> None:
    """Write the outcome - of what was sent, which a newer wish may have overtaken meanwhile."""
    row = score_queries.locked_report(session, job.report_id)
    if row is None:
        return
    outcome = result.verdict.outcome
    session.add(
        ScoreDelivery(
            report_id=row.id,
            at=now,
            percent=job.percent,
            timestamp=job.timestamp,
            outcome="retry" if outcome == "restamp" else outcome,
            status=result.status,
            answer=result.answer,
        )
    )
    if result.url:
        _remember(session, row, result.url)
    row.claimed_until = None
    if row.timestamp != job.timestamp:
        return  # a newer grade waits in the same row and is queued already
    _settle(row, result, now)


def _settle(row: ScoreReport, result: Result, now: datetime) -> None:
    outcome = result.verdict.outcome
    row.reason = result.verdict.reason
    row.tries += 1
    if outcome == "restamp" and row.tries >= MOST_RESTAMPS:
        row.state, row.reason = "held", "conflict"
    elif outcome in {"restamp", "retry"}:
        if outcome == "restamp":
            row.timestamp = max(now.replace(microsecond=0), row.timestamp + timedelta(seconds=1))
        pause = rules.wait(row.tries - 1, result.retry_after, random.random())  # noqa: S311 - spreads load only
        row.state, row.next_try_at = "queued", now + timedelta(seconds=pause)
    else:
        row.state = outcome
        row.delivered_at = now if outcome == "delivered" else row.delivered_at


def _remember(session: Session, row: ScoreReport, url: str) -> None:
    """Keep the address of a column we found or made."""
    column = session.get_one(LineItem, row.line_item_id)
    if column.url != url:
        column.url, column.from_launch = url, False
