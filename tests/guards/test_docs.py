"""Documents that point somewhere point at something, and name commands that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from guards.source import ROOT

from lti_tool.cli import main

LINK = re.compile(r"\]\(([^)\s#]+)(#[^)\s]*)?\)")
COMMAND = re.compile(r"(?:^|`)lti-tool ((?:[a-z]+ ?)+)", re.MULTILINE)
"""In code only: at the beginning of a line or after a backtick."""
FENCED = re.compile(r"^```\w+ title=.*?^```$", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    """What people read: the front page, the changelog and the guides."""
    return [
        *sorted(ROOT.glob("*.md")),
        *(ROOT / "deploy").glob("*.md"),
        *sorted((ROOT / "docs").rglob("*.md")),
    ]


def dead_links(path: Path) -> Iterator[str]:
    """Links of a document to files that are not there; those to other sites are not followed."""
    for target, _anchor in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        if "://" not in target and not (path.parent / target).exists():
            yield target


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path):
    assert list(dead_links(path)) == []


def test_a_dead_link_is_found(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("[a](page.md) [b](gone.md#part) [c](https://example.org/)")
    assert list(dead_links(page)) == ["gone.md"]


def unknown_commands(text: str) -> Iterator[str]:
    """What a document tells people to type and the tool does not know."""
    for found in COMMAND.findall(text):
        command: click.Command = main
        words = found.split()
        while words and isinstance(command, click.Group):
            if words[0] not in command.commands:
                yield f"lti-tool {found.strip()}"
                break
            command, words = command.commands[words[0]], words[1:]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_exist(path: Path):
    assert list(unknown_commands(path.read_text(encoding="utf-8"))) == []


def test_a_command_that_does_not_exist_is_found():
    page = "Run `lti-tool serve`, then\nlti-tool platform invite\nlti-tool platform evict\n`lti-tool srve --bind x`"
    assert list(unknown_commands(page)) == ["lti-tool platform evict", "lti-tool srve"]
