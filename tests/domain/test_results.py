"""The result of a stage."""

from support.courses import tiny_course

from lti_tool.domain.course import Stage, Text
from lti_tool.domain.gating import AssignmentProgress, Progress, QuizProgress
from lti_tool.domain.results import stage_percent

STAGE = tiny_course().stages[0]


def progress(*percents: int | None) -> Progress:
    """Results of a101's quiz and work, then of a102's; None: not there yet."""
    names = ("a101-quiz", "a101-work", "a102-quiz", "a102-work")
    found = dict(zip(names, percents, strict=True))
    return Progress(
        quizzes={name: QuizProgress(found[name], True) for name in names[::2] if found[name] is not None},
        assignments={name: AssignmentProgress("graded", found[name], True) for name in names[1::2]},
    )


def test_a_stage_is_the_mean_of_all_its_parts_rounded_down():
    assert stage_percent(STAGE, progress(100, 75, 80, 72)) == 81


def test_nothing_is_said_of_a_stage_until_every_part_is_there():
    assert stage_percent(STAGE, progress(100, 75, 80, None)) is None
    assert stage_percent(STAGE, progress(None, 75, 80, 72)) is None
    assert stage_percent(STAGE, Progress()) is None


def test_a_part_with_zero_is_there():
    assert stage_percent(STAGE, progress(0, 0, 0, 0)) == 0


def test_a_stage_without_graded_parts_has_no_result():
    assert stage_percent(Stage("empty", 9, Text("", ""), Text("", ""), ()), Progress()) is None
