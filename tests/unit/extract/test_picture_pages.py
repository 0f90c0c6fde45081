"""Pages of picture files: which pictures look like pages of text, and how one is given to OCR."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from proofroom.extract.format import MOST_PICTURE_PIXELS, Picture, Source, Unreadable
from proofroom.extract.pictures.as_page import picture_page
from proofroom.extract.pictures.page_like import is_page_of_text
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason
from proofroom.world import drawing


def source(picture: Image.Image, form: str, **how: object) -> Source:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return Source(out, len(out.getvalue()), DEFAULT)


def given(picture: Image.Image, form: str, number: int = 1, **how: object) -> Picture:
    return picture_page(source(picture, form, **how), number, 300)


def looks_like_a_page(picture: Image.Image) -> bool:
    small = picture.convert("RGB")
    small.thumbnail((256, 256))
    return is_page_of_text(small, lambda: picture)


def chat(ground: str, ink: str) -> Image.Image:
    """Draw a screenshot with a few words."""
    picture = Image.new("RGB", (720, 1280), ground)
    draw = ImageDraw.Draw(picture)
    for row, text in enumerate(("各单位要在月底前完成核对", "收到", "名单已经发给办公室")):
        draw.text((60, 200 + 300 * row), text, font=drawing.font(32), fill=ink)
    return picture


@pytest.mark.parametrize(
    "page",
    [
        drawing.page(["各乡镇登记人数统计表", "石笙镇　　　17", "合计　　　　17"], seed=1),
        drawing.page(["第一条　各楼层实行二十四小时值班，交接班须有书面记录。"] * 30, seed=2).rotate(
            90, expand=True
        ),
        chat("white", "black"),
        chat("#101418", "#e0e0e0"),
    ],
    ids=["short list", "lying page", "chat", "dark chat"],
)
def test_scans_and_screenshots_look_like_pages(page: Image.Image) -> None:
    assert looks_like_a_page(page)


def test_a_photographed_sheet_looks_like_a_page_though_its_light_is_uneven() -> None:
    sheet = drawing.page(["第一条　各楼层实行二十四小时值班，交接班须有书面记录。"] * 30, seed=3).convert(
        "RGB"
    )
    light = Image.linear_gradient("L").resize(sheet.size).point(lambda one: 120 + one // 2)
    assert looks_like_a_page(Image.composite(sheet, Image.new("RGB", sheet.size, "#202020"), light))


@pytest.mark.parametrize(
    "photo",
    [
        drawing.figure((800, 600), 5, 120, ("SYNTHETIC", "1024")),
        Image.linear_gradient("L").resize((640, 480)).convert("RGB"),
        Image.new("RGB", (640, 480), "white"),
    ],
    ids=["figure", "ramp", "blank"],
)
def test_photos_and_blank_pictures_do_not(photo: Image.Image) -> None:
    assert not looks_like_a_page(photo)


def corner(picture: Picture) -> tuple[int, ...]:
    """Give the colour at the top left."""
    return tuple(picture.rgb[:3])


def marked() -> Image.Image:
    """Draw a picture, 60 by 40, red at its top left corner."""
    picture = Image.new("RGB", (60, 40), "white")
    picture.paste((255, 0, 0), (0, 0, 10, 10))
    return picture


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60))]
)
def test_a_picture_is_turned_as_it_says(form: str, orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    page = given(marked(), form, exif=exif)
    assert (page.width, page.height) == page.extent == size
    assert (corner(page) == (255, 0, 0)) == (orientation == 1)
    assert len(page.rgb) == 3 * page.width * page.height


def test_what_is_transparent_is_white() -> None:
    clear = Image.new("RGBA", (30, 20), (0, 0, 0, 0))
    assert corner(given(clear, "PNG")) == (255, 255, 255)


def test_a_huge_picture_is_made_smaller_and_keeps_its_own_size_in_mind() -> None:
    page = given(Image.new("1", (12_000, 4_000), 1), "TIFF", compression="group4")
    assert page.width * page.height <= MOST_PICTURE_PIXELS
    assert page.extent == (12_000, 4_000)


def test_each_page_of_a_fax_can_be_had_and_no_other() -> None:
    pages = [Image.new("1", (40, 50), shade) for shade in (0, 1, 0)]
    fax = source(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert [corner(picture_page(fax, number, 300))[0] for number in (1, 2, 3)] == [0, 255, 0]
    with pytest.raises(Unreadable):
        picture_page(fax, 4, 300)


@pytest.mark.parametrize("data", [b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_what_is_no_picture_ends_in_a_state(data: bytes) -> None:
    with pytest.raises(Unreadable):
        picture_page(Source(io.BytesIO(data), len(data), DEFAULT), 1, 300)


def test_a_picture_cut_short_is_damaged() -> None:
    whole = source(drawing.page(["x"], seed=4), "JPEG").untrusted.getvalue()  # type: ignore[attr-defined]
    with pytest.raises(Unreadable) as cut:
        picture_page(Source(io.BytesIO(whole[:3000]), 3000, DEFAULT), 1, 300)
    assert cut.value.reason is Reason.DAMAGED_PART
