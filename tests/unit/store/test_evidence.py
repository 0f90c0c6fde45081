"""What stands at an address: typed values, dates in both systems, merged cells."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from proofroom.model.evidence import CellType, Flag, PieceKind
from proofroom.model.where import parse_where
from proofroom.store.evidence import Evidence, hidden_parts, iso_date, typed_value
from proofroom.store.journal import Journal
from proofroom.store.reading import Reading
from proofroom.store.results import Results
from proofroom.store.schemas import SCHEMAS


@pytest.mark.parametrize(
    ("serial", "date1904", "iso"),
    [
        (1, False, "1900-01-01"),
        (59, False, "1900-02-28"),
        (60, False, None),  # 29 February 1900 never was
        (61, False, "1900-03-01"),
        (41275, False, "2013-01-01"),
        (41275.25, False, "2013-01-01T06:00:00"),
        (0.5, False, "12:00:00"),
        (0, True, "1904-01-01"),
        (39813, True, "2013-01-01"),
        (-1, False, None),
        (1e300, False, None),
        (float("nan"), False, None),
    ],
)
def test_a_serial_number_is_the_date_a_spreadsheet_means(
    serial: float, *, date1904: bool, iso: str | None
) -> None:
    assert iso_date(serial, date1904=date1904) == iso


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (CellType.NUMBER, "3", 3),
        (CellType.NUMBER, "3.50", 3.5),
        (CellType.NUMBER, "1.234567890123457E+17", 1.234567890123457e17),
        (CellType.NUMBER, "1e999", "1e999"),
        (CellType.BOOLEAN, "TRUE", True),
        (CellType.ERROR, "#N/A", "#N/A"),
        (CellType.STRING, "007", "007"),
        (CellType.EMPTY, "", None),
    ],
)
def test_a_value_is_typed_as_the_file_types_it(kind: CellType, raw: str, value: object) -> None:
    found = typed_value(kind, raw)
    assert found == value
    assert type(found) is type(value)


def test_what_hides_a_cell_is_named_once() -> None:
    assert hidden_parts(Flag.VERY_HIDDEN_SHEET | Flag.HIDDEN_SHEET | Flag.HIDDEN_ROW) == ("sheet", "row")


def test_what_hangs_on_a_cell_is_not_the_cell(tmp_path: Path) -> None:
    digest, part = "a" * 64, "sheet=S&cell=A1"
    journal = Journal(tmp_path / "journal.sqlite", writing=True)
    results = Results(tmp_path, journal)
    pending = results.begin(digest, "extract", "1")
    cell = {"sheet": 1, "row": 1, "col": 1, "type": int(CellType.STRING), "flags": 0, "raw": "in the cell"}
    link = {
        "seq": 0,
        "part": f"{part}&link=1",
        "kind": int(PieceKind.META),
        "flags": 0,
        "text": "where it leads",
    }
    rows = {
        "sheets": {"sheet": 1, "name": "S", "visibility": 0},
        "cells": {**cell, "number_format": None, "shown": "", "formula": ""},
        "pieces": link,
    }
    for noun, row in rows.items():
        results.add(pending, noun, pa.Table.from_pylist([{"artifact": digest, **row}], schema=SCHEMAS[noun]))
    results.commit(pending, "c", 0.1, lambda: None)
    results.close()
    evidence = Evidence(Reading(tmp_path, journal))
    texts = [evidence.pieces_at(parse_where(f"{digest}#{one}"))[0].shown for one in (part, f"{part}&link=1")]
    assert texts == ["in the cell", "where it leads"]
