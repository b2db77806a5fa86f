"""Every exception of the tool, in one tree.

ToolError                        something a person can be told about
├── ConfigError                  a setting is missing or wrong
├── ContentError                 the content package has problems (carries them)
├── LtiError                     the LMS sent something we refuse
│   ├── MalformedMessage         400  not a message at all, or a parameter is missing
│   ├── InvalidToken             401  signature, audience, time or nonce
│   ├── InvalidState             401  the answer does not belong to this browser
│   ├── UnknownPlatform          403  issuer, client or deployment not known, or disabled
│   │   └── UnknownDeployment    403  a known LMS, but a part of it that nobody has approved
│   ├── InvalidClaims            400  signed, but a required claim is missing or wrong
│   ├── LmsRefused               401  the LMS answered the login with an error
│   └── RegistrationFailed       400  dynamic registration could not be finished
├── OutboundError                a call to the LMS failed (keeps request and response)
│   ├── ForbiddenAddress         refused before a socket was opened
│   ├── Unreachable              no answer: DNS, connect, TLS, timeout, reset
│   └── BadAnswer                an answer, but not the one asked for (status, type, body)
├── AccessDenied                 403  this person may not do this
├── NotFound                     404  nothing here for this person
├── Locked                       403  a gate is not open yet (carries the reasons)
└── Conflict                     409  the thing has moved on: attempt closed, already graded
"""

from dataclasses import dataclass


class ToolError(Exception):
    """Base of all. `code` names the case on the error page and in the log."""

    status = 500
    code = "error"

    def __init__(self, message: str = "", *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class ConfigError(ToolError):
    """A setting is missing or wrong; the message names the variable."""


class ContentError(ToolError):
    """The content package has problems; `problems` holds them all."""

    def __init__(self, problems: list[object]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class LtiError(ToolError):
    """The LMS, or somebody pretending to be it, sent something we refuse."""

    status = 400
    code = "lti"


class MalformedMessage(LtiError):
    """Not a message at all, or a required parameter is missing."""

    code = "malformed"


class InvalidToken(LtiError):
    """Signature, audience, time or nonce is wrong (SEC §5.1.3)."""

    status = 401
    code = "token"


class InvalidState(LtiError):
    """The answer does not belong to a login begun in this browser (SEC §5.1.1.4)."""

    status = 401
    code = "state"


class UnknownPlatform(LtiError):
    """Issuer, client or deployment is not known here, or it is disabled."""

    status = 403
    code = "platform"


class UnknownDeployment(UnknownPlatform):
    """A rightly signed launch of a known LMS (our number), but from a part of it that nobody has approved."""

    code = "unknown-deployment"

    def __init__(self, platform_id: int, deployment_id: str) -> None:
        super().__init__(f"deployment {deployment_id}")
        self.platform_id = platform_id
        self.deployment_id = deployment_id


class InvalidClaims(LtiError):
    """Rightly signed, but a required claim is missing or wrong."""

    code = "claims"


class LmsRefused(LtiError):
    """The LMS answered our authentication request with an error."""

    status = 401
    code = "refused"


class RegistrationFailed(LtiError):
    """Dynamic registration could not be finished; the message says where."""

    code = "registration"


@dataclass(frozen=True)
class Exchange:
    """What was asked and what came back, without secrets."""

    method: str
    url: str
    status: int | None = None
    body: str = ""
    retry_after: float | None = None


class OutboundError(ToolError):
    """A call to the LMS failed. `exchange` keeps what was asked and answered."""

    status = 502
    code = "outbound"

    def __init__(self, message: str, exchange: Exchange) -> None:
        super().__init__(message)
        self.exchange = exchange


class ForbiddenAddress(OutboundError):
    """The address is private, local or not https; refused before a socket opened."""

    code = "address"


class Unreachable(OutboundError):
    """No answer: name not found, no connection, TLS failure, timeout or reset."""

    code = "unreachable"


class BadAnswer(OutboundError):
    """An answer came, but with another status, type or body than asked for."""

    code = "answer"


class AccessDenied(ToolError):
    """This person may not do this."""

    status = 403
    code = "denied"


class NotFound(ToolError):
    """Nothing here for this person: also the answer for other people's things."""

    status = 404
    code = "not-found"


class Locked(ToolError):
    """A gate is not open yet. `reasons` say why and what opens it."""

    status = 403
    code = "locked"

    def __init__(self, node: str, reasons: tuple[object, ...]) -> None:
        super().__init__(node)
        self.node = node
        self.reasons = reasons


class Conflict(ToolError):
    """The thing has moved on: the attempt is closed, the work already graded."""

    status = 409
    code = "conflict"
