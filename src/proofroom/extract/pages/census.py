"""One walk over every object of a PDF: fonts, packets, files and scripts, wherever they hang and if nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import pikepdf

from proofroom.extract.pages.tree import (
    BROKEN,
    entry,
    first_bytes,
    is_dictionary,
    items,
    words,
)

_MOST_OBJECTS: Final = 300_000
_MOST_INSIDE: Final = 1_000
_MOST_FONTS: Final = 2_000
_MOST_PACKETS: Final = 16
_LONGEST_PACKET: Final = 1 << 18
_ACTIONS: Final = (
    "JavaScript",
    "Launch",
    "SubmitForm",
    "ImportData",
    "GoToE",
    "GoToR",
    "Rendition",
    "RichMediaExecute",
)


@dataclass(slots=True)
class Census:
    """What was found: fonts as they are told, XMP packets, file specifications with bytes, actions."""

    fonts: dict[str, None] = field(default_factory=dict)
    packets: list[bytes] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)
    damaged: int = 0
    cut: bool = False


def take(pdf: Any) -> Census:
    """Walk over the objects; those that are damaged are counted and passed over."""
    census = Census()
    for count, thing in enumerate(pdf.objects):
        if count >= _MOST_OBJECTS:
            census.cut = True
            break
        try:
            _look(thing, census)
        except BROKEN:
            census.damaged += 1
    return census


def _look(thing: Any, census: Census) -> None:
    """Look at an object and at the dictionaries that stand inside it."""
    waiting = [thing]
    for _ in range(_MOST_INSIDE):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            inside: list[Any] = list(islice(one, _MOST_INSIDE))
        elif isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            found = dict(islice(one.items(), _MOST_INSIDE))
            _keep(one, found, census)
            inside = list(found.values())
        else:
            continue
        waiting += [value for value in inside if isinstance(value, pikepdf.Object) and not value.is_indirect]


def _keep(thing: Any, found: dict[str, Any], census: Census) -> None:
    """Keep a font, packet, file or action; `found` are the entries of the thing."""
    kind = words(found["/Type"]) if "/Type" in found else ""
    if kind == "Font" and len(census.fonts) < _MOST_FONTS:
        if name := _font(thing):
            census.fonts[name] = None
    elif kind == "Metadata" and isinstance(thing, pikepdf.Stream) and len(census.packets) < _MOST_PACKETS:
        census.packets.append(first_bytes(thing, _LONGEST_PACKET))
    elif "/EF" in found and is_dictionary(found["/EF"]):
        census.files.append(thing)
    if "/S" in found and words(found["/S"]) in _ACTIONS:
        census.actions.append(thing)


def _font(font: Any) -> str:
    """Tell of a font its name, with the letters of a subset, its kind, and whether it is in the document."""
    kind = words(entry(font, "/Subtype"))
    if kind.startswith("CIDFont"):
        return ""
    below = items(entry(font, "/DescendantFonts"))
    inner = below[0] if below else None
    descriptor = entry(inner, "/FontDescriptor") if inner is not None else entry(font, "/FontDescriptor")
    embedded = any(entry(descriptor, key) is not None for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    encoding = entry(font, "/Encoding")
    said = [
        "/".join(filter(None, (kind, words(entry(inner, "/Subtype"))))),
        words(encoding)
        if not is_dictionary(encoding)
        else words(entry(encoding, "/BaseEncoding")) or "own encoding",
        "embedded" if embedded or kind == "Type3" else "not embedded",
        "" if entry(font, "/ToUnicode") is None else "ToUnicode",
    ]
    name = words(entry(font, "/BaseFont")) or words(entry(font, "/Name")) or "unnamed"
    return f"{name} ({', '.join(filter(None, said))})"
