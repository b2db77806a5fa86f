"""What a careful reader would ask the author about. A course can be taught with it, so it is served all the same."""

from collections.abc import Iterator
from datetime import date
from statistics import median

from lti_tool.curriculum import statistics
from lti_tool.curriculum.facts import overdue
from lti_tool.curriculum.instructor import INSTRUCTOR
from lti_tool.curriculum.package import Package
from lti_tool.curriculum.problems import Problem
from lti_tool.curriculum.visible import build, characters
from lti_tool.domain.course import LANGS, Choice, Course

SHORTEST, LONGEST = 900, 1_800
"""Japanese characters of a lesson: eight to fifteen minutes of reading, one idea."""

LONG_NUMBERS = 0.02
"""Share by which a page may pass a limit before anybody need think of it."""

OUT_OF_STEP = 1.4
"""One language of a page this many times longer or shorter, for its other one, than pages of the course are."""

LENGTH_TELLS = 1.6
"""A key this many times as long as the next longest answer, and longer by GAP, is found without reading."""
GAP = {"ja": 10, "en": 20}

FEW = 30
"""Questions of a kind below which a habit of choosing tells nothing of their author."""


def warnings(package: Package, course: Course, today: date) -> list[Problem]:
    """Everything worth a second look, sorted by place."""
    found = {*_lengths(package), *_steps(package), *_tells(package, course), *_habits(package, course)}
    return sorted({*found, *overdue(package, today)})


def _pages(package: Package) -> Iterator[tuple[str, str, str]]:
    """Path of the Japanese page, its text and the English one, of every lesson."""
    for path, text in package.texts.items():
        stem = path.removesuffix(".ja.md")
        if stem != path and not stem.endswith("/assignment") and f"/{INSTRUCTOR}/" not in path:
            yield path, text, package.texts[f"{stem}.en.md"]


def _lengths(package: Package) -> Iterator[Problem]:
    for path, ja, _en in _pages(package):
        count = characters(ja)
        if count < SHORTEST * (1 - LONG_NUMBERS):
            advice = f"lessons have from {SHORTEST:,} to {LONGEST:,}: join it to another, or give an example"
            yield Problem(path, 1, f"a page of only {count:,} characters", advice)
        elif count > LONGEST * (1 + LONG_NUMBERS):
            advice = f"lessons have from {SHORTEST:,} to {LONGEST:,}: one idea a page"
            yield Problem(path, 1, f"a page of {count:,} characters", advice)


def _steps(package: Package) -> Iterator[Problem]:
    """Languages that do not say the same: far from the usual ratio of their lengths, or built differently."""
    pages = list(_pages(package))
    ratios = {path: characters(en) / max(1, characters(ja)) for path, ja, en in pages}
    usual = median(ratios.values()) if ratios else 1
    for path, ja, en in pages:
        other = path.replace(".ja.md", ".en.md")
        if not usual / OUT_OF_STEP <= ratios[path] <= usual * OUT_OF_STEP:
            message = f"{ratios[path]:.1f} times as long as the Japanese page; {usual:.1f} is usual here"
            yield Problem(other, 1, message, "see what one of them leaves out")
        ours, theirs = vars(build(ja)), vars(build(en))
        for what in (name for name in ours if ours[name] != theirs[name]):
            message = f"{theirs[what]} {what}, and {ours[what]} in Japanese"
            yield Problem(other, 1, message, "build both pages alike")


def _tells(package: Package, course: Course) -> Iterator[Problem]:
    for kind in statistics.CHOSEN_ONE:
        for item in statistics.choices(course, kind):
            for lang in LANGS:
                if _told_by_length(item, lang):
                    path, line = package.place(item.id)
                    message = f"the best answer of `{item.id}` is by far the longest ({lang})"
                    yield Problem(path, line, message, "shorten it, or say more in another answer")


def _habits(package: Package, course: Course) -> Iterator[Problem]:
    """Ways to choose without reading that pay better than chance. Said of the first question of the kind."""
    for kind in statistics.CHOSEN_ONE:
        items = statistics.choices(course, kind)
        limit = statistics.luck(items) if len(items) >= FEW else 100
        for habit in statistics.habits(items):
            for lang in (lang for lang in LANGS if habit.scores[lang] > limit):
                earned = f"{float(habit.scores[lang]):.1f} % ({lang}), {limit:.1f} % may be chance"
                message = f"“{habit.name}” earns {earned}, over {len(items)} questions of kind {kind}"
                yield Problem(*package.place(items[0].id), message, "even out their answers")


def _told_by_length(item: Choice, lang: str) -> bool:
    best = max(item.options, key=lambda option: option.credit)
    longest = max(statistics.length(option.text[lang]) for option in item.options if option is not best)
    own = statistics.length(best.text[lang])
    return own >= LENGTH_TELLS * longest and own - longest >= GAP[lang]
