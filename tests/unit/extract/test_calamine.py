"""Old and binary workbooks, and OpenDocument: all of them held against calamine."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineError
from workbook_peers import calamine_cells, differences
from workbook_sink import keep

from proofroom.extract.formats import opendocument
from proofroom.extract.formats.calamine import FORMAT
from proofroom.extract.tabular.cell_columns import number_text


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


REFUSED = {
    "issue_385.xls": "a password; we hand out a copy in the clear",
    "pass_protected.ods": "a password",
    "pass_protected.xlsb": "a package under a password, which office_locked opens",
    "password.xls": "a password",
    "testEXCEL_protected_passtika.xls": "a password",
    "too_small.xls": "it ends before its directory",
}
OTHERWISE: dict[tuple[str, int], tuple[str, int]] = {
    ("any_sheets.xls", 4): ("calamine takes the values that a chart keeps for cells of its sheet", 6),
    ("biff5-rich-text-string.xls", 1): (
        "calamine does not decode a text of several fonts by the code page",
        1,
    ),
    ("jxl.xls", 2): ("calamine leaves out a date that is zero", 1),
}
"""By file and sheet why calamine reads otherwise, and in how many cells."""


@pytest.mark.corpora
def test_every_public_workbook_has_the_cells_that_calamine_reads(corpora: Path) -> None:
    compared, refused = 0, set()
    otherwise: dict[tuple[str, int], int] = {}
    for path in sorted(one for one in corpora.rglob("*") if one.suffix.lower() in (".xls", ".xlsb", ".ods")):
        keeper = keep(opendocument.read if path.suffix == ".ods" else FORMAT.read, path)
        try:
            names, sheets = calamine_cells(path)
        except CalamineError:
            assert keeper.ended, path.name
            refused.add(path.name)
            continue
        assert [name for name, _ in keeper.sheets.values()] == names, path.name
        for index, theirs in enumerate(sheets, 1):
            compared += len(theirs)
            if different := differences(keeper, index, theirs):
                otherwise[path.name, index] = len(different)
                assert (path.name, index) in OTHERWISE, (path.name, index, list(different.items())[:3])
    assert refused == REFUSED.keys()
    assert otherwise == {at: count for at, (_, count) in OTHERWISE.items()}
    assert compared > 80_000
