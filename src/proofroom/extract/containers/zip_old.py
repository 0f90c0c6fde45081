"""Unpack what PKZIP 1 packed: shrunk (method 1) and imploded (method 6) entries of zips (APPNOTE.TXT 5.1 and 5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.containers.giving import BLOCK
from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

SHRUNK: Final = 1
IMPLODED: Final = 6
_FEWEST_BITS, _MOST_BITS = 9, 13
_CODES: Final = 1 << _MOST_BITS
_CONTROL: Final = 256
_WIDER, _CLEAR = 1, 2
_WINDOW: Final = 1 << 13
_LARGE_WINDOW, _LITERALS_CODED = 2, 4
_LONGEST: Final = 63
_LONGEST_CODE: Final = 16
_NO_CODE: Final = -1

Tree = dict[int, int]
"""Values by their codes; a code is written with a one in front, so that its length counts."""


class _Bits:
    """Reads bits from the lowest up; behind the end it says that the stream was cut."""

    def __init__(self, packed: Iterator[bytes]) -> None:
        self._packed = packed
        self._block = b""
        self._at = self._held = self._count = 0

    def take(self, count: int) -> int:
        """Give so many bits as a number."""
        while self._count < count:
            self._held |= self.byte() << self._count
            self._count += 8
        value = self._held & (1 << count) - 1
        self._held >>= count
        self._count -= count
        return value

    def byte(self) -> int:
        """Give the next whole byte."""
        while self._at >= len(self._block):
            block = next(self._packed, None)
            if block is None:
                raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
            self._block, self._at = block, 0
        self._at += 1
        return self._block[self._at - 1]

    def value(self, tree: Tree) -> int:
        """Give the value whose code stands here, its highest bit first."""
        code = 1
        for _ in range(_LONGEST_CODE):
            code = code << 1 | self.take(1)
            found = tree.get(code)
            if found is not None:
                return found
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


def exploded(packed: Iterator[bytes], flags: int, size: int) -> Iterator[bytes]:
    """Unpack an imploded entry of so many bytes; raises Unreadable at damage."""
    bits, out, left = _Bits(packed), bytearray(_WINDOW), size
    literals = _tree(bits, 256) if flags & _LITERALS_CODED else None
    lengths, distances = _tree(bits, 64), _tree(bits, 64)
    low = 7 if flags & _LARGE_WINDOW else 6
    while left > 0:
        if bits.take(1):
            out.append(bits.value(literals) if literals is not None else bits.take(8))
            left -= 1
        else:
            near = bits.take(low)
            back = (bits.value(distances) << low | near) + 1
            length = bits.value(lengths)
            length += (bits.take(8) if length == _LONGEST else 0) + (3 if literals is not None else 2)
            length = min(length, left)
            part = bytes(out[-back:][:length])
            out += (part * (length // len(part) + 1))[:length]
            left -= length
        if len(out) > BLOCK:
            yield bytes(out[_WINDOW:])
            del out[:-_WINDOW]
    yield bytes(out[_WINDOW:])


def _tree(bits: _Bits, most: int) -> Tree:
    """Read the lengths of codes and number them as Shannon and Fano do: from the last and longest up."""
    lengths: list[int] = []
    for _ in range(bits.byte() + 1):
        pair = bits.byte()
        lengths += [(pair & 15) + 1] * ((pair >> 4) + 1)
    if len(lengths) != most:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    tree: Tree = {}
    code = step = last = 0
    for value in sorted(range(most), key=lambda one: (lengths[one], one), reverse=True):
        code += step
        if lengths[value] != last:
            last = lengths[value]
            step = 1 << _LONGEST_CODE - last
        tree[1 << last | (code & 0xFFFF) >> _LONGEST_CODE - last] = value
    return tree


def unshrunk(packed: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Unpack a shrunk entry of so many bytes; raises Unreadable at damage."""
    bits, width, table = _Bits(packed), _FEWEST_BITS, _Table()
    out, before, text = bytearray(), _NO_CODE, b""
    while size > 0:
        code = bits.take(width)
        if code == _CONTROL:
            order = bits.take(width)
            if order == _WIDER and width < _MOST_BITS:
                width += 1
            elif order == _CLEAR:
                table.clear_leaves()
            else:
                raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
            continue
        known = code < _CONTROL or table.used[code]
        # A code that is only about to be given stands for the text before it and its own first byte.
        text = table.text(code) if known else text + text[:1]
        if not text:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
        out += text[:size]
        size -= len(text)
        if before != _NO_CODE:
            table.add(before, text[0])
        before = code
        if len(out) > BLOCK:
            yield bytes(out)
            out.clear()
    yield bytes(out)


class _Table:
    """The texts by their codes: each is the text of another code and one byte more."""

    def __init__(self) -> None:
        self._before = [_NO_CODE] * _CODES
        self._last = bytearray(_CODES)
        self.used = bytearray(_CODES)
        self._free = _CONTROL + 1

    def add(self, before: int, last: int) -> None:
        """Give the lowest free code to a text."""
        self._free = self.used.find(0, self._free)
        if self._free < 0:
            self._free = _CODES
            return
        self._before[self._free], self._last[self._free], self.used[self._free] = before, last, 1

    def clear_leaves(self) -> None:
        """Free every code that no other one continues."""
        codes = range(_CONTROL + 1, _CODES)
        continued = {self._before[code] for code in codes if self.used[code]}
        for code in codes:
            self.used[code] = self.used[code] and code in continued
        self._free = _CONTROL + 1

    def text(self, code: int) -> bytes:
        """Give the text of a code; codes that lead in a circle are damage."""
        out = bytearray()
        while code > _CONTROL:
            if len(out) > _CODES:
                raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
            out.append(self._last[code])
            code = self._before[code]
        if code >= 0:
            out.append(code & 0xFF)
        out.reverse()
        return bytes(out)
