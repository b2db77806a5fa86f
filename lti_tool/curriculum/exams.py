"""What makes a quiz an examination: fixed forms, parts with a mark of their own, questions on trial."""

from collections.abc import Mapping, Sequence

from lti_tool.curriculum.fields import Table
from lti_tool.domain.course import Part


class Seat:
    """Where a question of an examination belongs."""

    def __init__(self, table: Table, parts: Sequence[str]) -> None:
        self.question = table.string("id")
        self.forms = table.string("form").split() if table.has("form") else []
        self.part = table.word("part", parts) if table.has("part") else ""
        self.scored = table.yes("scored", default=True)


class PartRules:
    """A part of `parts:`, before its questions are known."""

    def __init__(self, table: Table) -> None:
        self.id = table.string("id")
        self._title = table.text("title")
        self._pass_mark = table.integer("pass_mark", 1, 100)
        table.close()

    def filled(self, seats: Sequence[Seat]) -> Part:
        """The part with its questions."""
        questions = frozenset(seat.question for seat in seats if seat.part == self.id)
        return Part(self.id, self._title, self._pass_mark, questions)


def forms_of(seats: Sequence[Seat]) -> Mapping[str, tuple[str, ...]]:
    """The question ids of every form, by its name, in file order."""
    names = dict.fromkeys(name for seat in seats for name in seat.forms)
    return {name: tuple(seat.question for seat in seats if name in seat.forms) for name in names}


def check_exam(table: Table, seats: Sequence[Seat], parts: Sequence[Part], draw: int) -> None:
    """Report a form that is not whole, a question in none, and a part without questions."""
    forms = forms_of(seats)
    for name, questions in forms.items():
        if len(questions) != draw:
            table.report(
                f"form `{name}` has {len(questions)} questions, not {draw}",
                "every form asks `draw` questions",
                "draw",
            )
    if forms:
        for seat in seats:
            if not seat.forms:
                table.report(f"question `{seat.question}` is in no form", "give it form:", "questions")
    for part in parts:
        if not part.questions:
            table.report(f"no question belongs to the part `{part.id}`", "give questions part:", "parts")
