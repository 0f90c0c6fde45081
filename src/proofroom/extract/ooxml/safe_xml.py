"""Parse XML nobody trusts with expat: streaming, namespaces resolved, entities refused but for plain short ones.

An entity inside the document whose value is short and names no other (as Illustrator writes them) multiplies
nothing by much, and passes; nested, parameter and outside ones, as bombs and spies need them, end the reading.
Elements reach the handler under their local names: strict and transitional Office namespaces are one
here (ISO/IEC 29500), and so is every prefix that a writer chose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol
from xml.parsers import expat

from proofroom.extract.ooxml.package import DamagedPart
from proofroom.model.states import Reason

Attributes = dict[str, str]
_BUFFER: Final = 1 << 16
_DEEPEST: Final = 256
_MOST_ELEMENTS: Final = 2_000_000
_MOST_TEXT: Final = 128 << 20
_MOST_DIGITS: Final = 9
_LONGEST_ENTITY: Final = 256
_MOST_ENTITIES: Final = 200
_TRUE: Final = ("1", "true", "on")


class Handler(Protocol):
    """Takes what the parser meets."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element, by its local name."""

    def end(self, name: str) -> None:
        """Take the end of an element, by its local name."""

    def text(self, untrusted_text: str) -> None:
        """Take characters."""


class SafeParser:
    """An expat parser fed in blocks; raises DamagedPart when the XML cannot be read or trusted."""

    def __init__(self, handler: Handler, *, whole: bool = False) -> None:
        """Send events to the handler; `whole` refuses entities that only a document elsewhere defines."""
        self._parser = expat.ParserCreate(None, " ")
        self._parser.buffer_text = True
        self._parser.buffer_size = _BUFFER
        self._handler = handler
        self._local: dict[str, str] = {}
        self._depth = self._entities = 0
        self.prefixes: set[str] = set()
        self._parser.StartNamespaceDeclHandler = self._declare
        if whole:
            self._parser.SkippedEntityHandler = _refuse_entity
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = handler.text
        self._parser.EntityDeclHandler = self._declare_entity

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Parse the next block."""
        try:
            self._parser.Parse(data, final)
        except (expat.ExpatError, ValueError, LookupError) as broken:
            raise DamagedPart from broken

    def _declare(self, prefix: str | None, _uri: str | None) -> None:
        if len(self.prefixes) < _BUFFER:
            self.prefixes.add(prefix or "")

    def _declare_entity(
        self, _name: str, is_parameter: object, untrusted_value: str | None, *_elsewhere: object
    ) -> None:
        """Let a short value pass that can name nothing else; one that lies elsewhere comes without a value."""
        self._entities += 1
        if (
            is_parameter
            or untrusted_value is None
            or len(untrusted_value) > _LONGEST_ENTITY
            or "&" in untrusted_value
            or "%" in untrusted_value
            or self._entities > _MOST_ENTITIES
        ):
            _refuse_entity()

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise DamagedPart(Reason.LIMIT_DEPTH)
        self._handler.start(self._local.get(name) or self._shorten(name), attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._handler.end(self._local.get(name) or self._shorten(name))

    def _shorten(self, name: str) -> str:
        """Give the local name, and remember it as long as there are few of them."""
        local = name.rpartition(" ")[2]
        if len(self._local) < _BUFFER:
            self._local[name] = local
        return local


def _refuse_entity(*_declaration: object) -> None:
    """Refuse a document whose entities multiply or lie elsewhere, or that names one left to be fetched."""
    raise DamagedPart(Reason.ENTITY_EXPANSION)


def attribute(attributes: Attributes, name: str, default: str = "") -> str:
    """Find an attribute by its local name, whatever its namespace."""
    if name in attributes:
        return attributes[name]
    ending = " " + name
    return next((value for key, value in attributes.items() if key.endswith(ending)), default)


def whole_number(text: str) -> int | None:
    """Read a whole number that is not negative; None for anything else, however long it is."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def is_true(text: str) -> bool:
    """Tell whether an attribute says yes."""
    return text.strip() in _TRUE


@dataclass(slots=True)
class Element:
    """One element of a small document: local name, attributes, children, and its own leading text."""

    name: str
    attributes: Attributes = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        """Give an attribute by its local name."""
        return attribute(self.attributes, name, default)

    @property
    def untrusted_text(self) -> str:
        """The element's own text, without that of its children."""
        return "".join(self.pieces)

    def walk(self) -> Iterator[Element]:
        """Give this element and everything below it, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))

    def all(self, name: str) -> list[Element]:
        """Give every element of that local name below this one, in document order."""
        return [element for element in self.walk() if element.name == name]


class Tree:
    """Builds elements; for parts known to be small. One that is not is cut off, and that is said."""

    def __init__(self) -> None:
        """Begin with nothing; what is built hangs below `top`."""
        self.top = Element("")
        self._open = [self.top]
        self._elements = self._characters = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """Open an element."""
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise DamagedPart(Reason.LIMIT_PIECES)
        element = Element(name, attributes)
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        """Close the element that was opened last."""
        self._open.pop()

    def text(self, untrusted_text: str) -> None:
        """Put characters into the open element."""
        self._characters += len(untrusted_text)
        if self._characters > _MOST_TEXT:
            raise DamagedPart(Reason.LIMIT_TEXT_BYTES)
        self._open[-1].pieces.append(untrusted_text)


def parse_small(blocks: Iterable[bytes], failed: Callable[[Reason], None]) -> Element:
    """Read a small document; damage is reported to `failed` and what was read before it is given."""
    tree = Tree()
    parser = SafeParser(tree, whole=True)
    try:
        for block in blocks:
            parser.feed(block)
        parser.feed(b"", final=True)
    except DamagedPart as damaged:
        failed(damaged.reason)
    return tree.top
