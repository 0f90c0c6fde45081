"""Give the shown texts of many cells, and flag the numbers that have more digits than a program keeps."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import compress
from operator import getitem
from typing import Final

from proofroom.extract.format import Texts
from proofroom.extract.ooxml.cell_kinds import CellKinds, Reading
from proofroom.extract.ooxml.shown_value import NOTHING_SHOWN, Shown
from proofroom.extract.ooxml.text_columns import packed_sparse
from proofroom.model.evidence import CellType, Flag

_IRREGULAR: Final = re.compile(
    rb"(?m)^(?!-?(?:0|[1-9][0-9]{0,9}|(?:0|[1-9][0-9]{0,3})\.[0-9]{0,3}[1-9])$)[^\n]+"
)
"""Numbers that General may show otherwise than they are written."""

_FEW_KINDS: Final = 32
"""Kinds of cells in one batch up to which each is looked at by itself."""

_LONGEST_REGULAR: Final = 10
_CHARACTERS: Final = b"0123456789.-\n"
_ODD_START: Final = re.compile(rb"\n-?(?:0[0-9]|\.)|\n-[\n-]")
_ODD_END: Final = re.compile(rb"\.(?:\n|[0-9]*(?:0\n|\.))")
_ODD_MINUS: Final = re.compile(rb"[0-9.]-")

_NO_DIGITS: Final = re.compile(rb"[eE].*|[^0-9]", re.DOTALL)
_HAS_EXPONENT: Final = re.compile(rb"[eE]")
_PRECISE: Final = 15
_SHOWN_DIFFERS, _PRECISION = int(Flag.SHOWN_DIFFERS), int(Flag.PRECISION)
_TOO_LARGE: Final = 1e15
_LONGEST_NUMBER: Final = 400


def shown_cells(
    kinds: CellKinds, present: Sequence[int], raw: list[bytes], flags: array[int]
) -> Texts | None:
    """Give the shown texts of cells of these kinds, None where none differs; sets flags where it must."""
    looks: dict[int, Mapping[bytes, bytes]] = {}
    found = set(present)
    few = len(found) <= _FEW_KINDS
    for kind in found:
        shown = kinds.shown(kind)
        if kinds.readings[kind] is Reading.TABLE:
            table = _look_at_decimals(shown, kinds.select(present, {kind}), raw) if few else shown
            if table is not None:
                looks[kind] = table
        elif kinds.types[kind] == CellType.STRING and shown.on_texts is not None:
            looks[kind] = shown.on_texts
    _look_at_numbers(kinds, present, raw, looks, flags)
    if not looks:
        return None
    chosen = kinds.select(present, set(looks))
    texts = list(map(getitem, map(looks.__getitem__, compress(present, chosen)), compress(raw, chosen)))
    places = list(compress(range(len(raw)), chosen))
    if NOTHING_SHOWN in texts:
        for place, text in zip(places, texts, strict=True):
            if text == NOTHING_SHOWN:
                flags[place] |= _SHOWN_DIFFERS
        texts = [b"" if text == NOTHING_SHOWN else text for text in texts]
    if b"" in texts:
        places, texts = list(compress(places, texts)), list(filter(None, texts))
    return packed_sparse(places, texts, len(raw)) if places else None


def _look_at_decimals(shown: Shown, chosen: bytes, raw: list[bytes]) -> Mapping[bytes, bytes] | None:
    """Find the numbers that a format such as `0.00` shows otherwise; most are written as they are shown."""
    if shown.others is None:
        return shown
    odd = set(shown.others.findall(b"\n".join(compress(raw, chosen))))
    different = {value: text for value in odd if (text := shown[value])}
    return defaultdict(bytes, different) if different else None


def _look_at_numbers(
    kinds: CellKinds,
    present: Sequence[int],
    raw: list[bytes],
    looks: dict[int, Mapping[bytes, bytes]],
    flags: array[int],
) -> None:
    """Find the numbers that General shows otherwise, and those of more digits than a program keeps."""
    numeric = {kind for kind in set(present) if kinds.types[kind] == CellType.NUMBER}
    if not numeric:
        return
    chosen = kinds.select(present, numeric)
    written = list(compress(raw, chosen))
    plain = kinds.that_read(numeric, Reading.GENERAL)
    if plain:
        few = written if plain == numeric else list(compress(raw, kinds.select(present, plain)))
        irregular = _irregular(few)
        for kind in plain:
            shown = kinds.shown(kind)
            different = {value: text for value in irregular if (text := shown[value])}
            if different:
                looks[kind] = defaultdict(bytes, different)
    if max(map(len, written)) > _PRECISE or _HAS_EXPONENT.search(b"".join(written)):
        precise = {value for value in set(written) if has_many_digits(value)}
        for place in compress(compress(range(len(raw)), chosen), map(precise.__contains__, written)):
            flags[place] |= _PRECISION


def _irregular(numbers: list[bytes]) -> set[bytes]:
    """Give the numbers that General may show otherwise than they are written."""
    lines = b"\n".join(numbers)
    if max(map(len, numbers)) <= _LONGEST_REGULAR and _are_regular(b"\n%b\n" % lines):
        return set()
    return set(_IRREGULAR.findall(lines))


def _are_regular(numbers: bytes) -> bool:
    """Tell whether these short lines are all numbers that General shows as they are written."""
    return not (
        numbers.translate(None, _CHARACTERS)
        or b"0.0000" in numbers
        or _ODD_START.search(numbers)
        or (b"." in numbers and _ODD_END.search(numbers))
        or (b"-" in numbers and _ODD_MINUS.search(numbers))
    )


def has_many_digits(number: bytes) -> bool:
    """Tell whether a stored number has more than 15 digits, which spreadsheet programs do not keep."""
    digits = _NO_DIGITS.sub(b"", number).lstrip(b"0")
    if len(digits if b"." not in number and b"e" not in number.lower() else digits.rstrip(b"0")) > _PRECISE:
        return True
    try:
        return len(number) < _LONGEST_NUMBER and abs(float(number)) >= _TOO_LARGE
    except ValueError:
        return False
