"""Texts of questions as the few elements that QTI's body has: both languages, each marked as what it is."""

from html.parser import HTMLParser
from xml.etree import ElementTree as Xml

from lti_tool.curriculum.markdown import render_inline
from lti_tool.domain.course import LANGS, Text

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
KEPT = {"strong", "em", "code"}


def put(node: Xml.Element, text: Text) -> None:
    """Append the text; what is the same in both languages stands once."""
    if text.ja == text.en:
        _fill(Xml.SubElement(node, "span"), text.ja)
        return
    for number, lang in enumerate(LANGS):
        if number:
            Xml.SubElement(node, "br")
        span = Xml.SubElement(node, "span")
        span.set(LANG, lang)
        _fill(span, text[lang])


def _fill(span: Xml.Element, markdown: str) -> None:
    parser = _Parser(span)
    parser.feed(render_inline(markdown))
    parser.close()


class _Parser(HTMLParser):
    """Builds the same in XML. Readings in brackets stay as text, for QTI has no ruby; a picture is its description."""

    def __init__(self, root: Xml.Element) -> None:
        super().__init__()
        self._open = [root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what QTI knows."""
        if tag == "br":
            Xml.SubElement(self._open[-1], "br")
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")
        elif tag in KEPT:
            self._open.append(Xml.SubElement(self._open[-1], tag))

    def handle_endtag(self, tag: str) -> None:
        """Close it again."""
        if tag in KEPT:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Text goes behind the last child, or in front of the first."""
        parent = self._open[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data
