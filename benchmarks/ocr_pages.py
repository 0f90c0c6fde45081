"""Pages for the benchmark of OCR, with their truth: three scripts, several types each, clean, small, noisy, spoilt."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from proofroom.world import prose

FOLDER: Final = Path("/usr/share/fonts")
FONTS: Final = {
    "Han": {
        "Noto Sans CJK": "opentype/noto/NotoSansCJK-Regular.ttc",
        "Noto Serif CJK": "opentype/noto/NotoSerifCJK-Regular.ttc",
        "WenQuanYi Zen Hei": "truetype/wqy/wqy-zenhei.ttc",
        "AR PL UKai": "truetype/arphic/ukai.ttc",
    },
    "Arab": {
        "DejaVu Sans": "truetype/dejavu/DejaVuSans.ttf",
        "Noto Naskh Arabic": "truetype/noto/NotoNaskhArabic-Regular.ttf",
        "Scheherazade": "truetype/scheherazade/Scheherazade-Regular.ttf",
    },
    "Latn": {
        "DejaVu Sans": "truetype/dejavu/DejaVuSans.ttf",
        "Liberation Serif": "truetype/liberation2/LiberationSerif-Regular.ttf",
        "Noto Serif": "truetype/noto/NotoSerif-Regular.ttf",
    },
}
POINTS: Final = {"Han": 12, "Arab": 14, "Latn": 11}
LINES: Final = 18
INCHES: Final = (8.27, 6.0)
MARGIN: Final = 0.8

UYGHUR: Final = (
    "رايونلۇق تىزىملاش يىغىنىدا سۆزلەنگەن نۇتۇق مەكتەپ كىتاب ئوقۇغۇچى مۇئەللىم شەھەر يېزا دوختۇرخانا "
    "ئىشخانا ھۆججەت كېچىك چوڭ يېڭى ئادەم ئۆي يول دەريا تاغ باغ قىش ياز كۈز باھار ئايال ئەر بالا ئانا ئاتا "
    "ئىسىم فامىلە ئادرېس نومۇر يىل ئاي كۈن سائەت مىنۇت ھەپتە بۈگۈن ئەتە تۈنۈگۈن كېيىن بۇرۇن خەت قەغەز قەلەم"
)
ENGLISH: Final = (
    "the registration office of this district reports daily numbers to the central bureau and keeps every list signed "
    "by an officer on duty before noon households must be visited again when nobody answers treatment petitions "
    "letters effect building monitoring shift address floor exchange approval night lighting remains switched written "
    "record"
)


@dataclass(frozen=True)
class Page:
    """A page, what stands on it line by line, and of a table its cells row by row."""

    script: str
    font: str
    condition: str
    picture: Image.Image
    truth: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...] = ()


def fonts_here(script: str) -> Iterator[tuple[str, str]]:
    """Give the types of a script that this machine has."""
    for name, path in FONTS[script].items():
        if (FOLDER / path).exists():
            yield name, str(FOLDER / path)


def sentences(script: str, rng: random.Random) -> Iterator[str]:
    """Give texts without end: words of that script, and figures among them."""
    words = (UYGHUR if script == "Arab" else ENGLISH).split()
    while True:
        if script == "Han":
            whole = "".join((*prose._CLAUSES, *prose._SPEECH))  # noqa: SLF001 - the sentences of the world
            start = rng.randrange(len(whole) - 30)
            rare = "".join(_of_level_one(rng) for _ in range(rng.randint(8, 24)))
            number = "".join(rng.choice("0123456789") for _ in range(17))
            yield rng.choice(
                (
                    whole[start : start + 26],
                    whole[start : start + 20],
                    rare,
                    f"{rng.randint(1, 99)}. 证件号码{number}X",
                )
            )
        else:
            chosen = rng.choices(words, k=rng.randint(4, 7))
            if rng.random() < 0.3:
                chosen.append(str(rng.randint(10, 99_999)))
            yield " ".join(chosen)


def _of_level_one(rng: random.Random) -> str:
    """Give one of the 3,755 common characters of GB 2312."""
    return bytes((rng.randint(0xB0, 0xD6), rng.randint(0xA1, 0xFE))).decode("gb2312")


class Sheet:
    """An empty page and a type to write on it with."""

    def __init__(self, script: str, font: str, dpi: int) -> None:
        """Take a sheet of some inches, in grey."""
        self.script, self.dpi = script, dpi
        self.pixels = round(POINTS[script] * dpi / 72)
        self.font = ImageFont.truetype(font, self.pixels)
        self.picture = Image.new("L", (round(INCHES[0] * dpi), round(INCHES[1] * dpi)), 255)
        self._draw = ImageDraw.Draw(self.picture)

    def write(self, text: str, left: float, top: float, right: float) -> str:
        """Write as much of a text as there is room for; gives that."""
        how = {"direction": "rtl", "language": "ug"} if self.script == "Arab" else {}
        while self._draw.textlength(text, font=self.font, **how) > right - left:
            text = text[:-1] if self.script == "Han" else text.rpartition(" ")[0]
        if self.script == "Arab":
            self._draw.text((right, top), text, font=self.font, fill=0, anchor="ra", **how)
        else:
            self._draw.text((left, top), text, font=self.font, fill=0)
        return text

    def rule(self, *line: float) -> None:
        """Draw a ruled line."""
        self._draw.line(line, fill=30, width=max(2, self.dpi // 100))


def prose_page(
    script: str, font: str, dpi: int, seed: int, columns: int = 1
) -> tuple[Image.Image, list[str]]:
    """Write a page of prose in one column or two; gives it with its lines in reading order."""
    sheet, texts = Sheet(script, font, dpi), sentences(script, random.Random(seed))
    margin, wide = MARGIN * dpi, (INCHES[0] - 2 * MARGIN) * dpi
    room = (wide - (columns - 1) * 0.4 * dpi) / columns
    places = [margin + number * (room + 0.4 * dpi) for number in range(columns)]
    truth = []
    for left in reversed(places) if script == "Arab" else places:
        for line in range(LINES):
            top = 0.5 * dpi + line * sheet.pixels * 1.8
            if top < (INCHES[1] - 0.5) * dpi:
                truth.append(sheet.write(next(texts), left, top, left + room))
    return sheet.picture, truth


def table_page(script: str, font: str, dpi: int, seed: int) -> tuple[Image.Image, list[list[str]]]:
    """Write a ruled table of eight rows and four columns; gives it with its cells from the left."""
    sheet, rng = Sheet(script, font, dpi), random.Random(seed)
    texts = sentences(script, rng)
    margin, step = MARGIN * dpi, sheet.pixels * 2.2
    xs = [margin + share * (INCHES[0] - 2 * MARGIN) * dpi for share in (0, 0.12, 0.5, 0.75, 1)]
    ys = [0.5 * dpi + row * step for row in range(9)]
    for y in ys:
        sheet.rule(xs[0], y, xs[-1], y)
    for x in xs:
        sheet.rule(x, ys[0], x, ys[-1])
    rows = []
    for number, top in enumerate(ys[:-1], 1):
        cells = [str(number), next(texts), str(rng.randint(1, 99_999)), next(texts)]
        edges = zip(cells, xs, xs[1:], strict=False)
        pad = 0.06 * dpi
        rows.append([sheet.write(text, a + pad, top + step * 0.25, b - pad) for text, a, b in edges])
    return sheet.picture, rows


# ── what happens to a page ───────────────────────────────────────────────────────────────────────


def noisy(page: Image.Image, dpi: int) -> Image.Image:
    """Scan a page badly: turned by 1.5 degrees, blurred, grainy, and saved as a poor JPEG."""
    page = page.rotate(1.5, Image.Resampling.BICUBIC, fillcolor=255).filter(
        ImageFilter.GaussianBlur(1.2 * dpi / 300)
    )
    grain = np.random.default_rng(1).normal(0, 35, (page.height, page.width))
    spoilt = Image.fromarray(np.clip(np.asarray(page) + grain, 0, 255).astype(np.uint8))
    out = io.BytesIO()
    spoilt.save(out, "JPEG", quality=60)
    return Image.open(out).convert("L")


def stamped(page: Image.Image) -> Image.Image:
    """Put a red stamp over the text."""
    picture = page.convert("RGB")
    seal = Image.new("RGB", page.size, "white")
    draw = ImageDraw.Draw(seal)
    x, y, r = page.width * 0.4, page.height * 0.4, page.height * 0.2
    draw.ellipse((x - r, y - r, x + r, y + r), outline=(215, 40, 40), width=round(r / 9))
    draw.regular_polygon((x, y, r / 2.5), 5, fill=(215, 40, 40))
    return Image.fromarray(np.minimum(np.asarray(picture), np.asarray(seal)))


def photographed(page: Image.Image) -> Image.Image:
    """Take a page from the side: its upper edge shorter, light falling off."""
    w, h = page.size
    corners = (-0.06 * w, -0.03 * h, 0.02 * w, 1.03 * h, 1.01 * w, 1.06 * h, 1.09 * w, -0.02 * h)
    seen = page.transform(page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=200)
    light = np.linspace(1.0, 0.65, w)[None, :] * np.linspace(1.0, 0.85, h)[:, None]
    return Image.fromarray((np.asarray(seen) * light).astype(np.uint8))


SPOILT: Final[dict[str, Callable[[Image.Image], Image.Image]]] = {
    "a stamp over it": stamped,
    "skewed by 4 degrees": lambda page: page.rotate(4, Image.Resampling.BICUBIC, expand=True, fillcolor=255),
    "photographed": photographed,
}
CONDITIONS: Final = (
    "300 dpi",
    "150 dpi",
    "300 dpi, noise",
    "150 dpi, noise",
    "300 dpi, on its side",
    "table",
)


def pages() -> Iterator[Page]:
    """Give every page of the benchmark."""
    for script in FONTS:
        for number, (name, path) in enumerate(fonts_here(script)):
            yield from _measured(script, name, path, 17 * number + 1)
        first = next(fonts_here(script), None)
        if first is not None:
            yield from _spoilt(script, *first)


def _measured(script: str, name: str, path: str, seed: int) -> Iterator[Page]:
    for dpi in (300, 150):
        picture, lines = prose_page(script, path, dpi, seed)
        yield Page(script, name, f"{dpi} dpi", picture, tuple(lines))
        yield Page(script, name, f"{dpi} dpi, noise", noisy(picture, dpi), tuple(lines))
        if dpi == 300:
            side = picture.transpose(Image.Transpose.ROTATE_90)
            yield Page(script, name, "300 dpi, on its side", side, tuple(lines))
    picture, rows = table_page(script, path, 300, seed)
    yield Page(script, name, "table", picture, _in_order(script, rows), tuple(map(tuple, rows)))


def _spoilt(script: str, name: str, path: str) -> Iterator[Page]:
    picture, lines = prose_page(script, path, 300, 99)
    for condition, spoil in SPOILT.items():
        yield Page(script, name, condition, spoil(picture), tuple(lines))
    picture, lines = prose_page(script, path, 300, 98, columns=2)
    yield Page(script, name, "two columns", picture, tuple(lines))


def _in_order(script: str, rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Give the cells as they are read: each row in the direction of its script."""
    return tuple(text for row in rows for text in (reversed(row) if script == "Arab" else row))


def distance(one: str, other: str) -> int:
    """Count the characters to be put in, taken out or changed to make one text of another, row by row in one go."""
    signs = np.frombuffer(other.encode("utf-32-le"), np.uint32)
    before = np.arange(len(other) + 1)
    places = np.arange(len(other) + 1)
    for row, sign in enumerate(one, 1):
        best = np.minimum(before[:-1] + (signs != ord(sign)), before[1:] + 1)
        before = np.minimum.accumulate(np.concatenate(([row], best)) - places) + places
    return int(before[-1])


def error_rate(truth: Sequence[str], said: Sequence[str]) -> float:
    """Give the errors in percent of the characters that stand there, blanks left out."""
    wanted, found = ("".join("".join(texts).split()) for texts in (truth, said))
    return 100 * distance(wanted, found) / len(wanted) if wanted else math.nan
