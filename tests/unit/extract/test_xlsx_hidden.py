"""Workbooks: what is hidden is read and flagged: sheets, rows, columns, and what is pinned to them."""

from __future__ import annotations

import pytest
from workbook_sink import keep
from xlsx_by_hand import HEAD, MAIN, book, one, relations, sheet

from proofroom.extract.formats.xlsx import FORMAT, read_by
from proofroom.model.evidence import Flag

ROW = '<c r="A{n}"><v>1</v></c><c r="B{n}"><v>2</v></c><c r="C{n}"><v>3</v></c>'


def flags(data: bytes) -> dict[tuple[int, int], Flag]:
    fast, slow = (
        keep(lambda source, sink, fast=fast: read_by(source, sink, fast=fast), data) for fast in (True, False)
    )
    assert fast.kept == slow.kept
    return {(row, column): kept.flags for (_, row, column), kept in fast.kept.items() if kept.flags}


@pytest.mark.parametrize(
    ("state", "flag"),
    [("hidden", Flag.HIDDEN_SHEET), ("veryHidden", Flag.VERY_HIDDEN_SHEET), ("visible", Flag.NONE)],
)
def test_a_hidden_sheet_stays_and_is_flagged(state: str, flag: Flag) -> None:
    data = book({"S": sheet(f'<row r="1">{ROW.format(n=1)}</row>')}, state=f'state="{state}"')
    found = keep(FORMAT.read, data)
    assert found.sheets == {1: ("S", flag)}
    assert {kept.flags for kept in found.kept.values()} == {flag}


@pytest.mark.parametrize(
    ("attributes", "hidden"),
    [
        ('hidden="1"', True),
        ('hidden="true"', True),
        ('spans="1:3" outlineLevel="1" hidden="1" collapsed="1"', True),
        ('ht="0" customHeight="1"', True),
        ('ht="0.0"', True),
        ('hidden="0"', False),
        ('hidden="false" ht="15"', False),
        ('ht="10"', False),
        ('collapsed="1"', False),
    ],
)
def test_a_hidden_row_stays(attributes: str, hidden: bool) -> None:  # noqa: FBT001 - one column of the table above
    rows = f'<row r="1">{ROW.format(n=1)}</row><row r="2" {attributes}>{ROW.format(n=2)}</row>'
    assert flags(one(rows)) == {(2, column): Flag.HIDDEN_ROW for column in (1, 2, 3) if hidden}


def test_rows_that_a_filter_hides_are_flagged_in_the_middle_of_many() -> None:
    rows = "".join(f'<row r="{n}" hidden="{int(n % 7 == 0)}">{ROW.format(n=n)}</row>' for n in range(1, 400))
    after = '<autoFilter ref="A1:C400"><filterColumn colId="0"/></autoFilter>'
    assert set(flags(one(rows, after=after))) == {(n, c) for n in range(7, 400, 7) for c in (1, 2, 3)}


@pytest.mark.parametrize(
    ("column", "hidden"),
    [
        ('min="2" max="3" hidden="1"', {2, 3}),
        ('min="2" max="16384" width="0" customWidth="1"', {2, 3}),
        ('min="1" max="1" width="9" hidden="true" collapsed="1"', {1}),
        ('min="2" max="2" width="9" hidden="0"', set()),
        ('min="3" max="2" hidden="1"', set()),
        ('min="²" max="3" hidden="1"', set()),
        ('min="2" max="99999999999999999999" hidden="1"', set()),
        ('min="0" max="3" hidden="1"', set()),
    ],
)
def test_a_hidden_column_stays(column: str, hidden: set[int]) -> None:
    data = one(f'<row r="1">{ROW.format(n=1)}</row>', before=f"<cols><col {column}/></cols>")
    assert flags(data) == {(1, place): Flag.HIDDEN_COLUMN for place in hidden}


def test_a_comment_on_a_hidden_cell_is_hidden() -> None:
    comments = (
        f'{HEAD}<comments xmlns="{MAIN}"><authors><author>a</author></authors><commentList>'
        + "".join(
            f'<comment ref="{at}" authorId="0"><text><t>x</t></text></comment>'
            for at in ("A1", "A2", "B1", "B9")
        )
        + "</commentList></comments>"
    )
    more = {"xl/worksheets/_rels/sheet1.xml.rels": relations(("a", "comments", "../comments1.xml"))}
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"/><row r="9" hidden="1"><c r="A9"/></row>'
    before = '<cols><col min="2" max="2" hidden="1"/></cols>'
    found = keep(FORMAT.read, one(rows, more | {"xl/comments1.xml": comments}, before))
    flags = [Flag.NONE, Flag.HIDDEN_ROW, Flag.HIDDEN_COLUMN, Flag.HIDDEN_ROW | Flag.HIDDEN_COLUMN]
    assert [flag for part, flag in found.pinned.items() if part.endswith("comment=1")] == flags
    assert [flag for part, flag in found.pinned.items() if part.endswith("author=1")] == flags
