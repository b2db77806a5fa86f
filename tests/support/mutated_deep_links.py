"""Deep linking gone wrong: requests as no LMS may sign them, choices as no page of ours sends them."""

import random
from dataclasses import dataclass, field
from typing import Any

from support import tokens
from support.launching import BASE
from support.mutations import HOSTILE, VALUES, spoilt_text
from support.tokens import ABSENT

NO_LIST = [ABSENT, *[value for value in VALUES if not isinstance(value, list)]]
RETURNS = [
    ABSENT,
    *VALUES,
    *[one for one in HOSTILE if "//" not in one or "\\" in one or "@" in one or "\r" in one],
]
WRONG: dict[str, list[Any]] = {
    "deep_linking_settings": [ABSENT, *VALUES],
    "message_type": [
        ABSENT,
        *VALUES,
        "LtiDeepLinkingResponse",
        "ltideeplinkingrequest",
        "LtiResourceLinkRequest ",
    ],
    "version": [ABSENT, *VALUES, "1.3", "1.3.1", 1.3],
    "deployment_id": [ABSENT, *VALUES, "x" * 256, "\x00"],
    "target_link_uri": [
        ABSENT,
        *VALUES,
        *HOSTILE,
        f"{tokens.TOOL}.evil.example/",
        tokens.TOOL + "@evil.example",
    ],
    "sub": [ABSENT, None, "", 0, True, [], {}, "x" * 256, "a\x00"],
    "roles": [value for value in VALUES if not isinstance(value, list)],
    "iss": [ABSENT, *VALUES, tokens.ISSUER + "/", tokens.ISSUER.upper()],
    "aud": [ABSENT, *VALUES, ["x"], [tokens.CLIENT_ID, "evil"]],
    "nonce": [ABSENT, *VALUES],
    "exp": [ABSENT, None, "", "x", True, [], {}, 0, -1, float("inf"), 11111],
    "iat": [ABSENT, None, "", "x", True, [], {}, 0, -1, 1e300, 11111],
}
"""Values that make a request wrong, whichever claim they stand in."""
WRONG_SETTINGS: dict[str, list[Any]] = {
    "deep_link_return_url": RETURNS,
    "accept_types": NO_LIST,
    "accept_presentation_document_targets": NO_LIST,
    "data": [0, -1, True, [], {}, 1e300, [[[]]]],
}
NODES = [
    "",
    " ",
    "t999",
    "../t101",
    "T101",
    "t101-quiz\x00",
    "courses",
    "all ",
    "<script>",
    "é",
    "x" * 5000,
    "0",
    "null",
]


def claims(seed: int) -> dict[str, Any]:
    """The claims of a request with one or two wrong values."""
    chance = random.Random(seed)
    name = chance.choice([*WRONG, *WRONG_SETTINGS])
    if name in WRONG:
        return tokens.deep_linking_claims(**{name: chance.choice(WRONG[name])})
    settings = tokens.settings(**{name: chance.choice(WRONG_SETTINGS[name])})
    return tokens.deep_linking_claims(deep_linking_settings=settings)


@dataclass
class Sent:
    """One request of a browser, or of somebody who writes it by hand."""

    method: str = "POST"
    headers: dict[str, str] = field(default_factory=lambda: {"Referer": BASE})
    body: dict[str, Any] = field(default_factory=dict)
    by_another: bool = False


def form(seed: int, csrf: str) -> Sent:
    """A choice with something wrong: what is chosen, how it is sent, the form's token, or who sends it."""
    chance = random.Random(seed)
    good = {"csrf_token": csrf, "node": ["course", "t101-quiz"], "step": "place"}
    match seed % 6:
        case 0:
            return Sent(body={"data": {**good, "node": ["course", chance.choice(NODES)]}})
        case 1:
            return Sent(
                body={"data": {"csrf_token": csrf, chance.choice(["nodes", "Node", "node[]", "x"]): "course"}}
            )
        case 2:
            # The last character stays: of its bits the signature needs only some.
            spoilt = spoilt_text(csrf[:-1], chance) + csrf[-1]
            wrong = chance.choice([spoilt, "", "x", csrf[::-1], csrf + "x"])
            return Sent(body={"data": {**good, "csrf_token": "" if wrong == csrf else wrong}})
        case 3:
            headers = {
                "Referer": chance.choice(["https://evil.example/", "", "null", BASE + ".evil.example/"])
            }
            return Sent(headers=headers, body={"data": good})
        case 4:
            kind = chance.choice(
                ["application/json", "text/plain", "multipart/form-data", "application/xml", "x"]
            )
            data = chance.choice([b"", b"{}", b'{"node": ["course"]}', b"\xff\xfe", chance.randbytes(200)])
            return Sent(
                chance.choice(["POST", "PUT", "PATCH", "DELETE"]), body={"data": data, "content_type": kind}
            )
        case _:
            return Sent(body={"data": good}, by_another=True)
