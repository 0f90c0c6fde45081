"""Read LHA archives (lzh): every file in them is a member, under its name as it is stored, in whatever encoding.

Dates and the forms of headers stand under `lha:entry:N`. The system's libarchive unpacks each member.
"""

from __future__ import annotations

import stat
from typing import Final

from proofroom.extract.containers.archive_entries import whole
from proofroom.extract.containers.giving import MOST_FACTS, give, special, text_of, withhold
from proofroom.extract.containers.lha_walk import Member, blocks, members
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_LINK: Final = b"|"


def read(source: Source, sink: Sink) -> None:
    """Hand out the members in the archive's order; where a header breaks, what came before stands."""
    number = 0
    for number, member in enumerate(members(source.untrusted, source.size), 1):
        _give(source, sink, member, number)
    if not number:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


def _give(source: Source, sink: Sink, member: Member, number: int) -> None:
    """Give one member: its facts, and its bytes where it is a file."""
    name, bar, target = member.untrusted_name.partition(_LINK)
    is_link = stat.S_ISLNK(member.mode) and bool(bar)
    name = name if is_link else member.untrusted_name
    if number <= MOST_FACTS:
        facts = " ".join(f"{key}={value}" for key, value in member.facts.items() if value)
        sink.meta(f"lha:entry:{number}", facts)
        if is_link:
            sink.meta(f"lha:link:{number}", text_of(target))
    reason = special(member.mode)
    if stat.S_ISDIR(member.mode):
        return
    if reason:
        withhold(sink, name, State.REFUSED, reason)
    else:
        give(sink, name, member.size, whole(blocks(source.untrusted, source.size, member), member.size))


FORMAT = Format("lha", frozenset({"application/x-lzh-compressed"}), read, sample="lha.lzh")
