"""Read the first part of an .xls workbook: its sheets, texts, number formats, date system and names."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from proofroom.extract.ole.properties import codec_of
from proofroom.extract.ooxml.number_formats import BUILT_IN, GENERAL, NumberFormats
from proofroom.extract.ooxml.string_use import StringUse
from proofroom.extract.tabular.biff_names import (
    Names,
    read_book,
    read_cells,
    read_external_name,
    read_name,
    read_old_reference,
    read_references,
    read_sheet_of_cells,
)
from proofroom.extract.tabular.biff_records import BOF, EOF, continued, records, text_at
from proofroom.extract.tabular.formula_layout import of_version
from proofroom.extract.tabular.formula_text import FormulaText
from proofroom.model.evidence import Flag

BIFF8: Final = 0x0600
BIFF5: Final = 0x0500
BIFF2: Final = 0x0200
GRAPH: Final = 0x0680
"""A chart of Microsoft Graph, as slides and documents of Office 97 to 2003 hold them: one sheet without a name."""

_DATASHEET: Final = "Datasheet"
_VISIBILITY: Final = {1: Flag.HIDDEN_SHEET, 2: Flag.VERY_HIDDEN_SHEET}
_BLIPS: Final = 0xEB


@dataclass(frozen=True, slots=True)
class BoundSheet:
    """One sheet: where its records begin, its kind (0 a worksheet), its name, whether it is hidden."""

    at: int
    kind: int
    untrusted_name: str
    visibility: Flag


@dataclass
class Globals:
    """What holds for all sheets of one workbook; `codec` is "" where texts are Unicode (BIFF8).

    hints: how texts are read aloud, by their numbers, until a cell shows them. use: which texts cells show.
    """

    version: int = BIFF8
    codec: str = ""
    date1904: bool = False
    locked_at: int = -1
    whole: bool = False
    damaged: bool = False
    sheets: list[BoundSheet] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    rich: set[int] = field(default_factory=set)
    hints: dict[int, str] = field(default_factory=dict)
    use: StringUse = field(default_factory=StringUse)
    styles: list[int] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    told: list[tuple[str, str]] = field(default_factory=list)
    drawings: list[tuple[int, int]] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    @cached_property
    def number_formats(self) -> tuple[NumberFormats, list[int]]:
        """Give the number formats, and for each style the place of its own."""
        formats = NumberFormats(self.date1904)
        return formats, [formats.add(self.codes.get(one, GENERAL)) for one in self.styles] or [0]

    @cached_property
    def formulas(self) -> FormulaText:
        """Give what writes the formulas of this workbook."""
        self.names.scope.sheets = [sheet.untrusted_name for sheet in self.sheets]
        return FormulaText(of_version(self.version >> 8), self.names.scope, self.codec)


def read_globals(data: bytes) -> Globals:
    """Read as far as the first part goes; raises struct.error where it is no workbook of Excel 5 or later."""
    found = Globals()
    kind, size, version, _ = struct.unpack_from("<HHHH", data)
    if kind != BOF or size < 4 or version not in (BIFF8, BIFF5, GRAPH):
        raise struct.error
    found.version = BIFF8 if version == GRAPH else version
    if found.version != BIFF8:
        found.codec = "cp1252"
    for record, start, end in records(data, 4 + size):
        if record == EOF:
            found.whole = True
            break
        least, reader = _READERS.get(record, _NO_READER)
        if reader is not None and end - start >= least:
            try:
                reader(found, data, start, end)
            except (struct.error, IndexError):
                found.damaged = True
        elif reader is not None:
            found.damaged = True
        if found.locked_at >= 0:
            break
    return found


def _code_page(found: Globals, data: bytes, start: int, _end: int) -> None:
    page = struct.unpack_from("<H", data, start)[0]
    found.told.append(("codepage", str(page)))
    if found.version != BIFF8:
        found.codec = "mac-roman" if page == 0x8000 else codec_of(page if page not in (0x8001, 367) else 1252)


def _date_mode(found: Globals, data: bytes, start: int, _end: int) -> None:
    found.date1904 = data[start : start + 1] == b"\1"


def _file_pass(found: Globals, _data: bytes, start: int, _end: int) -> None:
    found.locked_at = start - 4


def _bound_sheet(found: Globals, data: bytes, start: int, end: int) -> None:
    at, state, kind = struct.unpack_from("<IBB", data, start)
    name = text_at(data, start + 6, end, count_size=1, codec=found.codec) or _DATASHEET
    found.sheets.append(BoundSheet(at, kind, name, _VISIBILITY.get(state & 3, Flag.NONE)))


def _format(found: Globals, data: bytes, start: int, end: int) -> None:
    size = 2 if found.version == BIFF8 else 1
    code = text_at(data, start + 2, end, count_size=size, codec=found.codec)
    found.codes[struct.unpack_from("<H", data, start)[0]] = code


def _style(found: Globals, data: bytes, start: int, _end: int) -> None:
    found.styles.append(struct.unpack_from("<H", data, start + 2)[0])


def _shared_strings(found: Globals, data: bytes, start: int, end: int) -> None:
    table = continued(data, start, end)
    count = struct.unpack("<II", table.take(8))[1]
    try:
        for place in range(count):
            text, rich, hint = table.shared_string()
            found.texts.append(text)
            if hint:
                found.hints[place] = hint
            if rich:
                found.rich.add(place)
    except struct.error:
        # The table says that it is longer than it is; cells that point behind its end are told as missing.
        return


def _user(found: Globals, data: bytes, start: int, end: int) -> None:
    size = 2 if found.version == BIFF8 else 1
    found.told.append(("user", text_at(data, start, end, count_size=size, codec=found.codec).strip(" \0")))


def _file_sharing(found: Globals, data: bytes, start: int, end: int) -> None:
    size = 2 if found.version == BIFF8 else 1
    name = text_at(data, start + 4, end, count_size=size, codec=found.codec).strip(" \0")
    found.told.append(("file-sharing-user", name))


def _name(found: Globals, data: bytes, start: int, end: int) -> None:
    read_name(found.names, data, start, end, found.codec)


def _name_comment(found: Globals, data: bytes, start: int, end: int) -> None:
    name, comment = struct.unpack_from("<HH", data, start + 12)
    record = continued(data, start + 16, end)
    text = record.characters(name, record.take(1)[0])
    found.told.append(("defined-name-comment", f"{text}={record.characters(comment, record.take(1)[0])}"))


def _other_book(found: Globals, data: bytes, start: int, end: int) -> None:
    read_book(found.names, data, start, end)


def _references(found: Globals, data: bytes, start: int, end: int) -> None:
    if found.codec:
        read_old_reference(found.names, data, start, end, found.codec)
    else:
        read_references(found.names, data, start, end)


def _external_name(found: Globals, data: bytes, start: int, end: int) -> None:
    read_external_name(found.names, data, start, end, found.codec)


def _sheet_of_cells(found: Globals, data: bytes, start: int, end: int) -> None:
    read_sheet_of_cells(found.names, data, start, end)


def _cells(found: Globals, data: bytes, start: int, end: int) -> None:
    read_cells(found.names, data, start, end)


def _drawing(found: Globals, data: bytes, start: int, _end: int) -> None:
    if not found.drawings:
        found.drawings = _run_of_drawings(data, start - 4)


def _run_of_drawings(data: bytes, at: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    for kind, start, end in records(data, at):
        if kind not in (_BLIPS, 0x3C):
            break
        pieces.append((start, end))
    return pieces


_Reader = Callable[[Globals, bytes, int, int], None]
_NO_READER: Final[tuple[int, _Reader | None]] = (0, None)
_READERS: Final[dict[int, tuple[int, _Reader | None]]] = {
    0x42: (2, _code_page),
    0x22: (2, _date_mode),
    0x2F: (4, _file_pass),
    0x85: (7, _bound_sheet),
    0x041E: (3, _format),
    0x1E: (3, _format),
    0xE0: (4, _style),
    0xFC: (8, _shared_strings),
    0x5C: (1, _user),
    0x18: (14, _name),
    0x0218: (14, _name),
    0x0894: (18, _name_comment),
    0x01AE: (4, _other_book),
    0x17: (2, _references),
    0x23: (7, _external_name),
    0x59: (2, _sheet_of_cells),
    0x5A: (4, _cells),
    0x5B: (5, _file_sharing),
    _BLIPS: (0, _drawing),
}
"""The readers of records by kind, each with the fewest bytes that such a record has."""
