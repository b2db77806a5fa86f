"""Questions that are asked twice: an attempt could draw both, and a bank would be smaller than it looks."""

from lti_tool.curriculum import statistics
from lti_tool.curriculum.package import Package
from lti_tool.domain.course import LANGS, Course


def check_repeats(package: Package, course: Course) -> None:
    """Report a question whose text, in one language, is that of an earlier one anywhere in the course."""
    first: dict[tuple[str, str], str] = {}
    for question in (*statistics.questions(course), *statistics.start_questions(course)):
        if not package.claimed(question.id):
            continue
        keys = {(lang, "".join(question.ask[lang].split())) for lang in LANGS if question.ask[lang]}
        for lang, _ in sorted(keys & first.keys())[:1]:
            path, line = package.place(question.id)
            other = next(first[key] for key in keys if key in first)
            message = f"`{question.id}` asks the same as `{other}` ({lang})"
            package.report(path, line, message, "ask something else, or delete one of them")
        for key in keys:
            first.setdefault(key, question.id)
