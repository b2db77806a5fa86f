"""`certification:` of course.yaml -> examinations, levels awarded and renewal, held to what the modules hold."""

from collections.abc import Sequence

from lti_tool.curriculum.fields import Table
from lti_tool.curriculum.package import correction
from lti_tool.curriculum.papers import check_paper, read_paper
from lti_tool.curriculum.standards import Works, named_assignment, read_retake, read_standard, read_standards
from lti_tool.curriculum.statistics import LEVELS
from lti_tool.domain.certification import (
    Award,
    Certification,
    Domain,
    Gate,
    Phase,
    Practical,
    Renewal,
)
from lti_tool.domain.simulation import Simulation


def read_certification(
    course: Table, gates: Sequence[Gate], works: Works, simulations: Sequence[Simulation]
) -> Certification | None:
    """How the course certifies, or None when it does not say. Problems go to the package."""
    if not course.has("certification"):
        _check_awards(course, gates, ())
        return None
    table = course.table("certification")
    domains = [_domain(each, works) for each in table.tables("domains")] if table.has("domains") else []
    if domains and sum(domain.weight for domain in domains) != 100:
        table.report(f"the weights sum to {sum(d.weight for d in domains)}, not to 100", key="domains")
    papers = [(each, read_paper(each, works)) for each in table.tables("papers")]
    for each, paper in papers:
        check_paper(each, paper, works.quizzes.get(paper.quiz), domains)
    awards = [_award(each) for each in table.tables("awards")]
    _check_awards(table, gates, [award.id for award in awards])
    found = Certification(
        note=table.text("note"),
        gates=tuple(gates),
        domains=tuple(domains),
        papers=tuple(paper for _, paper in papers),
        practical=_practical(table.table("practical"), works, simulations)
        if table.has("practical")
        else None,
        awards=tuple(awards),
        renewal=_renewal(table.table("renewal"), works) if table.has("renewal") else None,
        kept_months=table.integer("kept_months", 0),
        appeal_days=table.integer("appeal_days", 0),
    )
    table.close()
    return found


def _domain(table: Table, works: Works) -> Domain:
    named = table.names("modules")
    for name, line in named:
        if name not in works.modules and not table.package.may_hold(name):
            advice = correction(name, works.modules, "name a module")
            table.package.report(table.path, line, f"there is no module `{name}`", advice)
    levels = table.table("levels")
    domain = Domain(
        id=table.string("id"),
        title=table.text("title"),
        weight=table.integer("weight", 1, 100),
        modules=tuple(name for name, _ in named),
        levels={level: levels.integer(level, 0) for level in LEVELS},
    )
    levels.close()
    table.close()
    return domain


def _practical(table: Table, works: Works, simulations: Sequence[Simulation]) -> Practical:
    assignment = named_assignment(table, works)
    phases = [(each, _phase(each)) for each in table.tables("phases")]
    practical = Practical(
        assignment=assignment.id if assignment else "",
        phases=tuple(phase for _, phase in phases),
        comments=table.integer("comments", 0),
        injects=table.integer("injects", 0),
        pass_mark=table.integer("pass_mark", 1, 100),
        standards=read_standards(table, works),
        raters=table.integer("raters", 1),
        apart=table.integer("apart", 1),
        retake=read_retake(table),
    )
    table.close()
    if assignment:
        _check_points(table, phases, {row.criterion.code: row.weight for row in assignment.rubric})
        if assignment.pass_mark != practical.pass_mark:
            table.report(
                f"`{assignment.id}` is passed with {assignment.pass_mark}", "agree with it", "pass_mark"
            )
    _check_scenes(table, practical, [each for each in simulations if each.use == "practical"])
    return practical


def _phase(table: Table) -> Phase:
    phase = Phase(
        title=table.text("title"),
        minutes=table.integer("minutes", 1),
        points=table.integer("points", 0, 100),
        criteria=tuple(name for name, _ in table.names("criteria")),
    )
    table.close()
    return phase


def _check_points(table: Table, phases: Sequence[tuple[Table, Phase]], weights: dict[str, int]) -> None:
    """The phases share out the rubric of the assignment, every criterion once."""
    left = dict(weights)
    for each, phase in phases:
        points = sum(left.pop(code, 0) for code in phase.criteria)
        if points != phase.points:
            each.report(f"its criteria bring {points} points, not {phase.points}", "see the rubric", "points")
    if left:
        table.report(f"no phase judges {', '.join(left)}", "give each criterion to one phase", "phases")


def _check_scenes(table: Table, practical: Practical, scenes: Sequence[Simulation]) -> None:
    if not scenes and not table.package.broken:
        table.report("no simulation has use: practical", "write one, or leave out practical:")
    for scene in scenes:
        if (len(scene.comments), len(scene.injects)) != (practical.comments, practical.injects):
            message = f"`{scene.id}` has {len(scene.comments)} comments and {len(scene.injects)} injects"
            table.report(message, "correct the numbers or the simulation", "comments")
        if scene.seconds not in {60 * phase.minutes for phase in practical.phases}:
            table.report(f"no phase is as long as `{scene.id}`", "correct minutes: or its seconds:", "phases")


def _award(table: Table) -> Award:
    award = Award(
        id=table.string("id"),
        title=table.text("title"),
        years=table.integer("years", 1) if table.has("years") else None,
        lasting=table.yes("lasting", default=False),
        asks=table.texts("asks"),
    )
    table.close()
    if award.years and award.lasting:
        table.report("it cannot last for good and for some years", "leave out one of the two", "lasting")
    return award


def _check_awards(table: Table, gates: Sequence[Gate], awards: Sequence[str]) -> None:
    """A gate awards a level that there is."""
    for gate in gates:
        if gate.award is not None and gate.award not in awards:
            advice = correction(gate.award, awards, "add it to awards")
            table.report(f"there is no level `{gate.award}`, which {gate.title.en} awards", advice, "awards")


def _renewal(table: Table, works: Works) -> Renewal:
    stream, paper = table.table("stream"), table.table("paper")
    renewal = Renewal(
        hours=table.integer("hours", 1),
        law_hours=table.integer("law_hours", 0),
        data_hours=table.integer("data_hours", 0),
        stream_minutes=stream.integer("minutes", 1),
        stream_months=stream.integer("months", 1),
        stream_mark=stream.integer("mark", 1, 100),
        stream_standard=read_standard(stream, works),
        questions=paper.integer("questions", 1),
        pass_mark=paper.integer("mark", 1, 100),
        early=table.integer("early", 1),
        late=table.integer("late", 0),
        latest=table.integer("latest", 0),
        catch_up=table.text("catch_up"),
    )
    for each in (stream, paper, table):
        each.close()
    if renewal.law_hours + renewal.data_hours > renewal.hours:
        table.report("more hours are bound than asked", "raise hours:, or lower one of the others", "hours")
    if renewal.latest < renewal.late:
        table.report("`latest` comes before `late`", "count both from the last day of validity", "latest")
    return renewal
