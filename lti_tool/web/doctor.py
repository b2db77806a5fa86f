"""The doctor: what is wrong between the LMS and the tool, for staff of a course, and behind a failed launch."""

import json
from collections import Counter
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.config import VERSION
from lti_tool.domain.diagnosis import Finding, connection, diagnose, of_failed, of_trial
from lti_tool.lti.urls import is_secure
from lti_tool.services import doctor, platforms, trials
from lti_tool.services.doctor import Case
from lti_tool.web import access, doctor_words, faults, references
from lti_tool.web.current import course, db, launch, now, parts, release, who

launched = Blueprint("doctor", __name__, url_prefix="/l/<launch_id>")
reference = Blueprint("doctor_reference", __name__)
admin = Blueprint("doctor_admin", __name__, url_prefix="/admin/platforms")


@launched.get("/doctor")
@access.allow(*access.STAFF)
def page() -> ResponseReturnValue:
    """Which setting is wrong, where exactly? As far as launches have told."""
    case = _case()
    return _page(case, diagnose(case.told, None))


@launched.post("/doctor")
@access.allow(*access.STAFF)
def ask() -> ResponseReturnValue:
    """The same, with what the LMS answers now."""
    case = _case()
    return _page(case, _asked(case), asked=True)


@launched.post("/doctor/test-score")
@access.allow("instructor", "admin")
def test_score() -> ResponseReturnValue:
    """Send a score into a column of our own, and remove both."""
    case = _case()
    release()
    trial = trials.try_score(parts().engine, parts().http, who(), case, now())
    return _page(case, (of_trial(trial), *diagnose(case.told, None)))


@launched.post("/doctor/report")
@access.allow(*access.STAFF)
def report() -> ResponseReturnValue:
    """A file for whoever helps, with nothing in it that tells of a person."""
    case = _case()
    findings = _asked(case)
    return _file(doctor.report(db(writes=False), case, findings, VERSION, now()))


def _case() -> Case:
    return doctor.open_case(
        db(),
        course(),
        who(),
        launch().id,
        secure=is_secure(parts().settings.base_url),
        in_frame=references.in_frame(),
    )


def _asked(case: Case) -> tuple[Finding, ...]:
    release()
    return diagnose(case.told, doctor.ask(parts().engine, parts().http, case, now()))


def _file(found: dict[str, Any]) -> Response:
    name = f"lti-report-{now():%Y%m%d-%H%M}.json"
    return Response(
        json.dumps(found, indent=2, ensure_ascii=False) + "\n",
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _page(case: Case, findings: tuple[Finding, ...], *, asked: bool = False) -> str:
    order: dict[str, int] = {"broken": 0, "look": 1, "unasked": 2, "ok": 3}
    return render_template(
        "doctor.html",
        case=case,
        findings=sorted(findings, key=lambda finding: (finding.check != "trial", order[finding.state])),
        counts=Counter(finding.state for finding in findings),
        asked=asked,
        may_test=who().role in {"instructor", "admin"},
        words=doctor_words,
        label=trials.LABEL,
    )


@reference.get("/doctor")
@access.public
def failed() -> ResponseReturnValue:
    """A launch that failed, without anybody's name: what is known of it, and what to change."""
    found = references.read(request.args.get("about", ""))
    title, advice = faults.WORDS[found.code]
    return render_template(
        "doctor_reference.html",
        found=found,
        about=request.args["about"],
        title=title,
        advice=advice,
        findings=of_failed(found.failed),
        family=doctor.family_by_number(db(), found.platform_id),
        words=doctor_words,
    )


@reference.get("/doctor/report.json")
@access.public
def failed_report() -> ResponseReturnValue:
    """The same as a file for whoever helps."""
    found = references.read(request.args.get("about", ""))
    return _file(
        doctor.report_of_failed(found.number, found.code, found.platform_id, found.failed, VERSION, now())
    )


@admin.post("/<int:platform_id>/ask")
@access.operators
def ask_platform(platform_id: int) -> ResponseReturnValue:
    """What an LMS answers at this moment, for whoever runs the tool."""
    row = platforms.detail(db(), platform_id).line.row
    release()
    asked = doctor.ask_platform(parts().engine, parts().http, row.id, row.jwks_url, now())
    return render_template(
        "admin/doctor.html",
        row=row,
        findings=connection(asked),
        family=doctor.family_of(row),
        words=doctor_words,
    )
