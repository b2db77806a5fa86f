"""Plans of written tests, and whether the banks keep to them: numbers, kinds, levels and domains of every form."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from lti_tool.curriculum.fields import Table
from lti_tool.curriculum.package import correction
from lti_tool.curriculum.standards import Works, read_retake
from lti_tool.curriculum.statistics import KINDS, LEVELS
from lti_tool.domain.certification import Domain, Paper, Tolerance, asked_in
from lti_tool.domain.course import Question, Quiz

Counts = Mapping[str, Fraction]


def read_paper(table: Table, works: Works) -> Paper:
    """One of `papers:`. Problems go to the package."""
    quiz = table.string("quiz")
    if quiz and quiz not in works.quizzes and not table.package.may_hold(quiz):
        table.report(f"there is no quiz `{quiz}`", correction(quiz, works.quizzes, "name a quiz"), "quiz")
    paper = Paper(
        quiz=quiz,
        final=table.yes("final", default=False),
        scored=table.integer("scored", 1),
        trial=table.integer("trial", 0, default=0),
        forms=table.integer("forms", 0, default=0),
        anchors=table.integer("anchors", 0, default=0),
        minutes=table.integer("minutes", 1),
        pass_mark=table.integer("pass_mark", 1, 100),
        provisional=table.yes("provisional", default=False),
        parts=_parts(table),
        kinds=_counts(table, "kinds", KINDS),
        levels=_counts(table, "levels", LEVELS),
        by_domain=table.yes("by_domain", default=False),
        tolerance=_tolerance(table),
        retake=read_retake(table) if table.has("retake") else None,
    )
    table.close()
    return paper


def _parts(table: Table) -> dict[str, int]:
    parts = {}
    for each in table.tables("parts") if table.has("parts") else []:
        parts[each.string("part")] = each.integer("mark", 1, 100)
        each.close()
    return parts


def _counts(table: Table, key: str, names: Sequence[str]) -> dict[str, int]:
    """A number for each of `names`; what is left out is 0."""
    each = table.table(key)
    counts = {name: each.integer(name, 0, default=0) for name in names}
    each.close()
    return counts


def _tolerance(table: Table) -> Tolerance:
    each = table.table("tolerance")
    found = (each.integer(key, 0, default=0) for key in ("kinds", "levels", "domains"))
    tolerance = Tolerance(*found)
    each.close()
    return tolerance


def check_paper(table: Table, paper: Paper, quiz: Quiz | None, domains: Sequence[Domain]) -> None:
    """Report a plan that does not add up, and a bank that does not keep to its plan."""
    for key in ("kinds", "levels"):
        total = sum(getattr(paper, key).values())
        if table.has(key) and total != paper.scored:
            table.report(f"the {key} sum to {total}, not to {paper.scored}", "correct them", key)
    if paper.final and domains:
        _check_domains(table, paper, domains)
    if quiz is not None:
        _check_rules(table, paper, quiz)
        _check_forms(table, paper, quiz, domains)


def _check_domains(table: Table, paper: Paper, domains: Sequence[Domain]) -> None:
    """The levels of the domains are those of the final paper, and as many as the weights say."""
    for domain in domains:
        total, wanted = sum(domain.levels.values()), asked_in(domain, paper.scored)
        if total != wanted:
            message = f"the levels of {domain.id} sum to {total}; its weight asks for {wanted}"
            table.report(message, "correct levels: or weight:", "quiz")
    for level in LEVELS:
        total = sum(domain.levels[level] for domain in domains)
        if total != paper.levels[level]:
            table.report(f"the domains ask {total} of level {level}", "correct one of the two", "levels")


def _check_rules(table: Table, paper: Paper, quiz: Quiz) -> None:
    enough = len(quiz.forms) >= paper.forms > 0
    rules: list[tuple[str, object, object]] = [
        ("forms", paper.forms, paper.forms if enough else len(quiz.forms)),
        ("scored", paper.scored + paper.trial, quiz.draw),
        ("minutes", paper.minutes, quiz.minutes),
        ("pass_mark", paper.pass_mark, quiz.pass_mark),
        ("parts", paper.parts, {part.id: part.pass_mark for part in quiz.parts}),
    ]
    if paper.retake:
        rules.append(
            ("retake", (paper.retake.wait_days * 24, paper.retake.most), (quiz.wait_hours, quiz.attempts))
        )
    for key, planned, found in rules:
        if planned != found:
            message = f"`{quiz.id}` has {found} where the plan has {planned}"
            table.report(message, "correct the plan or the quiz", key)


def _check_forms(table: Table, paper: Paper, quiz: Quiz, domains: Sequence[Domain]) -> None:
    bank = {question.id: question for question in quiz.questions}
    for place, form in enumerate(quiz.forms or (tuple(bank),), 1):
        scored = [bank[name] for name in form if name in bank and name not in quiz.unscored]
        name = f"form {place} of `{quiz.id}`" if quiz.forms else f"`{quiz.id}`"
        _check_mix(table, paper, name, scored, domains)
    for one, other in combinations(quiz.forms, 2):
        shared = len(set(one) & set(other))
        if shared != paper.anchors:
            table.report(f"two forms share {shared} questions, not {paper.anchors}", "see form:", "anchors")


def _check_mix(
    table: Table, paper: Paper, name: str, questions: Sequence[Question], domains: Sequence[Domain]
) -> None:
    """What one attempt asks on average, against the plan."""
    limits = paper.tolerance
    _compare(table, name, "kinds", _average(paper, (q.kind for q in questions)), paper.kinds, limits.kinds)
    _compare(
        table, name, "levels", _average(paper, (q.level for q in questions)), paper.levels, limits.levels
    )
    if paper.by_domain:
        wanted = {domain.id: asked_in(domain, paper.scored) for domain in domains}
        found = _average(paper, (domain_of(question, wanted) for question in questions))
        _compare(table, name, "by_domain", found, wanted, limits.domains)
    for domain in domains if paper.final else ():
        own = Counter(q.level for q in questions if domain_of(q, [domain.id]))
        counts: Counts = {str(level): Fraction(count) for level, count in own.items()}
        _compare(table, f"{domain.id} in {name}", "levels", counts, domain.levels, limits.levels)


def domain_of(question: Question, domains: Iterable[str]) -> str:
    """The domain that the id of a question names, "" for none."""
    words = question.id.split("-")
    return next((domain for domain in domains if domain in words), "")


def _average(paper: Paper, names: Iterable[str]) -> Counts:
    counts = Counter(names)
    return {name: Fraction(count * paper.scored, counts.total()) for name, count in counts.items()}


def _compare(
    table: Table, name: str, key: str, found: Counts, wanted: Mapping[str, int], tolerance: int
) -> None:
    for what in sorted({*wanted, *found}):
        has, plans = found.get(what, Fraction(0)), wanted.get(what, 0)
        if abs(has - plans) > tolerance:
            message = f"{name} asks {float(has):.3g} of {what or 'no domain'}, the plan {plans}"
            table.report(message, f"give or take {tolerance}: correct the plan or the bank", key)
