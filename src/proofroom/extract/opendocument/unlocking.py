"""Open OpenDocument packages under a password: a copy in the clear as the member `decrypted`.

Either each part is encrypted by itself, all with one password, or the package as a whole. The locked original
ends `read`, reason `decrypted`; where the checksum of a part does not fit, `partly`, reason `bad-checksum`.
"""

from __future__ import annotations

import zlib
from typing import Final
from xml.sax.saxutils import quoteattr

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.ooxml.package import (
    DamagedPart,
    Entry,
    Package,
    copy_member,
    entry_bytes,
    entry_name,
    plain_name,
)
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.extract.opendocument.locks import BLOWFISH, Lock, Unsupported, read_lock
from proofroom.extract.opendocument.plain_zip import DEFLATED, PlainZip
from proofroom.extract.trying import Tries, unlock
from proofroom.model.states import Reason, State

WHOLE: Final = "encrypted-package"
_CONTENT: Final = "content.xml"
_MANIFEST: Final = "meta-inf/manifest.xml"
_SPACE: Final = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_KEPT: Final = ("full-path", "media-type", "version")
_CHUNK: Final = 1 << 20
_FIRST: Final = 4_096

Locks = dict[str, Lock]


def unlock_package(source: Source, package: Package, manifest: Element, sink: Sink) -> set[str]:
    """Give the names of single parts under a password, which nobody can read.

    A package whose content is under one never returns: it raises Unreadable, `read` when a password fitted.
    """
    locks, strange = _locks(manifest)
    if WHOLE in strange or _CONTENT in strange:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    if WHOLE not in locks and _CONTENT not in locks:
        return {name for name in {*locks, *strange} if package.find(name) is not None}
    opening = _Opening(package, locks, strange)
    try:
        password = unlock(Tries(source, sink, "odf"), opening.fits, cost=opening.cost)
        right = opening.hand_out(password, manifest, sink)
    except Unsupported:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION) from None
    if not right:
        raise Unreadable(State.PARTLY, Reason.BAD_CHECKSUM)
    raise Unreadable(State.READ, Reason.DECRYPTED)


class _Opening:
    """One package on its way to the clear."""

    def __init__(self, package: Package, locks: Locks, strange: set[str]) -> None:
        self._package = package
        self._strange = strange
        self._locks = {name: lock for name, lock in locks.items() if package.find(name) is not None}
        names = (WHOLE, _CONTENT, *self._locks)
        self._name = next((name for name in names if name in self._locks), "")
        if not self._name:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT if package.salvaged else Reason.NOT_WELL_FORMED)
        self._lock = self._locks[self._name]
        self._data = self._bytes(self._name)
        self._keys: dict[tuple[bytes, int, int], bytes] = {}

    @property
    def cost(self) -> float:
        """What one attempt costs."""
        return self._lock.cost

    def fits(self, password: str) -> bytes | None:
        """Give the password in the encoding in which it fits, None when it does not."""
        encodings = ("utf-8", "cp1252") if self._lock.cipher == BLOWFISH else ("utf-8",)
        for encoding in encodings:
            try:
                written = password.encode(encoding)
            except UnicodeEncodeError:
                continue
            clear = self._lock.begins(self._key(self._lock, written), self._data)
            if clear is not None and self._is_right(clear):
                return written
        return None

    def hand_out(self, password: bytes, manifest: Element, sink: Sink) -> bool:
        """Give the copy in the clear; tells whether every checksum fits."""
        if self._name == WHOLE:
            return self._hand_out_whole(password, sink)
        right = True
        with sink.member(b"decrypted") as out:
            copy = PlainZip(out)
            for entry in self._package.entries:
                name = plain_name(entry_name(entry))
                if name == _MANIFEST:
                    copy.store(entry_bytes(entry), _manifest_in_the_clear(manifest))
                elif name in self._locks:
                    right = self._copy(entry, self._locks[name], password, copy) and right
                elif name in self._strange:
                    right = False
                elif not name.endswith("/"):
                    copy.store(entry_bytes(entry), self._bytes(name, entry))
            copy.end()
        return right

    def _hand_out_whole(self, password: bytes, sink: Sink) -> bool:
        clear = self._lock.decrypted(self._key(self._lock, password), self._data) or b""
        if not clear.startswith(b"PK"):
            clear = self._inflated(clear) or clear
        with sink.member(b"decrypted", len(clear)) as out:
            for start in range(0, len(clear), _CHUNK):
                out.write(clear[start : start + _CHUNK])
        for entry in self._package.entries:
            name = plain_name(entry_name(entry))
            if name not in (WHOLE, "mimetype", _MANIFEST) and not name.endswith("/"):
                copy_member(self._package, entry, sink)
        return True

    def _copy(self, entry: Entry, lock: Lock, password: bytes, copy: PlainZip) -> bool:
        """Write one part in the clear, packed as it was before; tells whether its checksum fits."""
        data = self._bytes(plain_name(entry_name(entry)), entry)
        packed = lock.decrypted(self._key(lock, password), data)
        if packed is None:
            return False
        right = not lock.hash or lock.is_right(packed)
        clear = self._measured(packed)
        if clear is None:
            copy.store(entry_bytes(entry), packed)
            return False
        copy.add(entry_bytes(entry), DEFLATED, packed, clear)
        return right

    def _is_right(self, clear: bytes) -> bool:
        """Tell whether what was decrypted is what was encrypted, by its checksum, or by whether it can be unpacked."""
        lock = self._lock
        if self._name == WHOLE and not lock.hash:
            return True
        if lock.hash and not lock.whole:
            return lock.is_right(clear)
        try:
            return (
                bool(zlib.decompressobj(-zlib.MAX_WBITS).decompress(clear[:_FIRST], _FIRST)) or lock.size == 0
            )
        except zlib.error:
            return False

    def _key(self, lock: Lock, password: bytes) -> bytes:
        """Derive a key; parts that were salted alike share it."""
        start = lock.start_key(password)
        place = (start + lock.salt, lock.rounds, lock.key_size)
        if place not in self._keys:
            self._keys.clear()
            self._keys[place] = lock.key(start)
        return self._keys[place]

    def _measured(self, packed: bytes) -> tuple[int, int] | None:
        """Inflate to count: gives checksum and size, None when it cannot be inflated to its end."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        checksum = size = 0
        waiting = packed
        try:
            while not inflater.eof:
                block = inflater.decompress(waiting, _CHUNK)
                waiting = inflater.unconsumed_tail
                if not block and not waiting and not inflater.eof:
                    return None
                self._package.budget.spend(len(block))
                checksum, size = zlib.crc32(block, checksum), size + len(block)
        except zlib.error:
            return None
        return checksum, size

    def _inflated(self, packed: bytes) -> bytes | None:
        """Inflate a whole package, counted against the limits."""
        if self._measured(packed) is None:
            return None
        return zlib.decompress(packed, -zlib.MAX_WBITS)

    def _bytes(self, name: str, entry: Entry | None = None) -> bytes:
        """Give the bytes of a part as they stand in the zip; a wrong checksum of the zip is the format's own."""
        found = entry or self._package.find(name)
        pieces: list[bytes] = []
        if found is not None:
            try:
                pieces.extend(self._package.blocks(found))
            except DamagedPart as damaged:
                if damaged.reason is not Reason.BAD_CHECKSUM and not pieces:
                    return b""
        return b"".join(pieces)


def _locks(manifest: Element) -> tuple[Locks, set[str]]:
    """Give the encryption of each part by its name, and the names of parts encrypted in ways we do not know."""
    locks: Locks = {}
    strange: set[str] = set()
    for entry in manifest.all("file-entry"):
        name = plain_name(entry.get("full-path"))
        try:
            lock = read_lock(entry)
        except Unsupported:
            strange.add(name)
            continue
        if lock is not None:
            locks[name] = lock
    return locks, strange


def _manifest_in_the_clear(manifest: Element) -> bytes:
    """Write a manifest that names the same parts, none of them encrypted."""
    entries = []
    for entry in manifest.all("file-entry"):
        told = " ".join(f"manifest:{key}={quoteattr(entry.get(key))}" for key in _KEPT if entry.get(key))
        entries.append(f"<manifest:file-entry {told}/>")
    inside = "".join(entries)
    text = f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{_SPACE}">{inside}'
    return f"{text}</manifest:manifest>".encode()
