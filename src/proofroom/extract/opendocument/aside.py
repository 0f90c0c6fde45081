"""Read what an OpenDocument package holds beside its text: macros, and the bodies of databases and formulas."""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.extract.opendocument.deliver import Deliver
from proofroom.model.evidence import PieceKind

_LONGEST: Final = 65_536
_CONNECTED: Final = {
    "db:file-based-database": ("href", "media-type", "extension"),
    "db:server-database": ("type", "hostname", "port", "database-name", "local-socket"),
    "db:connection-resource": ("href",),
    "db:login": ("user-name", "login-timeout"),
    "db:table-include-filter": (),
    "db:driver-settings": ("java-driver-class", "base-dn"),
    "db:java-classpath": ("href",),
}
_PARTS: Final = {
    "db:component": "component",
    "db:query": "query",
    "db:table-representation": "table",
    "db:table": "table",
}


class Macros:
    """Takes modules of Basic and gives their source line by line; `macro=N` counts through the file."""

    def __init__(self, out: Deliver) -> None:
        """Give to the delivery."""
        self._out = out
        self._source: list[str] | None = None
        self._number = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element; a module holds its source as text."""
        local = name.rpartition(":")[2]
        if local == "module":
            self._number += 1
            self._source = []
            called = attribute(attributes, "name")
            kinds = [attribute(attributes, key) for key in ("language", "moduleType")]
            self._out.put((("macro", str(self._number)),), PieceKind.NAME, called)
            self._out.tell("odf:macro", " ".join(filter(None, (called, *kinds)))[:_LONGEST])
        elif local == "library" and attribute(attributes, "passwordprotected") == "true":
            self._out.tell("odf:macro-library-locked", attribute(attributes, "name")[:_LONGEST])
        elif local in ("event-listener", "event"):
            keys = ("event-name", "language", "macro-name", "href")
            told = " ".join(filter(None, (attribute(attributes, key) for key in keys)))
            self._out.tell("odf:event", told[:_LONGEST])

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name.rpartition(":")[2] == "module" and self._source is not None:
            lines, self._source = "".join(self._source).splitlines(), None
            for number, line in enumerate(lines, 1):
                where = (("macro", str(self._number)), ("line", str(number)))
                self._out.put(where, PieceKind.LINE, line)

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._source is not None:
            self._source.append(untrusted_text)


class Database:
    """Takes the body of a database: where its data lies, its queries, tables, forms and reports."""

    def __init__(self, out: Deliver) -> None:
        """Give to the delivery."""
        self._out = out

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        local = name.rpartition(":")[2]
        if name in _CONNECTED:
            keys = _CONNECTED[name]
            told = " ".join(filter(None, (attribute(attributes, key) for key in keys)))
            if told:
                self._out.tell(f"odf:database:{local}", told[:_LONGEST])
        elif name == "db:data-source":
            told = attribute(attributes, "connection-resource") or attribute(attributes, "href")
            if told:
                self._out.tell("odf:database:connection", told[:_LONGEST])
        elif name in _PARTS:
            where = self._out.next((), _PARTS[name])
            self._out.put((*where, ("name", "1")), PieceKind.NAME, attribute(attributes, "name"))
            command = attribute(attributes, "command") or attribute(attributes, "href")
            self._out.put(where, PieceKind.PARAGRAPH, command)

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, untrusted_text: str) -> None:
        """Take characters: a database's description has none."""


class Formula:
    """Takes a formula in MathML: as it is shown, and as it was typed."""

    def __init__(self, out: Deliver) -> None:
        """Give to the delivery."""
        self._out = out
        self._shown: list[str] = []
        self._typed: list[str] = []
        self._in_typed = False

    def start(self, name: str, _attributes: Attributes) -> None:
        """Take the start of an element."""
        self._in_typed = self._in_typed or name == "math:annotation"

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "math:annotation":
            self._in_typed = False
        elif name == "math:math":
            self.finish()

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        text = untrusted_text.strip()
        if text:
            (self._typed if self._in_typed else self._shown).append(text)

    def finish(self) -> None:
        """Give the formula."""
        shown, self._shown = " ".join(self._shown), []
        typed, self._typed = " ".join(self._typed), []
        if shown or typed:
            where = self._out.next((), "para")
            self._out.put(where, PieceKind.PARAGRAPH, shown or typed)
            self._out.put((*where, ("value", "1")), PieceKind.NAME, typed if shown else "")


def send_script(name: str, sink: Sink) -> None:
    """Tell of a script that is a member of its own."""
    sink.meta("odf:macro", name[:_LONGEST])
