"""Walk a PresentationML part (slide, notes, layout, master) shape by shape (ECMA-376 part 1, 19.3 and 21.1).

A shape is what holds text: a text box, a table with its cells, a graphic with a text. Pictures and lines
hold none, but may be described or linked; that stands with the slide. Groups are walked through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.model.evidence import Flag

_SHAPES: Final = ("sp", "graphicFrame", "pic", "cxnSp", "contentPart")
_LINKS: Final = ("hlinkClick", "hlinkHover", "hlinkMouseOver")
_RUNS: Final = ("r", "fld")
_ON: Final = ("1", "true", "on")
_RELATION: Final = "ppaction://hlink"


@dataclass(slots=True)
class Shape:
    """One shape: what kind of placeholder it is, its text, and what hangs on it.

    typed: some of its text was typed, not put in by a field such as the date.
    """

    holder: str = ""
    typed: bool = False
    pieces: list[str] = field(default_factory=list)
    flags: Flag = Flag.NONE
    aside: dict[str, list[str]] = field(default_factory=dict)

    @property
    def untrusted_text(self) -> str:
        """The text: paragraphs and rows as lines, cells with a tab between."""
        return "".join(self.pieces).strip("\n")

    def hang(self, kind: str, untrusted_text: str) -> None:
        """Hang something on the shape: `link` or `alt`."""
        if untrusted_text.strip():
            self.aside.setdefault(kind, []).append(untrusted_text)


class SlideStory:
    """Gives finished shapes to `take` in the order in which they stand in the part."""

    def __init__(self, take: Callable[[Shape], None], targets: dict[str, str]) -> None:
        """Resolve links by `targets` (relationship id to address)."""
        self._take = take
        self._targets = targets
        self._open: list[Shape] = []
        self._groups: list[bool] = []
        self._choices: list[int] = []
        self._skip = self._runs = self._fields = self._found = 0
        self._reading = False
        self.hidden = False
        self.frames: list[str] = []
        """Ids of the relationships that lead to the data of diagrams, in their order."""

    def begin_whole(self) -> None:
        """Take all that follows as one shape: the data of a diagram, which has no shapes of its own."""
        self._open.append(Shape())

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if self._skip:
            self._skip += 1
        elif name == "Fallback" and self._choices and self._found > self._choices[-1]:
            self._skip = 1
        elif name == "t":
            self._reading = self._runs > 0
        elif name in _RUNS:
            self._runs += 1
            self._fields += name == "fld"
        elif name in _SHAPES:
            self._open.append(Shape())
            self._found += name != "pic"
        elif name == "AlternateContent":
            self._choices.append(self._found)
        elif name == "sld":
            self.hidden = attribute(attributes, "show") in ("0", "false", "off")
        elif name == "grpSp":
            self._groups.append(False)
        elif self._open:
            self._inside(self._open[-1], name, attributes)
        elif name == "cNvPr" and self._groups:
            self._groups[-1] = attribute(attributes, "hidden") in _ON
            group = Shape()
            self._inside(group, name, attributes)
            if group.aside:
                self._take(group)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if self._skip:
            self._skip -= 1
        elif name == "t":
            self._reading = False
        elif name in _RUNS:
            self._runs -= 1
            self._fields -= name == "fld"
        elif name in _SHAPES:
            self._close()
        elif name == "AlternateContent" and self._choices:
            self._choices.pop()
        elif name == "grpSp" and self._groups:
            self._groups.pop()
        elif self._open and name in ("p", "tc", "tr"):
            self._break(self._open[-1], name)

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._reading and not self._skip and self._open:
            self._open[-1].pieces.append(untrusted_text)
            self._open[-1].typed |= not self._fields
            self._found += 1

    def finish(self) -> None:
        """Give what a part that breaks off had begun."""
        while self._open:
            self._close()

    def _inside(self, shape: Shape, name: str, attributes: Attributes) -> None:
        """Take an element inside a shape."""
        if name == "ph":
            shape.holder = attribute(attributes, "type") or "obj"
        elif name == "br":
            shape.pieces.append("\n")
        elif name == "cNvPr":
            for key in ("title", "descr"):
                shape.hang("alt", attribute(attributes, key))
            if attribute(attributes, "hidden") in _ON:
                shape.flags |= Flag.HIDDEN_TEXT
        elif name in _LINKS:
            action = attribute(attributes, "action")
            target = self._targets.get(attribute(attributes, "id"), "")
            shape.hang("link", target or (action if not action.startswith(_RELATION) else ""))
        elif name == "relIds":
            self.frames.append(attribute(attributes, "dm"))

    def _break(self, shape: Shape, name: str) -> None:
        """End a paragraph, cell or row: the last break in a cell or row gives way to the one after it."""
        if shape.pieces and shape.pieces[-1] == {"tc": "\n", "tr": "\t"}.get(name):
            shape.pieces.pop()
        shape.pieces.append("\t" if name == "tc" else "\n")

    def _close(self) -> None:
        """Close the innermost shape."""
        if not self._open:
            return
        shape = self._open.pop()
        if any(self._groups):
            shape.flags |= Flag.HIDDEN_TEXT
        if shape.pieces or shape.aside:
            self._take(shape)
