"""Cells of CSV are texts, whatever they look like."""

import csv
import io

import pytest

from lti_tool.domain.spreadsheet import cell, line


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1",
        '=cmd|" /C calc"!A0',
        "＋1",
        "－1",
        "＠x",
    ],
)
def test_a_formula_is_shown_and_not_calculated(text: str):
    """ATK-21."""
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "anna", "2026-11-24", "a=b", "person 12"])
def test_other_texts_stay_as_they_are(text: str):
    assert cell(text) == text


def test_a_line_is_read_back_as_it_was():
    cells = ["plain", 'with "quotes"', "two\nlines", "a,b", "山田"]
    assert next(csv.reader(io.StringIO(line(cells)))) == cells
