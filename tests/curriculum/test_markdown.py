"""What Markdown becomes: right in Japanese, safe, the same for every launch, usable on a phone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.curriculum.load import load
from lti_tool.curriculum.markdown import Bases, phrase_breaks, render, render_inline, render_lesson

TINY = Path(__file__).parents[1] / "courses" / "tiny"


def _ja(body: str) -> str:
    return render(body, "ja", Bases("../assets/m101", "../n/"))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**「強い」**言葉は。", "<strong>「強い」</strong>言葉は。"),
        ("一行目です。\n二行目です。", "一行目です。二行目です。"),
        ("一行目です。\n**強い**\n言葉", "一行目です。<strong>強い</strong>言葉"),
        ("前の\n{字|じ}\nと", "前の<ruby>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby>と"),
        ("日本\nJapan\n`x`\nend", "日本\nJapan\n<code>x</code>\nend"),
    ],
)
def test_japanese_is_joined_without_spaces_and_emphasised_beside_its_brackets(source, html):
    assert _ja(source) == f"<p>{html}</p>\n"


def test_readings_become_ruby():
    html = _ja("{景品表示法|けいひんひょうじほう}")

    assert html == "<p><ruby>景品表示法<rp>(</rp><rt>けいひんひょうじほう</rt><rp>)</rp></ruby></p>\n"


def test_html_of_the_author_is_shown_and_not_run():
    html = _ja('<script>alert(1)</script>\n\na <b onclick="x()">b</b>\n\n[x](javascript:alert(1))')

    assert "<script" not in html
    assert "<b" not in html.replace("<br", "")
    assert "&lt;script&gt;" in html
    assert "<a" not in html


def test_addresses_do_not_depend_on_the_launch():
    html = _ja("![図](assets/steps.svg) [表](assets/a.csv) [前](m101-why)")

    assert '<img src="../assets/m101/steps.svg" alt="図" class="img-fluid" loading="lazy">' in html
    assert '<a href="../assets/m101/a.csv">表</a>' in html
    assert '<a href="../n/m101-why">前</a>' in html


def test_a_drawing_keeps_its_size_and_scrolls_by_touch_and_by_keyboard():
    frame = (
        '<div class="drawing" role="group" tabindex="0" aria-label="図"><img src="../assets/m101/steps.svg"'
    )

    assert _ja("![図](assets/steps.svg)").startswith(frame)
    assert "drawing" not in _ja("言葉と ![図](assets/steps.svg)")
    assert "drawing" not in _ja("![写真](assets/shop.jpg)")


def test_other_sites_open_in_a_window_of_their_own():
    html = _ja("[消費者庁](https://www.caa.go.jp/) <mailto:a@example.org>")

    assert '<a href="https://www.caa.go.jp/" target="_blank" rel="noopener">消費者庁</a>' in html
    assert '<a href="mailto:a@example.org">' in html


def test_tables_scroll_by_themselves_and_say_what_heads_a_column():
    body = "| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |\n"

    html = _ja(body)

    assert (
        '<div class="table-responsive" role="group" tabindex="0" aria-label="表"><table class="table">'
        in html
    )
    assert '<th scope="col">a</th>' in html
    assert '<th scope="col" class="text-end">b</th>' in html
    assert '<td class="text-center">3</td>' in html
    assert "style=" not in html
    assert html.rstrip().endswith("</table></div>")
    assert 'aria-label="Table"' in render(body, "en", Bases("a"))


def test_an_empty_corner_of_a_table_heads_nothing():
    html = _ja("| | a |\n|---|---|\n| b | 1 |\n")
    assert html.count("<th") == html.count("<thead") + 1
    assert "<td></td>" in html
    assert '<th scope="col">a</th>' in html


def test_headings_break_between_japanese_phrases_only():
    assert _ja("## 買う直前に人が止まる理由\n") == "<h2>買う<wbr>直前に<wbr>人が<wbr>止まる<wbr>理由</h2>\n"
    assert _ja("## `H8` の迷い\n") == "<h2><code>H8</code> の<wbr>迷い</h2>\n"
    assert render("## Why people stop\n", "en", Bases("a")) == "<h2>Why people stop</h2>\n"
    assert "<wbr>" not in _ja("買う直前に人が止まる理由\n")


def test_a_title_is_escaped_and_broken_between_phrases():
    assert phrase_breaks("迷いと&不安の<構造") == "迷いと<wbr>&amp;不安の<wbr>&lt;構造"
    assert phrase_breaks("Trust & <design>", "en") == "Trust &amp; &lt;design&gt;"
    assert phrase_breaks("") == ""


def test_short_texts_have_no_blocks():
    assert render_inline("根拠を**すべて**選ぶ") == "根拠を<strong>すべて</strong>選ぶ"
    assert render_inline("a\n\nb\n") == "a<br><br>b"
    assert render_inline("- 5 < 6 & `x`") == "- 5 &lt; 6 &amp; <code>x</code>"
    assert render_inline("[x](https://example.org)").endswith('target="_blank" rel="noopener">x</a>')


def test_a_lesson_is_rendered_once_for_each_language_and_place():
    course, _ = load(TINY)
    assert course is not None
    lesson = course.modules[0].lessons[1]
    render.cache_clear()

    pages = [render_lesson(lesson, lang, Bases("../assets/t101")) for lang in ("ja", "en", "ja")]
    elsewhere = render_lesson(lesson, "ja", Bases("../assets/other"))

    assert pages[0] is pages[2]
    assert "受けとめてから" in pages[0]
    assert "Hear it" in pages[1]
    assert "../assets/other/stream.csv" in elsewhere
    assert render.cache_info().misses == 3


@pytest.mark.parametrize("make", [_ja, render_inline, phrase_breaks], ids=["page", "inline", "title"])
@given(
    text=st.text(alphabet=st.sampled_from("<>\"'&`[]()!*_|#:=/\\ \nascriptonload国家。「」{}|-"), max_size=60)
)
def test_nothing_written_becomes_a_script_or_a_handler(make, text):
    html = make(text).lower()

    assert "<script" not in html
    for tag in html.split("<")[1:]:
        assert " on" not in tag.split(">")[0].split('"')[0]
