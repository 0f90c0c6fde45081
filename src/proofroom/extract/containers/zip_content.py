"""Give the bytes of a zip's entries: decrypted where a password fits, unpacked, and checked at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO, Final

from proofroom.extract.containers import zip_ciphers as ciphers
from proofroom.extract.containers.giving import checked, stored
from proofroom.extract.containers.unpackers import BY_ZIP_METHOD, lzma1, spoons, unpack
from proofroom.extract.containers.zip_entries import (
    AES,
    DESCRIPTOR,
    ENCRYPTED,
    LZMA,
    MASKED,
    STORED,
    STRONG,
    Entry,
    extra_fields,
)
from proofroom.extract.containers.zip_old import IMPLODED, SHRUNK, exploded, unshrunk
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.trying import CHEAP, Tries
from proofroom.model.states import Reason, State

_LZMA_HEAD: Final = 4
_LZMA_ENDS_BY_ITSELF: Final = 2
_VERIFIED: Final = 256 << 20
_FIRST: Final = 1 << 12
_FEW: Final = 256
_COST_OF_AES: Final = 0.016
_COST_OF_BYTE: Final = 1 / (128 * 170_000)
_STRENGTHS: Final = (1, 2, 3)
_DAMAGE: Final = frozenset((Reason.BAD_CHECKSUM, Reason.NOT_WELL_FORMED, Reason.CUT_SHORT))


@dataclass(frozen=True, slots=True)
class _Aes:
    """What the extra field 0x9901 says: how strong, which method lies below, whether the checksum stands."""

    strength: int
    method: int
    has_checksum: bool


class Content:
    """Reads entries of one zip and tries passwords on those that are locked."""

    def __init__(self, source: Source, sink: Sink) -> None:
        """Read from the source, with its passwords; the sink is told which fitted."""
        self._stream: BinaryIO = source.untrusted
        self._size = source.size
        self._count = len(source.passwords)
        self.tries = Tries(source, sink, "zip")

    def blocks(self, entry: Entry, start: int) -> Iterator[bytes]:
        """Give the bytes of an entry whose data begins at `start`; raises Unreadable before the first byte or later."""
        if not entry.flags & ENCRYPTED:
            return self._plain(entry, start)
        if entry.flags & (STRONG | MASKED):
            raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
        if entry.packed is None or entry.packed > self._size - start:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        _require(_aes(entry).method if entry.method == AES else entry.method)
        spoiled: Iterator[bytes] | None = None
        for place, word in self.tries.each(_cost(entry)):
            known = place in self.tries.fitted
            for password in _written(word):
                opened, holds = self._opened(entry, start, password, known=known)
                if opened is not None and holds:
                    self.tries.found(place)
                    return opened
                if opened is not None and (known or self._count <= _FEW):
                    spoiled = spoiled or opened
        if spoiled is not None:
            return spoiled
        raise self.tries.refuse()

    def _plain(self, entry: Entry, start: int) -> Iterator[bytes]:
        _require(entry.method)
        # A packed stream knows its own end better than the directory does.
        length = (entry.packed or 0) if entry.method == STORED else None
        return checked(_unpacked(entry.method, stored(self._stream, start, length), entry), entry.crc)

    def _opened(
        self, entry: Entry, start: int, password: bytes, *, known: bool
    ) -> tuple[Iterator[bytes] | None, bool]:
        """Give the blocks of an entry if the password seems to fit it, and whether its checksum or seal says so too."""
        if entry.method == AES:
            return self._aes_opened(entry, start, password, known=known)
        head = b"".join(stored(self._stream, start, min(entry.packed or 0, ciphers.OLD_HEADER)))
        if len(head) < ciphers.OLD_HEADER:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        check = ciphers.OldCipher(password).decrypt(head)[-1]
        likely = {(entry.crc or 0) >> 24}
        if entry.flags & DESCRIPTOR:
            likely.add(entry.moment >> 8 & 0xFF)
        if check not in likely:
            return None, False
        # One byte fits by chance once in 256, so the checksum decides; only a known password opens what is damaged.
        holds = self._holds(self._old(entry, start, password), known=known)
        return (self._old(entry, start, password), holds) if holds or known else (None, False)

    def _old(self, entry: Entry, start: int, password: bytes) -> Iterator[bytes]:
        # A wrong password shows in the first bytes of a packed entry, and decrypting more of them is slow.
        first = min(entry.packed or 0, _FIRST)
        rest = stored(self._stream, start + first, (entry.packed or 0) - first)
        packed = ciphers.old_blocks(chain(stored(self._stream, start, first), rest), password)
        return checked(_unpacked(entry.method, packed, entry), entry.crc)

    def _holds(self, blocks: Iterator[bytes], *, known: bool) -> bool:
        """Tell whether bytes unpack and fit their checksum, as far as is worth looking."""
        left = 1 << 20 if known else _VERIFIED
        try:
            for block in blocks:
                left -= len(block)
                if left < 0:
                    break
        except Unreadable as cut:
            return cut.reason not in _DAMAGE
        return True

    def _aes_opened(
        self, entry: Entry, start: int, password: bytes, *, known: bool
    ) -> tuple[Iterator[bytes] | None, bool]:
        aes = _aes(entry)
        length = ciphers.salt_length(aes.strength)
        body = (entry.packed or 0) - length - ciphers.AES_CHECK - ciphers.AES_SEAL
        if body < 0:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
        head = b"".join(stored(self._stream, start, length + ciphers.AES_CHECK))
        key, sealing, check = ciphers.aes_keys(password, head[:length])
        if check != head[length:]:
            return None, False
        at = start + len(head)
        seal = b"".join(stored(self._stream, at + body, ciphers.AES_SEAL))
        # Two bytes fit by chance once in 65,536, so the seal decides which password it is.
        holds = known or ciphers.is_sealed(stored(self._stream, at, body), sealing, seal)
        packed = ciphers.aes_blocks(stored(self._stream, at, body), key, sealing, seal)
        checksum = entry.crc if aes.has_checksum else None
        return checked(_to_the_seal(_unpacked(aes.method, packed, entry), packed), checksum), holds


def _cost(entry: Entry) -> float:
    """Give what one attempt costs: a derived key, or what a password that fits by chance makes us decrypt."""
    if entry.method == AES:
        return _COST_OF_AES
    return CHEAP + (min(entry.size or 0, _VERIFIED) * _COST_OF_BYTE if entry.method == STORED else 0)


def _to_the_seal(blocks: Iterator[bytes], packed: Iterator[bytes]) -> Iterator[bytes]:
    """Give the unpacked blocks, then read what is left of the packed ones, so that the seal is looked at."""
    yield from blocks
    for _ in packed:
        pass


def _require(method: int) -> None:
    """Raise when no unpacker of ours knows a method."""
    if method not in (STORED, LZMA, SHRUNK, IMPLODED) and method not in BY_ZIP_METHOD:
        raise Unreadable(State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)


def _aes(entry: Entry) -> _Aes:
    held = extra_fields(entry.extra).get(ciphers.AES_EXTRA, b"")
    if len(held) < 7 or held[4] not in _STRENGTHS:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    return _Aes(held[4], int.from_bytes(held[5:7], "little"), held[:2] == b"\1\0")


def _unpacked(method: int, packed: Iterator[bytes], entry: Entry) -> Iterator[bytes]:
    """Unpack with a method by its number."""
    if method == STORED:
        return packed
    if method == LZMA:
        return _lzma(packed, entry)
    if method in (SHRUNK, IMPLODED):
        # Only the stated size ends such a stream.
        size = entry.size or 0
        return exploded(packed, entry.flags, size) if method == IMPLODED else unshrunk(packed, size)
    return unpack(BY_ZIP_METHOD[method](), spoons(packed))


def _lzma(packed: Iterator[bytes], entry: Entry) -> Iterator[bytes]:
    """Unpack LZMA behind its own small header (APPNOTE.TXT 5.8.8); its end is marked or is the stated size."""
    data = b""
    while len(data) < _LZMA_HEAD or len(data) < _LZMA_HEAD + int.from_bytes(data[2:4], "little"):
        more = next(islice(packed, 1), None)
        if more is None:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        data += more
    end = _LZMA_HEAD + int.from_bytes(data[2:4], "little")
    size = entry.size if entry.size is not None else 1 << 40
    unpacker = lzma1(data[_LZMA_HEAD:end], size)
    marked = entry.flags & _LZMA_ENDS_BY_ITSELF

    def rest() -> Iterator[bytes]:
        yield data[end:]
        yield from packed

    yield from unpack(unpacker, spoons(rest()), None if marked else size)


def _written(password: str) -> list[bytes]:
    """Give the bytes that programs made of a password: UTF-8, and what Chinese and old systems write."""
    forms: list[bytes] = []
    for encoding in ("utf-8", "gb18030", "cp437"):
        try:
            form = password.encode(encoding)
        except UnicodeEncodeError:
            continue
        if form not in forms:
            forms.append(form)
    return forms
