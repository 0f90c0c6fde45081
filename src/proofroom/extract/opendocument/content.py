"""Route the elements of an OpenDocument part: styles to the styles, facts to the facts, the body to its reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, Handler, attribute
from proofroom.extract.opendocument.names import OdfParser
from proofroom.extract.opendocument.styles import Styles

_BODIES: Final = ("text", "spreadsheet", "presentation", "drawing", "chart", "image", "database")
_STYLES: Final = ("office:styles", "office:automatic-styles", "office:font-face-decls", "office:font-decls")


class Router:
    """Takes the elements of a part or of a flat file.

    body: asked for the reader of the body when its kind is known: `text`, `spreadsheet`, `presentation`, `drawing`,
    `chart`, `image`, `database`, `math`, or what a file of OpenOffice.org 1.x calls itself. masters: asked for
    the reader of master pages; sides: readers of what stands beside the body, by its name.
    """

    def __init__(
        self,
        styles: Styles,
        body: Callable[[str], Handler | None],
        masters: Callable[[str], Handler] | None = None,
        sides: dict[str, Handler] | None = None,
    ) -> None:
        """Read with these."""
        self._styles = styles
        self._ask = body
        self._masters = masters
        self._sides = sides or {}
        self._into: Handler | None = None
        self._until = ""
        self._depth = self._inside = 0
        self._waiting = False
        self._class = ""
        self.root = ""
        self.parser = OdfParser(self)

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        self._depth += 1
        if self._depth == 1:
            self.root = name
            self._class = attribute(attributes, "class") or _kind_of(attribute(attributes, "mimetype"))
        if self._waiting:
            self._body(name, attributes)
        elif self._into is not None:
            self._inside += name == self._until
            self._into.start(name, attributes)
        elif name in _STYLES:
            self._open(name, _StylesOnly(self._styles))
        elif name == "office:master-styles" and self._masters is not None:
            self._open(name, self._masters(self._class))
        elif name in self._sides:
            self._open(name, self._sides[name])
            self._sides[name].start(name, attributes)
        elif name == "office:body":
            self._waiting = True
        elif name == "math:math" and self._depth == 1:
            self._into_body("math", name, attributes)

    def _body(self, name: str, attributes: Attributes) -> None:
        """Ask for the reader of the body by its first element; before ODF 1.0 that was its first content."""
        self._waiting = False
        kind = name.removeprefix("office:")
        if kind in _BODIES:
            self._into_body(kind, name, attributes)
            if self._into is not None:
                # A body holds nothing for anybody else: its reader need not be asked by way of us.
                self.parser.focus(self._into)
        else:
            self._into_body(self._class or "text", "office:body", attributes, name)

    def _into_body(self, kind: str, until: str, attributes: Attributes, first: str = "") -> None:
        body = self._ask(kind)
        if body is not None:
            self._open(until, body)
            body.start(first or until, attributes)

    def _open(self, name: str, into: Handler) -> None:
        self._into, self._until, self._inside = into, name, 1

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._depth -= 1
        if self._into is None:
            self._waiting = False
            return
        self._into.end(name)
        self._inside -= name == self._until
        if not self._inside:
            self._into = None

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._into is not None:
            self._into.text(untrusted_text)


class _StylesOnly:
    """Gives styles to the styles."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles

    def start(self, name: str, attributes: Attributes) -> None:
        self._styles.start(name, attributes)

    def end(self, name: str) -> None:
        self._styles.end(name)

    def text(self, untrusted_text: str) -> None:
        self._styles.text(untrusted_text)


def _kind_of(media_type: str) -> str:
    """Give the kind of body that a media type promises."""
    name = media_type.rpartition(".")[2].partition("-")[0]
    return {"graphics": "drawing", "formula": "math", "base": "database"}.get(name, name)
