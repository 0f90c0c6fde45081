"""Read 7z archives: every file in them is a member; solid folders are unpacked once, from front to end.

Dates, attributes and checksums of each entry stand under `7z:entry:N`. What uses BCJ2, PPMd or a method
we do not know is recorded without its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from proofroom.extract.containers.giving import MOST_FACTS, checked, give, special, text_of, withhold
from proofroom.extract.containers.seven_archive import Archive
from proofroom.extract.containers.seven_coders import methods_of
from proofroom.extract.containers.seven_headers import ACCESSED, CREATED, MODIFIED, File
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.trying import Tries
from proofroom.model.states import Reason, State

_TIMES: Final = {MODIFIED: "mtime", CREATED: "ctime", ACCESSED: "atime"}
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_UNIX: Final = 0x8000
_REPARSE: Final = 0x400
_LONGEST_LINK: Final = 4_096


def read(source: Source, sink: Sink) -> None:
    """Hand out the members in the archive's order."""
    tries = Tries(source, sink, "7z")
    try:
        archive = Archive(source, tries)
        seven = _Seven(source, sink, archive)
        for number, file in enumerate(archive.files, 1):
            seven.give(number, file)
    finally:
        tries.tell()
    if seven.left():
        sink.partly(Reason.DAMAGED_PART)


class _Folder:
    """A folder as it is unpacked: file after file is cut off its stream; `ended` says why it broke."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.ended: Unreadable | None = None
        self._blocks = blocks
        self._waiting = b""

    def take(self, size: int) -> Iterator[bytes]:
        """Give the next so many bytes."""
        while size:
            if not self._waiting:
                self._waiting = self._next()
            block, self._waiting = self._waiting[:size], self._waiting[size:]
            size -= len(block)
            yield block

    def _next(self) -> bytes:
        try:
            for block in self._blocks:
                if block:
                    return block
            self.ended = Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        except Unreadable as cut:
            self.ended = cut
        raise self.ended


class _Seven:
    """One archive on its way to the sink."""

    def __init__(self, source: Source, sink: Sink, archive: Archive) -> None:
        self._source = source
        self._sink = sink
        self._archive = archive
        self._number = -1
        self._streams: list[tuple[int, int | None]] = []
        self._folder = _Folder(iter(()))

    def give(self, number: int, file: File) -> None:
        """Give one entry: its facts, and its bytes where it is a file."""
        name = file.untrusted_name.encode("utf-8", "surrogatepass")
        size, crc = self._stream() if file.has_stream else (0, None)
        if number <= MOST_FACTS:
            self._facts(number, file, size, crc)
        if not file.has_stream:
            if file.is_file and not file.is_anti:
                give(self._sink, name, 0, ())
            return
        mode = (file.attributes or 0) >> 16 if (file.attributes or 0) & _UNIX else 0
        reason = special(mode) or (Reason.SYMLINK if (file.attributes or 0) & _REPARSE else Reason.NONE)
        if reason:
            self._link(number, size)
            withhold(self._sink, name, State.REFUSED, reason)
        elif self._folder.ended is not None:
            withhold(self._sink, name, self._folder.ended.state, self._folder.ended.reason)
        else:
            self._file(name, size, crc)

    def left(self) -> bool:
        """Tell whether streams are left that no file claims."""
        return bool(self._streams) or any(
            folder.streams for folder in self._archive.streams.folders[self._number + 1 :]
        )

    def _stream(self) -> tuple[int, int | None]:
        """Give size and checksum of the next stream, opening its folder where it is the first one in it."""
        folders = self._archive.streams.folders
        while not self._streams and self._number + 1 < len(folders):
            self._number += 1
            folder = folders[self._number]
            self._streams = list(reversed(folder.streams))
            if self._number < MOST_FACTS:
                self._sink.meta(f"7z:methods:{self._number + 1}", methods_of(folder))
            if self._streams:
                self._open()
        if not self._streams:
            self._folder.ended = Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
            return 0, None
        return self._streams.pop()

    def _open(self) -> None:
        try:
            self._folder = _Folder(self._archive.folder_blocks(self._number))
        except Unreadable as locked:
            self._folder = _Folder(iter(()))
            self._folder.ended = locked

    def _file(self, name: bytes, size: int, crc: int | None) -> None:
        """Give a file's bytes; what the sink would not take is passed over, unless that is too much work."""
        taken = self._folder.take(size)
        ended = give(self._sink, name, size, checked(taken, crc))
        if ended is not Reason.LIMIT_MEMBER_BYTES:
            return
        if size > self._source.limits.expanded_bytes:
            self._folder.ended = Unreadable(State.REFUSED, Reason.LIMIT_EXPANDED_BYTES)
            return
        self._pass_over(taken)

    def _pass_over(self, blocks: Iterator[bytes]) -> None:
        """Unpack what nobody takes; damage in it is told at the next file."""
        try:
            for _ in blocks:
                pass
        except Unreadable as cut:
            self._folder.ended = cut

    def _link(self, number: int, size: int) -> None:
        """Keep where a link leads as a fact; it is never followed."""
        if self._folder.ended is not None:
            return
        taken = self._folder.take(size)
        try:
            target = next(taken, b"")
        except Unreadable:
            return
        self._sink.meta(f"7z:link:{number}", text_of(target[:_LONGEST_LINK]))
        self._pass_over(taken)

    def _facts(self, number: int, file: File, size: int, crc: int | None) -> None:
        told = {name: _moment(file.times[kind]) for kind, name in _TIMES.items() if kind in file.times}
        if file.attributes is not None:
            told["attributes"] = f"{file.attributes:#x}"
        told["size"] = str(size)
        if crc is not None:
            told["crc"] = f"{crc:08x}"
        told["folder"] = str(self._number + 1) if file.has_stream else ""
        if file.is_anti:
            told["anti"] = "1"
        self._sink.meta(f"7z:entry:{number}", " ".join(f"{key}={value}" for key, value in told.items()))


def _moment(ticks: int) -> str:
    """Give a moment in UTC from tenths of microseconds, or the bare number where no calendar reaches."""
    try:
        return f"{_EPOCH + timedelta(microseconds=ticks // 10):%Y-%m-%dT%H:%M:%S}Z"
    except (OverflowError, ValueError):
        return str(ticks)


FORMAT = Format("sevenzip", frozenset({"application/x-7z-compressed"}), read, sample="sevenzip.7z")
