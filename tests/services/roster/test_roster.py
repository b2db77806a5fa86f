"""The class list of the LMS becomes people and places: complete, or not at all."""

import json
from datetime import timedelta

import pytest
from support.rosters import AOI, MEI, TEACHER, Classroom, counted, members_page, somebody
from werkzeug.wrappers import Response

from lti_tool.lti import nrps
from lti_tool.services.roster import RosterState
from lti_tool.storage.db import transaction
from lti_tool.storage.people import Context, Membership, Person

# --- who is there ------------------------------------------------------------------------------------------


def test_people_who_never_came_are_known_after_reading(room: Classroom) -> None:
    """NRP-02, NRP-13, CERT-N02, CERT-N05: with role and name of the list, and no e-mail."""
    assert room.read() == 1
    found = room.members()
    assert sorted(found) == ["3", "5", "6", "7"]
    aoi = found["5"]
    assert (aoi.role, aoi.status, aoi.last_launch_at, aoi.listed_at) == ("learner", "active", None, room.now)
    with transaction(room.engine) as session:
        person = session.query(Person).filter_by(sub="5").one()
        assert (person.name, person.email) == ("さくら 鈴木", "")
    assert room.state() == RosterState("read", "", 4, room.now)


def test_who_launched_keeps_role_and_name_of_the_launch(room: Classroom) -> None:
    """NRP-13, ROL-11: Moodle lists a non-editing teacher as Learner, and everybody given name first."""
    room.enrol(TEACHER, somebody("4", "tutor", "中村"))
    room.launch("4", "instructor", "中村 翔")
    room.read()
    tutor = room.members()["4"]
    assert (tutor.role, tutor.status, tutor.last_launch_at) == ("instructor", "active", room.now)
    with transaction(room.engine) as session:
        assert session.query(Person).filter_by(sub="4").one().name == "中村 翔"


def test_who_launched_elsewhere_keeps_the_name_and_gets_the_role_of_this_list(room: Classroom) -> None:
    """NRP-13, ROL-11: a launch in another course says nothing of the role in this one."""
    who = room.launch("5", "instructor", "鈴木 葵")
    with transaction(room.engine) as session:
        here = session.get_one(Context, room.context_id)
        other = Context(deployment_id=here.deployment_id, context_id="3", scopes=[], created_at=room.now)
        session.add(other)
        session.flush()
        session.get_one(Membership, (who.person_id, who.context_id)).context_id = other.id
    room.read()
    assert room.members()["5"].role == "learner"
    with transaction(room.engine) as session:
        assert session.query(Person).filter_by(sub="5").one().name == "鈴木 葵"


def test_without_names_the_list_still_counts(room: Classroom) -> None:
    """NRP-04: privacy settings; and a name that the LMS takes back is forgotten, unless a launch gave it."""
    room.launch("6", name="佐藤 健")
    room.read()
    with room.lms.state.change() as data:
        assert data.registration
        data.registration.claims = []
    room.forward(hours=21)
    room.read()
    with transaction(room.engine) as session:
        names = {person.sub: person.name for person in session.query(Person)}
    assert names == {"3": "山本 恵子", "5": "", "6": "佐藤 健", "7": ""}


def test_an_unknown_role_may_look_only(room: Classroom) -> None:
    """ROL-02, ROL-05, NRP-13."""
    room.gate.broken[1] = Response(json.dumps({"members": [{"user_id": "8", "roles": ["Janitor"]}]}))
    room.read()
    assert room.members()["8"].role == "observer"


def test_two_and_a_half_thousand_people_come_in_pages(room: Classroom) -> None:
    """NRP-07, NRP-15: and are kept in as few statements a page as thirty are."""
    statements = []
    for size, pages in ((30, 1), (2500, 6)):
        room.enrol(TEACHER, *(somebody(str(number)) for number in range(1000, 1000 + size)))
        room.gate.mend()
        with counted(room.engine) as asked:
            assert room.read() == 1
        statements.append(len(asked))
        assert len(room.gate.asked) == pages
        assert room.state().people == size + 1
        room.forward(hours=21)
    assert room.gate.asked[5] == "limit=500&from=2500"
    assert len(room.members()) == 2501
    assert statements[1] < 6 * statements[0]


def test_somebody_on_two_pages_is_one_person(room: Classroom) -> None:
    """NRP-15."""
    room.gate.broken[1] = members_page("5", "6", link=f"<{room.lms.memberships_url('2')}?p=2>; rel=next")
    room.gate.broken[2] = members_page("6", "7")
    room.read()
    assert sorted(room.members()) == ["3", "5", "6", "7"]


# --- who has left ------------------------------------------------------------------------------------------


def test_who_is_not_on_the_list_any_more_is_kept_and_marked(room: Classroom) -> None:
    """NRP-05: also who came and worked; who comes back is as before."""
    room.launch("5", name="鈴木 葵")
    room.read()
    room.enrol(TEACHER, MEI)
    room.forward(hours=21)
    room.read()
    found = room.members()
    assert {sub: row.status for sub, row in found.items()} == {
        "3": "active",
        "5": "left",
        "6": "left",
        "7": "active",
    }
    assert (found["5"].left_at, found["5"].role) == (room.now, "learner")
    assert room.state().people == 2
    room.enrol(TEACHER, AOI, MEI)
    room.forward(hours=21)
    room.read()
    found = room.members()
    assert (found["5"].status, found["5"].left_at) == ("active", None)
    assert (found["6"].status, found["6"].left_at) == ("left", room.now - timedelta(hours=21))


@pytest.mark.parametrize("status", ["Inactive", "Deleted"])
def test_who_is_listed_as_inactive_has_left(room: Classroom, status: str) -> None:
    """NRP-05: a suspended student keeps the work and the day since when."""
    room.launch("5")
    room.gate.broken[1] = members_page("5", status=status)
    room.read()
    first = room.now
    room.gate.mend()
    room.gate.broken[1] = members_page("5", status=status)
    room.forward(hours=21)
    room.read()
    aoi = room.members()["5"]
    assert (aoi.status, aoi.left_at, aoi.role) == ("left", first, "learner")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (Response("", 500), "unreachable"),
        (Response("<html>", 200), "answer"),
        (Response("[]", 404), "gone"),
        (Response("[]", 403), "refused"),
        (members_page("1000", link="<?limit=500&from=500>; rel=next"), "answer"),
    ],
    ids=["error", "page for people", "gone", "refused", "circle"],
)
def test_half_a_list_changes_nobody(room: Classroom, broken: Response, reason: str) -> None:
    """NRP-14: a page in the middle fails; who was not seen yet has not left."""
    everybody = [TEACHER, *(somebody(str(number)) for number in range(1000, 1600))]
    room.enrol(*everybody)
    room.read()
    room.enrol(TEACHER, *(somebody(str(number)) for number in range(2000, 2600)))
    room.gate.mend()
    room.gate.broken[2] = broken
    room.forward(hours=21)
    assert room.read() == 1
    assert {row.status for row in room.members().values()} == {"active"}
    assert len(room.members()) == 601
    state = room.state()
    assert (state.state, state.reason, state.people) == ("failed", reason, 601)
    assert state.synced_at == room.now - timedelta(hours=21)


def test_an_empty_list_marks_nobody(room: Classroom) -> None:
    """NRP-15: a course without even a teacher is more likely one whose people the LMS withholds."""
    room.read()
    room.enrol()
    room.forward(hours=21)
    room.read()
    assert {row.status for row in room.members().values()} == {"active"}
    assert room.state().state == "read"


def test_who_launches_while_the_list_is_read_has_not_left(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NRP-14: the list was made before they were enrolled."""
    read_all = nrps.read_all

    def slowly(*about: object) -> nrps.Roster:
        found = read_all(*about)  # type: ignore[arg-type]
        room.launch("9")
        return found

    monkeypatch.setattr(nrps, "read_all", slowly)
    room.read()
    assert room.members()["9"].status == "active"
