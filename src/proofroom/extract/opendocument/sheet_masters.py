"""Read the headers and footers that OpenDocument sheets are printed with: those of their master pages."""

from __future__ import annotations

from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, attribute

_MARGINS: Final = {
    f"style:{margin}{which}": margin
    for margin in ("header", "footer")
    for which in ("", "-left", "-first", "-even")
}
_MOST: Final = 65_536


class OdsMasters:
    """Takes master pages; `found` has the texts of each, as header or footer, by its name."""

    def __init__(self) -> None:
        """Begin without any."""
        self.found: dict[str, list[tuple[str, str]]] = {}
        self._master: list[tuple[str, str]] | None = None
        self._texts: list[str] | None = None
        self._piece: list[str] | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if name == "style:master-page":
            self._master = []
            if len(self.found) < _MOST:
                self.found[attribute(attributes, "name")] = self._master
        elif name in _MARGINS:
            self._texts = []
        elif name == "text:p":
            self._piece = []
        elif name in ("text:tab", "text:s", "text:line-break") and self._piece is not None:
            self._piece.append("\n" if name == "text:line-break" else " ")

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._piece is not None:
            self._piece.append(untrusted_text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "text:p" and self._piece is not None:
            if self._texts is not None:
                self._texts.append("".join(self._piece))
            self._piece = None
        elif name in _MARGINS and self._texts is not None:
            text = "\n".join(filter(str.strip, self._texts))
            if text and self._master is not None:
                self._master.append((_MARGINS[name], text))
            self._texts = None
