"""Read saved pages (mht, mhtml): the page as text, and all it is made of as members under their addresses.

The page's text stands as that of any web page (`para=N`); headers are `mail:NAME`, and `mail:part:N` says of
each part its type and the address from which it was saved. Other frames, pictures and styles are members.
"""

from __future__ import annotations

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.saved.mhtml_parts import SavedPage


def read(source: Source, sink: Sink) -> None:
    """Read a saved page; one without any page in it gives its members only."""
    SavedPage(source, sink).read()


FORMAT = Format(
    name="mhtml", media_types=frozenset(("application/x-mimearchive",)), read=read, sample="mhtml.mht"
)
