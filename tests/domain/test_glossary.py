"""The order of the glossary, and how a term may be spelt."""

from lti_tool.domain.course import Term, Text
from lti_tool.domain.glossary import shelves, spellings


def _term(ja: str, en: str = "x", reading: str = "") -> Term:
    return Term(f"{ja}-{en}", Text(ja, en), Text("意味", "meaning"), reading)


def test_japanese_terms_stand_in_the_order_of_the_kana_table_whatever_they_are_written_in():
    terms = [
        _term("GMV"),
        _term("用語", reading="ようご"),
        _term("ライバー"),
        _term("画角", reading="がかく"),
        _term("カート追加率", reading="カートついかりつ"),
        _term("案件票", reading="あんけんひょう"),
        _term("アーカイブ"),
        _term("パラソーシャル"),
        _term("景品", reading="けいひん"),
    ]

    found = [(label, [term.term.ja for term in shelf]) for label, shelf in shelves(terms, "ja")]

    assert found == [
        ("あ", ["アーカイブ", "案件票"]),
        ("か", ["画角", "カート追加率", "景品"]),
        ("は", ["パラソーシャル"]),
        ("や", ["用語"]),
        ("ら", ["ライバー"]),
        ("A-Z", ["GMV"]),
    ]


def test_english_terms_stand_by_letter_without_regard_to_capitals():
    terms = [_term("甲", "GMV"), _term("乙", "archive"), _term("丙", "Anchor"), _term("丁", "gross margin")]

    found = [(label, [term.term.en for term in shelf]) for label, shelf in shelves(terms, "en")]

    assert found == [("A", ["Anchor", "archive"]), ("G", ["GMV", "gross margin"])]


def test_brackets_do_not_count_but_an_abbreviation_in_them_does():
    term = Term("ctr", Text("クリック率(CTR)", "Click-through rate (CTR)"), Text("", ""), also=("押した率",))

    assert spellings(term, "ja") == ["クリック率", "CTR", "押した率"]
    assert spellings(term, "en") == ["Click-through rate", "CTR", "押した率"]
    assert spellings(_term("リコール(商品の回収)"), "ja") == ["リコール"]


def test_a_term_may_be_linked_in_one_language_only():
    term = Term("pause", Text("間", "Pause"), Text("", ""), linked=("en",))

    assert spellings(term, "ja") == []
    assert spellings(term, "en") == ["Pause"]
