"""Old, binary and OpenDocument workbooks: every cell as stored, and what hides in and around the cells."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.method.rc4 import DocumentRC4
from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI
from msoffcrypto.method.xor_obfuscation import DocumentXOR
from python_calamine import CalamineError, CalamineWorkbook
from workbook_sink import Keeper, Kept, keep

from proofroom.extract.detect import detect
from proofroom.extract.format import Cells, Source, Unreadable
from proofroom.extract.formats.calamine import FORMAT
from proofroom.extract.sink import FrameSink
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.limits import DEFAULT, Limits
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason, State
from proofroom.model.where import parse_cell, parse_parts
from proofroom.world import compound, ods, xls
from proofroom.world.parts import Made
from proofroom.world.sheets import Book, Sheet

Zipped = Callable[[Mapping[str, str | bytes]], bytes]
ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        *(("office", "office"), ("table", "table"), ("text", "text"), ("style", "style")),
        *(("draw", "drawing"), ("meta", "meta"), ("svg", "svg-compatible"), ("manifest", "manifest")),
    )
)
SPACES += (
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
)


def book() -> Book:
    sheet = Sheet("名单")
    sheet.put(2, 2, "阿迪力·买买提")
    sheet.put(2, 3, date(2015, 6, 12), "yyyy-mm-dd")
    sheet.put(3, 2, 990101199001011234)
    sheet.put(3, 3, 0.125, "0.0%")
    sheet.put(4, 2, "x" * 9_000)
    sheet.hidden_rows.add(3)
    sheet.hidden_columns.add(3)
    hidden = Sheet("底表", state="veryHidden")
    hidden.put(1, 1, "藏")
    return Book([sheet, hidden])


def read(data: bytes, limits: Limits = DEFAULT, passwords: tuple[str, ...] = ()) -> Keeper:
    return keep(FORMAT.read, data, limits, passwords=passwords)


def ending(keeper: Keeper) -> tuple[State, Reason] | None:
    return (keeper.ended.state, keeper.ended.reason) if isinstance(keeper.ended, Unreadable) else None


def assert_as_in(made: Made, keeper: Keeper) -> None:
    """Hold what was read against what was written: raw, shown and what hides it."""
    numbers = {name: index for index, (name, _) in keeper.sheets.items()}
    seen = 0
    for fact in made.facts:
        parts = dict(parse_parts(fact.part))
        if fact.kind != "cell" or "cell" not in parts:
            continue
        seen += 1
        cell = keeper.kept[numbers[parts["sheet"]], *parse_cell(parts["cell"])]
        hides = tuple(
            name
            for name, bits in (
                ("sheet", Flag.HIDDEN_SHEET | Flag.VERY_HIDDEN_SHEET),
                ("row", Flag.HIDDEN_ROW),
                ("column", Flag.HIDDEN_COLUMN),
            )
            if cell.flags & bits
        )
        assert (cell.raw, cell.shown or cell.raw, hides) == (fact.raw, fact.shown, fact.hidden), fact
    assert seen == len(keeper.kept)


@pytest.mark.parametrize("first_year", [1900, 1904])
def test_an_old_workbook_of_the_world_is_read_as_it_was_written(first_year: int) -> None:
    made = xls.write(dataclasses.replace(book(), date1904=first_year == 1904), blind=False)
    keeper = read(made.data or b"")
    assert_as_in(made, keeper)
    assert keeper.sheets == {1: ("名单", Flag.NONE), 2: ("底表", Flag.VERY_HIDDEN_SHEET)}
    assert keeper.kept[1, 3, 2].flags & Flag.PRECISION
    assert keeper.kept[1, 2, 3].type is CellType.DATE
    assert keeper.properties["ole:comments"] == ["SYNTHETIC-FICTION"]
    assert (keeper.ended, keeper.partial) == (None, [])


def test_an_open_document_of_the_world_is_read_as_it_was_written() -> None:
    made_of = book()
    made_of.sheets[1].state = "hidden"
    made_of.sheets[0].put(5, 2, 15.0, formula="SUM(A1)")
    made = ods.write(made_of, blind=False)
    keeper = read(made.data or b"")
    assert_as_in(made, keeper)
    assert keeper.kept[1, 5, 2].formula == "SUM(A1)"
    assert keeper.kept[1, 2, 3] == Kept(CellType.DATE, "2015-06-12", "", "", Flag.HIDDEN_COLUMN, "")
    assert keeper.properties["odf:custom:Marker"] == ["SYNTHETIC-FICTION"]
    assert (keeper.ended, keeper.partial) == (None, [])


def test_merged_ranges_of_an_old_workbook_are_given() -> None:
    made = book()
    made.sheets[0].merge(1, 1, 1, 4)
    assert read(xls.write(made, blind=False).data or b"").ranges == {1: [(1, 1, 1, 4)]}


# ── .xls by hand ──────────────────────────────────────────────────────────────────────────────────


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def wide(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def workbook(cells: bytes, *, first: bytes = b"", version: int = 0x0600, stream: str = "Workbook") -> bytes:
    """Write a workbook of one sheet from its records."""
    name = b"\5\0Blatt" if version == 0x0600 else b"\5Blatt"
    head = record(0x0809, struct.pack("<HHHHII", version, 5, 0, 0, 0, 0)) + first
    tail = record(0x00E0, bytes(20)) + record(0x0A)
    place = len(head) + 4 + 6 + len(name) + len(tail)
    body = record(0x0809, struct.pack("<HHHHII", version, 0x10, 0, 0, 0, 0)) + cells + record(0x0A)
    return compound.write(
        [(stream, head + record(0x85, struct.pack("<IBB", place, 0, 0) + name) + tail + body)]
    )


def place(row: int, column: int) -> bytes:
    return struct.pack("<HHH", row - 1, column - 1, 0)


def formula(row: int, column: int, result: bytes) -> bytes:
    return record(0x06, place(row, column) + result + bytes(6) + b"\3\0\x1e\7\0")


def test_every_kind_of_cell_of_an_old_workbook_is_read() -> None:
    cells = (
        record(0x027E, place(1, 1) + struct.pack("<I", 12345 << 2 | 3))
        + record(
            0x00BD, struct.pack("<HH", 0, 1) + struct.pack("<HIHI", 0, 7 << 2 | 2, 0, 0x3FF00000) + b"\3\0"
        )
        + record(0x0205, place(2, 1) + b"\1\0")
        + record(0x0205, place(2, 2) + b"\x2a\1")
        + record(0x0204, place(2, 3) + wide("label"))
        + formula(3, 1, struct.pack("<d", 0.1 + 0.2))
        + formula(3, 2, b"\0\0\0\0\0\0\xff\xff")
        + record(0x0207, wide("text of a formula"))
        + formula(3, 3, b"\1\0\0\0\0\0\xff\xff")
        + formula(3, 4, b"\2\0\x07\0\0\0\xff\xff")
        + formula(3, 5, b"\3\0\0\0\0\0\xff\xff")
        + record(0x0201, place(4, 1))
        + record(0x027E, place(5, 1) + struct.pack("<I", (-5 << 2 & 0xFFFFFFFF) | 2))
    )
    keeper = read(workbook(cells))
    found = {
        at: (cell.type, cell.raw, bool(cell.flags & Flag.HAS_FORMULA)) for at, cell in keeper.kept.items()
    }
    assert found == {
        (1, 1, 1): (CellType.NUMBER, "123.45", False),
        (1, 1, 2): (CellType.NUMBER, "7", False),
        (1, 1, 3): (CellType.NUMBER, "1", False),
        (1, 2, 1): (CellType.BOOLEAN, "TRUE", False),
        (1, 2, 2): (CellType.ERROR, "#N/A", False),
        (1, 2, 3): (CellType.STRING, "label", False),
        (1, 3, 1): (CellType.NUMBER, "0.30000000000000004", True),
        (1, 3, 2): (CellType.STRING, "text of a formula", True),
        (1, 3, 3): (CellType.BOOLEAN, "FALSE", True),
        (1, 3, 4): (CellType.ERROR, "#DIV/0!", True),
        (1, 3, 5): (CellType.STRING, "", True),
        (1, 5, 1): (CellType.NUMBER, "-5", False),
    }
    assert (keeper.ended, keeper.partial) == (None, [])


def test_a_table_of_texts_over_several_records_is_joined() -> None:
    """A text may change from one byte a character to two where a record ends."""
    texts = (
        record(0x00FC, struct.pack("<II", 3, 3) + struct.pack("<HB", 6, 0) + b"abc")
        + record(0x003C, b"\1" + "维吾尔".encode("utf-16-le") + struct.pack("<HBH", 2, 8, 1) + b"de\0\0")
        + record(0x003C, b"\0\0" + struct.pack("<HBI", 1, 5, 4) + "终".encode("utf-16-le") + b"ext")
        + record(0x003C, b"!")
    )
    cells = b"".join(record(0x00FD, place(row, 1) + struct.pack("<I", row - 1)) for row in (1, 2, 3, 4))
    keeper = read(workbook(cells, first=texts))
    assert list(keeper.raw().values()) == ["abc维吾尔", "de", "终"]
    assert keeper.kept[1, 2, 1].flags == Flag.RICH_TEXT
    assert keeper.partial == [Reason.DAMAGED_PART]


def test_a_workbook_of_excel_5_is_read_with_its_code_page() -> None:
    text = "Привет".encode("cp1251")
    cells = record(0x0204, place(1, 1) + struct.pack("<H", len(text)) + text) + record(0x14, b"\6" + text)
    data = workbook(cells, first=record(0x42, struct.pack("<H", 1251)), version=0x0500, stream="Book")
    keeper = read(data)
    assert keeper.raw() == {(1, 1): "Привет"}
    assert keeper.said == {"sheet=Blatt&header=1": "Привет"}


def test_comments_links_and_shapes_stand_at_their_cells() -> None:
    def drawn(number: int, text: str) -> bytes:
        return (
            record(0x5D, struct.pack("<4H", 0x15, 0x12, 25, number) + bytes(14))
            + record(0x01B6, bytes(10) + struct.pack("<HHI", len(text), 16, 0))
            + record(0x3C, b"\1" + text.encode("utf-16-le"))
            + record(0x3C, bytes(16))
        )

    url = "http://a.example/\0".encode("utf-16-le")
    link = (
        struct.pack("<4H", 2, 2, 1, 1)
        + bytes(16)
        + struct.pack("<II", 2, 3)
        + bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
        + struct.pack("<I", len(url))
        + url
    )
    cells = (
        drawn(1, "批注")
        + drawn(2, "a box")
        + record(0x1C, struct.pack("<4H", 4, 0, 0, 1) + wide("办公室"))
        + record(0x01B8, link)
    )
    keeper = read(workbook(cells))
    assert keeper.said == {
        "sheet=Blatt&cell=A5&comment=1": "批注",
        "sheet=Blatt&cell=B3&link=1": "http://a.example/",
        "sheet=Blatt&shape=1": "a box",
    }
    assert keeper.properties["ole:comment-author"] == ["办公室"]


def test_pictures_become_members() -> None:
    png = b"\x89PNG-not-really"
    blip = struct.pack("<HHI", 0x6E00, 0xF01E, 17 + len(png)) + bytes(17) + png
    entry = struct.pack("<HHI", 2, 0xF007, 36 + len(blip)) + bytes(36) + blip
    store = struct.pack("<HHI", 0x1F, 0xF001, len(entry)) + entry
    group = struct.pack("<HHI", 0xF, 0xF000, len(store)) + store
    data = workbook(b"", first=record(0xEB, group[:40]) + record(0x3C, group[40:]))
    assert read(data).members == {"pictures/1.png": png}
    broken = workbook(b"", first=record(0xEB, group[:-4]))
    assert read(broken).partial == [Reason.DAMAGED_PART]


def test_what_no_reader_of_ours_reads_in_an_old_workbook_is_said() -> None:
    data = compound.write([("Workbook", b""), ("Ctls", b"x")])
    whole = workbook(record(0x0204, place(1, 1) + wide("x")))
    assert read(data).ended
    with_more = compound.write([("Workbook", whole[512 : 512 + 4096]), ("Ctls", b"x")])
    assert read(with_more).partial == [Reason.UNREAD_PART]
    assert read(with_more).raw() == {(1, 1): "x"}


def test_a_cell_far_away_costs_no_memory_in_an_old_workbook() -> None:
    cells = record(0x0203, place(1, 1) + bytes(8)) + record(0x0203, place(65_536, 256) + bytes(8))
    assert set(read(workbook(cells)).raw()) == {(1, 1), (65_536, 256)}


def test_an_old_workbook_that_breaks_off_gives_what_came_before() -> None:
    longer_than_the_file = struct.pack("<HH", 0x0204, 0xFFFF)
    keeper = read(workbook(record(0x0204, place(1, 1) + wide("x")) + longer_than_the_file))
    assert keeper.raw() == {(1, 1): "x"}
    assert ending(keeper) == (State.DAMAGED, Reason.CUT_SHORT)
    arrived = read(OLD[: OLD.index("Root Entry".encode("utf-16-le"))])
    assert arrived.raw()[2, 2] == "阿迪力·买买提"
    assert ending(arrived) == (State.DAMAGED, Reason.CUT_SHORT)
    assert ending(read(OLD[:400])) == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_an_old_workbook_that_breaks_off_is_still_known_for_one() -> None:
    arrived = OLD[: OLD.index("Root Entry".encode("utf-16-le"))]
    assert detect(Source(io.BytesIO(arrived), len(arrived), DEFAULT)).media_type in FORMAT.media_types


def test_a_damaged_record_costs_only_itself() -> None:
    cells = record(0x0203, b"\0\0") + record(0x0204, place(1, 1) + wide("x")) + record(0x0208, b"")
    keeper = read(workbook(cells, first=record(0x041E, b"\1") + record(0x1AE, b"\1")))
    assert keeper.raw() == {(1, 1): "x"}
    assert set(keeper.partial) == {Reason.DAMAGED_PART}
    assert keeper.ended is None


def test_a_sheet_that_is_named_twice_is_read_once() -> None:
    data = workbook(record(0x0204, place(1, 1) + wide("x")))
    bound = data.index(b"\x85\0")
    head = data[bound : bound + 4 + struct.unpack_from("<H", data, bound + 2)[0]]
    twice = workbook(
        record(0x0204, place(1, 1) + wide("x")), first=head.replace(head[4:8], struct.pack("<I", 99))
    )
    at = struct.unpack_from("<I", twice, twice.rindex(b"\x85\0") + 4)[0]
    keeper = read(twice.replace(struct.pack("<I", 99), struct.pack("<I", at), 1))
    assert keeper.kept.keys() == {(1, 1, 1)}
    assert keeper.partial == [Reason.DAMAGED_PART]


# ── .xls under a password ─────────────────────────────────────────────────────────────────────────


def locked(file_pass: bytes, encrypt: Callable[[bytes], bytes]) -> bytes:
    """Lock a workbook: what stays in the clear are the heads of records, BOF, FilePass, places of sheets."""
    plain = workbook(
        record(0x0204, place(1, 1) + wide("geheim")) * 1
        + record(0x0203, place(2, 1) + struct.pack("<d", 1.5)),
        first=record(0x2F, file_pass),
    )
    start, end = 512, plain.index("Root Entry".encode("utf-16-le"))
    stream = plain[start:end]
    out, at = bytearray(encrypt(stream)), 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        kept = size if kind in (0x0809, 0x2F) else 4 if kind == 0x85 else 0
        out[at : at + 4 + kept] = stream[at : at + 4 + kept]
        at += 4 + size
    return plain[:start] + bytes(out) + plain[end:]


SALT, VERIFIER = bytes(range(16)), b"sixteen bytes ok"


def by_rc4(password: str) -> bytes:
    def encrypt(data: bytes) -> bytes:
        return bytes(DocumentRC4.decrypt(password, SALT, io.BytesIO(data), 1024).read())

    pair = encrypt(VERIFIER + hashlib.md5(VERIFIER).digest())
    return locked(struct.pack("<HHH", 1, 1, 1) + SALT + pair, encrypt)


def by_crypto_api(password: str) -> bytes:
    def encrypt(data: bytes) -> bytes:
        return bytes(DocumentRC4CryptoAPI.decrypt(password, SALT, 128, io.BytesIO(data), 1024).read())

    pair = encrypt(VERIFIER + hashlib.sha1(VERIFIER).digest())
    header = struct.pack("<8I", 4, 0, 0x6801, 0x8004, 128, 1, 0, 0) + "RSA\0".encode("utf-16-le")
    body = struct.pack("<HHHII", 1, 2, 2, 4, len(header)) + header
    return locked(
        body + struct.pack("<I", 16) + SALT + pair[:16] + struct.pack("<I", 20) + pair[16:], encrypt
    )


def by_xor(password: str) -> bytes:
    array = bytes(DocumentXOR.create_xor_array_method1(password))
    verifier = next(code for code in range(0x10000) if DocumentXOR.verifypw(password, code))

    def encrypt(data: bytes) -> bytes:
        out, at = bytearray(data), 0
        while at + 4 <= len(data):
            size = struct.unpack_from("<H", data, at + 2)[0]
            for number in range(size):
                byte = data[at + 4 + number]
                out[at + 4 + number] = ((byte << 5 | byte >> 3) & 0xFF) ^ array[(at + 4 + size + number) % 16]
            at += 4 + size
        return bytes(out)

    return locked(struct.pack("<HHH", 0, 0x1234, verifier), encrypt)


@pytest.mark.parametrize("lock", [by_rc4, by_crypto_api, by_xor])
def test_an_old_workbook_under_a_password_is_handed_out_in_the_clear(lock: Callable[[str], bytes]) -> None:
    data = lock("Passwort-15")
    keeper = read(data, passwords=("nein", "Passwort-15"))
    assert ending(keeper) == (State.READ, Reason.DECRYPTED)
    assert keeper.properties["ole:password-index"] == ["1"]
    assert (keeper.kept, keeper.sheets) == ({}, {})
    clear = read(keeper.members["decrypted"])
    assert clear.raw() == {(1, 1): "geheim", (2, 1): "1.5"}
    assert clear.ended is None
    assert ending(read(data, passwords=("nein",))) == (State.LOCKED, Reason.PASSWORD_UNKNOWN)
    default = lock("VelvetSweatshop")
    assert read(default).properties["ole:password-index"] == ["-1"]


def test_an_unknown_lock_is_said_to_be_unsupported() -> None:
    data = workbook(b"", first=record(0x2F, struct.pack("<HHH", 1, 9, 9) + bytes(48)))
    assert ending(read(data)) == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)


# ── OpenDocument by hand ──────────────────────────────────────────────────────────────────────────


def content(tables: str, before: str = "") -> dict[str, str | bytes]:
    return {
        "mimetype": ODS,
        "content.xml": f"<office:document-content {SPACES}>{before}<office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>",
    }


def table(rows: str, name: str = "T") -> str:
    return f'<table:table table:name="{name}">{rows}</table:table>'


def cell(text: str, more: str = "", inside: str = "") -> str:
    paragraph = f"<text:p>{text}</text:p>" if text else ""
    return f"<table:table-cell {more}>{inside}{paragraph}</table:table-cell>"


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def test_values_of_an_open_document_are_as_written(zipped: Zipped) -> None:
    def typed(kind: str, value: str) -> str:
        name = {"date": "date-", "time": "time-", "boolean": "boolean-"}.get(kind, "")
        return f'office:value-type="{kind}" office:{name}value="{value}"'

    cells = row(
        cell("990101199001011000", typed("float", "990101199001011234")),
        cell("12,5 %", typed("percentage", "0.125")),
        cell("12.06.15", typed("date", "2015-06-12T10:00:00")),
        cell("10:00", typed("time", "PT10H00M00S")),
        cell("WAHR", typed("boolean", "true")),
        cell("#N/A", 'office:value-type="string" office:string-value="" calcext:value-type="error"'),
        cell("Err:502", 'table:formula="of:=[.A1]/0" office:value-type="string"'),
        cell('a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d', 'office:value-type="string"'),
    )
    keeper = read(zipped(content(table(cells))))
    assert [(one.type, one.raw, one.shown) for one in keeper.kept.values()] == [
        (CellType.NUMBER, "990101199001011234", "990101199001011000"),
        (CellType.NUMBER, "0.125", "12,5 %"),
        (CellType.DATE, "2015-06-12T10:00:00", "12.06.15"),
        (CellType.DURATION, "PT10H00M00S", "10:00"),
        (CellType.BOOLEAN, "TRUE", "WAHR"),
        (CellType.ERROR, "#N/A", ""),
        (CellType.ERROR, "Err:502", ""),
        (CellType.STRING, "a   b\tc\nd", ""),
    ]
    assert keeper.kept[1, 1, 1].flags == Flag.PRECISION
    assert keeper.kept[1, 1, 7].formula == "[.A1]/0"


def test_repeated_cells_and_rows_keep_their_addresses(zipped: Zipped) -> None:
    rows = (
        row(cell("", 'table:number-columns-repeated="16384"'), more='table:number-rows-repeated="4"')
        + row(cell("", 'table:number-columns-repeated="2"'), cell("x", 'table:number-columns-repeated="2"'))
        + row(cell("y"), more='table:number-rows-repeated="2" table:visibility="collapse"')
        + row(cell("", 'table:number-columns-repeated="16384"'), more='table:number-rows-repeated="1048568"')
        + row(cell("last"))
    )
    keeper = read(zipped(content(table(rows))))
    assert keeper.raw() == {(5, 3): "x", (5, 4): "x", (6, 1): "y", (7, 1): "y", (1_048_576, 1): "last"}
    assert keeper.kept[1, 7, 1].flags == Flag.HIDDEN_ROW


def test_a_bomb_of_repeated_cells_is_cut_by_the_limit(zipped: Zipped) -> None:
    class Counting(Keeper):
        seen = 0

        def cells(self, sheet: int, cells: Cells) -> None:
            Counting.seen += len(cells.rows)
            if Counting.seen > 100_000:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_CELLS)

    bomb = row(
        cell("x", 'table:number-columns-repeated="16384"'), more='table:number-rows-repeated="1048576"'
    )
    data = zipped(content(table(bomb)))
    with pytest.raises(Unreadable, match="limit-cells"):
        FORMAT.read(Source(io.BytesIO(data), len(data), DEFAULT), Counting())
    assert Counting.seen < 200_000


def test_rows_beyond_any_sheet_end_in_a_state(zipped: Zipped) -> None:
    rows = row(more='table:number-rows-repeated="1048576"') * 3_000 + row(cell("x"))
    assert ending(read(zipped(content(table(rows))))) == (State.TRUNCATED, Reason.LIMIT_CELLS)


def test_comments_links_pictures_shapes_and_merges_of_an_open_document_are_given(zipped: Zipped) -> None:
    note = "<office:annotation><dc:creator>办公室</dc:creator><text:p>批注</text:p></office:annotation>"
    photo = '<draw:frame><draw:image xlink:href="Pictures/1.jpg"/><svg:desc>a face</svg:desc></draw:frame>'
    linked = '<text:a xlink:href="http://a.example/">here</text:a>'
    cells = row(
        cell("x", inside=note),
        cell(linked, 'table:number-columns-spanned="2" table:number-rows-spanned="3"'),
        "<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell>",
        cell("", inside=photo),
    )
    keeper = read(zipped(content(table(cells)) | {"Pictures/1.jpg": b"jpeg"}))
    assert keeper.raw() == {(1, 1): "x", (1, 2): "here", (1, 3): "under"}
    assert keeper.said == {
        "sheet=T&cell=A1&comment=1": "批注",
        "sheet=T&cell=B1&link=1": "http://a.example/",
        "sheet=T&cell=D1&picture=1": "Pictures/1.jpg",
        "sheet=T&shape=1": "a face",
    }
    assert keeper.ranges == {1: [(1, 2, 3, 3)]}
    assert keeper.members == {"Pictures/1.jpg": b"jpeg"}
    assert keeper.properties["odf:comment-author"] == ["办公室"]


def test_two_sheets_of_one_name_use_no_address_twice(zipped: Zipped) -> None:
    note = "<office:annotation><text:p>a note</text:p></office:annotation>"
    keeper = read(zipped(content(table(row(cell("x", inside=note))) * 2)))
    assert list(keeper.said) == ["sheet=T&cell=A1&comment=1", "sheet=T&cell=A1&comment=2"]


def test_recorded_changes_are_no_cells_and_are_said_to_be_unread(zipped: Zipped) -> None:
    changes = f"<table:tracked-changes>{row(cell('old'))}</table:tracked-changes>"
    keeper = read(zipped(content(changes + table(row(cell("new"))))))
    assert keeper.raw() == {(1, 1): "new"}
    assert keeper.partial == [Reason.UNREAD_PART]


def test_an_open_document_under_a_password_is_locked(zipped: Zipped) -> None:
    manifest = f"<manifest:manifest {SPACES}><manifest:encryption-data/></manifest:manifest>"
    data = zipped({"mimetype": ODS, "content.xml": b"\x8f\1", "META-INF/manifest.xml": manifest})
    assert ending(read(data)) == (State.LOCKED, Reason.PASSWORD_UNKNOWN)


def test_entities_refuse_an_open_document(zipped: Zipped) -> None:
    parts = content(table(row(cell("&a;"))))
    parts["content.xml"] = f'<!DOCTYPE x [<!ENTITY a "b">]>{parts["content.xml"]!s}'
    assert ending(read(zipped(parts))) == (State.REFUSED, Reason.ENTITY_EXPANSION)


def test_an_open_document_that_breaks_off_gives_what_came_before(zipped: Zipped) -> None:
    parts = content(table(row(cell("one")) + row(cell("two"))))
    parts["content.xml"] = str(parts["content.xml"]).partition("two")[0]
    keeper = read(zipped(parts))
    assert keeper.raw() == {(1, 1): "one"}
    assert ending(keeper) == (State.DAMAGED, Reason.NOT_WELL_FORMED)


# ── .xlsb by hand ─────────────────────────────────────────────────────────────────────────────────


def binary(kind: int, data: bytes = b"") -> bytes:
    head = bytes((kind,)) if kind < 0x80 else bytes((kind & 0x7F | 0x80, kind >> 7))
    size, length = b"", len(data)
    while length >= 0x80:
        size += bytes((length & 0x7F | 0x80,))
        length >>= 7
    return head + size + bytes((length,)) + data


def counted(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_book(sheet: bytes, zipped: Zipped) -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    space = "http://schemas.openxmlformats.org/package/2006/relationships"

    def arrows(*found: tuple[str, str, str]) -> str:
        inner = "".join(f'<Relationship Id="{i}" Type="{kind}/{k}" Target="{t}"/>' for i, k, t in found)
        return f'<Relationships xmlns="{space}">{inner}</Relationships>'

    return zipped(
        {
            "_rels/.rels": arrows(("a", "officeDocument", "xl/workbook.bin")),
            "xl/_rels/workbook.bin.rels": arrows(
                ("r1", "worksheet", "worksheets/sheet1.bin"),
                ("r2", "sharedStrings", "sharedStrings.bin"),
                ("r3", "styles", "styles.bin"),
            ),
            "xl/workbook.bin": binary(153, b"\1\0\0\0")
            + binary(156, struct.pack("<II", 2, 1) + counted("r1") + counted("名单")),
            "xl/sharedStrings.bin": binary(19, b"\0" + counted("甲")) + binary(19, b"\1" + counted("乙")),
            "xl/styles.bin": binary(44, b"\xa4\0" + counted("yyyy-mm-dd"))
            + binary(617)
            + binary(47, bytes(16))
            + binary(47, b"\0\0\xa4\0" + bytes(12))
            + binary(618),
            "xl/worksheets/_rels/sheet1.bin.rels": arrows(("c", "comments", "../comments1.bin")),
            "xl/worksheets/sheet1.bin": sheet,
            "xl/comments1.bin": binary(632, counted("办公室"))
            + binary(635, struct.pack("<5I", 0, 2, 2, 1, 1) + bytes(16))
            + binary(637, b"\0" + counted("批注")),
            "xl/vbaProject.bin": b"macros",
        }
    )


def at_row(number: int, *, hidden: bool = False) -> bytes:
    return binary(0, struct.pack("<IIHBBB", number - 1, 0, 0, 0, 0x10 if hidden else 0, 0))


def in_column(kind: int, column: int, data: bytes, style: int = 0) -> bytes:
    return binary(kind, struct.pack("<II", column - 1, style) + data)


def test_every_kind_of_cell_of_a_binary_workbook_is_read(zipped: Zipped) -> None:
    sheet = (
        binary(60, struct.pack("<4IH", 3, 3, 0, 0, 1))
        + at_row(1)
        + in_column(7, 1, struct.pack("<I", 1))
        + in_column(5, 2, struct.pack("<d", 40_000), style=1)
        + in_column(2, 3, struct.pack("<I", 7 << 2 | 2))
        + in_column(6, 4, counted("inline"))
        + at_row(3, hidden=True)
        + in_column(3, 1, b"\x2a")
        + in_column(4, 2, b"\1")
        + in_column(8, 3, counted("by formula") + bytes(8))
        + at_row(1_048_576)
        + in_column(9, 16_384, struct.pack("<d", 2.5))
        + binary(176, struct.pack("<4I", 0, 1, 0, 2))
    )
    keeper = read(binary_book(sheet, zipped))
    found = {
        at[1:]: (one.type, one.raw, one.shown, one.flags & ~Flag.VERY_HIDDEN_SHEET)
        for at, one in keeper.kept.items()
    }
    assert found == {
        (1, 1): (CellType.STRING, "乙", "", Flag.RICH_TEXT),
        (1, 2): (CellType.DATE, "40000", "2013-07-07", Flag.NONE),
        (1, 3): (CellType.NUMBER, "7", "", Flag.NONE),
        (1, 4): (CellType.STRING, "inline", "", Flag.HIDDEN_COLUMN),
        (3, 1): (CellType.ERROR, "#N/A", "", Flag.HIDDEN_ROW),
        (3, 2): (CellType.BOOLEAN, "TRUE", "", Flag.HIDDEN_ROW),
        (3, 3): (CellType.STRING, "by formula", "", Flag.HIDDEN_ROW | Flag.HAS_FORMULA),
        (1_048_576, 16_384): (CellType.NUMBER, "2.5", "", Flag.HAS_FORMULA),
    }
    assert keeper.sheets == {1: ("名单", Flag.VERY_HIDDEN_SHEET)}
    assert keeper.ranges == {1: [(1, 1, 2, 3)]}
    assert keeper.said == {"sheet=名单&cell=B3&comment=1": "批注"}
    assert keeper.members == {"xl/vbaProject.bin": b"macros"}
    assert (keeper.ended, keeper.partial) == (None, [])


@pytest.mark.parametrize(
    "sheet",
    [
        at_row(1) + in_column(7, 1, struct.pack("<I", 99)),
        at_row(1) + in_column(7, 2_000_000, struct.pack("<I", 0)),
        at_row(2_000_000) + in_column(7, 1, struct.pack("<I", 0)),
        at_row(1) + in_column(5, 1, b"\0"),
        at_row(1) + in_column(5, 1, bytes(8))[:-3],
        at_row(1) + b"\x05\xff\xff\xff\x7f",
    ],
)
def test_damage_to_a_binary_sheet_is_said(sheet: bytes, zipped: Zipped) -> None:
    keeper = read(binary_book(sheet, zipped))
    assert (keeper.kept, keeper.partial) == ({}, [Reason.DAMAGED_PART])


# ── all of them ───────────────────────────────────────────────────────────────────────────────────


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


DAMAGE = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6
)


def survives(data: bytes) -> None:
    """Read into the real sink: damage may well give one address twice, which the keeper would not take."""
    with Path(os.devnull).open("wb") as out, suppress(Unreadable):
        FORMAT.read(Source(io.BytesIO(data), len(data), DEFAULT), FrameSink(out.fileno(), DEFAULT, len(data)))


@settings(max_examples=120, deadline=None)
@given(DAMAGE, st.floats(0, 1))
def test_no_damage_to_an_old_workbook_raises_anything_else(
    damage: list[tuple[float, bytes]], cut: float
) -> None:
    data = bytearray(OLD)
    for at, noise in damage:
        start = int(at * len(data))
        data[start : start + len(noise)] = noise
    survives(bytes(data[: int((0.5 + cut) * len(data))]))


@settings(max_examples=60, deadline=None)
@given(DAMAGE)
def test_no_damage_to_an_open_document_raises_anything_else(damage: list[tuple[float, bytes]]) -> None:
    with zipfile.ZipFile(io.BytesIO(ODF)) as old:
        parts = {name: bytearray(old.read(name)) for name in old.namelist()}
    for at, noise in damage:
        start = int(at * len(parts["content.xml"]))
        parts["content.xml"][start : start + len(noise)] = noise
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, part in parts.items():
            new.writestr(name, bytes(part))
    survives(out.getvalue())


OLD, ODF = xls.write(book(), blind=False).data or b"", ods.write(book(), blind=False).data or b""


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
        keeper = keep(FORMAT.read, path)
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
