"""The columns of every noun in a segment: one Arrow schema per noun, the only place they are written."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

_NAME: Final = pa.dictionary(pa.int32(), pa.string())

SCHEMAS: Final[dict[str, pa.Schema]] = {
    "cells": pa.schema(
        [
            pa.field("artifact", _NAME, nullable=False),
            pa.field("sheet", pa.int32(), nullable=False),
            pa.field("row", pa.int32(), nullable=False),
            pa.field("col", pa.int32(), nullable=False),
            pa.field("type", pa.uint8(), nullable=False),
            pa.field("flags", pa.uint16(), nullable=False),
            pa.field("number_format", _NAME),
            pa.field("raw", pa.string(), nullable=False),
            pa.field("shown", pa.string(), nullable=False),
            pa.field("formula", pa.string(), nullable=False),
        ]
    ),
    "sheets": pa.schema(
        [
            pa.field("artifact", _NAME, nullable=False),
            pa.field("sheet", pa.int32(), nullable=False),
            pa.field("name", pa.string(), nullable=False),
            pa.field("visibility", pa.uint16(), nullable=False),
        ]
    ),
    "merges": pa.schema(
        [
            pa.field("artifact", _NAME, nullable=False),
            pa.field("sheet", pa.int32(), nullable=False),
            pa.field("top", pa.int32(), nullable=False),
            pa.field("left", pa.int32(), nullable=False),
            pa.field("bottom", pa.int32(), nullable=False),
            pa.field("right", pa.int32(), nullable=False),
        ]
    ),
    "pieces": pa.schema(
        [
            pa.field("artifact", _NAME, nullable=False),
            pa.field("seq", pa.int32(), nullable=False),
            pa.field("part", pa.string(), nullable=False),
            pa.field("kind", pa.uint8(), nullable=False),
            pa.field("flags", pa.uint16(), nullable=False),
            pa.field("text", pa.string(), nullable=False),
        ]
    ),
    "boxes": pa.schema(
        [
            pa.field("artifact", _NAME, nullable=False),
            pa.field("seq", pa.int32(), nullable=False),
            pa.field("left", pa.int32(), nullable=False),
            pa.field("top", pa.int32(), nullable=False),
            pa.field("right", pa.int32(), nullable=False),
            pa.field("bottom", pa.int32(), nullable=False),
            pa.field("confidence", pa.uint8(), nullable=False),
        ]
    ),
    "ocr": pa.schema(
        [
            pa.field("artifact", _NAME, nullable=False),
            pa.field("seq", pa.int32(), nullable=False),
            pa.field("page", pa.int32(), nullable=False),
            pa.field("engine", _NAME, nullable=False),
            pa.field("part", pa.string(), nullable=False),
            pa.field("kind", pa.uint8(), nullable=False),
            pa.field("text", pa.string(), nullable=False),
            pa.field("left", pa.int32(), nullable=False),
            pa.field("top", pa.int32(), nullable=False),
            pa.field("right", pa.int32(), nullable=False),
            pa.field("bottom", pa.int32(), nullable=False),
            pa.field("confidence", pa.uint8(), nullable=False),
        ]
    ),
}
"""Rows are sorted by artifact and then as the file has them.

cells: raw is the stored text; shown is "" where it equals raw (flag SHOWN_DIFFERS tells); row and col
count from 1; sheet is the index from 1, 0 for CSV and TSV. pieces: part as `format_parts` writes it.
boxes: where the piece of the same seq stands on its page, of pieces that know it (see `extract.format.Line`).
ocr: what engines read from pictures of pages, apart from pieces so that nothing takes the one for the other;
engine is the name in the address; seq counts from OCR_SLOT times the version's number (0 is our own reading).
"""

NOUNS: Final = tuple(SCHEMAS)
OCR_SLOT: Final = 1 << 24


def of_artifact(digest: str, rows: int) -> pa.DictionaryArray:
    """Give the artifact column for so many rows, as one dictionary entry."""
    indices = pa.Array.from_buffers(pa.int32(), rows, [None, pa.py_buffer(bytes(4 * rows))])
    return pa.DictionaryArray.from_arrays(indices, pa.array([digest], pa.string()))
