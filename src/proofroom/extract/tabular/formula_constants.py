"""Write the constants of formulas: numbers, texts, and arrays such as `{1,2;"a",TRUE}`."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.encoding import decode_all
from proofroom.extract.tabular.biff_values import BOOLEANS, error_text
from proofroom.extract.tabular.formula_layout import Layout
from proofroom.extract.tabular.formula_scope import NotRendered

_MOST: Final = 65_536
_LONGEST: Final = 32_768
_WHOLE_BELOW: Final = 1e15
_EMPTY, _NUMBER, _TEXT, _BOOLEAN, _ERROR = 0, 1, 2, 4, 16
_BINARY_KINDS: Final = {0: _NUMBER, 1: _TEXT, 2: _BOOLEAN, 4: _ERROR}


def number(value: float) -> str:
    """Write a number as Excel does in a formula: at most 15 digits."""
    if -_WHOLE_BELOW < value < _WHOLE_BELOW and value == int(value):
        return str(int(value))
    return f"{value:.15G}"


def quoted_text(text: str) -> str:
    """Write a text in its quotes."""
    return '"' + text.replace('"', '""') + '"'


def array_text(data: bytes, at: int, layout: Layout, codec: str) -> tuple[str, int]:
    """Write an array of constants that stands at a place behind a formula; gives it and where it ends."""
    first, second = layout.array_head.unpack_from(data, at)
    at += layout.array_head.size
    rows, columns = layout.array_size(first, second)
    if rows * columns > _MOST:
        raise NotRendered
    lines: list[str] = []
    length = 0
    for _ in range(rows):
        line: list[str] = []
        for _ in range(columns):
            text, at = _constant(data, at, layout, codec)
            length += len(text) + 1
            line.append(text)
        if length > _LONGEST:
            raise NotRendered
        lines.append(",".join(line))
    return "{" + ";".join(lines) + "}", at


def _constant(data: bytes, at: int, layout: Layout, codec: str) -> tuple[str, int]:
    """Write one value of an array; gives it and where it ends."""
    (kind,) = struct.unpack_from("<B", data, at)
    if layout.all_wide:
        kind = _BINARY_KINDS.get(kind, -1)
    at += 1
    if kind == _NUMBER:
        return number(struct.unpack_from("<d", data, at)[0]), at + 8
    if kind == _TEXT:
        text, at = _text(data, at, layout, codec)
        return quoted_text(text), at
    if at >= len(data):
        raise NotRendered
    if kind == _BOOLEAN:
        return BOOLEANS[data[at] != 0].decode(), at + (1 if layout.all_wide else 8)
    if kind == _ERROR:
        return error_text(data[at]).decode(), at + (4 if layout.all_wide else 8)
    if kind == _EMPTY:
        return "", at + 8
    raise NotRendered


def _text(data: bytes, at: int, layout: Layout, codec: str) -> tuple[str, int]:
    (length,) = layout.array_text.unpack_from(data, at)
    at += layout.array_text.size
    wide = layout.all_wide
    if not codec and not wide:
        (flags,) = struct.unpack_from("<B", data, at)
        at, wide = at + 1, bool(flags & 1)
    end = at + (2 * length if wide else length)
    if end > len(data):
        raise NotRendered
    raw = data[at:end]
    return (
        decode_all(raw, codec) if codec else raw.decode("utf-16-le" if wide else "latin-1", "replace")
    ), end
