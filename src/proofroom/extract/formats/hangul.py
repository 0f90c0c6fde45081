"""Read documents of the Korean word processor Hangul (hwp from version 5, hwpx).

`para=N` counts the paragraphs of the body, cells of tables among them; `header`, `footer`, `note`, `comment`
and `shape` count theirs. Links and equations hang on their paragraph. Pictures and embedded files are members.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.hangul.document import read_compound
from proofroom.extract.hangul.zipped import read_zipped

_COMPOUND: Final = b"\xd0\xcf\x11\xe0"


def read(source: Source, sink: Sink) -> None:
    """Read a document of either kind."""
    source.untrusted.seek(0)
    if source.untrusted.read(len(_COMPOUND)) == _COMPOUND:
        read_compound(source, sink)
    else:
        read_zipped(source, sink)


FORMAT = Format(
    name="hangul",
    media_types=frozenset(("application/x-hwp", "application/hwp+zip")),
    read=read,
    sample="hangul.hwp",
)
