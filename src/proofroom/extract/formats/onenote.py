"""Read sections and tables of contents of OneNote (.one, .onetoc2), as OneNote or a server keeps them.

`page=N&para=M` counts what stands on a page in reading order; beside it stand `author`, `modified`, `link`,
`alt`, `label` (tags) and `picture` or `object`, the member that lies there; `page=N&name=1` is the title of
the page. `page=N&leftover=M` is text that still lies in the file and that the page does not show any more.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.onenote.cursor import Broken
from proofroom.extract.onenote.files import Files
from proofroom.extract.onenote.notebook import Notebook
from proofroom.extract.onenote.package_store import read_package_store
from proofroom.extract.onenote.revision_store import read_revision_store
from proofroom.extract.onenote.story import Story
from proofroom.model.states import Reason, State

_FORMAT_AT: Final = 48
_PACKAGE: Final = bytes.fromhex("2fe98d63d4a6c14b9a36b3fc2511a5b7")


def read(source: Source, sink: Sink) -> None:
    """Read a section; what a damaged part costs is said, the rest is given."""
    try:
        notebook = _notebook(source)
    except Broken as broken:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from broken
    with LineBatch(sink) as lines:
        Story(notebook, sink, lines, Files(notebook, source.untrusted, sink)).tell()
    if notebook.damaged:
        sink.partly(Reason.DAMAGED_PART)
    if notebook.limit:
        raise notebook.limit
    if notebook.cut:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    spaces = notebook.spaces.values()
    if any(space.locked for space in spaces) and all(space.locked or not space.objects for space in spaces):
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    if not any(space.objects for space in spaces):
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


def _notebook(source: Source) -> Notebook:
    """Read whichever store the head of the file names."""
    source.untrusted.seek(_FORMAT_AT)
    if source.untrusted.read(len(_PACKAGE)) == _PACKAGE:
        return read_package_store(source.untrusted, source.size)
    return read_revision_store(source.untrusted, source.size, source.limits.pieces)


FORMAT = Format(
    name="onenote", media_types=frozenset(("application/onenote",)), read=read, sample="onenote.one"
)
