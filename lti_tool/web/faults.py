"""The one table from faults to pages: what happened, what is safe, what to do."""

import secrets

import structlog
from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from lti_tool.domain.course import Condition
from lti_tool.errors import Locked, OutboundError, ToolError, UnknownDeployment
from lti_tool.web import again, platform_storage, references, signals, unit
from lti_tool.web.current import course

log = structlog.get_logger()

AGAIN = _l("Open the activity again from your course page.")
ASK = _l("Tell your teacher or the LMS administrator the reference number below.")
ADMIN = _l("The LMS administrator has to check how the tool is connected.")
LISTS = _l("Look for it in the lists of the admin area.")
DEPLOYMENT = _l("Tell those who run this tool the deployment below. They can approve it.")

WORDS = {
    # the launch
    "malformed": (_l("This is not a launch from an LMS."), AGAIN),
    "not-a-launch": (_l("This address is opened by your LMS, not by hand."), AGAIN),
    "no-state": (_l("The launch did not come from a login we know."), AGAIN),
    "no-cookie": (
        _l("Your browser did not keep the launch."),
        _l(
            "Open the activity again from your course page. If it happens again, open it in a new window, "
            "or allow cookies for this page."
        ),
    ),
    "expired": (_l("The launch took too long."), AGAIN),
    "replay": (_l("This launch was used already."), AGAIN),
    "state": (_l("The launch does not belong to this browser."), AGAIN),
    "token": (_l("The LMS's message could not be trusted."), ADMIN),
    "claims": (_l("The LMS left out something we need."), ADMIN),
    "refused": (_l("The LMS refused the login."), AGAIN),
    "unknown-platform": (_l("This LMS is not connected."), ADMIN),
    "ambiguous-platform": (_l("This LMS is connected more than once and did not say as which."), ADMIN),
    "disabled-platform": (_l("The connection to this LMS is switched off."), ADMIN),
    "unknown-deployment": (_l("This part of the LMS is not connected yet."), DEPLOYMENT),
    "deployment-waits": (
        _l("This part of the LMS waits for approval."),
        _l(
            "Tell those who run this tool the deployment below; they see it waiting in their admin area. "
            "After they have approved it, open the activity again from your course page."
        ),
    ),
    "deployment-refused": (_l("This part of the LMS was refused."), DEPLOYMENT),
    "unknown-node": (
        _l("This activity points to something the course does not have."),
        _l("The teacher can place the activity again."),
    ),
    # connecting
    "unknown-invite": (_l("This registration address is not valid."), _l("Ask for a new one.")),
    "used-invite": (_l("This registration address was used already."), _l("Ask for a new one.")),
    "key-waits": (_l("A new key waits already."), _l("It takes over by itself; the page tells when.")),
    "revoked-invite": (_l("This registration address was taken back."), _l("Ask for a new one.")),
    "expired-invite": (_l("This registration address is too old."), _l("Ask for a new one.")),
    "no-configuration": (
        _l("This address belongs into your LMS."),
        _l("Paste it where the LMS asks for a tool's registration URL."),
    ),
    "registration": (_l("The LMS could not be connected."), _l("Try again; the reason is below.")),
    "registered-already": (_l("The LMS has registered this client before."), ADMIN),
    "old-reference": (
        _l("This page was about a launch that failed a while ago."),
        _l("Open the activity again; if it fails again, follow the link there."),
    ),
    # sessions and rights
    "no-session": (_l("This page belongs to a launch that is not open in this browser."), AGAIN),
    "session-over": (_l("You have been away for a long time. What you saved is safe."), AGAIN),
    "csrf": (
        _l("The form was open for too long. What you saved is safe."),
        _l("Go back, reload the page and send it again."),
    ),
    "operator-session": (
        _l("You are not logged in any more. Nothing was changed."),
        _l("Log in to the admin area and do it again."),
    ),
    "busy": (_l("Too many tries in a short time."), _l("Wait a few minutes, then try again.")),
    "role": (
        _l("This page is for other people."),
        _l("If it should be yours, ask your teacher about your role."),
    ),
    "not-found": (_l("There is nothing here for you."), _l("Go back to the course home.")),
    # work
    "wait": (_l("The next try is not open yet."), _l("The quiz page tells when it opens.")),
    "closed": (
        _l("This attempt is closed. What you answered in time counts."),
        _l("The quiz page shows the result."),
    ),
    "attempts": (_l("No tries are left."), _l("Ask your teacher for another one.")),
    "running": (_l("The result is shown after you have handed in."), _l("Go back and finish the attempt.")),
    "empty": (_l("There is nothing to hand in yet."), _l("Write a text or add a file first.")),
    "file-type": (_l("This kind of file is not accepted here."), _l("The page tells which kinds are.")),
    "too-large": (
        _l("The file is too large. Your other work is safe."),
        _l("The page tells how large it may be."),
    ),
    "moved-on": (_l("The student handed in something newer meanwhile."), _l("Open the review again.")),
    "critical-level-2": (
        _l("A critical criterion is at level 2."),
        _l("Return the work so that this part is done again, or choose another level."),
    ),
    "answered": (
        _l("The LMS has had its answer to this already."),
        _l("Open the selection in the LMS again."),
    ),
    "storage": (
        _l("The file could not be stored. Your other work is safe."),
        _l("Try again in a few minutes."),
    ),
    "unreachable": (_l("The LMS did not answer."), _l("Try again in a few minutes.")),
    "address": (_l("The tool may not call this address."), ADMIN),
    "answer": (_l("The LMS answered something unexpected."), ADMIN),
    "conflict": (_l("This has changed meanwhile."), _l("Reload the page.")),
}
UNKNOWN = (_l("Something went wrong on our side. What you saved is safe."), _l("Try again in a few minutes."))


def install(app: Flask) -> None:
    """Turn every exception into a page."""
    app.register_error_handler(Locked, _locked)
    app.register_error_handler(ToolError, fault)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def _locked(error: Locked) -> ResponseReturnValue:
    unit.fail()
    nodes = course().nodes
    reasons = [(reason, nodes.get(reason.node)) for reason in error.reasons if isinstance(reason, Condition)]
    return render_template("locked.html", node=nodes.get(error.node), reasons=reasons), error.status


def fault(error: ToolError) -> ResponseReturnValue:
    """The page for a fault of ours; nothing of the request is kept."""
    if error.code == "no-cookie" and (asks := platform_storage.fetch()) is not None:
        unit.fail()
        return asks
    return _page(error.status, error.code, error, detail=_detail(error))


def _csrf(error: CSRFError) -> ResponseReturnValue:
    return _page(400, "csrf", error)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    code = {404: "not-found", 413: "too-large", 429: "busy"}.get(error.code, "request")
    return _page(error.code, code, error)


def _bug(error: Exception) -> ResponseReturnValue:
    if current_app.testing:
        raise error
    log.exception("unexpected fault")
    return _page(500, "error", error)


def _page(status: int, code: str, error: Exception, detail: str = "") -> ResponseReturnValue:
    unit.fail()
    reference = secrets.token_hex(4).upper()
    signals.failed(code)
    log.info(
        "fault", reference=reference, status=status, code=code, fault=type(error).__name__, path=_route()
    )
    title, advice = WORDS.get(code, UNKNOWN if status >= 500 else (_l("This did not work."), ASK))
    if code == "not-found" and "operator" in g:
        advice = LISTS
    page = render_template(
        "fault.html",
        status=status,
        code=code,
        title=title,
        advice=advice,
        detail=detail,
        reference=reference,
        doctor_url=references.link(code, reference),
        window_url=again.address(request.form.get("state", "")) if code == "no-cookie" else None,
    )
    return page, status, {"Cache-Control": "no-store"}


def _route() -> str:
    """The route's pattern: an address itself may hold what a log must not."""
    return str(request.url_rule) if request.url_rule else "-"


def _detail(error: ToolError) -> str:
    """What the LMS itself said, where an administrator can use it."""
    if error.code in {"refused", "registration"} or isinstance(error, OutboundError | UnknownDeployment):
        return str(error)[:300]
    return ""
