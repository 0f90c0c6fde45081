"""Readers of pages side by side: every page is told of once, and however it ends, no process and no thread is left."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ocr_attacks import DIES, HONEST, READ, SLEEPS

from proofroom.extract.ocr.engines import EngineSet
from proofroom.extract.ocr.looker import LookBounds, Looker
from proofroom.extract.ocr.page import PagePicture, PageReading
from proofroom.extract.ocr.readers import Readers
from proofroom.extract.sandbox import Form, Sandbox
from proofroom.run.pausing import Paused

ATTACKS = Path(__file__).resolve().parent / "attacks"
ONLY_RAPID = EngineSet(rapidocr="3.0")


def readers(form: Form) -> Readers:
    """Give two readers whose engine does what a page asks for."""
    bounds = LookBounds(memory_bytes=1 << 30, cpu_seconds=5, wall_seconds=60)
    sandbox = Sandbox(form, (str(ATTACKS),))
    return Readers(2, ONLY_RAPID, sandbox, lambda one: Looker(one, bounds, "ocr_attacks"))


def page(key: int, what: int) -> PagePicture:
    return PagePicture(key, 100, 300, bytes([what] * 3) + bytes([255]) * (3 * 100 * 300 - 3))


def children() -> set[str]:
    """Give the processes that we have started and not waited for."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                told = (folder / "stat").read_text()
            except OSError:
                continue
            if told.rpartition(")")[2].split()[1] == str(os.getpid()):
                found.add(folder.name)
    return found


def test_every_page_is_told_of_once_and_a_bad_one_costs_itself_alone(form: Form) -> None:
    before, told = children(), dict[int, PageReading | None]()

    def done(key: int, reading: PageReading | None) -> None:
        assert key not in told
        assert threading.current_thread() is threading.main_thread()
        told[key] = reading

    with readers(form) as some:
        some.read((page(key, DIES if key == 3 else HONEST) for key in range(6)), done)
    assert sorted(told) == list(range(6))
    assert told.pop(3) is None
    assert all(one is not None and one.lines[0].untrusted_text == READ for one in told.values())
    assert children() == before


def test_an_interruption_leaves_no_process_and_does_not_wait_for_the_page(form: Form) -> None:
    before, threads = children(), threading.active_count()

    def interrupt(_key: int, _reading: PageReading | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), readers(form) as some:
        some.read(iter([page(1, SLEEPS), page(2, HONEST)]), interrupt)
    assert children() == before
    assert threading.active_count() == threads


def test_when_the_run_is_asked_to_stop_what_is_under_way_is_kept(form: Form) -> None:
    told = []

    def pictures() -> Iterator[PagePicture]:
        yield page(1, HONEST)
        raise Paused

    with pytest.raises(Paused), readers(form) as some:
        some.read(pictures(), lambda key, reading: told.append((key, reading is not None)))
    assert told == [(1, True)]
