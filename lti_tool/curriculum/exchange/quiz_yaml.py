"""Questions as the text of a quiz.yaml, for an author to read through and put into a module."""

from typing import Any

import yaml

from lti_tool.curriculum.quizzes import CREDIT
from lti_tool.domain.course import Choice, Matching, Numeric, Ordering, Question, Text


def write(questions: list[Question]) -> str:
    """The list `questions:` of a quiz file."""
    plain = {"questions": [_plain(question) for question in questions]}
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=1000)


def _plain(question: Question) -> dict[str, Any]:
    kind = "choice" if question.kind in {"single", "multiple"} else question.kind
    head = {"id": question.id, "kind": kind, "level": question.level, "ask": _text(question.ask)}
    match question:
        case Choice():
            words = {credit: word for word, credit in CREDIT[kind].items()}
            answers = [{words[o.credit]: _text(o.text), "why": _text(o.why)} for o in question.options]
            return {**head, "answers": answers}
        case Matching():
            pairs = [
                {"left": _text(p.left), "right": _text(p.right), "why": _text(p.why)} for p in question.pairs
            ]
            extras = {"extras": [_text(extra) for extra in question.extras]} if question.extras else {}
            return {**head, "pairs": pairs, **extras}
        case Ordering():
            return {**head, "steps": [_text(step) for step in question.steps], "why": _text(question.why)}
        case Numeric():
            return {
                **head,
                "answer": f"{question.answer:f}",
                "tolerance": f"{question.tolerance:f}",
                "unit": _text(question.unit),
                "why": _text(question.why),
            }


def _text(text: Text) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}
