"""The OCR stage: which pages wait, what is kept of them, and that neither a kill nor a failure loses one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from small_engine import SmallEngine

from proofroom.extract.ocr.stage import Recognition, Using
from proofroom.extract.passwords.keyring import LooseKeyring
from proofroom.extract.sandbox import Sandbox
from proofroom.extract.stage import Extraction
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason
from proofroom.run.pool import Pool
from proofroom.store.journal import Journal
from proofroom.store.members import Members
from proofroom.store.occurrences import Occurrences, Received
from proofroom.store.ocr_pages import OcrPages, page_numbers
from proofroom.store.reading import Reading
from proofroom.store.results import Results
from proofroom.world import pdf


class Quiet:
    """Counts what it is told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.told: list[tuple[str, int]] = []
        self.done = 0

    def begin(self, stage: str, total: int, size: int) -> None:
        self.told.append((stage, total))

    def advance(self, done: int, size: int) -> None:
        self.done += done


def page_of_text(mode: str = "L") -> Image.Image:
    """Draw a page of something like text."""
    page = Image.new("L", (600, 800), 255)
    for row in range(60, 740, 30):
        for column in range(60, 540, 14):
            page.paste(0, (column, row, column + 7, row + 12))
    return page.convert(mode)


def saved(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def photo() -> bytes:
    """Draw something without rows of text."""
    return saved(Image.linear_gradient("L").resize((640, 480)).convert("RGB"), "JPEG")


@dataclass
class Store:
    """A case's store with some files in it, read and ready for OCR."""

    folder: Path
    journal: Journal
    results: Results
    members: Members
    paths: dict[str, Path]
    digests: dict[str, str]
    pool: Pool
    settled: int = 0
    progress: Quiet = field(default_factory=Quiet)

    def extract(self) -> None:
        Extraction(self.journal, self.results, self.members, self.paths.__getitem__, DEFAULT).run(
            self.pool, LooseKeyring(), Quiet()
        )

    def recognise(self, engine: SmallEngine, signature: str = "small") -> int:
        stage = Recognition(self.journal, self.results, self.members, self.paths.__getitem__, DEFAULT)
        using = Using(self.pool, engine, signature, "test", self._settle)
        return stage.run(using, LooseKeyring(), self.progress)

    def _settle(self) -> None:
        self.settled += 1

    def state(self, name: str) -> tuple[str, str]:
        row = self.journal.rows("select * from artifacts where digest = ?", (self.digests[name],))[0]
        return row["state"], row["reason"]

    def texts(self, name: str) -> dict[str, str]:
        table = Reading(self.folder, self.journal).of_artifact("ocr", self.digests[name])
        return dict(zip(table["part"].to_pylist(), table["text"].to_pylist(), strict=True))


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1, DEFAULT, Sandbox("none")) as started:
        yield started


@pytest.fixture
def store(tmp_path: Path, pool: Pool) -> Iterator[Callable[..., Store]]:
    journal = Journal(tmp_path / "journal.sqlite", writing=True)
    results = Results(tmp_path, journal)

    def make(**files: bytes) -> Store:
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        paths = {}
        for name, data in files.items():
            paths[digests[name]] = tmp_path / name
            paths[digests[name]].write_bytes(data)
        with journal.transaction():
            Occurrences(journal, DEFAULT).enter(
                Received("d", name.encode(), name, digests[name], len(data), "file", None, None, Reason.NONE)
                for name, data in files.items()
            )
        made = Store(tmp_path, journal, results, Members(tmp_path), paths, digests, pool)
        made.extract()
        return made

    yield make
    results.abandon()
    journal.close()


def scan(*pages: str) -> bytes:
    return pdf.scan([[page] for page in pages], seed=1, title="t", blind=False).data or b""


def test_pages_without_text_and_pictures_of_text_wait_and_photos_do_not(store: Callable[..., Store]) -> None:
    two = [page_of_text("1"), page_of_text("1")]
    here = store(
        scan=scan("一", "二"),
        shot=saved(page_of_text("RGB"), "PNG"),
        fax=saved(two[0], "TIFF", save_all=True, append_images=two[1:]),
        photo=photo(),
        note="通知".encode(),
    )
    waiting = dict.fromkeys(("scan", "shot", "fax"), ("partly", "ocr-pending")) | {
        "photo": ("read", ""),
        "note": ("read", ""),
    }
    assert {name: here.state(name) for name in waiting} == waiting
    assert OcrPages(here.journal, 9).counts()["waiting"] == 5
    engine = SmallEngine()
    assert here.recognise(engine) == 5
    assert here.progress.told == [("ocr", 2), ("ocr", 3)]
    # Documents come first, drawn at 300 dots per inch; pictures as they are.
    assert engine.seen == [(2479, 3508)] * 2 + [(600, 800)] * 3
    assert {here.state(name) for name in ("scan", "shot", "fax")} == {("read", "ocr-read")}
    assert OcrPages(here.journal, 9).counts() == {"waiting": 0, "done": 5, "failed": 0, "without_engine": 0}


def test_lines_cells_and_facts_have_addresses_boxes_and_confidence(store: Callable[..., Store]) -> None:
    here = store(scan=scan("一", "二"))
    here.recognise(SmallEngine())
    said = here.texts("scan")
    assert said["page=2&ocr=small&line=2"] == "希约·文"
    assert said["page=2&ocr=small&table=1&cell=B2"] == "17"
    assert said["page=2&ocr=small&table=1&cell=A1&meta=span"] == "1 2"
    facts = {
        key.rpartition("=")[2]: value
        for key, value in said.items()
        if key.startswith("page=1&ocr=small&meta")
    }
    assert facts == {
        "engine": "small 1.0 none",
        "script": "Han",
        "orientation": "90",
        "skew": "0.2",
        "confidence": "90",
        "cpu": "test",
    }
    table = Reading(here.folder, here.journal).of_artifact("ocr", here.digests["scan"]).to_pylist()
    line = next(row for row in table if row["part"] == "page=1&ocr=small&line=1")
    sides = [line[side] for side in ("left", "top", "right", "bottom")]
    assert sides == pytest.approx([595, 842, 2975, 1684], abs=5)
    assert (line["confidence"], line["page"], line["engine"]) == (90, 1, "small")


def test_an_interruption_loses_only_the_page_at_hand(store: Callable[..., Store]) -> None:
    here = store(scan=scan("一", "二", "三"))

    def stop(number: int) -> None:
        if number == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        here.recognise(SmallEngine(hook=stop))
    assert here.settled == 1
    assert here.state("scan") == ("partly", "ocr-pending")
    assert here.recognise(engine := SmallEngine()) == 1
    assert len(engine.seen) == 1
    assert here.state("scan") == ("read", "ocr-read")
    assert sum(part.endswith("line=1") for part in here.texts("scan")) == 3
    assert here.recognise(SmallEngine()) == 0


def test_a_script_without_an_engine_waits_until_there_is_one(store: Callable[..., Store]) -> None:
    here = store(scan=scan("一"))
    assert here.recognise(SmallEngine(blind=True), "none") == 1
    assert here.state("scan") == ("partly", "ocr-pending")
    assert OcrPages(here.journal, 9).counts()["without_engine"] == 1
    assert here.recognise(SmallEngine(), "none") == 0
    assert here.recognise(SmallEngine(), "more") == 1
    assert here.state("scan") == ("read", "ocr-read")


@pytest.mark.parametrize(
    ("engine", "outcome"),
    [
        (SmallEngine(fails=True), ("partly", "ocr-failed")),
        (SmallEngine(confidence=0.4), ("partly", "ocr-unsure")),
    ],
)
def test_what_went_wrong_is_named(
    store: Callable[..., Store], engine: SmallEngine, outcome: tuple[str, str]
) -> None:
    here = store(scan=scan("一"))
    here.recognise(engine)
    assert here.state("scan") == outcome


def test_a_page_that_cannot_be_drawn_fails_alone(store: Callable[..., Store]) -> None:
    here = store(scan=scan("一", "二"))
    with here.journal.transaction():
        here.journal.execute("update ocr_wanted set pages = '1,7'")
    here.recognise(SmallEngine())
    assert here.state("scan") == ("partly", "ocr-failed")
    pages = OcrPages(here.journal, 9).of_artifact(here.digests["scan"])
    assert [(one.page, one.state, one.reason) for one in pages] == [
        (1, "done", ""),
        (7, "failed", "limit-pages"),
    ]
    assert "page=1&ocr=small&line=1" in here.texts("scan")


def test_reading_a_file_again_keeps_what_ocr_read_of_the_same_pages(store: Callable[..., Store]) -> None:
    here = store(scan=scan("一"))
    here.recognise(SmallEngine())
    with here.journal.transaction():
        here.journal.execute("update artifacts set state = null")
    here.extract()
    assert here.state("scan") == ("read", "ocr-read")
    assert here.recognise(SmallEngine()) == 0


def test_what_is_asked_for_is_read_whatever_the_file_says(store: Callable[..., Store]) -> None:
    here = store(photo=photo())
    with here.journal.transaction():
        OcrPages(here.journal, 9).ask(here.digests["photo"], [1])
    assert here.recognise(SmallEngine()) == 1
    assert here.state("photo") == ("read", "")
    assert here.texts("photo")["page=1&ocr=small&line=2"] == "希约·文"


def test_ranges_of_pages_are_not_believed() -> None:
    assert page_numbers("1,3-5", 100) == (1, 3, 4, 5)
    assert page_numbers("9-2,x,-1,0,1-999999999,5-", 4) == (1, 2, 3, 4)
    assert page_numbers("", 4) == ()
