"""Speak with libarchive, the system's library for old archives: entries and their bytes, from a stream, no file."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Self

from proofroom.extract.containers import archive_calls as library
from proofroom.extract.containers.giving import BLOCK
from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

_END, _RETRY, _WARN, _FAILED = 1, -10, -20, -25
_OUT_OF_MEMORY: Final = 12
_MOST_FAILURES: Final = 1_000
_HOLE: Final = bytes(BLOCK)
_SAID: Final = (
    ("encrypt", State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION),
    ("emory", State.TRUNCATED, Reason.LIMIT_MEMORY),
    ("crc", State.DAMAGED, Reason.BAD_CHECKSUM),
    ("checksum", State.DAMAGED, Reason.BAD_CHECKSUM),
    ("no progress", State.DAMAGED, Reason.CUT_SHORT),
    ("runcated", State.DAMAGED, Reason.CUT_SHORT),
    ("multivolume", State.PARTLY, Reason.PART_OF_SET),
    ("unsupported", State.UNKNOWN, Reason.UNSUPPORTED_VARIANT),
    ("unavailable", State.UNKNOWN, Reason.UNSUPPORTED_VARIANT),
    ("not supported", State.UNKNOWN, Reason.UNSUPPORTED_VARIANT),
    ("no support", State.UNKNOWN, Reason.UNSUPPORTED_VARIANT),
)
"""What the library says by its text alone, and what we make of it; the text itself goes nowhere."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the library says of one entry; times are (seconds, nanoseconds), None where it has none."""

    untrusted_name: bytes
    untrusted_link: bytes
    is_hard_link: bool
    mode: int
    size: int | None
    links: int
    uid: int
    gid: int
    untrusted_owner: bytes
    untrusted_group: bytes
    times: dict[str, tuple[int, int]]
    is_locked: bool


class Archive:
    """One archive that is open in the library; ended by `with`."""

    def __init__(self, untrusted: BinaryIO, size: int, *kinds: str) -> None:
        """Open what stands in a stream as one of these kinds, such as `format_cab` and `filter_gzip`."""
        self.warned = 0
        self.is_over = False
        self._archive: int | None = library.read_new()
        self._entry: int | None = library.entry_new()
        self._key = next(library.KEYS)
        self._stream = library.STREAMS[self._key] = library.Stream(untrusted, size)
        for kind in kinds:
            library.SUPPORT[kind](self._archive)
        library.set_seek(self._archive, library.SEEKER)
        if library.read_open(self._archive, self._key, None, library.READER, None, None) < _WARN:
            cut = self._why()
            self.close()
            raise cut

    def __enter__(self) -> Self:
        """Enter."""
        return self

    def __exit__(self, *_: object) -> None:
        """Free what the library holds."""
        self.close()

    def close(self) -> None:
        """Free what the library holds."""
        library.STREAMS.pop(self._key, None)
        if self._archive is not None:
            library.STREAMS[self._key] = self._stream
            library.read_free(self._archive)
            library.entry_free(self._entry)
            del library.STREAMS[self._key]
            self._archive = self._entry = None

    def entries(self) -> Iterator[Entry]:
        """Give entry after entry; raises Unreadable where the library can go no further.

        Ends without a word once `is_over` is set, by what broke inside an entry.
        """
        failures = 0
        while failures < _MOST_FAILURES:
            if self.is_over:
                return
            status = library.next_header(self._archive, self._entry)
            if status == _END:
                return
            if status <= library.FATAL:
                raise self._why()
            if status in (_FAILED, _RETRY):
                failures += 1
                self.warned += 1
                continue
            self.warned += status == _WARN and not self._is_harmless()
            yield self._seen()
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)

    def blocks(self) -> Iterator[bytes]:
        """Give the bytes of the entry that was seen last, holes as zeros; raises Unreadable at damage."""
        where, length, offset = ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_int64()
        at = 0
        while True:
            status = library.data_block(
                self._archive, ctypes.byref(where), ctypes.byref(length), ctypes.byref(offset)
            )
            if status == _END or (status < 0 and status != _WARN):
                break
            while at < offset.value:
                hole = _HOLE[: offset.value - at]
                at += len(hole)
                yield hole
            if length.value and where.value:
                yield ctypes.string_at(where.value, length.value)
                at += length.value
            if status == _WARN:
                break
        if status != _END:
            # Some readers of the library would go on from here, with pointers that lead nowhere.
            self.is_over = status <= library.FATAL
            raise self._why()

    def _seen(self) -> Entry:
        """Put together what the library says of the entry."""
        number = {name: call(self._entry) for name, call in library.NUMBERS.items()}
        hard = self._text("hardlink")
        return Entry(
            untrusted_name=self._text("pathname"),
            untrusted_link=hard or self._text("symlink"),
            is_hard_link=bool(hard),
            mode=number["mode"],
            size=number["size"] if number["size_is_set"] else None,
            links=number["nlink"],
            uid=number["uid"],
            gid=number["gid"],
            untrusted_owner=self._text("uname"),
            untrusted_group=self._text("gname"),
            times={
                name: (seconds(self._entry), nanoseconds(self._entry))
                for name, (is_set, seconds, nanoseconds) in library.TIMES.items()
                if is_set(self._entry)
            },
            is_locked=bool(number["is_encrypted"]),
        )

    def _text(self, name: str) -> bytes:
        """Give a text as it stands in the archive, or in UTF-8 where it stands there in UTF-16."""
        raw, utf8 = library.TEXTS[name]
        found: bytes | None = raw(self._entry) or utf8(self._entry)
        return found or b""

    def _is_harmless(self) -> bool:
        """Tell whether the last warning is about a name in another encoding, or a set: both are told otherwise."""
        said = library.error_text(self._archive) or b""
        return b"can't be converted" in said or said.startswith(b"Multivolume cabinet")

    def _why(self) -> Unreadable:
        """Say in a code what the library says in words."""
        if self._stream.failed:
            return Unreadable(State.DAMAGED, Reason.READ_ERROR)
        if library.error_number(self._archive) == _OUT_OF_MEMORY:
            return Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
        said = (library.error_text(self._archive) or b"").decode("ascii", "replace").lower()
        for word, state, reason in _SAID:
            if word in said:
                return Unreadable(state, reason)
        # At an end too early some readers say nothing at all.
        is_cut = not said and self._stream.at >= self._stream.size
        return Unreadable(State.DAMAGED, Reason.CUT_SHORT if is_cut else Reason.NOT_WELL_FORMED)
