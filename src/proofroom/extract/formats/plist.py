"""Read binary property lists of Apple's programs, and what Safari saves in them: web archives.

Of a web archive the page's text stands at `para=N`, frames, pictures and styles are members under their
addresses. Of any other list each value stands at its pointer (`pointer=/a/0/b`), data are members.
"""

from __future__ import annotations

import plistlib
from typing import Any, Final
from xml.parsers.expat import ExpatError

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.saved.property_list import PropertyList
from proofroom.extract.saved.webarchive import MAIN, give_archive
from proofroom.model.states import Reason, State

_LARGEST: Final = 1 << 30
_BROKEN: Final = (
    *(plistlib.InvalidFileException, ValueError, OverflowError, IndexError, KeyError, TypeError, LookupError),
    *(EOFError, OSError, ExpatError, ArithmeticError),
)


def read(source: Source, sink: Sink) -> None:
    """Read a list; the format allows nothing to be read of a broken one."""
    if source.size > _LARGEST:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
    top = _load(source)
    if isinstance(top, dict) and MAIN in top:
        give_archive(source, sink, top)
        return
    with LineBatch(sink) as lines:
        PropertyList(sink, lines, source.limits).give(top)


def _load(source: Source) -> Any:
    """Parse the list; one that refers to itself or nests without end is cut."""
    source.untrusted.seek(0)
    try:
        return plistlib.load(source.untrusted, fmt=plistlib.FMT_BINARY)
    except RecursionError as deep:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_DEPTH) from deep
    except _BROKEN as broken:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from broken


FORMAT = Format(
    name="plist", media_types=frozenset(("application/x-bplist",)), read=read, sample="plist.webarchive"
)
