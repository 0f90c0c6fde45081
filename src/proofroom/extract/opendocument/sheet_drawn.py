"""Read what is drawn on OpenDocument sheets: shapes with their texts, pictures, objects, comments, controls."""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.extract.opendocument.sheet_around import OdsAround
from proofroom.extract.opendocument.sheet_values import OdsCell, OdsComment

_SHAPES: Final = frozenset(
    f"draw:{name}"
    for name in (
        *("frame", "custom-shape", "rect", "circle", "ellipse", "polygon", "polyline", "path", "line"),
        *("connector", "caption", "measure", "control", "regular-polygon", "text-box", "g"),
    )
)
_OBJECTS: Final = frozenset(
    ("draw:object", "draw:object-ole", "draw:plugin", "draw:applet", "draw:floating-frame")
)
_SAID: Final = {
    "dc:creator": "author",
    "dc:date": "date",
    "meta:creator-initials": "initials",
    "loext:sender-initials": "initials",
}
_DESCRIBED: Final = frozenset(("svg:title", "svg:desc", "table:title", "table:desc"))
_FORM_TEXTS: Final = ("label", "value", "current-value", "title", "href", "command")
_EVENTS: Final = frozenset(("script:event-listener", "script:event"))
_EVENT_TEXTS: Final = ("event-name", "language", "macro-name", "href")
_LONGEST: Final = 65_536


class OdsDrawn:
    """Takes elements of drawings and comments; `start` and `end` tell whether the element was one."""

    def __init__(self, sink: Sink, around: OdsAround) -> None:
        """Give to what is around the cells."""
        self._sink = sink
        self._around = around
        self._cell: OdsCell | None = None
        self._depth = 0
        self._texts: list[str] = []
        self._comment: OdsComment | None = None
        self._capture: list[str] | None = None

    def start(self, name: str, attributes: Attributes, cell: OdsCell | None) -> bool:
        """Take the start of an element."""
        if name in _SHAPES:
            self._depth += 1
            self._cell = cell
            self._pin("link", attribute(attributes, "href"))
        elif name == "office:annotation":
            self._comment = OdsComment(attribute(attributes, "author"), attribute(attributes, "create-date"))
            self._cell = cell
        elif name in _SAID or name in _DESCRIBED:
            self._capture = []
        elif name == "draw:image":
            self._cell = cell
            target = _member(attribute(attributes, "href"))
            self._pin("picture", target)
            if "://" in target:
                self._sink.meta("odf:external:image", target[:_LONGEST])
        elif name in _OBJECTS:
            self._cell = cell
            self._object(name, attributes)
        elif name == "draw:a":
            self._cell = cell
            self._pin("link", attribute(attributes, "href"))
        elif name.startswith("form:"):
            texts = [attribute(attributes, key) for key in _FORM_TEXTS]
            self._around.shape("\n".join(dict.fromkeys(filter(str.strip, texts))))
        elif name in _EVENTS:
            told = " ".join(filter(None, (attribute(attributes, key) for key in _EVENT_TEXTS)))
            self._sink.meta("odf:event", told[:_LONGEST])
        elif name == "office:binary-data":
            self._capture = []
        else:
            return False
        return True

    def end(self, name: str) -> bool:
        """Take the end of an element."""
        if name in _SHAPES:
            self._depth = max(self._depth - 1, 0)
            if not self._depth:
                self._end_shape()
        elif name == "office:annotation" and self._comment is not None:
            comment, self._comment = self._comment, None
            self._around.comment(comment, self._cell)
        elif (name in _SAID or name in _DESCRIBED) and self._capture is not None:
            text, self._capture = "".join(self._capture), None
            self._said(name, text)
        elif name == "office:binary-data" and self._capture is not None:
            text, self._capture = "".join(self._capture), None
            self._pin("picture", self._around.binary(text))
        else:
            return False
        return True

    def text(self, untrusted_text: str) -> None:
        """Take characters that stand in no paragraph."""
        if self._capture is not None:
            self._capture.append(untrusted_text)

    def takes(self, text: str) -> bool:
        """Take a paragraph, if it is one of a comment or a shape."""
        if self._comment is not None:
            self._comment.paragraphs.append(text)
        elif self._depth:
            self._texts.append(text)
        else:
            return False
        return True

    def finish(self) -> None:
        """Give a shape that does not end."""
        self._depth = 0
        self._end_shape()

    def _end_shape(self) -> None:
        texts, self._texts = self._texts, []
        self._around.shape("\n".join(filter(str.strip, texts)))

    def _said(self, name: str, text: str) -> None:
        if name in _DESCRIBED:
            self._texts.append(" ".join(text.split()))
            if not self._depth:
                self._end_shape()
        elif self._comment is not None:
            setattr(self._comment, _SAID[name], text.strip())

    def _object(self, name: str, attributes: Attributes) -> None:
        kind = attribute(attributes, "class-id") or ("" if name == "draw:object" else name[5:])
        self._pin("object", f"{kind} {_member(attribute(attributes, 'href'))}".strip())
        self._pin("source", attribute(attributes, "notify-on-update-of-ranges"))

    def _pin(self, what: str, untrusted_text: str) -> None:
        """Pin something to the cell that is open, or to the sheet."""
        if not untrusted_text:
            return
        if self._cell is not None:
            self._cell.pin(what, untrusted_text)
        else:
            self._around.floating(what, untrusted_text)


def _member(untrusted_target: str) -> str:
    """Give the name of the member that a link means; a link out of the package stays as it is."""
    return (
        untrusted_target.removeprefix("#").removeprefix("./")
        if "://" not in untrusted_target
        else untrusted_target
    )
