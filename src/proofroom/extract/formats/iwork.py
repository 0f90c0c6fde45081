"""Read documents of Apple's Pages, Numbers and Keynote, those of 2013 and later and the older ones of XML.

Tables are sheets called `SHEET/TABLE`. Slides are `slide=N` with `shape`, `notes` and `name`, layouts
`layout=N`; of Pages the body is `para=N`, beside it `header`, `note`, `shape`. Comments, links, descriptions
and deleted text hang on their places. Pictures and previews are members. Formulas are not written out.
"""

from __future__ import annotations

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.iwork.package import read_document


def read(source: Source, sink: Sink) -> None:
    """Read a document; what a damaged part costs is said, the rest is given."""
    read_document(source, sink)


FORMAT = Format(
    name="iwork", media_types=frozenset(("application/vnd.apple.iwork",)), read=read, sample="iwork.numbers"
)
