"""Look into the objects of a PDF without trusting them: entries, texts, numbers, trees and streams, all bounded."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from typing import Any, Final

import pikepdf

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.pages.box import Box
from proofroom.model.states import Reason, State

BROKEN: Final = (
    pikepdf.PikepdfError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What reading a damaged object can raise."""

LONGEST: Final = 65_536
"""Characters of one text that are taken."""

_MOST_NODES: Final = 100_000
_MOST_ITEMS: Final = 100_000
_BLOCK: Final = 1 << 20
_MOST_UNPACKED_AT_ONCE: Final = 16 << 20
_PLAIN_FILTERS: Final = (["/FlateDecode"], ["/Fl"])


@contextmanager
def one_part(sink: Sink) -> Iterator[None]:
    """Read one part of a document; damage to it is said, and costs only this part."""
    try:
        yield
    except BROKEN:
        sink.partly(Reason.DAMAGED_PART)


def entry(thing: Any, *keys: str) -> Any:
    """Give what stands under a key (and then under the next one) of a dictionary or stream, or None."""
    for key in keys:
        if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            return None
        thing = thing.get(key)
    return thing


def items(thing: Any) -> list[Any]:
    """Give what an array holds; of anything else nothing."""
    return list(islice(thing, _MOST_ITEMS)) if isinstance(thing, pikepdf.Array) else []


def entries(thing: Any) -> list[tuple[str, Any]]:
    """Give the entries of a dictionary; of anything else none."""
    return list(islice(thing.items(), _MOST_ITEMS)) if isinstance(thing, pikepdf.Dictionary) else []


def is_dictionary(thing: Any) -> bool:
    """Say whether something is a dictionary or a stream."""
    return isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream))


def words(thing: Any) -> str:
    """Give a text: a string in whichever of the encodings of PDF, a name without its slash, a number, a stream."""
    if thing is None:
        return ""
    if isinstance(thing, bool):
        return "true" if thing else "false"
    if isinstance(thing, (int, Decimal, str)):
        return str(thing)[:LONGEST]
    if isinstance(thing, pikepdf.Stream):
        return decoded(first_bytes(thing, 4 * LONGEST))[:LONGEST]
    if isinstance(thing, pikepdf.Name):
        return str(thing)[1:LONGEST]
    return str(thing).replace("\0", "")[:LONGEST] if isinstance(thing, pikepdf.String) else ""


def decoded(data: bytes) -> str:
    """Decode what a text stream holds: UTF-16 and UTF-8 by their marks, else the encoding of PDF's own."""
    return str(pikepdf.String(data)).replace("\0", "")


def number(thing: Any, otherwise: float = 0.0) -> float:
    """Give a number as a float."""
    return float(thing) if isinstance(thing, (int, Decimal)) and not isinstance(thing, bool) else otherwise


def whole(thing: Any, otherwise: int = 0) -> int:
    """Give a whole number."""
    return thing if isinstance(thing, int) and not isinstance(thing, bool) else otherwise


def key_of(thing: Any) -> tuple[int, int] | None:
    """Give the number by which others point to an object; one that stands inside another has none."""
    if not isinstance(thing, pikepdf.Object) or not thing.is_indirect:
        return None
    first, second = thing.objgen
    return first, second


def box_of(thing: Any) -> Box | None:
    """Read four numbers as a rectangle, whichever corners they name."""
    sides = [number(one, float("nan")) for one in items(thing)[:4]]
    if len(sides) != 4 or any(side != side for side in sides):  # noqa: PLR0124 - only NaN differs from itself
        return None
    return Box(
        min(sides[0], sides[2]), min(sides[1], sides[3]), max(sides[0], sides[2]), max(sides[1], sides[3])
    )


def tree_leaves(root: Any, leaf: str) -> Iterator[tuple[Any, Any]]:
    """Give the pairs of a name tree (`/Names`) or number tree (`/Nums`), each node once."""
    waiting, seen, left = [root], set(), _MOST_NODES
    while waiting and left > 0:
        node = waiting.pop()
        left -= 1
        key = key_of(node)
        if key is not None and key in seen:
            continue
        seen.add(key)
        pairs = items(entry(node, leaf))
        left -= len(pairs) // 2
        yield from zip(pairs[::2], pairs[1::2], strict=False)
        waiting += reversed(items(entry(node, "/Kids")))


def blocks(stream: Any) -> Iterator[bytes]:
    """Give what a stream holds, block by block; what is only deflated is never unpacked as a whole."""
    filters = entry(stream, "/Filter")
    names = [str(one) for one in items(filters)] or ([str(filters)] if filters is not None else [])
    settings = entry(stream, "/DecodeParms")
    raw = stream.read_raw_bytes()
    if names in _PLAIN_FILTERS and settings is None:
        yield from _inflated(raw)
    elif not names:
        yield raw
    elif len(raw) > _MOST_UNPACKED_AT_ONCE:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
    else:
        try:
            yield stream.read_bytes()
        except BROKEN:
            raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART) from None


def _inflated(raw: bytes) -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    try:
        yield inflate.decompress(raw, _BLOCK)
        while inflate.unconsumed_tail:
            yield inflate.decompress(inflate.unconsumed_tail, _BLOCK)
    except zlib.error:
        raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART) from None
    if not inflate.eof:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def first_bytes(stream: Any, most: int) -> bytes:
    """Give the beginning of what a stream holds; damage ends it."""
    found = bytearray()
    try:
        for block in blocks(stream):
            found += block
            if len(found) >= most:
                break
    except (Unreadable, *BROKEN):
        pass
    return bytes(found[:most])
