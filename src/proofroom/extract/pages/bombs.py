"""Find what would unpack or draw without end before PDFium tries: streams that swell, forms that draw forms."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pikepdf

from proofroom.extract.pages.tree import entries, entry, first_bytes, is_dictionary, items, key_of, words

MOST_UNPACKED: Final = 256 << 20
"""Bytes of one stream that PDFium may unpack as a whole."""

_MOST_DRAWN: Final = 1_000_000
_MOST_SWELLING: Final = 1_032
"""To how many times its size deflate can swell at the most."""

_BLOCK: Final = 1 << 20
_LONGEST: Final = 8 << 20
_DEEPEST: Final = 28
_DRAW: Final = re.compile(rb"\bDo\b")
_DEFLATE: Final = ("FlateDecode", "Fl")

Key = tuple[int, int]


def swells(stream: Any) -> bool:
    """Say whether a stream that is only deflated, once or more, unpacks to more than may be unpacked."""
    if not isinstance(stream, pikepdf.Stream):
        return False
    filters = entry(stream, "/Filter")
    names = [words(one) for one in items(filters)] or [words(filters)]
    if not names or any(name not in _DEFLATE for name in names):
        return False
    raw = stream.read_raw_bytes()
    if len(raw) * _MOST_SWELLING ** len(names) <= MOST_UNPACKED:
        return False
    blocks: Iterable[bytes] = (raw,)
    for _ in names:
        blocks = _inflated(blocks)
    size = 0
    try:
        for block in blocks:
            size += len(block)
            if size > MOST_UNPACKED:
                return True
    except zlib.error:
        return False
    return False


def _inflated(blocks: Iterable[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    for block in blocks:
        waiting = block
        while waiting and not inflate.eof:
            yield inflate.decompress(waiting, _BLOCK)
            waiting = inflate.unconsumed_tail


def page_swells(page: Any) -> bool:
    """Say whether what a page draws is too much to be loaded."""
    contents = entry(page, "/Contents")
    if any(swells(stream) for stream in items(contents) or [contents]):
        return True
    forms = _forms(page)
    if not forms:
        return False
    known: dict[Key, int] = {}
    return _draws(contents) * max(_drawn_by(form, known, 1) for form in forms) > _MOST_DRAWN


def _drawn_by(form: Any, known: dict[Key, int], depth: int) -> int:
    """Give how many forms a form draws at the most, itself among them; one that draws itself draws too many."""
    key = key_of(form)
    if key is None or depth > _DEEPEST:
        return _MOST_DRAWN + 1
    if key not in known:
        # Who comes here again before it is known has gone round in a circle.
        known[key] = _MOST_DRAWN + 1
        if swells(form):
            return known[key]
        below = [_drawn_by(inner, known, depth + 1) for inner in _forms(form)]
        known[key] = min(1 + (_draws(form) * max(below) if below else 0), _MOST_DRAWN + 1)
    return known[key]


def _forms(owner: Any) -> list[Any]:
    """Give the forms that a page or form has at hand."""
    named = entries(entry(owner, "/Resources", "/XObject"))
    return [one for _, one in named if is_dictionary(one) and words(entry(one, "/Subtype")) == "Form"]


def _draws(contents: Any) -> int:
    """Count how often contents draw a form or picture."""
    streams = [one for one in (items(contents) or [contents]) if isinstance(one, pikepdf.Stream)]
    return sum(len(_DRAW.findall(first_bytes(stream, _LONGEST))) for stream in streams)
