"""Names from all kinds of devices, and files that are not what they are called."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain import uploads


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("観察シート.pdf", "観察シート.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\hana\\台本.docx", "台本.docx"),
        ("tab\tnew\nline\x00.pdf", "tabnewline.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("シ\u3099ャンフ\u309a.csv", "ジャンプ.csv"),
        ("  .hidden.txt ", "hidden.txt"),
        ("..", ""),
    ],
)
def test_a_name_is_kept_readable_and_made_harmless(sent: str, kept: str) -> None:
    assert uploads.clean_name(sent) == kept


def test_a_very_long_name_keeps_its_ending() -> None:
    name = uploads.clean_name("あ" * 300 + ".pdf")
    assert len(name) == uploads.NAME_LENGTH
    assert name.endswith("あ.pdf")


@given(st.text())
def test_no_name_can_be_a_path_or_hold_control_characters(name: str) -> None:
    """ATK-15."""
    kept = uploads.clean_name(name)
    assert not set(kept) & set("/\\\x00\r\n")
    assert kept not in {".", ".."}
    assert len(kept) <= uploads.NAME_LENGTH


@pytest.mark.parametrize(
    ("name", "wanted", "verdict"),
    [
        ("a.PDF", ("pdf",), True),
        ("photo.jpeg", ("jpg",), True),
        ("photo.jpg", ("jpeg",), True),
        ("a.pdf.exe", ("pdf",), False),
        ("pdf", ("pdf",), False),
        (".pdf", ("pdf",), False),
        ("a.pdf", (), False),
    ],
)
def test_only_wanted_endings_are_accepted(name: str, wanted: tuple[str, ...], verdict: bool) -> None:
    assert uploads.accepted(name, wanted) is verdict


PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PDF = b"%PDF-1.7\n1 0 obj\n"
ZIP = b"PK\x03\x04" + bytes(20)
MP4 = b"\x00\x00\x00\x20ftypisom" + bytes(20)
JPG = b"\xff\xd8\xff\xe0" + bytes(20)
GOOD = {
    "a.pdf": PDF,
    "a.png": PNG,
    "a.jpg": JPG,
    "a.jpeg": JPG,
    "a.docx": ZIP,
    "a.xlsx": ZIP,
    "a.pptx": ZIP,
    "a.mp4": MP4,
    "utf8.csv": "時刻,コメント\n".encode(),
    "excel.csv": "時刻,コメント\r\n".encode("cp932"),
    "bom.csv": codecs.BOM_UTF8 + "時刻\n".encode(),
    "wide.txt": codecs.BOM_UTF16_LE + "時刻\n".encode("utf-16-le"),
    "cut.txt": ("あ" * 2000).encode()[: uploads.HEAD],
    "unknown.mov": b"whatever",
}


@pytest.mark.parametrize("name", GOOD)
def test_a_true_file_is_believed(name: str) -> None:
    assert not uploads.contradicts(name, GOOD[name])


@pytest.mark.parametrize("content", [PNG, JPG, ZIP, MP4, PDF, b"MZ\x90\x00\x03", b"\x80\x81\xff\xff"])
@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
def test_a_text_holds_text(name: str, content: bytes) -> None:
    assert uploads.contradicts(name, content)


@pytest.mark.parametrize("name", [name for name in GOOD if name.startswith("a.")])
def test_a_program_or_a_page_under_another_name_is_found_out(name: str) -> None:
    """ATK-15."""
    assert uploads.contradicts(name, b"MZ\x90\x00\x03\x00")
    assert uploads.contradicts(name, b"<html><script>")
    assert uploads.contradicts(name, b"")
