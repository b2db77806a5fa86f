"""QTI 2.1: the package names what it holds, every reference leads somewhere, and credit is as in our own quizzes."""

from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree as Xml
from zipfile import ZipFile

import pytest

from lti_tool.curriculum.exchange.qti import write
from lti_tool.domain.course import Choice, Matching, Numeric, Option, Ordering, Pair, Text

Q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
P = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ORDER = ("responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback")
"""In an item every element has its place; a schema refuses another order."""


@pytest.fixture(scope="module")
def package(banks):
    """File name -> root element."""
    with ZipFile(BytesIO(write(banks))) as archive:
        return {name: Xml.fromstring(archive.read(name)) for name in archive.namelist()}


@pytest.fixture(scope="module")
def items(package):
    return {root.get("identifier"): root for name, root in package.items() if name.startswith("items/")}


def test_the_manifest_names_every_file_and_nothing_else(package, banks):
    resources = list(package["imsmanifest.xml"].iter(f"{P}resource"))
    assert {each.get("href") for each in resources} | {"imsmanifest.xml"} == set(package)
    names = [each.get("identifier") for each in resources]
    assert len(names) == len(set(names)) == len(banks) + sum(len(quiz.questions) for quiz in banks)
    assert {each.get("identifierref") for each in package["imsmanifest.xml"].iter(f"{P}dependency")} <= set(
        names
    )


def test_a_test_draws_as_many_as_an_attempt_asks(package, banks):
    for quiz in banks:
        root = package[f"tests/{quiz.id}.xml"]
        assert root.find(f".//{Q}selection").get("select") == str(min(quiz.draw, len(quiz.questions)))
        refs = [each.get("href").removeprefix("../") for each in root.iter(f"{Q}assessmentItemRef")]
        assert refs == [f"items/{question.id}.xml" for question in quiz.questions]
        assert all(ref in package for ref in refs)


def test_an_item_is_in_the_order_of_the_schema_and_consistent_in_itself(items):
    for name, root in items.items():
        places = [ORDER.index(child.tag.removeprefix(Q)) for child in root]
        assert places == sorted(places), name
        told = {each.get("identifier") for each in root.iter(f"{Q}modalFeedback")}
        choices = {
            each.get("identifier")
            for tag in ("simpleChoice", "simpleAssociableChoice")
            for each in root.iter(Q + tag)
        }
        right = {
            word for each in root.iterfind(f".//{Q}correctResponse/{Q}value") for word in each.text.split()
        }
        base = root.find(f"{Q}responseDeclaration").get("baseType")
        assert right, name
        assert base == "float" or right <= choices, name
        assert told, name
        assert told <= choices | {"WHY"}, name


def test_both_languages_are_there_and_marked(items, banks):
    for question in (question for quiz in banks for question in quiz.questions):
        root = items[question.id]
        first = root.find(f".//{Q}prompt")
        prompt = first if first is not None else root.find(f"{Q}itemBody/{Q}div")
        assert [span.get(LANG) for span in prompt.iterfind(f"{Q}span")] in (["ja", "en"], [None])


def one(question):
    """The item of one question."""
    quiz = type("Bank", (), {"id": "bank", "title": T, "draw": 1, "questions": (question,)})
    with ZipFile(BytesIO(write([quiz]))) as archive:
        return Xml.fromstring(archive.read(f"items/{question.id}.xml"))


T = Text("和", "same")


def test_credit_is_as_in_our_own_quizzes():
    options = (Option(Text("a", "A"), 100, T), Option(Text("b", "B"), 50, T), Option(Text("c", "C"), 0, T))
    situation = one(Choice("s", "situational", "apply", T, options))
    assert [(e.get("mapKey"), e.get("mappedValue")) for e in situation.iter(f"{Q}mapEntry")] == [
        ("A1", "1"),
        ("A2", "0.5"),
        ("A3", "0"),
    ]
    assert situation.find(f".//{Q}mapResponse") is not None
    ticks = one(Choice("m", "multiple", "apply", T, (options[0], options[2])))
    assert ticks.find(f"{Q}responseDeclaration").get("cardinality") == "multiple"
    assert ticks.find(f".//{Q}match") is not None
    assert ticks.find(f".//{Q}mapping") is None


def test_numbers_pairs_and_orders_have_their_keys():
    number = one(Numeric("n", "apply", T, Decimal("6.50"), Decimal("0.1"), T, T)).find(f".//{Q}equal")
    assert (number.get("toleranceMode"), number.get("tolerance")) == ("absolute", "0.1 0.1")
    pairs = (Pair(Text("1", "one"), T, T), Pair(Text("2", "two"), Text("他", "other"), T))
    values = [e.text for e in one(Matching("p", "apply", T, pairs, (Text("余", "extra"),))).iter(f"{Q}value")]
    assert values[:2] == ["L1 R1", "L2 R2"]
    steps = (Text("一", "1"), Text("二", "2"), Text("三", "3"))
    order = one(Ordering("o", "apply", T, steps, T))
    assert order.find(f"{Q}responseDeclaration").get("cardinality") == "ordered"


def test_markdown_becomes_elements_and_readings_stay():
    root = one(Ordering("o", "apply", Text("**太**い{字|じ}\n\n次 < 1", "x & y"), (T, T, T), T))
    span = root.find(f".//{Q}prompt/{Q}span")
    assert span.find(f"{Q}strong").text == "太"
    assert "".join(span.itertext()) == "太い字(じ)次 < 1"


def test_the_same_banks_give_the_same_bytes(banks):
    assert write(banks[:2]) == write(banks[:2])
