"""Judging work by a rubric: from levels to a percentage and a pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.domain.course import RubricRow

SHARES: Mapping[int, int] = {4: 100, 3: 75, 2: 45, 1: 0}
"""What each level earns, in percent of the weight of its criterion."""

TOP, PROFICIENT, INSUFFICIENT = 4, 3, 1


@dataclass(frozen=True)
class Judgement:
    """The outcome of a rubric. `percent` is 0-100, rounded down.

    `failing` are the critical criteria at level 1, which fail the whole; `weak` those at level 2, which must
    be done again and so are no pass either. Both by code, in rubric order.
    """

    percent: int
    passed: bool
    failing: tuple[str, ...]
    weak: tuple[str, ...]


def cap(number: int) -> int:
    """The highest level that counts in version `number`: 4 in the first, 3 in every resubmission."""
    return TOP if number == 1 else PROFICIENT


def check(rubric: Sequence[RubricRow], levels: Mapping[str, int]) -> None:
    """Refuse with ValueError a criterion that is not in the rubric, or a level that is not 1, 2, 3 or 4."""
    codes = {row.criterion.code for row in rubric}
    for code, level in levels.items():
        if code not in codes:
            raise ValueError(f"{code!r} is not a criterion of this rubric")
        if type(level) is not int or level not in SHARES:  # True would pass for 1
            raise ValueError(f"{code}: {level!r} is not a level from 1 to 4")


def missing(rubric: Sequence[RubricRow], levels: Mapping[str, int]) -> tuple[str, ...]:
    """The codes of the criteria without a level, in rubric order."""
    return tuple(row.criterion.code for row in rubric if row.criterion.code not in levels)


def judge(
    rubric: Sequence[RubricRow], levels: Mapping[str, int], pass_mark: int, highest: int = TOP
) -> Judgement:
    """Weigh complete `levels`, each counting as `highest` at most.

    Raises ValueError when the levels are impossible or incomplete.
    """
    check(rubric, levels)
    if absent := missing(rubric, levels):
        raise ValueError(f"no level for {', '.join(absent)}")
    earned = sum(row.weight * SHARES[min(levels[row.criterion.code], highest)] for row in rubric)
    percent = earned // 100
    critical = [row.criterion.code for row in rubric if row.critical]
    failing = tuple(code for code in critical if levels[code] == INSUFFICIENT)
    weak = tuple(code for code in critical if INSUFFICIENT < levels[code] < PROFICIENT)
    return Judgement(percent, percent >= pass_mark and not failing and not weak, failing, weak)
