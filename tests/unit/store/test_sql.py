"""SQL: one SELECT over the views, and nothing else of the machine or of what is withheld."""

from pathlib import Path

import pyarrow as pa
import pytest

from proofroom.errors import BadSegment, RefusedSql
from proofroom.store.journal import Journal
from proofroom.store.results import Results
from proofroom.store.schemas import SCHEMAS, of_artifact
from proofroom.store.sql import run_sql
from proofroom.store.tables import VIEWS, connect
from proofroom.values.masking import OPEN, Mask

MASK = Mask(b"a case's secret")


@pytest.fixture
def derived(tmp_path: Path) -> Path:
    journal = Journal(tmp_path / "journal.sqlite", writing=True)
    results = Results(tmp_path, journal)
    pending = results.begin("a" * 64, "extract", "1")
    columns = {
        "artifact": of_artifact("a" * 64, 2),
        "seq": pa.array([0, 1], pa.int32()),
        "part": pa.array(["line=1", "line=2"]),
        "kind": pa.array([2, 2], pa.uint8()),
        "flags": pa.array([0, 0], pa.uint16()),
        "text": pa.array(["王小明 990101199001011234", "no number"]),
    }
    results.add(pending, "pieces", pa.table(columns).cast(SCHEMAS["pieces"]))
    results.commit(pending, "c", 0.0, lambda: None)
    results.close()
    journal.close()
    return tmp_path


def test_a_select_sees_masked_texts_and_an_open_scope_sees_them_all(derived: Path) -> None:
    query = "select text from pieces order by seq"
    masked = run_sql(derived, query, MASK)["text"].to_pylist()
    assert masked[1] == "no number"
    assert masked[0].startswith("王小明 ID-")
    assert "1990" not in masked[0]
    assert run_sql(derived, query, OPEN)["text"].to_pylist()[0] == "王小明 990101199001011234"


def test_a_query_may_ask_in_which_script_and_language_a_text_is(derived: Path) -> None:
    query = "select script_of(text) as script, language_of(text) as language from pieces order by seq"
    assert run_sql(derived, query, OPEN).to_pylist() == [
        {"script": "Hani", "language": "zh"},
        {"script": "Latn", "language": ""},
    ]
    assert run_sql(derived, "select script_of(null) as script", OPEN).to_pylist() == [{"script": None}]


def test_masking_comes_before_any_function_of_the_query(derived: Path) -> None:
    rows = run_sql(derived, "select substr(text, 5, 6) as part from pieces where seq = 0", MASK)
    assert "99010" not in rows["part"][0].as_py()


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to 'out.csv'",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/etc/*')",
        "attach 'other.db'",
        "install httpfs",
        "load httpfs",
        "select 1; select 2",
        "set threads = 8",
        "pragma database_list",
        "select getenv('HOME')",
        "select * from duckdb_views()",
        "select * from information_schema.tables",
        "select text from pieces_whole",
        "select (select text from pieces_whole limit 1)",
        "with a as (select * from main.pieces_whole) select * from a",
        "select * from (describe pieces)",
        "with x as (with pieces_whole as (select 1 a) from pieces_whole) select text from pieces_whole, x",
        "with x as (with taken as (select 1 a) select * from taken) select * from taken, x",
        "with x as (with tree as (select 1 a) select * from tree) select * from tree, x",
        "with pieces as (select 1 a) select * from pieces",
        "with behind_whole as (select 1 a) select * from behind_whole",
        "create table t as select 1",
        "not sql",
    ],
)
def test_anything_but_one_select_over_the_views_is_refused(derived: Path, query: str) -> None:
    with pytest.raises(RefusedSql):
        run_sql(derived, query, MASK)


def test_a_cell_of_a_number_with_few_whole_digits_is_readable_in_sql(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", writing=True)
    results = Results(tmp_path, journal)
    pending = results.begin("a" * 64, "extract", "1")
    raws = [(2, "112.93840123456"), (1, "112.93840123456"), (2, "13912345678.5"), (5, "41275.1234567891")]
    rows = [
        {"artifact": "a" * 64, "sheet": 0, "row": 1, "col": at, "type": kind, "flags": 0, "raw": raw}
        | {"number_format": None, "shown": "", "formula": ""}
        for at, (kind, raw) in enumerate(raws, 1)
    ]
    results.add(pending, "cells", pa.Table.from_pylist(rows, schema=SCHEMAS["cells"]))
    results.commit(pending, "c", 0.0, lambda: None)
    results.close()
    journal.close()
    shown = run_sql(tmp_path, "select raw from cells order by col", MASK)["raw"].to_pylist()
    texts = [raw for _, raw in raws]
    assert shown == [texts[0], MASK.pseudonym(texts[1]), MASK.pseudonym(texts[2]), texts[3]]


def test_names_of_views_are_read_without_regard_to_case(derived: Path) -> None:
    assert (
        run_sql(derived, "with X as (select * from PIECES) select count(*) n from x", MASK)["n"][0].as_py()
        == 2
    )


def test_the_unmasked_relations_have_names_that_nobody_can_guess(derived: Path) -> None:
    journal = Journal(derived / "journal.sqlite", reading_only=True)
    names = []
    for _ in range(2):
        database = connect(derived, journal, MASK)
        tables = database.execute("select table_name from information_schema.tables").fetchall()
        names.append({name for (name,) in tables} - set(VIEWS))
    journal.close()
    assert names[0]
    assert not names[0] & names[1]


def test_a_damaged_segment_is_named_as_such_and_without_its_path(derived: Path) -> None:
    (segment,) = (derived / "segments").iterdir()
    for damage in (lambda whole: whole[: len(whole) // 2], lambda whole: b"PAR1" + bytes(60) + whole[64:]):
        before = segment.read_bytes()
        segment.write_bytes(damage(before))
        with pytest.raises(BadSegment) as failure:
            run_sql(derived, "select * from pieces", MASK)
        assert str(derived) not in failure.value.what
        segment.write_bytes(before)
    assert run_sql(derived, "select count(*) as n from pieces", MASK)["n"][0].as_py() == 2


def test_an_error_does_not_tell_the_hidden_names(derived: Path) -> None:
    with pytest.raises(RefusedSql) as refused:
        run_sql(derived, "with x as (with behin as (select 1 a) select * from behin) from behin, x", MASK)
    assert "behind" not in refused.value.what


def test_a_query_of_a_million_millions_is_stopped(derived: Path) -> None:
    with pytest.raises(RefusedSql, match="longer than"):
        run_sql(derived, "select count(*) from range(1000000) a, range(1000000) b", MASK, seconds=2)


def test_a_result_too_long_to_hold_is_an_error_and_not_a_cut(derived: Path) -> None:
    with pytest.raises(RefusedSql, match="rows"):
        run_sql(derived, "select * from range(3000000) a", MASK)
