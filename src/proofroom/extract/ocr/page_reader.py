"""Reads one page with both engines: routed by script, and where that is in doubt by which engine is surer.

What rapidocr reads surely is its own (Han, and Latin beside it). Arabic script, to which it is blind, and pages of
Latin go to tesseract. A page on which nothing is read surely is given to every engine, and the surest one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from proofroom.extract.ocr.engines import EngineSet
from proofroom.extract.ocr.half_turn import half_turned
from proofroom.extract.ocr.looked import Looked, Strip
from proofroom.extract.ocr.looker import Looker
from proofroom.extract.ocr.page import PagePicture, PageReading
from proofroom.extract.ocr.placed import (
    PlacedLine,
    composed,
    from_lines,
    from_rows,
    uncovered,
    without_words_at,
)
from proofroom.extract.ocr.scripts import script_of
from proofroom.extract.ocr.tesseract import NOTHING, Reading, Tesseract
from proofroom.extract.ocr.tsv import joined

_TRUSTED: Final = 0.6
"""So sure must tesseract be of what it reads to stand against the other engine."""
_SURE: Final = 0.9
"""So sure must tesseract be of a page of Latin to be preferred."""
_KNOWN: Final = 0.45
"""Below this no engine knows the script: the page waits for one that does."""
_KEPT: Final = 0.8
"""So sure must rapidocr be of a line that tesseract did not see at all, for the line to be kept."""
_SCRIPTS: Final = ("Han", "Arab", "Latn")


class PageReader:
    """Reads pages, one at a time, with the engines of a set."""

    def __init__(self, engines: EngineSet, looker: Looker, tesseract: Tesseract) -> None:
        """Use these engines."""
        self._engines = engines
        self._looker = looker
        self._tesseract = tesseract
        self._name = engines.rapidocr_name()
        if not engines.rapidocr:
            self._name = engines.tesseract_name("+".join(engines.used()))
        self._others = frozenset(script for script in _SCRIPTS if engines.languages_for(script))

    def read(self, picture: PagePicture) -> PageReading | None:
        """Give what stands on a page; None when an engine failed, no engine in it where none knows the script."""
        looked = self._looker.look(picture, self._others, engine=bool(self._engines.rapidocr))
        if looked is None:
            return None
        if not self._engines.rapidocr or not looked.turned:
            return self._unsure(picture, looked)
        return self._routed(looked)

    # ── a page that rapidocr knows ───────────────────────────────────────────────────────────────

    def _routed(self, looked: Looked) -> PageReading:
        """Put what rapidocr read together with what it handed on."""
        lines = from_lines(looked.lines, self._name)
        for strip in looked.strips:
            if strip.script == "Arab":
                found = self._rows(looked, strip, self._tesseract.read(strip, "Arab", block=True), "Arab")
                lines = [*uncovered(lines, found), *found]
            else:
                lines = self._over_page(looked, strip, lines)
        return composed(looked, lines, self._name)

    def _over_page(self, looked: Looked, strip: Strip, lines: list[PlacedLine]) -> list[PlacedLine]:
        """Let tesseract's reading of a page of Latin count where it is sure, and keep what it did not see.

        Measured: on clean pages both read alike; on bad ones tesseract says so, and the other reads better.
        """
        read = self._tesseract.read(strip, strip.script)
        if read.confidence < _SURE:
            return lines
        sure = [line for line in lines if line.confidence >= _SURE]
        numbers = [line for line in sure if not script_of(line.untrusted_text)]
        found = self._beside(looked, strip, read, numbers)
        # Where tesseract guesses and the other engine is sure, it is the other's line that counts.
        guessed = [line for line in found if line.confidence < _TRUSTED and not uncovered([line], sure)]
        found = [line for line in found if line not in guessed]
        return [*found, *(line for line in uncovered(lines, found) if line.confidence >= _KEPT)]

    def _rows(self, looked: Looked, strip: Strip, read: Reading, script: str) -> list[PlacedLine]:
        """Place the lines of a strip that are sure and in the script they were read for."""
        rows = [row for row in read.rows if script_of(joined(row)) == script]
        placed = self._placed(looked, strip, replace(read, rows=rows))
        return [line for line in placed if line.confidence >= _TRUSTED]

    def _placed(self, looked: Looked, strip: Strip, read: Reading) -> list[PlacedLine]:
        return from_rows(read.rows, strip, looked.cells, self._engines.tesseract_name(read.language))

    # ── a page on which nothing is sure ──────────────────────────────────────────────────────────

    def _unsure(self, picture: PagePicture, looked: Looked) -> PageReading | None:
        """Try every engine, and let the surest count."""
        if not any(strip.probe for strip in looked.strips):
            return self._alone(looked, _TRUSTED)
        scripts = ("Arab",) if self._engines.rapidocr else tuple(sorted(self._others))
        best, script, page = self._surest(looked, scripts)
        if best.confidence >= _TRUSTED:
            return self._whole(page, best)
        failed = best.failed
        # Only now what takes long: rapidocr's unsure lines, and Han by tesseract.
        other = self._looker.look(picture, ()) if self._engines.rapidocr else None
        if other is not None:
            alone = self._alone(other, _KNOWN)
            han, _, han_page = self._surest(looked, tuple(self._others - set(scripts)))
            best, page = (han, han_page) if han.confidence > best.confidence else (best, page)
            if alone.engine and alone.confidence >= best.confidence:
                return alone
        if failed and not best.rows:
            return None
        if best.confidence < _KNOWN:
            return PageReading("", script, 0, 0.0, 0.0, ())
        return self._whole(page, best)

    def _alone(self, looked: Looked, least: float) -> PageReading:
        """Give what rapidocr read by itself; no engine in it where it was blind to what it saw."""
        lines = from_lines(looked.lines, self._name)
        found = composed(looked, lines, self._name)
        if looked.boxes and found.confidence < least:
            return PageReading("", looked.script, 0, 0.0, 0.0, ())
        return found

    def _surest(self, looked: Looked, scripts: Sequence[str]) -> tuple[Reading, str, Looked]:
        """Find script and way up by a small part of the page, then read it whole; gives the page that stands so."""
        over = half_turned(looked)
        best, script, page = NOTHING, "", looked
        for one in scripts:
            for each in (looked, over):
                found = self._tesseract.read(_strip_of(each, probe=True), one, block=True)
                if found.confidence > best.confidence or not script:
                    best, script, page = found, one, each
        if not script:
            return NOTHING, "", looked
        return self._tesseract.read(_strip_of(page, probe=False), script), script, page

    def _whole(self, page: Looked, read: Reading) -> PageReading:
        """Give a page as tesseract has read it, with the numbers that rapidocr read in it.

        Measured: page mode 3 loses whole lines of Uyghur, and the model for Uyghur misreads numbers of tables.
        """
        strip, script = _strip_of(page, probe=False), script_of("".join(map(joined, read.rows)))
        numbers = from_lines([line for line in page.lines if line.untrusted_text], self._name)
        lines = self._beside(page, strip, read, numbers)
        if uncovered(_seen(page), lines):
            block = self._tesseract.read(strip, script or page.script, block=True)
            more = [one for one in self._beside(page, strip, block, []) if one.confidence >= _TRUSTED]
            lines += uncovered(more, lines)
        return composed(page, lines, self._engines.tesseract_name(read.language))

    def _beside(
        self, page: Looked, strip: Strip, read: Reading, numbers: list[PlacedLine]
    ) -> list[PlacedLine]:
        """Place a reading around numbers that count before it."""
        rows = without_words_at(read.rows, strip, numbers)
        return [*numbers, *self._placed(page, strip, replace(read, rows=rows))]


def _seen(page: Looked) -> list[PlacedLine]:
    """Give the places where rapidocr saw a line."""
    return from_lines([line for line in page.lines if not line.untrusted_text], "")


def _strip_of(looked: Looked, *, probe: bool) -> Strip:
    """Give the part of a page for finding out, or else the whole of it; a child that gives but one gives both."""
    return next((strip for strip in looked.strips if strip.probe is probe), looked.strips[0])
