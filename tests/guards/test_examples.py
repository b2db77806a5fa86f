"""The worked example of the authors' guide is a course that loads."""

import re
from pathlib import Path

from guards.source import ROOT

from lti_tool.curriculum.load import load

TITLED = re.compile(r"^```\w+ title=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_example_of_the_authors_guide_is_a_sound_course(tmp_path: Path):
    guide = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    for name, text in TITLED.findall(guide):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    course, problems = load(tmp_path)
    assert not problems, "\n".join(map(str, problems))
    assert course is not None
    (module,) = course.modules
    assert module.quiz is not None
    shown = {question.kind for question in module.quiz.questions}
    assert shown == {"single", "multiple", "situational", "matching", "ordering", "numeric"}
