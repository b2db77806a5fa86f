"""QTI 2.1: a content package with an item for every question and a test for every quiz. Written only.

Texts hold both languages, each marked with `xml:lang`; a delivery engine that shows one of them hides the other by a
style. Credit is as here: whole or nothing but for situations, whose answers are mapped. Reasons are modal feedback.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from xml.etree import ElementTree as Xml
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lti_tool.curriculum.exchange.qti_text import put
from lti_tool.domain.course import Choice, Matching, Numeric, Ordering, Question, Quiz, Text

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
Node = Xml.Element


def write(quizzes: Iterable[Quiz]) -> bytes:
    """The banks as one zip; the same banks give the same bytes."""
    files = dict(_files(list(quizzes)))
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, root in files.items():
            archive.writestr(ZipInfo(name), Xml.tostring(root, encoding="utf-8", xml_declaration=True))
    return packed.getvalue()


def _files(quizzes: Sequence[Quiz]) -> Iterator[tuple[str, Node]]:
    yield "imsmanifest.xml", _manifest(quizzes)
    for quiz in quizzes:
        yield f"tests/{quiz.id}.xml", _test(quiz)
        for question in quiz.questions:
            yield f"items/{question.id}.xml", _item(question)


def _manifest(quizzes: Sequence[Quiz]) -> Node:
    root = Node("manifest", xmlns=PACKAGE, identifier="banks")
    about = _in(root, "metadata")
    _in(about, "schema").text = "QTIv2.1 Package"
    _in(about, "schemaversion").text = "1.0.0"
    _in(root, "organizations")
    resources = _in(root, "resources")
    for quiz in quizzes:
        test = _resource(resources, "test", f"tests/{quiz.id}.xml", quiz.id)
        for question in quiz.questions:
            _in(test, "dependency", identifierref=f"item-{question.id}")
            _resource(resources, "item", f"items/{question.id}.xml", question.id)
    return root


def _resource(resources: Node, kind: str, href: str, name: str) -> Node:
    made = _in(resources, "resource", identifier=f"{kind}-{name}", type=f"imsqti_{kind}_xmlv2p1", href=href)
    _in(made, "file", href=href)
    return made


def _test(quiz: Quiz) -> Node:
    """An attempt: as many questions as it draws, in any order."""
    root = Node("assessmentTest", xmlns=QTI, identifier=quiz.id, title=_both(quiz.title))
    part = _in(root, "testPart", identifier="part", navigationMode="nonlinear", submissionMode="simultaneous")
    section = _in(part, "assessmentSection", identifier="bank", title=_both(quiz.title), visible="true")
    _in(section, "selection", select=str(min(quiz.draw, len(quiz.questions))))
    _in(section, "ordering", shuffle="true")
    for question in quiz.questions:
        _in(section, "assessmentItemRef", identifier=question.id, href=f"../items/{question.id}.xml")
    return root


# --- items -------------------------------------------------------------------------------------------------


def _item(question: Question) -> Node:
    root = Node(
        "assessmentItem",
        xmlns=QTI,
        identifier=question.id,
        title=question.id,
        label=f"{question.kind} {question.level}",
        adaptive="false",
        timeDependent="false",
    )
    root.set(LANG, "ja")
    _WRITERS[question.kind](root, question)
    return root


def _choice(root: Node, question: Choice) -> None:
    many = question.kind == "multiple"
    names = [f"A{number}" for number in range(1, len(question.options) + 1)]
    right = [name for name, option in zip(names, question.options, strict=True) if option.credit == 100]
    cardinality = "multiple" if many else "single"
    declared = _response(root, cardinality, "identifier", right)
    if question.kind == "situational":
        mapping = _in(declared, "mapping", defaultValue="0")
        for name, option in zip(names, question.options, strict=True):
            _in(mapping, "mapEntry", mapKey=name, mappedValue=f"{option.credit / 100:g}")
    _outcomes(root, cardinality)
    box = _interaction(
        root, "choiceInteraction", question.ask, shuffle="true", maxChoices="0" if many else "1"
    )
    for name, option in zip(names, question.options, strict=True):
        put(_in(box, "simpleChoice", identifier=name), option.text)
    processing = _in(root, "responseProcessing")
    if question.kind == "situational":
        _in(_in(processing, "setOutcomeValue", identifier="SCORE"), "mapResponse", identifier="RESPONSE")
    else:
        _match(processing)
    _in(_in(processing, "setOutcomeValue", identifier="FEEDBACK"), "variable", identifier="RESPONSE")
    for name, option in zip(names, question.options, strict=True):
        _feedback(root, name, [option.why])


def _matching(root: Node, question: Matching) -> None:
    rights = list(dict.fromkeys([*(pair.right for pair in question.pairs), *question.extras]))
    pairs = [
        f"L{number} R{rights.index(pair.right) + 1}" for number, pair in enumerate(question.pairs, start=1)
    ]
    _response(root, "multiple", "directedPair", pairs)
    _outcomes(root)
    box = _interaction(
        root, "matchInteraction", question.ask, shuffle="true", maxAssociations=str(len(pairs))
    )
    # Each left goes to one right; a right may be given as often as one likes, as in our own selects.
    for sign, most, texts in (("L", "1", [pair.left for pair in question.pairs]), ("R", "0", rights)):
        column = _in(box, "simpleMatchSet")
        for number, text in enumerate(texts, start=1):
            put(_in(column, "simpleAssociableChoice", identifier=f"{sign}{number}", matchMax=most), text)
    _whole(root, [pair.why for pair in question.pairs])


def _ordering(root: Node, question: Ordering) -> None:
    names = [f"S{number}" for number in range(1, len(question.steps) + 1)]
    _response(root, "ordered", "identifier", names)
    _outcomes(root)
    box = _interaction(root, "orderInteraction", question.ask, shuffle="true")
    for name, step in zip(names, question.steps, strict=True):
        put(_in(box, "simpleChoice", identifier=name), step)
    _whole(root, [question.why])


def _numeric(root: Node, question: Numeric) -> None:
    _response(root, "single", "float", [f"{question.answer:f}"])
    _outcomes(root)
    body = _in(root, "itemBody")
    put(_in(body, "div"), question.ask)
    line = _in(body, "div")
    _in(line, "textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="12")
    put(line, question.unit)
    processing = _in(root, "responseProcessing")
    equal = _if_right(
        processing, "equal", toleranceMode="absolute", tolerance=" ".join([f"{question.tolerance:f}"] * 2)
    )
    _in(equal, "variable", identifier="RESPONSE")
    _in(equal, "correct", identifier="RESPONSE")
    _why(processing)
    _feedback(root, "WHY", [question.why])


_WRITERS: Mapping[str, Callable[..., None]] = {
    "single": _choice,
    "multiple": _choice,
    "situational": _choice,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _numeric,
}


# --- parts of items ----------------------------------------------------------------------------------------


def _in(parent: Node, tag: str, **attributes: str) -> Node:
    return Xml.SubElement(parent, tag, attributes)


def _both(text: Text) -> str:
    return text.ja if text.ja == text.en else f"{text.ja} / {text.en}"


def _response(root: Node, cardinality: str, base: str, right: Iterable[str]) -> Node:
    declared = _in(root, "responseDeclaration", identifier="RESPONSE", cardinality=cardinality, baseType=base)
    correct = _in(declared, "correctResponse")
    for value in right:
        _in(correct, "value").text = value
    return declared


def _outcomes(root: Node, feedback: str = "single") -> None:
    score = _in(
        root,
        "outcomeDeclaration",
        identifier="SCORE",
        cardinality="single",
        baseType="float",
        normalMaximum="1",
    )
    _in(_in(score, "defaultValue"), "value").text = "0"
    _in(root, "outcomeDeclaration", identifier="FEEDBACK", cardinality=feedback, baseType="identifier")


def _interaction(root: Node, tag: str, ask: Text, **attributes: str) -> Node:
    box = _in(_in(root, "itemBody"), tag, responseIdentifier="RESPONSE", **attributes)
    put(_in(box, "prompt"), ask)
    return box


def _whole(root: Node, whys: Sequence[Text]) -> None:
    """All or nothing, and every reason whatever the answer was."""
    processing = _in(root, "responseProcessing")
    _match(processing)
    _why(processing)
    _feedback(root, "WHY", whys)


def _match(processing: Node) -> None:
    same = _if_right(processing, "match")
    _in(same, "variable", identifier="RESPONSE")
    _in(same, "correct", identifier="RESPONSE")


def _if_right(processing: Node, test: str, **attributes: str) -> Node:
    then = _in(_in(processing, "responseCondition"), "responseIf")
    asked = _in(then, test, **attributes)
    _in(_in(then, "setOutcomeValue", identifier="SCORE"), "baseValue", baseType="float").text = "1"
    return asked


def _why(processing: Node) -> None:
    told = _in(processing, "setOutcomeValue", identifier="FEEDBACK")
    _in(told, "baseValue", baseType="identifier").text = "WHY"


def _feedback(root: Node, name: str, whys: Iterable[Text]) -> None:
    told = _in(root, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier=name, showHide="show")
    for why in whys:
        put(_in(told, "p"), why)
