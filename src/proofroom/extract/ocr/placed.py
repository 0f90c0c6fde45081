"""Puts what engines read into its place on the upright page: lines into their cells and into reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from proofroom.extract.ocr import pixels
from proofroom.extract.ocr.looked import Affine, GridCell, Looked, RawLine, Strip
from proofroom.extract.ocr.order import Span, reading_order
from proofroom.extract.ocr.page import OcrCell, OcrLine, PageReading
from proofroom.extract.ocr.scripts import script_of
from proofroom.extract.ocr.tsv import Row, Word, joined

_COVERED: Final = 0.5


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line on the upright page: its text, how sure its engine was, its edges, and the engine."""

    untrusted_text: str
    confidence: float
    span: Span
    engine: str

    @property
    def middle(self) -> tuple[float, float]:
        """Give the point in its middle."""
        return (self.span.left + self.span.right) / 2, (self.span.top + self.span.bottom) / 2


def from_lines(lines: Sequence[RawLine], engine: str) -> list[PlacedLine]:
    """Place the lines of the engine that sees the page itself."""
    placed = []
    for line in lines:
        xs, ys = [x for x, _ in line.box], [y for _, y in line.box]
        span = Span(min(xs), min(ys), max(xs), max(ys))
        placed.append(PlacedLine(line.untrusted_text, line.confidence, span, engine))
    return placed


def from_rows(rows: Sequence[Row], strip: Strip, cells: Sequence[GridCell], engine: str) -> list[PlacedLine]:
    """Place the lines read from a strip; a line that runs through cells of a table is cut where they meet."""
    return [_placed(part, strip, engine) for row in rows for part in _parts(row, strip, cells)]


def _parts(row: Row, strip: Strip, cells: Sequence[GridCell]) -> Iterator[Row]:
    """Cut the words of a line into those of one cell each."""
    groups: dict[GridCell | None, list[int]] = {}
    for number, word in enumerate(row):
        x = strip.left + (word.left + word.right) / 2 / strip.scale
        y = strip.top + (word.top + word.bottom) / 2 / strip.scale
        groups.setdefault(_cell_at(cells, x, y), []).append(number)
    for numbers in groups.values():
        yield tuple(row[number] for number in numbers)


def _cell_at(cells: Sequence[GridCell], x: float, y: float) -> GridCell | None:
    inside = (one for one in cells if one.left <= x <= one.right and one.top <= y <= one.bottom)
    return next(inside, None)


def _placed(row: Row, strip: Strip, engine: str) -> PlacedLine:
    left, right = min(word.left for word in row), max(word.right for word in row)
    top, bottom = min(word.top for word in row), max(word.bottom for word in row)
    span = Span(
        strip.left + left / strip.scale,
        strip.top + top / strip.scale,
        strip.left + right / strip.scale,
        strip.top + bottom / strip.scale,
    )
    size = sum(len(word.untrusted_text) for word in row)
    sure = sum(word.confidence * len(word.untrusted_text) for word in row) / size
    return PlacedLine(joined(row), sure, span, engine)


def without_words_at(rows: Sequence[Row], strip: Strip, lines: Sequence[PlacedLine]) -> list[Row]:
    """Take those words out of a strip's lines in whose place another engine has read something surely."""

    def is_free(word: Word) -> bool:
        x = strip.left + (word.left + word.right) / 2 / strip.scale
        y = strip.top + (word.top + word.bottom) / 2 / strip.scale
        return not any(
            line.span.left <= x <= line.span.right and line.span.top <= y <= line.span.bottom
            for line in lines
        )

    kept = (tuple(word for word in row if is_free(word)) for row in rows)
    return [row for row in kept if row]


def uncovered(lines: Sequence[PlacedLine], over: Sequence[PlacedLine]) -> list[PlacedLine]:
    """Give those lines that none of the others stand over."""
    return [line for line in lines if not any(_covers(one.span, line.span) for one in over)]


def _covers(over: Span, line: Span) -> bool:
    """Say whether a line stands over a good part of another one."""
    across = min(over.right, line.right) - max(over.left, line.left)
    down = min(over.bottom, line.bottom) - max(over.top, line.top)
    if across <= 0 or down <= 0:
        return False
    return across * down > _COVERED * min(
        (line.right - line.left) * line.height, (over.right - over.left) * over.height
    )


def composed(looked: Looked, lines: Sequence[PlacedLine], engine: str) -> PageReading:
    """Give the reading of a page; `engine` is named where nothing at all was read."""
    script = script_of("".join(line.untrusted_text for line in lines)) or looked.script
    inside = _in_order(lines, looked.cells, right_to_left=script == "Arab")
    size = sum(len(line.untrusted_text) for line in inside)
    sure = sum(line.confidence * len(line.untrusted_text) for line in inside) / size if size else 0.0
    return PageReading(
        _names(inside) or engine,
        script,
        looked.orientation,
        looked.skew,
        sure,
        tuple(_line(line, looked.to_given) for line in inside),
        tuple(_cells(looked.cells, inside)),
    )


def _names(lines: Sequence[PlacedLine]) -> str:
    """Name the engines that read a page, the one that read most of it first: addresses bear its name."""
    read: dict[str, int] = {}
    for line in lines:
        read[line.engine] = read.get(line.engine, 0) + len(line.untrusted_text)
    return "; ".join(sorted(read, key=lambda name: (-read[name], name)))


def _in_order(
    lines: Sequence[PlacedLine], cells: Sequence[GridCell], *, right_to_left: bool
) -> list[PlacedLine]:
    """Put lines into reading order; a table stands in it as one, and is read row by row, cell by cell."""
    free, tables = list[PlacedLine](), dict[int, dict[GridCell, list[PlacedLine]]]()
    for line in lines:
        cell = _cell_at(cells, *line.middle)
        if cell is None:
            free.append(line)
        else:
            tables.setdefault(cell.table, {}).setdefault(cell, []).append(line)
    blocks: list[list[PlacedLine]] = [[line] for line in free]
    spans = [line.span for line in free]
    for held in tables.values():
        order = sorted(held, key=lambda one: (one.row, -one.column if right_to_left else one.column))
        blocks.append([line for cell in order for line in _of_cell(held[cell], right_to_left=right_to_left)])
        spans.append(
            Span(
                min(cell.left for cell in held),
                min(cell.top for cell in held),
                max(cell.right for cell in held),
                max(cell.bottom for cell in held),
            )
        )
    return [line for number in reading_order(spans, right_to_left=right_to_left) for line in blocks[number]]


def _of_cell(lines: Sequence[PlacedLine], *, right_to_left: bool) -> list[PlacedLine]:
    order = reading_order([line.span for line in lines], right_to_left=right_to_left)
    return [lines[number] for number in order]


def _line(line: PlacedLine, to_given: Affine) -> OcrLine:
    """Give a line with its corners on the picture as it was given."""
    span = line.span
    corners = (
        (span.left, span.top),
        (span.right, span.top),
        (span.right, span.bottom),
        (span.left, span.bottom),
    )
    one, two, three, four = (
        (round(x), round(y)) for x, y in (pixels.mapped(to_given, *at) for at in corners)
    )
    return OcrLine(line.untrusted_text, line.confidence, (one, two, three, four))


def _cells(cells: Sequence[GridCell], lines: Sequence[PlacedLine]) -> Iterator[OcrCell]:
    """Give the cells of tables with the lines that stand in each; an empty cell is one too.

    Columns count from the left, in every script.
    """
    held: dict[GridCell, list[PlacedLine]] = {cell: [] for cell in cells}
    for line in lines:
        cell = _cell_at(cells, *line.middle)
        if cell is not None:
            held[cell].append(line)
    for cell, inside in held.items():
        text = "\n".join(line.untrusted_text for line in inside)
        sure = sum(line.confidence for line in inside) / len(inside) if inside else 0.0
        yield OcrCell(cell.table, cell.row, cell.column, cell.row_span, cell.column_span, text, sure)
