"""Registration messages of an LMS gone wrong, or of somebody who pretends to be one."""

import ipaddress
import json
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from support.mutations import HOSTILE, VALUES, spoilt_text
from support.registering import TOKEN, moodle

from lti_tool.errors import BadAnswer, Exchange, Unreachable
from lti_tool.lti.claims import TOOL_CONFIGURATION
from lti_tool.lti.http import Answer, Http

LMS = "https://lms.school.example"
CONFIGURATION_URL = f"{LMS}/openid"
GOOD: dict[str, Any] = moodle(SimpleNamespace(url=LMS))  # type: ignore[arg-type]
ADDRESSES = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
ALGORITHMS = (
    "id_token_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
)
ANSWER = {"client_id": "client-1", TOOL_CONFIGURATION: {"version": "1.3.0", "deployment_id": "7"}}


class Lms(Http):
    """The guarded client without its sockets: what it may call answers as told, and only with the right token."""

    def __init__(self) -> None:
        super().__init__()
        self.configuration = Answer("GET", CONFIGURATION_URL, 200, "", {}, json.dumps(GOOD).encode())
        self.answer = Answer("POST", GOOD["registration_endpoint"], 200, "", {}, json.dumps(ANSWER).encode())

    def get(self, url: str, **values: Any) -> Answer:
        return self._call(url, CONFIGURATION_URL, self.configuration, values["bearer"])

    def post(self, url: str, **values: Any) -> Answer:
        return self._call(url, GOOD["registration_endpoint"], self.answer, values["bearer"])

    def _call(self, url: str, known: str, answer: Answer, bearer: str) -> Answer:
        self.check(url)
        if not bearer.isprintable() or not bearer.isascii():
            raise BadAnswer("no header can carry it", Exchange("", url))
        if url != known:
            raise Unreachable("no such host", Exchange("", url))
        return answer if bearer == TOKEN else Answer("", url, 401, "", {}, b"token_already_used")


def _member_gone(values: dict[str, Any], chance: random.Random) -> object:
    del values[chance.choice(ADDRESSES)]
    return values


def _member_odd(values: dict[str, Any], chance: random.Random) -> object:
    values[chance.choice(ADDRESSES)] = chance.choice(VALUES)
    return values


def _member_hostile(values: dict[str, Any], chance: random.Random) -> object:
    values[chance.choice(ADDRESSES)] = chance.choice(HOSTILE)
    return values


def _another_issuer(values: dict[str, Any], chance: random.Random) -> object:
    host = chance.choice(
        ["evil.example", "lms.school.example.evil.example", "lms.school.example:444", "school.example"]
    )
    values["issuer"] = f"https://{host}"
    return values


def _algorithm_lacking(values: dict[str, Any], chance: random.Random) -> object:
    values[chance.choice(ALGORITHMS)] = chance.choice(
        [[], ["none"], ["HS256", "ES256"], None, "x", 5, [None]]
    )
    return values


def _no_object(values: dict[str, Any], chance: random.Random) -> object:
    return chance.choice([None, [], [values], "text", 5, True, [[[[[]]]]]])


_STRUCTURES: list[Callable[[dict[str, Any], random.Random], object]] = [
    _member_gone,
    _member_odd,
    _member_hostile,
    _another_issuer,
    _algorithm_lacking,
    _no_object,
]


def configuration(seed: int) -> Answer:
    """A configuration that must not be taken; one in eight is text that may by chance still be good."""
    chance = random.Random(seed)
    kind = seed % (len(_STRUCTURES) + 2)
    if kind == len(_STRUCTURES):
        body = spoilt_text(json.dumps(GOOD), chance)
    elif kind > len(_STRUCTURES):
        status = chance.choice([201 + 100, 400, 401, 403, 404, 429, 500, 503])
        return Answer("GET", CONFIGURATION_URL, status, "", {}, json.dumps(GOOD).encode())
    else:
        body = json.dumps(_STRUCTURES[kind](dict(GOOD), chance))
    return Answer("GET", CONFIGURATION_URL, 200, "", {}, body.encode("utf-8", "surrogatepass"))


def registered(seed: int) -> Answer:
    """An answer to our registration from which no registration may come."""
    chance = random.Random(seed)
    body: object = dict(ANSWER)
    status = 200
    match seed % 4:
        case 0:
            body = {
                **ANSWER,
                "client_id": chance.choice([*[v for v in VALUES if not good_id(v)], "x" * 256, "\x00"]),
            }
        case 1:
            body = {name: value for name, value in ANSWER.items() if name != "client_id"}
        case 2:
            status = chance.choice([202, 302, 400, 401, 403, 409, 418, 500, 502])
        case _:
            body = chance.choice([None, [], [ANSWER], "client-1", 5])
    return Answer("POST", LMS, status, "", {}, json.dumps(body).encode())


def good_id(value: object) -> bool:
    """A plain, short name is one a platform may give."""
    return isinstance(value, str) and bool(value)


def surely_spoilt(answer: Answer) -> bool:
    """Whether a configuration is wrong by what LTI's dynamic registration says, judged apart from our code."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return True
    if answer.status != 200 or not isinstance(found, dict):
        return True
    if any(name in found and not _offers(found[name]) for name in ALGORITHMS):
        return True
    return any(_bad_address(found.get(name)) for name in ADDRESSES) or not found["issuer"].startswith(LMS)


def _offers(value: object) -> bool:
    return isinstance(value, list) and bool(
        {"RS256", "private_key_jwt"} & {v for v in value if isinstance(v, str)}
    )


def _bad_address(value: object) -> bool:
    if not isinstance(value, str) or not value.startswith("https://") or len(value) > 1000 or "#" in value:
        return True
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
        return not host or "@" in parts.netloc or not ipaddress.ip_address(host).is_global
    except ValueError:
        return False  # a name, or what only our own guard can tell


def query(seed: int, invite: str) -> str:
    """The query of a registration address, with one of its three parts spoilt, missing, doubled or swapped."""
    chance = random.Random(seed)
    values = {"invite": invite, "openid_configuration": CONFIGURATION_URL, "registration_token": TOKEN}
    name = chance.choice(list(values))
    match seed % 5:
        case 0:
            values[name] = spoilt_text(values[name], chance)
        case 1:
            del values[name]
        case 2:
            values[name] = chance.choice(["", " ", "\x00", "x" * 3000, "é", "[]", "null", *HOSTILE[:10]])
        case 3:
            values["openid_configuration"] = chance.choice(HOSTILE)
        case _:
            return spoilt_text(urlencode(values), chance)
    return urlencode(values)


def still_good(text: str, invite: str) -> bool:
    """Whether a spoilt query says the same as before: a part that nobody reads was changed."""
    found = parse_qs(text, keep_blank_values=True)
    first = {name: values[0] for name, values in found.items()}
    wanted = {"invite": invite, "openid_configuration": CONFIGURATION_URL, "registration_token": TOKEN}
    return all(first.get(name) == value for name, value in wanted.items())
