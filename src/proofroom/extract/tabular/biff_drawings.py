"""Read what is drawn on an .xls sheet: comments, text boxes, pictures and objects, each at its cell (MS-XLS 2.4.181).

A shape is told by several records in turn: its place in MSODRAWING, its kind in OBJ, its text in TXO. The
drawing's own tree of records (MS-ODRAW) runs through all the MSODRAWING records of the sheet.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.encoding import decode_all
from proofroom.extract.format import Line, with_facts
from proofroom.extract.tabular.biff_context import Readers, SheetContext
from proofroom.extract.tabular.biff_globals import BIFF5
from proofroom.extract.tabular.biff_old_objects import old_object_text
from proofroom.extract.tabular.biff_records import continued, text_at
from proofroom.extract.tabular.escher import Shape, shapes
from proofroom.model.evidence import Flag, PieceKind

_COMMENT, _PICTURE_FORMULA, _MACRO = 0x19, 0x09, 0x04
_CONTINUED_NOTE: Final = 0xFFFF
_MOST_PARTS: Final = 64


@dataclass(slots=True)
class _Object:
    """One OBJ record: its number, its kind, the storage that holds it, and its text."""

    number: int
    kind: int
    storage: str = ""
    text: str = ""
    place: int = -1
    macro: str = ""


@dataclass(slots=True)
class _Note:
    row: int
    column: int
    text: str


@dataclass(slots=True)
class BiffDrawings:
    """Takes the records of drawings; `finish` gives the shapes when the sheet ends."""

    context: SheetContext
    pictures: dict[int, str]
    _drawing: list[bytes] = field(default_factory=list)
    _objects: list[_Object] = field(default_factory=list)
    _numbers: dict[int, _Object] = field(default_factory=dict)
    _noted: set[int] = field(default_factory=set)
    _note: _Note | None = None

    def readers(self) -> Readers:
        """Give the readers of the records of drawings."""
        return {
            0x00EC: (0, self._piece),
            0x005D: (8, self._object),
            0x01B6: (12, self._text),
            0x001C: (6, self._comment),
        }

    def _piece(self, start: int, end: int) -> None:
        record = continued(self.context.data, start, end)
        self._drawing += [self.context.data[first:last] for first, last in record.pieces]

    def _object(self, start: int, end: int) -> None:
        if self.context.known.codec:
            known = self.context.known
            text = old_object_text(self.context.data[start:end], known.codec)
            if text and known.version == BIFF5:
                self.context.lines.add(self.context.on.at_sheet("shape", PieceKind.SHAPE, text))
            return
        first, _, kind, number = struct.unpack_from("<4H", self.context.data, start)
        if first != 0x15:
            number, kind = -1, -1
        found = _Object(number, kind)
        self._objects.append(found)
        self._numbers[number] = found
        self._parts(found, start, end)

    def _parts(self, found: _Object, start: int, end: int) -> None:
        """Read the parts of an OBJ record that name an embedded object or a macro."""
        data, at = self.context.data, start
        for _ in range(_MOST_PARTS):
            if at + 4 > end:
                return
            kind, size = struct.unpack_from("<HH", data, at)
            at += 4
            if kind == _PICTURE_FORMULA and at + 2 <= end:
                place = at + 2 + struct.unpack_from("<H", data, at)[0]
                if place + 4 <= min(at + size, end):
                    found.storage = f"MBD{struct.unpack_from('<I', data, place)[0]:08X}"
            elif kind == _MACRO and at + 8 <= end:
                (length,) = struct.unpack_from("<H", data, at + 2)
                found.macro = self.context.formula(data[at + 8 : min(at + 8 + length, end)])
            at += size

    def _text(self, start: int, end: int) -> None:
        """Take the text of a comment or shape: it stands in the CONTINUE records behind."""
        data = self.context.data
        count = struct.unpack_from("<H", data, start + 10)[0]
        pieces = continued(data, start, end).pieces[1:]
        if count and pieces:
            record = continued(data, *pieces[0])
            text = record.characters(count, record.take(1)[0])
            if self._objects:
                self._objects[-1].text += text
            else:
                self.context.lines.add(self.context.on.at_sheet("shape", PieceKind.SHAPE, text))

    def _comment(self, start: int, end: int) -> None:
        """Take a comment: in BIFF8 its text is that of a shape, before it holds the text itself."""
        data, codec = self.context.data, self.context.known.codec
        row, column, length = struct.unpack_from("<3H", data, start)
        if codec:
            text = decode_all(data[start + 6 : min(start + 6 + length, end)], codec)
            if row == _CONTINUED_NOTE and self._note is not None:
                self._note.text += text
                return
            self._send_note()
            self._note = _Note(row, column, text)
            return
        number = struct.unpack_from("<H", data, start + 6)[0]
        author = text_at(data, start + 8, end, count_size=2, codec="")
        if author:
            self.context.sink.meta("ole:comment-author", author)
        found = self._numbers.get(number)
        self._noted.add(number)
        text = found.text if found else ""
        line = self.context.on.at_cell(row + 1, column + 1, "comment", PieceKind.COMMENT, text)
        for one in with_facts(line, author=author):
            self.context.lines.add(one)

    def _send_note(self) -> None:
        if self._note is not None:
            note, self._note = self._note, None
            self._at_cell(note.row + 1, note.column + 1, "comment", PieceKind.COMMENT, note.text)

    def _at_cell(self, row: int, column: int, what: str, kind: PieceKind, text: str) -> None:
        self.context.lines.add(self.context.on.at_cell(row, column, what, kind, text))

    def finish(self) -> None:
        """Give all shapes that are no comments: texts, descriptions, pictures, embedded objects."""
        self._send_note()
        drawn = shapes(b"".join(self._drawing))
        with_object = [shape for shape in drawn if shape.has_object]
        fits = len(with_object) == len(self._objects)
        for place, found in enumerate(self._objects):
            shape = with_object[place] if fits else None
            if found.kind == _COMMENT and found.number in self._noted:
                continue
            self._give(shape or Shape(), found)
        for shape in drawn:
            if not (fits and shape.has_object):
                self._give(shape, None)

    def _give(self, shape: Shape, found: _Object | None) -> None:
        context = self.context
        text = "\n".join(filter(None, (found.text if found else "", *shape.texts)))
        if text:
            line = context.on.at_sheet("shape", PieceKind.SHAPE, text)
            flags = line.flags | (Flag.HIDDEN_TEXT if shape.hidden else Flag.NONE)
            context.lines.add(Line(line.part, line.kind, text, flags))
        if found and found.macro:
            context.lines.add(context.on.at_sheet("macro", PieceKind.META, found.macro))
        for what, name in (
            ("picture", self.pictures.get(shape.picture, "")),
            ("object", found.storage if found else ""),
        ):
            if name and shape.row:
                self._at_cell(shape.row, shape.column, what, PieceKind.NAME, name)
            elif name:
                context.lines.add(context.on.at_sheet(what, PieceKind.NAME, name))
        for link in shape.links:
            context.lines.add(context.on.at_sheet("link", PieceKind.META, link))
