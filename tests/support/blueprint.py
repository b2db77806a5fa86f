"""What the programme promises, module by module: pages, and what one attempt at the quiz asks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """`kinds` and `levels` add up to `draw`; without levels the programme names none."""

    lessons: int
    draw: int
    kinds: dict[str, float]
    levels: dict[str, float]


def _plan(lessons: int, draw: int, kinds: str, levels: str) -> Plan:
    return Plan(lessons, draw, _counts(kinds, KIND_CODES), _counts(levels, LEVEL_CODES))


def _counts(text: str, codes: dict[str, str]) -> dict[str, float]:
    return {codes[code]: float(count) for count, code in (part.split() for part in text.split(",") if part)}


KIND_CODES = {
    "SB": "single",
    "MR": "multiple",
    "MA": "matching",
    "OR": "ordering",
    "NU": "numeric",
    "SJ": "situational",
}
LEVEL_CODES = {"R": "remember", "U": "understand", "A": "apply", "An": "analyse", "E": "evaluate"}

PLANS = {
    "M101": _plan(5, 10, "6 SB, 2 MA, 2 MR", "3 R, 5 U, 2 A"),
    "M102": _plan(5, 12, "5 SB, 3 MA, 4 SJ", "4 U, 5 A, 3 An"),
    "M103": _plan(5, 10, "5 SB, 2 MR, 3 SJ", "4 U, 4 A, 2 E"),
    "M104": _plan(5, 10, "6 SB, 2 OR, 2 SJ", "3 U, 5 A, 2 An"),
    "M105": _plan(5, 10, "6 SB, 2 OR, 2 MR", "2 R, 4 U, 4 A"),
    "M106": _plan(5, 15, "7 SB, 3 MR, 1 NU, 4 SJ", "2 R, 4 U, 6 A, 3 E"),
    "M107": _plan(5, 15, "8 SB, 3 MR, 2 MA, 2 SJ", "3 R, 4 U, 6 A, 2 E"),
    "M108": _plan(5, 12, "4 SB, 5 NU, 1 MA, 2 SJ", "2 U, 8 A, 2 An"),
    "M201": _plan(5, 10, "5 SB, 3 OR, 2 SJ", "3 U, 5 A, 2 An"),
    "M202": _plan(5, 10, "6 SB, 2 NU, 1 OR, 1 MR", "3 R, 3 U, 4 A"),
    "M203": _plan(5, 10, "5 SB, 2 OR, 3 SJ", "2 U, 5 A, 1 An, 2 E"),
    "M204": _plan(5, 12, "4 SB, 2 MR, 6 SJ", "2 U, 6 A, 4 E"),
    "M205": _plan(5, 12, "4 SB, 4 NU, 2 MR, 2 SJ", "7 A, 2 An, 3 E"),
    "M206": _plan(4, 8, "4 SB, 2 OR, 2 SJ", "2 U, 6 A"),
    "M207": _plan(5, 12, "2 SB, 7 NU, 1 MR, 2 SJ", "8 A, 4 An"),
    "M208": _plan(4, 10, "4 SB, 3 NU, 3 SJ", "2 U, 4 A, 2 An, 2 E"),
    "M209": _plan(4, 10, "3 SB, 1 OR, 6 SJ", "5 A, 5 E"),
    "M301": _plan(4, 8, "4 SB, 2 NU, 2 SJ", "3 U, 3 A, 2 An"),
    "M302": _plan(4, 8, "4 SB, 4 SJ", "5 A, 3 An"),
    "M303": _plan(4, 8, "3 SB, 1 OR, 4 SJ", "4 A, 4 E"),
    # five pages set the verticals side by side, and one page belongs to each
    "M304": _plan(8, 20, "12 SB, 3 MR, 2 MA, 3 SJ", "3 R, 5 U, 9 A, 3 E"),
    "M305": _plan(5, 10, "5 SB, 2 MR, 3 SJ", "3 U, 4 A, 3 E"),
    # The mock paper: the final's 52 : 8 : 4 : 2 : 8 : 6 in 60 items.
    "M306": _plan(4, 60, "39 SB, 6 MR, 3 MA, 1.5 OR, 6 NU, 4.5 SJ", ""),
}
FORMS = {
    "gate1-test": (2, 40, _counts("26 SB, 4 MR, 2 MA, 2 OR, 3 NU, 3 SJ", KIND_CODES), {"law": 12}),
    "m307-written-exam": (
        4,
        80,
        _counts("52 SB, 8 MR, 4 MA, 2 OR, 8 NU, 6 SJ", KIND_CODES),
        {"law-offers-ethics": 16},
    ),
}
"""Examinations: how many forms, scored questions in each, their kinds, and those of a part."""

FINAL_LEVELS = {
    "d1": _counts("1 R, 4 U, 4 A, 2 An, 1 E", LEVEL_CODES),
    "d2": _counts("1 R, 3 U, 5 A, 2 An, 1 E", LEVEL_CODES),
    "d3": _counts("2 R, 4 U, 7 A, 2 An, 1 E", LEVEL_CODES),
    "d4": _counts("2 U, 6 A, 2 An, 2 E", LEVEL_CODES),
    "d5": _counts("2 R, 4 U, 6 A, 1 An, 3 E", LEVEL_CODES),
    "d6": _counts("2 U, 6 A, 3 An, 1 E", LEVEL_CODES),
}
"""Scored questions of a form of the final examination by domain, which their ids name, and by cognitive level."""

WEIGHTS = {"d1": 15, "d2": 15, "d3": 20, "d4": 15, "d5": 20, "d6": 15}
"""Per cent of the examination."""

YEARS = {"foundation": None, "practitioner": 2, "specialist": 2, "endorsement": None, "assessor": 1}
"""How long a level of the credential lasts."""

ANCHORS = 20
"""Questions that two forms of the final examination share, so that their marks can be compared."""

LESSONS_OF_THE_LAST = ("M307", 4)
