"""Read OpenDocument files (texts, slides, drawings, sheets, formulas, databases), packed or flat, and OpenOffice 1.x.

Texts have `para=N` with all that hangs on a paragraph, `header`, `footer`, `note`; slides `slide=N&shape=M` with
notes and comments, drawings `page=N&shape=M`, masters `master=N&shape=M`; sheets have cells. Macros in Basic are
read line by line. Pictures, objects, scripts, signatures and earlier versions are members.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.ooxml.package import open_package
from proofroom.extract.opendocument.flat import read_flat
from proofroom.extract.opendocument.package import read_package

_OASIS: Final = "application/vnd.oasis.opendocument."
_SUN: Final = "application/vnd.sun.xml."
_KINDS: Final = ("text", "spreadsheet", "presentation", "graphics")
_PACKED: Final = b"PK"


def read(source: Source, sink: Sink) -> None:
    """Read a package, or one flat XML; what a damaged or missing part costs is said, the rest is given."""
    source.untrusted.seek(0)
    if source.untrusted.read(2) == _PACKED:
        read_package(source, open_package(source), sink)
    else:
        read_flat(source, sink)


FORMAT = Format(
    name="opendocument",
    media_types=frozenset(
        (
            *(f"{_OASIS}{kind}{more}" for kind in _KINDS for more in ("", "-template", "-flat-xml")),
            *(f"{_OASIS}{kind}" for kind in ("text-master", "text-web", "text-master-template", "formula")),
            *(f"{_OASIS}{kind}" for kind in ("chart", "image", "database", "base", "formula-template")),
            *(f"{_OASIS}{kind}" for kind in ("chart-template", "image-template", "part")),
            *(
                f"{_SUN}{kind}"
                for kind in ("writer", "writer.global", "calc", "impress", "draw", "math", "base")
            ),
            *(f"{_SUN}{kind}.template" for kind in ("writer", "calc", "impress", "draw")),
        )
    ),
    read=read,
    sample="opendocument.odt",
)
