"""Read what the styles of a Word document do to text: hide it, put it in a list, set it in a font."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.markup.word_numbering import StyleList
from proofroom.extract.ooxml.safe_xml import Element, whole_number

_OFF: Final = ("0", "false", "off")


@dataclass(slots=True)
class Styles:
    """The styles of a document by their ids: those that hide text, the default one, and their lists."""

    hidden: frozenset[str] = frozenset()
    lists: dict[str, StyleList] = field(default_factory=dict)
    default: str = ""


def read_styles(*trees: Element) -> Styles:
    """Read the parts that hold styles; a style also hides by the style it is based on."""
    found = Styles()
    hidden: set[str] = set()
    for tree in trees:
        for style in tree.all("style"):
            name = style.get("styleId")
            based = next((one.get("val") for one in style.children if one.name == "basedOn"), "")
            found.lists[name] = _list_of(style, based)
            if style.get("type") == "paragraph" and style.get("default") not in ("", *_OFF):
                found.default = name
            if any(mark.get("val") not in _OFF for mark in style.all("vanish")):
                hidden.add(name)
    for name in found.lists:
        above, steps = name, 0
        while above and above not in hidden and steps < len(found.lists):
            above = found.lists[above].based if above in found.lists else ""
            steps += 1
        if above in hidden:
            hidden.add(name)
    found.hidden = frozenset(hidden)
    return found


def _list_of(style: Element, based: str) -> StyleList:
    """Give the list and level that a style names."""
    use: str | None = None
    level: int | None = None
    for mark in style.all("numPr"):
        for child in mark.children:
            if child.name == "numId":
                use = child.get("val")
            elif child.name == "ilvl":
                level = whole_number(child.get("val"))
    return StyleList(based, use, level)
