"""Markdown -> safe HTML that is the same for every launch.

CommonMark with tables, ruby (`{漢字|かんじ}`) and the spacing and emphasis rules that Japanese needs. HTML in
the source is shown as text; what comes out is cleaned once more against a short list of elements.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

import nh3
from budoux import Parser, load_default_japanese_parser
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_cjk_friendly import cjk_friendly, is_cjk, ruby

from lti_tool.curriculum.terms import terms_of
from lti_tool.domain.course import Lang, Lesson, Term

ASSETS = "assets/"
BREAK = "<wbr>"
TABLE_NAME = {"ja": "表", "en": "Table"}
FIGURE_NAME = {"ja": "図", "en": "Figure"}
KEPT = 4096
"""Pages and texts held in memory; a course of 24 modules in two languages has fewer pages than this."""

_PLAIN_TAGS = "p br wbr hr em strong code pre blockquote ul li h2 h3 h4 h5 h6 thead tbody tr ruby rp rt"
_ATTRIBUTES = {
    "a": {"href", "title", "target", "rel", "class"},
    "img": {"src", "alt", "title", "class", "loading"},
    "ol": {"start"},
    "code": {"class"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "table": {"class"},
    "th": {"scope", "class"},
    "td": {"class"},
}
_CLEANER = nh3.Cleaner(
    tags={*_PLAIN_TAGS.split(), *_ATTRIBUTES},
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


@dataclass(frozen=True)
class Bases:
    """Where the links of a page lead; addresses may be relative.

    `assets` replaces `assets/` in front of file names; `nodes` is put in front of links to other parts of the
    course, which are written as ids. Terms of the `glossary` are linked to their place on the page `terms`.
    """

    assets: str
    nodes: str = ""
    terms: str = ""
    glossary: tuple[Term, ...] = ()


def render_lesson(lesson: Lesson, lang: Lang, bases: Bases) -> str:
    """The page of a lesson as HTML; the work is done once per text, language and bases."""
    return render(lesson.body[lang], lang, bases)


@lru_cache(maxsize=KEPT)
def render(body: str, lang: Lang, bases: Bases) -> str:
    """A page of Markdown as HTML."""
    tokens = _MARKDOWN.parse(body)
    _empty_corners(tokens)
    _frame_figures(tokens, lang)
    heading = False
    for token in tokens:
        heading = token.type == "heading_open" or (heading and token.type != "heading_close")
        if token.type in {"th_open", "td_open"}:
            _dress_cell(token)
        if token.children:
            _address(token.children, bases)
            if heading and lang == "ja":
                token.children = list(_with_breaks(token.children))
    terms_of(bases.glossary, lang).link(tokens, bases.terms)
    return _CLEANER.clean(str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {"lang": lang})))


@lru_cache(maxsize=4 * KEPT)
def render_inline(text: str) -> str:
    """A question, an answer or a reason as HTML without blocks; an empty line becomes two line breaks."""
    parts = []
    for paragraph in text.strip().split("\n\n"):
        tokens = _MARKDOWN.parseInline(paragraph.strip())
        _address(tokens[0].children or [], Bases(ASSETS))
        parts.append(str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})))
    return _CLEANER.clean("<br><br>".join(parts))


@lru_cache(maxsize=KEPT)
def phrase_breaks(title: str, lang: str = "ja") -> str:
    """A title as escaped HTML with `<wbr>` between Japanese phrases (for `word-break: keep-all`)."""
    phrases = _phrases(title) if lang == "ja" else [title]
    return BREAK.join(escape(phrase) for phrase in phrases)


def _address(children: Iterable[Token], bases: Bases) -> None:
    """Give images and links their address and look."""
    for token in children:
        if token.type == "image":
            token.attrSet("src", _target(str(token.attrGet("src")), bases))
            token.attrSet("class", "img-fluid")
            token.attrSet("loading", "lazy")
        elif token.type == "link_open":
            href = str(token.attrGet("href"))
            token.attrSet("href", _target(href, bases))
            if urlsplit(href).scheme in {"http", "https"}:
                # A page of somebody else must not replace the activity inside the LMS's frame.
                token.attrSet("target", "_blank")
                token.attrSet("rel", "noopener")


def _target(address: str, bases: Bases) -> str:
    if address.startswith(ASSETS):
        return f"{bases.assets.rstrip('/')}/{address.removeprefix(ASSETS)}"
    return address if urlsplit(address).scheme else bases.nodes + address


def _empty_corners(tokens: Sequence[Token]) -> None:
    """A cell in the head of a table that says nothing heads nothing: it becomes an ordinary one."""
    for opening, text, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "th_open" and not text.content.strip():
            opening.type, opening.tag = "td_open", "td"
            closing.type, closing.tag = "td_close", "td"


def _frame_figures(tokens: Sequence[Token], lang: Lang) -> None:
    """A drawing that is a paragraph of its own scrolls by itself on a narrow screen, as a table does: made as small
    as a phone, its words could not be read."""
    frame = {"class": "drawing", "role": "group", "tabindex": "0", "aria-label": FIGURE_NAME[lang]}
    for opening, text, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "paragraph_open" and [_drawing(child) for child in text.children or ()] == [True]:
            opening.tag = closing.tag = "div"
            opening.attrs = {**frame}


def _drawing(token: Token) -> bool:
    return token.type == "image" and str(token.attrGet("src")).endswith(".svg")


def _dress_cell(token: Token) -> None:
    """Say what a heading cell heads; alignment becomes a class, since our pages forbid inline styles."""
    if token.type == "th_open":
        token.attrSet("scope", "col")
    style = str(token.attrs.pop("style", ""))
    for word, name in (("right", "text-end"), ("center", "text-center")):
        if word in style:
            token.attrSet("class", name)


def _with_breaks(children: Sequence[Token]) -> Iterator[Token]:
    """The parts of a heading with a possible line break after each Japanese phrase."""
    for token in children:
        if token.type != "text":
            yield token
            continue
        for place, phrase in enumerate(_phrases(token.content)):
            if place:
                yield Token("html_inline", "", 0, content=BREAK)
            yield Token("text", "", 0, content=phrase)


def _phrases(text: str) -> list[str]:
    return _parser().parse(text)


@lru_cache(maxsize=1)
def _parser() -> Parser:
    return load_default_japanese_parser()


def _line_end(_self: Any, tokens: Sequence[Token], place: int, _options: Any, _env: Any) -> str:
    """The end of a source line: nothing between two Japanese characters, even when one of them is emphasised
    or has a reading (the plugin's own rule looks at the direct neighbours only)."""
    before = next((token.content for token in reversed(tokens[:place]) if token.content), "")
    after = next((token.content for token in tokens[place + 1 :] if token.content), "")
    last = before.removesuffix("</rt><rp>)</rp></ruby>")[-1:]
    first = after.removeprefix("<ruby>")[:1]
    return "" if is_cjk(last) and is_cjk(first) else "\n"


def _open_table(_self: Any, _tokens: Any, _place: int, _options: Any, env: Any) -> str:
    """A table scrolls by itself on a narrow screen, by touch and by keyboard."""
    name = TABLE_NAME[env["lang"]]
    return (
        f'<div class="table-responsive" role="group" tabindex="0" aria-label="{name}"><table class="table">\n'
    )


def _close_table(*_: Any) -> str:
    return "</table></div>\n"


def _parser_of_pages() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").use(cjk_friendly).use(ruby)
    markdown.add_render_rule("softbreak", _line_end)
    markdown.add_render_rule("table_open", _open_table)
    markdown.add_render_rule("table_close", _close_table)
    return markdown


_MARKDOWN = _parser_of_pages()
