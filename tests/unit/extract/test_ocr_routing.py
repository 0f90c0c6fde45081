"""Which engine's reading of a page counts: by script, by how sure each is, and never with a line lost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import pytest

from proofroom.extract.ocr.engines import EngineSet
from proofroom.extract.ocr.half_turn import half_turned
from proofroom.extract.ocr.looked import GridCell, Looked, RawLine, Strip
from proofroom.extract.ocr.page import PagePicture, PageReading
from proofroom.extract.ocr.page_reader import PageReader
from proofroom.extract.ocr.pixels import UNCHANGED
from proofroom.extract.ocr.placed import composed, from_rows, uncovered
from proofroom.extract.ocr.tesseract import NOTHING, Reading
from proofroom.extract.ocr.tsv import Word

ALL = EngineSet("3.0", "/usr/bin/tesseract", "5.3", "/models", frozenset({"chi_sim", "uig", "eng"}))
PICTURE = PagePicture(1, 100, 100, bytes(30_000))
WHOLE = Strip("Arab", False, 0, 0, 10, 10, 0.1, bytes(range(100)))
PROBE = replace(WHOLE, probe=True, height=5, untrusted_grey=bytes(range(50)))


def line(text: str, top: int, confidence: float = 0.97, left: int = 10, right: int = 90) -> RawLine:
    box = ((left, top), (right, top), (right, top + 8), (left, top + 8))
    return RawLine(text, confidence, "Han", box)


def seen(*lines: RawLine, strips: Sequence[Strip] = (), turned: bool = True, boxes: int = 3) -> Looked:
    return Looked(0, 0.0, "Han", turned, boxes, 100, 100, UNCHANGED, list(lines), [], list(strips))


def words(*texts: str, top: float = 0, sure: float = 0.9, width: float = 2) -> tuple[Word, ...]:
    return tuple(
        Word(text, sure, n * width, top, (n + 1) * width - 0.5, top + 1) for n, text in enumerate(texts)
    )


@dataclass
class Eyes:
    """Gives what was seen, first with engines to hand on to, then without."""

    answers: list[Looked | None]
    asked: list[tuple[Collection[str], bool]] = field(default_factory=list)

    def look(self, _picture: PagePicture, others: Collection[str], *, engine: bool = True) -> Looked | None:
        self.asked.append((sorted(others), engine))
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


@dataclass
class Program:
    """Gives for each script what it reads, if the strip lies the way up that it knows."""

    said: dict[str, Reading]
    upside_down: bool = False
    block: dict[str, Reading] = field(default_factory=dict)
    asked: list[tuple[str, bool]] = field(default_factory=list)

    def read(self, strip: Strip, script: str, *, block: bool = False) -> Reading:
        self.asked.append((script, block))
        if self.upside_down == (strip.untrusted_grey[0] < strip.untrusted_grey[-1]):
            return replace(self.said.get(script, NOTHING), confidence=0.2)
        return (self.block if block and not strip.probe and self.block else self.said).get(script, NOTHING)


def said(language: str, *rows: tuple[Word, ...], confidence: float = 0.9, failed: bool = False) -> Reading:
    return Reading(language, list(rows), confidence, failed)


def read(eyes: Eyes, program: Program, engines: EngineSet = ALL) -> PageReading | None:
    return PageReader(engines, eyes, program).read(PICTURE)


def texts(found: PageReading | None) -> list[str]:
    assert found is not None
    return [one.untrusted_text for one in found.lines]


def test_what_rapidocr_reads_surely_needs_nobody_else() -> None:
    program = Program({})
    found = read(Eyes([seen(line("登记表", 50), line("名单", 10))]), program)
    assert texts(found) == ["名单", "登记表"]
    assert found is not None
    assert (found.engine, found.script, program.asked) == ("rapidocr 3.0 PP-OCRv6", "Han", [])


def test_an_area_in_uyghur_is_put_in_its_place_and_replaces_what_the_other_guessed() -> None:
    strip = Strip("Arab", False, 10, 30, 40, 10, 0.5, bytes(400))
    program = Program({"Arab": said("uig", words("قەشقەر", top=2, width=20), words("junk", top=4, width=20))})
    looked = seen(line("登记表", 10), line("3-3", 34, 0.5), line("名单", 60), strips=[strip])
    found = read(Eyes([looked]), program)
    assert texts(found) == ["登记表", "قەشقەر", "名单"]
    assert found is not None
    assert found.engine == "tesseract 5.3 uig; rapidocr 3.0 PP-OCRv6"
    assert found.lines[1].box[0] == (10, 34)


def test_an_unsure_reading_of_such_an_area_takes_nothing_away() -> None:
    strip = Strip("Arab", False, 10, 30, 40, 10, 0.5, bytes(400))
    program = Program({"Arab": said("uig", words("قەشقەر", top=2, sure=0.3), confidence=0.3)})
    assert texts(read(Eyes([seen(line("手写", 34, 0.5), strips=[strip])]), program)) == ["手写"]


@pytest.mark.parametrize(("sure", "engine"), [(0.95, "tesseract"), (0.8, "rapidocr")])
def test_a_page_of_latin_is_read_by_tesseract_where_it_is_sure(sure: float, engine: str) -> None:
    strip = replace(WHOLE, script="Latn")
    program = Program({"Latn": said("eng", words("signed", top=1, sure=sure, width=8), confidence=sure)})
    found = read(Eyes([seen(line("sined", 10), strips=[strip])]), program)
    assert found is not None
    assert found.engine.split()[0] == engine


def test_a_line_of_latin_that_tesseract_did_not_see_is_kept() -> None:
    strip = replace(WHOLE, script="Latn")
    program = Program({"Latn": said("eng", words("signed", top=1, sure=0.95, width=8), confidence=0.95)})
    found = read(Eyes([seen(line("sined", 10), line("1.", 60), line("~", 80, 0.3), strips=[strip])]), program)
    assert texts(found) == ["signed", "1."]


def test_a_number_and_a_guess_on_a_page_of_latin_are_what_rapidocr_read_surely() -> None:
    strip = replace(WHOLE, script="Latn", scale=1.0)
    rows = [words("order", top=12, sure=0.95, width=60), words("NY", top=42, sure=0.95, width=20)]
    rows.append(words("sgn", top=72, sure=0.3, width=60))
    looked = seen(
        line("order", 10), line("2", 40, 0.95, left=2, right=30), line("signed", 70), strips=[strip]
    )
    found = read(Eyes([looked]), Program({"Latn": said("eng", *rows, confidence=0.92)}))
    assert texts(found) == ["order", "2", "signed"]


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_page_of_uyghur_is_read_the_way_up_in_which_it_can_be(*, upside_down: bool) -> None:
    program = Program({"Arab": said("uig", words("قەشقەر", top=2))}, upside_down)
    found = read(Eyes([seen(strips=[WHOLE, PROBE], turned=False)]), program)
    assert found is not None
    assert (found.engine, found.orientation) == ("tesseract 5.3 uig", 180 if upside_down else 0)
    assert found.lines[0].box[0] == ((99, 79) if upside_down else (0, 20))
    assert program.asked[:2] == [("Arab", True), ("Arab", True)]


def test_a_bad_page_of_chinese_goes_to_whoever_is_surer() -> None:
    bad = seen(line("登汜表", 10, 0.7), turned=False)
    eyes = Eyes([seen(strips=[WHOLE, PROBE], turned=False), bad])
    unsure = said("uig", words("قەشقەر"), confidence=0.3)
    found = read(eyes, Program({"Arab": unsure}))
    assert texts(found) == ["登汜表"]
    assert eyes.asked[1] == ([], True)
    better = Program({"Arab": unsure, "Han": said("chi_sim", words("登记表", sure=0.8), confidence=0.8)})
    found = read(Eyes([seen(strips=[WHOLE, PROBE], turned=False), bad]), better)
    assert found is not None
    assert (texts(found), found.engine) == (["登记表"], "tesseract 5.3 chi_sim")


def test_a_line_that_page_mode_3_lost_is_read_as_a_block() -> None:
    strip = replace(WHOLE, scale=1.0)
    boxes = [line("", 0, 0.0), line("", 40, 0.0)]
    first = words("قەشقەر", top=2, width=40)
    program = Program(
        {"Arab": said("uig", first)}, block={"Arab": said("uig", first, words("خوتەن", top=42, width=40))}
    )
    found = read(Eyes([seen(*boxes, strips=[strip, PROBE], turned=False)]), program)
    assert texts(found) == ["قەشقەر", "خوتەن"]
    assert program.asked[-1] == ("Arab", True)


def test_a_number_on_a_page_of_uyghur_is_what_rapidocr_read() -> None:
    strip = replace(WHOLE, scale=1.0)
    number = line("49757", 2, 0.99, left=60, right=90)
    row = (Word("قەشقەر", 0.9, 5, 3, 30, 9), Word("477", 0.6, 61, 3, 88, 9))
    eyes = Eyes([seen(number, strips=[strip, PROBE], turned=False)])
    found = read(eyes, Program({"Arab": said("uig", row)}))
    assert texts(found) == ["49757", "قەشقەر"]
    assert found is not None
    assert found.engine == "tesseract 5.3 uig; rapidocr 3.0 PP-OCRv6"


def test_a_script_that_no_engine_knows_waits() -> None:
    bad = seen(line("3-3", 10, 0.3), turned=False)
    eyes = Eyes([seen(strips=[WHOLE, PROBE], turned=False), bad])
    found = read(eyes, Program({"Arab": said("uig", words("x"), confidence=0.2)}))
    assert found is not None
    assert (found.engine, found.lines) == ("", ())
    alone = read(Eyes([seen(line("3-3", 10, 0.55), turned=False)]), Program({}), EngineSet("3.0"))
    assert alone is not None
    assert alone.engine == ""


def test_a_page_without_text_is_read_and_empty() -> None:
    found = read(Eyes([seen(boxes=0, turned=True)]), Program({}))
    assert found is not None
    assert (found.engine, found.lines, found.confidence) == ("rapidocr 3.0 PP-OCRv6", (), 0.0)


def test_a_page_whose_child_or_program_died_has_failed() -> None:
    assert read(Eyes([None]), Program({})) is None
    broken = Program({"Arab": said("uig", confidence=0.0, failed=True)})
    assert read(Eyes([seen(strips=[WHOLE, PROBE], turned=False), None]), broken) is None


def test_a_child_that_gives_no_part_to_find_out_with_is_no_trouble() -> None:
    assert read(Eyes([seen(strips=[WHOLE], turned=False)]), Program({})) is not None
    assert read(Eyes([seen(strips=[PROBE], turned=False)]), Program({})) is not None


def test_without_rapidocr_every_model_is_tried() -> None:
    only = replace(ALL, rapidocr="")
    eyes = Eyes([seen(strips=[WHOLE, PROBE], turned=False)])
    program = Program(
        {"Han": said("chi_sim", words("登记"), confidence=0.85), "Latn": said("eng", confidence=0.4)}
    )
    found = read(eyes, program, only)
    assert found is not None
    assert (found.engine, eyes.asked) == ("tesseract 5.3 chi_sim", [(["Arab", "Han", "Latn"], False)])
    blank = read(Eyes([seen(boxes=0, turned=False)]), program, only)
    assert blank is not None
    assert blank.engine == "tesseract 5.3 chi_sim+uig+eng"


# ── where things stand ───────────────────────────────────────────────────────────────────────────


CELLS = [GridCell(1, 1, 1, 1, 1, 0, 0, 50, 40), GridCell(1, 1, 2, 2, 1, 50, 0, 100, 80)]


def test_a_line_through_two_cells_is_cut_and_each_cell_has_its_text() -> None:
    strip = Strip("Latn", False, 0, 0, 100, 100, 1.0, bytes(10_000))
    row = (Word("name", 0.9, 5, 10, 30, 20), Word("Tesbi", 0.8, 60, 10, 90, 20))
    looked = replace(seen(), cells=[*CELLS, GridCell(1, 2, 1, 1, 1, 0, 40, 50, 80)])
    found = composed(looked, from_rows([row], strip, looked.cells, "e"), "e")
    assert [(one.row, one.column, one.untrusted_text) for one in found.cells] == [
        (1, 1, "name"),
        (1, 2, "Tesbi"),
        (2, 1, ""),
    ]
    assert [one.untrusted_text for one in found.lines] == ["name", "Tesbi"]
    assert found.cells[1].row_span == 2


def test_a_table_is_read_row_by_row_however_wide_its_cells_are() -> None:
    cells = [
        GridCell(1, r + 1, c + 1, 1, 1, 50 * c, 10 * r, 50 * c + 50, 10 * r + 10)
        for r in range(8)
        for c in (0, 1)
    ]
    lines = [
        line(f"{r}{c}", 10 * r + 1, left=50 * c + 1, right=50 * c + 49) for c in (0, 1) for r in range(8)
    ]
    lines = [replace(one, box=tuple((x, y if y % 10 == 1 else y - 6) for x, y in one.box)) for one in lines]
    found = read(Eyes([replace(seen(*lines), cells=cells)]), Program({}))
    assert texts(found) == [f"{r}{c}" for r in range(8) for c in (0, 1)]


def test_two_lines_in_a_cell_stand_one_below_the_other() -> None:
    looked = replace(seen(line("二", 20), line("一", 5)), cells=[replace(CELLS[0], right=100)])
    found = PageReader(ALL, Eyes([looked]), Program({})).read(PICTURE)
    assert found is not None
    assert found.cells[0].untrusted_text == "一\n二"


def test_turning_by_half_twice_changes_nothing() -> None:
    looked = replace(seen(strips=[WHOLE, PROBE]), cells=CELLS)
    once = half_turned(looked)
    assert once.orientation == 180
    assert [(one.row, one.column, one.left, one.top) for one in once.cells] == [(1, 1, 0, 20), (2, 2, 50, 60)]
    assert half_turned(once) == looked


def test_a_line_is_covered_only_by_one_that_stands_over_it() -> None:
    strip = Strip("Latn", False, 0, 0, 100, 100, 1.0, bytes(10_000))
    lines = from_rows([words("a", top=10, width=50), words("b", top=40, width=50)], strip, [], "e")
    over = from_rows([words("A", top=10.2, width=40)], strip, [], "e")
    assert [one.untrusted_text for one in uncovered(lines, over)] == ["b"]
