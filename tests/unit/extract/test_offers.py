"""What the cache offers as passwords depends on what stands in it, never on how results lie on the disk."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from proofroom.extract.passwords.keyring import LooseKeyring
from proofroom.extract.passwords.offers import Offers
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason
from proofroom.store.journal import Journal
from proofroom.store.occurrences import Occurrences, Received
from proofroom.store.results import Results
from proofroom.store.schemas import SCHEMAS, of_artifact

NOTE, LIST, LOCKED = "a" * 64, "b" * 64, "c" * 64


def pieces(digest: str, *texts: str) -> pa.Table:
    rows = len(texts)
    columns = {
        "artifact": of_artifact(digest, rows),
        "seq": np.arange(rows, dtype=np.int32),
        "part": pa.array([f"para={number + 1}" for number in range(rows)]),
        "kind": np.ones(rows, np.uint8),
        "flags": np.zeros(rows, np.uint16),
        "text": pa.array(texts),
    }
    return pa.table(columns).cast(SCHEMAS["pieces"])


def cells(digest: str, *texts: tuple[int, str]) -> pa.Table:
    rows = len(texts)
    columns = {
        "artifact": of_artifact(digest, rows),
        "sheet": np.array([sheet for sheet, _ in texts], np.int32),
        "row": np.arange(1, rows + 1, dtype=np.int32),
        "col": np.ones(rows, np.int32),
        "type": np.ones(rows, np.uint8),
        "flags": np.zeros(rows, np.uint16),
        "number_format": pa.nulls(rows, pa.string()).dictionary_encode(),
        "raw": pa.array([text for _, text in texts]),
        "shown": pa.array([""] * rows),
        "formula": pa.array([""] * rows),
    }
    return pa.table(columns).cast(SCHEMAS["cells"])


def offered(folder: Path, *results: tuple[str, str, pa.Table], apart: bool = False) -> tuple[str, ...]:
    """Put results into a store, all in one segment or each in its own, and give what is tried on a locked file."""
    journal = Journal(folder / "journal.sqlite", writing=True)
    try:
        with journal.transaction():
            found = [
                Received("d", digest.encode(), f"{digest[:3]}.x", digest, 9, "file", None, None, Reason.NONE)
                for digest in (NOTE, LIST, LOCKED)
            ]
            Occurrences(journal, DEFAULT).enter(found)
            journal.execute("update artifacts set state = 'read'")
            journal.execute(
                "update artifacts set state = 'locked', reason = 'password-unknown' where digest = ?",
                (LOCKED,),
            )
        store = Results(folder, journal)
        for digest, noun, table in results:
            pending = store.begin(digest, "extract", "1")
            store.add(pending, noun, table)
            store.commit(pending, "c", 0.1, lambda: None)
            if apart:
                store.flush()
        store.flush()
        offers = Offers(journal, store, LooseKeyring(), DEFAULT)
        offers.renew()
        store.abandon()
        return offers.of(LOCKED)
    finally:
        journal.close()


def test_the_next_file_does_not_answer_for_this_one(tmp_path: Path) -> None:
    note, other = pieces(NOTE, "the list is attached", "密码"), pieces(LIST, "Xk7!pw99", "more")
    assert "Xk7!pw99" not in offered(tmp_path, (NOTE, "pieces", note), (LIST, "pieces", other))


def test_the_next_sheet_does_not_answer_for_this_one(tmp_path: Path) -> None:
    table = cells(NOTE, (1, "口令"), (2, "Xk7!pw99"))
    assert "Xk7!pw99" not in offered(tmp_path, (NOTE, "cells", table))
    same = tmp_path / "same"
    same.mkdir()
    assert "Xk7!pw99" in offered(same, (NOTE, "cells", cells(NOTE, (1, "口令"), (1, "Xk7!pw99"))))


def test_how_results_lie_on_the_disk_does_not_show(tmp_path: Path) -> None:
    note = pieces(NOTE, *(f"密码 Word{number:05}!x" for number in range(500)))
    other = pieces(LIST, "口令：", "Yanyue#2015")
    results = ((NOTE, "pieces", note), (LIST, "pieces", other))
    found = set()
    for number, (order, apart) in enumerate(((results, False), (results, True), (results[::-1], True))):
        folder = tmp_path / str(number)
        folder.mkdir()
        found.add(offered(folder, *order, apart=apart))
    assert len(found) == 1


def test_lines_of_megabytes_are_looked_at_near_their_cues_and_in_no_time(tmp_path: Path) -> None:
    long = "目" * 400_000 + "密码：Early#2015 " + "x" * 2_000_000 + " 口令：Late#2016 " + "密码" * 300_000
    begun = time.monotonic()
    found = offered(tmp_path, (NOTE, "pieces", pieces(NOTE, *[long] * 5)))
    assert {"Early#2015", "Late#2016"} <= set(found)
    assert time.monotonic() - begun < 20


def test_the_cells_beside_and_below_a_label_are_offered(tmp_path: Path) -> None:
    rows = 9
    table = pa.table(
        {
            "artifact": of_artifact(NOTE, rows),
            "sheet": np.zeros(rows, np.int32),
            "row": np.array([1, 1, 1, 2, 2, 2, 3, 3, 3], np.int32),
            "col": np.array([1, 2, 3] * 3, np.int32),
            "type": np.ones(rows, np.uint8),
            "flags": np.zeros(rows, np.uint16),
            "number_format": pa.nulls(rows, pa.string()).dictionary_encode(),
            "raw": pa.array(
                ["名单", "密码", "right of it", "一", "under-1", "x", "二", "under-2", "far away"]
            ),
            "shown": pa.array([""] * rows),
            "formula": pa.array([""] * rows),
        }
    ).cast(SCHEMAS["cells"])
    found = offered(tmp_path, (NOTE, "cells", table))
    assert {"right of it", "under-1", "under-2"} <= set(found)
    assert not {"名单", "far away"} & set(found)
