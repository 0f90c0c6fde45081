"""The truth is what independent readers find in the files: cells, pages, metadata, links and mistakes."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import exifread
import openpyxl
import pptx
import pyarrow.parquet as pq
import pypdfium2
import pytest
import python_calamine
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from proofroom.model.where import parse_cell, parse_parts
from proofroom.world import WorldSummary, ids
from proofroom.world.slips import SHARES

Facts = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def cells(demo: WorldSummary) -> Facts:
    return _by_path(demo.out / "truth" / "cells.parquet")


@pytest.fixture(scope="module")
def lines(demo: WorldSummary) -> Facts:
    return _by_path(demo.out / "truth" / "lines.parquet")


def _by_path(path: Path) -> Facts:
    found = defaultdict(list)
    for row in pq.read_table(path).to_pylist():
        found[row["path"]].append(row | {"at": dict(parse_parts(row["part"]))})
    return found


def _plain_books(demo_files: dict[str, Any], suffix: str) -> list[str]:
    return [
        path
        for path, line in demo_files.items()
        if path.endswith(suffix)
        and line["parent"] is None
        and not line["locked"]
        and line["group"] == "plain"
    ]


@pytest.fixture(scope="module")
def books(demo: WorldSummary, demo_files: dict[str, Any]) -> dict[str, tuple[Workbook, Workbook]]:
    """Give every plain workbook as openpyxl reads it: with cached values, and with formulas."""
    return {
        path: (
            openpyxl.load_workbook(demo.out / "cache" / path, data_only=True),
            openpyxl.load_workbook(demo.out / "cache" / path),
        )
        for path in _plain_books(demo_files, ".xlsx")
    }


def test_cells_are_what_openpyxl_reads_back(
    books: dict[str, tuple[Workbook, Workbook]], cells: Facts
) -> None:
    assert len(books) >= 14
    for path, (values, formulas) in books.items():
        read = {
            (sheet.title, cell.coordinate): cell.value
            for sheet in values
            for line in sheet
            for cell in line
            if cell.value is not None
        }
        stored = [row for row in cells[path] if row["raw"] is not None]
        assert set(read) == {(row["at"]["sheet"], row["at"]["cell"]) for row in stored}
        for row in stored:
            sheet, place = row["at"]["sheet"], row["at"]["cell"]
            value = read[sheet, place]
            typed = value.date().isoformat() if isinstance(value, datetime) else value
            assert typed == json.loads(row["value"]), (path, row)
            if row["formula"]:
                assert formulas[sheet][place].value == "=" + row["formula"]


def test_what_is_hidden_or_merged_is_what_openpyxl_sees(
    books: dict[str, tuple[Workbook, Workbook]], cells: Facts
) -> None:
    causes = Counter()
    for path, (_, book) in books.items():
        looks = {sheet.title: _look(sheet) for sheet in book}
        for row in cells[path]:
            state, rows, columns, merged = looks[row["at"]["sheet"]]
            place = parse_cell(row["at"]["cell"])
            hidden = {"sheet": state != "visible", "row": place[0] in rows, "column": place[1] in columns}
            assert [name for name, holds in hidden.items() if holds] == (row["hidden"] or [])
            assert row["merged"] == merged.get(place)
            causes.update(row["hidden"] or ["none"])
    assert all(causes[name] for name in ("sheet", "row", "column", "none"))


def _look(sheet: Worksheet) -> tuple[str, set[int], set[int], dict[tuple[int, int], str]]:
    """Give a sheet's state, its hidden rows and columns, and for each covered cell the first of its range."""
    rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    columns = {
        number
        for column in sheet.column_dimensions.values()
        if column.hidden
        for number in range(column.min, column.max + 1)
    }
    merged = {
        place: f"{get_column_letter(area.min_col)}{area.min_row}"
        for area in sheet.merged_cells.ranges
        for place in area.cells
        if place != (area.min_row, area.min_col)
    }
    return sheet.sheet_state, rows, columns, merged


def test_the_old_and_the_open_format_hold_the_same_texts(demo: WorldSummary, cells: Facts) -> None:
    for path in ("户籍/岫岭市旧册.xls", "户籍/岫岭市户籍登记表.ods"):
        book = python_calamine.CalamineWorkbook.from_path(str(demo.out / "cache" / path))
        grid = book.get_sheet_by_name("户籍").to_python(skip_empty_area=False)
        for row in cells[path]:
            number, column = parse_cell(row["at"]["cell"])
            value, wanted = grid[number - 1][column - 1], json.loads(row["value"])
            assert (value.isoformat() if isinstance(value, date) else value) == wanted


@pytest.mark.parametrize(
    ("path", "encoding"),
    [("户籍_GB18030.csv", "gb18030"), ("户籍_utf8.csv", "utf-8-sig"), ("户籍_utf16.csv", "utf-16")],
)
def test_delimited_files_hold_the_texts_at_their_cells(
    demo: WorldSummary, cells: Facts, path: str, encoding: str
) -> None:
    path = f"户籍/导出/{path}"
    text = (demo.out / "cache" / path).read_bytes().decode(encoding)
    records = list(csv.reader(io.StringIO(text)))
    for row in cells[path]:
        number, column = parse_cell(row["at"]["cell"])
        assert records[number - 1][column - 1] == row["raw"]
    assert len(cells[path]) == sum(bool(text) for record in records for text in record)


def test_paragraphs_are_what_python_docx_reads(demo: WorldSummary, lines: Facts) -> None:
    path = "文件/6月例会纪要.docx"
    document = docx.Document(str(demo.out / "cache" / path))
    read = [paragraph.text for paragraph in document.paragraphs]
    read += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    body = [row for row in lines[path] if set(row["at"]) == {"para"}]
    assert [row["raw"] for row in sorted(body, key=lambda row: int(row["at"]["para"]))] == read
    assert {key for row in lines[path] for key in row["at"]} >= {
        "para",
        "deleted",
        "comment",
        "header",
        "footer",
    }


def test_shapes_and_notes_are_what_python_pptx_reads(demo: WorldSummary, lines: Facts) -> None:
    path = "汇报/工作汇报.pptx"
    deck = pptx.Presentation(str(demo.out / "cache" / path))
    for row in lines[path]:
        slide = deck.slides[int(row["at"]["slide"]) - 1]
        if "notes" in row["at"]:
            assert slide.notes_slide.notes_text_frame.text == row["raw"]
        else:
            assert slide.shapes[int(row["at"]["shape"]) - 1].text_frame.text == row["raw"]


def test_page_lines_are_what_pdfium_reads(demo: WorldSummary, lines: Facts) -> None:
    path = "汇报/名单汇总.pdf"
    with pypdfium2.PdfDocument(demo.out / "cache" / path) as document:
        pages = [page.get_textpage().get_text_range().splitlines() for page in document]
    for row in lines[path]:
        assert pages[int(row["at"]["page"]) - 1][int(row["at"]["line"]) - 1] == row["raw"]


def test_scans_hold_no_text_and_need_ocr(demo: WorldSummary, lines: Facts) -> None:
    for path in ("扫描/管理规定.pdf", "扫描/统计表.pdf"):
        with pypdfium2.PdfDocument(demo.out / "cache" / path) as document:
            assert all(page.get_textpage().count_chars() == 0 for page in document)
        assert {row["needs"] for row in lines[path]} == {"ocr"}


def test_photos_carry_whole_metadata_and_a_thumbnail(demo: WorldSummary) -> None:
    photos = json.loads((demo.out / "truth" / "photos.json").read_text("utf-8"))
    for photo in photos[::10]:
        path = demo.out / "cache" / photo["path"]
        with path.open("rb") as stream:
            tags = exifread.process_file(stream)
        assert str(tags["EXIF BodySerialNumber"]) == photo["device"]
        day, clock = str(tags["EXIF DateTimeOriginal"]).split(" ")
        assert f"{day.replace(':', '-')}T{clock}" == photo["clock"]
        with Image.open(io.BytesIO(tags["JPEGThumbnail"])) as small:
            assert small.size == (160, 120)


def test_photos_are_tied_to_people_in_the_stated_shares(demo: WorldSummary) -> None:
    photos = json.loads((demo.out / "truth" / "photos.json").read_text("utf-8"))
    links = Counter(photo["link"] for photo in photos)
    assert links == {"detained": 68, "not detained": 38, "candidate": 9, "unlinkable": 5}
    ways = Counter(photo["way"] for photo in photos if photo["link"] == "detained")
    assert ways == {"file name": 48, "sheet cell": 14, "text beside": 6}
    for photo in photos:
        if photo["way"] == "file name":
            assert photo["rows"]
            assert photo["written_id"] in photo["path"]


def test_pictures_stand_at_the_cells_of_the_people_they_show(demo: WorldSummary, cells: Facts) -> None:
    anchors = json.loads((demo.out / "truth" / "anchors.json").read_text("utf-8"))
    assert {anchor["how"] for anchor in anchors} == {"in cell", "over cell"}
    people = {
        row["person"]: row for row in json.loads((demo.out / "truth" / "persons.json").read_text("utf-8"))
    }
    photos = json.loads((demo.out / "truth" / "photos.json").read_text("utf-8"))
    tied = [people[photo["person"]]["id_number"] for photo in photos if photo["way"] == "sheet cell"]
    written = {row["at"]["cell"]: row["raw"] for row in cells["照片/照片登记表.xlsx"]}
    assert sorted(written[f"C{anchor['row']}"] for anchor in anchors) == sorted(tied)


def test_mistakes_stand_in_the_ledger_in_about_the_stated_shares(demo: WorldSummary) -> None:
    errors = json.loads((demo.out / "truth" / "errors.json").read_text("utf-8"))
    entries = json.loads((demo.out / "truth" / "entries.json").read_text("utf-8"))
    found = Counter(error["kind"] for error in errors)
    assert set(found) == set(SHARES)
    for kind, per_cent in SHARES.items():
        rows = [entry for entry in entries if kind != "stale-status" or entry["kind"] == "detention"]
        expected = len(rows) * per_cent / 100
        assert expected / 2 - 4 <= found[kind] <= expected * 2 + 4, (kind, found[kind], expected)


def test_a_third_of_the_list_rows_name_somebody_again(demo: WorldSummary) -> None:
    entries = json.loads((demo.out / "truth" / "entries.json").read_text("utf-8"))
    lists = {line["path"] for line in json.loads((demo.out / "truth" / "lists.json").read_text("utf-8"))}
    rows = [row for row in entries if row["path"].removesuffix("/decrypted") in lists]
    again = len(rows) - len({row["person"] for row in rows})
    assert len(rows) == 240
    assert 0.25 <= again / len(rows) <= 0.45


def test_the_ledger_says_what_was_really_written(demo: WorldSummary, cells: Facts) -> None:
    errors = json.loads((demo.out / "truth" / "errors.json").read_text("utf-8"))
    checked = 0
    for error in errors:
        if error["kind"] in ("name-variant", "id-typo", "id-swapped", "id-full-width"):
            row = dict(parse_parts(error["part"]))
            here = [
                cell["raw"]
                for cell in cells[error["path"]]
                if cell["at"].get("sheet") == row.get("sheet")
                and cell["at"]["cell"].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == row["row"]
            ]
            written = error["written"]
            assert any(text and text.strip(" 　\xa0") == written.strip(" 　\xa0") for text in here), error
            checked += 1
    assert checked > 100


def test_wrong_numbers_in_the_ledger_fail_their_check_digit(demo: WorldSummary) -> None:
    errors = json.loads((demo.out / "truth" / "errors.json").read_text("utf-8"))
    wrong = [error for error in errors if error["kind"] in ("id-typo", "id-swapped")]
    assert wrong
    for error in wrong:
        assert ids.is_valid(error["true"])
        assert not ids.is_valid(error["written"])


def test_gold_answers_agree_with_the_files(demo: WorldSummary, demo_files: dict[str, Any]) -> None:
    gold = json.loads((demo.out / "truth" / "gold.json").read_text("utf-8"))
    assert sum(gold["files_by_kind"].values()) == demo.files
    assert {line["path"] for line in gold["locked"]} == {
        path for path, line in demo_files.items() if line["locked"]
    }
    assert gold["detained"]["on_day"] <= gold["detained"]["in_period"]
    assert set(gold["source_traces"]) <= set(demo_files)
    assert set(gold["speech"]["cited_by"]) <= set(demo_files)


def test_a_database_holds_the_rows_at_their_cells(demo: WorldSummary, cells: Facts) -> None:
    path = "户籍/系统/户籍.db"
    with closing(sqlite3.connect(demo.out / "cache" / path)) as database:
        found = database.execute('select * from "户籍" order by rowid')
        records = [[one[0] for one in found.description], *map(list, found)]
    width = len(records[0])
    for row in cells[path]:
        number, column = parse_cell(row["at"]["cell"])
        if column <= width:
            assert records[number - 1][column - 1] == row["raw"]
    assert len(cells[path]) == sum(text is not None for record in records for text in record) + len(records)
