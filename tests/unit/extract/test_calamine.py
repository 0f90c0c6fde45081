"""Old and binary workbooks, and OpenDocument: all of them held against calamine."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineError, CalamineWorkbook
from workbook_sink import Kept, keep

from proofroom.extract.formats import opendocument
from proofroom.extract.formats.calamine import FORMAT
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.model.evidence import CellType


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, b"0"),
        (-0.0, b"0"),
        (1e15, b"1000000000000000"),
        (1e22, b"1E+22"),
        (0.1, b"0.1"),
        (-2.5, b"-2.5"),
        (1e-7, b"1E-07"),
        (float("nan"), b"NAN"),
    ],
)
def test_a_stored_number_is_written_with_the_fewest_digits(value: float, text: bytes) -> None:
    assert number_text(value) == text


def test_the_sample_is_read_whole(root: Path) -> None:
    keeper = keep(FORMAT.read, root / "src/proofroom/extract/formats/samples" / FORMAT.sample)
    assert (len(keeper.kept), keeper.ended, keeper.partial) == (7, None, [])


def agrees(value: object, found: Kept | None) -> bool:
    """Tell whether calamine's value and ours are the same."""
    if found is None:
        return False
    if isinstance(value, bool):
        return found.raw == str(value).upper()
    if isinstance(value, int | float):
        return found.type is CellType.NUMBER and float(found.raw) == value
    if isinstance(value, date | datetime | time | timedelta):
        return found.type in (CellType.DATE, CellType.DURATION)
    return found.raw == value


@pytest.mark.corpora
def test_public_workbooks_are_read_as_calamine_reads_them(corpora: Path) -> None:
    compared = 0
    for path in sorted(one for one in corpora.glob("*/*") if one.suffix in (".xls", ".xlsb", ".ods")):
        keeper = keep(opendocument.read if path.suffix == ".ods" else FORMAT.read, path)
        try:
            peer = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        except CalamineError:
            assert keeper.ended, path.name
            continue
        for index, sheet in enumerate(peer.sheets_metadata, 1):
            if "Chart" in sheet.name or path.name == "biff5-rich-text-string.xls":
                continue
            values = peer.get_sheet_by_index(index - 1)
            left = values.start[1] if values.start else 0
            for number, cells in enumerate(values.iter_rows(), 1):
                for column, value in enumerate(cells, 1 + left):
                    if value != "":
                        compared += 1
                        found = keeper.kept.get((index, number, column))
                        assert agrees(value, found), (path.name, index, number, column, value, found)
    assert compared > 80_000
