"""Follow the relationships of an Office package from part to part (ECMA-376 part 2, 9.3)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from proofroom.extract.ooxml.package import DamagedPart, Package, entry_name, plain_name
from proofroom.extract.ooxml.safe_xml import Element, Handler, SafeParser, parse_small
from proofroom.model.states import Reason

_LIST: Final = re.compile(r"(?:(.*)/)?_rels/([^/]*)\.rels", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Relationship:
    """One arrow from a part: its id, the last word of its type, and where it points."""

    id: str
    kind: str
    untrusted_target: str
    external: bool


def small_part(package: Package, part: str, failed: Callable[[Reason], None]) -> Element:
    """Parse a part that may be missing; nothing is damaged by its absence."""
    entry = package.find(part)
    if entry is None:
        return Element("")
    return parse_small(package.blocks(entry), failed)


def stream_part(package: Package, part: str, handler: Handler, failed: Callable[[Reason], None]) -> None:
    """Parse a part that is named into a handler; one that is missing or broken is told, and handed out as it is."""
    entry = package.find(part)
    if entry is None:
        failed(Reason.DAMAGED_PART)
        return
    parser = SafeParser(handler, whole=True)
    try:
        for block in package.blocks(entry):
            parser.feed(block)
        parser.feed(b"", final=True)
    except DamagedPart as damaged:
        package.used.discard(plain_name(part))
        failed(damaged.reason)


def relationships(package: Package, part: str, failed: Callable[[Reason], None]) -> list[Relationship]:
    """Read the relationships of a part ("" is the package itself); an absent list is empty."""
    folder, name = posixpath.split(part)
    entry = package.find(posixpath.join(folder, "_rels", f"{name}.rels"))
    if entry is None:
        return []
    found: list[Relationship] = []
    for element in parse_small(package.blocks(entry), failed).all("Relationship"):
        external = element.get("TargetMode").lower() == "external"
        target = element.get("Target")
        kind = element.get("Type").rpartition("/")[2]
        found.append(
            Relationship(element.get("Id"), kind, target if external else resolve(part, target), external)
        )
    return found


def external_relationships(package: Package) -> list[Relationship]:
    """Give all arrows of all parts that lead out of the package; damage to a list is told by its part's reader."""
    found: dict[Relationship, None] = {}
    for entry in package.entries:
        list_of = _LIST.fullmatch(entry_name(entry).replace("\\", "/"))
        if list_of:
            part = posixpath.join(list_of.group(1) or "", list_of.group(2))
            arrows = relationships(package, part.lstrip("/"), lambda _reason: None)
            found.update((replace(one, id=""), None) for one in arrows if one.external)
    return list(found)


def resolve(part: str, target: str) -> str:
    """Give the name of the part that a target means, seen from another part; it never leaves the package."""
    target = target.replace("\\", "/")
    joined = target if target.startswith("/") else posixpath.join(posixpath.dirname(part), target)
    return posixpath.normpath("/" + joined.lstrip("/")).lstrip("/")
