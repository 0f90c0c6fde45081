"""Read a document of HWPX (OWPML, KS X 6101): sections of XML out of a zip, everything else as members."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.hangul.places import BODY, Places
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.office_parts import read_part
from proofroom.extract.ooxml.package import Package, copy_member, entry_name, open_package, plain_name
from proofroom.extract.ooxml.relationships import small_part
from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.model.states import Reason, State

_SECTION: Final = re.compile(r"contents/section(\d{1,6})\.xml\Z")
_PLUMBING: Final = (
    "mimetype",
    "version.xml",
    "settings.xml",
    "meta-inf/container.xml",
    "meta-inf/container.rdf",
)
_HOLDERS: Final = {
    "header": "header",
    "footer": "footer",
    "footNote": "note",
    "endNote": "note",
    "hiddenComment": "comment",
    "drawText": "shape",
}
_SIGNS: Final = {"tab": "\t", "lineBreak": "\n", "nbSpace": "\u00a0", "fwSpace": " ", "hyphen": "-"}
_LINK_WORDS: Final = ("Path", "Command")


class _Story:
    """Takes what a parser meets in a section and gives its paragraphs."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._open: list[str] = []
        self._texts: list[tuple[list[str], list[str], list[str]]] = []
        self._into: list[str] | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        self._open.append(name)
        if name == "p":
            self._texts.append(([], [], []))
        if not self._texts:
            return
        pieces, links, alts = self._texts[-1]
        if name == "t":
            self._into = pieces
        elif name in _SIGNS and self._into is pieces:
            pieces.append(_SIGNS[name])
        elif name == "stringParam" and attribute(attributes, "name") in _LINK_WORDS and not links:
            self._into = links
        elif name in ("shapeComment", "script"):
            self._into = alts

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._open.pop()
        if name == "p" and self._texts:
            pieces, links, alts = self._texts.pop()
            holder = next((_HOLDERS[one] for one in reversed(self._open) if one in _HOLDERS), BODY)
            address = "".join(links).partition(";")[0].replace("\\:", ":")
            self._places.put(holder, "".join(pieces), [address], ["".join(alts)])
        if name in ("t", "stringParam", "shapeComment", "script"):
            self._into = None

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._into is not None:
            self._into.append(untrusted_text)


def read_zipped(source: Source, sink: Sink) -> None:
    """Read a document; what a damaged section costs is said."""
    package = open_package(source)
    sections: dict[int, str] = {}
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        if found := _SECTION.match(name):
            sections[int(found.group(1))] = name
    _refuse_locked(package, sink)
    _facts(package, sink)
    with LineBatch(sink) as lines:
        places = Places(lines)
        for number in sorted(sections):
            if reason := read_part(package, sections[number], _Story(places)):
                sink.partly(reason)
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        read = name in package.used or name in _PLUMBING or name.endswith("/")
        if not read or package.by_name[name] is not entry:
            copy_member(package, entry, sink)
    if package.salvaged:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if not sections:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


def _refuse_locked(package: Package, sink: Sink) -> None:
    """Say that a document is under a password."""
    manifest = small_part(package, "META-INF/manifest.xml", sink.partly)
    if manifest.all("encryption-data"):
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)


def _facts(package: Package, sink: Sink) -> None:
    """Tell title, authors and dates."""
    for element in small_part(package, "Contents/content.hpf", sink.partly).all("metadata")[:1]:
        for one in element.walk():
            key = one.get("name") if one.name == "meta" else one.name
            if one is not element and one.untrusted_text.strip():
                sink.meta(f"hwp:{key[:64]}", one.untrusted_text.strip()[: 1 << 16])
