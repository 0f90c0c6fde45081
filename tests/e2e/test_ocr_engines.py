"""The real engines, the whole way: Chinese, Uyghur and Latin, a page on its side, a table to its cells."""

from __future__ import annotations

from functools import cache
from importlib import util
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont, features
from user import PLAIN, proofroom

from proofroom.extract.ocr.engines import EngineSet
from proofroom.world import drawing

UYGHUR = ("رايونلۇق تىزىملاش يىغىنىدا سۆزلەنگەن نۇتۇق", "مەكتەپ كىتاب ئوقۇغۇچى مۇئەللىم شەھەر")
LATIN = ("Address to the conference on registration", "Every household must be visited by the 30th.")
HAN = ("各乡镇要在月底前完成核对", "每一户每一人都要见面不得漏登", "共计 1837 人")
CELLS = (("乡镇", "人数"), ("石笙镇", "324"), ("曙坪乡", "1430"))
FONTS = (
    Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    Path("/usr/share/fonts/truetype/noto/NotoNaskhArabic-Regular.ttf"),
)
_NO_FONT = "no font with Uyghur letters: DejaVuSans.ttf (package fonts-dejavu-core) is not installed here"


def needs_engines() -> None:
    """Skip, by the name of what is missing."""
    if util.find_spec("rapidocr") is None:
        pytest.skip("no OCR engine: rapidocr is not installed here")
    missing = [one for one in ("uig", "eng") if one not in EngineSet.here().languages]
    if missing:
        pytest.skip(f"no OCR model: tesseract-ocr-{missing[0]} is not installed here")
    if not any(font.exists() for font in FONTS) or not features.check("raqm"):
        pytest.skip(_NO_FONT)


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(next(one for one in FONTS if one.exists())), size)


def written(lines: tuple[str, ...], script: str, height: int = 500) -> Image.Image:
    """Write lines on a page as a scanner gives it."""
    page = Image.new("L", (1240, height), 250)
    draw = ImageDraw.Draw(page)
    for number, text in enumerate(lines):
        at = 60 + 80 * number
        if script == "Arab":
            how = {"anchor": "ra", "direction": "rtl", "language": "ug"}
            draw.text((1140, at), text, font=font(40), fill=20, **how)
        else:
            face = drawing.font(34) if script == "Han" else font(30)
            draw.text((100, at), text, font=face, fill=20)
    return page


def with_table(page: Image.Image) -> Image.Image:
    """Rule a table below the lines."""
    draw = ImageDraw.Draw(page)
    xs, ys = (100, 500, 900), (330, 410, 490, 570)
    for y in ys:
        draw.line((xs[0], y, xs[-1], y), fill=40, width=3)
    for x in xs:
        draw.line((x, ys[0], x, ys[-1]), fill=40, width=3)
    for row, texts in enumerate(CELLS):
        for column, text in enumerate(texts):
            draw.text((xs[column] + 20, ys[row] + 20), text, font=drawing.font(34), fill=20)
    return page


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take pictures of pages in, and let the engines of this machine read them."""
    needs_engines()
    cache = tmp_path_factory.mktemp("caches") / "pages"
    cache.mkdir()
    table = with_table(written(HAN, "Han", 640))
    table.save(cache / "table.png")
    table.rotate(90, expand=True).save(cache / "on-its-side.png")
    written(UYGHUR, "Arab").save(cache / "uyghur.png")
    written(UYGHUR, "Arab").rotate(180).save(cache / "upside-down.png")
    written(LATIN, "Latn").save(cache / "latin.png")
    both = Image.new("L", (1240, 700), 250)
    both.paste(written(HAN, "Han", 300), (0, 0))
    both.paste(written(UYGHUR, "Arab", 300), (0, 320))
    both.save(cache / "both.png")
    made = tmp_path_factory.mktemp("cases") / "pages.case"
    assert proofroom("open", cache, "--case", made, *PLAIN).status in (0, 3)
    digests = [line["digest"] for line in proofroom("artifacts", made, "--json").lines]
    done = proofroom("ocr", made, *digests, "--json")
    assert done.status == 0, done.err
    return made


@cache
def read(case: Path, name: str) -> list[tuple[str, str]]:
    """Give the parts and texts that engines read of a file."""
    digest = next(
        one["digest"] for one in proofroom("artifacts", case, "--json").lines if one["path"] == name
    )
    rows = proofroom("sql", case, f"select part, text from ocr where artifact = '{digest}'", "--json").lines
    return [(row["part"].partition("ocr=")[2], row["text"]) for row in rows]


def lines_of(case: Path, name: str) -> list[str]:
    return ["".join(text.split()) for part, text in read(case, name) if "&line=" in part]


def fact(case: Path, name: str, key: str) -> str:
    return next(text for part, text in read(case, name) if part.endswith(f"meta={key}"))


def plain(*texts: str) -> list[str]:
    return ["".join(text.split()) for text in texts]


@pytest.mark.parametrize(("name", "turned"), [("table.png", "0"), ("on-its-side.png", "90")])
def test_chinese_is_read_by_rapidocr_whichever_way_it_lies(case: Path, name: str, turned: str) -> None:
    assert lines_of(case, name)[:3] == plain(*HAN)
    assert fact(case, name, "orientation") == turned
    assert fact(case, name, "engine").startswith("rapidocr ")


@pytest.mark.parametrize("name", ["table.png", "on-its-side.png"])
def test_a_table_in_a_scan_comes_out_as_cells(case: Path, name: str) -> None:
    cells = {part.partition("table=1&cell=")[2]: text for part, text in read(case, name) if "&cell=" in part}
    assert cells == {
        f"{'AB'[column]}{row + 1}": text
        for row, texts in enumerate(CELLS)
        for column, text in enumerate(texts)
    }


@pytest.mark.parametrize(("name", "turned"), [("uyghur.png", "0"), ("upside-down.png", "180")])
def test_uyghur_is_read_by_tesseract_whichever_way_it_lies(case: Path, name: str, turned: str) -> None:
    assert lines_of(case, name) == plain(*UYGHUR)
    assert fact(case, name, "orientation") == turned
    assert fact(case, name, "engine").endswith(" uig")


def test_latin_is_read_by_tesseract(case: Path) -> None:
    assert lines_of(case, "latin.png") == plain(*LATIN)
    assert fact(case, "latin.png", "engine").endswith(" eng")


def test_a_page_of_two_scripts_is_read_by_both_engines(case: Path) -> None:
    assert lines_of(case, "both.png") == plain(*HAN, *UYGHUR)
    # The one that read more comes first: addresses bear its name.
    first, second = fact(case, "both.png", "engine").split("; ")
    assert (first.split()[0], second.split()[0]) == ("tesseract", "rapidocr")


def test_what_was_read_is_found_with_how_sure_the_engine_was(case: Path) -> None:
    hit, total = proofroom("search", case, "تىزىملاش", "--json").lines[-2:]
    assert total["total"] == 3
    assert hit["ocr"]["confidence"] > 60
    assert hit["ocr"]["box"] is not None
