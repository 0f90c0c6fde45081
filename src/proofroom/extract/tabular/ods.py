"""Read an OpenDocument spreadsheet: its cells, its properties, and its other parts as members."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.office_parts import end, read_part
from proofroom.extract.ooxml.package import Package, copy_member, entry_name, plain_name
from proofroom.extract.ooxml.properties import send_properties
from proofroom.extract.ooxml.relationships import small_part
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.extract.tabular.ods_cells import OdsCells
from proofroom.model.states import Reason, State

_PLUMBING: Final = re.compile(
    r"mimetype|meta-inf/manifest\.xml|(?:meta|styles|settings)\.xml|manifest\.rdf|layout-cache|"
    r"configurations2/.*|.*/",
    re.DOTALL,
)
_PRINTED: Final = ("header", "footer", "header-left", "footer-left")
_LONGEST: Final = 65_536


def read_ods(package: Package, sink: Sink) -> None:
    """Read a spreadsheet; one under a password ends `locked`."""
    manifest = small_part(package, "META-INF/manifest.xml", sink.partly)
    if manifest.all("encryption-data"):
        raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)
    _send_meta(small_part(package, "meta.xml", sink.partly), sink)
    send_properties(package, sink, sink.partly)
    with LineBatch(sink) as lines:
        handler = OdsCells(sink, lines)
        try:
            broken = read_part(package, "content.xml", handler)
        finally:
            handler.finish()
    for reason in sorted(handler.partial):
        sink.partly(reason)
    _send_printed(package, sink)
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        if name not in package.used and not _PLUMBING.fullmatch(name):
            copy_member(package, entry, sink)
    end(package, broken)


def _send_printed(package: Package, sink: Sink) -> None:
    """Send the texts of headers and footers, which belong to pages and not to a sheet."""
    for element in small_part(package, "styles.xml", sink.partly).walk():
        if element.name in _PRINTED:
            text = "".join(piece for child in element.walk() for piece in child.pieces).strip()
            if text:
                sink.meta(f"odf:{element.name}", text[:_LONGEST])


def _send_meta(tree: Element, sink: Sink) -> None:
    """Send who made it, when and with what, and what users added."""
    for element in tree.walk():
        text = element.untrusted_text.strip()
        if element.name == "user-defined":
            sink.meta(f"odf:custom:{element.get('name')}", text[:_LONGEST])
        elif text and not element.children:
            sink.meta(f"odf:{element.name}", text[:_LONGEST])
        elif element.name in ("template", "auto-reload"):
            sink.meta(f"odf:{element.name}", element.get("href") or element.get("title"))
