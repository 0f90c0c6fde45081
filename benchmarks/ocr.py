"""How well pages are read: `python benchmarks/ocr.py [WORKERS]`, ours (routed) against each engine alone.

The same rendered pages go to all: ours in its sandbox, as `proofroom ocr` reads them, rapidocr as its package runs it,
tesseract with the language of the page in its page modes 3 and 6. The peers are told the script, ours is not.
Error rates are characters in percent, blanks left out, the mean over the types of a script.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import mean

import numpy as np
from measure import commit
from ocr_pages import CONDITIONS, FOLDER, FONTS, Page, error_rate, fonts_here, pages

from proofroom.extract.ocr.engines import EngineSet
from proofroom.extract.ocr.page import PagePicture, PageReading
from proofroom.extract.ocr.readers import Readers

LANGUAGES = {"Han": "chi_sim", "Arab": "uig", "Latn": "eng"}
NAMES = {"Han": "Chinese", "Arab": "Uyghur", "Latn": "Latin"}
Said = list[list[str]]


def ours(given: Sequence[Page], workers: int) -> tuple[Said, list[PageReading | None], float]:
    """Read pages as `proofroom ocr` does; gives the lines, the readings and the seconds."""
    readings: list[PageReading | None] = [None] * len(given)

    def done(key: int, reading: PageReading | None) -> None:
        readings[key] = reading

    pictures = (page.picture.convert("RGB") for page in given)
    start = time.perf_counter()
    with Readers(workers) as readers:
        readers.read((PagePicture(n, *one.size, one.tobytes()) for n, one in enumerate(pictures)), done)
    took = time.perf_counter() - start
    return [[line.untrusted_text for line in one.lines] if one else [] for one in readings], readings, took


def rapidocr_alone(given: Sequence[Page]) -> tuple[Said, float]:
    """Read pages with rapidocr as its package runs it."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})
    start = time.perf_counter()
    said = []
    for page in given:
        found = engine(np.asarray(page.picture.convert("RGB"))[..., ::-1])
        said.append(list(found.txts or ()))
    return said, time.perf_counter() - start


def tesseract_alone(given: Sequence[Page], mode: str, workers: int) -> tuple[Said, float]:
    """Read pages with tesseract, told the language; one process for each core."""

    def read(page: Page) -> list[str]:
        out = io.BytesIO()
        page.picture.save(out, "PNG", compress_level=1)
        command = ["tesseract", "stdin", "stdout", "-l", LANGUAGES[page.script], "--psm", mode]
        environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
        done = subprocess.run(command, input=out.getvalue(), capture_output=True, check=True, env=environment)
        return done.stdout.decode("utf-8", "replace").splitlines()

    start = time.perf_counter()
    with ThreadPoolExecutor(workers) as threads:
        said = list(threads.map(read, given))
    return said, time.perf_counter() - start


def rows(given: Sequence[Page], sides: Sequence[Said]) -> dict[tuple[str, str], list[float]]:
    """Give the mean error rate of every side for each script and condition."""
    found: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    for number, page in enumerate(given):
        found[page.script, page.condition].append([error_rate(page.truth, side[number]) for side in sides])
    return {key: [mean(column) for column in zip(*lines, strict=True)] for key, lines in found.items()}


def cells(given: Sequence[Page], readings: Sequence[PageReading | None]) -> dict[str, tuple[int, int]]:
    """Count for each script the cells of tables that came out whole, of all."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for page, reading in zip(given, readings, strict=True):
        wanted = {(r, c): text for r, row in enumerate(page.cells, 1) for c, text in enumerate(row, 1)}
        read = {
            (one.row, one.column): one.untrusted_text
            for one in (reading.cells if reading else ())
            if one.table == 1
        }
        right = sum("".join(read.get(at, "").split()) == "".join(text.split()) for at, text in wanted.items())
        found[page.script] = found[page.script][0] + right, found[page.script][1] + len(wanted)
    return found


def main() -> None:
    """Read every page with everybody, and print."""
    workers = int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count() or 1
    for script, named in FONTS.items():
        missing = [name for name, path in named.items() if not (FOLDER / path).exists()]
        print(
            *(f"left out: {NAMES[script]} in {name}, not installed here" for name in missing),
            sep="\n",
            end="",
        )
    lacking = [one for one in LANGUAGES.values() if one not in EngineSet.here().languages]
    assert not lacking, f"tesseract has no {lacking}"
    given = list(pages())
    said, readings, took = ours(given, workers)
    rapid, rapid_took = rapidocr_alone(given)
    block, block_took = tesseract_alone(given, "6", workers)
    auto, auto_took = tesseract_alone(given, "3", workers)
    print(
        f"\n`python benchmarks/ocr.py` at commit {commit()}, {workers} workers, load {os.getloadavg()[0]:.1f}\n"
    )
    print("| page | ours | rapidocr | tesseract, mode 6 | tesseract, mode 3 | ours less the best |")
    print("|---|---|---|---|---|---|")
    table = rows(given, (said, rapid, block, auto))
    aimed = [key for key in table if key[1] in CONDITIONS]
    for key in [*aimed, *(key for key in table if key not in aimed)]:
        own, *peers = table[key]
        others = " | ".join(f"{one:.2f}" for one in peers)
        print(f"| {NAMES[key[0]]}, {key[1]} | {own:.2f} | {others} | {own - min(peers):+.2f} |")
    print(
        f"\nworst difference where 0.5 is aimed at: {max(table[key][0] - min(table[key][1:]) for key in aimed):+.2f}"
    )
    for script, name in NAMES.items():
        if (script, "300 dpi") in table:
            turned = table[script, "300 dpi, on its side"][0] - table[script, "300 dpi"][0]
            right, of = cells(given, readings)[script]
            print(f"{name}: on its side {turned:+.2f} against upright; {right} of {of} cells of tables whole")
    per_minute = " · ".join(
        f"{name} {60 * len(given) / seconds:.1f}"
        for name, seconds in (
            ("ours", took),
            ("rapidocr", rapid_took),
            ("mode 6", block_took),
            ("mode 3", auto_took),
        )
    )
    types = ", ".join(f"{NAMES[one]} {len(list(fonts_here(one)))}" for one in FONTS)
    print(f"pages per minute: {per_minute}; {len(given)} pages; types: {types}")


if __name__ == "__main__":
    main()
