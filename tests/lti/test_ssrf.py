"""Nothing an LMS (or somebody posing as one) writes into an address leads into our own network (ATK-03)."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support import tokens as platform
from support.stub import Stub, resolver, serving

from lti_tool.errors import BadAnswer, ForbiddenAddress, Unreachable
from lti_tool.lti import ags
from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_RESULT, SCOPE_SCORE
from lti_tool.lti.http import Http
from lti_tool.lti.keys import KeySets
from lti_tool.lti.registration import PlatformConfiguration, ToolProfile, fetch_configuration, register
from lti_tool.lti.tokens import Token, fetch_token

NOW = datetime(2026, 11, 24, 5, 3, tzinfo=UTC)
PUBLIC = "93.184.215.14"
SCOPES = frozenset({SCOPE_SCORE, SCOPE_RESULT, SCOPE_LINEITEM})
TOKEN = Token("opaque", SCOPES, NOW + timedelta(hours=1))
TOOL = ToolProfile("https://tool.example", "道具", "Tool", "A tool", "https://tool.example/logo.svg")

PRIVATE_ADDRESSES = [
    "127.0.0.1",
    "127.255.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "ff0e::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "5f00::1",
]
ODD_SPELLINGS = [
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://0X7F.0.0.1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://127.0.0.01/",
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://127\u30020\u30020\u30021/",
    "https://①②⑦.0.0.1/",
    "https://[fe80::1%25eth0]/",
    "https://[::ffff:7f00:1]/",
    "https://public.example@10.0.0.1/",
    "https://user:word@public.example/",
    "https://@public.example/",
    "https://public.example\\@10.0.0.1/",
    "https:\\\\10.0.0.1\\",
    "https://pub\tlic.example/",
    "https://public.example/\r\nX-Evil: 1",
    " https://public.example/",
    "https://public.example:0/",
    "https://public.example:99999/",
    "https://public.example:port/",
    "https://pu%62lic.example/",
    "https://-public.example/",
    "https://public..example/",
    "https:///path",
    "https://",
    "//public.example/",
    "public.example",
    "",
    "http://public.example/",
    "file:///etc/passwd",
    "gopher://public.example/_",
    "ftp://public.example/",
    "dict://public.example:11211/",
    "jar:https://public.example!/",
    "data:application/json,{}",
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 130}example/",
]
NAMES_THAT_LEAD_INSIDE = ["localhost", "inside.example", "metadata.example", "six.example", "mixed.example"]
FORBIDDEN = [
    *(
        f"https://[{address}]/x" if ":" in address else f"https://{address}/x"
        for address in PRIVATE_ADDRESSES
    ),
    *(f"https://{name}/x" for name in NAMES_THAT_LEAD_INSIDE),
    "https://LOCALHOST./x",
    *ODD_SPELLINGS,
]
# Those that a header can carry; without a scheme they would be paths of the same host.
POINTED_AT = [
    url
    for url in (*FORBIDDEN, "http://127.0.0.1:1/x")
    if url.isascii() and url.isprintable() and url == url.strip() and "://" in url
]


def _configuration(url: str) -> PlatformConfiguration:
    return PlatformConfiguration(
        issuer="https://public.example",
        auth_url="https://public.example/auth",
        token_url="https://public.example/token",
        jwks_url="https://public.example/jwks",
        registration_url=url,
        token_audience="",
        scopes=None,
        messages=None,
        product_family="",
    )


class _Signer:
    def sign(self, claims: object) -> str:
        return "a.b.c"


CALLS: dict[str, Callable[[Http, str], Any]] = {
    "configuration": lambda http, url: fetch_configuration(http, url, "one-time"),
    "registration": lambda http, url: register(http, _configuration(url), "one-time", TOOL),
    "jwks": lambda http, url: KeySets(http).key(url, "kid", NOW),
    "token": lambda http, url: fetch_token(
        http, platform.registration(token_url=url), _Signer(), frozenset({SCOPE_SCORE}), NOW
    ),
    "score": lambda http, url: ags.send_score(http, TOKEN, url, ags.Score("5", 80, NOW)),
    "result": lambda http, url: ags.read_result(http, TOKEN, url, "5"),
    "lineitems": lambda http, url: ags.find_lineitem(http, TOKEN, url, "m101-quiz"),
    "new lineitem": lambda http, url: ags.create_lineitem(http, TOKEN, url, "Quiz", "m101-quiz", "grade"),
}


def _look_up(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
    """A name service where outsiders' names lead wherever outsiders like."""
    found = {
        "public.example": [PUBLIC],
        "localhost": ["127.0.0.1"],
        "localhost.": ["127.0.0.1"],
        "inside.example": ["10.0.0.5"],
        "metadata.example": ["169.254.169.254"],
        "mixed.example": [PUBLIC, "192.168.1.1"],
        "six.example": ["fd00::1"],
    }
    return [
        (10, 1, 6, "", (address, port, 0, 0)) if ":" in address else (2, 1, 6, "", (address, port))
        for address in found[host]
    ]


@pytest.fixture(scope="module")
def http() -> Http:
    return Http(resolver=_look_up)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that somebody connected to; only this machine can really be reached."""
    addresses: list[Any] = []
    connect = socket.socket.connect

    def spy(self: socket.socket, address: Any) -> None:
        addresses.append(address[:2])
        if address[0] != "127.0.0.1":
            raise ConnectionRefusedError
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", spy)
    return addresses


@pytest.fixture
def lms() -> Iterator[Stub]:
    with serving() as stub:
        yield stub


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("url", FORBIDDEN)
def test_no_socket_opens_to_a_forbidden_address(http: Http, opened: list[Any], call: str, url: str) -> None:
    """ATK-03, DR-03, TOK-27: configuration, registration, key set, token and services alike."""
    with pytest.raises(ForbiddenAddress):
        CALLS[call](http, url)
    assert opened == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "url", ["https://public.example/x", f"https://{PUBLIC}:8443/x", "https://[64:ff9b::5db8:d70e]/x"]
)
def test_a_public_address_is_tried(http: Http, opened: list[Any], call: str, url: str) -> None:
    """The counterpart: these calls do get as far as connecting."""
    with pytest.raises(Unreachable):
        CALLS[call](http, url)
    assert len(opened) == 1


def test_the_refusal_does_not_tell_where_a_name_leads(http: Http) -> None:
    """Our name service may know what outsiders shall not learn."""
    with pytest.raises(ForbiddenAddress) as refusal:
        http.get("https://inside.example/x?secret=1")
    assert "10.0.0.5" not in str(refusal.value)
    assert refusal.value.exchange.url == "https://inside.example/x?..."


def test_rebinding_gains_nothing(opened: list[Any]) -> None:
    """ATK-03: a name is resolved once a connection and that very address is used; the next time it is judged anew."""
    names = resolver(public_example=[PUBLIC, "169.254.169.254"])
    http = Http(resolver=names)
    with pytest.raises(Unreachable):
        http.get("https://public.example/")
    assert (opened, names.asked) == ([(PUBLIC, 443)], ["public.example"])
    with pytest.raises(ForbiddenAddress):
        http.get("https://public.example/")
    assert opened == [(PUBLIC, 443)]


@pytest.mark.parametrize("url", POINTED_AT)
def test_a_redirect_leads_no_further_than_a_direct_call(lms: Stub, opened: list[Any], url: str) -> None:
    """ATK-03: the first host may be fine; where it points is judged as strictly."""
    port = int(lms.url.rpartition(":")[2])
    http = Http((f"127.0.0.1:{port}",), _look_up)
    lms.tell("/", status=302, headers={"Location": url})
    with pytest.raises(ForbiddenAddress):
        http.get(f"{lms.url}/", bearer="secret")
    assert opened == [("127.0.0.1", port)]


@pytest.mark.parametrize("url", [*POINTED_AT, "https://public.example/x"])
def test_the_next_page_stays_where_the_first_was(lms: Stub, opened: list[Any], url: str) -> None:
    """ATK-03, OAU-12: no page elsewhere is even looked up, whatever its address."""
    port = int(lms.url.rpartition(":")[2])
    http = Http((f"127.0.0.1:{port}",), _look_up)
    lms.tell("/lineitems", [], headers={"Link": f'<{url}>; rel="next"'})
    with pytest.raises(BadAnswer, match="another host"):
        ags.find_lineitem(http, TOKEN, f"{lms.url}/lineitems", "m101-quiz")
    assert opened == [("127.0.0.1", port)]
