"""Find readable texts in bytes whose structure we do not read: runs of signs, in UTF-16 or in one byte each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from proofroom.extract.encoding import decode_all, find_encoding

_SHORTEST: Final = 4
_LONGEST: Final = 4_096
_WIDE: Final = re.compile(
    rb"(?:(?:[\x09\x0a\x0b\x0d\x20-\x7e\xa0-\xff]\x00|[\x00-\xff][\x01-\x06\x0e\x10-\x11\x1e-\x20\x30-\x31\x4e-\x9f\xac-\xd7\xfb-\xfe\xff])){4,}",
    re.DOTALL,
)
_NARROW: Final = re.compile(rb"[\x09\x0a\x0b\x0d\x20-\x7e\x80-\xff]{4,}")
_ASCII: Final = bytes((*range(0x20, 0x7F), 0x0A, 0x0D))
_FEWEST_OTHER: Final = 0.12
_LETTERS: Final = re.compile(r"\w")
_BREAKS: Final = re.compile(r"[\r\n\x0b]+")
_FEWEST: Final = 0.6


def wide_runs(data: bytes) -> Iterator[str]:
    """Give runs of at least four signs in UTF-16, those that read like text, line by line."""
    for run in _WIDE.finditer(data):
        signs = run.group()
        # Text of one byte a sign, read in pairs, looks Chinese: hardly a byte of it is none of ASCII.
        if len(signs.translate(None, _ASCII)) > _FEWEST_OTHER * len(signs):
            yield from _lines(signs.decode("utf-16-le", "replace"))


def narrow_runs(data: bytes) -> Iterator[str]:
    """Give runs of at least four signs of one byte (or of an East Asian code page), line by line."""
    runs = [run.group() for run in _NARROW.finditer(data)]
    joined = b"\n".join(runs)
    if joined:
        yield from _lines(decode_all(joined, find_encoding(joined[: 1 << 16], False).encoding))


def narrow_text(untrusted: bytes) -> str:
    """Decode a short text of one byte a sign by detection, up to its closing NUL."""
    short = untrusted[:_LONGEST].partition(b"\0")[0]
    return decode_all(short, find_encoding(short, True).encoding)


def _lines(text: str) -> Iterator[str]:
    for line in _BREAKS.split(text):
        told = line.strip(" \t")
        signs = len(_LETTERS.findall(told)) + told.count(" ")
        if len(told) >= _SHORTEST and signs >= _FEWEST * len(told):
            yield told
