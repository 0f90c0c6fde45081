"""Tell what the attributes of a cell mean: its type, its number format, how its value is to be read.

A workbook has few kinds of cell. Where all ids are below 256 the kinds of many cells are a bytes
object, and a question about all of them is one `bytes.translate`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import chain
from typing import Final

from proofroom.extract.ooxml.number_formats import NumberFormats
from proofroom.extract.ooxml.shown_value import Shown
from proofroom.model.evidence import CellType

_BYTE: Final = 256
_LITTLE: Final = array("i", (1,)).tobytes()[0] == 1


class Reading(Enum):
    """How the stored value of a cell is read."""

    SHARED = "shared"
    GENERAL = "general"
    TABLE = "table"
    TEXT = "text"
    BOOLEAN = "boolean"
    OTHER = "other"


_TYPES: Final = {
    "s": (CellType.STRING, Reading.SHARED),
    "str": (CellType.STRING, Reading.TEXT),
    "inlineStr": (CellType.STRING, Reading.TEXT),
    "b": (CellType.BOOLEAN, Reading.BOOLEAN),
    "e": (CellType.ERROR, Reading.OTHER),
    "d": (CellType.DATE, Reading.OTHER),
}


class CellKinds:
    """Gives small ids to the pairs of style and type that occur, and tells what each of them means."""

    def __init__(self, formats: NumberFormats) -> None:
        """Use the number formats of this workbook."""
        self._formats = formats
        self._ids: dict[tuple[int, str], int] = {}
        self.types: list[CellType] = []
        self.formats: list[int] = []
        self.readings: list[Reading] = []

    def of(self, style: str, kind: str) -> int:
        """Give the id for the `s` and `t` attributes of a cell."""
        place = self._formats.of_style(style)
        kind = kind if kind in _TYPES else ""
        known = self._ids.get((place, kind))
        if known is None:
            known = self._ids[place, kind] = len(self.types)
            cell_type, reading = self._meaning(place, kind)
            self.types.append(cell_type)
            self.formats.append(place)
            self.readings.append(reading)
        return known

    def _meaning(self, place: int, kind: str) -> tuple[CellType, Reading]:
        """Give type and reading; a number is a date or a duration when its format says so."""
        if kind in _TYPES:
            return _TYPES[kind]
        shown = self._formats.shown[place]
        if shown.is_date or shown.is_duration:
            return (CellType.DATE if shown.is_date else CellType.DURATION), Reading.TABLE
        return CellType.NUMBER, Reading.GENERAL if shown.is_general else Reading.TABLE

    def shown(self, kind: int) -> Shown:
        """Give what the number format of this kind shows."""
        return self._formats.shown[self.formats[kind]]

    def that_read(self, present: Iterable[int], reading: Reading) -> set[int]:
        """Give those of these kinds whose values are read so."""
        return {kind for kind in present if self.readings[kind] is reading}

    def ids(self, found: Iterable[int]) -> Sequence[int]:
        """Keep the kinds of many cells, as bytes where that is possible."""
        return bytes(found) if len(self.types) <= _BYTE else list(found)

    def joined(self, chunks: Iterable[Sequence[int]]) -> Sequence[int]:
        """Join the kinds of many cells that came in chunks."""
        if len(self.types) <= _BYTE:
            return b"".join(map(bytes, chunks))
        return list(chain.from_iterable(chunks))

    def select(self, kinds: Sequence[int], wanted: set[int]) -> bytes:
        """Say for each cell whether its kind is wanted: 1 or 0."""
        if isinstance(kinds, bytes):
            return kinds.translate(bytes(place in wanted for place in range(_BYTE)))
        return bytes(map(wanted.__contains__, kinds))

    def types_of(self, kinds: Sequence[int]) -> bytearray:
        """Give the types of many cells."""
        if isinstance(kinds, bytes):
            return bytearray(kinds.translate(bytes(self.types[:_BYTE]).ljust(_BYTE)))
        return bytearray(map(self.types.__getitem__, kinds))

    def formats_of(self, kinds: Sequence[int]) -> array[int]:
        """Give the number formats of many cells."""
        if isinstance(kinds, bytes) and _LITTLE and max(self.formats, default=0) < _BYTE:
            wide = bytearray(4 * len(kinds))
            wide[::4] = kinds.translate(bytes(self.formats[:_BYTE]).ljust(_BYTE))
            formats = array("i")
            formats.frombytes(wide)
            return formats
        return array("i", list(map(self.formats.__getitem__, kinds)))
