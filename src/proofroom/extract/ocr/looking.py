"""What the OCR worker's child does with one page: turn it upright, see what script it is in, read what it can.

Measured: the detector works best on a small copy, while lines are cut from the whole page; the engine reads
Han and Latin with confidence near 1, Arabic script and lines that stand on their heads with 0.4 to 0.7 (a line
here and there higher). So a page is readable one way up when a good part of its lines is read surely, and what
is not is handed on for an engine that knows Arabic script, which says which way is up as well.
"""

from __future__ import annotations

import proofroom.extract.ocr.quiet  # noqa: F401 - before numpy, which starts threads otherwise

# isort: split
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from proofroom.extract.ocr import pixels, upright
from proofroom.extract.ocr.grid import rules_of, tables_of, without_rules
from proofroom.extract.ocr.ink_rows import quads_of_ink, rows_of_ink
from proofroom.extract.ocr.looked import Affine, GridCell, Looked, Quad, RawLine, Strip
from proofroom.extract.ocr.pixels import Pixels
from proofroom.extract.ocr.scripts import script_of

Quads: TypeAlias = "npt.NDArray[np.float32]"

BLIND: Final = 0.8
"""Below this confidence a line may be in a script that the engine does not know."""
_READABLE: Final = 0.25
"""So many of a page's lines must be read surely for the engine to know its script and which way is up."""
_SIDE: Final = 1280
_LARGEST_SIDE: Final = 2560
_MOST_SIDE: Final = 6_000
"""The longest side of a page that is worked on: a large drawing is reduced to it."""
_SMALL: Final = 16
"""Lines lower than this on the detector's copy ask for a larger copy."""
_SAMPLE: Final = 16
_SURE: Final = 0.9
_SURER: Final = 0.97
_MOST_AREAS: Final = 8
_SHORT: Final = 8.0
_NUMBER: Final = re.compile(r"[\s\d.,:/%()+-]*\d[\s\d.,:/%()+-]*\Z", re.ASCII)
_STRIP_HEIGHT: Final = {"Arab": 60.0, "Latn": 45.0, "Han": 45.0, "": 45.0}
"""How high a line's box should be in a picture for the other engine."""


class Engine(Protocol):
    """Finds lines, cuts them out, reads them."""

    def find(self, page: Pixels) -> Quads:
        """Give the four corners of every line."""

    def cut(self, page: Pixels, quad: Quads) -> Pixels:
        """Cut a line out."""

    def read(self, lines: Sequence[Pixels]) -> list[tuple[str, float]]:
        """Read lines."""


@dataclass(slots=True)
class _Page:
    """A page on its way to being upright."""

    rgb: Pixels
    to_given: Affine
    quads: Quads
    orientation: int = 0
    skew: float = 0.0
    sure: bool = True


def look(rgb: Pixels, engine: Engine | None, others: frozenset[str]) -> Looked:
    """Look at a page; `others` are the scripts for which another engine waits for pictures."""
    factor = min(1.0, _MOST_SIDE / max(rgb.shape[:2]))
    page = _Page(pixels.scaled(rgb, factor), pixels.stretched(1 / factor), np.zeros((0, 4, 2), np.float32))
    if engine is None:
        return _for_others(page)
    page.quads = _find(engine, page.rgb)
    if not len(page.quads):
        return _looked(page, "", len(page.quads))
    if not _turn_upright(engine, page) and "Arab" in others:
        return _unread(page, "Arab", engine)
    return _read(engine, page, others)


def _looked(page: _Page, script: str, boxes: int) -> Looked:
    height, width = page.rgb.shape[:2]
    return Looked(page.orientation, page.skew, script, page.sure, boxes, width, height, page.to_given)


def _is_blind(text: str, confidence: float) -> bool:
    return confidence < BLIND or not text.strip()


def _find(engine: Engine, rgb: Pixels) -> Quads:
    """Find the lines of a page on a small copy; on a larger one where they are small."""
    longest = max(rgb.shape[:2])
    factor = min(1.0, _SIDE / longest)
    quads = engine.find(pixels.scaled(rgb, factor))
    low = float(np.median(_heights(quads))) if len(quads) else _SMALL
    if low < _SMALL:
        factor = min(factor * _SMALL / max(low, 4), _LARGEST_SIDE / longest, 2.0)
        larger = engine.find(pixels.scaled(rgb, factor))
        quads = larger if len(larger) else quads
    return quads / np.float32(factor)


def _widths(quads: Quads) -> npt.NDArray[np.float64]:
    return np.asarray(np.linalg.norm(quads[:, 0] - quads[:, 1], axis=1), np.float64)


def _heights(quads: Quads) -> npt.NDArray[np.float64]:
    return np.asarray(np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1), np.float64)


def _turn_upright(engine: Engine, page: _Page) -> bool:
    """Turn and straighten a page by its lines; says whether a sample of them could be read then."""
    widths, heights = _widths(page.quads), _heights(page.quads)
    areas = widths * heights
    if areas[heights > 1.5 * widths].sum() > areas[widths > 1.5 * heights].sum():
        _turn(page, 90)
        page.quads = _find(engine, page.rgb)
    skew = upright.skew_of(page.quads)
    if skew:
        page.rgb, before = pixels.straightened(page.rgb, skew)
        page.to_given, page.skew = pixels.after(before, page.to_given), skew
        page.quads = _find(engine, page.rgb)
    lines = [engine.cut(page.rgb, page.quads[n]) for n in upright.sample_of(page.quads, _SAMPLE)]
    seen = _sure_share(engine.read(lines))
    if seen >= 2 * _READABLE:
        return True
    over = _sure_share(engine.read([pixels.turned(line, 180) for line in lines]))
    page.sure = max(seen, over) >= _READABLE and over != seen
    if page.sure and over > seen:
        _turn(page, 180)
    return page.sure


def _sure_share(read: list[tuple[str, float]]) -> float:
    """Give which share of lines was read surely; a single character says little."""
    sure = sum(score >= _SURE and len(text.strip()) > 1 for text, score in read)
    return sure / max(1, len(read))


def _turn(page: _Page, degrees: int) -> None:
    """Turn a page clockwise, and its lines with it."""
    height, width = page.rgb.shape[:2]
    page.rgb = pixels.turned(page.rgb, degrees)
    page.to_given = pixels.after(pixels.turning(width, height, degrees), page.to_given)
    # A skew that was taken out before is the same the other way round.
    page.orientation = (page.orientation + degrees) % 360
    if degrees == 180:
        page.quads = np.array([width - 1, height - 1], np.float32) - page.quads[:, [2, 3, 0, 1]]


def _read(engine: Engine, page: _Page, others: frozenset[str]) -> Looked:
    """Read every line, and hand on what the engine is blind to."""
    cells, clean = _tables(engine, page)
    quads = upright.split_at_cells(page.quads, cells) if cells else page.quads
    cut = [engine.cut(clean, quad) for quad in quads]
    read = engine.read(cut)
    read = _again(engine, cut, read)
    lines = [
        RawLine(text, confidence, "" if _is_blind(text, confidence) else script_of(text), _quad(quad))
        for (text, confidence), quad in zip(read, quads, strict=True)
        if text.strip()
    ]
    looked = _looked(
        page, script_of("".join(line.untrusted_text for line in lines if line.script)), len(quads)
    )
    looked.lines.extend(lines)
    looked.cells.extend(cells)
    blind = [quad for one, quad in zip(read, quads, strict=True) if _is_blind(*one)]
    if page.sure and "Arab" in others and blind:
        grey = pixels.grey(clean)
        areas = sorted(upright.areas_of(blind), key=lambda area: (area[0] - area[2]) * (area[3] - area[1]))
        looked.strips.extend(
            _strip(grey, area, "Arab", upright.line_height(quads)) for area in areas[:_MOST_AREAS]
        )
    if page.sure and looked.script == "Latn" and "Latn" in others:
        looked.strips.append(_whole(pixels.grey(clean), "Latn", upright.line_height(quads)))
    return looked


def _again(engine: Engine, lines: list[Pixels], read: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Read doubtful lines again without what is red: a stamp over them."""
    doubtful = [
        n for n, (text, confidence) in enumerate(read) if confidence < _SURE and upright.has_red(lines[n])
    ]
    if not doubtful:
        return read
    better = engine.read([np.repeat(lines[n][..., :1], 3, axis=2) for n in doubtful])
    found = list(read)
    for n, one in zip(doubtful, better, strict=True):
        found[n] = max(read[n], one, key=lambda each: each[1])
    return found


def _tables(engine: Engine | None, page: _Page) -> tuple[list[GridCell], Pixels]:
    """Find the ruled tables of an upright page; gives their cells and the page without their rules."""
    grey = pixels.grey(page.rgb)
    cells, rules = tables_of(rules_of(pixels.ink(grey), upright.line_height(page.quads)))
    if not cells:
        return [], page.rgb
    clean = np.stack([without_rules(np.ascontiguousarray(page.rgb[..., n]), rules) for n in range(3)], axis=2)
    if engine is not None:
        page.quads = _find(engine, clean)
    return cells, clean


def _unread(page: _Page, script: str, engine: Engine | None) -> Looked:
    """Hand on a page that the engine cannot read: the whole of it, and a part by which to find the way up.

    Where lines stand is told too, so that none gets lost, and what figures it can read, either way up.
    """
    cells, clean = _tables(engine, page)
    grey = pixels.grey(clean)
    looked = _looked(page, script, len(page.quads))
    looked.cells.extend(cells)
    if engine is not None:
        quads = upright.split_at_cells(page.quads, cells) if cells else page.quads
        seen = [RawLine("", 0.0, "", _quad(quad)) for quad in quads]
        looked.lines.extend([*seen, *_figures(engine, clean, quads, 0)])
        looked.over.extend([*seen, *_figures(engine, clean, quads, 180)])
    low = upright.line_height(page.quads)
    looked.strips.append(_whole(grey, script, low))
    probe = _strip(grey, upright.probe_of(page.quads, grey.shape), script, low)
    looked.strips.append(replace(probe, probe=True))
    return looked


def _figures(engine: Engine, page: Pixels, quads: Quads, turned: int) -> list[RawLine]:
    """Read the short lines of a page that is not of the engine's scripts, and keep what is surely a number."""
    short = [quad for quad in quads if _is_short(quad)]
    read = engine.read([pixels.turned(engine.cut(page, quad), turned) for quad in short])
    return [
        RawLine(text.strip(), sure, "", _quad(quad))
        for (text, sure), quad in zip(read, short, strict=True)
        if _NUMBER.match(text) and sure >= (_SURE if len(text.strip()) > 1 else _SURER)
    ]


def _is_short(quad: npt.NDArray[np.float32]) -> bool:
    return bool(np.linalg.norm(quad[0] - quad[1]) < _SHORT * np.linalg.norm(quad[0] - quad[3]))


def _for_others(page: _Page) -> Looked:
    """Prepare a page where no engine is at hand that finds lines: by the ink alone."""
    page.sure = False
    grey = pixels.grey(page.rgb)
    found = rows_of_ink(pixels.ink(grey))
    if found is None:
        return _looked(page, "", 0)
    if found.sideways:
        _turn(page, 90)
    if found.skew:
        page.rgb, before = pixels.straightened(page.rgb, found.skew)
        page.to_given, page.skew = pixels.after(before, page.to_given), found.skew
    page.quads = quads_of_ink(pixels.ink(pixels.grey(page.rgb)))
    return _unread(page, "", None)


def _whole(grey: Pixels, script: str, line: float) -> Strip:
    height, width = grey.shape
    return _strip(grey, (0, 0, width, height), script, line)


def _strip(grey: Pixels, area: tuple[int, int, int, int], script: str, line: float) -> Strip:
    """Cut a part of a page out for another engine, in the size that suits it."""
    left, top, right, bottom = area
    scale = min(3.0, max(0.25, _STRIP_HEIGHT[script] / max(line, 1.0)))
    part = pixels.scaled(np.ascontiguousarray(grey[top:bottom, left:right]), scale)
    return Strip(script, False, left, top, part.shape[1], part.shape[0], scale, part.tobytes())


def _quad(quad: Quads) -> Quad:
    corners = [(round(float(x)), round(float(y))) for x, y in quad]
    return corners[0], corners[1], corners[2], corners[3]
