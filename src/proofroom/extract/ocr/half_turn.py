"""Turns what was seen of a page by half: where the other engine finds out that the page stands on its head."""

from __future__ import annotations

from dataclasses import replace

from proofroom.extract.ocr import pixels
from proofroom.extract.ocr.looked import GridCell, Looked, RawLine, Strip


def half_turned(looked: Looked) -> Looked:
    """Give the same page turned by another half: what stood on its head stands upright."""
    width, height = looked.width, looked.height
    half = pixels.turning(width, height, 180)
    rows: dict[int, tuple[int, int]] = {}
    for cell in looked.cells:
        high, wide = rows.get(cell.table, (0, 0))
        rows[cell.table] = max(high, cell.row + cell.row_span), max(wide, cell.column + cell.column_span)
    most = max(rows, default=0)
    return Looked(
        (looked.orientation + 180) % 360,
        looked.skew,
        looked.script,
        looked.turned,
        looked.boxes,
        width,
        height,
        pixels.after(half, looked.to_given),
        [_half_turned_line(line, width, height) for line in looked.over],
        [
            GridCell(
                most + 1 - cell.table,
                rows[cell.table][0] - cell.row - cell.row_span + 1,
                rows[cell.table][1] - cell.column - cell.column_span + 1,
                cell.row_span,
                cell.column_span,
                width - cell.right,
                height - cell.bottom,
                width - cell.left,
                height - cell.top,
            )
            for cell in reversed(looked.cells)
        ],
        [_half_turned_strip(strip, width, height) for strip in looked.strips],
        [_half_turned_line(line, width, height) for line in looked.lines],
    )


def _half_turned_line(line: RawLine, width: int, height: int) -> RawLine:
    one, two, three, four = ((width - x, height - y) for x, y in line.box)
    return replace(line, box=(three, four, one, two))


def _half_turned_strip(strip: Strip, width: int, height: int) -> Strip:
    left = round(width - strip.left - strip.width / strip.scale)
    top = round(height - strip.top - strip.height / strip.scale)
    at = (left, top, strip.width, strip.height)
    return Strip(strip.script, strip.probe, *at, strip.scale, strip.untrusted_grey[::-1])
