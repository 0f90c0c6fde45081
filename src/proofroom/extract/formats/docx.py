"""Read Word documents (docx, docm, dotx, dotm): every paragraph, and what hides beside it.

`para=N` counts from 1 through body, tables and text boxes in reading order, empty ones included. Beside a
paragraph stand its number in a list as `label`, and `deleted`, `comment`, `field`, `link`, `alt`, `value`,
`picture`, `object` and `ruby`, with `author` and `date` where known; `header`, `footer` and `note` number the
headers, footers and notes, `autotext=1` holds building blocks. Embedded files, pictures, macros are members.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.markup.word_package import read_word
from proofroom.extract.ooxml.package import open_package

_OFFICE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def read(source: Source, sink: Sink) -> None:
    """Read a document; what a damaged or missing part costs is said, the rest is given."""
    read_word(open_package(source), sink)


FORMAT = Format(
    name="docx",
    media_types=frozenset(
        (
            f"{_OFFICE}.document",
            f"{_OFFICE}.template",
            "application/vnd.ms-word.document.macroenabled.12",
            "application/vnd.ms-word.template.macroenabled.12",
        )
    ),
    read=read,
    sample="docx.docx",
)
