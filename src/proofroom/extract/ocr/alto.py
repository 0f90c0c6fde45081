"""Read ALTO, the XML in which libraries keep what OCR read: lines with their places and confidence."""

from __future__ import annotations

import math
from typing import Any, BinaryIO, Final

from proofroom.extract.format import NO_CONFIDENCE, Unreadable
from proofroom.extract.ocr.page_lines import Box, PageLines
from proofroom.extract.ooxml.package import DamagedPart
from proofroom.extract.ooxml.safe_xml import SafeParser
from proofroom.model.states import State

_BLOCK: Final = 1 << 18
_UNITS: Final = {"mm10": 72 / 25.4, "inch1200": 0.6}
"""Tenths of a point in one unit; all others are pixels."""
_SURE: Final = 100
_FARTHEST: Final = 1 << 24


class Alto:
    """Walks through an ALTO file; `points` says whether it measures in units, so that boxes are in points."""

    def __init__(self, out: PageLines) -> None:
        """Give lines to `out`."""
        self._out = out
        self._scale = 1.0
        self._unit: list[str] | None = None
        self._words: list[str] = []
        self._sure: list[float] = []
        self._box: Box | None = None
        self.points = False

    def read(self, untrusted: BinaryIO) -> None:
        """Read to the end; raises Unreadable when it is no XML."""
        parser = SafeParser(self)
        try:
            while data := untrusted.read(_BLOCK):
                parser.feed(data)
            parser.feed(b"", final=True)
        except DamagedPart as damaged:
            raise Unreadable(State.DAMAGED, damaged.reason) from None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "Page":
            self._end_line()
            self._out.begin_page()
        elif name == "TextLine":
            self._end_line()
            self._box = self._box_of(attributes)
        elif name in ("String", "HYP"):
            self._words.append(attributes.get("CONTENT", ""))
            sure = _number(attributes.get("WC", ""))
            if sure is not None:
                self._sure.append(min(max(sure, 0.0), 1.0))
        elif name == "SP":
            self._words.append(" ")
        elif name == "MeasurementUnit":
            self._unit = []

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "TextLine":
            self._end_line()
        elif name == "MeasurementUnit" and self._unit is not None:
            self._scale = _UNITS.get("".join(self._unit).strip(), 1.0)
            self.points = self._scale != 1.0
            self._unit = None

    def text(self, untrusted_text: str) -> None:
        """Take characters: only the unit of measurement stands between tags."""
        if self._unit is not None:
            self._unit.append(untrusted_text[:_SURE])

    def _box_of(self, attributes: dict[str, str]) -> Box | None:
        sides = [_number(attributes.get(name, "")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
        known: list[Any] = [side for side in sides if side is not None and abs(side) < _FARTHEST]
        if len(known) < len(sides):
            return None
        left, top, width, height = (side * self._scale for side in known)
        return round(left), round(top), round(left + width), round(top + height)

    def _end_line(self) -> None:
        """Give the line at hand."""
        sure = round(_SURE * sum(self._sure) / len(self._sure)) if self._sure else NO_CONFIDENCE
        self._out.add("".join(self._words), self._box, sure)
        self._words, self._sure, self._box = [], [], None


def _number(text: str) -> float | None:
    """Read a number; None when it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
