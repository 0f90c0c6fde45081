"""Read a package that holds a Word document: its properties and settings, its texts, and its other parts."""

from __future__ import annotations

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.office_parts import end, main_part, send_every_external, send_members
from proofroom.extract.markup.word_document import Address, WordDocument, parts_of
from proofroom.extract.markup.word_facts import send_fonts, send_gathered, send_people, send_settings
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.properties import send_properties
from proofroom.extract.ooxml.relationships import Relationship, relationships
from proofroom.model.states import Reason

MAIN = "word/document.xml"
_BLOCKS = "glossaryDocument"


def read_word(package: Package, sink: Sink) -> None:
    """Read a document; what a damaged or missing part costs is said, the rest is given."""
    main = main_part(package, MAIN, sink.partly)
    send_properties(package, sink, sink.partly)
    send_every_external(package, sink)
    arrows = relationships(package, main, sink.partly)
    with LineBatch(sink) as lines:
        broken = _document(package, sink, lines, (main, arrows), ())
        for number, part in enumerate(parts_of(arrows, _BLOCKS), 1):
            below = relationships(package, part, sink.partly)
            reason = _document(package, sink, lines, (part, below), (("autotext", str(number)),))
            if reason:
                sink.partly(reason)
    send_members(package, sink)
    end(package, broken)


def _document(
    package: Package, sink: Sink, lines: LineBatch, part: tuple[str, list[Relationship]], above: Address
) -> Reason:
    """Send one document of the package: the main one, or the building blocks it keeps."""
    document = WordDocument(package, sink, lines, part[1], above)
    listed: dict[str, None] = {}
    for tree in document.trees("settings"):
        listed |= send_settings(tree, sink)
    broken = document.body(part[0])
    document.margins()
    document.notes()
    document.comments()
    for tree in document.trees("fontTable"):
        send_fonts(tree, sink)
    for tree in document.trees("people"):
        send_people(tree, sink)
    send_gathered(document.gathered, listed, sink)
    return broken
