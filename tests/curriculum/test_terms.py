"""The first use of a term in a page leads to the glossary, and nothing else does."""

import re

import pytest

from lti_tool.curriculum.markdown import Bases, render
from lti_tool.domain.course import Lang, Term, Text

MEANING = Text("意味", "meaning")
GLOSSARY = (
    Term("hesitation", Text("迷い", "Hesitation"), MEANING, "まよい"),
    Term("implicit", Text("暗示の迷い", "Implicit hesitation"), MEANING, "あんじのまよい"),
    Term("offer", Text("オファー", "Offer"), MEANING),
    Term("law", Text("景品表示法", "Representations Act"), MEANING, "けいひんひょうじほう", ("景表法",)),
    Term("ctr", Text("クリック率(CTR)", "Click-through rate (CTR)"), MEANING, "クリックりつ"),
    Term("limit", Text("限定", "Limit"), MEANING, "げんてい"),
    Term("pause", Text("間", "Pause"), MEANING, "ま", linked=("en",)),
)


def _links(body: str, lang: Lang = "ja") -> list[tuple[str, str]]:
    html = render(body, lang, Bases("../assets/", "../n/", "../glossary", GLOSSARY))
    return re.findall(r'<a href="\.\./glossary#term-([a-z]+)" class="term">(.*?)</a>', html)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("迷いは、迷いのままです。\n\n迷い", [("hesitation", "迷い")]),
        ("暗示の迷いと迷い。", [("implicit", "暗示の迷い"), ("hesitation", "迷い")]),
        ("少し迷います。迷い始める。", []),
        ("数量限定品と限定条件。限定の話。", [("limit", "限定")]),
        ("オファーカードのオファー。", [("offer", "オファー")]),
        ("CTRはクリック率のこと。", [("ctr", "CTR")]),
        ("その間に。", []),
        ("{景品表示法|けいひんひょうじほう}では", [("law", re.compile("<ruby>景品表示法<rp>"))]),
        ("景表法では", [("law", "景表法")]),
        ("**迷い**", [("hesitation", "迷い")]),
        ("| 言葉 |\n|--|\n| 迷い |\n", [("hesitation", "迷い")]),
    ],
)
def test_the_first_use_is_linked_where_the_word_ends(body, found):
    links = _links(body)

    assert [name for name, _ in links] == [name for name, _ in found]
    for (_, shown), (_, wanted) in zip(links, found, strict=True):
        assert shown == wanted if isinstance(wanted, str) else wanted.match(shown)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Hesitations, and hesitation.", [("hesitation", "Hesitations")]),
        ("An implicit hesitation.", [("implicit", "implicit hesitation")]),
        ("The Representations Act.", [("law", "Representations Act")]),
        ("The representations act on us.", []),
        ("Unhesitation, CTRX, offered.", []),
        ("A pause.", [("pause", "pause")]),
    ],
)
def test_english_words_are_found_whole_in_any_number_and_capitals_where_they_matter(body, found):
    assert _links(body, "en") == found


@pytest.mark.parametrize(
    "body",
    [
        "## 迷い",
        "[迷い](m102)",
        "![迷い](assets/a.svg)",
        "`迷い`",
        "```\n迷い\n```",
        "| 迷い |\n|--|\n| x |\n",
        "[**迷い**](m102)",
    ],
)
def test_headings_links_pictures_code_and_heads_of_tables_stay_as_they_are(body):
    assert _links(body) == []


def test_a_link_keeps_the_spacing_of_japanese_lines():
    html = render("前の\n迷い\nと", "ja", Bases("a", "n", "g", GLOSSARY))

    assert html == '<p>前の<a href="g#term-hesitation" class="term">迷い</a>と</p>\n'


def test_without_a_glossary_nothing_is_linked():
    assert render("迷い", "ja", Bases("a")) == "<p>迷い</p>\n"
