"""The guarded client: what it sends, what it makes of answers, and where it follows them."""

from datetime import UTC, datetime

import pytest
from support.stub import Stub, serving

from lti_tool.errors import BadAnswer, ForbiddenAddress
from lti_tool.lti.http import Answer, Http, retry_after, shown

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI1In0.c2lnbmF0dXJl"


def test_get_sends_one_media_type_and_the_bearer_token(lms: Stub, http: Http) -> None:
    lms.tell("/results?user_id=5", [{"userId": "5"}])
    answer = http.get(f"{lms.url}/results?user_id=5", accept="application/x+json", bearer="secret")
    assert answer.ok
    assert answer.json() == [{"userId": "5"}]
    (asked,) = lms.asked
    assert asked.headers["accept"] == "application/x+json"
    assert asked.headers["authorization"] == "Bearer secret"
    assert asked.headers["user-agent"] == "lti-tool"


def test_post_sends_a_form_or_json(lms: Stub, http: Http) -> None:
    lms.tell("/token", {})
    http.post(f"{lms.url}/token", data={"scope": "a b", "x": "&="})
    http.post(f"{lms.url}/token", json={"name": "迷い"}, headers={"Content-Type": "application/vnd.x+json"})
    form, document = lms.asked
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form.form == {"scope": ["a b"], "x": ["&="]}
    assert "authorization" not in form.headers
    assert document.headers["content-type"] == "application/vnd.x+json"
    assert document.json == {"name": "迷い"}


def test_json_is_read_whatever_type_is_stated(lms: Stub, http: Http) -> None:
    """Moodle answers its JSON as text/html."""
    lms.tell("/", {"a": 1}, headers={"Content-Type": "text/html"})
    assert http.get(f"{lms.url}/").json() == {"a": 1}


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"NaN", b"\xff\xfe\xff", b"[" * 200_000, b"1" * 5000, b"{}x"]
)
def test_what_is_no_json_is_a_bad_answer(lms: Stub, http: Http, body: bytes) -> None:
    """ATK-26."""
    lms.tell("/", body)
    answer = http.get(f"{lms.url}/")
    with pytest.raises(BadAnswer) as failure:
        answer.json()
    assert failure.value.exchange.status == 200


def test_a_status_is_an_answer_not_an_error(lms: Stub, http: Http) -> None:
    lms.tell("/scores", b"[]", 400, reason="Incorrect score received{}")
    answer = http.post(f"{lms.url}/scores", json={})
    assert (answer.status, answer.ok) == (400, False)
    assert answer.words == "Incorrect score received{}"


def test_the_exchange_holds_no_secret(lms: Stub, http: Http) -> None:
    """OAU-11, ATK-22: neither the query, nor the bearer token, nor any JWT."""
    lms.tell("/p", f"no: opaque-token and {JWT}\n  and more".encode(), 403, headers={"Retry-After": "7"})
    exchange = http.get(f"{lms.url}/p?sesskey=abc", bearer="opaque-token").exchange
    assert exchange.url == f"{lms.url}/p?..."
    assert exchange.body == "no: [token] and [token] and more"
    assert (exchange.method, exchange.status, exchange.retry_after) == ("GET", 403, 7.0)
    assert "opaque-token" not in repr(http.get(f"{lms.url}/p", bearer="opaque-token"))


def test_html_pages_are_not_shown_as_words() -> None:
    page = Answer("GET", "https://x/", 404, "Not Found", {}, b"<!DOCTYPE html><p>gone")
    assert page.words == ""


def test_shown_leaves_out_what_may_be_secret() -> None:
    assert shown("https://me:pw@lms/a?b=c#d") == "https://lms/a?..."
    assert shown("https://lms/a") == "https://lms/a"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("999999999", 86400.0),
        ("Tue, 24 Nov 2026 05:04:00 GMT", 60.0),
        ("Tue, 24 Nov 2026 05:04:00 -0000", 60.0),
        ("Tue, 24 Nov 2026 04:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400.0),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1e9999", None),
        ("Tue, 99 Nov 2026 05:04:00 GMT", None),
        ("Tue, 24 Nov 2026 05:04:00 +9999999999", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 24, 5, 3, tzinfo=UTC)) == seconds


# --- redirects ---------------------------------------------------------------------------------------------


def test_get_follows_a_redirect_and_keeps_the_token_at_home(lms: Stub, http: Http) -> None:
    lms.tell("/old", status=301, headers={"Location": "/new?a=B"})
    lms.tell("/new", {"here": True})
    answer = http.get(f"{lms.url}/old", bearer="secret")
    assert answer.json() == {"here": True}
    assert answer.url == f"{lms.url}/new?a=B"
    assert lms.asked[1].headers["authorization"] == "Bearer secret"


def test_the_token_does_not_cross_origins_nor_come_back(lms: Stub, http: Http) -> None:
    """OAU-12: another port is another origin; a detour does not bring the token home again."""
    with serving() as other:
        lms.tell("/a", status=302, headers={"Location": f"{other.url}/b"})
        other.tell("/b", status=302, headers={"Location": f"{lms.url}/c"})
        lms.tell("/c", {})
        http.get(f"{lms.url}/a", bearer="secret")
        assert [asked.headers.get("authorization") for asked in (*lms.asked, *other.asked)] == [
            "Bearer secret",
            None,
            None,
        ]


def test_at_most_three_redirects(lms: Stub, http: Http) -> None:
    lms.tell("/loop", status=307, headers={"Location": "/loop"})
    with pytest.raises(BadAnswer):
        http.get(f"{lms.url}/loop")
    assert len(lms.asked) == 4


def test_post_follows_no_redirect(lms: Stub, http: Http) -> None:
    lms.tell("/token", status=307, headers={"Location": "/elsewhere"})
    assert http.post(f"{lms.url}/token", data={"client_assertion": "x"}).status == 307
    assert len(lms.asked) == 1


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://x/", "//[", "http://127.0.0.1:0/", "\\\\x"]
)
def test_redirects_to_odd_places_are_refused(lms: Stub, http: Http, location: str) -> None:
    """ATK-03."""
    lms.tell("/", status=302, headers={"Location": location})
    with pytest.raises(ForbiddenAddress):
        http.get(f"{lms.url}/")
    assert len(lms.asked) == 1


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Tue, 24 Nov 2026 05:03:00 GMT", datetime(2026, 11, 24, 5, 3, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 14:03:00 +0900", datetime(2026, 11, 24, 5, 3, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_an_answer_tells_the_time_of_the_lms_or_nothing(date: str, moment: datetime | None) -> None:
    assert Answer("POST", "https://lms.test", 200, "OK", {"Date": date}, b"").told_at == moment
    assert Answer("POST", "https://lms.test", 200, "OK", {}, b"").told_at is None
