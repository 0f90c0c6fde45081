"""Read tars of every age: each file is a member, and who packed it stands in the facts of each entry.

A hard link to a member that came before is given with that member's bytes; one that leads elsewhere is
refused like a symbolic link. What stands behind the end mark is read too. Holes are filled with zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.containers import tar_headers as tar
from proofroom.extract.containers.giving import BLOCK as AT_A_TIME
from proofroom.extract.containers.giving import MOST_FACTS, give, stored, text_of, withhold
from proofroom.extract.containers.tar_walk import Item, Walk
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_SPECIAL: Final = {
    b"2": Reason.SYMLINK,
    b"3": Reason.DEVICE,
    b"4": Reason.DEVICE,
    b"6": Reason.FIFO,
}
_EXPANSION_FLOOR: Final = 64 << 20
_MOST_RECORDS: Final = 64
_SAID: Final = (b"path", b"linkpath", b"size", b"uid", b"gid", b"mtime", b"uname", b"gname", b"GNU.sparse.")


def read(source: Source, sink: Sink) -> None:
    """Hand out the members one after the other; a tar without its end mark is told as cut short."""
    walk = Walk(source.untrusted, source.size)
    tarred = _Tar(source, sink)
    for item in walk.items():
        tarred.give(item, walk.found)
    for key, value in walk.shared[:_MOST_RECORDS]:
        sink.meta("tar:pax-global", f"{text_of(key)}={text_of(value)}")
    if walk.trailing:
        sink.meta("tar:trailing-bytes", str(walk.trailing))
    if not walk.found:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    if walk.damaged:
        sink.partly(Reason.DAMAGED_PART)
    if walk.cut or not walk.ended:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


class _Tar:
    """One tar on its way to the sink."""

    def __init__(self, source: Source, sink: Sink) -> None:
        self._source = source
        self._sink = sink
        self._files: dict[bytes, Item] = {}

    def give(self, item: Item, number: int) -> None:
        """Give one entry: its facts, and its bytes where it is a file."""
        header = item.header
        if number <= MOST_FACTS:
            self._facts(item, number)
        if header.kind in tar.FOLDERS or header.kind == b"V":
            return
        if header.kind in b"0\0" and header.untrusted_name.endswith(b"/") and not header.size:
            return
        if header.kind == tar.HARD_LINK:
            self._hard_link(item)
        elif header.kind in _SPECIAL:
            withhold(self._sink, header.untrusted_name, State.REFUSED, _SPECIAL[header.kind])
        else:
            self._files[header.untrusted_name] = item
            self._file(header.untrusted_name, item)

    def _hard_link(self, item: Item) -> None:
        """Give the bytes of the member that a hard link names; one it cannot name is refused."""
        name, target = item.header.untrusted_name, self._files.get(item.header.untrusted_link)
        if target is None:
            withhold(self._sink, name, State.REFUSED, Reason.SYMLINK)
            return
        self._files[name] = target
        self._file(name, target)

    def _file(self, name: bytes, item: Item) -> None:
        limits, size = self._source.limits, item.header.size
        if item.extents is None:
            give(self._sink, name, size, stored(self._source.untrusted, item.at, item.packed))
        elif size > limits.member_bytes:
            withhold(self._sink, name, State.REFUSED, Reason.LIMIT_MEMBER_BYTES)
        elif size > max(_EXPANSION_FLOOR, self._source.size * limits.expansion):
            withhold(self._sink, name, State.REFUSED, Reason.LIMIT_EXPANSION)
        else:
            give(self._sink, name, size, self._with_holes(item, item.extents))

    def _with_holes(self, item: Item, extents: list[tuple[int, int]]) -> Iterator[bytes]:
        """Give the written parts at their places and zeros between them; parts must rise and fit."""
        at, packed = 0, item.at
        end = item.at + item.packed
        for start, length in extents:
            if start < at or packed + length > end:
                raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
            yield from _zeros(start - at)
            yield from stored(self._source.untrusted, packed, length)
            at, packed = start + length, packed + length
        yield from _zeros(item.header.size - at)

    def _facts(self, item: Item, number: int) -> None:
        header = item.header
        kind = text_of(header.kind) or "0"
        owner, group = text_of(header.untrusted_owner), text_of(header.untrusted_group)
        self._sink.meta(
            f"tar:entry:{number}",
            f"mode={header.mode:04o} uid={header.uid} gid={header.gid} size={header.size} "
            f"mtime={header.mtime} type={kind} owner={owner} group={group}",
        )
        if header.untrusted_link:
            self._sink.meta(f"tar:link:{number}", text_of(header.untrusted_link))
        for key, value in item.records[:_MOST_RECORDS]:
            if not key.startswith(_SAID):
                self._sink.meta(f"tar:pax:{number}", f"{text_of(key)}={text_of(value)}")


def _zeros(count: int) -> Iterator[bytes]:
    """Give so many zeros, block by block."""
    for start in range(0, count, AT_A_TIME):
        yield bytes(min(AT_A_TIME, count - start))


FORMAT = Format("tar", frozenset({"application/x-tar"}), read, sample="tar.tar")
