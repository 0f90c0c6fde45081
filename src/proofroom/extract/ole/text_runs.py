"""Find readable texts in bytes whose structure we do not read: runs of signs, in UTF-16 or in one byte each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.encoding import decode_all, find_encoding

_SHORTEST: Final = 4
_LONGEST: Final = 4_096
_AT_ONCE: Final = 8 << 20
_WIDE: Final = re.compile(
    r"[\t\n\r\x0b\x20-\x7e\xa0-\u024f\u0400-\u04ff\u0600-\u06ff\u2010-\u2026\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffe5]{4,}"
)
_NARROW: Final = re.compile(rb"[\x09\x0a\x0b\x0d\x20-\x7e\x80-\xfe]{6,}")
_BREAKS: Final = re.compile(r"[\r\n\x0b]+")
_PLAIN: Final = re.compile(r"[0-9A-Za-z ]")
_SCRIPTS: Final = tuple(
    re.compile(signs) for signs in (r"[\u0400-\u04ff]", r"[\u0620-\u06ff]", r"[\u3041-\u30ff]")
)


def _table(codec: str, rows: range) -> frozenset[str]:
    """Give the signs in some rows of a national table."""
    pairs = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    return frozenset(pair.decode(codec, "ignore") for pair in pairs) - {""}


_CHINESE: Final = _table("gb2312", range(0xB0, 0xD8))
"""The 3,755 Chinese signs of everyday: of signs at random one in six is among them."""

_KOREAN: Final = _table("euc_kr", range(0xB0, 0xC9))
_FEWEST: Final = 0.7
_FEWEST_NARROW: Final = 0.8
_DISTINCT: Final = 3


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    good: int
    text: str


def wide_runs(data: bytes) -> Iterator[str]:
    """Give runs of at least four signs in UTF-16 that read like text, line by line."""
    for first in range(0, len(data), _AT_ONCE):
        piece = data[first : first + _AT_ONCE]
        found = sorted((one for odd in (0, 1) for one in _wide(piece, odd)), key=lambda run: run.start)
        for number, run in enumerate(found):
            beside = found[max(number - 1, 0) : number + 2]
            if all(one.good <= run.good or one.end <= run.start or run.end <= one.start for one in beside):
                yield from _lines(run.text)


def narrow_runs(data: bytes) -> Iterator[str]:
    """Give runs of at least six bytes (or of GB 18030) that read like text, line by line."""
    for found in _NARROW.finditer(data):
        run = found.group()
        if run.isascii():
            yield from _lines(run.decode("ascii"), _FEWEST_NARROW)
            continue
        try:
            text = run.decode("gb18030")
        except UnicodeDecodeError:
            text = ""
        if sum(sign in _CHINESE for sign in text) < _FEWEST * sum(sign > "\x7f" for sign in text) or not text:
            text = run.decode("cp1252", "replace")
        yield from _lines(text, _FEWEST_NARROW)


def narrow_text(untrusted: bytes) -> str:
    """Decode a short text of one byte a sign by detection, up to its closing NUL."""
    short = untrusted[:_LONGEST].partition(b"\0")[0]
    return decode_all(short, find_encoding(short, True).encoding)


def _wide(data: bytes, odd: int) -> Iterator[_Run]:
    """Give runs of signs that begin at even or at odd places."""
    text = data[odd : odd + (len(data) - odd) // 2 * 2].decode("utf-16-le", "replace")
    if len(text) * 2 != (len(data) - odd) // 2 * 2:
        # Pairs of surrogates would shift every place behind them.
        text = re.sub(r"[\U00010000-\U0010ffff]", "\ufffd\ufffd", text)
    for run in _WIDE.finditer(text):
        yield _Run(odd + 2 * run.start(), odd + 2 * run.end(), _good(run.group()), run.group())


def _good(text: str) -> int:
    """Count the signs that running text is made of: beside plain ones those of one script, for noise mixes all."""
    chinese = sum(sign in _CHINESE for sign in text)
    korean = sum(sign in _KOREAN for sign in text)
    *others, kana = (len(script.findall(text)) for script in _SCRIPTS)
    return len(_PLAIN.findall(text)) + max(chinese + kana, korean, *others)


def _lines(text: str, fewest: float = _FEWEST) -> Iterator[str]:
    for line in _BREAKS.split(text):
        told = line.strip(" \t")
        if len(told) >= _SHORTEST and len(set(told)) >= _DISTINCT and _good(told) >= fewest * len(told):
            yield told
