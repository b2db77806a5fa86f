"""What a gate can ask of somebody's work, one thing at a time."""

from dataclasses import dataclass
from typing import Literal

ConditionKind = Literal["quiz_passed", "assignment_submitted", "assignment_passed"]


@dataclass(frozen=True)
class Condition:
    """One thing that must be true of a quiz or assignment before something opens."""

    kind: ConditionKind
    node: str
