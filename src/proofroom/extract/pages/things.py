"""What is drawn on a PDF page, in the order in which it is drawn, forms opened: texts, paths, pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ctypes import addressof, byref, c_float, c_int, c_uint
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from pypdfium2 import raw as pdfium

from proofroom.extract.pages.box import NOWHERE, Box, around

MOST_THINGS: Final = 20_000
"""Things of one page that are looked at, at the most."""

_DEEPEST: Final = 8
_OPAQUE: Final = 255
_PLAIN: Final = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

Matrix = tuple[float, float, float, float, float, float]


@dataclass(slots=True)
class Thing:
    """One thing on a page: PDFium's handle and kind, its place in the drawing order, and what it is inside of.

    matrix: from its own space to that of the page. outer: the area of the outermost form it is in, or -1.
    seen_through: a form around it is drawn with transparency.
    """

    handle: Any
    kind: int
    order: int
    matrix: Matrix
    outer: float = -1.0
    seen_through: bool = False

    @property
    def address(self) -> int:
        """The number by which PDFium's other functions name it."""
        return int(addressof(self.handle.contents))

    @property
    def box(self) -> Box:
        """Its bounds on the page."""
        return moved(_bounds(self.handle), self.matrix)


def page_things(page: Any) -> list[Thing]:
    """Give what is drawn on a loaded page, up to a bound."""
    found: list[Thing] = []
    for thing in _walk(page):
        thing.order = len(found)
        found.append(thing)
        if len(found) >= MOST_THINGS:
            break
    return found


def _walk(page: Any) -> Iterator[Thing]:
    """Go through the things of a page, what is inside a form right behind it."""
    waiting = [
        (Thing(handle, 0, 0, _PLAIN), 0)
        for handle in reversed(_listed(pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, page))
    ]
    while waiting:
        thing, depth = waiting.pop()
        thing.kind = pdfium.FPDFPageObj_GetType(thing.handle)
        yield thing
        if thing.kind != pdfium.FPDF_PAGEOBJ_FORM or depth >= _DEEPEST:
            continue
        outer = thing.outer if thing.outer >= 0 else thing.box.area
        clear = thing.seen_through or bool(pdfium.FPDFPageObj_HasTransparency(thing.handle))
        matrix = _joined(_matrix(thing.handle), thing.matrix)
        inner = _listed(pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, thing.handle)
        waiting += [(Thing(handle, 0, 0, matrix, outer, clear), depth + 1) for handle in reversed(inner)]


def _listed(count: Callable[[Any], int], get: Callable[[Any, int], Any], owner: Any) -> list[Any]:
    numbers = range(min(max(count(owner), 0), MOST_THINGS))
    return [handle for number in numbers if (handle := get(owner, number))]


def fill_color(thing: Thing) -> tuple[int, int, int, int] | None:
    """Give red, green, blue and opacity (0 to 255) of what fills a thing, or None."""
    parts = [c_uint() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetFillColor(thing.handle, *map(byref, parts)):
        return None
    red, green, blue, alpha = (part.value for part in parts)
    return red, green, blue, alpha


def is_opaque(thing: Thing) -> bool:
    """Say whether nothing of what lies below shows through a thing that is filled."""
    if thing.seen_through or pdfium.FPDFPageObj_HasTransparency(thing.handle):
        return False
    color = fill_color(thing)
    return color is None or color[3] == _OPAQUE


def path_mode(thing: Thing) -> tuple[bool, bool]:
    """Say whether a path is filled and whether it is stroked."""
    fill, stroke = c_int(), c_int()
    if not pdfium.FPDFPath_GetDrawMode(thing.handle, byref(fill), byref(stroke)):
        return False, False
    return bool(fill.value), bool(stroke.value)


def clip_box(thing: Thing) -> Box | None:
    """Give the rectangle to which a thing is cut; None when it is cut to some other shape."""
    clip = pdfium.FPDFPageObj_GetClipPath(thing.handle)
    whole = Box(float("-inf"), float("-inf"), float("inf"), float("inf"))
    for number in range(max(pdfium.FPDFClipPath_CountPaths(clip), 0) if clip else 0):
        count = pdfium.FPDFClipPath_CountPathSegments(clip, number)
        segments = [pdfium.FPDFClipPath_GetPathSegment(clip, number, at) for at in range(min(count, 6))]
        boxes = rectangles(segments) if count <= len(segments) else []
        if len(boxes) != 1:
            return None
        whole = whole.within(moved(boxes[0], thing.matrix))
    return whole


def path_rectangles(thing: Thing) -> list[Box]:
    """Give the upright rectangles that a path consists of, on the page; none when it holds another shape."""
    count = pdfium.FPDFPath_CountSegments(thing.handle)
    if not 0 < count <= MOST_THINGS:
        return []
    segments = [pdfium.FPDFPath_GetPathSegment(thing.handle, number) for number in range(count)]
    matrix = _joined(_matrix(thing.handle), thing.matrix)
    return [moved(box, matrix) for box in rectangles(segments)]


def rectangles(segments: list[Any]) -> list[Box]:
    """Read path segments as rectangles along the axes; none when one of the shapes is no such rectangle."""
    shapes: list[list[tuple[float, float]]] = []
    x, y = c_float(), c_float()
    for segment in segments:
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            shapes.append([])
        elif kind != pdfium.FPDF_SEGMENT_LINETO or not shapes:
            return []
        shapes[-1].append((x.value, y.value))
    found = [_rectangle(shape) for shape in shapes if len(shape) > 1]
    return [box for box in found if box] if all(found) else []


def _rectangle(points: list[tuple[float, float]]) -> Box | None:
    if len(points) not in (4, 5) or (len(points) == 5 and points[0] != points[4]):
        return None
    across, up = {x for x, _ in points}, {y for _, y in points}
    steps = pairwise(points)
    if len(across) != 2 or len(up) != 2 or any(a[0] != b[0] and a[1] != b[1] for a, b in steps):
        return None
    return Box(min(across), min(up), max(across), max(up))


def moved(box: Box, matrix: Matrix) -> Box:
    """Give the bounds of a rectangle after a transformation."""
    if matrix == _PLAIN:
        return box
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)]
    placed = [(a * x + c * y + e, b * x + d * y + f) for x, y in corners]
    return around([Box(x, y, x, y) for x, y in placed])


def _bounds(handle: Any) -> Box:
    sides = [c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(handle, *map(byref, sides)):
        return NOWHERE
    return Box(*(side.value for side in sides))


def _matrix(handle: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, byref(found)):
        return _PLAIN
    return found.a, found.b, found.c, found.d, found.e, found.f


def _joined(first: Matrix, then: Matrix) -> Matrix:
    """Give the transformation that does one and then the other."""
    a, b, c, d, e, f = first
    k, m, n, o, p, q = then
    return a * k + b * n, a * m + b * o, c * k + d * n, c * m + d * o, e * k + f * n + p, e * m + f * o + q
