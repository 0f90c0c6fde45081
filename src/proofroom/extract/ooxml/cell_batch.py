"""Turn the cells found in a piece of sheet XML into columns for the sink: one meaning for both paths.

Nothing here runs once per cell in Python where a C-level map, compress, translate or regex can do it:
six million cells cost a few seconds.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Final

from proofroom.extract.format import Cells, Texts
from proofroom.extract.ooxml.cell_kinds import CellKinds, Reading
from proofroom.extract.ooxml.number_formats import NOTHING_SHOWN
from proofroom.extract.ooxml.shared_strings import SharedStrings
from proofroom.extract.ooxml.text_columns import packed, packed_sparse
from proofroom.model.evidence import CellType, Flag

MOST_TEXT: Final = 24 << 20
"""Bytes of text in one batch: a frame holds 64 MiB, and shown texts and formulas come on top."""

_REGULAR: Final = re.compile(
    rb"(?:(?:-?+(?:[1-9][0-9]{0,9}+|0|(?:0|[1-9][0-9]{0,3})\.[0-9]{0,3}[1-9]))?+\n)*+\Z"
)
_IRREGULAR: Final = re.compile(
    rb"(?m)^(?!-?(?:0|[1-9][0-9]{0,9}|(?:0|[1-9][0-9]{0,3})\.[0-9]{0,3}[1-9])$)[^\n]+"
)
"""Numbers that General may show otherwise than they are written, or that have many digits."""

_NO_DIGITS: Final = re.compile(rb"[eE].*|[^0-9]", re.DOTALL)
_PRECISE: Final = 15
_TOO_LARGE: Final = 1e15
_LONGEST_NUMBER: Final = 400
_BOOLEANS: Final = {b"1": b"TRUE", b"0": b"FALSE", b"true": b"TRUE", b"false": b"FALSE"}
_Look = Callable[[bytes], "bytes | None"]


class TooMuchText(Exception):
    """The texts of these cells do not fit one frame: give fewer cells at a time."""


@dataclass(slots=True)
class Found:
    """Cells as they stand in a piece of XML, column by column; texts are unescaped UTF-8.

    kinds: ids from `CellKinds`, as bytes where all are below 256. values: of `<v>` or the inline string, b"" for none; formulas: b"" for none.
    rich: places of inline strings in several fonts.
    """

    rows: array[int]
    columns: array[int]
    kinds: Sequence[int]
    values: Sequence[bytes]
    formulas: Sequence[bytes] | None = None
    rich: Sequence[int] = ()

    def part(self, start: int, end: int) -> Found:
        """Give some of these cells."""
        return Found(
            self.rows[start:end],
            self.columns[start:end],
            self.kinds[start:end],
            self.values[start:end],
            None if self.formulas is None else self.formulas[start:end],
            [place - start for place in self.rich if start <= place < end],
        )


@dataclass(slots=True)
class Batcher:
    """Makes `Cells` of what was found on one sheet."""

    kinds: CellKinds
    strings: SharedStrings
    flags: int = 0
    hidden_columns: set[int] = field(default_factory=set)
    missing: Callable[[], None] = lambda: None

    def cells(self, found: Found, hidden_rows: set[int]) -> Cells | None:
        """Resolve, show and flag; None when all the cells were empty; raises TooMuchText."""
        raw = self._raw(found)
        formulas = found.formulas if found.formulas is not None and any(found.formulas) else None
        if len(raw) * max(self.strings.longest, 1 << 10) > MOST_TEXT:
            _check_size(raw, formulas)
        if b"" in raw:
            found, raw, formulas = _without_empty(found, raw, formulas)
            if not raw:
                return None
        types = self.kinds.types_of(found.kinds)
        if formulas is not None and b"" in raw:
            _mark_empty(types, raw)
        flags = array("H", (self.flags,)) * len(raw)
        shown = self._shown(found, raw, flags)
        self._flag(found, flags, hidden_rows)
        formats = self.kinds.formats_of(found.kinds)
        stated = None if formulas is None else packed(formulas)
        return Cells(found.rows, found.columns, types, flags, formats, packed(raw), shown, stated)

    def _raw(self, found: Found) -> list[bytes]:
        """Give the stored text of each cell: shared strings resolved, booleans in words."""
        present = set(found.kinds)
        raw = found.values if isinstance(found.values, list) else list(found.values)
        shared = self.kinds.that_read(present, Reading.SHARED)
        if shared:
            raw = self._with_strings(raw, self.kinds.select(found.kinds, shared))
        booleans = self.kinds.that_read(present, Reading.BOOLEAN)
        if booleans:
            chosen = self.kinds.select(found.kinds, booleans)
            raw = [
                _BOOLEANS.get(value, value) if one else value for one, value in zip(chosen, raw, strict=True)
            ]
        return raw

    def _with_strings(self, values: list[bytes], chosen: bytes) -> list[bytes]:
        """Put the shared strings in place of their indexes."""
        strings = self.strings.texts
        try:
            raw = [strings[int(value)] if one else value for one, value in zip(chosen, values, strict=True)]
        except (ValueError, IndexError):
            pass
        else:
            if b"-" not in b"".join(values) or b"-" not in b"".join(compress(values, chosen)):
                return raw
        return [self._string(value) if one else value for one, value in zip(chosen, values, strict=True)]

    def _string(self, index: bytes) -> bytes:
        """Resolve one index that may be none; a string that does not exist is missing, not invented."""
        if not index:
            return b""
        if index.strip().isdigit() and int(index) < len(self.strings.texts):
            return self.strings.texts[int(index)]
        self.missing()
        return b""

    def _shown(self, found: Found, raw: list[bytes], flags: array[int]) -> Texts | None:
        """Give the shown texts where one differs; flags numbers with more digits than a program keeps."""
        present = set(found.kinds)
        looks: dict[int, _Look] = {}
        for kind in present:
            shown = self.kinds.shown(kind)
            if self.kinds.readings[kind] is Reading.TABLE:
                looks[kind] = shown.__getitem__
            elif shown.on_text is not None and self.kinds.types[kind] == CellType.STRING:
                looks[kind] = shown.text
        self._irregular(found, raw, looks, flags)
        if not looks:
            return None
        chosen = self.kinds.select(found.kinds, set(looks))
        places: list[int] = []
        texts: list[bytes] = []
        for place, kind, value in zip(
            compress(range(len(raw)), chosen),
            compress(found.kinds, chosen),
            compress(raw, chosen),
            strict=True,
        ):
            text = looks[kind](value)
            if text == NOTHING_SHOWN:
                flags[place] |= Flag.SHOWN_DIFFERS
            elif text:
                places.append(place)
                texts.append(text)
        return packed_sparse(places, texts, len(raw)) if places else None

    def _irregular(self, found: Found, raw: list[bytes], looks: dict[int, _Look], flags: array[int]) -> None:
        """Find the numbers that General shows otherwise, and those of more than 15 digits."""
        present = set(found.kinds)
        numeric = {kind for kind in present if self.kinds.types[kind] == CellType.NUMBER}
        if not numeric:
            return
        chosen = self.kinds.select(found.kinds, numeric)
        numbers = b"\n".join(compress(raw, chosen))
        if _REGULAR.match(numbers + b"\n"):
            return
        irregular = set(_IRREGULAR.findall(numbers))
        for kind in self.kinds.that_read(present, Reading.GENERAL):
            shown = self.kinds.shown(kind)
            different = {value: text for value in irregular if (text := shown[value])}
            if different:
                looks[kind] = different.get
        precise = {value for value in irregular if has_many_digits(value)}
        if precise:
            for place, value in zip(compress(range(len(raw)), chosen), compress(raw, chosen), strict=True):
                if value in precise:
                    flags[place] |= Flag.PRECISION

    def _flag(self, found: Found, flags: array[int], hidden_rows: set[int]) -> None:
        """Flag cells in hidden rows and columns, and texts in several fonts."""
        if self.hidden_columns:
            _flag_where(flags, map(self.hidden_columns.__contains__, found.columns), Flag.HIDDEN_COLUMN)
        if hidden_rows:
            _flag_where(flags, map(hidden_rows.__contains__, found.rows), Flag.HIDDEN_ROW)
        for place in found.rich:
            flags[place] |= Flag.RICH_TEXT
        shared = self.kinds.that_read(set(found.kinds), Reading.SHARED) if self.strings.rich else set()
        if shared:
            chosen = self.kinds.select(found.kinds, shared)
            rich = map(self.strings.rich.__contains__, found.values)
            _flag_where(flags, (one and here for one, here in zip(chosen, rich, strict=True)), Flag.RICH_TEXT)


def _flag_where(flags: array[int], where: Iterable[object], flag: Flag) -> None:
    """Set a flag where the condition holds."""
    bit = int(flag)
    for place in compress(range(len(flags)), where):
        flags[place] |= bit


def _check_size(raw: Sequence[bytes], formulas: Sequence[bytes] | None) -> None:
    """Raise TooMuchText when these texts do not fit one frame."""
    if sum(map(len, raw)) + sum(map(len, formulas or ())) > MOST_TEXT:
        raise TooMuchText


def has_many_digits(number: bytes) -> bool:
    """Tell whether a stored number has more than 15 digits, which spreadsheet programs do not keep."""
    digits = _NO_DIGITS.sub(b"", number).lstrip(b"0")
    if len(digits if b"." not in number and b"e" not in number.lower() else digits.rstrip(b"0")) > _PRECISE:
        return True
    try:
        return len(number) < _LONGEST_NUMBER and abs(float(number)) >= _TOO_LARGE
    except ValueError:
        return False


def _without_empty(
    found: Found, raw: list[bytes], formulas: Sequence[bytes] | None
) -> tuple[Found, list[bytes], Sequence[bytes] | None]:
    """Leave out cells that hold neither text nor formula (they only carry a style)."""
    keep = (
        list(map(bool, raw))
        if formulas is None
        else [bool(r or f) for r, f in zip(raw, formulas, strict=True)]
    )
    if all(keep):
        return found, raw, formulas
    places = {old: new for new, old in enumerate(compress(range(len(keep)), keep))} if found.rich else {}
    kept = Found(
        array("i", compress(found.rows, keep)),
        array("i", compress(found.columns, keep)),
        _like(found.kinds, compress(found.kinds, keep)),
        list(compress(found.values, keep)),
        rich=[places[place] for place in found.rich if place in places],
    )
    return kept, list(compress(raw, keep)), None if formulas is None else list(compress(formulas, keep))


def _mark_empty(types: bytearray, raw: list[bytes]) -> None:
    """A formula without a stored result is an empty cell, unless its result is an empty text."""
    for place, text in enumerate(raw):
        if not text and types[place] != CellType.STRING:
            types[place] = CellType.EMPTY


def _like(kinds: Sequence[int], some: Iterable[int]) -> Sequence[int]:
    """Keep kinds in the form they had."""
    return bytes(some) if isinstance(kinds, bytes) else list(some)
