"""An OCR engine that was taken over by a picture: it reaches nothing, and costs no more than its own page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ocr_attacks import DIES, FLOODS, GROWS, HONEST, LIES, LOOPS, REACH, READ, SLEEPS

from proofroom.errors import MissingTool
from proofroom.extract.ocr.looked import Looked
from proofroom.extract.ocr.looker import LookBounds, Looker
from proofroom.extract.ocr.page import PagePicture
from proofroom.extract.sandbox import Form, Sandbox

ATTACKS = Path(__file__).resolve().parent / "attacks"
BOUNDS = LookBounds(memory_bytes=1 << 30, cpu_seconds=2, wall_seconds=4)


@pytest.fixture(scope="module")
def looker(form: Form) -> Iterator[Looker]:
    """Give one worker for all attacks, so that each honest page stands behind one of them."""
    with Looker(Sandbox(form, (str(ATTACKS),)), BOUNDS, "ocr_attacks") as one:
        yield one


def page(what: int) -> PagePicture:
    return PagePicture(1, 100, 300, bytes([what] * 3) + bytes([255]) * (3 * 100 * 300 - 3))


def look(looker: Looker, what: int) -> Looked | None:
    return looker.look(page(what), ("Latn",))


def is_honest_still(looker: Looker) -> bool:
    found = look(looker, HONEST)
    return found is not None and [line.untrusted_text for line in found.lines] == [READ]


def test_an_engine_can_open_no_socket_no_file_and_no_program(looker: Looker) -> None:
    found = look(looker, REACH)
    assert found is not None
    told = dict(line.untrusted_text.split(": ", 1) for line in found.lines)
    assert set(told) == {
        "internet",
        "datagram",
        "local",
        "pair",
        "file",
        "new file",
        "fork",
        "program",
        "signal",
    }
    allowed = {
        name
        for name, answer in told.items()
        if answer not in {"EPERM", "EACCES", "EROFS", "ENOENT", "EMFILE", "ESRCH"}
    }
    assert allowed == set()
    assert told["internet"] == told["pair"] == told["fork"] == "EPERM"
    assert is_honest_still(looker)


@pytest.mark.parametrize("what", [DIES, LOOPS, GROWS, SLEEPS, LIES, FLOODS])
def test_a_page_that_kills_or_stops_the_engine_costs_itself_alone(looker: Looker, what: int) -> None:
    assert look(looker, what) is None
    assert is_honest_still(looker)


def test_a_worker_that_never_begins_is_named_and_not_tried_for_ever(form: Form) -> None:
    with Looker(Sandbox(form, (str(ATTACKS),)), BOUNDS, "no_such_worker") as one, pytest.raises(MissingTool):
        look(one, HONEST)


def test_a_looker_that_is_closed_leaves_its_page_at_once(form: Form) -> None:
    with Looker(Sandbox(form, (str(ATTACKS),)), BOUNDS, "ocr_attacks") as one:
        one.close()
        assert look(one, HONEST) is None
