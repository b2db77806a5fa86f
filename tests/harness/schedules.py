"""Schedules: what may happen to a course, in any order."""

from harness.room import GRADED, OWN, PLACED, STAFF, STRANGER, STUDENTS
from hypothesis import strategies as st

from lti_tool.demo.faults import FAULTS, SCOPES

Step = tuple[object, ...]
"""The name of a method of `World`, and what it is called with."""


def _step(name: str, *arguments: st.SearchStrategy[object]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(name), *arguments)


_wish = _step("wish", st.sampled_from([*STUDENTS, STRANGER]), st.sampled_from(GRADED), st.integers(0, 100))
_fault = _step(
    "fault",
    st.sampled_from(sorted(set(FAULTS) - {"none"})),
    st.sampled_from(["all", "scores", *SCOPES]),
    st.sampled_from([100, 100, 50, 20]),
    st.integers(1, 6),
    st.sampled_from([1, 10, 60]),
)
_people = st.one_of(
    _step("delete", st.sampled_from(PLACED)),
    _step("remake", st.sampled_from(PLACED)),
    _step("double", st.sampled_from(PLACED)),
    _step("choose", st.sampled_from([(), OWN, *((node,) for node in OWN)]), st.booleans()),
    _step("launch", st.sampled_from([*STUDENTS, *STAFF]), st.sampled_from(PLACED)),
    _step("resend"),
    _step("preview"),
)
_rare = st.one_of(
    _people,
    _step("shift", st.sampled_from([-300, 300, 0])),
    _step("distrust", st.integers(1, 4)),
)
_overtake = _step("overtake", st.integers(0, 100))
_between = st.sampled_from(["none"] * 4 + ["work"] * 2 + ["overtake"] * 2 + ["people"]).flatmap(
    {"none": st.none(), "work": _step("work"), "overtake": _overtake, "people": _people}.__getitem__
)
_tick = _step(
    "tick",
    st.sampled_from([0, 10, 400, 1200, 1200]),
    st.sampled_from([None, None, None, *range(6), 8, 11, 15, 20]),
    _between,
)
_KINDS = {"wish": _wish, "tick": _tick, "fault": _fault, "rare": _rare}
_OFTEN = ["wish"] * 4 + ["tick"] * 4 + ["fault"] * 3 + ["rare"] * 2
"""Drawn in two steps: `one_of` would make every rare thing as frequent as a tick."""
SCHEDULES = st.lists(st.sampled_from(_OFTEN).flatmap(_KINDS.__getitem__), min_size=20, max_size=80)
