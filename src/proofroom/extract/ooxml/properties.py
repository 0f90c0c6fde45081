"""Read the properties of an Office document: who made it, when and with what, and how the zip was packed.

Keys are `ooxml:NAME` for core, application and custom properties (ECMA-376 part 2, 11; part 1, 22.2 and
22.3), `zip:NAME` for facts about the package itself.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.ooxml.package import DamagedPart, Package, entry_name, plain_name
from proofroom.extract.ooxml.relationships import relationships, small_part
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.model.states import Reason

_SYSTEMS: Final = {0: "FAT", 3: "Unix", 10: "NTFS", 11: "NTFS", 19: "macOS"}
_MOST_NAMES: Final = 64
_LONGEST: Final = 65_536
_LONGEST_KEY: Final = 1_024
_DEVICE_NAME: Final = 64
_FIELD_HEAD: Final = 4
_KINDS: Final = ("core-properties", "extended-properties")
_PARTS: Final = ("docProps/core.xml", "docProps/app.xml")
_CUSTOM: Final = "docProps/custom.xml"


def send_properties(package: Package, sink: Sink, failed: Callable[[Reason], None]) -> None:
    """Send the document's properties and the facts about its zip."""
    arrows = [one for one in relationships(package, "", failed) if not one.external]
    named = [one.untrusted_target for one in arrows if one.kind in _KINDS]
    for part in dict.fromkeys((*named, *_PARTS)):
        for element in small_part(package, part, failed).walk():
            if not element.children and element.name and element.untrusted_text.strip():
                sink.meta(f"ooxml:{element.name[:_LONGEST_KEY]}", element.untrusted_text[:_LONGEST])
    named = [one.untrusted_target for one in arrows if one.kind == "custom-properties"]
    for part in dict.fromkeys((*named, _CUSTOM)):
        for element in small_part(package, part, failed).all("property"):
            sink.meta(f"ooxml:custom:{element.get('name')[:_LONGEST_KEY]}", _value(element)[:_LONGEST])
    send_printers(package, sink)
    _send_zip_facts(package, sink)


def send_printers(package: Package, sink: Sink) -> None:
    """Send the names of the printers a document was set up for: the first field of each DEVMODE."""
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        if "/printersettings/" in name and name.endswith(".bin"):
            try:
                device = package.whole(entry)[:_DEVICE_NAME].decode("utf-16-le", "replace").partition("\0")[0]
            except DamagedPart as damaged:
                sink.partly(damaged.reason)
                continue
            if device.isprintable() and device:
                sink.meta("ooxml:printer", device)


def _value(element: Element) -> str:
    """Give the value of a custom property as text."""
    return " ".join(filter(None, (child.untrusted_text.strip() for child in element.walk())))


def _send_zip_facts(package: Package, sink: Sink) -> None:
    """Send the order of the parts and how they were packed."""
    names = [entry_name(entry) for entry in package.entries]
    more = f" (+{len(names) - _MOST_NAMES})" if len(names) > _MOST_NAMES else ""
    sink.meta("zip:order", " ".join(names[:_MOST_NAMES]) + more)
    if len(set(names)) < len(names):
        sink.meta("zip:duplicate-names", str(len(names) - len(set(names))))
    listed = [entry for entry in package.entries if isinstance(entry, zipfile.ZipInfo)]
    if listed:
        for key, value in _packing(listed):
            sink.meta(f"zip:{key}", value)
    if package.archive is not None and package.archive.comment:
        sink.meta("zip:comment", package.archive.comment.decode("utf-8", "replace"))


def _packing(entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, str]]:
    """Give how the parts were packed: programs differ in it, and one that packs a file anew leaves its own marks."""
    systems = sorted({entry.create_system for entry in entries})
    yield "create-system", " ".join(_SYSTEMS.get(system, str(system)) for system in systems)
    dates = sorted({entry.date_time for entry in entries})
    yield "first-date", _date(dates[0])
    if len(dates) > 1:
        yield "last-date", _date(dates[-1])
    yield "flags", " ".join(f"{flags:#06x}" for flags in sorted({entry.flag_bits for entry in entries}))
    versions = sorted({(entry.create_version, entry.extract_version) for entry in entries})
    yield "versions", " ".join(f"{made}/{needed}" for made, needed in versions)
    yield "methods", " ".join(str(method) for method in sorted({entry.compress_type for entry in entries}))
    extra = sorted({number for entry in entries for number in _extra_fields(entry.extra)})
    if extra:
        yield "extra", " ".join(f"{number:04x}" for number in extra[:_MOST_NAMES])


def _extra_fields(extra: bytes) -> Iterator[int]:
    """Give the numbers of the extra fields of one entry (APPNOTE.TXT 6.3.10, 4.5.1)."""
    at = 0
    while at + _FIELD_HEAD <= len(extra):
        yield int.from_bytes(extra[at : at + 2], "little")
        at += _FIELD_HEAD + int.from_bytes(extra[at + 2 : at + 4], "little")


def _date(moment: tuple[int, int, int, int, int, int]) -> str:
    year, month, day, hour, minute, second = moment
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
