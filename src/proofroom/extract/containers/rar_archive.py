"""Open the entries of a RAR: find the passwords that fit, unpack, and compare what the archive says of its content."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, Final, cast

from proofroom.extract.containers import rar_five, rar_four
from proofroom.extract.containers.archive_entries import whole
from proofroom.extract.containers.archive_library import Archive
from proofroom.extract.containers.giving import checked
from proofroom.extract.containers.rar_blocks import STORED, Entry, Lock, Volume, tweaked
from proofroom.extract.containers.rar_keys import Key, Keys, cost
from proofroom.extract.containers.rar_plain import Packed, as_stored, rewritten
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.trying import Tries, unlock
from proofroom.model.states import Reason, State

_VERIFIED: Final = 256 << 20
_KIND: Final = {4: "format_rar", 5: "format_rar5"}


class Rar:
    """One archive: its entries in their order, why they end early if they do, and the bytes of each."""

    def __init__(self, source: Source, sink: Sink) -> None:
        """Read all headers; raises Unreadable when it is no RAR of ours, or its headers stay locked."""
        self._source = source
        self._keys = Keys()
        self._tries = Tries(source, sink, "rar")
        self._opened: dict[tuple[bytes, int, bytes], str | Unreadable] = {}
        self._runs: dict[int, _Run] = {}
        self.volume = Volume()
        self.entries: list[Entry] = []
        self.ended: Unreadable | None = None
        source.untrusted.seek(0)
        head = source.untrusted.read(len(rar_five.MARK))
        self.version = 5 if head == rar_five.MARK else 4
        if self.version == 4 and not head.startswith(rar_four.MARK):
            raise Unreadable(State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)
        self._read()
        self._groups = list(_groups(self.entries))
        self._sizes = Counter(self._groups)

    def _read(self) -> None:
        walk = rar_five.walk if self.version == 5 else rar_four.walk
        try:
            for entry in walk(self._source.untrusted, self._source.size, self.volume, self._key):
                self.entries.append(entry)
                if len(self.entries) > self._source.limits.members:
                    self.ended = Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBERS)
                    return
        except Unreadable as cut:
            self.ended = cut

    def blocks(self, place: int) -> Iterator[bytes]:
        """Give the bytes of the entry at that place; raises Unreadable before the first byte or later."""
        entry = self.entries[place]
        if not entry.size:
            return iter(())
        key = self._key(entry.lock, self._proof(entry)) if entry.lock else None
        return _checked(entry, self._unpacked(place, key), key)

    def _unpacked(self, place: int, key: Key | None) -> Iterator[bytes]:
        entry = self.entries[place]
        packed = Packed(self._source.untrusted, entry, self._source.size, key)
        if entry.method == STORED:
            return as_stored(packed, entry.size)
        if not entry.is_known:
            raise Unreadable(State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)
        first = self._groups[place]
        if first < 0:
            # What it builds upon stands in another file of the set, or lies on a broken stretch.
            missing = Reason.PART_OF_SET if self.volume.is_part else Reason.NOT_WELL_FORMED
            raise Unreadable(State.UNKNOWN, missing)
        if self._sizes[first] == 1:
            return _Run(self.version, [(place, entry, packed)]).blocks(place)
        if first not in self._runs:
            self._runs[first] = _Run(self.version, self._of_group(first))
        return self._runs[first].blocks(place)

    def _of_group(self, first: int) -> Iterator[tuple[int, Entry, Packed]]:
        """Give the entries that build upon each other, up to the first that stays locked."""
        for place, group in enumerate(self._groups):
            if group != first:
                continue
            entry = self.entries[place]
            try:
                key = self._key(entry.lock, None) if entry.lock else None
            except Unreadable:
                return
            yield place, entry, Packed(self._source.untrusted, entry, self._source.size, key)

    def _key(self, lock: Lock, opens: Callable[[Key], bool] | None) -> Key:
        """Find the key of a lock; `opens` proves one where the archive holds nothing that does."""
        if not lock.is_ours:
            raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
        same = (lock.salt, lock.rounds, lock.check)
        known = self._opened.get(same)
        if isinstance(known, Unreadable):
            raise Unreadable(known.state, known.reason)
        if known is not None:
            return self._keys.of(known, lock)

        def fits(word: str) -> str | None:
            key = self._keys.of(word, lock)
            good = key.check == lock.check if lock.check else opens is not None and opens(key)
            return word if good else None

        try:
            word = unlock(self._tries, fits, cost=cost(lock))
        except Unreadable as refused:
            self._opened[same] = refused
            raise
        self._opened[same] = word
        return self._keys.of(word, lock)

    def _proof(self, entry: Entry) -> Callable[[Key], bool] | None:
        """Give what tells a right key by an entry's own content; of a part, or what builds upon others, nothing can."""
        if (
            entry.crc is None
            or entry.is_solid
            or entry.after
            or (entry.method != STORED and not entry.is_known)
        ):
            return None

        def opens(key: Key) -> bool:
            packed = Packed(self._source.untrusted, entry, self._source.size, key)
            alone = _Run(self.version, [(0, entry, packed)])
            blocks = as_stored(packed, entry.size) if entry.method == STORED else alone.blocks(0)
            return _holds(_checked(entry, blocks, key))

        return opens


class _Run:
    """Entries that the library unpacks one after the other, as an archive made for it."""

    def __init__(self, version: int, items: Iterable[tuple[int, Entry, Packed]]) -> None:
        chosen = list(items)
        self._places = {place: number for number, (place, _, _) in enumerate(chosen)}
        self._sizes = [entry.size for _, entry, _ in chosen]
        self._joined = rewritten(version, [(entry, packed) for _, entry, packed in chosen])
        self._kind = _KIND[version]
        self._archive: Archive | None = None
        self._reached = -1
        self._ended: Unreadable | None = None

    def blocks(self, place: int) -> Iterator[bytes]:
        """Give the bytes of the entry at that place; those between are passed over."""
        wanted = self._places.get(place)
        if wanted is None:
            raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)
        if self._ended is not None:
            raise Unreadable(self._ended.state, self._ended.reason)
        try:
            yield from _so_many(self._at(wanted).blocks(), self._sizes[wanted])
        except Unreadable as cut:
            self._ended = cut
            raise
        finally:
            if wanted == len(self._places) - 1 and self._archive is not None:
                self._archive.close()

    def _at(self, wanted: int) -> Archive:
        """Let the library go as far as that entry."""
        if self._archive is None:
            self._archive = Archive(cast("BinaryIO", self._joined), self._joined.size, self._kind)
            self._entries = self._archive.entries()
        while self._reached < wanted:
            if next(self._entries, None) is None:
                raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
            self._reached += 1
        return self._archive


def _so_many(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Pass on as many bytes as the entry has: what fills up a locked one is no damage of it."""
    given = 0
    while given < size or size < 0:
        block = next(blocks, None)
        if block is None:
            return
        given += len(block)
        yield block


def _holds(blocks: Iterator[bytes]) -> bool:
    """Tell whether bytes unpack and fit their checksum, as far as is worth looking."""
    left = _VERIFIED
    try:
        for block in blocks:
            left -= len(block)
            if left < 0:
                break
    except Unreadable:
        return False
    return True


def _groups(entries: Sequence[Entry]) -> Iterator[int]:
    """Say for each entry which one it builds upon at last: itself, the first of a run, or none that is here (-1)."""
    first = -1
    for place, entry in enumerate(entries):
        is_packed = (
            entry.role == "file" and not entry.is_folder and entry.method != STORED and not entry.is_copy
        )
        if not is_packed or not entry.is_solid:
            first = place if is_packed else first
            yield place
        else:
            yield first


def _checked(entry: Entry, blocks: Iterator[bytes], key: Key | None) -> Iterator[bytes]:
    """Compare length and checksum of what was unpacked with what the archive says."""
    blocks = whole(blocks, entry.size)
    if entry.crc is None or entry.before or entry.after:
        return blocks
    if entry.lock is not None and entry.lock.tweaked and key is not None:
        return _with_tweak(blocks, entry.crc, key.of_sums)
    return checked(blocks, entry.crc)


def _with_tweak(blocks: Iterator[bytes], stated: int, key: bytes) -> Iterator[bytes]:
    found = 0
    for block in blocks:
        found = zlib.crc32(block, found)
        yield block
    if tweaked(found, key) != stated:
        raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)
