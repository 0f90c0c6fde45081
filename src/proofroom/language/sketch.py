"""Sketches of texts: a few numbers from which it shows how much two texts have in common, without reading them again.

A text is folded, everything but letters and digits falls away, and every run of five characters becomes a number.
The sketch keeps the 64 smallest (bottom-k; Broder, "On the resemblance and containment of documents", 1997): two
texts share as large a part of the smallest numbers of both as they share runs. So copies are found that differ in
layout, in format or in a few words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from proofroom.language.reading import Kind, read_pieces

Hashes = NDArray[np.uint64]

KEPT: Final = 64
RUN: Final = 5
FEWEST: Final = 48
"""Different runs that a text must have: shorter ones are alike by chance."""

MOST_CHARACTERS: Final = 1_000_000
"""Of a longer text the beginning stands for the whole."""

_MANY: Final = 16 * KEPT
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)


def sketch(texts: Iterable[str]) -> bytes:
    """Give the sketch of a text that comes in pieces; b"" for one that is too short to be like another."""
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text[: MOST_CHARACTERS - size])
        size += len(held[-1])
        if size >= MOST_CHARACTERS:
            break
    # Letters beyond ASCII may unfold into more.
    if size < FEWEST + RUN and all(map(str.isascii, held)):
        return b""
    read = read_pieces(held)
    kept = read.codes[(read.kinds == Kind.WORD) | (read.kinds == Kind.HAN)].astype(np.uint64)
    if kept.size < FEWEST + RUN:
        return b""
    runs = _smallest(_mixed(kept))
    return b"" if runs.size < FEWEST else runs[:KEPT].astype("<u8").tobytes()


def numbers_of(sketched: bytes) -> Hashes:
    """Give the numbers of a sketch, smallest first."""
    return np.frombuffer(sketched, "<u8")


def likeness(one: Hashes, other: Hashes) -> float:
    """Estimate which part of the runs of two texts both have, from 0 to 1 (error about 1/8 for one in three)."""
    both = np.unique(np.concatenate((one, other)))[: min(KEPT, one.size, other.size)]
    shared = np.isin(both, one, assume_unique=True) & np.isin(both, other, assume_unique=True)
    return float(shared.sum() / both.size) if both.size else 0.0


def _smallest(runs: Hashes) -> Hashes:
    """Give the smallest different numbers, at least as many as are kept: all of them only where few are small."""
    if runs.size > _MANY:
        few = np.unique(runs[runs < np.uint64((1 << 64) // (runs.size // _MANY) - 1)])
        if few.size >= KEPT:
            return few
    return np.unique(runs)


def _mixed(codes: Hashes) -> Hashes:
    """Make a number of every run of characters; which are smallest must not depend on what they say (splitmix64)."""
    runs = np.zeros(codes.size - RUN + 1, np.uint64)
    with np.errstate(over="ignore"):
        for place in range(RUN):
            runs = (runs + codes[place : codes.size - RUN + 1 + place]) * _STEP
            runs ^= runs >> np.uint64(29)
        runs = (runs ^ (runs >> np.uint64(30))) * _FIRST
        runs = (runs ^ (runs >> np.uint64(27))) * _SECOND
        return runs ^ (runs >> np.uint64(31))
