"""A quiz file with forms is an examination."""

from lti_tool.curriculum.load import load

QUIZ = "stage2/t201-plan/quiz.yaml"


def exam(edit, package):
    """The quiz of t201 as an examination in two forms of three, with one part."""
    text = (package / QUIZ).read_text(encoding="utf-8")
    names = [line.split("id: ")[1] for line in text.splitlines() if line.startswith("  - id: ")]
    assert len(names) == 5
    forms = ["a", "a", "a b", "b", "b"]
    for name, form in zip(names, forms, strict=True):
        edit(QUIZ, f"  - id: {name}\n", f"  - id: {name}\n    form: {form}\n")
    edit(QUIZ, f"  - id: {names[0]}\n", f"  - id: {names[0]}\n    part: law\n    scored: no\n")
    edit(QUIZ, f"  - id: {names[1]}\n", f"  - id: {names[1]}\n    part: law\n")
    draw = next(line for line in text.splitlines() if line.startswith("draw: "))
    edit(
        QUIZ,
        draw,
        'draw: 3\nfeedback: no\nparts:\n  - {id: law, title: {ja: "法令", en: "Law"}, pass_mark: 75}',
    )
    return names


def test_forms_parts_and_questions_on_trial_are_read(package, edit):
    names = exam(edit, package)
    course, problems = load(package)
    assert problems == []
    quiz = course.nodes["t201-quiz"]
    assert quiz.forms == (tuple(names[:3]), tuple(names[2:]))
    (law,) = quiz.parts
    assert (law.id, law.title.ja, law.pass_mark, law.questions) == ("law", "法令", 75, frozenset(names[:2]))
    assert quiz.unscored == {names[0]}
    assert not quiz.feedback


def test_an_attempt_depends_on_the_forms(package, edit):
    names = exam(edit, package)
    before = load(package)[0].nodes["t201-quiz"].digest
    edit(QUIZ, f"  - id: {names[0]}\n    part: law\n    scored: no\n", f"  - id: {names[0]}\n    part: law\n")
    assert load(package)[0].nodes["t201-quiz"].digest != before


def test_what_is_wrong_with_an_examination_is_told(package, edit):
    exam(edit, package)
    edit(QUIZ, "    form: a b\n", "")
    edit(QUIZ, "  - {id: law", '  - {id: data, title: {ja: "数", en: "Data"}, pass_mark: 50}\n  - {id: law')
    _, problems = load(package)
    assert sorted(problem.message for problem in problems) == [
        "form `a` has 2 questions, not 3",
        "form `b` has 2 questions, not 3",
        "no question belongs to the part `data`",
        "question `t201-q-match` is in no form",
    ]
