"""Lists that an LMS hands out in pages, followed by `rel=next` (AGS 2.0 §3.2.4, NRPS 2.0 §2.4)."""

import time
from collections.abc import Iterator
from urllib.parse import quote

from lti_tool.errors import BadAnswer, Exchange, Unreachable
from lti_tool.lti.http import BODY_LIMIT, Answer, Http, shown
from lti_tool.lti.links import next_link
from lti_tool.lti.urls import origin

PAGE_LIMIT = 50
LONGEST = 120.0
"""Seconds that all pages of one list may take together."""


def pages(
    http: Http,
    url: str,
    accept: str,
    bearer: str,
    *,
    whole: bool = False,
    limit: int = PAGE_LIMIT,
    seconds: float = LONGEST,
    body_limit: int = BODY_LIMIT,
) -> Iterator[Answer]:
    """The answers page by page, whatever their status, on the origin of `url` only (OAU-12).

    Addresses of pages are opaque and stay as they are. One that was read before ends the list, unless the `whole`
    list is wanted. Raises BadAnswer (another host, more than `limit` pages, a page twice of a `whole` list),
    Unreachable (`seconds` are over), and what `Http.get` raises.
    """
    first, seen, end = origin(url), set[str](), time.monotonic() + seconds
    following: str | None = url
    while following and (whole or following not in seen):
        asked = Exchange("GET", shown(following))
        if following in seen:
            raise BadAnswer("the pages of the list go in a circle", asked)
        if origin(following) != first:
            raise BadAnswer("the next page is on another host", asked)
        if len(seen) == limit:
            raise BadAnswer(f"more than {limit} pages", asked)
        if time.monotonic() >= end:
            raise Unreachable("the list takes too long", asked)
        seen.add(following)
        answer = http.get(following, accept=accept, bearer=bearer, body_limit=body_limit)
        yield answer
        following = next_link(answer.headers.get("Link", ""), following)


def with_query(url: str, **parameters: str) -> str:
    """`url` with parameters added; what it has is kept byte for byte."""
    address, mark, query = url.partition("#")[0].partition("?")
    added = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"{address}?{query}&{added}" if mark and query else f"{address}?{added}"
