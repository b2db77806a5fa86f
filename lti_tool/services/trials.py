"""A test score: into a column made for it, for whoever asks, and away again. No student's grade is touched."""

from datetime import datetime

from lti_tool.domain import delivery, drift
from lti_tool.domain.diagnosis import Trial
from lti_tool.errors import AccessDenied, OutboundError
from lti_tool.lti import ags, claims
from lti_tool.lti.ags import Score
from lti_tool.lti.http import Http
from lti_tool.lti.tokens import Token
from lti_tool.services import tokens
from lti_tool.services.doctor import Case
from lti_tool.services.who import Who
from lti_tool.storage.db import Engine

RESOURCE, TAG = "connection-test", "test"
"""The column is known by these: one that was left behind is found and removed by the next test."""
LABEL = "接続テスト / Connection test"
PERCENT = 100
NEEDED = frozenset({claims.SCOPE_SCORE, claims.SCOPE_LINEITEM})


def try_score(engine: Engine, http: Http, who: Who, case: Case, now: datetime) -> Trial:
    """Make a column, send a score to it, read it, remove it. Raises AccessDenied (only teachers and administrators)."""
    if who.role not in {"instructor", "admin"}:
        raise AccessDenied("only teachers send a test score", code="role")
    if not case.offered >= NEEDED or not case.lineitems_url:
        return Trial("scope", removed=True)
    try:
        token = tokens.get(engine, http, case.platform_id, _wanted(case), now, renew=True)
    except OutboundError as error:
        return Trial("token", removed=True, status=error.exchange.status)
    if not token.scopes >= NEEDED:
        return Trial("scope", removed=True)
    try:
        column = _column(http, token, case.lineitems_url)
    except OutboundError as error:
        return Trial("create", removed=True, status=error.exchange.status)
    trial = Trial("score", removed=False)
    try:
        trial = _sent(http, token, column, case.sub, now)
    finally:
        removed = _removed(http, token, column)
    return Trial(trial.step, removed, trial.status)


def _wanted(case: Case) -> frozenset[str]:
    return NEEDED | (case.offered & {claims.SCOPE_RESULT})


def _column(http: Http, token: Token, lineitems_url: str) -> str:
    known = ags.find_lineitem(http, token, lineitems_url, RESOURCE, TAG)
    return (known or ags.create_lineitem(http, token, lineitems_url, LABEL, RESOURCE, TAG)).url


def _sent(http: Http, token: Token, column: str, sub: str, now: datetime) -> Trial:
    score = Score(user_id=sub, percent=PERCENT, timestamp=now, submitted_at=now)
    try:
        answer = ags.send_score(http, token, column, score)
        verdict = delivery.judge(answer.status, answer.body[:10].decode("utf-8", "replace"))
        if verdict.outcome == "not_applicable":
            return Trial("refused", removed=False, status=answer.status)
        if verdict.outcome not in {"delivered", "restamp"}:
            return Trial("score", removed=False, status=answer.status)
        if claims.SCOPE_RESULT not in token.scopes:
            return Trial("done", removed=False, status=answer.status)
        shown = ags.read_result(http, token, column, sub)
    except OutboundError as error:
        return Trial("score", removed=False, status=error.exchange.status)
    there = drift.same(drift.read(shown), PERCENT, "")
    return Trial("done" if there else "read", removed=False, status=answer.status)


def _removed(http: Http, token: Token, column: str) -> bool:
    try:
        return ags.delete_lineitem(http, token, column)
    except OutboundError:
        return False
