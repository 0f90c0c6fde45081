"""Pages that are pictures, the whole way: they wait, are read page by page, and found for what they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from user import PLAIN, Done, proofroom

from proofroom.model.custody import Act
from proofroom.receive.custody import event_lines, read_opening

TOOLS = Path(__file__).resolve().parent.parent / "tools"
TABLE = "扫描/统计表.pdf"


def small(illness: str, *arguments: str | Path) -> Done:
    """Run a command with an engine that reads nothing, perhaps one that dies."""
    environment = os.environ | {"PYTHONPATH": str(TOOLS)}
    command = [sys.executable, str(TOOLS / "small_ocr.py"), illness, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def scans(small_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take the scans of the small world in, and read all but the pictures."""
    case = tmp_path_factory.mktemp("cases") / "scans.case"
    done = proofroom("open", small_world / "cache" / "扫描", "--case", case, *PLAIN, "--json")
    assert done.status == 3
    return case


@pytest.fixture
def case(scans: Path, tmp_path: Path) -> Path:
    """Give a copy of that case."""
    return Path(shutil.copytree(scans, tmp_path / "case", symlinks=True))


def status(case: Path) -> Any:
    return proofroom("status", case, "--json").document


def where(case: Path, name: str) -> str:
    """Give the digest of a file."""
    lines = proofroom("artifacts", case, "--json").lines
    return str(next(line["digest"] for line in lines if line["path"] == Path(name).name))


def test_pages_wait_and_a_search_says_so(case: Path) -> None:
    assert status(case)["ocr"]["pages"]["waiting"] == 3
    assert status(case)["ocr_digest"] is None
    assert proofroom("search", case, "各乡镇登记人数", "--json").lines == [{"total": 0, "unread_pages": 3}]


def test_a_kill_at_any_page_loses_that_page_alone_and_nothing_of_the_content(case: Path) -> None:
    before = status(case)
    assert small("dies-at-2", "ocr", case).status == -9
    assert status(case)["ocr"]["pages"] == {"waiting": 2, "done": 1, "failed": 0, "without_engine": 0}
    assert small("none", "run", case, "--json").status == 0
    after = status(case)
    assert after["artifacts"]["states"] == {"read": 2}
    assert after["content_digest"] == before["content_digest"]
    assert after["ocr"]["engines"]["small"]["done"] == 3
    assert {line["reason"] for line in proofroom("artifacts", case, "--json").lines} == {"ocr-read"}
    shutil.rmtree(case / "derived")
    assert small("none", "run", case, "--json").status == 0
    again = status(case)
    assert [again[name] for name in ("content_digest", "ocr_digest")] == [
        after[name] for name in ("content_digest", "ocr_digest")
    ]


def test_the_same_open_goes_on_when_its_ocr_was_stopped(small_world: Path, tmp_path: Path) -> None:
    words = ("open", small_world / "cache" / "扫描", "--case", tmp_path / "case", *PLAIN, "--json")
    assert small("dies-at-2", *words).status == -9
    done = small("none", *words)
    assert "goes on" in done.err
    assert done.document["artifacts"] == {"discovered": 2, "digests": 2, "states": {"read": 2}}
    # Once all is done, the same source is another delivery.
    assert small("none", *words).document["artifacts"]["discovered"] == 4


def test_what_was_read_is_found_shown_and_masked_as_what_it_is(case: Path) -> None:
    small("none", "ocr", case, f"{where(case, '扫描/管理规定.pdf')}#page=2")
    assert status(case)["ocr"]["pages"]["waiting"] == 2
    assert proofroom("search", case, "姆约菲", "--json").lines[-1] == {"total": 1, "unread_pages": 2}
    small("none", "ocr", case)
    *hits, total = proofroom("search", case, "希约·文姆约菲", "--json").lines
    assert total == {"total": 3}
    assert all(hit["ocr"]["engine"] == "small" and hit["ocr"]["confidence"] == 90 for hit in hits)
    assert all("990121199001011234" not in hit["snippet"] for hit in hits)
    shown = proofroom("show", case, hits[0]["where"], "--json").document
    assert (shown["shown"], shown["ocr"]) == ("希约·文", hits[0]["ocr"])
    cell = hits[0]["where"].replace("line=2", "table=1&cell=B2")
    assert proofroom("show", case, cell, "--json").document["shown"] == "17"
    rows = proofroom(
        "sql", case, "select page, text, confidence from ocr where kind = 2 and text like '%姆%'", "--json"
    ).lines
    assert len(rows) == 3
    assert all(row["confidence"] == 90 and "19900101" not in row["text"] for row in rows)
    assert proofroom("sql", case, "select * from pieces where text like '%姆约菲%'", "--json").lines == []


def test_a_version_from_elsewhere_is_evidence_of_its_own(case: Path, tmp_path: Path) -> None:
    small("none", "ocr", case)
    before = status(case)
    layer = tmp_path / "统计表.txt"
    layer.write_text("各乡镇登记人数统计表\n合计 17\n", "utf-8")
    brought = proofroom("ocr", case, "--import", layer, "--engine", "ABBYY 15", "--json")
    assert brought.lines == [{"artifact": where(case, TABLE), "engine": "abbyy-15", "pages": 1, "lines": 2}]
    assert proofroom("search", case, "各乡镇登记人数", "--json").lines == [{"total": 0}]
    assert proofroom("ocr", case, "--prefer", "abbyy-15").status == 0
    hit, total = proofroom("search", case, "各乡镇登记人数", "--json").lines
    assert total == {"total": 1}
    assert hit["ocr"] == {"engine": "abbyy-15", "confidence": None, "box": None}
    after = status(case)
    assert after["content_digest"] == before["content_digest"]
    assert after["ocr_digest"] != before["ocr_digest"]
    assert proofroom("verify", case, "--json").document["ok"]
    shutil.rmtree(case / "derived")
    small("none", "run", case)
    assert status(case)["ocr_digest"] == after["ocr_digest"]
    assert proofroom("search", case, "各乡镇登记人数", "--json").lines[-1] == {"total": 1}
    acts = [read_opening(line)[1] for log in (case / "custody").iterdir() for line in event_lines(log)]
    named = next(event.facts for event in acts if event.act is Act.OCR_IMPORTED)
    assert (named["engine"], named["artifact"]) == ("ABBYY 15", where(case, TABLE))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--engine", "rapidocr"), "wrong-use"),
        (("--engine", "…"), "wrong-use"),
        ((), "wrong-use"),
        (("--engine", "x", "--for", "0123456789ab"), "bad-where"),
    ],
)
def test_a_version_that_cannot_be_taken_changes_nothing(
    scans: Path, tmp_path: Path, words: tuple[str, ...], code: str
) -> None:
    layer = tmp_path / "统计表.txt"
    layer.write_text("合计\n", "utf-8")
    done = proofroom("ocr", scans, "--import", layer, *words, "--json")
    assert (done.status, done.document["error"]["code"]) == (2, code)
    assert proofroom("verify", scans, "--json").document["ok"]


def test_a_hostile_layer_is_refused_and_leaves_nothing_behind(scans: Path, tmp_path: Path) -> None:
    layer = tmp_path / "统计表.xml"
    layer.write_text('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><alto>&b;</alto>', "utf-8")
    done = proofroom("ocr", scans, "--import", layer, "--engine", "x", "--json")
    assert (done.status, done.document["error"]["code"]) == (2, "wrong-use")
    assert list((scans / "originals" / ".incoming").iterdir()) == []
