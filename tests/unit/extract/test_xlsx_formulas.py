"""Workbooks: formulas as they are written, shared ones as they read at each cell."""

from __future__ import annotations

import time

import pytest
from workbook_sink import keep
from xlsx_by_hand import one

from proofroom.extract.formats.xlsx import FORMAT, read_by
from proofroom.extract.ooxml.shared_formulas import SharedFormula
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason
from proofroom.world.parts import cell_name


def formulas(rows: str) -> dict[str, str]:
    fast, slow = (
        keep(lambda source, sink, fast=fast: read_by(source, sink, fast=fast), one(rows))
        for fast in (True, False)
    )
    assert (fast.kept, fast.partial) == (slow.kept, slow.partial)
    return {cell_name(row, column): kept.formula for (_, row, column), kept in fast.kept.items()}


def test_a_formula_stands_beside_its_stored_result() -> None:
    rows = '<row r="1"><c r="A1"><f>SUM(B1:B9)&amp;"&lt;x&gt;"</f><v>5</v></c><c r="B1"><v>5</v></c></row>'
    kept = keep(FORMAT.read, one(rows)).kept[1, 1, 1]
    assert (kept.type, kept.raw, kept.formula) == (CellType.NUMBER, "5", 'SUM(B1:B9)&"<x>"')


def test_a_formula_of_each_kind_is_read() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:A2">SUM(B1:B2*C1:C2)</f><v>1</v></c>'
        '<c r="B1"><f t="dataTable" ref="B1:B9" dt2D="1" r1="D1" r2="D2"/><v>2</v></c>'
        '<c r="C1"><f ca="1">NOW()</f><v>3</v></c><c r="D1"><f aca="false"> 1 + 1 </f><v>2</v></c>'
        '<c r="E1"><f/><v>5</v></c></row>'
    )
    assert formulas(rows) == {
        "A1": "SUM(B1:B2*C1:C2)",
        "B1": "TABLE(D1,D2)",
        "C1": "NOW()",
        "D1": " 1 + 1 ",
        "E1": "",
    }


def test_a_shared_formula_moves_with_the_cell() -> None:
    rows = '<row r="2"><c r="B2"><f t="shared" ref="B2:C4" si="0">A1+$A1+A$1+$A$1</f><v>1</v></c>'
    rows += '<c r="C2"><f t="shared" si="0"/><v>1</v></c></row>'
    rows += (
        '<row r="4"><c r="B4"><f t="shared" si="0"/><v>1</v></c><c r="C4"><f si="0" t="shared"></f></c></row>'
    )
    assert formulas(rows) == {
        "B2": "A1+$A1+A$1+$A$1",
        "C2": "B1+$A1+B$1+$A$1",
        "B4": "A3+$A3+A$1+$A$1",
        "C4": "B3+$A3+B$1+$A$1",
    }


@pytest.mark.parametrize(
    ("written", "moved"),
    [
        ("A1:B2", "B3:C4"),
        ("SUM(A:A)", "SUM(B:B)"),
        ("SUM(1:3)", "SUM(3:5)"),
        ("$A:B", "$A:C"),
        ("Sheet1!A1", "Sheet1!B3"),
        ("'A1 sheet'!A1", "'A1 sheet'!B3"),
        ("'it''s A1'!A1", "'it''s A1'!B3"),
        ("ABC1!A1", "ABC1!B3"),
        ('"A1"&A1', '"A1"&B3'),
        ('"say ""A1"""&A1', '"say ""A1"""&B3'),
        ("LOG10(A1)", "LOG10(B3)"),
        ("[1]Sheet1!A1", "[1]Sheet1!B3"),
        ("Table1[A1]+A1", "Table1[A1]+B3"),
        ("Table1[[#All],[A1]]+A1", "Table1[[#All],[A1]]+B3"),
        ("XFD1", "A3"),
        ("A1048576", "B2"),
        ("A1.5+x.A1", "A1.5+x.A1"),
        ("XFE1+A1048577", "XFE1+A1048577"),
        ("rate2020x+_A1+A1_", "rate2020x+_A1+A1_"),
        ("中A1+A1中", "中A1+A1中"),
        ("1E5+TRUE", "1E5+TRUE"),
        ("a1", "B3"),
    ],
)
def test_only_references_move(written: str, moved: str) -> None:
    assert SharedFormula(written, 1, 1).at(3, 2) == moved


def test_a_shared_formula_that_nobody_states_is_said_to_be_missing() -> None:
    rows = '<row r="1"><c r="A1"><f t="shared" si="3"/><v>5</v></c></row>'
    found = keep(FORMAT.read, one(rows))
    assert (found.raw(), found.kept[1, 1, 1].formula, found.partial) == (
        {(1, 1): "5"},
        "",
        [Reason.DAMAGED_PART],
    )
    assert not found.kept[1, 1, 1].flags & Flag.HAS_FORMULA


@pytest.mark.parametrize("part", ["'", '"', "[", "[a", "A1+", "''", '""', "[[", "$", "A1:"])
def test_a_formula_made_to_go_astray_takes_no_time(part: str) -> None:
    begun = time.process_time()
    SharedFormula(part * (8_192 // len(part)), 1, 1).at(2, 2)
    assert time.process_time() - begun < 2


def test_a_long_formula_is_not_multiplied() -> None:
    rows = f'<row r="1"><c r="A1"><f t="shared" ref="A1:A9" si="0">{"A1+" * 4_000}1</f></c></row>'
    rows += "".join(
        f'<row r="{n}"><c r="A{n}"><f t="shared" si="0"/><v>1</v></c></row>' for n in range(2, 10)
    )
    found = keep(FORMAT.read, one(rows))
    assert len(found.kept[1, 1, 1].formula) == 12_001
    assert found.kept[1, 2, 1].formula == ""
    assert found.partial == [Reason.DAMAGED_PART]
