"""What the parent takes of a child that draws a page or reads a text layer: nothing that breaks a rule."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest

from proofroom.extract.format import Line, texts
from proofroom.extract.frames import Kind, pack, pack_one
from proofroom.extract.inbox import BadFrame
from proofroom.extract.ocr.layer_inbox import LayerInbox
from proofroom.extract.ocr.page import OcrLine, PageReading
from proofroom.extract.ocr.picture_inbox import PictureInbox
from proofroom.extract.ocr.readings import PageSize, label_of, rows_of_page, to_document
from proofroom.limits import DEFAULT
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason
from proofroom.model.where import parse_parts

FORMAT = pack_one(Kind.FORMAT, "pdf", "application/pdf")
END = pack_one(Kind.END, "read", "")


def extent(value: str) -> list[bytes]:
    return pack(Kind.META, 1, [texts(["page:extent"]), texts([value])])


def pixels(width: int, height: int, size: int | None = None) -> list[bytes]:
    return pack_one(Kind.PIXELS, width, height, bytes(3 * width * height if size is None else size))


def drawn(*frames: Sequence[bytes], ends: bool = True) -> PictureInbox:
    inbox = PictureInbox()
    inbox.feed(b"".join(b"".join(frame) for frame in frames))
    if ends:
        inbox.feed(b"")
    return inbox


def test_a_picture_comes_with_the_size_of_its_page() -> None:
    given = drawn(FORMAT, extent("5950 8420"), pixels(20, 30), END).picture(7)
    assert given is not None
    picture, size = given
    assert (picture.key, picture.width, picture.height, len(picture.untrusted_rgb)) == (7, 20, 30, 1800)
    assert size == PageSize((20, 30), (5950, 8420))


@pytest.mark.parametrize("said", ["", "0 1", "x y", "-3 4", "1 99999999999", "5 5 5"])
def test_a_size_that_is_none_is_that_of_the_picture(said: str) -> None:
    given = drawn(FORMAT, extent(said), pixels(20, 30), END).picture(1)
    assert given is not None
    assert given[1].extent == (20, 30)


def test_a_page_that_was_refused_has_a_reason_and_no_picture() -> None:
    inbox = drawn(FORMAT, pixels(1, 1), pack_one(Kind.END, "truncated", "limit-pixels"))
    assert (inbox.reason, inbox.picture(1)) == (Reason.LIMIT_PIXELS, None)


@pytest.mark.parametrize(
    "frames",
    [
        (FORMAT, pixels(2, 2), pixels(2, 2), END),
        (FORMAT, pixels(2, 2, 11), END),
        (FORMAT, pixels(2, 2), END, pixels(2, 2)),
        (FORMAT, pack_one(Kind.SHEET, 1, "x", 0), END),
        (FORMAT, pack_one(Kind.MEMBER_BEGIN, b"x", 1), END),
        (FORMAT, pixels(2, 2)),
    ],
    ids=["twice", "short", "behind the end", "a sheet", "a member", "no end"],
)
def test_a_child_that_breaks_the_rules_is_not_believed(frames: tuple[Sequence[bytes], ...]) -> None:
    with pytest.raises(BadFrame):
        drawn(*frames)


def layer(lines: Sequence[Line], unit: str) -> LayerInbox:
    inbox = LayerInbox(DEFAULT)
    parts = texts([line.part for line in lines])
    kinds = bytes(int(line.kind) for line in lines)
    frames = [
        FORMAT,
        pack(
            Kind.LINES,
            len(lines),
            [parts, kinds, array("H", [0] * len(lines)), texts([line.untrusted_text for line in lines])],
        ),
    ]
    sides = [
        array("i", column)
        for column in zip(*((n, *line.box) for n, line in enumerate(lines) if line.box), strict=True)
    ]
    if sides:
        frames.append(pack(Kind.BOXES, len(sides[0]), [*sides, bytes([80] * len(sides[0]))]))
    frames += [pack(Kind.META, 1, [texts(["layer:unit"]), texts([unit])]), END]
    inbox.collector.feed(b"".join(b"".join(frame) for frame in frames))
    return inbox


def test_lines_of_a_layer_get_addresses_of_their_own_version() -> None:
    lines = [
        Line("page=2&line=1", PieceKind.LINE, "x", box=(1, 2, 3, 4)),
        Line("page=2&line=2", PieceKind.LINE, "y", box=(5, 6, 7, 8)),
        Line("page=2&annotation=1", PieceKind.COMMENT, "no line"),
        Line("page=999999999&line=1", PieceKind.LINE, "beyond every document"),
    ]
    rows = layer(lines, "points").rows("abbyy", "ABBYY 15", picture=False)
    assert [row[2:] for row in rows] == [
        ("page=2&ocr=abbyy&meta=engine", PieceKind.META, "ABBYY 15", 0, 0, 0, 0, 255),
        ("page=2&ocr=abbyy&line=1", PieceKind.LINE, "x", 1, 2, 3, 4, 80),
        ("page=2&ocr=abbyy&line=2", PieceKind.LINE, "y", 5, 6, 7, 8, 80),
    ]


def test_boxes_in_pixels_say_nothing_about_a_page_in_points() -> None:
    lines = [Line("page=1&line=1", PieceKind.LINE, "x", box=(1, 2, 3, 4))]
    assert layer(lines, "pixels").rows("a", "a", picture=False)[-1][5:9] == (0, 0, 0, 0)
    assert layer(lines, "pixels").rows("a", "a", picture=True)[-1][5:9] == (1, 2, 3, 4)


def test_a_box_of_an_engine_never_leaves_the_page() -> None:
    size = PageSize((100, 200), (1000, 1000))
    assert size.on_page(((10, 20), (30, 20), (30, 40), (10, 40))) == (100, 100, 300, 200)
    assert size.on_page(((-5, -5), (500, 10), (500, 999), (0, 999))) == (0, 0, 1000, 1000)


@pytest.mark.parametrize(
    ("engine", "label"),
    [
        ("rapidocr 3.10.0 PP-OCRv6", "rapidocr"),
        ("Tesseract", "tesseract"),
        ("a&b=c d", "a-b-c"),
        ("", "unnamed"),
        ("名单", "unnamed"),
        ("x" * 99, "x" * 40),
    ],
)
def test_the_name_of_an_engine_fits_into_an_address(engine: str, label: str) -> None:
    assert label_of(engine) == label
    box = ((0, 0), (1, 0), (1, 1), (0, 1))
    reading = PageReading(
        engine or "?", "Han", 0, 0.0, 7.0, (OcrLine("x", -3.0, box), OcrLine(" ", 1.0, box))
    )
    document = to_document(reading, PageSize((10, 10), (10, 10)), "cpu")
    rows = list(rows_of_page(3, document))
    assert all(parse_parts(row[2])[:2] == (("page", "3"), ("ocr", rows[0][1])) for row in rows)
    assert [(row[4], row[-1]) for row in rows if row[3] == PieceKind.LINE] == [("x", 0)]
