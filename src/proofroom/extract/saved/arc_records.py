"""Walk through an ARC file of the Internet Archive (versions 1 and 2) record by record."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.saved.forward import Forward
from proofroom.extract.saved.records import Fields, Records, body
from proofroom.model.states import Reason, State

_NAMES: Final = ("URL", "IP-address", "Archive-date", "Content-type", "Archive-length")
_LENGTH: Final = re.compile(rb"\d{1,18}\Z")
_FEWEST: Final = 3


def read_arc(stream: Forward, sink: Sink) -> None:
    """Read every record; the first one says which words the line of each of them holds."""
    names: tuple[str, ...] = _NAMES
    damaged = cut = False
    with LineBatch(sink) as lines:
        records = Records(sink, lines)
        while (line := stream.line()) and not cut:
            words = line.split()
            if not words:
                continue
            if len(words) < _FEWEST or not _LENGTH.match(words[-1]):
                damaged = True
                continue
            block = Forward(stream.blocks(int(words[-1])))
            records.begin(words[0])
            records.fields("field", _fields(names, words))
            if words[0].startswith(b"filedesc:"):
                names = _described(records, block) or names
            else:
                _content(records, block)
            for _ in block.rest() if not block.broken else ():
                pass
            cut = bool(block.broken)
    sink.meta("arc:records", str(records.number))
    if damaged:
        records.damaged()
    if not records.number:
        raise Unreadable(State.DAMAGED, stream.broken or Reason.NOT_WELL_FORMED)
    if cut or stream.broken:
        raise Unreadable(State.DAMAGED, stream.broken or Reason.CUT_SHORT)


def _fields(names: tuple[str, ...], words: list[bytes]) -> Fields:
    """Give the words of a record's line under their names; a type may be written in several words."""
    if len(words) > len(names):
        place = names.index("Content-type") if "Content-type" in names else len(names) - 2
        extra = len(words) - len(names) + 1
        words = [*words[:place], b" ".join(words[place : place + extra]), *words[place + extra :]]
    return list(zip(names, words, strict=False))


def _described(records: Records, block: Forward) -> tuple[str, ...]:
    """Read the first record: its version, and the names of the words."""
    records.say((("info", "version"),), block.line().strip().decode("utf-8", "replace"))
    return tuple(name.decode("latin-1") for name in block.line().split())


def _content(records: Records, block: Forward) -> None:
    """Send what a server said, and hand out what it sent."""
    http = records.http(block) if block.peek(5) == b"HTTP/" else []
    if block.peek(1):
        records.member(b"record", body(block, http))
