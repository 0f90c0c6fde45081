"""Keep what OpenDocument styles say that matters for reading: what is hidden, how lists count, which fonts.

Takes the elements of `styles.xml` and of the styles at the head of `content.xml`; those of the content win.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.extract.opendocument.lists import Lists
from proofroom.extract.opendocument.number_codes import OdsFormats

_MOST_CHAIN: Final = 64
_MOST: Final = 65_536
_PROPERTIES: Final = frozenset(
    (
        *("style:text-properties", "style:table-properties", "style:drawing-page-properties"),
        *("style:properties", "style:paragraph-properties", "style:graphic-properties"),
    )
)
_PICTURES: Final = ("style:background-image", "draw:fill-image", "text:list-level-style-image")
_NONE: Final = ("none", "hidden", "false")


@dataclass(slots=True)
class Style:
    """One style: what it is based on, and what it says itself; None where it says nothing."""

    parent: str = ""
    hidden: bool | None = None
    list_style: str | None = None
    font: str = ""
    master: str = ""
    data: str = ""


@dataclass(slots=True)
class Styles:
    """The styles of one document by family and name."""

    lists: Lists = field(default_factory=Lists)
    formats: OdsFormats = field(default_factory=OdsFormats)
    external: dict[str, None] = field(default_factory=dict)
    conditions: dict[str, None] = field(default_factory=dict)
    fonts: dict[str, str] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)
    languages: dict[str, None] = field(default_factory=dict)
    _known: dict[tuple[str, str], Style] = field(default_factory=dict)
    _open: Style | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element among styles."""
        if name == "style:style":
            self._begin(attributes)
        elif name in _PROPERTIES:
            self._properties(attributes)
        elif name in ("style:font-face", "style:font-decl"):
            if len(self.fonts) < _MOST:
                family = attribute(attributes, "font-family") or attribute(attributes, "name")
                self.fonts[attribute(attributes, "name")] = family.strip("'")
        elif name in _PICTURES:
            target = attribute(attributes, "href")
            if "://" in target and len(self.external) < _MOST:
                self.external[target] = None
        elif name == "style:map" and self._open is not None:
            keys = ("condition", "apply-style-name", "base-cell-address")
            told = " ".join(filter(None, (attribute(attributes, key) for key in keys)))
            if len(self.conditions) < _MOST:
                self.conditions[told] = None
        else:
            self.lists.start(name, attributes)
            self.formats.start(name, attributes)

    def text(self, untrusted_text: str) -> None:
        """Take characters: those of number formats count."""
        self.formats.text(untrusted_text)

    def end(self, name: str) -> None:
        """Take the end of an element among styles."""
        if name == "style:style":
            self._open = None
        else:
            self.lists.end(name)
            self.formats.end(name)

    def hides(self, family: str, name: str) -> bool:
        """Tell whether a style, or one that it is based on, hides what is in it."""
        for style in self._chain(family, name):
            if style.hidden is not None:
                return style.hidden
        return False

    def list_of(self, name: str) -> str | None:
        """Give the list in which a paragraph style puts its paragraphs; None for none, "" for out of any."""
        for style in self._chain("paragraph", name):
            if style.list_style is not None:
                return style.list_style
        return None

    def font_of(self, family: str, name: str) -> str:
        """Give the font that a style names, "" for none."""
        for style in self._chain(family, name):
            if style.font:
                return self.fonts.get(style.font, style.font)
        return ""

    def data_style(self, name: str) -> str:
        """Give the number format of a style of cells, "" for none."""
        for style in self._chain("table-cell", name):
            if style.data:
                return style.data
        return ""

    def master_of(self, family: str, name: str) -> str:
        """Give the master page that a style asks for."""
        for style in self._chain(family, name):
            if style.master:
                return style.master
        return ""

    def _chain(self, family: str, name: str) -> list[Style]:
        """Give a style and those it is based on, nearest first."""
        found: list[Style] = []
        style = self._known.get((family, name))
        while style is not None and len(found) < _MOST_CHAIN:
            found.append(style)
            style = self._known.get((family, style.parent))
        return found

    def _begin(self, attributes: Attributes) -> None:
        key = attribute(attributes, "family"), attribute(attributes, "name")
        listed = attribute(attributes, "list-style-name", "\0")
        self._open = Style(
            parent=attribute(attributes, "parent-style-name"),
            list_style=None if listed == "\0" else listed,
            master=attribute(attributes, "master-page-name"),
            data=attribute(attributes, "data-style-name"),
        )
        if len(self._known) < _MOST:
            self._known[key] = self._open

    def _properties(self, attributes: Attributes) -> None:
        """Take what a style says: hidden text, a hidden sheet or slide, its font and language."""
        language = attribute(attributes, "language")
        if language and language != "none" and len(self.languages) < _MOST:
            country = attribute(attributes, "country")
            self.languages["-".join(filter(None, (language, country.replace("none", ""))))] = None
        style = self._open
        if style is None:
            return
        hidden = attribute(attributes, "display") or attribute(attributes, "visibility")
        if hidden:
            style.hidden = hidden in _NONE
        named = attribute(attributes, "font-name") or attribute(attributes, "font-family")
        style.font = style.font or named.strip("'") or attribute(attributes, "font-name-asian")
