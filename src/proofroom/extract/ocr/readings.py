"""What an engine read of a page: kept as JSON until its whole artifact is read, then as rows of the store.

Boxes are kept in the units of the page itself (tenths of a point; of a picture in pixels), as for any line.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from proofroom.base import canonical
from proofroom.extract.ocr.page import PageReading
from proofroom.model.evidence import PieceKind
from proofroom.model.where import Parts, cell_name, format_parts
from proofroom.store.schemas import OCR_SLOT, SCHEMAS

Box = tuple[int, int, int, int]

_NO_LABEL: Final = re.compile(r"[^a-z0-9.-]+")
_LONGEST_LABEL: Final = 40
_NOWHERE: Final = (0, 0, 0, 0)
_HUNDRED: Final = 100
_TEN: Final = 10


@dataclass(frozen=True, slots=True)
class PageSize:
    """The size of a picture that was given to an engine, and of the page that it shows, in the page's units."""

    picture: tuple[int, int]
    extent: tuple[int, int]

    def on_page(self, corners: Sequence[tuple[int, int]]) -> Box:
        """Give the upright box around corners in the picture, on the page and never outside of it."""
        sides = []
        for axis in (0, 1):
            scale = self.extent[axis] / max(self.picture[axis], 1)
            places = [round(corner[axis] * scale) for corner in corners]
            sides.append([min(max(place, 0), self.extent[axis]) for place in (min(places), max(places))])
        (left, right), (top, bottom) = sides
        return left, top, right, bottom


def label_of(engine: str) -> str:
    """Give the name by which addresses call an engine: the first word of what it calls itself."""
    words = engine.lower().split()
    return (_NO_LABEL.sub("-", words[0]).strip("-.") if words else "")[:_LONGEST_LABEL] or "unnamed"


def to_document(reading: PageReading, size: PageSize, cpu: str) -> dict[str, Any]:
    """Give what an engine read as a document of plain values, with whole numbers only."""
    lines = [
        [line.untrusted_text, _percent(line.confidence), *size.on_page(line.box)]
        for line in reading.lines
        if line.untrusted_text.strip()
    ]
    cells = [
        [
            cell.table,
            cell.row,
            cell.column,
            cell.row_span,
            cell.column_span,
            cell.untrusted_text,
            _percent(cell.confidence),
        ]
        for cell in reading.cells
    ]
    return {
        "engine": reading.engine,
        "script": reading.script,
        "orientation": reading.orientation,
        "skew": round(reading.skew * _TEN),
        "confidence": _percent(reading.confidence),
        "cpu": cpu,
        "lines": lines,
        "cells": cells,
    }


def to_text(document: dict[str, Any]) -> str:
    """Write a document for the journal."""
    return json.dumps(document, ensure_ascii=False)


def from_text(text: str) -> dict[str, Any]:
    """Read a document back from the journal."""
    document: dict[str, Any] = json.loads(text)
    return document


def _percent(confidence: float) -> int:
    return min(max(round(confidence * _HUNDRED), 0), _HUNDRED)


Row = tuple[int, str, str, int, str, int, int, int, int, int]
"""Page, engine, part, kind, text, left, top, right, bottom, confidence."""


def rows_of_page(page: int, document: dict[str, Any]) -> Iterator[Row]:
    """Give the rows of one page: its facts, its lines, then the cells of its tables."""
    label = label_of(document["engine"])
    above: Parts = (("page", str(page)), ("ocr", label))
    skew = document["skew"] / _TEN
    for key, value in (
        ("engine", document["engine"]),
        ("script", document["script"]),
        ("orientation", str(document["orientation"])),
        ("skew", f"{skew:g}"),
        ("confidence", str(document["confidence"])),
        ("cpu", document["cpu"]),
    ):
        if value:
            part = format_parts((*above, ("meta", key)))
            yield (page, label, part, PieceKind.META, value, *_NOWHERE, document["confidence"])
    for number, (text, confidence, *box) in enumerate(document["lines"], 1):
        left, top, right, bottom = box
        part = format_parts((*above, ("line", str(number))))
        yield page, label, part, PieceKind.LINE, text, left, top, right, bottom, confidence
    for table, row, column, row_span, column_span, text, confidence in document["cells"]:
        cell = (*above, ("table", str(table)), ("cell", cell_name(row, column)))
        yield (page, label, format_parts(cell), PieceKind.CELL, text, *_NOWHERE, confidence)
        if row_span > 1 or column_span > 1:
            part = format_parts((*cell, ("meta", "span")))
            yield (page, label, part, PieceKind.META, f"{row_span} {column_span}", *_NOWHERE, confidence)


def to_table(artifact: str, slot: int, rows: Sequence[Row]) -> pa.Table:
    """Give rows as a table of the store; `slot` is the number of the version."""
    first = slot * OCR_SLOT
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [()] * len(SCHEMAS["ocr"].names[2:])
    named = dict(zip(SCHEMAS["ocr"].names[2:], columns, strict=True))
    kept: dict[str, Any] = {
        "artifact": [artifact] * len(rows),
        "seq": range(first, first + len(rows)),
        **named,
    }
    arrays = [pa.array(list(kept[field.name]), _plain(field.type)) for field in SCHEMAS["ocr"]]
    return pa.table(arrays, names=SCHEMAS["ocr"].names).cast(SCHEMAS["ocr"])


def _plain(kind: pa.DataType) -> pa.DataType:
    """Give the type in which values of a column are put down before they are gathered in a dictionary."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def content_of(version: str, pages: Sequence[tuple[int, dict[str, Any]]]) -> str:
    """Give the SHA-256 (hex) over what was read of an artifact's pages, and by what."""
    whole = hashlib.sha256(version.encode() + b"\n")
    for page, document in pages:
        whole.update(canonical.dumps({"page": page, **document}) + b"\n")
    return whole.hexdigest()
