"""The one client for every call to an LMS: guarded addresses, limits on time and size, no secrets in errors.

The guard works where the socket is opened: a name is resolved once, every address is judged, and the
connection goes to one of those very addresses, so a name that changes between check and use gains nothing.
TLS verifies the host name as usual. Proxies, cookies and retries are not used: passback decides on retries.
"""

import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urljoin

import urllib3
from urllib3.exceptions import NameResolutionError, NewConnectionError

from lti_tool.errors import BadAnswer, Exchange, ForbiddenAddress, Unreachable
from lti_tool.lti.addresses import Guard, RefusedError, Resolver
from lti_tool.lti.connections import begin_call, pools
from lti_tool.lti.urls import origin
from lti_tool.metrics import OUTBOUND_SECONDS

TOTAL_SECONDS = 20.0
BODY_LIMIT = 1024 * 1024
REDIRECT_LIMIT = 3
EXCERPT = 500
RETRY_AFTER_LIMIT = 86400.0

_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){1,2}")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Answer:
    """What came back. Nothing is raised for a status; `url` is the last one after redirects."""

    method: str
    url: str
    status: int
    reason: str
    headers: Mapping[str, str] = field(repr=False)
    """Names are case-insensitive."""
    body: bytes = field(repr=False)
    retry_after: float | None = None
    """Seconds to wait, from Retry-After (RFC 9110 §10.2.3), at most a day."""
    bearer: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def told_at(self) -> datetime | None:
        """What the LMS's clock said when it answered, in whole seconds (RFC 9110 §6.6.1)."""
        return _moment(self.headers.get("Date") or "")

    @property
    def words(self) -> str:
        """What the LMS says, as plain text of at most 500 characters: Moodle puts it into the status line."""
        text = self.body[: 4 * EXCERPT].decode("utf-8", "replace").strip()
        if text.lower().startswith(("<!doctype", "<html")) or text == "[]":
            text = ""
        standard = http.client.responses.get(self.status, "")
        reason = "" if self.reason == standard else self.reason
        text = " ".join(f"{reason} {text}".split())
        if self.bearer:
            text = text.replace(self.bearer, "[token]")
        return _JWT.sub("[token]", text)[:EXCERPT]

    @property
    def exchange(self) -> Exchange:
        """This exchange for errors and logs, without secrets."""
        return Exchange(self.method, shown(self.url), self.status, self.words, self.retry_after)

    def json(self) -> Any:
        """The body as JSON, whatever its Content-Type says (Moodle sends text/html). Raises BadAnswer."""
        try:
            return json.loads(self.body, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise BadAnswer("the answer is not JSON", self.exchange) from None


@dataclass(frozen=True)
class _Call:
    """One request, redirects apart."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None
    bearer: str = ""
    body_limit: int = BODY_LIMIT


class Http:
    """The guarded client. Thread-safe; connections are kept and shared.

    `allow` lists hosts, `host:port` and CIDR networks that may be called although private, or by plain http.
    Every call raises ForbiddenAddress (before a socket opens), Unreachable, or BadAnswer (too large, too many
    redirects); any status is an answer.
    """

    def __init__(self, allow: tuple[str, ...] = (), resolver: Resolver = socket.getaddrinfo) -> None:
        self._guard = Guard(allow, resolver)
        self._pools = pools(self._guard)

    def check(self, url: str) -> None:
        """Raise ForbiddenAddress for what is wrong with `url` itself; its host is not resolved."""
        try:
            self._guard.check(url)
        except RefusedError as refused:
            raise ForbiddenAddress(str(refused), Exchange("", shown(url))) from None

    def get(
        self,
        url: str,
        *,
        accept: str = "application/json",
        bearer: str = "",
        body_limit: int = BODY_LIMIT,
    ) -> Answer:
        """GET, following at most three redirects; `bearer` goes only to the origin of `url` (OAU-12)."""
        deadline = time.monotonic() + TOTAL_SECONDS
        call = _Call("GET", url, {"Accept": accept}, bearer=bearer, body_limit=body_limit)
        for _ in range(REDIRECT_LIMIT + 1):
            answer = self._send(call, deadline)
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            call = _redirected(call, location)
        raise BadAnswer("redirected too often", answer.exchange)

    def post(
        self,
        url: str,
        *,
        data: Mapping[str, str] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        bearer: str = "",
    ) -> Answer:
        """POST `data` as a form, else `json`; `headers` may name the media types. Follows no redirect."""
        if data is not None:
            body, media = urlencode(data).encode(), "application/x-www-form-urlencoded"
        else:
            body, media = _dumps(json), "application/json"
        sent = {"Accept": "application/json", "Content-Type": media, **(headers or {})}
        return self._send(_Call("POST", url, sent, body, bearer), time.monotonic() + TOTAL_SECONDS)

    def put(self, url: str, *, json: object, media: str, bearer: str) -> Answer:
        """PUT `json` as `media`. Follows no redirect."""
        headers = {"Accept": media, "Content-Type": media}
        return self._send(_Call("PUT", url, headers, _dumps(json), bearer), time.monotonic() + TOTAL_SECONDS)

    def delete(self, url: str, *, bearer: str) -> Answer:
        """DELETE. Follows no redirect."""
        return self._send(
            _Call("DELETE", url, {"Accept": "*/*"}, bearer=bearer), time.monotonic() + TOTAL_SECONDS
        )

    def _send(self, call: _Call, deadline: float) -> Answer:
        began, outcome = time.perf_counter(), "unreachable"
        try:
            answer = self._answer(call, deadline)
            outcome = f"{answer.status // 100}xx"
            return answer
        except ForbiddenAddress:
            outcome = "refused"
            raise
        finally:
            OUTBOUND_SECONDS.labels(outcome).observe(time.perf_counter() - began)

    def _answer(self, call: _Call, deadline: float) -> Answer:
        asked = Exchange(call.method, shown(call.url))
        headers = {**call.headers, "User-Agent": "lti-tool"}
        if call.bearer:
            if not _TOKEN.fullmatch(call.bearer):
                raise BadAnswer("the LMS gave a token that no header can carry", asked)
            headers["Authorization"] = f"Bearer {call.bearer}"
        begin_call(deadline)
        try:
            self._guard.check(call.url)
            response = self._pools.urlopen(
                call.method,
                call.url,
                body=call.body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
            )
            body = _read(response, asked, call.body_limit)
        except RefusedError as refused:
            raise ForbiddenAddress(str(refused), asked) from None
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            raise Unreachable(_cause(error), asked) from error
        return Answer(
            call.method,
            call.url,
            response.status,
            response.reason or "",
            response.headers,
            body,
            retry_after(
                response.headers.get("Retry-After", ""),
                _moment(response.headers.get("Date", "")) or datetime.now(UTC),
            ),
            call.bearer,
        )


def shown(url: str) -> str:
    """`url` for errors and logs: queries may hold secrets."""
    address, query, _ = url.partition("#")[0].partition("?")
    return re.sub(r"//[^/]*@", "//", address) + ("?..." if query else "")


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait, from a Retry-After header in seconds or as a date; None when absent or unreadable."""
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(float(value), RETRY_AFTER_LIMIT)
    at = _moment(value)
    return None if at is None else min(max((at - now).total_seconds(), 0.0), RETRY_AFTER_LIMIT)


@lru_cache(64)
def _moment(value: str) -> datetime | None:
    """A date as HTTP writes it; None for anything else. Within a second every answer has the same."""
    try:
        at = parsedate_to_datetime(value)
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _redirected(call: _Call, location: str) -> _Call:
    """The call at its new place; a token that does not go along is not taken up again."""
    try:
        url = urljoin(call.url, location)
    except ValueError:
        url = location
    same = origin(url) is not None and origin(url) == origin(call.url)
    return replace(call, url=url, bearer=call.bearer if same else "")


def _read(response: urllib3.BaseHTTPResponse, asked: Exchange, limit: int) -> bytes:
    """The body, undecoded: no Accept-Encoding is sent, so nothing can unpack to more than the cap."""
    parts: list[bytes] = []
    size = 0
    try:
        while part := response.read(65536, decode_content=False):
            size += len(part)
            if size > limit:
                too_large = f"the answer is larger than {limit // 1024 // 1024} MiB"
                raise BadAnswer(too_large, replace(asked, status=response.status))
            parts.append(part)
    except BaseException:
        response.close()
        raise
    finally:
        response.release_conn()
    return b"".join(parts)


def _cause(error: Exception) -> str:
    """A short reason that holds no address and no secret."""
    if isinstance(error, NameResolutionError):
        return "the host name is not known"
    if isinstance(error, urllib3.exceptions.SSLError | ssl.SSLError):
        return "no trusted https connection: check the certificate of the LMS"
    if isinstance(error, NewConnectionError):
        return "no connection"
    if isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError):
        return "no answer in time"
    return "the connection broke off"


def _dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
