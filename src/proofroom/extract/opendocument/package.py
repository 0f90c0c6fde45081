"""Read an OpenDocument package: its properties, its body, its master pages, its macros; the rest are members."""

from __future__ import annotations

import re
import zipfile
from typing import Final

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.office_parts import end
from proofroom.extract.ooxml.package import Package, copy_member, entry_bytes, entry_name, plain_name
from proofroom.extract.ooxml.properties import send_properties
from proofroom.extract.ooxml.relationships import small_part
from proofroom.extract.opendocument.aside import Macros, send_script
from proofroom.extract.opendocument.bodies import Bodies
from proofroom.extract.opendocument.content import Router
from proofroom.extract.opendocument.deliver import Deliver
from proofroom.extract.opendocument.facts import (
    send_manifest,
    send_meta,
    send_settings,
    send_signatures,
    send_versions,
)
from proofroom.extract.opendocument.names import OdfParser, parse_part
from proofroom.extract.opendocument.styles import Styles
from proofroom.extract.opendocument.unlocking import unlock_package
from proofroom.model.states import Reason, State

MANIFEST: Final = "META-INF/manifest.xml"
_PLUMBING: Final = re.compile(
    r"mimetype|meta-inf/manifest\.xml|(?:meta|styles|settings)\.xml|manifest\.rdf|layout-cache|versionlist\.xml|.*/|"
    r"(?:.*/)?mimetype",
    re.DOTALL,
)
_BASIC: Final = re.compile(r"basic/.*\.xml", re.DOTALL)
_SCRIPTS: Final = re.compile(r"scripts/.*[^/]", re.DOTALL)
_SIGNATURES: Final = ("META-INF/documentsignatures.xml", "META-INF/macrosignatures.xml")
_EMPTY: Final = re.compile(r"configurations2/.*", re.DOTALL)


def read_package(source: Source, package: Package, sink: Sink) -> None:
    """Read a package; one under a password gives the member `decrypted` or ends `locked`."""
    manifest = small_part(package, MANIFEST, sink.partly)
    send_manifest(manifest, sink)
    send_properties(package, sink, sink.partly)
    locked = unlock_package(source, package, manifest, sink)
    send_meta(small_part(package, "meta.xml", sink.partly), sink)
    send_settings(small_part(package, "settings.xml", sink.partly), sink)
    send_versions(small_part(package, "VersionList.xml", sink.partly), sink)
    for name in _SIGNATURES:
        send_signatures(small_part(package, name, sink.partly), sink)
        package.used.discard(plain_name(name))
    with LineBatch(sink) as lines:
        broken = _read_texts(package, sink, lines)
    _send_members(package, locked, sink)
    if broken is Reason.ENTITY_EXPANSION:
        raise Unreadable(State.REFUSED, Reason.ENTITY_EXPANSION)
    end(package, broken)


def _read_texts(package: Package, sink: Sink, lines: LineBatch) -> Reason:
    """Read the body, then master pages and macros; gives why the body could not be read to its end."""
    styles = Styles()
    _read_styles(package, sink, Router(styles, lambda _kind: None))
    bodies = Bodies(sink, lines, styles)
    macros = Macros(Deliver(sink, lines))
    router = Router(styles, bodies.reader, sides={"office:scripts": macros})
    try:
        broken = parse_part(package, "content.xml", router.parser)
    finally:
        bodies.finish()
    _read_masters(package, sink, bodies)
    _read_macros(package, macros, sink)
    for reason in sorted(bodies.failed):
        sink.partly(reason)
    return broken


def _read_masters(package: Package, sink: Sink, bodies: Bodies) -> None:
    """Read master pages: the headers and footers of texts and sheets, the own texts of slides' masters."""
    own = Styles()
    _read_styles(
        package, sink, Router(own, lambda _kind: None, lambda _kind: bodies.begin_masters(bodies.kind, own))
    )
    bodies.end_masters()


def _read_styles(package: Package, sink: Sink, router: Router) -> None:
    if package.find("styles.xml") is not None:
        broken = parse_part(package, "styles.xml", router.parser)
        if broken:
            sink.partly(broken)


def _read_macros(package: Package, macros: Macros, sink: Sink) -> None:
    """Give the source of macros in Basic line by line; scripts in other languages are members."""
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        if _BASIC.fullmatch(name):
            broken = parse_part(package, entry_name(entry), OdfParser(macros))
            if broken:
                package.used.discard(name)
        elif _SCRIPTS.fullmatch(name):
            send_script(entry_name(entry), sink)


def _send_members(package: Package, locked: set[str], sink: Sink) -> None:
    """Hand out every part that was not read and is no mere plumbing; each keeps its path in the zip."""
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        # Of two parts with one name only the last is read; the other must not be lost.
        second = package.by_name[name] is not entry
        nothing = isinstance(entry, zipfile.ZipInfo) and not entry.file_size and _EMPTY.fullmatch(name)
        if name in locked:
            sink.member_without_bytes(entry_bytes(entry), State.LOCKED, Reason.PASSWORD_UNKNOWN)
        elif second or not (name in package.used or nothing or _PLUMBING.fullmatch(name)):
            copy_member(package, entry, sink)
