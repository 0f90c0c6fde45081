"""Read zips: every file in them is a member, also one that the directory does not list or lies about.

What the directory says of each entry (dates, maker, flags, extra fields) is kept under `zip:entry:N`, in
the directory's order. A zip whose directory is gone is read by its local headers and ends `damaged`.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.containers.giving import MOST_FACTS, give, special, text_of, withhold
from proofroom.extract.containers.set_names import is_part
from proofroom.extract.containers.zip_content import Content
from proofroom.extract.containers.zip_entries import (
    MASKED,
    Directory,
    Entry,
    Spans,
    find_directory,
    listed_entries,
)
from proofroom.extract.containers.zip_facts import facts_of, told_apart
from proofroom.extract.containers.zip_locals import local_entry, unlisted_entries
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_LONGEST_LINK: Final = 4_096


def read(source: Source, sink: Sink) -> None:
    """Hand out the members by the directory, then those that it does not list."""
    zipped = _Zip(source, sink)
    try:
        _read(source, sink, zipped)
    finally:
        zipped.tell_passwords()


def _read(source: Source, sink: Sink, zipped: _Zip) -> None:
    directory = find_directory(source.untrusted, source.size)
    if directory is None or _is_of_a_member(source, directory):
        found = zipped.unlisted(0, source.size)
        if _is_part(source):
            raise Unreadable(State.PARTLY if found else State.UNKNOWN, Reason.PART_OF_SET)
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT if found else Reason.NOT_WELL_FORMED)
    if directory.volume:
        sink.meta("zip:volume", str(directory.volume + 1))
        sink.partly(Reason.PART_OF_SET)
        zipped.is_last = True
    for number, entry in enumerate(listed_entries(source.untrusted, directory), 1):
        zipped.listed(number, entry)
    if (zipped.count & 0xFFFF) != (directory.count & 0xFFFF):
        sink.meta("zip:entries-stated", str(directory.count))
        sink.partly(Reason.DAMAGED_PART)
    for key, value in (("zip:prefix-bytes", directory.shift), ("zip:trailing-bytes", directory.after)):
        if value > 0:
            sink.meta(key, str(value))
    if directory.untrusted_comment:
        sink.meta("zip:comment", text_of(directory.untrusted_comment))
    for start, end in list(zipped.spans.gaps(directory.start)):
        zipped.unlisted(start, end)


def _is_of_a_member(source: Source, directory: Directory) -> bool:
    """Tell whether the directory is that of a zip stored inside this one, whose own directory is gone."""
    source.untrusted.seek(0)
    begins = source.untrusted.read(4) == b"PK\3\4"
    return begins and directory.shift > 0 and directory.after > 0


def _is_part(source: Source) -> bool:
    """Tell whether a zip without a directory is one of several into which it was cut."""
    source.untrusted.seek(0)
    return is_part(source.untrusted_name) or source.untrusted.read(4) == b"PK\7\x08"


class _Zip:
    """One zip on its way to the sink."""

    def __init__(self, source: Source, sink: Sink) -> None:
        self.spans = Spans()
        self.count = 0
        self.is_last = False
        self._source = source
        self._sink = sink
        self._content = Content(source, sink)
        self._places: set[int] = set()

    def tell_passwords(self) -> None:
        """Say how many passwords were tried, if any entry needed one."""
        self._content.tries.tell()

    def listed(self, number: int, entry: Entry) -> None:
        """Give one entry of the directory; one whose data another has taken already is refused."""
        self.count = number
        self._facts(f"zip:entry:{number}", entry)
        local = local_entry(self._source.untrusted, entry.at)
        if local is None:
            if self.is_last and not entry.is_folder:
                withhold(self._sink, entry.untrusted_name, State.UNKNOWN, Reason.PART_OF_SET)
            elif not entry.is_folder:
                cut = entry.at >= self._source.size
                reason = Reason.CUT_SHORT if cut else Reason.NOT_WELL_FORMED
                withhold(self._sink, entry.untrusted_name, State.DAMAGED, reason)
            return
        header, start = local
        if (
            number <= MOST_FACTS
            and header.untrusted_name != entry.untrusted_name
            and not entry.flags & MASKED
        ):
            self._sink.meta(f"zip:local-name:{number}", text_of(header.untrusted_name))
        if number <= MOST_FACTS and not entry.flags & MASKED:
            for key, told in told_apart(entry, header):
                self._sink.meta(f"zip:{key}:{number}", told)
        if entry.at in self._places:
            withhold(self._sink, entry.untrusted_name, State.REFUSED, Reason.NOT_WELL_FORMED)
            return
        self._places.add(entry.at)
        self.spans.taken.append((entry.at, start + (entry.packed or 0)))
        self._give(f"zip:link:{number}", entry, start)

    def unlisted(self, start: int, end: int) -> int:
        """Give the entries that stand in a part of the file without being listed; gives their number."""
        found = 0
        for entry, data in unlisted_entries(self._source.untrusted, start, end):
            found += 1
            self.count += 1
            self._facts(f"zip:unlisted:{entry.at}", entry)
            self._give(f"zip:link:{entry.at}", entry, data)
        return found

    def _facts(self, key: str, entry: Entry) -> None:
        if self.count <= MOST_FACTS:
            self._sink.meta(key, facts_of(entry))
            if entry.untrusted_comment:
                self._sink.meta(f"{key}:comment", text_of(entry.untrusted_comment))

    def _give(self, link: str, entry: Entry, start: int) -> None:
        if entry.is_folder:
            return
        reason = special(entry.mode)
        if reason:
            self._special(link, entry, start, reason)
            return
        try:
            blocks = self._content.blocks(entry, start)
        except Unreadable as locked:
            withhold(self._sink, entry.untrusted_name, locked.state, locked.reason)
            return
        give(self._sink, entry.untrusted_name, -1 if entry.size is None else entry.size, blocks)

    def _special(self, link: str, entry: Entry, start: int, reason: Reason) -> None:
        """Record a link, device or pipe; where a link leads is kept as a fact and never followed."""
        if reason is Reason.SYMLINK and (entry.size or 0) <= _LONGEST_LINK:
            try:
                target = next(self._content.blocks(entry, start), b"")[:_LONGEST_LINK]
            except Unreadable:
                target = b""
            self._sink.meta(link, text_of(target))
        withhold(self._sink, entry.untrusted_name, State.REFUSED, reason)


FORMAT = Format(
    "zip",
    # Packages that no other format claims: their members are read one by one.
    frozenset(
        {
            "application/zip",
            "application/vnd.oasis.opendocument.*",
            "application/vnd.ms-visio.*",
        }
    ),
    read,
    sample="zip.zip",
)
