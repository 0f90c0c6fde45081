"""Read drawn pictures (EMF, EMF+, WMF): the words that are drawn in them, as lines, and the pictures inside them.

Old Office files keep such a drawing of every embedded chart and object: often it is the only place where the
words of an axis or of a missing object stand. What is only lines and surfaces is not rendered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pictures.drawn import Bitmap, Words, lines
from proofroom.extract.pictures.emf_records import description, emf_records, fonts
from proofroom.extract.pictures.wmf_records import wmf_records
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_EMF: Final = b"\1\0\0\0"
_MOST_FONTS: Final = 256


def read(source: Source, sink: Sink) -> None:
    """Give the words of a drawing line by line, then the pictures inside it."""
    source.untrusted.seek(0)
    data = source.untrusted.read()
    enhanced = data.startswith(_EMF)
    bitmaps: list[Bitmap] = []
    broken = False

    def words() -> Iterator[Words]:
        nonlocal broken
        try:
            for one in emf_records(data) if enhanced else wmf_records(data):
                if isinstance(one, Words):
                    yield one
                else:
                    bitmaps.append(one)
        except ValueError:
            broken = True

    number = 0
    with LineBatch(sink) as batch:
        for number, line in enumerate(lines(words()), 1):
            batch.put((("line", str(number)),), PieceKind.LINE, line)
    if enhanced:
        _send_facts(data, sink)
    for count, bitmap in enumerate(bitmaps, 1):
        ending, body = bitmap.as_file()
        with sink.member(f"pictures/{count}.{ending}".encode(), len(body)) as out:
            out.write(body)
    if broken:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if not number and not bitmaps:
        raise Unreadable(State.READ, Reason.NO_TEXT)


def _send_facts(data: bytes, sink: Sink) -> None:
    """Send what the drawing says of its program, and its fonts."""
    for told in description(data):
        sink.meta("emf:description", told)
    for name in list(dict.fromkeys(filter(str.strip, fonts(data))))[:_MOST_FONTS]:
        sink.meta("font:name", name)


FORMAT = Format(
    name="metafile",
    media_types=frozenset(("image/emf", "image/wmf")),
    read=read,
    sample="metafile.emf",
)
