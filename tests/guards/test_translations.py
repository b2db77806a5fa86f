"""Every text of a page exists in both languages: English is the msgid, Japanese is in the catalogue."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from markupsafe import Markup

ROOT = Path(__file__).parents[2] / "lti_tool"
PARTS = ("web", "demo")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_l": None, "lazy_gettext": None}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("templates/**.html", "jinja2")]
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
OWN_NAMES = {"English", "日本語"}
"""The names of the languages, each in its own."""
NO_LANGUAGE = {"DEMO", "LMS", "JA", "EN", "JWT", "MB", "KB"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")


def asked(part: str) -> dict[str, str]:
    """msgid -> the file that asks for it."""
    found = extract_from_dir(
        str(ROOT / part), METHODS, keywords=KEYWORDS, options_map={"**.html": {"silent": "false"}}
    )
    return {
        (text if isinstance(text, str) else text[0]): file for file, _line, text, _comments, _context in found
    }


def catalogue(part: str) -> dict[str, Message]:
    """The Japanese messages by msgid."""
    with (ROOT / part / "translations/ja/LC_MESSAGES/messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="ja") if message.id]
    return {(message.id if isinstance(message.id, str) else message.id[0]): message for message in messages}


def japanese(message: Message) -> str:
    """The translation; of a plural the only form Japanese has."""
    return message.string if isinstance(message.string, str) else message.string[0]


def templates() -> list[Path]:
    """Every template."""
    return sorted(path for part in PARTS for path in (ROOT / part / "templates").rglob("*.html"))


@pytest.mark.parametrize("part", PARTS)
def test_every_text_has_a_japanese_translation(part: str):
    known = catalogue(part)
    wanted = asked(part)
    assert len(wanted) > 20, "texts are found at all"
    missing = [
        f"{file}: {text}" for text, file in wanted.items() if text not in known or not japanese(known[text])
    ]
    assert not missing
    assert not [message.id for message in known.values() if message.fuzzy]


@pytest.mark.parametrize("part", PARTS)
def test_no_translation_is_left_over(part: str):
    assert sorted(set(catalogue(part)) - set(asked(part))) == []


@pytest.mark.parametrize("part", PARTS)
def test_translations_keep_their_placeholders(part: str):
    for text, message in catalogue(part).items():
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(japanese(message))), text


def bare_words(source: str) -> list[str]:
    """Words that a template shows without asking for their translation."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL)
    spoken = re.findall(r'\b(?:alt|aria-label|title|placeholder)="([^"]*)"', source)
    shown = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", "\n", source, flags=re.DOTALL)
    found = re.findall(
        r"\b[A-Za-z]{2,}\b|[\u3040-\u30ff\u4e00-\u9fff]+", str(Markup(shown).unescape()) + "\n".join(spoken)
    )
    return [word for word in found if word not in NO_LANGUAGE]


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_no_template_speaks_by_itself(path: Path):
    assert bare_words(path.read_text()) == []


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_no_template_holds_japanese(path: Path):
    source = path.read_text()
    for name in OWN_NAMES:
        source = source.replace(name, "")
    assert JAPANESE.findall(source) == []


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_no_template_needs_inline_script_or_style(path: Path):
    """The content security policy would silently drop it."""
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", path.read_text()) == []


def test_a_bare_word_would_be_found():
    assert bare_words('<p title="Close">{{ _("Read") }} 読む Go <b>on</b></p>') == [
        "読む",
        "Go",
        "on",
        "Close",
    ]
