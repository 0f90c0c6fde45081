"""Read Windows shortcuts (lnk): where they lead, what they start, and on which computer they were made.

`link=N` are the places a shortcut leads to, each once; `action=1` is what it gives to the program it starts,
`comment=1` its own words. All else stands as `lnk:NAME`: times and size of the target as it was, the volume's label
and serial number, the computer's name, the ids by which it is found again.
What is appended to the file is a member. Nothing is ever followed.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.containers.giving import give, stored
from proofroom.extract.format import Format, Line, Sink, Source, Unreadable
from proofroom.extract.shortcuts.cursor import Cut
from proofroom.extract.shortcuts.shell_link import HEADER, read_shortcut
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_LARGEST: Final = 16 << 20
_AS_LINES: Final = (("name", "comment=1", PieceKind.COMMENT), ("arguments", "action=1", PieceKind.PARAGRAPH))


def read(source: Source, sink: Sink) -> None:
    """Read a shortcut; one that is cut short gives what stands before."""
    data = source.untrusted.read(_LARGEST)
    if not data.startswith(HEADER):
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    try:
        found = read_shortcut(data)
    except Cut:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT) from None
    lines = [Line(f"link={place}", PieceKind.NAME, path) for place, path in enumerate(found.targets, 1)]
    for key, part, kind in _AS_LINES:
        if found.texts.get(key, "").strip():
            lines.append(Line(part, kind, found.texts[key]))
    sink.lines(lines)
    for key, text in found.texts.items():
        if text.strip() and key not in dict.fromkeys(key for key, _, _ in _AS_LINES):
            sink.meta(f"lnk:{key}", text)
    for key, value in found.facts:
        sink.meta(f"lnk:{key}", value)
    if 0 < found.end < source.size:
        # Nothing belongs there; what hides behind a shortcut is worth a look.
        give(sink, b"appended.bin", source.size - found.end, stored(source.untrusted, found.end, None))
    if found.damaged:
        sink.partly(Reason.DAMAGED_PART)
    if found.cut:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


FORMAT = Format("shortcut", frozenset({"application/x-ms-shortcut"}), read, sample="shortcut.lnk")
