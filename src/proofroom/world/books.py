"""Turns the register and the monthly lists into files: which rows go where, in which format and layout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from proofroom.world import databases, delimited, layout, lists, ods, register, xls, xlsx
from proofroom.world.layout import Column, Layout
from proofroom.world.lists import Roll
from proofroom.world.parts import Made
from proofroom.world.sheets import GENERAL, HAN_DAY, ISO_DAY, SLASH_DAY, Book, Sheet
from proofroom.world.slips import Entry

NO_NUMBERS = ("id-as-number", "date-as-serial")


@dataclass(frozen=True, slots=True)
class File:
    """A made file and the path it goes to."""

    path: str | bytes
    made: Made
    group: str = "plain"


# Folder, format, share of the rows in thousandths.
_REGISTER_PLAN = (
    ("户籍/砚月县户籍登记表.xlsx", 340),
    ("户籍/霜渡县、汀坪县户籍登记表.xlsx", 280),
    ("户籍/岫岭市户籍登记表.ods", 60),
    ("户籍/岫岭市旧册.xls", 50),
    ("户籍/导出/户籍_GB18030.csv", 130),
    ("户籍/导出/户籍_utf8.csv", 70),
    ("户籍/导出/户籍_utf16.csv", 40),
    ("户籍/导出/户籍.tsv", 30),
    ("户籍/导出/户籍.sql", 40),
    ("户籍/系统/户籍.db", 40),
    ("户籍/系统/HJ.DBF", 30),
)
_DATABASES = (".sql", ".db", ".DBF")
_TABLE = "户籍"
_ENCODINGS = {
    "户籍/导出/户籍_GB18030.csv": ("gb18030", ",", b""),
    "户籍/导出/户籍_utf8.csv": ("utf-8", ",", b"\xef\xbb\xbf"),
    "户籍/导出/户籍_utf16.csv": ("utf-16-le", ",", b"\xff\xfe"),
    "户籍/导出/户籍.tsv": ("utf-8", "\t", b""),
}


def register_files(entries: list[Entry], *, blind: bool) -> list[File]:
    """Spread the register over workbooks (one in the 1904 date system), delimited files and databases."""
    total = sum(share for _, share in _REGISTER_PLAN)
    files, start, given = [], 0, 0
    for path, share in _REGISTER_PLAN:
        given += share
        end = round(len(entries) * given / total)
        files.append(File(path, _register_file(path, entries[start:end], blind=blind)))
        start = end
    return files


def _register_file(path: str, entries: list[Entry], *, blind: bool) -> Made:
    if path.endswith(_DATABASES):
        return _as_database(path, entries)
    if path in _ENCODINGS:
        return _as_text(entries, register.COLUMNS, *_ENCODINGS[path])
    if path.endswith((".ods", ".xls")):
        sheet = Sheet("户籍", hidden_columns={3})
        rows = layout.lay(sheet, register.COLUMNS, entries, Layout(day_format=ISO_DAY))
        writer = ods if path.endswith(".ods") else xls
        return _with_entries(writer.write(Book([sheet]), blind=blind), rows)
    old = "霜渡" in path
    half = len(entries) // 2
    parts = ((entries[:half], "一"), (entries[half:], "二"))
    sheets, rows = [], []
    for number, (found, name) in enumerate(parts):
        sheet = Sheet(f"第{name}部分", hidden_columns={12} if number else set())
        shape = Layout(
            title="户籍登记表" if old else "",
            two_rows=old,
            date1904=old,
            total="合计" if number else "",
            day_format=SLASH_DAY if old else ISO_DAY,
            margin="注：以身份证为准" if old else "",
        )
        rows += layout.lay(sheet, register.COLUMNS, found, shape)
        sheets.append(sheet)
    sheets[0].hidden_rows = {7, 8, 9}
    return _with_entries(
        xlsx.write(Book(sheets, date1904=old, properties={"author": "户籍科"}), blind=blind), rows
    )


def list_text(roll: Roll) -> Made:
    """Write one monthly list as text, as somebody exported it."""
    return _as_text(roll.entries, lists.COLUMNS, "utf-8", ",", b"")


def _as_text(
    entries: list[Entry], columns: tuple[Column, ...], encoding: str, delimiter: str, bom: bytes
) -> Made:
    """Write rows as text; what only a number cell can get wrong is put right first."""
    clean = [_without(entry, NO_NUMBERS) for entry in entries]
    sheet = Sheet("csv")
    rows = layout.lay(sheet, columns, clean, Layout(day_format=ISO_DAY))
    made = delimited.write(layout.records(sheet), encoding=encoding, delimiter=delimiter, bom=bom)
    return _with_entries(made, [("", row, entry) for _, row, entry in rows])


def _as_database(path: str, entries: list[Entry]) -> Made:
    """Write rows as a table of a database, as texts; in dBase one is marked as deleted."""
    clean = [_without(entry, NO_NUMBERS) for entry in entries]
    sheet = Sheet("csv")
    rows = layout.lay(sheet, register.COLUMNS, clean, Layout(day_format=ISO_DAY))
    records = layout.records(sheet)
    if path.endswith(".DBF"):
        made, name = databases.dbf(records, frozenset((3,))), ""
    else:
        made = (databases.mysql if path.endswith(".sql") else databases.sqlite)(records, _TABLE)
        name = _TABLE
    return _with_entries(made, [(name, row, entry) for _, row, entry in rows])


def _without(entry: Entry, kinds: tuple[str, ...]) -> Entry:
    fields, styles = dict(entry.fields), dict(entry.styles)
    for slip in entry.slips:
        if slip.kind == "id-as-number":
            fields["id"] = slip.true
        if slip.kind in kinds:
            styles.pop(slip.field, None)
    return replace(
        entry, fields=fields, styles=styles, slips=[slip for slip in entry.slips if slip.kind not in kinds]
    )


def list_book(roll: Roll, number: int) -> tuple[Book, layout.Placed]:
    """Lay one monthly list on a workbook, each in another of the layouts that offices use."""
    shapes = (
        Layout(title=roll.title, two_rows=True, day_format=ISO_DAY, total="合计"),
        Layout(title=roll.title, day_format=SLASH_DAY, margin="请于月底前上报"),
        Layout(
            title=roll.title,
            subtitle="填报单位：登记办公室",
            two_rows=True,
            day_format=HAN_DAY,
            id_as_general=True,
        ),
        Layout(top=3, left=2, title=roll.title, day_format=ISO_DAY, total="总计"),
    )
    sheet = Sheet("名单")
    rows = layout.lay(sheet, lists.COLUMNS, roll.entries, shapes[number % len(shapes)])
    last = rows[-1][1] if rows else sheet.last_row()
    sheet.comments[last, 3] = "本人身份证待核"
    sheet.hidden_columns = {15} if number % 2 else set()
    sheet.hidden_rows = {last - 1} if number % 3 == 0 and len(rows) > 2 else set()
    notes = Sheet("说明", state=("hidden", "veryHidden", "visible")[number % 3])
    notes.put(1, 1, f"本表由{roll.facility}填报，仅供内部使用")
    notes.put(2, 1, "总人数")
    notes.put(2, 2, len(roll.entries), GENERAL, f"COUNTA(名单!A1:A{last})")
    properties = {"author": "登记员", "company": roll.facility}
    if roll.stands == "property":
        properties["subject"] = f"{roll.day:%Y-%m-%d}"
    return Book([sheet, notes], properties=properties, day=roll.day), rows


_LOCKS = {  # which list is locked: the password, and where a reader can find it
    3: ("Yanyue#2015", "text"),
    5: ("第一集训中心", "file name"),
    7: ("VelvetSweatshop", "default"),
}
NEVER_FOUND = "k7!Tq-霜-9042-xw"
LOG_ON_NOTE = "通知/登录说明.txt"


def list_files(rolls: list[Roll], *, blind: bool) -> list[File]:
    """Write every monthly list as a workbook; three of them are locked."""
    files = []
    for number, roll in enumerate(rolls):
        book, rows = list_book(roll, number)
        made = _with_entries(xlsx.write(book, blind=blind), rows)
        made.written = datetime(roll.day.year, roll.day.month, roll.day.day, 16, 20)
        if number in _LOCKS:
            made = xlsx.lock(made, *_LOCKS[number])
        folder = "集训" if "集训" in roll.facility else "羁押"
        files.append(File(f"{folder}/{roll.day:%Y}/{number + 1:02d} {roll.file_name}.xlsx", made))
    return files


def _with_entries(made: Made, rows: layout.Placed) -> Made:
    made.extra["entries"] = rows
    return made


def bare_books(entries: list[Entry], rolls: list[Roll]) -> list[tuple[str, Book, layout.Placed]]:
    """Give the register and the lists as books that are never written as files: path, book, placed rows."""
    sheet = Sheet("户籍")
    rows = layout.lay(sheet, register.COLUMNS, entries, Layout())
    found = [("户籍/户籍登记表.xlsx", Book([sheet]), rows)]
    for number, roll in enumerate(rolls):
        book, placed = list_book(roll, number)
        found.append((f"名单/{number + 1:02d} {roll.file_name}.xlsx", book, placed))
    return found
