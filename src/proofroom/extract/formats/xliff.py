"""Read translators' files (XLIFF 1.2 and 2.x, OASIS): every unit with its source, its target and its state.

`unit=N` counts pairs of source and target in the order of the file: a `trans-unit` of 1.2, a `segment` of 2.x.
`unit=N&source=1` and `unit=N&target=1` are the texts, `&id=1` and `&name=1` the unit's id and name, `&state=1`
what the file says of the translation, `&note=1` a note. What no unit holds is not text: the languages are properties.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.ooxml.package import DamagedPart
from proofroom.extract.ooxml.safe_xml import Attributes, SafeParser, attribute
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

XLIFF: Final = "application/xliff+xml"
_BLOCK: Final = 1 << 18
_PAIRS: Final = ("trans-unit", "segment", "ignorable")
_TOLD: Final = {
    "source-language": "source-language",
    "target-language": "target-language",
    "srcLang": "source-language",
    "trgLang": "target-language",
    "original": "original",
}
_TEXTS: Final = ("source", "target", "note")
_KINDS: Final = {
    "id": PieceKind.META,
    "name": PieceKind.META,
    "source": PieceKind.PARAGRAPH,
    "target": PieceKind.PARAGRAPH,
    "state": PieceKind.META,
    "note": PieceKind.COMMENT,
}
_LONGEST_FACT: Final = 4_096
_LONGEST: Final = 1 << 22


def read(source: Source, sink: Sink) -> None:
    """Read every unit; XML that breaks its rules is given as far as it holds."""
    with LineBatch(sink) as lines:
        story = _Story(sink.meta, lines)
        parser = SafeParser(story, whole=True)
        source.untrusted.seek(0)
        try:
            while block := source.untrusted.read(_BLOCK):
                parser.feed(block)
            parser.feed(b"", final=True)
        except DamagedPart as damaged:
            story.finish()
            raise _ended(damaged.reason) from damaged
    if not story.count:
        raise Unreadable(State.EMPTY, Reason.NO_TEXT)


def _ended(reason: Reason) -> Unreadable:
    """Say in which state a file ends that cannot be read on."""
    if reason is Reason.ENTITY_EXPANSION:
        return Unreadable(State.REFUSED, reason)
    if reason is Reason.LIMIT_DEPTH:
        return Unreadable(State.TRUNCATED, reason)
    return Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


class _Story:
    """Follows the elements, and gives each pair of texts when it ends."""

    def __init__(self, tell: Callable[[str, str], None], lines: LineBatch) -> None:
        self._tell = tell
        self._lines = lines
        self._told: set[tuple[str, str]] = set()
        self._unit = self._pair = self._reading = self._name = ""
        self._facts: dict[str, list[str]] = {}
        self._text: list[str] | None = None
        self._length = self._inside = 0
        self._unit_notes: list[str] = []
        self.count = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element; what stands inside a text, is part of it."""
        if self._text is not None:
            self._inside += 1
        elif name in ("xliff", "file"):
            self._languages(attributes)
        elif name == "unit":
            self._unit, self._unit_notes = attribute(attributes, "id"), []
            self._name = attribute(attributes, "name")
        elif name in _PAIRS:
            self._begin_pair(attributes)
        elif name in _TEXTS:
            self._text, self._length, self._reading = [], 0, name
            if name == "target" and (state := attribute(attributes, "state")):
                self._facts["state"] = [state]

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if self._text is not None and self._inside:
            self._inside -= 1
        elif self._text is not None:
            self._end_text(name)
        elif name in _PAIRS:
            self.end_pair()
        elif name == "unit":
            self._unit, self._name, self._unit_notes = "", "", []

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._text is not None:
            self._text.append(untrusted_text)
            self._length += len(untrusted_text)
            if self._length > _LONGEST:
                raise DamagedPart(Reason.LIMIT_TEXT_BYTES)

    def finish(self) -> None:
        """Give what a file that breaks off had begun."""
        if self._text is not None:
            self._end_text(self._reading)
        self.end_pair()

    def _end_text(self, name: str) -> None:
        text, self._text = "".join(self._text or ()), None
        if self._pair:
            self._facts.setdefault(name, []).append(text)
        elif name == "note":
            self._unit_notes.append(text)

    def end_pair(self) -> None:
        """Give the pair of texts that is under way."""
        facts, self._facts, name, self._pair = self._facts, {}, self._pair, ""
        if not facts.get("source") and not facts.get("target"):
            return
        self.count += 1
        facts["id"] = [name.strip()]
        facts["note"] = [*self._unit_notes, *facts.get("note", ())]
        for key, kind in _KINDS.items():
            put_whole(self._lines, f"unit={self.count}&{key}=1", kind, "\n".join(facts.get(key, ())))

    def _begin_pair(self, attributes: Attributes) -> None:
        self._pair = " ".join(filter(None, (self._unit, attribute(attributes, "id")))) or " "
        state = attribute(attributes, "state")
        approved = "approved" if attribute(attributes, "approved") == "yes" else ""
        name = attribute(attributes, "resname") or self._name
        self._facts = {"state": [state or approved], "name": [name]}

    def _languages(self, attributes: Attributes) -> None:
        """Tell what the file, or a file inside it, says of itself."""
        for name, key in _TOLD.items():
            value = attribute(attributes, name).strip()[:_LONGEST_FACT]
            if value and (key, value) not in self._told:
                self._told.add((key, value))
                self._tell(f"xliff:{key}", value)


FORMAT = Format(name="xliff", media_types=frozenset((XLIFF,)), read=read, sample="xliff.xlf")
