"""What opens what: total, monotone, and with reasons a student can act on."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.courses import tiny_course

from lti_tool.domain.course import Condition, Course, Module
from lti_tool.domain.gating import (
    DONE,
    OPEN,
    AssignmentProgress,
    NodeState,
    Progress,
    QuizProgress,
    evaluate,
    next_step,
    reasons,
)

COURSE = tiny_course()
PASSED = QuizProgress(90, True)
HANDED_IN = AssignmentProgress("submitted")
RETURNED = AssignmentProgress("returned")
GRADED = AssignmentProgress("graded", 80, True)
FAILED = AssignmentProgress("graded", 40, False)
STAGE1 = Progress({"a101-quiz": PASSED, "a102-quiz": PASSED}, {"a101-work": GRADED, "a102-work": GRADED})


def step(progress: Progress, course: Course = COURSE) -> str | None:
    return next_step(course, progress, evaluate(course, progress))


def test_at_the_start_only_the_first_module_is_open() -> None:
    states = evaluate(COURSE, Progress())
    assert {node for node, state in states.items() if state == OPEN} == {
        "stage1", "a101", "a101-why", "a101-how", "a101-quiz", "a101-work",
    }  # fmt: skip
    assert set(states) == set(COURSE.nodes)


def test_a_locked_module_says_what_opens_it_and_so_does_all_inside() -> None:
    states = evaluate(COURSE, Progress({"a101-quiz": PASSED}))
    needed = NodeState("locked", (Condition("assignment_submitted", "a101-work"),))
    assert [states[node] for node in ("a102", "a102-why", "a102-quiz", "a102-work")] == [needed] * 4
    assert states["stage1"] == OPEN


def test_a_module_behind_a_gate_names_the_gate_before_its_own_conditions() -> None:
    own = Condition("quiz_passed", "elsewhere")
    stage1, stage2 = COURSE.stages
    course = replace(
        COURSE, stages=(stage1, replace(stage2, modules=(replace(stage2.modules[0], needs=(own,)),)))
    )
    states = evaluate(course, Progress({"a101-quiz": PASSED}, {"a101-work": GRADED}))
    gate = (Condition("quiz_passed", "a102-quiz"), Condition("assignment_passed", "a102-work"))
    assert states["stage2"].reasons == gate
    assert states["b201-quiz"].reasons == (*gate, own)


@pytest.mark.parametrize("work", [HANDED_IN, RETURNED, FAILED, GRADED])
def test_work_handed_in_once_keeps_the_next_module_open(work: AssignmentProgress) -> None:
    assert evaluate(COURSE, Progress({"a101-quiz": PASSED}, {"a101-work": work}))["a102"] == OPEN


@pytest.mark.parametrize("work", [AssignmentProgress(), AssignmentProgress("draft")])
def test_a_draft_opens_nothing(work: AssignmentProgress) -> None:
    states = evaluate(COURSE, Progress({"a101-quiz": PASSED}, {"a101-work": work}))
    assert states["a102"].status == "locked"


def test_a_stage_is_done_when_its_modules_are_whatever_was_read() -> None:
    states = evaluate(COURSE, STAGE1)
    assert states["stage1"] == states["a101"] == states["a102-quiz"] == states["a102-work"] == DONE
    assert states["a101-why"] == states["stage2"] == states["b201"] == OPEN


def test_a_gate_wants_the_assignments_passed_not_just_handed_in() -> None:
    waiting = replace(STAGE1, assignments={"a101-work": GRADED, "a102-work": HANDED_IN})
    assert evaluate(COURSE, waiting)["stage2"].reasons == (Condition("assignment_passed", "a102-work"),)


def test_a_module_with_nothing_to_pass_is_done_when_read() -> None:
    course = _with_first_module(replace(COURSE.modules[0], quiz=None, assignment=None))
    assert evaluate(course, Progress())["a101"] == OPEN
    assert step(Progress(), course) == "a101-why"
    read = Progress(lessons=frozenset({"a101-why", "a101-how"}))
    assert evaluate(course, read)["a101"] == DONE


def test_the_next_step_walks_through_a_module() -> None:
    one, both = frozenset({"a101-why"}), frozenset({"a101-why", "a101-how"})
    assert step(Progress()) == "a101-why"
    assert step(Progress(lessons=one)) == "a101-how"
    assert step(Progress(lessons=both)) == "a101-quiz"
    assert step(Progress({"a101-quiz": QuizProgress(60)}, lessons=both)) == "a101-quiz"
    assert step(Progress({"a101-quiz": PASSED}, lessons=both)) == "a101-work"
    assert (
        step(Progress({"a101-quiz": PASSED}, {"a101-work": AssignmentProgress("draft")}, both)) == "a101-work"
    )


def test_a_module_that_waits_for_a_review_is_skipped_even_with_a_page_unread() -> None:
    assert step(Progress({"a101-quiz": PASSED}, {"a101-work": HANDED_IN})) == "a102-why"


def test_returned_work_comes_before_everything() -> None:
    assert step(Progress({"a101-quiz": PASSED}, {"a101-work": RETURNED})) == "a101-work"
    both = Progress({"a101-quiz": PASSED}, {"a101-work": HANDED_IN, "a102-work": RETURNED})
    assert step(both) == "a102-work"


def test_work_not_passed_is_the_next_step_when_nothing_else_is_left() -> None:
    failed = replace(STAGE1, assignments={"a101-work": GRADED, "a102-work": FAILED})
    assert step(failed) == "a102-work"
    earlier = Progress({"a101-quiz": PASSED}, {"a101-work": FAILED})
    assert step(earlier) == "a102-why"


def test_there_is_no_next_step_while_all_waits_for_review_or_when_all_is_done() -> None:
    waiting = replace(STAGE1, assignments={"a101-work": GRADED, "a102-work": HANDED_IN})
    assert step(waiting) is None
    everything = replace(
        STAGE1,
        quizzes=STAGE1.quizzes | {"b201-quiz": PASSED},
        assignments=STAGE1.assignments | {"b201-work": GRADED},
    )
    assert step(everything) is None


def test_a_course_without_stages_has_no_states() -> None:
    empty = replace(COURSE, stages=())
    assert (evaluate(empty, STAGE1), step(STAGE1, empty)) == ({}, None)


def _with_first_module(module: Module) -> Course:
    stage1 = COURSE.stages[0]
    return replace(
        COURSE, stages=(replace(stage1, modules=(module, *stage1.modules[1:])), *COURSE.stages[1:])
    )


NAMES = [module.id for module in COURSE.modules] + ["gone"]
QUIZZES = [f"{name}-quiz" for name in NAMES]
WORKS = [f"{name}-work" for name in NAMES]
LESSONS = [f"{name}-{part}" for name in NAMES for part in ("why", "how")]
LADDER = [AssignmentProgress(), AssignmentProgress("draft"), HANDED_IN, RETURNED, FAILED, GRADED]
"""Assignment progress, each step at least as far as the one before."""

quizzes = st.dictionaries(
    st.sampled_from(QUIZZES), st.sampled_from([QuizProgress(), QuizProgress(50), PASSED])
)
rungs = st.dictionaries(st.sampled_from(WORKS), st.integers(0, len(LADDER) - 1))
lessons = st.frozensets(st.sampled_from(LESSONS))
needs = st.lists(
    st.builds(
        Condition,
        st.sampled_from(["quiz_passed", "assignment_submitted", "assignment_passed"]),
        st.sampled_from(QUIZZES + WORKS),
    ),
    max_size=4,
).map(tuple)


@st.composite
def courses(pick: st.DrawFn) -> Course:
    """The tiny course with any conditions, parts missing here and there."""
    stages = []
    for stage in COURSE.stages:
        modules = [
            replace(
                module,
                needs=pick(needs),
                quiz=pick(st.sampled_from([module.quiz, None])),
                assignment=pick(st.sampled_from([module.assignment, None])),
                lessons=pick(st.sampled_from([module.lessons, ()])),
            )
            for module in stage.modules
        ]
        stages.append(replace(stage, needs=pick(needs), modules=tuple(modules[: pick(st.integers(0, 2))])))
    return replace(COURSE, stages=tuple(stages))


@given(course=courses(), quizzes=quizzes, rungs=rungs, read=lessons)
def test_every_node_has_a_state_and_the_next_step_is_open(
    course: Course, quizzes: dict[str, QuizProgress], rungs: dict[str, int], read: frozenset[str]
) -> None:
    progress = Progress(quizzes, {work: LADDER[rung] for work, rung in rungs.items()}, read)
    states = evaluate(course, progress)
    assert set(states) == set(course.nodes)
    assert {node: reasons(course, progress, node) for node in states} == {
        node: state.reasons for node, state in states.items()
    }
    for state in states.values():
        assert (state.status == "locked") == bool(state.reasons)
        assert not any(progress.meets(reason) for reason in state.reasons)
    for stage in course.stages:
        if states[stage.id].status == "locked":
            assert all(states[module.id].status == "locked" for module in stage.modules)
    upcoming = next_step(course, progress, states)
    assert upcoming is None or states[upcoming] == OPEN


@given(
    course=courses(),
    quizzes=quizzes,
    more_quizzes=quizzes,
    rungs=rungs,
    more_rungs=rungs,
    read=lessons,
    more_read=lessons,
)
def test_more_progress_never_locks_what_was_open_nor_undoes_what_was_done(
    course: Course,
    quizzes: dict[str, QuizProgress],
    more_quizzes: dict[str, QuizProgress],
    rungs: dict[str, int],
    more_rungs: dict[str, int],
    read: frozenset[str],
    more_read: frozenset[str],
) -> None:
    def works(levels: dict[str, int]) -> dict[str, AssignmentProgress]:
        return {work: LADDER[level] for work, level in levels.items()}

    before = Progress(quizzes, works(rungs), read)
    grown = {work: max(rungs.get(work, 0), more_rungs.get(work, 0)) for work in rungs | more_rungs}
    passed = {name for known in (quizzes, more_quizzes) for name, one in known.items() if one.passed}
    after = Progress(quizzes | more_quizzes | dict.fromkeys(passed, PASSED), works(grown), read | more_read)
    then, now = evaluate(course, before), evaluate(course, after)
    for node, state in then.items():
        if state.status == "open":
            assert now[node].status in {"open", "done"}
        if state.status == "done":
            assert now[node] == DONE
        assert set(now[node].reasons) <= set(state.reasons)
