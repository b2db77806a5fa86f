"""Loading the content package, and making its pages: what happens once, before the first reader or for them."""

import time
import tracemalloc
from pathlib import Path
from statistics import median

from lti_tool.curriculum.load import load
from lti_tool.curriculum.markdown import Bases, render, render_lesson
from lti_tool.domain.course import LANGS, Course

ROUNDS = 5
MEGABYTE = 1_000_000


def loading(folder: Path) -> dict[str, float]:
    """Seconds of processor time to load a package, megabytes kept and at the peak, milliseconds a lesson page."""
    seconds = _seconds(folder)
    tracemalloc.start()
    course, _problems = load(folder)  # counted while it is held
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    if course is None:
        raise SystemExit("the content package is broken: make content-check")
    return {
        "load_cpu_s": round(seconds, 3),
        "kept_mb": round(kept / MEGABYTE, 1),
        "peak_mb": round(peak / MEGABYTE, 1),
        "first_view_cpu_ms": round(_first_views(course), 2),
    }


def _seconds(folder: Path) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        load(folder)
        times.append(time.process_time() - start)
    return median(times)


def _first_views(course: Course) -> float:
    """Milliseconds to make one lesson page, on average over all of them; every later view is a copy."""
    render.cache_clear()
    lessons = [lesson for module in course.modules for lesson in module.lessons]
    bases = Bases("../assets/", "../n/", "../glossary", course.glossary)
    start = time.process_time()
    for lesson in lessons:
        for lang in LANGS:
            render_lesson(lesson, lang, bases)
    return (time.process_time() - start) / (len(lessons) * len(LANGS)) * 1000
