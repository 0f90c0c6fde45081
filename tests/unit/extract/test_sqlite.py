"""SQLite: every row of every table as stored, the statements, and what was deleted and not wiped."""

from __future__ import annotations

import random
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from workbook_sink import Keeper, keep

from proofroom.extract.databases.create_table import parse_create_table
from proofroom.extract.formats.sqlite import FORMAT
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason, State

Made = Callable[..., bytes]
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Make a database from statements; a statement with values is a pair."""

    def make(*statements: str | tuple[str, tuple[object, ...]], before: tuple[str, ...] = ()) -> bytes:
        path = tmp_path / "made.db"
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in (
            "pragma page_size = 512",
            "pragma secure_delete = off",
            "pragma synchronous = off",
            *before,
            *statements,
        ):
            one, values = statement if isinstance(statement, tuple) else (statement, ())
            connection.execute(one, values)
        connection.close()
        return path.read_bytes()

    return make


def read(data: bytes) -> Keeper:
    return keep(FORMAT.read, data)


def test_a_table_is_a_sheet_whose_first_row_names_the_columns(made: Made) -> None:
    found = read(
        made(
            "create table 名单 (编号 integer primary key, 姓名 text, 身高 real)",
            "insert into 名单 values (7, '阿依古丽', 1.625), (9, '李', 2)",
        )
    )
    assert found.sheets == {1: ("名单", Flag.NONE)}
    assert found.raw() == {
        (1, 1): "编号",
        (1, 2): "姓名",
        (1, 3): "身高",
        (2, 1): "7",
        (2, 2): "阿依古丽",
        (2, 3): "1.625",
        (3, 1): "9",
        (3, 2): "李",
        (3, 3): "2",
    }
    assert found.kept[1, 2, 1].type is CellType.NUMBER
    assert found.said["schema=1"].startswith("CREATE TABLE 名单")
    assert (found.ended, found.partial) == (None, [])


def test_a_row_id_that_no_column_bears_stands_last(made: Made) -> None:
    found = read(made("create table t (a)", "insert into t(rowid, a) values (40, 'x'), (-2, 'y')"))
    assert found.raw() == {
        (1, 1): "a",
        (1, 2): "rowid",
        (2, 1): "y",
        (2, 2): "-2",
        (3, 1): "x",
        (3, 2): "40",
    }


def test_null_is_no_cell_and_an_empty_text_is_one(made: Made) -> None:
    found = read(made("create table t (a, b)", "insert into t values (null, '')"))
    assert (1, 2, 1) not in found.kept
    assert found.kept[1, 2, 2].raw == ""
    assert found.kept[1, 2, 2].type is CellType.STRING


def test_a_long_number_keeps_every_digit(made: Made) -> None:
    found = read(made("create table t (a)", "insert into t values (123456789012345678), ('00123')"))
    assert found.raw()[2, 1] == "123456789012345678"
    assert found.raw()[3, 1] == "00123"


def test_a_date_is_one_where_the_type_says_so(made: Made) -> None:
    found = read(
        made(
            "create table t (born date, said text, seen timestamp)",
            "insert into t values ('1987-05-06', '1987-05-06', '2015-01-02 03:04:05'), ('spring', 'x', 'y')",
        )
    )
    types = [found.kept[1, 2, column].type for column in (1, 2, 3)]
    assert types == [CellType.DATE, CellType.STRING, CellType.DATE]
    assert found.kept[1, 3, 1].type is CellType.STRING


def test_a_file_in_a_field_is_a_member_and_its_cell_says_so(made: Made) -> None:
    statement = "insert into photos values (1, ?), (2, x'00ff'), (3, ?)"
    data = made(
        "create table photos (n integer primary key, b blob)", (statement, (GIF, b"plain \xe5\xad\x97"))
    )
    found = read(data)
    assert found.members == {"photos/B2": GIF}
    assert found.said["sheet=photos&cell=B2&file=1"] == "photos/B2"
    assert found.raw()[2, 2] == f"blob of {len(GIF)} bytes"
    assert found.raw()[3, 2] == "X'00FF'"
    assert found.kept[1, 4, 2].shown == "plain 字"


def test_views_triggers_and_indexes_are_kept_as_statements(made: Made) -> None:
    found = read(
        made(
            "create table t (a)",
            "create view v as select a from t",
            "create trigger g after insert on t begin delete from t; end",
            "create index i on t (a)",
        )
    )
    assert "select a from t" in found.said["schema=2"]
    assert "delete from t" in found.said["schema=3"]
    assert found.said["schema=4"] == "CREATE INDEX i on t (a)"
    assert list(found.sheets) == [1]


def test_a_table_without_row_ids_is_read_in_its_own_columns_order(made: Made) -> None:
    rows = [(f"v{n}", n % 3, f"k{n:03}") for n in range(200)]
    data = made("create table t (v, g int, k text, primary key (k, g)) without rowid")
    with_rows = made(
        "create table t (v, g int, k text, primary key (k, g)) without rowid",
        *((("insert into t values (?, ?, ?)"), row) for row in rows),
    )
    assert read(data).raw() == {(1, 1): "v", (1, 2): "g", (1, 3): "k"}
    raw = read(with_rows).raw()
    assert [tuple(raw[row, column] for column in (1, 2, 3)) for row in range(2, 202)] == [
        (v, str(g), k) for v, g, k in rows
    ]


def test_columns_that_were_added_or_are_computed_stand_at_their_place(made: Made) -> None:
    found = read(
        made(
            "create table t (a, c as (a * 2), s as (a * 3) stored)",
            "insert into t values (5)",
            "alter table t add column later integer default '7'",
            "alter table t add column word default 'none'",
        )
    )
    row = {column: raw for (number, column), raw in found.raw().items() if number == 2}
    assert row == {1: "5", 3: "15", 4: "7", 5: "none", 6: "1"}


def test_texts_in_utf16_and_in_another_encoding_than_the_file_says_are_read(made: Made) -> None:
    wide = made(
        "create table t (a)", "insert into t values ('名单')", before=("pragma encoding = 'UTF-16le'",)
    )
    assert read(wide).raw()[2, 1] == "名单"
    careless = "insert into t values (cast(x'd5c5c8fdc0eecbc4cdf5cee5d5d4c1f9' as text))"
    found = read(made("create table t (a)", careless))
    assert found.raw()[2, 1] == "张三李四王五赵六"
    assert found.properties["sqlite:texts-in-other-encoding"] == ["gb18030 1"]


def test_what_was_deleted_and_not_wiped_is_given_with_its_place(made: Made) -> None:
    rows = [("insert into t values (?, ?)", (n, f"secret name {n:04}")) for n in range(1, 101)]
    found = read(
        made("create table t (n integer primary key, name)", *rows, "delete from t where n between 20 and 90")
    )
    left = [text for part, text in found.said.items() if part.startswith("leftover=")]
    whole = set(left) & {f"{n}\t\tsecret name {n:04}" for n in range(20, 91)}
    assert len(whole) > 40
    assert all(found.pinned[part] & Flag.DELETED for part in found.said if part.startswith("leftover="))
    assert not any("secret name 0005" in text for text in left), "what is still there is no leftover"
    assert len([1 for (_row, column) in found.raw() if column == 1]) == 30


def test_a_deleted_record_without_its_beginning_is_restored(made: Made) -> None:
    found = read(
        made(
            "create table t (name, town)",
            "insert into t values ('Gulnar', 'Kashgar'), ('Rizwan', 'Hotan'), ('Adil', 'Aksu')",
            "delete from t where name = 'Rizwan'",
        )
    )
    assert [text for part, text in found.said.items() if part.startswith("leftover=")] == ["\tRizwan\tHotan"]


@pytest.mark.parametrize("order", ["", "desc"])
def test_records_deleted_one_beside_the_other_are_told_apart(made: Made, order: str) -> None:
    rows = [
        ("insert into t values (?, ?, ?)", (f"name {n}", None if n % 2 else n, n * 1.5)) for n in range(12)
    ]
    gone = [f"delete from t where rowid = {n}" for n in sorted((4, 5, 6, 7), reverse=bool(order))]
    found = read(made("create table t (a, b, c)", *rows, *gone))
    left = [text.split("\t")[1:] for part, text in found.said.items() if "leftover=" in part and "\t" in text]
    wanted = [[f"name {n}", "" if n % 2 else str(n), str(n * 1.5)] for n in (3, 4, 5, 6)]
    assert sorted(left) == [[name, one, other.removesuffix(".0")] for name, one, other in wanted]


def test_every_value_is_what_sqlite_itself_says(made: Made) -> None:
    chance = random.Random(3)
    kinds: list[Callable[[], object]] = [
        lambda: None,
        lambda: chance.randint(-(2**63), 2**63 - 1) >> chance.randint(0, 63),
        lambda: chance.uniform(-1e20, 1e20),
        lambda: "字" * chance.choice((0, 1, 70, 1500)),
        lambda: bytes(chance.randrange(1, 30)),
    ]
    rows = [tuple(chance.choice(kinds)() for _ in range(6)) for _ in range(300)]
    data = made(
        "create table t (a, b text, c int, d real, e blob, f)",
        *(("insert into t values (?, ?, ?, ?, ?, ?)", row) for row in rows),
    )
    oracle = sqlite3.connect(":memory:")
    oracle.deserialize(data)
    found = read(data).raw()
    for number, row in enumerate(oracle.execute("select * from t order by rowid"), 2):
        for column, value in enumerate(row, 1):
            assert same(found.get((number, column)), value), (number, column, value)


def same(raw: str | None, value: object) -> bool:
    if isinstance(value, bytes):
        return raw == f"X'{value.hex().upper()}'"
    if isinstance(value, float):
        return raw is not None and float(raw) == value
    return raw == (None if value is None else str(value))


@pytest.mark.parametrize(
    "statement",
    [
        'create table t (key text, value, "a ""b" int(4, 2), [c d], `e` varchar(3) default (1+2) check (e > 1))',
        "create table t(a integer not null primary key autoincrement, b default -4.5, c default 'it''s')",
        "create table t (a /* , x */ int, -- no, y\n b text collate nocase, unique (a, b), check (b <> ','))",
        "create table t (a int, 名称 text, primary key (a desc), foreign key (a) references t (b)) without rowid",
        "create table t (a integer, b, primary key (a))",
        "create table t (a integer primary key desc, b)",
        "create table t (a int primary key, b numeric unique on conflict ignore)",
        "create table t as select 1 as one, 'x' as \"two words\"",
    ],
)
def test_columns_are_those_that_sqlite_finds(statement: str) -> None:
    oracle = sqlite3.connect(":memory:")
    oracle.execute(statement)
    (sql,) = oracle.execute("select sql from sqlite_schema where name = 't'").fetchone()
    known = [(name, kind) for _at, name, kind, *_rest in oracle.execute("pragma table_info(t)")]
    made = parse_create_table(sql)
    assert [one.column.untrusted_name for one in made.columns] == [name for name, _kind in known]
    declared = [one.column.declared.replace(" ", "").upper() for one in made.columns]
    assert declared == [kind.replace(" ", "").upper() for _name, kind in known]
    assert made.without_rowid == sql.endswith("rowid")
    if not made.without_rowid:
        oracle.execute("pragma ignore_check_constraints = on")
        oracle.execute("insert into t (rowid) values (4711)")
        row = oracle.execute("select * from t where rowid = 4711").fetchone()
        assert made.rowid_alias == (row.index(4711) if 4711 in row else -1)


def test_a_virtual_table_is_named_and_what_lies_below_it_is_read(made: Made) -> None:
    found = read(made("create virtual table f using fts5(words)", "insert into f values ('hello there')"))
    assert found.properties["sqlite:virtual-table"] == ["f"]
    assert "f_content" in {name for name, _flag in found.sheets.values()}
    assert "hello there" in {kept.raw for kept in found.kept.values()}


def test_a_database_in_wal_mode_is_read_and_says_so(made: Made) -> None:
    found = read(
        made("create table t (a)", "insert into t values (5)", before=("pragma journal_mode = wal",))
    )
    assert found.properties["sqlite:journal"] == ["wal"]
    assert found.raw()[2, 1] == "5"


def big(made: Made) -> bytes:
    rows = (("insert into t values (?, ?)", (n, f"name {n}" * 5)) for n in range(400))
    return made("create table t (n integer primary key, name)", "create table u (x)", *rows)


def test_one_that_is_cut_short_gives_what_is_left_and_is_damaged(made: Made) -> None:
    data = big(made)
    found = read(data[: len(data) // 2])
    assert found.ended is not None
    assert (found.ended.state, found.ended.reason) == (State.DAMAGED, Reason.CUT_SHORT)
    assert found.partial == [Reason.DAMAGED_PART]
    assert 100 < len({row for row, _ in found.raw()}) < 400


def test_a_broken_page_costs_its_own_rows_only(made: Made) -> None:
    data = bytearray(big(made))
    data[512 * 20 : 512 * 21] = b"\xff" * 512
    found = read(bytes(data))
    assert found.partial == [Reason.DAMAGED_PART]
    assert len({row for row, _ in found.raw()}) > 380


def test_a_tree_that_hangs_in_itself_ends(made: Made) -> None:
    data = bytearray(big(made))
    inner = next(at for at in range(512, len(data), 512) if data[at] == 5)
    struct.pack_into(">I", data, inner + 8, inner // 512 + 1)
    assert read(bytes(data)).partial == [Reason.DAMAGED_PART]


def test_a_free_list_that_runs_in_a_circle_ends(made: Made) -> None:
    data = bytearray(made(*("create table t (a)", f"insert into t values ('{'x' * 9000}')", "delete from t")))
    trunk = struct.unpack_from(">I", data, 32)[0]
    struct.pack_into(">I", data, (trunk - 1) * 512, trunk)
    found = read(bytes(data))
    assert found.ended is None
    assert any("xxxx" in text for part, text in found.said.items() if part.startswith("leftover="))


def test_what_is_no_database_behind_its_mark_is_damaged() -> None:
    for data, reason in (
        (b"SQLite format 3\0", Reason.CUT_SHORT),
        (b"SQLite format 3\0" + bytes(4096), Reason.NOT_WELL_FORMED),
    ):
        found = read(data)
        assert found.ended is not None
        assert (found.ended.state, found.ended.reason) == (State.DAMAGED, reason)


def test_noise_in_a_database_never_raises(made: Made) -> None:
    data = big(made)
    chance = random.Random(5)
    for _ in range(40):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 60)):
            broken[chance.randrange(100, len(broken))] = chance.choice(
                (0, 1, 0x7F, 0xFF, chance.randrange(256))
            )
        keep(FORMAT.read, bytes(broken), repeats=True)


def test_statements_of_many_tokens_and_brackets_end() -> None:
    assert parse_create_table("create table t (" + "(" * 200_000).columns == []
    assert len(parse_create_table("create table t (" + "a," * 50_000).columns) == 50_000


def test_the_sample_holds_all_that_the_worker_warms_up() -> None:
    samples = Path(__file__).parents[3] / "src/proofroom/extract/formats/samples"
    found = read((samples / FORMAT.sample).read_bytes())
    assert "leftover" in " ".join(found.said)
    assert found.members
    assert found.properties["sqlite:texts-in-other-encoding"]
