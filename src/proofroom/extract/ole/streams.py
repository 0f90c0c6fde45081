"""Read compound files (MS-CFB): the storage inside old Office files, messages and macros, whatever it claims.

No read gives more bytes than the file has: chains that loop, sizes that lie and sectors that are missing end
a stream early, and `whole` says so. Names are compared without regard to case, as the format wants it.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from typing import BinaryIO, Final, Protocol

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.ole.directory import MOST_BYTES, ROOT, Entry, read_tree, told
from proofroom.extract.ole.filetime import iso_time
from proofroom.model.states import Reason, State

_SIGNATURES: Final = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x0e\x11\xfc\x0d\xd0\xcf\x11\x0e")
_HEADER: Final = 512
_TABLES_IN_HEADER: Final = 109
_LAST: Final = 0xFFFFFFFA
_END: Final = 0xFFFFFFFE
_FREE: Final = 0xFFFFFFFF
_SHIFTS: Final = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
_BLOCK: Final = 1 << 20
_TOLD: Final = 4_096


class NamedStreams(Protocol):
    """What property readers need of a compound file, whoever opened it."""

    def has(self, name: str) -> bool:
        """Tell whether there is a stream or storage of that name."""

    def stream(self, name: str) -> bytes | None:
        """Give a stream's bytes, None when there is none."""

    def root_times(self) -> tuple[str, str]:
        """Give when the root was created and changed."""


class Streams:
    """The directory and the streams of one compound file."""

    def __init__(self, untrusted: BinaryIO) -> None:
        """Read header, tables and directory; raises Unreadable(DAMAGED) when there is none."""
        self._file = untrusted
        self._size = untrusted.seek(0, 2)
        untrusted.seek(0)
        head = untrusted.read(_HEADER)
        if len(head) < _HEADER or head[:8] not in _SIGNATURES:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
        self.version = "{1}.{0}".format(*struct.unpack_from("<HH", head, 24))
        shift, small = struct.unpack_from("<HH", head, 30)
        self._sector = 1 << (shift if shift in _SHIFTS else 9)
        self._small = 1 << (small if small in range(4, 10) else 6)
        self._cutoff = struct.unpack_from("<I", head, 56)[0] or 4096
        self.whole = True
        self._table = self._read_table(head)
        self._small_table = self._numbers(self._chain(struct.unpack_from("<I", head, 60)[0]))
        raw = self._bytes_of(self._chain(struct.unpack_from("<I", head, 48)[0]), MOST_BYTES)
        tree = read_tree(raw)
        if tree is None:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT if not self.whole else Reason.NOT_WELL_FORMED)
        self.entries, self._inside, self.unreachable = tree.entries, tree.inside, tree.unreachable
        self._small_sectors = self._chain(self.entries[0].start)
        self._by_path: dict[str, Entry] = {}
        for entry in self.entries[1:]:
            self._by_path.setdefault(entry.path.lower(), entry)

    @classmethod
    def of(cls, source: Source) -> Streams:
        """Open the artifact itself."""
        return cls(source.untrusted)

    @property
    def size(self) -> int:
        """How many bytes the whole file has."""
        return self._size

    @property
    def root(self) -> Entry:
        """The root storage."""
        return self.entries[0]

    def find(self, path: str) -> Entry | None:
        """Give the entry at a path such as `ObjectPool/_1234/Workbook`, in any case, or None."""
        return self._by_path.get(path.lower())

    def has(self, name: str) -> bool:
        """Tell whether there is a stream or storage at that path, in any case."""
        return self.find(name) is not None

    def inside(self, storage: Entry) -> list[Entry]:
        """Give what lies directly in a storage, in the directory's order of names."""
        return self._inside.get(storage.number, [])

    def stream(self, name: str, most: int = 1 << 30) -> bytes | None:
        """Give a stream's bytes as far as they are there, at most so many; None when there is none."""
        entry = self.find(name)
        return None if entry is None or not entry.is_stream else self.read(entry, most)

    def read(self, entry: Entry, most: int = 1 << 30) -> bytes:
        """Give the bytes of a stream as far as they are there, at most so many."""
        return b"".join(self.blocks(entry, most))

    def is_whole(self, entry: Entry) -> bool:
        """Tell whether all bytes that the directory promises are there."""
        return sum(map(len, self.blocks(entry))) == entry.size

    def blocks(self, entry: Entry, most: int = 1 << 40) -> Iterator[bytes]:
        """Give the bytes of a stream block by block; ends early where the chain or the file does."""
        left = min(entry.size, most, self._size)
        if entry.kind != ROOT and entry.size < self._cutoff:
            yield self._small_bytes(entry.start, left)
            return
        for start, length in _runs(self._chain(entry.start), self._sector):
            end = start + min(length, left)
            while start < end:
                block = self._at(start, min(_BLOCK, end - start))
                yield block
                if not block:
                    return
                start += len(block)  # noqa: PLW2901 - the run is consumed here
                left -= len(block)

    def root_times(self) -> tuple[str, str]:
        """Give when the root storage was created and changed, as ISO times in UTC, "" where it does not say."""
        return iso_time(self.root.created), iso_time(self.root.changed)

    def send_facts(self, sink: Sink) -> None:
        """Send what the container says of itself: version, classes, times and order of its directory."""
        sink.meta("ole:version", self.version)
        if self.root.class_id:
            sink.meta("ole:class", self.root.class_id)
        for entry in self.entries[1 : _TOLD + 1]:
            sink.meta("ole:entry", told(entry))
        for entry in self.unreachable[:_TOLD]:
            sink.meta("ole:unreachable-entry", told(entry))

    def _read_table(self, head: bytes) -> array[int]:
        """Read the allocation table; sectors of it that are missing cost what they say."""
        places = list(struct.unpack_from(f"<{_TABLES_IN_HEADER}I", head, 76))
        more = struct.unpack_from("<I", head, 68)[0]
        seen: set[int] = set()
        while more < _LAST and more not in seen:
            seen.add(more)
            numbers = self._numbers([more])
            places.extend(numbers[:-1])
            more = numbers[-1] if len(numbers) * 4 == self._sector else _END
        most = self._size // self._sector + 1
        table = array("I")
        for place in places:
            if place >= _LAST or len(table) > most:
                break
            found = self._numbers([place])
            missing = self._sector // 4 - len(found)
            self.whole = self.whole and not missing
            table.extend(found)
            table.extend([_FREE] * missing)
        return table

    def _chain(self, sector: int) -> array[int]:
        """Follow the chain that begins at a sector; no chain is longer than the file."""
        found = array("I")
        most = self._size // self._sector + 1
        table, length = self._table, len(self._table)
        while sector < _LAST and len(found) < most:
            found.append(sector)
            if sector >= length:
                self.whole = False
                break
            sector = table[sector]
        return found

    def _numbers(self, sectors: Iterator[int] | array[int] | list[int]) -> array[int]:
        """Read sectors as a table of numbers."""
        data = self._bytes_of(array("I", sectors), self._size)
        return array("I", struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))

    def _bytes_of(self, sectors: array[int], most: int) -> bytes:
        runs = _runs(sectors, self._sector)
        return b"".join(self._at(start, min(length, most)) for start, length in runs)[:most]

    def _small_bytes(self, sector: int, size: int) -> bytes:
        """Read a stream that is cut into small sectors inside the root's own stream."""
        pieces: list[bytes] = []
        left, per_sector = size, self._sector // self._small or 1
        steps = 0
        while left > 0 and sector < _LAST and steps <= len(self._small_table):
            place, rest = divmod(sector, per_sector)
            if place >= len(self._small_sectors):
                break
            start = (self._small_sectors[place] + 1) * self._sector + rest * self._small
            pieces.append(self._at(start, min(self._small, left)))
            left -= self._small
            steps += 1
            sector = self._small_table[sector] if sector < len(self._small_table) else _END
        return b"".join(pieces)

    def _at(self, start: int, length: int) -> bytes:
        """Read from the file; what a medium or the file's end withholds is missing."""
        if start >= self._size:
            return b""
        try:
            self._file.seek(start)
            return self._file.read(length)
        except (OSError, ValueError, OverflowError):
            return b""


def _runs(sectors: array[int], width: int) -> Iterator[tuple[int, int]]:
    """Join sectors that follow each other; gives where each run begins in the file and how long it is."""
    place = 0
    while place < len(sectors):
        end = place + 1
        while end < len(sectors) and sectors[end] == sectors[end - 1] + 1:
            end += 1
        yield (sectors[place] + 1) * width, (end - place) * width
        place = end
