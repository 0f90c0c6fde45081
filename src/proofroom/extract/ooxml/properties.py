"""Read the properties of an Office document: who made it, when and with what, and how the zip was packed.

Keys are `ooxml:NAME` for core, application and custom properties (ECMA-376 part 2, 11; part 1, 22.2 and
22.3), `zip:NAME` for facts about the package itself.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
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
    """Send the order of the parts, the system that packed them and the first date in the zip."""
    names = [entry_name(entry) for entry in package.entries]
    more = f" (+{len(names) - _MOST_NAMES})" if len(names) > _MOST_NAMES else ""
    sink.meta("zip:order", " ".join(names[:_MOST_NAMES]) + more)
    if len(set(names)) < len(names):
        sink.meta("zip:duplicate-names", str(len(names) - len(set(names))))
    listed = [entry for entry in package.entries if isinstance(entry, zipfile.ZipInfo)]
    if listed:
        systems = sorted({entry.create_system for entry in listed})
        sink.meta("zip:create-system", " ".join(_SYSTEMS.get(system, str(system)) for system in systems))
        year, month, day, hour, minute, second = min(entry.date_time for entry in listed)
        sink.meta("zip:first-date", f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}")
    if package.archive is not None and package.archive.comment:
        sink.meta("zip:comment", package.archive.comment.decode("utf-8", "replace"))
