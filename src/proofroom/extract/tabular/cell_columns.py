"""Collect cells of one sheet and hand them to the sink in columns of some ten thousand."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Final, Self

from proofroom.extract.format import Cells, Sink
from proofroom.extract.ooxml.number_formats import NumberFormats
from proofroom.extract.ooxml.shown_value import NOTHING_SHOWN
from proofroom.extract.ooxml.text_columns import packed
from proofroom.model.evidence import CellType, Flag

_BATCH: Final = 32_768
_MOST_TEXT: Final = 8 << 20
_DIGITS: Final = 15
_SHORT: Final = 10
_MOST_REMEMBERED: Final = 50_000
_TOO_LARGE: Final = 1e15
_WHOLE_BELOW: Final = 1e16


_Cell = tuple[int, int, int, int, int, bytes, bytes, bytes]


class CellColumns:
    """The cells of one sheet on their way to the sink; as a context it sends what is left."""

    def __init__(self, sink: Sink, sheet: int, flags: Flag, formats: NumberFormats | None = None) -> None:
        """Collect for the sheet; `flags` (of a hidden sheet) are set on each cell."""
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self._sink = sink
        self._sheet = sheet
        self._flags = int(flags)
        self._formats = formats or NumberFormats()
        self._types = [_type_of(shown.is_date, shown.is_duration) for shown in self._formats.shown]
        self._general = [shown.is_general for shown in self._formats.shown]
        self._numbers: dict[tuple[float, int], tuple[bytes, bytes, int]] = {}
        self._cells: list[_Cell] = []
        self._size = 0

    def number(
        self, row: int, column: int, value: float, place: int, flags: int = 0, formula: bytes = b""
    ) -> None:
        """Take a number with its number format, which says whether it is a date."""
        known = self._numbers.get((value, place))
        if known is None:
            if len(self._numbers) >= _MOST_REMEMBERED:
                self._numbers.clear()
            raw = number_text(value)
            shown = b"" if self._general[place] and _is_short(raw) else self._formats.shown[place][raw]
            known = raw, shown, _precision(value, raw)
            self._numbers[value, place] = known
        raw, shown, precision = known
        self._cells.append((row, column, self._types[place], flags | precision, place, raw, shown, formula))
        self._size += len(formula)
        if len(self._cells) >= _BATCH or self._size >= _MOST_TEXT:
            self.flush()

    def text(
        self, row: int, column: int, raw: bytes, place: int, flags: int = 0, formula: bytes = b""
    ) -> None:
        """Take a text with its number format; an empty one is a cell only where a formula gave it."""
        if raw or flags & Flag.HAS_FORMULA:
            shown = self._formats.shown[place].text(raw)
            self.add(row, column, CellType.STRING, raw, shown, place, flags, formula)

    def add(  # noqa: PLR0913, PLR0917 - one argument per column
        self,
        row: int,
        column: int,
        kind: int,
        raw: bytes,
        shown: bytes = b"",
        place: int = -1,
        flags: int = 0,
        formula: bytes = b"",
    ) -> None:
        """Take a cell (row and column from 1); `shown` is b"" where it is the same as `raw`."""
        self._cells.append((row, column, kind, flags, place, raw, shown, formula))
        self._size += len(raw) + len(shown) + len(formula)
        if len(self._cells) >= _BATCH or self._size >= _MOST_TEXT:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        if not self._cells:
            return
        cells, self._cells, self._size = self._cells, [], 0
        rows, columns, kinds, flags, places, raw, shown, formulas = zip(*cells, strict=True)
        if NOTHING_SHOWN in shown:
            hidden = int(Flag.SHOWN_DIFFERS)
            flags = tuple(
                one | hidden if text == NOTHING_SHOWN else one for one, text in zip(flags, shown, strict=True)
            )
            shown = tuple(b"" if text == NOTHING_SHOWN else text for text in shown)
        self._sink.cells(
            self._sheet,
            Cells(
                array("i", rows),
                array("i", columns),
                bytes(kinds),
                array("H", self._with_hidden(rows, columns, flags)),
                array("i", places),
                packed(raw),
                packed(shown) if any(shown) else None,
                packed(formulas) if any(formulas) else None,
            ),
        )

    def _with_hidden(
        self, rows: Sequence[int], columns: Sequence[int], flags: Sequence[int]
    ) -> Iterable[int]:
        """Set the flags of hidden sheets, rows and columns."""
        for hidden, places, flag in (
            (self.hidden_rows, rows, int(Flag.HIDDEN_ROW)),
            (self.hidden_columns, columns, int(Flag.HIDDEN_COLUMN)),
        ):
            if hidden:
                flags = [
                    one | flag if place in hidden else one for one, place in zip(flags, places, strict=True)
                ]
        return [one | self._flags for one in flags] if self._flags else flags

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what is left, also when reading failed."""
        self.flush()


def number_text(value: float) -> bytes:
    """Write a stored binary number with the fewest digits that give the same number back."""
    if -_WHOLE_BELOW < value < _WHOLE_BELOW and value == int(value):
        return b"%d" % int(value)
    return repr(value).upper().encode()


def _is_short(raw: bytes) -> bool:
    """Tell whether General shows a number as it is written: few digits, none of them far behind the point."""
    return len(raw) < _SHORT and b"E" not in raw and not raw.startswith((b"0.00", b"-0.00"))


def _precision(value: float, raw: bytes) -> int:
    """Flag a number of more than 15 digits, which spreadsheet programs do not keep."""
    digits = raw.partition(b"E")[0].translate(None, b"-.").lstrip(b"0")
    precise = len(digits) > _DIGITS or not -_TOO_LARGE < value < _TOO_LARGE
    return int(Flag.PRECISION) if precise else 0


def _type_of(is_date: bool, is_duration: bool) -> int:  # noqa: FBT001 - two facts of one format
    return int(CellType.DATE if is_date else CellType.DURATION if is_duration else CellType.NUMBER)
