"""What stands at an address: typed values, dates in both systems, merged cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from proofroom.errors import BadWhere
from proofroom.model.evidence import CellType, Flag, PieceKind
from proofroom.model.where import parse_where
from proofroom.store.evidence import Evidence
from proofroom.store.journal import Journal
from proofroom.store.reading import Reading
from proofroom.store.results import Results
from proofroom.store.schemas import SCHEMAS
from proofroom.store.typed import hidden_parts, iso_date, typed_value
from proofroom.values.masking import Mask


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


DIGEST = "a" * 64
NAME = "13912345678 名单"


def a_store(folder: Path, rows: dict[str, list[dict[str, object]]]) -> Reading:
    journal = Journal(folder / "journal.sqlite", writing=True)
    results = Results(folder, journal)
    pending = results.begin(DIGEST, "extract", "1")
    for noun, some in rows.items():
        table = pa.Table.from_pylist([{"artifact": DIGEST, **row} for row in some], schema=SCHEMAS[noun])
        results.add(pending, noun, table)
    results.commit(pending, "c", 0.1, lambda: None)
    results.close()
    return Reading(folder, journal)


def cell(row: int, col: int, raw: str) -> dict[str, object]:
    kind = int(CellType.STRING)
    texts = {"number_format": None, "raw": raw, "shown": "", "formula": ""}
    return {"sheet": 1, "row": row, "col": col, "type": kind, "flags": 0, **texts}


def piece(seq: int, part: str, text: str) -> dict[str, object]:
    return {"seq": seq, "part": part, "kind": int(PieceKind.META), "flags": 0, "text": text}


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    rows = {
        "sheets": [{"sheet": 1, "name": NAME, "visibility": 0}],
        "cells": [cell(2, 1, "first"), cell(2, 3, "third"), cell(5, 2, "last")],
        "merges": [{"sheet": 1, "top": 8, "left": 1, "bottom": 9, "right": 4}],
        "pieces": [piece(at, f"para={at + 1}", f"text {at + 1}") for at in range(20)]
        + [piece(20, f"meta={NAME.replace(' ', '%20')}", "a property"), piece(21, "pointer=%2fa", "odd")],
    }
    return a_store(tmp_path, rows)


def texts(evidence: Evidence, parts: str) -> list[str]:
    return [str(one.shown) for one in evidence.pieces_at(parse_where(f"{DIGEST}#{parts}"))]


def test_a_cell_inside_what_the_sheet_uses_is_empty_and_one_outside_is_nowhere(reading: Reading) -> None:
    evidence = Evidence(reading)
    for inside in ("A5", "B3", "C5"):
        assert texts(evidence, f"sheet={NAME}&cell={inside}") == [""]
    (merged,) = evidence.pieces_at(parse_where(f"{DIGEST}#sheet={NAME}&cell=D9"))
    assert (merged.value, merged.merged) == (None, "A8")
    for outside in ("D2", "A6", "A9999999999", "ZZZZZZZ1"):
        with pytest.raises(BadWhere, match="outside"):
            texts(evidence, f"sheet={NAME}&cell={outside}")


@pytest.mark.parametrize(
    "parts",
    [
        *(
            "cell=A2&cell=C2",
            "sheet={0}&sheet={0}&cell=A2",
            "sheet={0}&row=2&junk=1",
            "sheet={0}&cell=A2&x=1",
        ),
        *(
            "sheet={0}&row=2&row=2",
            "sheet={0}&row=3",
            "sheet={0}&row=0",
            f"sheet={{0}}&row={10**30}",
            "para=99",
        ),
    ],
)
def test_an_address_of_nothing_or_with_nonsense_is_refused(reading: Reading, parts: str) -> None:
    with pytest.raises(BadWhere):
        texts(Evidence(reading), parts.format(NAME))


def test_a_row_gives_its_cells(reading: Reading) -> None:
    assert texts(Evidence(reading), f"sheet={NAME}&row=2") == ["first", "third"]


def test_an_address_with_a_masked_name_finds_what_the_name_would(reading: Reading) -> None:
    mask = Mask(b"a case's secret")
    evidence = Evidence(reading, mask)
    shown = mask.text(NAME)
    assert texts(evidence, f"sheet={shown}&cell=A2") == texts(evidence, f"sheet={NAME}&cell=A2") == ["first"]
    assert texts(evidence, f"meta={shown}") == texts(evidence, f"meta={NAME}") == ["a property"]
    with pytest.raises(BadWhere):
        texts(Evidence(reading), f"sheet={shown}&cell=A2")


def test_a_piece_is_found_however_its_address_was_stored(reading: Reading) -> None:
    assert texts(Evidence(reading), "pointer=/a") == ["odd"]


def test_the_neighbours_of_a_piece_are_those_before_and_after_it(reading: Reading) -> None:
    evidence = Evidence(reading)
    around = evidence.neighbours(evidence.pieces_at(parse_where(f"{DIGEST}#para=10"))[0].where)
    assert [str(one.shown) for one in around] == [f"text {at}" for at in (7, 8, 9, 11, 12, 13)]


class CountedReading(Reading):
    """Counts what is read of each noun, and how many rows of pieces come whole."""

    def of_artifact(self, noun: str, artifact: str, **wanted: Any) -> pa.Table:
        table = super().of_artifact(noun, artifact, **wanted)
        self.read = [*getattr(self, "read", []), (noun, "text" in table.schema.names and table.num_rows)]
        return table


def test_a_window_reads_the_merged_ranges_once_and_a_piece_only_its_neighbours(tmp_path: Path) -> None:
    rows = {
        "sheets": [{"sheet": 1, "name": "S", "visibility": 0}],
        "cells": [cell(row, col, "x") for row in range(1, 101) for col in range(1, 21)],
        "merges": [{"sheet": 1, "top": 2, "left": 1, "bottom": 2, "right": 3}],
        "pieces": [piece(at, f"para={at + 1}", "text") for at in range(1_000)],
    }
    a_store(tmp_path, rows)
    reading = CountedReading(tmp_path, Journal(tmp_path / "journal.sqlite", reading_only=True))
    evidence = Evidence(reading)
    prefix, found_cells = evidence.window(parse_where(f"{DIGEST}#sheet=S&cell=A1"))
    stored = list(found_cells)
    assert prefix == (("sheet", "S"),)
    assert len(stored) == 2_000
    assert [name for name, *_, merged, _warnings in stored if merged] == ["B2", "C2"]
    assert len(reading.read) == 3
    found = evidence.pieces_at(parse_where(f"{DIGEST}#para=500"))[0]
    evidence.neighbours(found.where)
    assert max(whole for noun, whole in reading.read if noun == "pieces") == 7


def test_what_hangs_on_a_cell_is_not_the_cell(tmp_path: Path) -> None:
    part = "sheet=S&cell=A1"
    rows = {
        "sheets": [{"sheet": 1, "name": "S", "visibility": 0}],
        "cells": [cell(1, 1, "in the cell")],
        "pieces": [piece(0, f"{part}&link=1", "where it leads")],
    }
    evidence = Evidence(a_store(tmp_path, rows))
    assert [texts(evidence, one) for one in (part, f"{part}&link=1")] == [["in the cell"], ["where it leads"]]
