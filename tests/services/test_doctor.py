"""The doctor asks a demo LMS: what it finds, what a test score leaves behind, and what a report never holds."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from support.delivering import QUIZ, School, Wire, answering, cut, give_key, make_lms, make_school, through
from support.tables import empty

from lti_tool.demo.people import COURSES
from lti_tool.domain.diagnosis import Finding, diagnose
from lti_tool.errors import AccessDenied
from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_RESULT, SCOPE_SCORE
from lti_tool.lti.http import Answer
from lti_tool.services import doctor, trials
from lti_tool.services.doctor import Case
from lti_tool.services.who import Who
from lti_tool.storage.db import Engine, open_session, transaction
from lti_tool.storage.people import Context, LaunchSession, Person, ResourceLink
from lti_tool.storage.platforms import Platform
from lti_tool.storage.scores import AccessToken

TEACHER, STUDENT = "3", "5"


@pytest.fixture
def school(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A course whose column is known; the LMS takes our signature."""
    empty(engine)
    app = make_lms(tmp_path)
    school = make_school(engine, app, Wire(app))
    give_key(school, monkeypatch)
    yield school
    empty(engine)


def launched(school: School, sub: str = TEACHER) -> str:
    """A launch of the quiz."""
    with transaction(school.engine) as session:
        context = session.get_one(Context, school.context_id)
        person = Person(
            deployment_id=context.deployment_id,
            sub=sub,
            name="Keiko",
            email="k@x.test",
            created_at=school.now,
        )
        column = school.lms.lineitem_url(school.column())
        link = ResourceLink(context_id=context.id, resource_link_id="l", node=QUIZ, lineitem_url=column)
        row = LaunchSession(
            id=f"launch-{sub}",
            secret_hash="x",
            person=person,
            context_id=context.id,
            link=link,
            role="instructor",
            language="ja",
            created_at=school.now,
            expires_at=school.now + timedelta(hours=1),
        )
        session.add(row)
        session.flush()
        return row.id


def case_of(school: School, launch_id: str, role: str = "instructor") -> Case:
    with open_session(school.engine, writes=False) as session:
        who = Who(1, school.context_id, role)
        return doctor.open_case(session, school.course, who, launch_id, secure=True, in_frame=None)


def states(findings: tuple[Finding, ...]) -> dict[str, tuple[str, str]]:
    return {finding.check: (finding.state, finding.reason) for finding in findings}


def asked(school: School, case: Case) -> dict[str, tuple[str, str]]:
    return states(diagnose(case.told, doctor.ask(school.engine, school.http, case, school.now)))


def test_a_connection_that_works(school: School):
    found = asked(school, case_of(school, launched(school)))
    assert found["keys"] == ("ok", "there")
    assert found["token"] == ("ok", "there")
    assert found["column"] == ("ok", "found")
    assert found["names"] == ("ok", "there")
    assert found["roster"] == ("look", "missing")


def test_a_column_that_a_teacher_deleted(school: School):
    case = case_of(school, launched(school))
    with school.lms.state.change() as data:
        data.columns.clear()
    assert asked(school, case)["column"] == ("broken", "gone")


def test_an_lms_that_is_down(school: School):
    school.http.always = cut
    found = asked(school, case_of(school, launched(school)))
    assert found["keys"] == ("broken", "unreachable")
    assert found["token"] == ("broken", "unreachable")
    assert found["clock"] == ("look", "unknown")


def test_an_lms_that_answers_with_a_page(school: School):
    school.http.always = answering(200, b"<!doctype html><title>Maintenance</title>")
    found = asked(school, case_of(school, launched(school)))
    assert found["keys"] == ("broken", "answer")


def test_services_that_are_switched_off(school: School):
    school.change(Context, scopes=[], lineitems_url="")
    found = asked(school, case_of(school, launched(school)))
    assert found["service"] == ("broken", "missing")
    assert found["token"] == ("broken", "not-offered")
    assert not [call for call in school.http.asked if "/token" in call], (
        "what is not offered is not asked for"
    )


def test_services_that_were_switched_off_after_a_launch(school: School):
    """Moodle leaves their claims out of launches from then on; what earlier ones told is kept for deep linking."""
    school.change(Context, memberships_url=school.lms.memberships_url("2"))
    case = case_of(school, launched(school))
    school.http.always = lambda go: (
        Answer("POST", "http://lms.test/token", 400, "", {}, b'{"error": "invalid_scope"}')
        if "/token" in school.http.asked[-1]
        else go()
    )
    found = asked(school, case)
    assert found["service"] == ("broken", "withdrawn")
    assert found["roster"] == ("look", "withdrawn")


def test_a_test_score_goes_and_leaves_nothing(school: School):
    """The LMS keeps no grade for a teacher; a student's grades and columns are as before."""
    student = school.student()
    school.want(student, 70)
    school.send()
    case = case_of(school, launched(school))
    with school.lms.state.read() as data:
        before = (dict(data.columns), dict(data.grades))
    trial = trials.try_score(
        school.engine, school.http, Who(1, school.context_id, "instructor"), case, school.now
    )
    assert (trial.step, trial.removed, trial.status) == ("refused", True, 400)
    with school.lms.state.read() as data:
        assert (data.columns, data.grades) == before
    posted = [call for call in school.http.asked if call.startswith(("POST", "DELETE"))]
    own = [call for call in posted if f"/{school.column().id}/" in call and "scores" in call]
    assert len(own) == 1, "the student's own score, and no other"


def test_a_test_score_that_the_lms_keeps_is_read_back(school: School):
    """Where the LMS grades whoever asks."""
    case = case_of(school, launched(school, sub=STUDENT))
    trial = trials.try_score(
        school.engine, school.http, Who(1, school.context_id, "instructor"), case, school.now
    )
    assert (trial.step, trial.removed) == ("done", True)
    assert school.shown(STUDENT) is None


def test_a_column_left_behind_is_told_and_removed_by_the_next_test(school: School):
    case = case_of(school, launched(school))
    who = Who(1, school.context_id, "instructor")
    school.http.faults.extend([through, through, through, through, cut])
    trial = trials.try_score(school.engine, school.http, who, case, school.now)
    assert (trial.step, trial.removed) == ("refused", False)
    assert trials.try_score(school.engine, school.http, who, case, school.now).removed
    with school.lms.state.read() as data:
        assert [column.resource_id for column in data.columns.values()] == [QUIZ]


@pytest.mark.parametrize(
    ("scopes", "step"), [([SCOPE_SCORE], "scope"), ([SCOPE_LINEITEM], "scope"), ([], "scope")]
)
def test_without_the_right_to_make_columns_nothing_is_tried(school: School, scopes: list[str], step: str):
    """Never into a student's column instead."""
    school.change(Context, scopes=scopes)
    case = case_of(school, launched(school))
    school.http.asked.clear()
    trial = trials.try_score(
        school.engine, school.http, Who(1, school.context_id, "instructor"), case, school.now
    )
    assert (trial.step, trial.removed) == (step, True)
    assert school.http.asked == []


def test_only_staff_ask_and_only_teachers_test(school: School):
    launch_id = launched(school)
    with pytest.raises(AccessDenied):
        case_of(school, launch_id, "learner")
    case = case_of(school, launch_id)
    with pytest.raises(AccessDenied):
        trials.try_score(school.engine, school.http, Who(1, school.context_id, "assistant"), case, school.now)
    assert school.http.asked == []


def test_a_report_tells_of_the_connection_and_of_nobody(school: School):
    student = school.student()
    school.want(student, 70, comment="Well done, Sakura")
    school.send()
    case = case_of(school, launched(school))
    findings = diagnose(case.told, doctor.ask(school.engine, school.http, case, school.now))
    with open_session(school.engine, writes=False) as session:
        found = doctor.report(session, case, findings, "0.0", school.now)
        token = session.query(AccessToken).first()
    text = json.dumps(found)
    assert found["grades"] == [{"state": "delivered", "reason": "", "count": 1}]
    assert found["tries"][0]["status"] == 200
    assert {"check": "token", "state": "ok", "reason": "there", "setting": "", "number": None} in found[
        "findings"
    ]
    course = COURSES["2"]
    for secret in (
        "Keiko",
        "k@x.test",
        "Person 5",
        "Well done",
        "launch-3",
        "PRIVATE",
        token.token,
        course.sourcedid,
    ):
        assert secret not in text
    assert '"70"' not in text
    assert '": 70' not in text


def test_which_lms_is_chosen_by_a_message_nobody_has_proved(school: School):
    with open_session(school.engine, writes=False) as session:
        platform = session.query(Platform).one()
        assert doctor.hint(session, platform.issuer, platform.client_id) == platform.id
        assert doctor.hint(session, platform.issuer, "another") is None
        assert doctor.hint(session, "https://unknown.example", None) is None
        assert doctor.family_by_number(session, None) == "other"
        assert SCOPE_RESULT in doctor.USED
