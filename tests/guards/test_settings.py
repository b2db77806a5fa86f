"""What can be set is documented, and what is documented can be set."""

import re

from guards.source import ROOT, files

from lti_tool.config import PREFIX, SETTINGS

OF_THE_TESTS = {
    "LTI_TOOL_TEST_POSTGRES_URL",
    "LTI_TOOL_REGISTRATION_URL",
    "LTI_TOOL_RENEWAL_URL",
    "LTI_TOOL_SCREENSHOTS",
}
"""What the suite itself asks for; told apart in the same document, since the tool does not read them."""
ROW = re.compile(r"^\| `(LTI_TOOL_[A-Z_]+)` \| (?:`([^`]+)`|\(empty\)) \| (\S.*\S) \|$", re.MULTILINE)


def documented() -> list[tuple[str, str, str]]:
    """The rows of the table: name, default, explanation."""
    return ROW.findall((ROOT / "docs" / "configuration.md").read_text(encoding="utf-8"))


def test_every_setting_is_documented_with_its_default_in_the_order_of_the_table():
    rows = [(name, default) for name, default, _explanation in documented()]
    assert rows == [(PREFIX + setting.name, setting.default) for setting in SETTINGS]


def test_every_setting_is_explained():
    assert [setting.name for setting in SETTINGS if len(setting.help) < 20] == []
    assert [name for name, _default, explanation in documented() if len(explanation) < 20] == []


def test_what_the_tests_ask_for_is_documented_too():
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [name for name in sorted(OF_THE_TESTS) if f"`{name}`" not in text] == []


def test_no_file_speaks_of_a_setting_that_does_not_exist():
    """Also in scripts and examples, where a slip of the pen would be ignored without a word."""
    known = {PREFIX + setting.name for setting in SETTINGS} | OF_THE_TESTS
    spoken_of = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in files(ROOT)
        for name in re.findall(rf"\b{PREFIX}[A-Z][A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert len(spoken_of) > len(SETTINGS)
    assert sorted((path, name) for path, name in spoken_of if name not in known) == []
