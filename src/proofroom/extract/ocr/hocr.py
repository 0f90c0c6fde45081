"""Read hOCR, the web pages in which OCR engines leave lines with their places and confidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import NO_CONFIDENCE
from proofroom.extract.markup.html_tokens import Token, tokens
from proofroom.extract.markup.text_stream import Readable
from proofroom.extract.ocr.page_lines import LONGEST_LINE, Box, PageLines

_LINES: Final = frozenset(("ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat", "ocrx_line"))
_BLOCKS: Final = frozenset(("ocr_par", "ocr_carea", "ocrx_block"))
_PAGE, _WORD = "ocr_page", "ocrx_word"
_BOX: Final = re.compile(r"\bbbox\s+(-?\d{1,7})\s+(-?\d{1,7})\s+(-?\d{1,7})\s+(-?\d{1,7})")
_SURE: Final = re.compile(r"\bx_wconf\s+(\d{1,3})(?:\.\d+)?")
_RESOLUTION: Final = re.compile(r"\bscan_res\s+(\d{1,5})")
_TENTHS_PER_INCH: Final = 720
_MOST_SURE: Final = 100


class Hocr:
    """Walks through an hOCR file; `points` says whether it tells its resolution, so that boxes are in points."""

    def __init__(self, out: PageLines) -> None:
        """Give lines to `out`."""
        self._out = out
        self._text: list[str] = []
        self._length = 0
        self._sure: list[int] = []
        self._box: Box | None = None
        self._resolution = 0
        self.points = False

    def read(self, stream: Readable) -> None:
        """Read to the end."""
        for token in tokens(stream):
            if token.kind == "start":
                self._start(token)
            elif token.kind == "text" and self._out.page:
                self._text.append(token.untrusted_text)
                self._length += len(token.untrusted_text)
                if self._length > LONGEST_LINE:
                    self._end_line()
        self._end_line()

    def _start(self, token: Token) -> None:
        """Take the start of an element: a page, block or line ends the line before."""
        attributes = dict(token.attributes)
        names, title = set(attributes.get("class", "").split()), attributes.get("title", "")
        if _PAGE in names:
            self._end_line()
            self._out.begin_page()
            found = _RESOLUTION.search(title)
            self._resolution = int(found[1]) if found else 0
            self.points = self.points or bool(self._resolution)
        elif names & _LINES:
            self._end_line()
            self._box = self._box_of(title)
        elif names & _BLOCKS or token.name in ("br", "p", "div", "tr", "li"):
            self._end_line()
        elif _WORD in names:
            self._sure += self._confidence_of(title)

    def _box_of(self, title: str) -> Box | None:
        found = _BOX.search(title)
        if not found:
            return None
        left, top, right, bottom = (self._scaled(int(side)) for side in found.groups())
        return left, top, right, bottom

    def _scaled(self, pixels: int) -> int:
        """Give a length in tenths of a point where the resolution is known, else in pixels."""
        return round(pixels * _TENTHS_PER_INCH / self._resolution) if self._resolution else pixels

    def _confidence_of(self, title: str) -> Iterator[int]:
        found = _SURE.search(title)
        if found:
            yield min(int(found[1]), _MOST_SURE)

    def _end_line(self) -> None:
        """Give the line at hand."""
        sure = round(sum(self._sure) / len(self._sure)) if self._sure else NO_CONFIDENCE
        self._out.add("".join(self._text), self._box, sure)
        self._text, self._length, self._sure, self._box = [], 0, [], None
