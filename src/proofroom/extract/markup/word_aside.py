"""Hang on a Word paragraph what pictures, shapes, objects, links and fields for entries say (ECMA-376 part 1)."""

from __future__ import annotations

from typing import Final

from proofroom.extract.markup.word_paragraph import Paragraph
from proofroom.extract.ooxml.safe_xml import Attributes, attribute

_LINKS: Final = ("hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver")
_PICTURES: Final = {"blip": ("embed", "link"), "imagedata": ("id", "href"), "svgBlip": ("embed", "link")}
_SHAPES: Final = ("shape", "rect", "oval", "roundrect", "imagedata", "line", "group")
_ENTRIES: Final = {
    "alias": ("val",),
    "tag": ("val",),
    "listItem": ("displayText", "value"),
    "listEntry": ("val",),
    "default": ("val",),
    "helpText": ("val",),
    "statusText": ("val",),
    "date": ("fullDate",),
    "name": ("val",),
    "description": ("val",),
}
_HEX: Final = 16


def describe(paragraph: Paragraph, name: str, attributes: Attributes, targets: dict[str, str]) -> None:
    """Hang links, pictures, objects, alternative texts and the settings of fields on a paragraph."""
    if name in _LINKS:
        _link(paragraph, attributes, targets)
    elif name in ("docPr", "cNvPr"):
        for key in ("title", "descr"):
            paragraph.hang("alt", attribute(attributes, key))
    elif name == "textpath":
        paragraph.hang("alt", attribute(attributes, "string"))
    elif name == "OLEObject":
        program, target = attribute(attributes, "ProgID"), targets.get(attribute(attributes, "id"), "")
        paragraph.hang("object", f"{program} {target}".strip())
    elif name in _SHAPES:
        paragraph.hang("alt", attribute(attributes, "alt") or attribute(attributes, "title"))
        if name != "imagedata":
            paragraph.hang("link", attribute(attributes, "href"))
    if name in _PICTURES:
        for key in _PICTURES[name]:
            paragraph.hang("picture", targets.get(attribute(attributes, key), ""))


def entries_of(name: str, attributes: Attributes) -> list[str]:
    """Give what a field for entries is called, offers and starts with."""
    found = [attribute(attributes, key) for key in _ENTRIES.get(name, ())]
    return list(dict.fromkeys(one for one in found if one.strip()))


def symbol(code: str) -> str:
    """Give a character of a symbol font by its hexadecimal number, in the private area where it stands."""
    try:
        return chr(int(code, _HEX))
    except (ValueError, OverflowError):
        return ""


def _link(paragraph: Paragraph, attributes: Attributes, targets: dict[str, str]) -> None:
    """Hang a link's target on the paragraph."""
    place = attribute(attributes, "anchor")
    target = targets.get(attribute(attributes, "id"), "")
    paragraph.hang("link", target + (f"#{place}" if place else ""))
