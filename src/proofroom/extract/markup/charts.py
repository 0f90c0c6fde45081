"""Read a chart of an Office document: its texts, where its values come from, and the values it keeps itself.

A chart keeps the values that it was drawn from, also where its source has changed or was never handed over,
and those of series that a filter hides. The addresses below its own are those of charts in .xls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.relationships import relationships, stream_part
from proofroom.extract.ooxml.safe_xml import Attributes, attribute, whole_number
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason

_POINTS: Final = {
    "cat": "category", "xVal": "category", "val": "value", "yVal": "value", "bubbleSize": "size",
}  # fmt: skip
_DIMENSIONS: Final = {"cat": "category", "val": "value", "size": "size"}
_SHAPES: Final = "chartUserShapes"


@dataclass(slots=True)
class _Chart:
    """Takes the events of a chart part (`c:chartSpace` and the newer `cx:chartSpace`) and gives lines."""

    prefix: str
    flags: Flag
    lines: LineBatch
    _texts: int = 0
    _sources: int = 0
    _series: int = 0
    _kind: str = ""
    _level: int = 0
    _point: int = 0
    _last: dict[tuple[int, str, int], int] = field(default_factory=dict)
    _pieces: list[str] | None = None
    _paragraphs: list[str] | None = None
    _of_pivot: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name in ("ser", "data"):
            self._series += 1
            self._last.clear()
        elif name in _POINTS:
            self._kind, self._level = _POINTS[name], 1
        elif name in ("strDim", "numDim"):
            self._kind, self._level = _DIMENSIONS.get(attribute(attributes, "type"), "value"), 0
        elif name == "lvl":
            self._level += 1
        elif name == "pt":
            self._point = whole_number(attribute(attributes, "idx")) or 0
            self._pieces = []
        elif name in ("v", "f", "t", "name"):
            self._pieces = []
        elif name in ("rich", "txBody"):
            self._paragraphs = []
        elif name == "multiLvlStrCache":
            self._level = 0
        elif name == "pivotSource":
            self._of_pivot = True
        elif name == "p" and self._paragraphs is not None:
            self._paragraphs.append("")

    def end(self, name: str) -> None:
        if name in _POINTS or name in ("strDim", "numDim"):
            self._kind = ""
        elif name == "pivotSource":
            self._of_pivot = False
        elif name in ("rich", "txBody") and self._paragraphs is not None:
            paragraphs, self._paragraphs = self._paragraphs, None
            self._text("\n".join(filter(None, paragraphs)))
        elif name in ("v", "f", "t", "pt", "name") and self._pieces is not None:
            text, self._pieces = "".join(self._pieces), None
            self._take(name, text)

    def text(self, untrusted_text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(untrusted_text)

    def _take(self, name: str, text: str) -> None:
        """Take the text of one element."""
        if name == "f" or self._of_pivot:
            self._source(text)
        elif name == "t":
            if self._paragraphs:
                self._paragraphs[-1] += text
        elif self._kind:
            self._value(text)
        else:
            self._text(text)

    def _put(self, kind: PieceKind, text: str, below: str) -> None:
        if text.strip():
            put_whole(self.lines, f"{self.prefix}&{below}", kind, text, self.flags)

    def _text(self, text: str) -> None:
        if text.strip():
            self._texts += 1
            self._put(PieceKind.SHAPE, text, f"text={self._texts}")

    def _source(self, formula: str) -> None:
        if formula.strip():
            self._sources += 1
            self._put(PieceKind.META, formula, f"source={self._sources}")

    def _value(self, text: str) -> None:
        """Give a value at its number; one whose number was there already follows the last one."""
        place = (self._series, self._kind, self._level)
        self._last[place] = point = max(self._point, self._last.get(place, -1) + 1)
        level = f"&level={self._level}" if self._level > 1 else ""
        self._put(PieceKind.BODY, text, f"series={self._series}&{self._kind}={point + 1}{level}")


def send_chart(
    package: Package,
    part: str,
    where: tuple[str, Flag],
    lines: LineBatch,
    failed: Callable[[Reason], None],
) -> None:
    """Give what a chart part and the shapes drawn over it say, below the chart's address."""
    prefix, flags = where
    chart = _Chart(prefix, flags, lines)
    stream_part(package, part, chart, failed)
    for arrow in relationships(package, part, failed):
        if arrow.kind == _SHAPES and not arrow.external:
            stream_part(package, arrow.untrusted_target, chart, failed)
