"""The parent's end of a text layer from elsewhere: its lines, checked, under the addresses of a version of its own."""

from __future__ import annotations

import re
from typing import Any, Final

import pyarrow as pa

from proofroom.extract.collect import Collector
from proofroom.extract.format import NO_CONFIDENCE
from proofroom.extract.ocr.page import LAYER_UNIT
from proofroom.extract.ocr.readings import Row
from proofroom.limits import Limits
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import format_parts

_LINE: Final = re.compile(r"page=([1-9][0-9]{0,8})&line=([1-9][0-9]{0,8})\Z")
_UNIT: Final = format_parts((("meta", LAYER_UNIT),))
_NOWHERE: Final = (0, 0, 0, 0)


class _Nowhere:
    """Takes the bytes of what lies inside a text layer, and drops them."""

    def write(self, data: bytes) -> None:
        """Drop them."""

    def finish(self) -> tuple[str, int]:
        """Give a digest of nothing."""
        return "", 0


class LayerInbox:
    """Takes the bytes of the child that reads a text layer."""

    def __init__(self, limits: Limits) -> None:
        """Begin with nothing."""
        self._tables: dict[str, list[pa.Table]] = {}
        self._limits = limits
        self.collector = Collector("", limits, self._add, _Nowhere)

    def _add(self, noun: str, table: pa.Table) -> None:
        self._tables.setdefault(noun, []).append(table)

    def outcome(self) -> tuple[State | None, Reason]:
        """Give how the child says that it ended."""
        found = self.collector.finish()
        return found.state, found.reason

    def rows(self, label: str, engine: str, *, picture: bool) -> list[Row]:
        """Give the rows of all pages, under the version's label; boxes only where their units are those of the page."""
        boxes: dict[int, tuple[int, ...]] = {}
        for table in self._tables.get("boxes", ()):
            columns = [table[name].to_pylist() for name in table.column_names[1:]]
            boxes |= {seq: tuple(sides) for seq, *sides in zip(*columns, strict=True)}
        pieces = [row for table in self._tables.get("pieces", ()) for row in table.to_pylist()]
        units = [piece["text"] for piece in pieces if piece["part"] == _UNIT]
        fits = (units or ["points"])[0] == ("pixels" if picture else "points")
        rows: list[Row] = []
        told: set[int] = set()
        for piece in pieces:
            place = _LINE.match(piece["part"])
            if piece["kind"] != PieceKind.LINE or not place or int(place[1]) > self._limits.pages:
                continue
            page = int(place[1])
            if page not in told:
                told.add(page)
                rows.append(_fact(page, label, engine))
            rows.append(_line(page, int(place[2]), label, piece["text"], boxes.get(piece["seq"]), fits=fits))
        return rows


def _fact(page: int, label: str, engine: str) -> Row:
    """Give the row that names the engine, as the person who brought the version calls it."""
    part = format_parts((("page", str(page)), ("ocr", label), ("meta", "engine")))
    return (page, label, part, PieceKind.META, engine, *_NOWHERE, NO_CONFIDENCE)


def _line(
    page: int, line: int, label: str, untrusted_text: str, beside: tuple[int, ...] | None, *, fits: bool
) -> Row:
    part = format_parts((("page", str(page)), ("ocr", label), ("line", str(line))))
    left, top, right, bottom, confidence = beside or (*_NOWHERE, NO_CONFIDENCE)
    sides: Any = (left, top, right, bottom) if fits else _NOWHERE
    return (page, label, part, PieceKind.LINE, untrusted_text, *sides, confidence)
