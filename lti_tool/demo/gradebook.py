"""The rules of the grade columns, as Moodle keeps them: what a score does, what a line item says."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lti_tool.demo.lms import Lms, refuse
from lti_tool.demo.people import BY_ID
from lti_tool.demo.state import Column, Data, Grade

LONGEST_LABEL = 255


def lineitem_json(lms: Lms, column: Column) -> dict[str, Any]:
    """A line item as the service shows it (AGS 2.0 §3.2)."""
    item = {
        "id": lms.lineitem_url(column),
        "label": column.label,
        "scoreMaximum": plain(column.maximum),
        "resourceId": column.resource_id,
        "tag": column.tag,
        "resourceLinkId": column.link_id,
    }
    return {name: value for name, value in item.items() if value is not None}


def result_json(lms: Lms, column: Column, grade: Grade) -> dict[str, Any]:
    """A result as the service shows it (AGS 2.0 §3.3)."""
    path, _, query = lms.lineitem_url(column).partition("?")
    result: dict[str, Any] = {"id": f"{path}/results?{query}&user_id={grade.person}", "userId": grade.person}
    if column.text:
        return result
    result |= {
        "resultScore": plain(grade.final),
        "resultMaximum": plain(column.maximum),
        "scoreOf": lms.lineitem_url(column),
        "timestamp": datetime.fromtimestamp(grade.timestamp, UTC).astimezone().isoformat(),
    }
    return result | ({"comment": grade.comment} if grade.comment else {})


def fill_column(column: Column, data: Data, body: Mapping[str, Any]) -> None:
    """Take a line item's fields from the body of a POST or PUT. What is left out is wiped.

    Refuses 400 without label or a usable scoreMaximum, 403 for an activity that is not of this course.
    """
    label, maximum = body.get("label"), number(body.get("scoreMaximum"))
    if not isinstance(label, str) or not label.strip() or len(label) > LONGEST_LABEL:
        refuse(400, "Invalid label")
    if maximum is None or maximum < 0:
        refuse(400, "Invalid scoreMaximum")
    link = _text(body, "resourceLinkId")
    if link is not None and (link not in data.activities or data.activities[link].course != column.course):
        refuse(403, "Forbidden resourceLinkId")
    column.resource_id, column.tag, column.link_id = _text(body, "resourceId"), _text(body, "tag"), link
    rescale(column, data, maximum)
    column.label, column.maximum = label, maximum


def record_score(column: Column, data: Data, body: Mapping[str, Any], now: float) -> Grade | None:
    """Do what a POST to /scores does (AGS 2.0 §3.4), and return the grade that is left.

    Refuses 400, 409 when not later by a whole second, or 500 when the column is locked. Only FullyGraded with a
    scoreGiven leaves a grade. Anything else erases the one there is, with its time: even an older score is taken
    next. A score without comment erases the comment. What a teacher entered stays, with its comment.
    """
    person = BY_ID.get(str(body.get("userId", "")))
    timestamp = _time(body.get("timestamp"))
    if person is None or not person.gradable or timestamp is None:
        refuse(400, "Incorrect score received")
    if not all(isinstance(body.get(name), str) for name in ("gradingProgress", "activityProgress")):
        refuse(400, "Incorrect score received")
    given, out_of = body.get("scoreGiven"), body.get("scoreMaximum")
    if given is not None and (number(given) is None or number(out_of) is None):
        refuse(400, "Incorrect score received")
    kept = data.grade(column.id, person.id)
    if kept is not None and int(timestamp) <= int(kept.timestamp):
        refuse(409, "Refusing score with an earlier timestamp")
    if column.locked:
        refuse(500, "Internal Server Error")
    if given is None or body["gradingProgress"] != "FullyGraded":
        data.erase_grade(column.id, person.id)
        return None
    raw, maximum = float(given), float(out_of or 0)
    scaled = raw * column.maximum / maximum if maximum else raw
    grade = Grade(
        column=column.id,
        person=person.id,
        score=round(min(max(scaled, 0.0), column.maximum), 5),
        comment=str(body.get("comment") or ""),
        timestamp=timestamp,
        received=now,
    )
    if kept is not None and kept.overridden is not None:
        grade.overridden, grade.comment = kept.overridden, kept.comment
    data.keep_grade(grade)
    return grade


def drop_column(column: Column, data: Data) -> None:
    """Delete a column and its grades. An activity that had it stays, and is launched without line item."""
    del data.columns[column.id]
    data.grades = {name: grade for name, grade in data.grades.items() if grade.column != column.id}
    for activity in data.activities.values():
        if activity.column == column.id:
            activity.column = None


def number(value: object) -> float | None:
    """A finite JSON number, or a string that is one, as PHP would have it; otherwise None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def plain(value: float) -> int | float:
    """28 rather than 28.0."""
    return int(value) if value == int(value) else value


def rescale(column: Column, data: Data, maximum: float) -> None:
    """Have the grades of a column keep their proportion to another maximum."""
    if not column.maximum or maximum == column.maximum:
        return
    for grade in data.grades.values():
        if grade.column == column.id:
            grade.score = round(grade.score * maximum / column.maximum, 5)
            if grade.overridden is not None:
                grade.overridden = round(grade.overridden * maximum / column.maximum, 5)


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    return str(value) if value not in (None, "") else None


def _time(value: object) -> float | None:
    """Unix seconds of an ISO 8601 time with date, time and offset; otherwise None."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.timestamp() if found is not None and found.tzinfo is not None else None
