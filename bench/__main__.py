"""Measures, prints a table, and writes the `launch`, `page`, `content` and `scores` parts of var/bench.json."""

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from statistics import median

import click

from bench import scores, tools
from bench.acts import launch, open_page
from bench.browser import Browser
from bench.content import loading
from bench.install import InstallError
from bench.measure import Act, Samples, Subject, cpu_ms, cpu_ratio, interleaved, rate_share
from bench.platform import CLIENT, SLOW_CLIENT, Platform
from bench.servers import Server, StartError
from bench.tools import ROOT, Tool
from lti_tool.curriculum.load import load
from lti_tool.curriculum.markdown import Bases, render_lesson
from lti_tool.domain.course import Lesson

VAR = ROOT / "var" / "bench"
RESULTS = ROOT / "var" / "bench.json"
ROUNDS = 9
LAUNCHES, SLOW_LAUNCHES, PAGES = 100, 30, 150

OURS, HOME, GRANIAN = "ours", "ours, to the course home", "ours on granian"
FIRST = "ours, new students"
PYLTI1P3, MINIMAL, LTIJS = "PyLTI1p3's Flask example", "PyLTI1p3 on Flask, the least", "ltijs"
QUICK_KEYS, SLOW_KEYS = "ours, key set at once", "ours, key set after 100 ms"
BARE = "bare Flask page"


def main() -> int:
    """Run everything; 1 when a tool to compare with is missing."""
    VAR.mkdir(parents=True, exist_ok=True)
    platform = Platform()
    tools.prepare_ours(VAR, platform)
    lesson, body = _lesson()
    content = loading(tools.CONTENT)
    missing: list[str] = []
    with ExitStack() as stack:
        running = _start(stack, platform, lesson, missing)
        bare = stack.enter_context(tools.bare_flask(VAR, body))
        launches = _launches(platform, running, lesson)
        slow = _slow_keys(platform, running[OURS], lesson)
        pages = _pages(platform, running, bare, lesson)
    platform.close()
    sending, no_peer = scores.measure(VAR)
    missing += no_peer
    _print(launches, OURS)
    _print(slow, QUICK_KEYS)
    _print(pages, BARE)
    _write(launches, slow, pages, {"content": content, "scores": sending})
    for complaint in missing:
        click.echo(complaint, err=True)
    return 1 if missing else 0


def _lesson() -> tuple[Lesson, str]:
    """The first lesson, which is open to every student, and its text as a page shows it."""
    course, _problems = load(tools.CONTENT)
    if course is None:
        raise SystemExit("the content package is broken: make content-check")
    module = course.stages[0].modules[0]
    bases = Bases(f"../assets/{module.id}/", "../n/", "../glossary", course.glossary)
    return module.lessons[0], render_lesson(module.lessons[0], "ja", bases)


def _start(stack: ExitStack, platform: Platform, lesson: Lesson, missing: list[str]) -> dict[str, Tool]:
    """Start all tools; those that cannot be had go to `missing` with the reason."""
    running = {OURS: stack.enter_context(tools.ours(VAR, lesson))}
    for name, peer in (
        (MINIMAL, tools.pylti1p3(VAR, platform)),
        (LTIJS, tools.ltijs(VAR, platform)),
        (GRANIAN, tools.ours_on_granian(VAR, lesson)),
    ):
        try:
            running[name] = stack.enter_context(peer)
        except (InstallError, StartError) as error:
            missing.append(f"{name} was not measured: {error}")
    if MINIMAL in running:
        running[PYLTI1P3] = tools.as_published(running[MINIMAL])
    return running


def _launches(platform: Platform, running: dict[str, Tool], lesson: Lesson) -> Samples:
    ours = running[OURS]
    subjects = [
        Subject(name, tool.server, _coming_back(platform, tool, CLIENT, lesson.id), LAUNCHES, LAUNCHES)
        for name, tool in running.items()
    ]
    subjects += [
        Subject(HOME, ours.server, _coming_back(platform, ours, CLIENT, "course"), LAUNCHES, LAUNCHES),
        Subject(FIRST, ours.server, partial(launch, platform, ours, CLIENT, lesson.id), LAUNCHES, LAUNCHES),
    ]
    return interleaved(subjects, ROUNDS)


def _coming_back(platform: Platform, tool: Tool, client: str, node: str) -> Act:
    """Launches of students who have been there before, as nearly all launches of a course are."""
    return lambda number: launch(platform, tool, client, node, number % LAUNCHES)


def _slow_keys(platform: Platform, tool: Tool, lesson: Lesson) -> Samples:
    subjects = [
        Subject(name, tool.server, _coming_back(platform, tool, client, lesson.id), SLOW_LAUNCHES, LAUNCHES)
        for name, client in ((QUICK_KEYS, CLIENT), (SLOW_KEYS, SLOW_CLIENT))
    ]
    return interleaved(subjects, ROUNDS)


def _pages(platform: Platform, running: dict[str, Tool], bare: Server, lesson: Lesson) -> Samples:
    subjects = []
    for name in (OURS, GRANIAN):
        if name in running:
            browser, page = launch(platform, running[name], CLIENT, lesson.id, 0)
            subjects.append(_page(name, running[name].server, browser, page.url))
    subjects.append(_page(BARE, bare, browser, f"{bare.url}/"))
    return interleaved(subjects, ROUNDS)


def _page(name: str, server: Server, browser: Browser, url: str) -> Subject:
    return Subject(name, server, lambda _number: open_page(browser, url), PAGES, PAGES)


def _print(samples: Samples, base: str) -> None:
    click.echo(f"\n{'':32}{'CPU ms':>8}{'ms':>8}{f'CPU against {base}':>36}")
    for name, found in samples.items():
        ratio = cpu_ratio(found, samples[base])
        wall = median(sample.wall_ms for sample in found)
        click.echo(f"{name:32}{cpu_ms(found):8.2f}{wall:8.2f}{ratio:36.2f}")


def _write(
    launches: Samples, slow: Samples, pages: Samples, others: Mapping[str, Mapping[str, float]]
) -> None:
    """Our parts of the results; others are left as they are. A peer that is missing has no ratio."""
    parts = {
        "launch": {
            "cpu_ms": round(cpu_ms(launches[OURS]), 3),
            "ratio_pylti1p3": _ratio(launches, PYLTI1P3),
            "ratio_ltijs": _ratio(launches, LTIJS),
            "slow_keyset_share": round(rate_share(slow[SLOW_KEYS], slow[QUICK_KEYS]), 3),
        },
        "page": {"cpu_ms": round(cpu_ms(pages[OURS]), 3), "ratio_bare_flask": _ratio(pages, BARE)},
        **others,
    }
    kept = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    RESULTS.write_text(json.dumps({**kept, **parts}, indent=2) + "\n")
    click.echo(f"\n{RESULTS.relative_to(ROOT)}: {json.dumps(parts)}")


def _ratio(samples: Samples, peer: str) -> float | None:
    return round(cpu_ratio(samples[OURS], samples[peer]), 3) if peer in samples else None


sys.exit(main())
