"""Give the entries of an archive that the system's library opens: their facts, their bytes, their fate."""

from __future__ import annotations

import stat
from collections.abc import Callable, Container, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from proofroom.extract.containers.archive_library import Archive, Entry
from proofroom.extract.containers.giving import MOST_FACTS, give, special, text_of, withhold
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FOLDER: Final = b"/"
_MOST_REOPENED: Final = 100


class Unpacked:
    """One archive on its way to the sink; `count` entries were seen."""

    def __init__(self, source: Source, sink: Sink, prefix: str, broken: Container[int] = ()) -> None:
        """Give to a sink; facts stand under a prefix such as `cab`, `broken` are places of broken members."""
        self.count = 0
        self._broken = broken
        self._cut = False
        self._source = source
        self._sink = sink
        self._prefix = prefix

    def give_all(self, opened: Callable[[], Archive]) -> None:
        """Give every entry; where the library can go no further, what was given stands.

        An entry that breaks the library's reader costs only itself: the archive is opened anew behind it.
        """
        for _ in range(_MOST_REOPENED):
            with opened() as archive:
                for number, entry in enumerate(archive.entries(), 1):
                    if number > self.count:
                        self.count = number
                        self._facts(entry)
                        self._cut |= self._give(archive, entry) is Reason.CUT_SHORT
                if archive.warned:
                    self._sink.partly(Reason.DAMAGED_PART)
                if archive.is_over:
                    continue
            if self._cut:
                raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
            return
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)

    def _give(self, archive: Archive, entry: Entry) -> Reason:
        """Give one entry; gives the reason why its bytes ended early, or NONE."""
        name = entry.untrusted_name
        if stat.S_ISDIR(entry.mode) or (name.endswith(_FOLDER) and not entry.size):
            return Reason.NONE
        reason = special(entry.mode)
        if reason or (self._is_link(entry) and not entry.size):
            withhold(self._sink, name, State.REFUSED, reason or Reason.SYMLINK)
        elif entry.is_locked:
            withhold(self._sink, name, State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
        else:
            size = -1 if entry.size is None else entry.size
            return give(self._sink, name, size, self._checked(whole(archive.blocks(), size)))
        return Reason.NONE

    def _checked(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        yield from blocks
        if self.count in self._broken:
            raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)

    def _is_link(self, entry: Entry) -> bool:
        """Tell whether an entry is another name of a file whose bytes stand elsewhere in the archive."""
        return entry.is_hard_link or (entry.links > 1 and self._prefix == "cpio")

    def _facts(self, entry: Entry) -> None:
        if self.count > MOST_FACTS:
            return
        told = {name: moment(*time) for name, time in entry.times.items()}
        told["mode"] = f"{entry.mode:06o}"
        told["size"] = "" if entry.size is None else str(entry.size)
        if entry.uid or entry.gid:
            told |= {"uid": str(entry.uid), "gid": str(entry.gid)}
        if entry.untrusted_owner or entry.untrusted_group:
            told |= {"owner": text_of(entry.untrusted_owner), "group": text_of(entry.untrusted_group)}
        facts = " ".join(f"{key}={value}" for key, value in told.items() if value)
        self._sink.meta(f"{self._prefix}:entry:{self.count}", facts)
        if entry.untrusted_link:
            self._sink.meta(f"{self._prefix}:link:{self.count}", text_of(entry.untrusted_link))


def whole(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Pass blocks on and compare their length with what the archive stated; too few are told at the end."""
    given = 0
    for block in blocks:
        given += len(block)
        yield block
    if given < size:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def moment(seconds: int, nanoseconds: int = 0) -> str:
    """Give a moment in UTC, or the bare number where no calendar reaches."""
    try:
        at = _EPOCH + timedelta(seconds=seconds, microseconds=nanoseconds // 1000)
    except (OverflowError, ValueError):
        return str(seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f" if nanoseconds else "%Y-%m-%dT%H:%M:%S") + "Z"
