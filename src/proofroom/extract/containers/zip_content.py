"""Give the bytes of a zip's entries: decrypted where a password fits, unpacked, and checked at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
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
from proofroom.extract.format import Source, Unreadable
from proofroom.model.states import Reason, State

_LZMA_HEAD: Final = 4
_LZMA_ENDS_BY_ITSELF: Final = 2
_VERIFIED: Final = 256 << 20
_MOST_ATTEMPTS: Final = 20_000
_STRENGTHS: Final = (1, 2, 3)
_DAMAGE: Final = frozenset((Reason.BAD_CHECKSUM, Reason.NOT_WELL_FORMED, Reason.CUT_SHORT))


@dataclass(frozen=True, slots=True)
class _Aes:
    """What the extra field 0x9901 says: how strong, which method lies below, whether the checksum stands."""

    strength: int
    method: int
    has_checksum: bool


class Content:
    """Reads entries of one zip and remembers which passwords fitted."""

    def __init__(self, source: Source) -> None:
        """Read from the source, with its passwords."""
        self._stream: BinaryIO = source.untrusted
        self._size = source.size
        self._passwords = source.passwords
        self._attempts = _MOST_ATTEMPTS
        self.fitted: list[int] = []

    def blocks(self, entry: Entry, start: int) -> Iterator[bytes]:
        """Give the bytes of an entry whose data begins at `start`; raises Unreadable before the first byte or later."""
        if not entry.flags & ENCRYPTED:
            return self._plain(entry, start)
        if entry.flags & (STRONG | MASKED):
            raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
        if entry.packed is None or entry.packed > self._size - start:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        _require(_aes(entry).method if entry.method == AES else entry.method)
        for index in self._order():
            for password in _written(self._passwords[index]):
                opened = self._opened(entry, start, password, known=index in self.fitted)
                if opened is not None:
                    if index not in self.fitted:
                        self.fitted.append(index)
                    return opened
        raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)

    def _plain(self, entry: Entry, start: int) -> Iterator[bytes]:
        _require(entry.method)
        # A packed stream knows its own end better than the directory does.
        length = (entry.packed or 0) if entry.method == STORED else None
        return checked(_unpacked(entry.method, stored(self._stream, start, length), entry), entry.crc)

    def _order(self) -> list[int]:
        """Give the places of the passwords to try: those that fitted before come first."""
        return self.fitted + [place for place in range(len(self._passwords)) if place not in self.fitted]

    def _opened(self, entry: Entry, start: int, password: bytes, *, known: bool) -> Iterator[bytes] | None:
        """Give the blocks of an entry if the password fits it, else None."""
        if not known:
            self._attempts -= 1
            if self._attempts < 0:
                return None
        if entry.method == AES:
            return self._aes_opened(entry, start, password)
        head = b"".join(stored(self._stream, start, min(entry.packed or 0, ciphers.OLD_HEADER)))
        if len(head) < ciphers.OLD_HEADER:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        check = ciphers.OldCipher(password).decrypt(head)[-1]
        likely = {(entry.crc or 0) >> 24}
        if entry.flags & DESCRIPTOR:
            likely.add(entry.moment >> 8 & 0xFF)
        # One byte fits by chance once in 256, so the checksum decides.
        if check not in likely or not self._holds(self._old(entry, start, password), known=known):
            return None
        return self._old(entry, start, password)

    def _old(self, entry: Entry, start: int, password: bytes) -> Iterator[bytes]:
        packed = ciphers.old_blocks(stored(self._stream, start, entry.packed), password)
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

    def _aes_opened(self, entry: Entry, start: int, password: bytes) -> Iterator[bytes] | None:
        aes = _aes(entry)
        length = ciphers.salt_length(aes.strength)
        body = (entry.packed or 0) - length - ciphers.AES_CHECK - ciphers.AES_SEAL
        if body < 0:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
        head = b"".join(stored(self._stream, start, length + ciphers.AES_CHECK))
        key, sealing, check = ciphers.aes_keys(password, head[:length])
        if check != head[length:]:
            return None
        at = start + len(head)
        seal = b"".join(stored(self._stream, at + body, ciphers.AES_SEAL))
        packed = ciphers.aes_blocks(stored(self._stream, at, body), key, sealing, seal)
        checksum = entry.crc if aes.has_checksum else None
        return checked(_to_the_seal(_unpacked(aes.method, packed, entry), packed), checksum)


def _to_the_seal(blocks: Iterator[bytes], packed: Iterator[bytes]) -> Iterator[bytes]:
    """Give the unpacked blocks, then read what is left of the packed ones, so that the seal is looked at."""
    yield from blocks
    for _ in packed:
        pass


def _require(method: int) -> None:
    """Raise when no unpacker of ours knows a method."""
    if method not in (STORED, LZMA) and method not in BY_ZIP_METHOD:
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
