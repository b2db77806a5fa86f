"""Texts in two languages inside formats that know one: as Moodle's multi-language filter reads them."""

import re

from lti_tool.domain.course import LANGS, Text

UNIT, WHY = "unit", "why"
"""Texts that the formats have no place for, wrapped."""

SHARES = {
    1: "100",
    2: "50",
    3: "33.33333",
    4: "25",
    5: "20",
    6: "16.66667",
    7: "14.28571",
    8: "12.5",
    9: "11.11111",
}
"""The fractions that Moodle knows, by the number of right answers that share the whole."""

_SPAN = re.compile(r'<span lang="(ja|en)" class="multilang">(.*?)</span>', re.DOTALL)


def join(text: Text) -> str:
    """Both languages in one string; Moodle shows the reader's. What is the same in both stands once."""
    if text.ja == text.en:
        return text.ja
    return "".join(f'<span lang="{lang}" class="multilang">{text[lang]}</span>' for lang in LANGS)


def split(words: str) -> Text:
    """The inverse of `join`. Words that name no language are taken for both."""
    found = dict(_SPAN.findall(words))
    rest = _SPAN.sub("", words).strip()
    if set(found) != set(LANGS) or rest:
        plain = _SPAN.sub(r"\2", words).strip()
        return Text(plain, plain)
    return Text(found["ja"].strip(), found["en"].strip())


def wrap(name: str, text: Text) -> str:
    """A text that can be found again among others, such as the unit behind a question."""
    return f'<div class="{name}">{join(text)}</div>'


def unwrap(name: str, words: str) -> tuple[str, list[Text]]:
    """The words without what `wrap` put there, and that."""
    pattern = re.compile(rf'\s*<div class="{name}">(.*?)</div>', re.DOTALL)
    return pattern.sub("", words).strip(), [split(inner) for inner in pattern.findall(words)]
