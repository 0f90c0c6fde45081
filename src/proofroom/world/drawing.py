"""Draws what the cache shows as pictures: the figures of the photos and the pages of the scans.

The glyphs come with the package (a subset of Noto Sans CJK SC, SIL Open Font License), so that nothing
depends on the fonts of a machine.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.float32]


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Give the bundled font in a size (pixels)."""
    with as_file(files("proofroom.world").joinpath("data/glyphs.otf")) as path:
        return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def can_draw(text: str) -> bool:
    """Say whether the bundled font has a glyph for every character of a text."""
    missing = bytes(font(20).getmask("\U0010ffff"))
    return all(sign.isspace() or bytes(font(20).getmask(sign)) != missing for sign in text)


def figure(size: tuple[int, int], shape: int, shade: int, words: tuple[str, ...]) -> Image.Image:
    """Draw a shaded geometric figure before a height chart: never a face, never a person.

    shape: number of corners of the upper part (from 3); shade: 0 to 255. words stand at the foot.
    """
    width, height = size
    ramp = (
        np.linspace(205, 150, height, dtype=np.float32)[:, None]
        + np.linspace(0, 22, width, dtype=np.float32)[None, :]
    )
    picture = Image.fromarray(ramp.astype(np.uint8), "L").convert("RGB")
    draw = ImageDraw.Draw(picture)
    for step in range(12):
        y = height * (0.06 + 0.07 * step)
        draw.line((0, y, width * (0.2 if step % 2 else 0.3), y), fill=(60, 60, 70), width=2)
        draw.text((6, y + 2), f"{200 - 5 * step}", font=font(14), fill=(50, 50, 60))
    centre = width * 0.56, height * 0.34
    tone = (shade, (shade * 3 + 120) // 4, 255 - shade)
    draw.polygon(
        [(width * 0.38, height * 0.9), (width * 0.56, height * 0.45), (width * 0.76, height * 0.9)], fill=tone
    )
    draw.regular_polygon(
        (*centre, height * 0.17), shape, rotation=shade % 90, fill=tuple(255 - part // 2 for part in tone)
    )
    draw.ellipse((centre[0] - 40, centre[1] - 40, centre[0] + 10, centre[1] + 10), fill=(235, 235, 230))
    for row, text in enumerate(words):
        draw.text((width * 0.3, height * 0.9 + 18 * row - 6), text, font=font(17), fill=(15, 15, 15))
    return picture


@cache
def sensor(seed: int, height: int, width: int) -> Pixels:
    """Give the pattern of one sensor: each pixel is a little more or less sensitive (1.2 %)."""
    return 1 + 0.012 * np.random.default_rng(seed).standard_normal((height, width, 1), dtype=np.float32)


def exposed(picture: Image.Image, pattern: Pixels, seed: int) -> Image.Image:
    """Take a picture with a sensor: its pattern, and shot noise that differs in every exposure."""
    light = np.asarray(picture, dtype=np.float32) * pattern
    noise = np.random.default_rng(seed).standard_normal(light.shape[:2], dtype=np.float32)[:, :, None]
    return Image.fromarray(np.clip(light + noise * np.sqrt(light) * 0.18, 0, 255).astype(np.uint8), "RGB")


def page(
    lines: list[str], *, seed: int, size: tuple[int, int] = (1240, 1754), rules: tuple[int, ...] = ()
) -> Image.Image:
    """Draw a page as a scanner sees it: lines of text, a table's rules, a slight turn, grain and a shadow."""
    picture = Image.new("L", size, 250)
    draw = ImageDraw.Draw(picture)
    for number, text in enumerate(lines):
        y = 120 + 46 * number
        draw.text((110, y), text, font=font(30), fill=25)
        if number in rules:
            draw.line((100, y - 6, size[0] - 100, y - 6), fill=60, width=2)
    rng = np.random.default_rng(seed)
    turned = picture.rotate(float(rng.uniform(-0.5, 0.5)), resample=Image.Resampling.BICUBIC, fillcolor=250)
    grain = rng.standard_normal((size[1], size[0]), dtype=np.float32) * 3
    shadow = np.linspace(-18, 0, size[0], dtype=np.float32)[None, :] * 0.6
    return Image.fromarray(
        np.clip(np.asarray(turned, dtype=np.float32) + grain + shadow, 0, 255).astype(np.uint8), "L"
    )
