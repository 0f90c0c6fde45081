"""Workbooks: the same cells as calamine, openpyxl and the truth of the world give, on every file there is."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from PIL import Image
from python_calamine import CalamineError
from workbook_peers import calamine_cells, differences, equal
from workbook_sink import Keeper, Kept, keep

from proofroom.extract.formats.xlsx import FORMAT, read_by
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State
from proofroom.model.where import cell_name, format_parts
from proofroom.world import books, xlsx
from proofroom.world.make import tables
from proofroom.world.parts import Made
from proofroom.world.sheets import Book, Sheet

Cells = dict[tuple[int, int], Kept]
WIDEST = 2_000_000
"""Cells of the grid that calamine may make of a sheet: it ends the whole process where it cannot."""

ENDS = {
    "pass_protected.xlsx": "an OLE container, which office_locked opens",
    "protect.xlsx": "the same",
    "testEXCEL_protected_passtika_2.xlsx": "the same",
}
NOT_OPENPYXL = {
    "empty_s_attribute.xlsx": "an empty style number stops it",
    "issue252.xlsx": "a wrong checksum stops it; we read the sheet and say so",
    "issue_419.xlsx": "a table of strings that is not there stops it",
    "issue_530.xlsx": "backslashes in the names of parts stop it",
    "testDdeLink.xlsx": "a list of arrows that is not there stops it",
}
NOT_CALAMINE = {
    "issue252.xlsx": "a broken list of arrows stops it; we guess by the names of the parts",
}
OTHERWISE = {
    "whitespace_trim.xlsx": "calamine trims what is not said to be preserved; raw is what is stored",
}


def files(corpora: Path) -> Iterator[Path]:
    found = sorted(path for path in corpora.rglob("*") if path.suffix in {".xlsx", ".xlsm", ".xltx", ".xltm"})
    assert len(found) > 40
    return iter(found)


def by_sheet(found: Keeper) -> dict[str, Cells]:
    sheets: dict[str, Cells] = {name: {} for name, _ in found.sheets.values()}
    for (index, row, column), kept in found.kept.items():
        sheets[found.sheets[index][0]][row, column] = kept
    return sheets


@pytest.mark.corpora
def test_every_public_workbook_is_read_and_by_both_paths_alike(corpora: Path) -> None:
    ended = {}
    for path in files(corpora):
        fast, slow = (
            keep(lambda source, sink, fast=fast: read_by(source, sink, fast=fast), path)
            for fast in (True, False)
        )
        assert (fast.kept, fast.said, fast.partial) == (slow.kept, slow.said, slow.partial), path.name
        if fast.ended:
            ended[path.name] = (fast.ended.state, fast.ended.reason)
    assert ended == dict.fromkeys(ENDS, (State.DAMAGED, Reason.NOT_WELL_FORMED))


@pytest.mark.corpora
def test_openpyxl_gives_the_same_values_and_formulas(corpora: Path) -> None:
    refused, compared = set(), 0
    for path in files(corpora):
        if path.name in ENDS:
            continue
        sheets = by_sheet(keep(FORMAT.read, path))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                values = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True)
                formulas = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        except (KeyError, TypeError, zipfile.BadZipFile):
            refused.add(path.name)
            continue
        for name, cells in sheets.items():
            stated = {
                (cell.row, cell.column): written_as(cell.value)
                for row in formulas[name].iter_rows()
                for cell in row
                if cell.data_type == "f"
            }
            found = {(c.row, c.column): c.value for row in values[name].iter_rows() for c in row}
            for place in cells.keys() | found.keys():
                assert equal(cells.get(place), found.get(place)), (path.name, name, place)
            ours = {place: kept.formula for place, kept in cells.items() if kept.formula}
            assert ours == stated, (path.name, name)
            compared += len(cells)
    assert refused == set(NOT_OPENPYXL)
    assert compared > 900


def written_as(formula: object) -> str:
    """Give a formula as openpyxl holds it, without its `=`."""
    if isinstance(formula, DataTableFormula):
        return f"TABLE({formula.r1 or ''},{formula.r2 or ''})"
    text = formula.text if isinstance(formula, ArrayFormula) else formula
    return str(text).removeprefix("=")


@pytest.mark.corpora
def test_calamine_gives_the_same_values(corpora: Path) -> None:
    refused, compared = set(), 0
    for path in files(corpora):
        if path.name in ENDS:
            continue
        found = keep(FORMAT.read, path)
        if any(extent(cells) > WIDEST for cells in by_sheet(found).values()):
            continue
        try:
            names, sheets = calamine_cells(path)
        except CalamineError:
            refused.add(path.name)
            continue
        numbers = {name: index for index, (name, _) in found.sheets.items()}
        for name, theirs in zip(names, sheets, strict=True):
            different = differences(found, numbers[name], theirs)
            trimmed = path.name in OTHERWISE and all(
                raw.strip() == value for raw, value in different.values()
            )
            assert not different or trimmed, (path.name, name, list(different.items())[:3])
            compared += len(theirs)
    assert refused == NOT_CALAMINE.keys()
    assert compared > 900


def extent(cells: Cells) -> int:
    return max((row for row, _ in cells), default=0) * max((column for _, column in cells), default=0)


def test_the_world_s_books_give_exactly_their_truth() -> None:
    _, entries, rolls = tables(3, 240)
    made = [
        file.made for file in books.register_files(entries, blind=False) if str(file.path).endswith(".xlsx")
    ]
    made += [
        xlsx.write(books.list_book(roll, number)[0], blind=False) for number, roll in enumerate(rolls[:6])
    ]
    assert len(made) == 8
    for book in made:
        assert_true(book)


def test_every_kind_of_cell_and_picture_of_the_world_is_true() -> None:
    sheet = Sheet("全 & 部", hidden_rows={4}, hidden_columns={3}, state="veryHidden")
    for column, (value, form) in enumerate(
        [("文字", "General"), (True, "General"), (12.5, "0.0%"), (1234567, "#,##0"), (990101199001011234, "0"),
         (990101199001011234, "General"), (dt.date(2015, 6, 12), 'yyyy"年"m"月"d"日"'), (0.1 + 0.2, "General"),
         (dt.date(1900, 3, 1), "yyyy/m/d"), (" 前后 ", "@"), ("a_x0041_b", "General"), (5, "General")], 1
    ):  # fmt: skip
        sheet.put(4, column, value, form)
        sheet.put(5, column, value, form)
    sheet.put(6, 1, 24.0, "General", 'SUM(A1:A5)&"<"')
    sheet.merge(7, 1, 8, 2)
    sheet.put(7, 1, "合")
    sheet.comments[4, 3] = "批注\n第二行"
    sheet.put(9, 4, "#VALUE!")
    sheet.pictures += [(9, 4, "in cell", picture("red")), (10, 4, "over cell", picture("blue"))]
    for date1904 in (False, True):
        assert_true(xlsx.write(Book([Sheet("空"), sheet], date1904=date1904), blind=False))


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "JPEG")
    return out.getvalue()


def assert_true(made: Made) -> None:
    """Compare everything that the truth knows of a workbook."""
    found = keep(FORMAT.read, made.data or b"")
    assert (found.ended, found.partial) == (None, [])
    sheets = by_sheet(found)
    ours = {
        format_parts((("sheet", name), ("cell", cell_name(*place)))): kept
        for name, cells in sheets.items()
        for place, kept in cells.items()
    }
    facts = {fact.part: fact for fact in made.facts if fact.kind == "cell" and fact.merged is None}
    assert ours.keys() == facts.keys()
    for part, fact in facts.items():
        assert as_fact(ours[part]) == (fact.raw, fact.shown, fact.formula, fact.hidden), part
    comments = {fact.part: (fact.raw, fact.hidden) for fact in made.facts if fact.kind == "comment"}
    said = {p: (found.said[p], hidden(found.pinned[p])) for p in found.said if "&comment=" in p}
    assert {p: told for p, told in said.items() if not p.endswith("&author=1")} == comments
    anchors = made.extra["pictures"]
    assert isinstance(anchors, list)
    assert {p.rpartition("&")[0]: text for p, text in found.said.items() if "&picture=" in p} == {
        format_parts((("sheet", one["sheet"]), ("cell", cell_name(one["row"], one["column"])))): one["member"]
        for one in anchors
    }
    assert {name: data for name, data in found.members.items() if "/media/" in name} == {
        name: member.data for name, member in made.members
    }


def as_fact(kept: Kept) -> tuple[str, str, str | None, tuple[str, ...]]:
    return kept.raw, kept.shown or kept.raw, kept.formula or None, hidden(kept.flags)


def hidden(flags: Flag) -> tuple[str, ...]:
    sheet = flags & (Flag.HIDDEN_SHEET | Flag.VERY_HIDDEN_SHEET)
    causes = (("sheet", sheet), ("row", flags & Flag.HIDDEN_ROW), ("column", flags & Flag.HIDDEN_COLUMN))
    return tuple(name for name, holds in causes if holds)
