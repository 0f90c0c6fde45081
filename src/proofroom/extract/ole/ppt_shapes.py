"""Walk the drawing of a slide, notes page or master shape by shape (MS-PPT 2.5.13, 2.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ole.ppt_records import Kind, Record, Records
from proofroom.extract.ole.ppt_text import Text, hang, texts
from proofroom.extract.ole.shape_options import (
    DESCRIPTION,
    DRAWING,
    LINK,
    PICTURE,
    TABLE,
    TOOLTIP,
    WORD_ART,
    Options,
    link_target,
)
from proofroom.model.evidence import Flag

PROMPTS: Final = (1, 2, 3, 4, 6)
"""Placeholders of a master that tell what to type in: they are never shown."""

NOTES_BODY: Final = (6, 12)
SLIDE_IMAGE: Final = (5, 11)
FIELD: Final = "*"
"""What stands in a text for a date, a number, a header or a footer."""

MARGINS: Final = (7, 8, 9, 10)
"""Placeholders for date, number, footer and header."""


@dataclass(slots=True)
class Shape:
    """One shape: what kind of placeholder it is (0 for none), its text, and what hangs on it."""

    holder: int = 0
    untrusted_text: str = ""
    flags: Flag = Flag.NONE
    links: list[str] = field(default_factory=list)
    macros: list[str] = field(default_factory=list)
    alts: list[str] = field(default_factory=list)
    picture: int = 0
    object: int = 0
    outline: int = -1
    drawing: bytes = b""
    place: tuple[int, int] = (0, 0)


def shapes(records: Records, page: Record, links: dict[int, str], outline: list[Text]) -> Iterator[Shape]:
    """Give the shapes of a page in the order of the file; a table is one, and its cells are none."""
    used: set[int] = set()
    for drawing in records.of(page, Kind.DRAWING):
        for shape in _walk(records, drawing, links):
            if 0 <= shape.outline < len(outline):
                used.add(shape.outline)
                _add_text(shape, outline[shape.outline])
            yield shape
    for number, text in enumerate(outline):
        if number not in used:
            shape = Shape()
            _add_text(shape, text)
            yield shape


def _walk(records: Records, drawing: Record, links: dict[int, str]) -> Iterator[Shape]:
    """Open the groups of a drawing one by one."""
    waiting = [records.inside(drawing)]
    while waiting:
        one = next(waiting[-1], None)
        if one is None:
            waiting.pop()
        elif one.kind == Kind.SHAPE:
            yield _shape(records, one, links)
        elif one.kind == Kind.GROUP and (head := _table_head(records, one)) is not None:
            yield _table(records, one, head, links)
        elif one.holds_records:
            records.descend(waiting, one)


def _table_head(records: Records, group: Record) -> Record | None:
    """Give the first shape of a group that is a table, else None."""
    head = records.first(group, Kind.SHAPE)
    if head is None:
        return None
    return head if _options(records, head).numbers.get(TABLE, 0) & 1 else None


def _table(records: Records, group: Record, head: Record, links: dict[int, str]) -> Shape:
    """Join the cells of a table: rows as lines, with a tab between the cells."""
    table = _shape(records, head, links)
    rows: dict[int, list[Shape]] = {}
    for one in records.deep(group, (Kind.SHAPE,)):
        if one.at == head.at:
            continue
        cell = _shape(records, one, links)
        table.links += cell.links
        table.macros += cell.macros
        table.alts += cell.alts
        if cell.untrusted_text or records.first(one, Kind.TEXT_BOX):
            rows.setdefault(cell.place[0], []).append(cell)
    lines = [
        "\t".join(cell.untrusted_text for cell in sorted(row, key=lambda cell: cell.place[1]))
        for _, row in sorted(rows.items())
    ]
    table.untrusted_text = "\n".join(lines)
    return table


def _shape(records: Records, shape: Record, links: dict[int, str]) -> Shape:
    """Read one shape."""
    options = _options(records, shape)
    found = Shape(
        picture=options.numbers.get(PICTURE, 0),
        drawing=options.blobs.get(DRAWING, b""),
        flags=Flag.HIDDEN_TEXT if options.hidden else Flag.NONE,
    )
    found.alts = [text for option in (DESCRIPTION, TOOLTIP) if (text := options.text(option))]
    if target := link_target(options.blobs.get(LINK, b"")):
        found.links.append(target)
    for one in records.inside(shape):
        if one.kind == Kind.TEXT_BOX:
            _text_box(records, one, links, found)
        elif one.kind == Kind.CLIENT_DATA:
            _client_data(records, one, links, found)
        elif one.kind == Kind.CHILD_ANCHOR:
            left, top = records.numbers(one, "<ii") or (0, 0)
            found.place = (top, left)
    if not found.untrusted_text:
        found.untrusted_text = options.text(WORD_ART)
    return found


def _options(records: Records, shape: Record) -> Options:
    options = Options()
    for one in records.of(shape, *Kind.MORE_OPTIONS):
        options.add(records.body(one), one.instance)
    return options


def _text_box(records: Records, box: Record, links: dict[int, str], shape: Shape) -> None:
    """Read what a shape says: its own texts, or the number of one in the outline."""
    for text in texts(records, records.inside(box), links):
        _add_text(shape, text)
    reference = records.first(box, Kind.OUTLINE_REFERENCE)
    if reference is not None:
        shape.outline = records.number(reference, "<i")


def _client_data(records: Records, data: Record, links: dict[int, str], shape: Shape) -> None:
    """Read which placeholder a shape is, which object it shows, and what a click on it does."""
    for one in records.inside(data):
        if one.kind == Kind.PLACEHOLDER:
            shape.holder = shape.holder or records.number(one, "<B", 4)
        elif one.kind == Kind.HEADER_PLACEHOLDER:
            shape.holder = shape.holder or records.number(one, "<B")
        elif one.kind == Kind.OBJECT_REFERENCE:
            shape.object = records.number(one, "<I")
        elif one.kind == Kind.INTERACTIVE:
            hang(records, one, links, shape.links, shape.macros)


def _add_text(shape: Shape, text: Text) -> None:
    """Give a shape a text and what hangs on it."""
    shape.untrusted_text = "\n".join(filter(None, (shape.untrusted_text, text.untrusted_text)))
    shape.links += [link for link in text.links if link not in shape.links]
    shape.macros += text.macros
