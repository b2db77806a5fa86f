"""Commands for authors: `lti-tool content`."""

from pathlib import Path
from typing import BinaryIO

import click

from lti_tool.commands.common import now
from lti_tool.config import load
from lti_tool.curriculum import check
from lti_tool.curriculum.exchange import gift, moodle_xml, qti, quiz_yaml
from lti_tool.curriculum.exchange.faults import ImportFault
from lti_tool.curriculum.load import load as load_course
from lti_tool.curriculum.load import review as review_course
from lti_tool.domain.course import Quiz
from lti_tool.errors import ContentError

READ = click.Choice(["moodle-xml", "gift"])
WRITTEN = click.Choice(["moodle-xml", "gift", "qti"])


@click.group()
def content() -> None:
    """The content package."""


@content.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
def check_content(folder: Path | None) -> None:
    """Report every problem of the package with file, line and advice, and what is in it."""
    course, problems, warnings = review_course(folder or load().content, now().date())
    for line in check.lines(course, problems, warnings):
        click.echo(line)
    if problems:
        raise click.exceptions.Exit(1)


@content.command("export")
@click.option("--format", "form", type=WRITTEN, required=True)
@click.option(
    "--quiz", "wanted", multiple=True, help="Id of a quiz; may be repeated. Else all but examinations."
)
@click.argument("file", type=click.File("wb"))
def export_content(form: str, wanted: tuple[str, ...], file: BinaryIO) -> None:
    """Write banks of questions, with their answers, to FILE.

    Examinations, whose answers nobody is to know, are written only when they are named.
    """
    quizzes = _banks(wanted)
    if form == "moodle-xml":
        file.write(moodle_xml.write(quizzes))
    elif form == "qti":
        file.write(qti.write(quizzes))
    else:
        text, left_out = gift.write(quizzes)
        file.write(text.encode())
        for name in left_out:
            click.echo(f"left out, for GIFT knows no orderings: {name}", err=True)
    click.echo(f"{len(quizzes)} banks, {sum(len(quiz.questions) for quiz in quizzes)} questions", err=True)


@content.command("import")
@click.option("--format", "form", type=READ, required=True)
@click.argument("file", type=click.File("rb"))
def import_content(form: str, file: BinaryIO) -> None:
    """Print the questions of FILE as the text of a quiz.yaml; what could not be taken over goes to stderr."""
    words = file.read()
    try:
        questions, left_out = (
            moodle_xml.read(words) if form == "moodle-xml" else gift.read(words.decode("utf-8-sig"))
        )
    except (ImportFault, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    click.echo(quiz_yaml.write(questions))
    for line in left_out:
        click.echo(line, err=True)


def _banks(wanted: tuple[str, ...]) -> list[Quiz]:
    course, problems = load_course(load().content)
    if course is None or problems:
        raise ContentError(list(problems))
    banks = [module.quiz for module in course.modules if module.quiz]
    unknown = set(wanted) - {quiz.id for quiz in banks}
    if unknown:
        raise click.UsageError(f"no such quiz: {', '.join(sorted(unknown))}")
    return [quiz for quiz in banks if (quiz.id in wanted if wanted else quiz.feedback)]
