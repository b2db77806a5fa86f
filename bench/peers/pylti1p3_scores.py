"""Scores by PyLTI1p3: `python pylti1p3_scores.py <platform> <scores> <threads> <key file>`.

With 0 threads as its documentation shows it: each score by a service of its own, as a web request makes it, one
after the other. With more, one service is shared by a pool of threads.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from pylti1p3.lineitem import LineItem
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector

SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


def service(platform: str, key: str) -> AssignmentsGradesService:
    """What a launch gives to its tool."""
    registration = Registration()
    registration.set_issuer(platform).set_client_id("bench").set_auth_token_url(f"{platform}/token")
    registration.set_tool_private_key(key)
    return AssignmentsGradesService(
        ServiceConnector(registration), {"scope": [SCORE], "lineitem": f"{platform}/1/1"}
    )


def main(platform: str, count: int, threads: int, key: str) -> None:
    """Send, then print one line."""
    shared = service(platform, key)

    def send(number: int) -> None:
        grade = Grade().set_score_given(80).set_score_maximum(100).set_user_id(f"{threads}-{number}")
        grade.set_activity_progress("Completed").set_grading_progress("FullyGraded")
        grade.set_timestamp(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"))
        item = LineItem().set_id(f"{platform}/1/1")
        (shared if threads else service(platform, key)).put_grade(grade, item)

    began, cpu, lost = time.perf_counter(), time.process_time(), 0

    def tried(number: int) -> int:
        try:
            send(number)
        except Exception:
            return 1
        return 0

    if threads:
        with ThreadPoolExecutor(threads) as pool:
            lost = sum(pool.map(tried, range(count)))
    else:
        lost = sum(map(tried, range(count)))
    took = time.perf_counter() - began
    found = {"tried": count, "lost": lost, "seconds": took, "cpu": time.process_time() - cpu}
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]).read_text())
