"""Walk a FictionBook (2.0 to 2.2): chapters are its sections, notes stand apart, pictures are members."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.data_url import EmbeddedData
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.model.evidence import PieceKind

_PARAGRAPHS: Final = frozenset(("p", "v", "subtitle", "text-author", "td", "th", "date"))
_ABOUT: Final = frozenset(
    ("description", "title-info", "src-title-info", "document-info", "publish-info", "custom-info")
)
_MOST_FACTS: Final = 10_000
_LONGEST: Final = 1 << 16


@dataclass(slots=True)
class Fiction:
    """Takes what a parser meets and gives chapters, notes, facts and pictures."""

    sink: Sink
    lines: LineBatch
    found: bool = False
    _open: list[str] = field(default_factory=list)
    _place: str = ""
    _chapters: int = 0
    _facts: int = 0
    _counts: Counter[str] = field(default_factory=Counter)
    _text: list[str] | None = None
    _links: list[str] = field(default_factory=list)
    _binary: list[str] | None = None
    _kind: str = ""
    _embedded: EmbeddedData = field(init=False)

    def __post_init__(self) -> None:
        """Make what hands out pictures."""
        self._embedded = EmbeddedData(self.sink)

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        self._open.append(name)
        if name == "FictionBook":
            self.found = True
        elif name == "body":
            apart = attribute(attributes, "name") in ("notes", "comments", "footnotes")
            self._place = "note" if apart else ""
        elif name == "section" and self._place != "note":
            self._chapters += 1
            self._counts["para"] = 0
            self._place = f"chapter={self._chapters}&para"
        elif name == "binary":
            self._binary, self._kind = [], attribute(attributes, "content-type")
        elif name == "a" and self._text is not None:
            self._links.append(attribute(attributes, "href"))
        if name in _PARAGRAPHS or (self._about() and name not in _ABOUT):
            self._text, self._links = [], []

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "binary" and self._binary is not None:
            self._embedded.take_base64("".join(self._binary), self._kind)
            self._binary = None
        elif self._text is not None and (name in _PARAGRAPHS or self._about()):
            self._paragraph(name, " ".join("".join(self._text).split()))
            self._text = None
        if self._open:
            self._open.pop()

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._binary is not None:
            self._binary.append(untrusted_text)
        elif self._text is not None:
            self._text.append(untrusted_text)

    def _about(self) -> bool:
        return "description" in self._open

    def _paragraph(self, name: str, text: str) -> None:
        """Give a paragraph at its place, or a fact under its name."""
        if not text:
            return
        if self._about():
            self._facts += 1
            if self._facts <= _MOST_FACTS:
                above = self._open[-2] if len(self._open) > 1 else ""
                key = name if above in _ABOUT else f"{above}:{name}"
                self.sink.meta(f"fb2:{key[:128]}", text[:_LONGEST])
            return
        place = self._place or "para"
        key = "para" if place.endswith("para") else place
        self._counts[key] += 1
        part = f"{place}={self._counts[key]}"
        put_whole(self.lines, part, PieceKind.NOTE if place == "note" else PieceKind.PARAGRAPH, text)
        for number, link in enumerate(filter(None, self._links), 1):
            put_whole(self.lines, f"{part}&link={number}", PieceKind.META, link)
