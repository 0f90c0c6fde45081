"""Read slide decks (pptx, pptm, ppsx, potx): every shape of every slide, and what hides beside it.

`slide=N&shape=M` counts slides as they are shown and shapes with text in the order of the file: groups
opened, a table is one shape, and diagrams follow last. Notes, comments, links and descriptions stand
beside. Hidden slides, and those that the deck does not show any more, are flagged as hidden text. Own
texts of masters and layouts come after the slides; embedded files, pictures, charts, macros are members.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.office_parts import end, main_part, read_part, send_external, send_members
from proofroom.extract.markup.slide_comments import Comments, comment_authors
from proofroom.extract.markup.slide_story import Shape, SlideStory
from proofroom.extract.ooxml.package import Package, entry_name, open_package, plain_name
from proofroom.extract.ooxml.properties import send_properties
from proofroom.extract.ooxml.relationships import Relationship, relationships
from proofroom.extract.ooxml.safe_xml import Element, parse_small
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

_OFFICE: Final = "application/vnd.openxmlformats-officedocument.presentationml"
_SLIDE_PART: Final = re.compile(r"ppt/slides/[^/]*?(\d*)\.xml")
_MARGINS: Final = {
    "hdr": PieceKind.HEADER,
    "ftr": PieceKind.FOOTER,
    "dt": PieceKind.FOOTER,
    "sldNum": PieceKind.FOOTER,
}
_OWN_TEXT: Final = ("", "hdr", "ftr", "dt", "sldNum")
_MASTERS: Final = ("slideMaster", "notesMaster", "handoutMaster")
_DIAGRAM_LOOKS: Final = ("diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing")
_ASIDE: Final = {"link": PieceKind.META, "alt": PieceKind.NAME}
_AUTHORS: Final = ("commentAuthors", "authors")
_TOLD: Final = ("section", "modifyVerifier", "custShow")

Parts = tuple[tuple[str, str], ...]
Failed = Callable[[Reason], None]


def read(source: Source, sink: Sink) -> None:
    """Read a deck; what a damaged or missing part costs is said, the rest is given."""
    package = open_package(source)
    main = main_part(package, "ppt/presentation.xml", sink.partly)
    send_properties(package, sink, sink.partly)
    arrows = relationships(package, main, sink.partly)
    send_external(arrows, sink)
    failed: list[Reason] = []
    deck = _part(package, main, failed.append)
    with LineBatch(sink) as lines:
        parts = (_part(package, one, sink.partly) for kind in _AUTHORS for one in _parts(arrows, kind))
        comments = Comments(lines, comment_authors(parts), partial(sink.meta, "ooxml:comment-author"))
        slides = _Slides(package, sink, lines, comments)
        _send_settings(deck, sink)
        for number, (part, listed) in enumerate(_in_order(package, deck, arrows), 1):
            if number > source.limits.pages:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_PAGES)
            slides.slide(number, part, Flag.NONE if listed else Flag.HIDDEN_TEXT)
        slides.masters(arrows)
    send_members(package, sink)
    end(package, failed[0] if failed else Reason.NONE)


class _Slides:
    """The slides of a deck on their way to the sink."""

    def __init__(self, package: Package, sink: Sink, lines: LineBatch, comments: Comments) -> None:
        self._package = package
        self._sink = sink
        self._lines = lines
        self._comments = comments

    def slide(self, number: int, part: str, flags: Flag) -> None:
        """Send one slide: its shapes, its diagrams, its notes and its comments."""
        where = (("slide", str(number)),)
        arrows = relationships(self._package, part, self._sink.partly)
        send_external(arrows, self._sink)
        counted = _Counted(self._lines, where, flags)
        story = SlideStory(lambda shape: counted.send(shape, hidden=story.hidden), _targets(arrows))
        self._read(part, story)
        if story.hidden:
            counted.flags = flags | Flag.HIDDEN_TEXT
        self._diagrams(story, arrows, counted)
        self._notes(where, arrows, counted.flags)
        self._comments_of(where, arrows, counted.flags)

    def masters(self, arrows: list[Relationship]) -> None:
        """Send the own texts of masters and their layouts; what prompts for an entry is none."""
        layouts: list[str] = []
        masters = [part for kind in _MASTERS for part in _parts(arrows, kind)]
        for number, part in enumerate(masters, 1):
            below = relationships(self._package, part, self._sink.partly)
            layouts += [layout for layout in _parts(below, "slideLayout") if layout not in layouts]
            self._own_text("master", number, part, below)
        for number, part in enumerate(layouts, 1):
            self._own_text("layout", number, part, relationships(self._package, part, self._sink.partly))

    def _own_text(self, kind: str, number: int, part: str, arrows: list[Relationship]) -> None:
        send_external(arrows, self._sink)
        counted = _Counted(self._lines, ((kind, str(number)),), Flag.NONE)
        for shape in self._shapes(part, arrows):
            if shape.holder in _OWN_TEXT and shape.typed:
                counted.send(shape)

    def _diagrams(self, story: SlideStory, arrows: list[Relationship], counted: _Counted) -> None:
        """Send each diagram's data as one more shape; its drawing, which repeats it, is then no member."""
        by_id = {one.id: one.untrusted_target for one in arrows if not one.external}
        found = list(dict.fromkeys(by_id[frame] for frame in story.frames if frame in by_id))
        read = True
        for part in found:
            whole = SlideStory(lambda shape: counted.send(_dense(shape)), {})
            whole.begin_whole()
            read = self._read(part, whole) and read
        if found and read:
            self._package.used.update(
                plain_name(one.untrusted_target) for one in arrows if one.kind in _DIAGRAM_LOOKS
            )

    def _notes(self, where: Parts, arrows: list[Relationship], flags: Flag) -> None:
        """Send the speaker's notes as one text, and after it what else stands on the page of notes."""
        for part in _parts(arrows, "notesSlide"):
            below = relationships(self._package, part, self._sink.partly)
            send_external(below, self._sink)
            shapes = [
                one
                for one in self._shapes(part, below)
                if one.holder != "sldImg" and (one.typed or one.holder != "sldNum")
            ]
            body = (one.untrusted_text for one in shapes if one.holder == "body")
            texts = ["\n".join(filter(str.strip, body))]
            texts += [one.untrusted_text for one in shapes if one.holder != "body"]
            for number, text in enumerate(texts, 1):
                self._lines.put((*where, ("notes", str(number))), PieceKind.NOTE, text, flags)

    def _comments_of(self, where: Parts, arrows: list[Relationship], flags: Flag) -> None:
        """Send comments and the answers to them, in the order of the file."""
        parts = (_part(self._package, part, self._sink.partly) for part in _parts(arrows, "comments"))
        self._comments.send(parts, where, flags)

    def _shapes(self, part: str, arrows: list[Relationship]) -> list[Shape]:
        """Read a small part as a whole."""
        shapes: list[Shape] = []
        self._read(part, SlideStory(shapes.append, _targets(arrows)))
        return shapes

    def _read(self, part: str, story: SlideStory) -> bool:
        """Read a part into a story; damage to it is said."""
        broken = read_part(self._package, part, story)
        story.finish()
        if broken:
            self._sink.partly(broken)
        return not broken


class _Counted:
    """Numbers the shapes of one slide, master or layout, and sends them."""

    def __init__(self, lines: LineBatch, where: Parts, flags: Flag) -> None:
        self._lines = lines
        self._where = where
        self.flags = flags
        self._shapes = 0
        self._beside: Counter[str] = Counter()

    def send(self, shape: Shape, *, hidden: bool = False) -> None:
        """Send a shape and what hangs on it; that of a shape without text stands with the slide."""
        flags = self.flags | shape.flags | (Flag.HIDDEN_TEXT if hidden else Flag.NONE)
        where, counts = self._where, self._beside
        if shape.untrusted_text.strip():
            self._shapes += 1
            where, counts = (*self._where, ("shape", str(self._shapes))), Counter()
            kind = _MARGINS.get(shape.holder, PieceKind.SHAPE)
            self._lines.put(where, kind, shape.untrusted_text, flags)
        for name, texts in shape.aside.items():
            for text in texts:
                counts[name] += 1
                self._lines.put((*where, (name, str(counts[name]))), _ASIDE[name], text, flags)


def _dense(shape: Shape) -> Shape:
    """Drop the empty lines that the points of a diagram without text leave."""
    shape.pieces = ["\n".join(filter(str.strip, shape.untrusted_text.split("\n")))]
    return shape


def _in_order(package: Package, deck: Element, arrows: list[Relationship]) -> list[tuple[str, bool]]:
    """Give the slides as the deck shows them, then those that lie in the package and are not shown."""
    by_id = {one.id: one.untrusted_target for one in arrows if one.kind == "slide" and not one.external}
    named = [by_id[one.get("id")] for one in deck.all("sldId") if one.get("id") in by_id]
    shown = dict.fromkeys(plain_name(part) for part in named)
    lying = sorted(
        (int(found.group(1) or 0), name)
        for entry in package.entries
        if (found := _SLIDE_PART.fullmatch(name := plain_name(entry_name(entry)))) and name not in shown
    )
    # In a deck whose directory is lost, which slides it shows is not known: then all are shown.
    listed = not shown
    return [(part, True) for part in shown] + [
        (part, listed) for part in dict.fromkeys(one for _, one in lying)
    ]


def _send_settings(deck: Element, sink: Sink) -> None:
    """Send the names of sections and shows, and whether changes are locked."""
    for element in deck.walk():
        if element.name in _TOLD:
            sink.meta(f"ooxml:settings:{element.name}", element.get("name") or "1")


def _part(package: Package, part: str, failed: Failed) -> Element:
    """Parse a small part."""
    entry = package.find(part)
    if entry is None:
        failed(Reason.DAMAGED_PART)
        return Element("")
    return parse_small(package.blocks(entry), failed)


def _parts(arrows: list[Relationship], kind: str) -> list[str]:
    """Give the parts of one kind that a part points to, each once."""
    return list(
        dict.fromkeys(one.untrusted_target for one in arrows if one.kind == kind and not one.external)
    )


def _targets(arrows: list[Relationship]) -> dict[str, str]:
    """Give where the links of a part lead, those that leave the deck."""
    return {one.id: one.untrusted_target for one in arrows if one.external}


FORMAT = Format(
    name="pptx",
    media_types=frozenset(
        (
            f"{_OFFICE}.presentation",
            f"{_OFFICE}.slideshow",
            f"{_OFFICE}.template",
            "application/vnd.ms-powerpoint.presentation.macroenabled.12",
            "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
            "application/vnd.ms-powerpoint.template.macroenabled.12",
        )
    ),
    read=read,
    sample="pptx.pptx",
)
