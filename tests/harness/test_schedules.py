"""Submissions, faults, kills, rivals and people's doings in any order: the LMS ends with everybody's newest grade.

HARNESS_EXAMPLES sets how many schedules are tried, HARNESS_SEED which; with `-s` figures are printed.
"""

import os
import sys
import time
from collections import Counter

from harness.conftest import Begin
from harness.schedules import SCHEDULES, Step
from hypothesis import HealthCheck, Phase, given, seed, settings

EXAMPLES = int(os.environ.get("HARNESS_EXAMPLES", "25"))
SEED = int(os.environ.get("HARNESS_SEED", "6"))


def test_whatever_happens_the_lms_ends_with_the_newest_grades(begin: Begin) -> None:
    figures: Counter[str] = Counter()

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(SCHEDULES)
    def lived(schedule: list[Step]) -> None:
        world = begin()
        for name, *arguments in schedule:
            getattr(world, str(name))(*arguments)
        world.end()
        figures.update(world.figures())

    started = time.process_time()
    lived()
    told = [f"{count} {name}" for name, count in figures.items()]
    sys.stdout.write(f"{', '.join(told)}, {time.process_time() - started:.0f} s of CPU\n")
    assert figures["schedules"] >= EXAMPLES
