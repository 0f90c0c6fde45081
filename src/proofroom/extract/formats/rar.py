"""Read RAR archives of both generations, locked ones under their passwords: every file in them is a member.

Dates, attributes, checksums and makers of each entry stand under `rar:entry:N`, the archive's remark under
`rar:comment`. What Windows hides behind a file comes as `name:stream`. Of a set of files that belong together
each is read for itself. Solid archives older than RAR 5, and RAR before 2.9, are not unpacked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.containers.giving import MOST_FACTS, give, text_of, withhold
from proofroom.extract.containers.rar_archive import Rar
from proofroom.extract.containers.rar_blocks import Entry
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_LONGEST_COMMENT: Final = 1 << 18
_LONGEST_LINK: Final = 4_096


def read(source: Source, sink: Sink) -> None:
    """Hand out the members in the archive's order; where its headers end early, what came before stands."""
    opened = _Opened(Rar(source, sink), sink)
    opened.tell_volume()
    for place in range(len(opened.rar.entries)):
        opened.give(place)
    opened.end()


class _Opened:
    """One archive on its way to the sink."""

    def __init__(self, rar: Rar, sink: Sink) -> None:
        self.rar = rar
        self._sink = sink
        self._files: dict[bytes, int] = {}
        self._last = b""
        self._number = 0

    def tell_volume(self) -> None:
        """Say what the archive says of itself, and whether it is one of a set."""
        volume = self.rar.volume
        facts = {**volume.facts, "locked-names": "1" if volume.is_locked else ""}
        if volume.is_part:
            facts["volume"] = (
                str(volume.number + 1) if (volume.number or 0) >= 0 and volume.number is not None else "later"
            )
            facts["goes-on"] = str(int(volume.goes_on))
            self._sink.partly(Reason.PART_OF_SET)
        self._sink.meta("rar:archive", " ".join(f"{key}={value}" for key, value in facts.items() if value))

    def give(self, place: int) -> None:
        """Give one entry: its facts, and its bytes where it is a file."""
        entry = self.rar.entries[place]
        if entry.role == "cmt":
            self._sink.meta("rar:comment", self._text(place, _LONGEST_COMMENT))
        elif entry.role == "stm":
            self._file(self._last + b":" + entry.untrusted_name.removeprefix(b":"), place)
        elif entry.role == "file":
            self._number += 1
            if self._number <= MOST_FACTS:
                self._facts(place)
            if not entry.is_folder:
                self._last = entry.untrusted_name
                self._entry(place)

    def end(self) -> None:
        """Say why the headers ended early, if they did; the first file of a locked archive may be all there is."""
        if self.rar.ended is not None:
            raise self.rar.ended

    def _entry(self, place: int) -> None:
        entry = self.rar.entries[place]
        name = entry.untrusted_name
        if entry.special:
            withhold(self._sink, name, State.REFUSED, entry.special)
        elif entry.is_copy:
            self._copy(entry)
        elif entry.before:
            withhold(self._sink, name, State.UNKNOWN, Reason.PART_OF_SET)
        else:
            self._files.setdefault(name, place)
            self._file(name, place)

    def _copy(self, entry: Entry) -> None:
        """Give the bytes of the file that an entry repeats; one that is not here, or builds upon others, is refused."""
        target = self._files.get(entry.untrusted_target)
        if target is None or self.rar.entries[target].is_solid or self.rar.volume.is_solid:
            withhold(self._sink, entry.untrusted_name, State.REFUSED, Reason.SYMLINK)
        else:
            self._file(entry.untrusted_name, target)

    def _file(self, name: bytes, place: int) -> None:
        entry = self.rar.entries[place]
        try:
            blocks = self.rar.blocks(place)
        except Unreadable as locked:
            withhold(self._sink, name, locked.state, locked.reason)
            return
        give(self._sink, name, entry.size, _up_to_the_cut(blocks) if entry.after else blocks)

    def _facts(self, place: int) -> None:
        entry = self.rar.entries[place]
        facts = " ".join(f"{key}={value}" for key, value in entry.facts.items() if value)
        self._sink.meta(f"rar:entry:{self._number}", facts)
        target = text_of(entry.untrusted_target)
        if entry.special is Reason.SYMLINK and not target:
            target = self._text(place, _LONGEST_LINK)
        if target:
            self._sink.meta(f"rar:link:{self._number}", target)

    def _text(self, place: int, most: int) -> str:
        """Give the beginning of a short content as text."""
        untrusted = b""
        try:
            for block in self.rar.blocks(place):
                untrusted += block
                if len(untrusted) > most:
                    break
        except Unreadable as cut:
            self._sink.partly(Reason.UNREAD_PART if cut.state is State.UNKNOWN else Reason.DAMAGED_PART)
        return text_of(untrusted[:most])


def _up_to_the_cut(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Give what this file of a set holds of a member that goes on in the next one."""
    try:
        yield from blocks
    except Unreadable as cut:
        if cut.state is not State.DAMAGED:
            raise
    raise Unreadable(State.PARTLY, Reason.PART_OF_SET)


FORMAT = Format("rar", frozenset({"application/vnd.rar"}), read, sample="rar.rar")
