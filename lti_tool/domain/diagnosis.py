"""What is wrong between an LMS and the tool: facts become findings, and each finding names the setting to change."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "look", "broken", "unasked"]
"""Fine; worth a look, work goes on; something does not work; nobody has asked the LMS yet."""
Family = Literal["moodle", "canvas", "blackboard", "brightspace", "other"]

SCORE, LINEITEM, RESULT = "score", "lineitem", "result.readonly"
"""The scopes of the grade service, by the end of their names (AGS §3.1)."""

SLIGHT_SKEW = 10
LARGEST_SKEW = 60
"""Seconds that clocks may differ: tokens of Moodle live as long, and no tool grants more leeway."""


@dataclass(frozen=True)
class Told:
    """What launches of this course have told, and how this page was opened."""

    secure: bool
    """The tool has https, or is on this machine."""
    framed: bool
    """The LMS opened the activity in a frame."""
    in_frame: bool | None
    """This page stands in a frame; None: the browser does not say."""
    names: bool
    email: bool
    roster: bool
    scopes: frozenset[str]
    lineitems: bool
    graded: bool
    """What the activity opens has a grade."""
    lineitem: bool
    """The launch named the activity's column."""
    waiting: int
    held: int


@dataclass(frozen=True)
class Asked:
    """What the LMS answered just now. A failure is one word of `services.doctor.failure`, "" for none."""

    keys: int = 0
    """Keys of its key set with which launches can be verified."""
    keys_failure: str = ""
    skew: int | None = None
    """Seconds that its clock is ahead of ours; None: it did not say."""
    granted: frozenset[str] = frozenset()
    token_failure: str = ""
    column: Literal["", "found", "gone", "failed"] = ""
    """The activity's column; "": there is none to ask for, or no right to."""
    roster_withdrawn: bool = False
    """Launches told of the class list, but the LMS gives no right to it now."""


@dataclass(frozen=True)
class Trial:
    """A test score: how far it came, and whether its column is gone again."""

    step: Literal["scope", "token", "create", "score", "refused", "read", "done"]
    """What failed; `refused`: it arrived, and the LMS keeps no grade for a teacher; `read`: it was not found again."""
    removed: bool
    status: int | None = None


@dataclass(frozen=True)
class Failed:
    """A launch that ended before it began, by what its message said without proof."""

    known: bool | None
    """The LMS it names is connected; None: it names none."""
    cookie_lost: bool
    in_frame: bool | None
    skew: int | None
    """Seconds that the LMS's clock seems ahead; None: it did not say."""


@dataclass(frozen=True)
class Finding:
    """One line. `check` and `reason` name its words; `setting` names what to change, "" where nothing is."""

    check: str
    state: State
    reason: str
    setting: str = ""
    number: int | None = None


def family(product: str, issuer: str, jwks_url: str) -> Family:
    """Whose settings to name: by what the LMS says of itself, else by the shape of its addresses."""
    product = product.casefold()
    for word, found in _PRODUCTS.items():
        if word in product:
            return found
    if product:
        return "other"
    host, path = issuer.partition("://")[2].partition("/")[0], jwks_url.partition("?")[0]
    if path.endswith("/mod/lti/certs.php"):
        return "moodle"
    if path.endswith("/api/lti/security/jwks"):
        return "canvas"
    if host == "blackboard.com":
        return "blackboard"
    return "brightspace" if path.endswith("/d2l/.well-known/jwks") or "brightspace" in host else "other"


_PRODUCTS: dict[str, Family] = {
    "moodle": "moodle",
    "canvas": "canvas",
    "blackboard": "blackboard",
    "desire2learn": "brightspace",
    "brightspace": "brightspace",
}


def diagnose(told: Told, asked: Asked | None) -> tuple[Finding, ...]:
    """Every line of the page, always the same checks in the same order."""
    return (
        _cookies(told),
        _simple("names", told.names, "names"),
        _simple("email", told.email, "", otherwise="ok"),
        _roster(told, asked),
        _service(told, asked),
        _making(told),
        _column(told, asked),
        _keys(asked),
        _clock(asked),
        _token(told, asked),
        _scores(told),
    )


def of_failed(failed: Failed) -> tuple[Finding, ...]:
    """What can be told of a launch that failed."""
    found = []
    if failed.known is not None:
        state: State = "ok" if failed.known else "broken"
        found.append(
            Finding(
                "platform", state, "known" if failed.known else "unknown", "" if failed.known else "connect"
            )
        )
    if failed.cookie_lost:
        found.append(Finding("cookies", "broken", "lost-in-frame" if failed.in_frame else "lost", "window"))
    if failed.skew is not None:
        found.append(_clock_by(failed.skew))
    return tuple(found)


def connection(asked: Asked) -> tuple[Finding, ...]:
    """The lines that need no launch: what the LMS answers to the tool."""
    return (_keys(asked), _clock(asked), _access(asked, makes=True))


def of_trial(trial: Trial) -> Finding:
    """The line of a test score."""
    if not trial.removed:
        return Finding("trial", "broken", "left-behind")
    state: dict[str, State] = {"done": "ok", "refused": "ok", "read": "look", "scope": "look"}
    setting = {"scope": "columns", "token": "token", "create": "columns", "score": "grades"}
    found = state.get(trial.step, "broken")
    return Finding("trial", found, trial.step, setting.get(trial.step, ""), trial.status)


def _simple(check: str, there: bool, setting: str, otherwise: State = "look") -> Finding:
    return Finding(check, "ok", "there") if there else Finding(check, otherwise, "missing", setting)


def _cookies(told: Told) -> Finding:
    if not told.secure:
        return Finding("cookies", "broken", "plain", "https")
    if told.in_frame:
        return Finding("cookies", "ok", "frame")
    if told.framed and told.in_frame is False:
        return Finding("cookies", "look", "window-instead", "window")
    return Finding("cookies", "ok", "window")


def _roster(told: Told, asked: Asked | None) -> Finding:
    if told.roster and asked is not None and asked.roster_withdrawn:
        return Finding("roster", "look", "withdrawn", "roster")
    return _simple("roster", told.roster, "roster")


def _service(told: Told, asked: Asked | None) -> Finding:
    if SCORE in told.scopes and asked is not None and asked.token_failure in {"scope"}:
        # Launches without the service leave what earlier ones told; the LMS itself knows better.
        return Finding("service", "broken", "withdrawn", "grades")
    if SCORE in told.scopes:
        return Finding("service", "ok", "there")
    reason = "no-score" if told.scopes or told.lineitems else "missing"
    return Finding("service", "broken", reason, "grades")


def _making(told: Told) -> Finding:
    if LINEITEM in told.scopes and told.lineitems:
        return Finding("making", "ok", "there")
    # Without any grade service that line says what to change; it mends this too.
    return Finding("making", "look", "missing", "columns" if SCORE in told.scopes else "")


def _column(told: Told, asked: Asked | None) -> Finding:
    if not told.graded:
        return Finding("column", "ok", "ungraded")
    if not told.lineitem:
        if LINEITEM in told.scopes and told.lineitems:
            return Finding("column", "ok", "made-later")
        return Finding("column", "broken", "missing", "accept")
    if asked is not None and asked.column == "gone":
        return Finding("column", "broken", "gone", "replace")
    if asked is not None and asked.column == "found":
        return Finding("column", "ok", "found")
    return Finding("column", "ok", "named")


def _keys(asked: Asked | None) -> Finding:
    if asked is None:
        return Finding("keys", "unasked", "")
    if asked.keys_failure:
        return Finding("keys", "broken", asked.keys_failure, "reach")
    if not asked.keys:
        return Finding("keys", "broken", "none", "reach")
    return Finding("keys", "ok", "there", number=asked.keys)


def _clock(asked: Asked | None) -> Finding:
    if asked is None:
        return Finding("clock", "unasked", "")
    if asked.skew is None:
        return Finding("clock", "look", "unknown")
    return _clock_by(asked.skew)


def _clock_by(skew: int) -> Finding:
    off = abs(skew)
    if off <= SLIGHT_SKEW:
        return Finding("clock", "ok", "right", number=off)
    reason = "ahead" if skew > 0 else "behind"
    return Finding("clock", "look" if off <= LARGEST_SKEW else "broken", reason, "clock", off)


def _token(told: Told, asked: Asked | None) -> Finding:
    if asked is None:
        return Finding("token", "unasked", "")
    return _access(asked, makes=LINEITEM in told.scopes)


def _access(asked: Asked, *, makes: bool) -> Finding:
    """`makes`: the right to make columns was asked for too."""
    if asked.token_failure:
        setting = "grades" if asked.token_failure in {"scope", "not-offered"} else "token"
        return Finding("token", "broken", asked.token_failure, setting)
    if SCORE not in asked.granted:
        return Finding("token", "broken", "no-score", "grades")
    if makes and LINEITEM not in asked.granted:
        return Finding("token", "look", "partly", "columns")
    return Finding("token", "ok", "there")


def _scores(told: Told) -> Finding:
    if told.held:
        return Finding("scores", "look", "held", "ledger", told.held)
    if told.waiting:
        return Finding("scores", "ok", "waiting", number=told.waiting)
    return Finding("scores", "ok", "none")
