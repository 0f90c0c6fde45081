"""Results: nothing is seen before it is valid, and nothing valid is lost."""

import sqlite3
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from proofroom.errors import BadJournal, BadSegment, CaseBusy, CaseTooNew
from proofroom.store.journal import Journal
from proofroom.store.reading import Reading
from proofroom.store.results import Results
from proofroom.store.schemas import SCHEMAS, of_artifact


def cells(digest: str, first: int, rows: int) -> pa.Table:
    """Make a column of cells from a row on."""
    numbers = np.arange(first, first + rows, dtype=np.int32)
    columns = {
        "artifact": of_artifact(digest, rows),
        "sheet": np.full(rows, 1, np.int32),
        "row": numbers,
        "col": np.full(rows, 1, np.int32),
        "type": np.full(rows, 1, np.uint8),
        "flags": np.zeros(rows, np.uint16),
        "number_format": pa.nulls(rows, pa.string()).dictionary_encode(),
        "raw": pa.array([f"{digest[:2]}{n}" for n in numbers.tolist()]),
        "shown": pa.array([""] * rows),
        "formula": pa.array([""] * rows),
    }
    return pa.table(columns).cast(SCHEMAS["cells"])


def put(results: Results, digest: str, tables: list[pa.Table], content: str = "c") -> None:
    pending = results.begin(digest, "extract", "1")
    for table in tables:
        results.add(pending, "cells", table)
    results.commit(pending, content, 0.1, lambda: None)


@pytest.fixture
def derived(tmp_path: Path) -> Path:
    return tmp_path


def test_small_results_of_many_artifacts_share_few_segments(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    digests = [f"{number:064x}" for number in range(500)]
    for digest in digests:
        put(results, digest, [cells(digest, 1, 3)])
    results.close()
    assert journal.value("select count(*) from segments") == 1
    reading = Reading(derived, journal)
    assert reading.of_artifact("cells", digests[123])["raw"].to_pylist() == ["001", "002", "003"]


def test_a_large_result_streams_into_its_own_segments_in_order(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    put(results, "b" * 64, [cells("b" * 64, first, 60_000) for first in range(1, 600_001, 60_000)])
    put(results, "a" * 64, [cells("a" * 64, 1, 5)])
    results.close()
    reading = Reading(derived, journal)
    whole = reading.of_artifact("cells", "b" * 64)
    assert whole["row"].to_pylist() == list(range(1, 600_001))
    near = reading.of_artifact("cells", "b" * 64, between=("row", 300_000, 300_002))
    assert near["raw"].to_pylist() == ["bb300000", "bb300001", "bb300002"]


def test_a_redo_replaces_the_result_and_dead_segments_are_rewritten(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    for digest in ("a" * 64, "b" * 64):
        put(results, digest, [cells(digest, 1, 100)])
    results.flush()
    put(results, "a" * 64, [cells("a" * 64, 1, 7)])
    results.close()
    reading = Reading(derived, journal)
    assert reading.of_artifact("cells", "a" * 64).num_rows == 7
    assert reading.of_artifact("cells", "b" * 64).num_rows == 100
    alive = {row["name"] for row in journal.rows("select name from segments")}
    assert {path.name for path in (derived / "segments").iterdir()} == alive
    assert journal.value("select sum(rows) from segments") == 107


def test_what_is_read_again_stays_readable_until_the_new_rows_are_in_a_segment(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    put(results, "a" * 64, [cells("a" * 64, 1, 100)])
    results.flush()
    put(results, "a" * 64, [cells("a" * 64, 1, 7)])
    assert Reading(derived, journal).of_artifact("cells", "a" * 64).num_rows == 100
    results.flush()
    assert Reading(derived, journal).of_artifact("cells", "a" * 64).num_rows == 7
    put(results, "a" * 64, [])
    results.close()
    assert Reading(derived, journal).of_artifact("cells", "a" * 64).num_rows == 0


def test_what_a_kill_left_is_swept_and_what_was_spooled_is_kept(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    put(results, "a" * 64, [cells("a" * 64, 1, 9)])
    (derived / "segments" / "cells-left.parquet").write_bytes(b"half")
    results.abandon()  # a kill: the spool was never flushed
    journal.close()

    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    results.close()
    assert not (derived / "segments" / "cells-left.parquet").exists()
    assert Reading(derived, journal).of_artifact("cells", "a" * 64).num_rows == 9


def test_a_frame_of_the_spool_cut_by_a_power_failure_is_read_again(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    journal.execute(
        "insert into artifacts (digest, size, home, state) values (?, 1, 'original', 'read')", ("a" * 64,)
    )
    results = Results(derived, journal)
    put(results, "a" * 64, [cells("a" * 64, 1, 9)])
    results.abandon()
    journal.close()
    spool = derived / "results.spool"
    spool.write_bytes(spool.read_bytes()[:-20])

    journal = Journal(derived / "journal.sqlite", writing=True)
    Results(derived, journal).close()
    assert journal.value("select count(*) from results") == 0
    assert journal.value("select state from artifacts") is None


def test_a_discarded_result_leaves_nothing(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    pending = results.begin("c" * 64, "extract", "1")
    for first in range(1, 400_001, 100_000):
        results.add(pending, "cells", cells("c" * 64, first, 100_000))
    results.discard(pending)
    results.close()
    assert list((derived / "segments").iterdir()) == []


def test_one_case_has_one_writer(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    with pytest.raises(CaseBusy):
        Journal(derived / "journal.sqlite", writing=True)
    journal.close()
    Journal(derived / "journal.sqlite", writing=True).close()


def test_a_journal_of_a_newer_version_is_not_touched(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    journal.execute("update meta set value = '99' where key = 'version'")
    journal.close()
    with pytest.raises(CaseTooNew):
        Journal(derived / "journal.sqlite")


def test_damaged_pages_of_a_segment_are_named_as_such(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    put(results, "a" * 64, [cells("a" * 64, 1, 3)])
    results.close()
    (segment,) = (derived / "segments").iterdir()
    whole = segment.read_bytes()
    segment.write_bytes(b"PAR1" + bytes(60) + whole[64:])
    with pytest.raises(BadSegment):
        Reading(derived, journal).of_artifact("cells", "a" * 64)
    with pytest.raises(BadSegment):
        list(Reading(derived, journal).batches("cells", "a" * 64))


def test_a_store_with_a_segment_cut_short_or_gone_is_not_worked_on(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    put(results, "a" * 64, [cells("a" * 64, 1, 3)])
    results.close()
    (segment,) = (derived / "segments").iterdir()
    segment.write_bytes(segment.read_bytes()[:200])
    with pytest.raises(BadSegment):
        Results(derived, journal)
    segment.unlink()
    with pytest.raises(BadSegment):
        Results(derived, journal)


def test_a_large_result_that_is_read_again_leaves_no_dead_segment(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    digest = "a" * 64
    for _ in range(2):
        put(results, digest, [cells(digest, n * 50_000 + 1, 50_000) for n in range(6)])
        results.flush()
    results.close()
    kept = {path.name for path in (derived / "segments").iterdir()}
    assert kept == {row["segment"] for row in journal.rows("select segment from placed")}


def test_results_of_two_stages_of_one_artifact_do_not_mix(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    digest = "a" * 64
    for stage, first in (("ocr", 1), ("ocr:abbyy", 50)):
        pending = results.begin(digest, stage, "1")
        results.add(pending, "cells", cells(digest, first, 3))
        results.commit(pending, "c", 0.1, lambda: None)
    results.close()
    reading = Reading(derived, journal)
    assert reading.of_artifact("cells", digest)["row"].to_pylist() == [1, 2, 3, 50, 51, 52]
    results = Results(derived, journal)
    pending = results.begin(digest, "ocr", "2")
    results.add(pending, "cells", cells(digest, 7, 1))
    results.commit(pending, "d", 0.1, lambda: None)
    results.close()
    assert Reading(derived, journal).of_artifact("cells", digest)["row"].to_pylist() == [7, 50, 51, 52]


def test_a_journal_of_an_earlier_version_takes_the_steps_it_lacks(derived: Path) -> None:
    path = derived / "journal.sqlite"
    Journal(path, writing=True).close()
    with sqlite3.connect(path) as old:
        for (trigger,) in old.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            old.execute(f"drop trigger {trigger}")
        old.execute("drop index artifacts_waiting")
        for table in (
            "ocr_wanted",
            "ocr_pages",
            "ocr_layers",
            "ocr_preferred",
            "history",
            "unindexed",
            "tries",
            "tried_words",
            "sketches",
            "fitted",
        ):
            old.execute(f"drop table {table}")
        old.execute("create table fitted (artifact text primary key, password text not null) without rowid")
        old.execute("insert into fitted values ('a', 'geheim')")
        for column in ("before_state", "before_reason"):
            old.execute(f"alter table artifacts drop column {column}")
        old.execute("update meta set value = '1' where key = 'version'")
    old.close()
    with pytest.raises(BadJournal):
        Journal(path, reading_only=True)
    opened = Journal(path)
    assert opened.rows("select * from ocr_wanted") == []
    assert opened.rows("select before_state from artifacts") == []
    assert opened.rows("select * from fitted") == []
    opened.close()


def test_artifacts_that_share_a_row_group_are_each_read_as_their_own(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    digests = [f"{number:064x}" for number in range(20)]
    for number, digest in enumerate(digests):
        put(results, digest, [cells(digest, 1, number + 1)])
    results.flush()
    reading = Reading(derived, journal)
    assert [reading.of_artifact("cells", digest).num_rows for digest in digests] == list(range(1, 21))
    for number, digest in enumerate(digests):
        (table,) = reading.batches("cells", digest, ("row", "raw"))
        assert table["row"].to_pylist() == list(range(1, number + 2))
        assert set(table["artifact"].to_pylist()) == {digest}
    results.close()
    journal.close()


def test_an_address_beyond_all_rows_is_looked_for_and_not_there(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", writing=True)
    results = Results(derived, journal)
    put(results, "a" * 64, [cells("a" * 64, 1, 3)])
    results.flush()
    reading = Reading(derived, journal)
    far = (1 << 40, 1 << 41)
    assert not reading.of_artifact("cells", "a" * 64, between=("row", *far)).num_rows
    assert reading.of_artifact("cells", "a" * 64, between=("row", 2, far[1]), sheet=1).num_rows == 2
    assert not reading.of_artifact("cells", "a" * 64, sheet=far[0]).num_rows
    results.close()
    journal.close()
