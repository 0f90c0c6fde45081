"""Give OpenDocument's elements one name each, whatever prefix a writer chose and whichever generation it is of.

Elements become `text:p`, `table:table-cell`; the namespaces of OpenOffice.org 1.x become those of OASIS ODF.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.ooxml.package import DamagedPart, Package
from proofroom.extract.ooxml.safe_xml import Attributes, Handler, SafeParser
from proofroom.model.states import Reason

_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_OLD: Final = "http://openoffice.org/20"
_FIRST: Final = "http://openoffice.org/2000/"
"""Namespaces of OpenOffice.org 1.x; those of later years only add to those of OASIS."""

_SHORT: Final = {
    "drawing": "draw",
    "datastyle": "number",
    "svg-compatible": "svg",
    "xsl-fo-compatible": "fo",
    "smil-compatible": "smil",
    "animation": "anim",
    "database": "db",
    "digitalsignature": "dsig",
}
_OTHERS: Final = {
    "http://www.w3.org/1999/xlink": "xlink",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://www.w3.org/1998/Math/MathML": "math",
    "http://www.w3.org/2000/svg": "svg",
    "http://www.w3.org/1999/XSL/Format": "fo",
    "http://www.w3.org/2000/09/xmldsig#": "ds",
    "http://openoffice.org/2004/office": "ooo",
    "http://openoffice.org/2004/database": "db",
    "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0": "loext",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
    "urn:org:documentfoundation:names:experimental:ooxml-odf-interop:xmlns:field:1.0": "field",
}
DEEPEST: Final = 256
_MOST_NAMES: Final = 4_096


def prefix_of(uri: str) -> str:
    """Give the one prefix under which we know a namespace, "" for one we do not."""
    if uri in _OTHERS:
        return _OTHERS[uri]
    name = ""
    if uri.startswith(_OASIS):
        name = uri.removeprefix(_OASIS).partition(":")[0]
    elif uri.startswith(_OLD):
        name = uri.rpartition("/")[2]
    return _SHORT.get(name, name)


def modern_uri(uri: str) -> str:
    """Give the namespace that ODF uses for one of OpenOffice.org 1.x; any other stays."""
    if not uri.startswith(_FIRST):
        return uri
    name = uri.rpartition("/")[2]
    return f"{_OASIS}{name}:1.0"


class OdfParser(SafeParser):
    """A safe parser whose handler gets names such as `text:p`, and attributes of today's namespaces."""

    def __init__(self, handler: Handler) -> None:
        """Send events to the handler."""
        super().__init__(handler)
        self._old = False
        self._focused: Handler | None = None
        self._until = 0
        self._names: dict[str, str] = {}

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        super()._declare(prefix, uri)
        self._old = self._old or bool(uri and modern_uri(uri) != uri)

    def focus(self, handler: Handler) -> None:
        """Give all that is inside the element that has just begun, and its end, to this handler directly."""
        self._focused, self._until = handler, self._depth
        self._parser.CharacterDataHandler = handler.text

    def _start(self, name: str, attributes: Attributes) -> None:
        if self._old and attributes:
            attributes = {self._modern(key): value for key, value in attributes.items()}
        if self._focused is None:
            super()._start(name, attributes)
            return
        self._depth += 1
        if self._depth > DEEPEST:
            raise DamagedPart(Reason.LIMIT_DEPTH)
        self._focused.start(self._local.get(name) or self._shorten(name), attributes)

    def _end(self, name: str) -> None:
        if self._focused is None:
            super()._end(name)
        elif self._depth > self._until:
            self._depth -= 1
            self._focused.end(self._local.get(name) or self._shorten(name))
        else:
            self._focused = None
            self._parser.CharacterDataHandler = self._handler.text
            super()._end(name)

    def _shorten(self, name: str) -> str:
        """Give `prefix:local`, and remember it as long as there are few of them."""
        uri, _, local = name.rpartition(" ")
        prefix = prefix_of(uri)
        short = f"{prefix}:{local}" if prefix else local
        if len(self._local) < _MOST_NAMES:
            self._local[name] = short
        return short

    def _modern(self, key: str) -> str:
        known = self._names.get(key)
        if known is None:
            uri, space, local = key.rpartition(" ")
            uri = modern_uri(uri)
            if local in _MOVED and uri == _TABLE:
                uri = _OFFICE
            known = f"{uri}{space}{local}"
            if len(self._names) < _MOST_NAMES:
                self._names[key] = known
        return known


_TABLE: Final = f"{_OASIS}table:1.0"
_OFFICE: Final = f"{_OASIS}office:1.0"
_MOVED: Final = frozenset(
    ("value-type", "value", "date-value", "time-value", "boolean-value", "string-value", "currency")
)
"""Attributes of a cell's value that stood in the namespace of tables before ODF 1.0."""


def parse_part(package: Package, name: str, parser: OdfParser) -> Reason:
    """Parse one part; gives why it could not be read to its end, or NONE."""
    entry = package.find(name)
    if entry is None:
        return Reason.DAMAGED_PART
    try:
        for block in package.blocks(entry):
            parser.feed(block)
        parser.feed(b"", final=True)
    except DamagedPart as damaged:
        return damaged.reason
    return Reason.NONE
