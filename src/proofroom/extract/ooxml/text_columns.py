"""Pack many texts into the form in which they cross, at C speed: one blob and n+1 offsets."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from proofroom.extract.format import Texts

_DENSE: Final = 4


def packed(values: Sequence[bytes]) -> Texts:
    """Pack texts that are UTF-8 already (half the time of packing values that may be either)."""
    return Texts(_offsets(map(len, values), len(values)), b"".join(values))


def packed_sparse(places: Sequence[int], values: Sequence[bytes], count: int) -> Texts:
    """Pack a column of `count` texts, of which those at `places` (rising) are these, and the others empty."""
    blob = b"".join(values)
    if len(places) * _DENSE > count:
        lengths = [0] * count
        for place, length in zip(places, map(len, values), strict=True):
            lengths[place] = length
        return Texts(_offsets(lengths, count), blob, places)
    offsets, total, before = array("i"), 0, -1
    for place, length in zip(places, map(len, values), strict=True):
        offsets += array("i", (total,)) * (place - before)
        total += length
        before = place
    offsets += array("i", (total,)) * (count - before)
    return Texts(offsets, blob, places)


def _offsets(lengths: Iterable[int], count: int) -> array[int]:
    """Give the rising offsets; `struct` writes them faster than an array takes them one by one."""
    offsets = array("i")
    offsets.frombytes(struct.pack(f"={count + 1}i", *accumulate(lengths, initial=0)))
    return offsets
