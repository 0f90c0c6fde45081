"""Give the values of a binary property list at their pointers, data as members."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from proofroom.extract.containers.giving import give
from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.limits import Limits
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import format_parts

_DEEPEST: Final = 200
_FEWEST: Final = 32


class PropertyList:
    """One list on its way to the sink; values that it shares among places are counted at each of them."""

    def __init__(self, sink: Sink, lines: LineBatch, limits: Limits) -> None:
        """Give values to the lines, data to the sink."""
        self._sink = sink
        self._lines = lines
        self._limits = limits
        self._seen = self._members = 0

    def give(self, top: Any) -> None:
        """Give every value in the order of the list; raises Unreadable where references multiply without end."""
        waiting: list[tuple[str, Any, int]] = [("", top, 0)]
        while waiting:
            pointer, value, depth = waiting.pop()
            self._seen += 1
            if self._seen > self._limits.pieces:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_PIECES)
            if depth > _DEEPEST or len(pointer) > self._limits.name_bytes:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_DEPTH)
            if isinstance(value, dict | list | tuple | set):
                below = [(f"{pointer}/{key}", one, depth + 1) for key, one in _children(value)]
                waiting.extend(reversed(below))
            else:
                self._value(pointer, value)

    def _value(self, pointer: str, value: Any) -> None:
        """Give one value: as text, or as a member when it is data of any size."""
        if isinstance(value, bytes) and len(value) > _FEWEST:
            self._members += 1
            self._sink.meta(f"plist:data:{self._members}", pointer)
            give(self._sink, b"data-%d.bin" % self._members, len(value), iter((value,)))
            return
        part = format_parts((("pointer", pointer),))
        put_whole(self._lines, part, PieceKind.PARAGRAPH, _text(value))


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    """Give what a list or dictionary holds, with the step of a pointer that leads to it (RFC 6901)."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield str(key).replace("~", "~0").replace("/", "~1"), one
    else:
        for number, one in enumerate(value):
            yield str(number), one


def _text(value: Any) -> str:
    """Write a value: dates by ISO 8601, small data in hex, truth as JSON does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return "" if value is None else str(getattr(value, "data", value))
