"""A page picture on its way to the engines, and what comes back: lines with boxes and confidence, cells of tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PAGE_EXTENT: Final = "page:extent"
"""The property by which a child says how large the page itself is whose picture it gives."""
LAYER_UNIT: Final = "layer:unit"
"""The property by which a child says in what the boxes of a text layer are: `points` (tenths) or `pixels`."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One decoded page, three bytes (RGB) per pixel, row by row; `key` is the caller's own number for it."""

    key: int
    width: int
    height: int
    untrusted_rgb: bytes


@dataclass(frozen=True, slots=True)
class OcrLine:
    """One line of text as an engine read it.

    box: four corners (x, y) in pixels of the picture as it was given, beginning at the corner where the text
    begins, clockwise as the text is read. confidence: from 0 to 1, the engine's own.
    """

    untrusted_text: str
    confidence: float
    box: tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class OcrCell:
    """The text of one cell of a table with ruled lines; rows and columns from 1, spans at least 1."""

    table: int
    row: int
    column: int
    row_span: int
    column_span: int
    untrusted_text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PageReading:
    """What one engine made of one page.

    engine: its name and version with the model, such as `rapidocr 3.10.0 PP-OCRv6`, or `tesseract 5.3.0 uig`.
    script: `Han`, `Arab` or `Latn`: by which the page was routed. orientation: degrees by which the page had to
    be turned clockwise to stand upright: 0, 90, 180, 270. skew: degrees that were then taken out.
    confidence: the mean over characters, from 0 to 1; 0 where nothing was read.
    """

    engine: str
    script: str
    orientation: int
    skew: float
    confidence: float
    lines: tuple[OcrLine, ...]
    cells: tuple[OcrCell, ...] = ()
