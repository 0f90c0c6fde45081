"""Turn the cells found in a piece of sheet XML into columns for the sink: one meaning for both paths.

Nothing here runs once per cell in Python where a C-level map, compress, translate or regex can do it:
six million cells cost a few seconds.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import compress
from typing import Final

from proofroom.extract.format import Cells
from proofroom.extract.ooxml.cell_kinds import CellKinds, Reading
from proofroom.extract.ooxml.found_cells import IN_HIDDEN_ROW, IN_SEVERAL_FONTS, Found
from proofroom.extract.ooxml.shared_strings import SharedStrings
from proofroom.extract.ooxml.shown_cells import shown_cells
from proofroom.extract.ooxml.text_columns import packed, packed_sparse
from proofroom.model.evidence import CellType, Flag

MOST_TEXT: Final = 24 << 20
"""Bytes of text in one batch: a frame holds 64 MiB, and shown texts come on top."""

MOST_TEXT_SHOWN: Final = 48 << 20
"""Bytes of text in one batch with what is shown, which a format can make many times as long."""

_RUNS: Final = re.compile(rb"\x01+")
_FEW: Final = 6
_BOOLEANS: Final = {b"1": b"TRUE", b"0": b"FALSE", b"true": b"TRUE", b"false": b"FALSE"}
_FLAGS: Final = {
    IN_HIDDEN_ROW: int(Flag.HIDDEN_ROW),
    IN_SEVERAL_FONTS: int(Flag.RICH_TEXT),
    IN_HIDDEN_ROW | IN_SEVERAL_FONTS: int(Flag.HIDDEN_ROW | Flag.RICH_TEXT),
}


class TooMuchText(Exception):
    """The texts of these cells do not fit one frame: give fewer cells at a time."""


@dataclass(slots=True)
class Batcher:
    """Makes `Cells` of what was found on one sheet; `missing` is called for strings that do not exist."""

    kinds: CellKinds
    strings: SharedStrings
    flags: int
    missing: Callable[[], None]

    def cells(self, found: Found, hidden_columns: frozenset[int]) -> Cells | None:
        """Resolve, show and flag; None when all the cells were empty; raises TooMuchText."""
        raw = self._raw(found)
        if len(raw) * max(self.strings.longest, 1 << 10) > MOST_TEXT:
            self._check_size(raw, found)
        rich = self._rich(found)
        if b"" in raw:
            keep = list(map(bool, raw))
            for place in found.formulas:
                keep[place] = True
            raw, rich = list(compress(raw, keep)), list(compress(rich, keep))
            found = found.only(keep)
            if not raw:
                return None
        types = self.kinds.types_of(found.kinds)
        if found.formulas:
            _mark_empty(types, raw, found.formulas)
        flags = array("H", (self.flags,)) * len(raw)
        shown = shown_cells(self.kinds, found.kinds, raw, flags)
        _flag_where(flags, rich, Flag.RICH_TEXT)
        if hidden_columns:
            _flag_where(flags, map(hidden_columns.__contains__, found.columns), Flag.HIDDEN_COLUMN)
        for place in compress(range(len(found.marks)), found.marks):
            flags[place] |= _FLAGS[found.marks[place]]
        formats = self.kinds.formats_of(found.kinds)
        formulas = None
        if found.formulas:
            formulas = packed_sparse(list(found.formulas), list(found.formulas.values()), len(raw))
        texts = packed(raw)
        if sum(len(one.blob) for one in (texts, shown, formulas) if one is not None) > MOST_TEXT_SHOWN:
            raise TooMuchText
        return Cells(found.rows, found.columns, types, flags, formats, texts, shown, formulas)

    def _raw(self, found: Found) -> list[bytes]:
        """Give the stored text of each cell: shared strings resolved, booleans in words."""
        present = set(found.kinds)
        raw = found.values
        shared = self.kinds.that_read(present, Reading.SHARED)
        if shared:
            chosen = self.kinds.select(found.kinds, shared)
            texts = self.strings.resolve(list(compress(raw, chosen)), self.missing)
            raw = _put_in(raw, chosen, texts)
        booleans = self.kinds.that_read(present, Reading.BOOLEAN)
        if booleans:
            chosen = self.kinds.select(found.kinds, booleans)
            raw = [
                _BOOLEANS.get(value.strip(), value) if one else value
                for one, value in zip(chosen, raw, strict=True)
            ]
        return raw

    def _rich(self, found: Found) -> Iterable[bool]:
        """Tell which cells hold a shared string in several fonts; nothing where there are none."""
        rich = self.strings.rich
        shared = self.kinds.that_read(set(found.kinds), Reading.SHARED) if rich else set()
        if not shared:
            return []
        chosen = self.kinds.select(found.kinds, shared)
        return [bool(one) and value in rich for one, value in zip(chosen, found.values, strict=True)]

    def hints(self, found: Found) -> Iterator[tuple[int, bytes]]:
        """Give the reading aids of texts that are met for the first time, by the place of their cell."""
        hints = self.strings.hints
        shared = self.kinds.that_read(set(found.kinds), Reading.SHARED) if hints else set()
        if shared:
            chosen = self.kinds.select(found.kinds, shared)
            for place in compress(range(len(chosen)), chosen):
                if hint := hints.pop(found.values[place], b""):
                    yield place, hint

    def _check_size(self, raw: list[bytes], found: Found) -> None:
        """Raise TooMuchText when these texts do not fit one frame."""
        if sum(map(len, raw)) + sum(map(len, found.formulas.values())) > MOST_TEXT:
            raise TooMuchText


def _put_in(values: list[bytes], chosen: bytes, texts: list[bytes]) -> list[bytes]:
    """Put texts in the place of the chosen values, run by run where there are few runs."""
    if chosen.count(b"\0\1") * _FEW > len(chosen):
        take = iter(texts).__next__
        return [take() if one else value for one, value in zip(chosen, values, strict=True)]
    put, at = list(values), 0
    for run in _RUNS.finditer(chosen):
        start, end = run.span()
        put[start:end] = texts[at : at + end - start]
        at += end - start
    return put


def _flag_where(flags: array[int], where: Iterable[object], flag: Flag) -> None:
    """Set a flag where the condition holds."""
    bit = int(flag)
    for place in compress(range(len(flags)), where):
        flags[place] |= bit


def _mark_empty(types: bytearray, raw: list[bytes], formulas: Iterable[int]) -> None:
    """Call a formula without a stored result an empty cell, unless its result is an empty text."""
    for place in formulas:
        if not raw[place] and types[place] != CellType.STRING:
            types[place] = CellType.EMPTY
