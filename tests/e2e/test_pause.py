"""Pausing, going on and doing again, as a person at two terminals has it; what is read can be searched meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from user import PLAIN, command, proofroom


def start(*words: str | Path) -> subprocess.Popen[str]:
    """Start a command and leave it alone; it hears Ctrl-C, also where whoever runs the tests does not."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
    finally:
        signal.signal(signal.SIGINT, heard)


def wait_until(happened: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something has happened."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def status(case: Path) -> Any:
    """Give the accounting."""
    return proofroom("status", case, "--json").document


def gone_on(case: Path) -> Any:
    """Let the same command go on to its end; gives the accounting."""
    document = proofroom("run", case, "--json").document
    assert "error" not in document, document
    return document


def has_read(case: Path, least: int) -> bool:
    """Say whether so many occurrences have a state by now."""
    if not (case / "derived" / "journal.sqlite").exists():
        return False
    states = proofroom("artifacts", case, "--where", "state!=pending", "--json").lines
    return len(states) >= least


def found(case: Path) -> set[tuple[str, str]]:
    """Give the addresses and paths of the hits of a search."""
    *hits, total = proofroom("search", case, "名单", "--limit", "0", "--json").lines
    assert total["total"] == len(hits)
    return {(hit["where"], hit["path"]) for hit in hits}


@pytest.fixture
def cache(small_world: Path, tmp_path: Path) -> Path:
    """Give the small cache without what costs most of the time and is no part of this."""
    slow = shutil.ignore_patterns("炸弹.zip", "工作台账.xlsx")
    shutil.copytree(small_world / "cache", tmp_path / "cache", symlinks=True, ignore=slow)
    return tmp_path / "cache"


def test_ctrl_c_stops_cleanly_says_how_to_go_on_and_what_is_read_can_be_searched(
    cache: Path, tmp_path: Path
) -> None:
    calm, case = tmp_path / "calm.case", tmp_path / "paused.case"
    run = start("open", cache, "--case", case, *PLAIN)
    wait_until(lambda: run.poll() is not None or has_read(case, 60))
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=120)
    assert run.returncode == 130, told
    assert "Ctrl-C again stops at once" in told
    assert f"`proofroom run {case}` goes on" in told
    partial = status(case)
    left = partial["partial"]
    assert left["unread"] == partial["artifacts"]["states"]["pending"] > 0
    assert left["unread"] < partial["artifacts"]["discovered"]
    assert partial["artifacts"]["discovered"] == sum(partial["artifacts"]["states"].values())
    # Everything that was read is searchable: what cannot be searched yet is what was not read, and members
    # that came out damaged, which have their state before anybody has looked into them.
    lines = proofroom("artifacts", case, "--state", "pending", "--json").lines
    waiting = {line["digest"] for line in lines}
    assert len(waiting) <= left["unsearchable"] <= len(waiting) + 10
    total = proofroom("search", case, "SYNTHETIC", "--json").lines[-1]
    assert total["total"] > 0
    assert total["pending"] == left["unsearchable"]
    told = proofroom("status", case).out
    assert "This is not the whole" in told
    assert "A search covers what is read and indexed" in told
    assert proofroom("verify", case, "--json").document["ok"]
    final = gone_on(case)
    assert final["partial"] == {"unread": 0, "unsearchable": 0, "pages": final["partial"]["pages"]}
    expected = proofroom("open", cache, "--case", calm, *PLAIN, "--json").document
    assert final["content_digest"] == expected["content_digest"]
    assert final["artifacts"] == expected["artifacts"]
    assert "This is not the whole" not in proofroom("status", case).out


def test_a_second_ctrl_c_stops_at_once_and_loses_nothing(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    before = status(case)["content_digest"]
    run = start("run", case, "--redo", "all")
    wait_until(lambda: len(proofroom("artifacts", case, "--state", "pending", "--json").lines) > 100)
    run.send_signal(signal.SIGINT)
    time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "goes on where it stopped" in told
    assert gone_on(case)["content_digest"] == before


def test_another_terminal_holds_a_run_and_lets_it_go_on(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    before = status(case)["content_digest"]
    run = start("run", case, "--redo", "all")
    wait_until(lambda: len(proofroom("artifacts", case, "--state", "pending", "--json").lines) > 100)
    assert status(case)["work"] == "working"
    assert proofroom("pause", case).status == 0
    wait_until(lambda: status(case)["work"] == "paused")
    held = status(case)["artifacts"]["states"]
    assert held["pending"] > 0
    assert proofroom("run", case, "--json").document["error"]["code"] == "case-busy"
    assert found(case) == found(read_case)
    assert "proofroom resume" in proofroom("status", case).out
    time.sleep(1)
    assert status(case)["artifacts"]["states"] == held
    assert run.poll() is None
    done = proofroom("resume", case, "--json")
    assert (done.status, done.document) == (0, {"work": "working"})
    out, told = run.communicate(timeout=120)
    assert run.returncode == 3, told
    assert "Holding" in told
    assert "Going on" in told
    assert "the same content" in out
    assert status(case)["content_digest"] == before
    assert status(case)["work"] == "nobody"


def test_a_run_that_holds_can_be_stopped_and_the_next_one_does_not_hold(
    read_case: Path, tmp_path: Path
) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    before = status(case)["content_digest"]
    run = start("run", case, "--redo", "all")
    wait_until(lambda: len(proofroom("artifacts", case, "--state", "pending", "--json").lines) > 100)
    proofroom("pause", case)
    wait_until(lambda: status(case)["work"] == "paused")
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=60)
    assert run.returncode == 130
    assert status(case)["work"] == "nobody"
    assert gone_on(case)["content_digest"] == before


def test_where_nobody_works_there_is_nothing_to_pause(read_case: Path, tmp_path: Path) -> None:
    for verb in ("pause", "resume"):
        done = proofroom(verb, read_case, "--json")
        assert (done.status, done.document["error"]["code"]) == (2, "wrong-use")
        assert "proofroom run" in done.document["error"]["remedy"]
    assert proofroom("pause", tmp_path, "--json").document["error"]["code"] == "bad-case"


def test_a_redo_is_counted_first_told_afterwards_and_kept_on_record(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    before = status(case)
    damaged = proofroom("artifacts", case, "--where", "state=damaged", "--json").lines
    assert damaged == proofroom("artifacts", case, "--state", "damaged", "--json").lines
    digests = {line["digest"] for line in damaged}
    counted = proofroom("run", case, "--redo", "state=damaged", "--dry-run")
    assert counted.out == f"would redo {len(digests)} artifacts\n"
    assert status(case) == before
    done = proofroom("run", case, "extract", "--redo", "state=damaged")
    assert f"{len(digests)} will be done again" in done.err
    assert "→ damaged" in done.out
    assert "the same content" in done.out
    assert status(case)["content_digest"] == before["content_digest"]
    assert status(case)["artifacts"] == before["artifacts"]


def test_a_redo_that_was_asked_for_can_be_taken_back(read_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "copy.case"
    shutil.copytree(read_case, case)
    before = status(case)
    # Only the index is brought up to date, so what is to be read again still waits.
    proofroom("run", case, "search", "--redo", "format=docx", "--json")
    run = start("run", case, "--redo", "all")
    wait_until(lambda: len(proofroom("artifacts", case, "--state", "pending", "--json").lines) > 100)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    assert status(case)["partial"]["unread"] > 0
    done = proofroom("run", case, "--undo-redo")
    assert "keep what they were read as" in done.err
    after = status(case)
    assert after["content_digest"] == before["content_digest"]
    assert after["artifacts"] == before["artifacts"]
    assert found(case) == found(read_case)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--redo", "colour=red"), "bad-condition"),
        (("--redo", "broken"), "bad-condition"),
        (("--dry-run",), "wrong-use"),
        (("--redo", "all", "--undo-redo"), "wrong-use"),
        (("extract", "search", "--redo", "all"), "wrong-use"),
    ],
)
def test_what_cannot_be_done_again_is_named_with_a_remedy(
    read_case: Path, words: tuple[str, ...], code: str
) -> None:
    done = proofroom("run", read_case, *words, "--json")
    assert (done.status, done.document["error"]["code"]) == (2, code)
    assert done.document["error"]["remedy"]


def test_progress_for_programs_never_says_more_is_done_than_there_is(cache: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    done = proofroom("open", cache, "--case", case, *PLAIN, "--json", "--progress", "json")
    lines = [json.loads(line)["progress"] for line in done.err.splitlines() if line.startswith("{")]
    extract = [line for line in lines if line["stage"] == "extract"]
    assert extract
    for line in extract:
        assert line["done"] <= line["total"]
        assert {"rate_now", "rate_mean", "left_seconds", "classes", "may_grow"} <= set(line)
    assert extract[-1]["done"] == extract[-1]["total"]
    assert extract[-1]["may_grow"] == 0
    assert done.document["artifacts"]["discovered"] > 0
