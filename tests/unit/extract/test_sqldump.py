"""SQL dumps of every kind: rows become cells with their values as written, and nothing else is lost."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from workbook_sink import Keeper, keep

from proofroom.extract.detection.text_kind import text_media_type
from proofroom.extract.formats.sqldump import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.evidence import CellType
from proofroom.model.states import Reason, State

GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00'\x00"

MYSQL = r"""-- MySQL dump 10.13  Distrib 5.7.20
-- Host: localhost    Database: police

/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS `people`;
CREATE TABLE `people` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `name` varchar(20) DEFAULT NULL COMMENT 'a, b) c',
  `born` date DEFAULT NULL,
  `note` text,
  PRIMARY KEY (`id`),
  KEY `by_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
LOCK TABLES `people` WRITE;
INSERT INTO `people` VALUES (1,'阿依古丽','1980-01-02','a\'b\\c\nd;'),(2,NULL,NULL,''),
 (3,'O''Neil','0000-00-00',-1.50e3);
UNLOCK TABLES;
DELIMITER ;;
CREATE PROCEDURE `p`() BEGIN INSERT INTO people VALUES (9,'no','x',''); END ;;
DELIMITER ;
-- Dump completed
"""

POSTGRES = r"""--
-- PostgreSQL database dump
--
SET client_encoding = 'UTF8';
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $_$
BEGIN
  INSERT INTO public.log VALUES (1, 'inside'); RETURN NEW;
END;
$_$;
CREATE TABLE public."People" (
    id integer DEFAULT nextval('s'::regclass) NOT NULL,
    "full name" character varying(20),
    seen timestamp with time zone,
    photo bytea,
    open boolean
);
COPY public."People" (id, "full name", seen, photo, open) FROM stdin;
1	阿\t依\\古丽	2015-01-02 03:04:05+06	\\x00ff	t
007	\N		\N	f
\.
SELECT pg_catalog.setval('s', 2, true);
INSERT INTO public."People" (open, id) VALUES (true, 3);
"""

MSSQL = """USE [Register]
GO
CREATE TABLE [dbo].[Person]([Id] [int] IDENTITY(1,1) NOT NULL, [Name] [nvarchar](50) NULL, [Born] [datetime] NULL)
GO
SET IDENTITY_INSERT [dbo].[Person] ON
INSERT [dbo].[Person] ([Id], [Name], [Born]) VALUES (1, N'买买提', CAST(N'1980-01-02T00:00:00.000' AS DateTime))
INSERT [dbo].[Person] ([Id], [Name], [Born]) VALUES (2, N'a;
GO
b', NULL)
GO
"""


def read(text: str | bytes) -> Keeper:
    return keep(FORMAT.read, text if isinstance(text, bytes) else text.encode())


def rows(found: Keeper, sheet: int = 1) -> list[list[str | None]]:
    raw = found.raw(sheet)
    width, height = (max(place[at] for place in raw) for at in (1, 0))
    return [[raw.get((row, column)) for column in range(1, width + 1)] for row in range(1, height + 1)]


def test_rows_of_mysql_become_cells_and_all_else_is_text() -> None:
    found = read(MYSQL)
    assert {number: name for number, (name, _flag) in found.sheets.items()} == {1: "people"}
    assert rows(found) == [
        ["id", "name", "born", "note"],
        ["1", "阿依古丽", "1980-01-02", "a'b\\c\nd;"],
        ["2", None, None, ""],
        ["3", "O'Neil", "0000-00-00", "-1.50e3"],
    ]
    assert found.kept[1, 2, 3].type is CellType.DATE
    assert found.kept[1, 4, 4].type is CellType.NUMBER
    assert found.said["para=1"] == "-- MySQL dump 10.13  Distrib 5.7.20"
    assert found.said["para=6"].startswith("CREATE TABLE `people`")
    assert "INSERT INTO people VALUES (9" in found.said["para=19"]
    assert found.said["para=21"] == "-- Dump completed"
    assert (found.ended, found.partial) == (None, [])


def test_a_copy_block_of_postgres_is_typed_as_its_table_says() -> None:
    found = read(POSTGRES)
    assert {number: name for number, (name, _flag) in found.sheets.items()} == {1: "public.People"}
    assert rows(found) == [
        ["id", "full name", "seen", "photo", "open"],
        ["1", "阿\t依\\古丽", "2015-01-02 03:04:05+06", "X'00FF'", "TRUE"],
        ["007", None, "", None, "FALSE"],
        ["3", None, None, None, "TRUE"],
    ]
    kinds = [found.kept[1, 2, column].type for column in (1, 2, 3, 5)]
    assert kinds == [CellType.NUMBER, CellType.STRING, CellType.DATE, CellType.BOOLEAN]
    assert "inside" in found.said["para=5"]


def test_statements_of_sql_server_end_without_semicolons() -> None:
    found = read(b"\xff\xfe" + MSSQL.encode("utf-16-le"))
    assert {number: name for number, (name, _flag) in found.sheets.items()} == {1: "dbo.Person"}
    assert rows(found) == [
        ["Id", "Name", "Born"],
        ["1", "买买提", "1980-01-02T00:00:00.000"],
        ["2", "a;\nGO\nb", None],
    ]
    assert found.said["para=5"] == "SET IDENTITY_INSERT [dbo].[Person] ON"


def test_inserts_of_oracle_give_what_stands_in_their_functions() -> None:
    found = read(
        """REM INSERTING into HR.EMP
SET DEFINE OFF;
Insert into HR.EMP (ID,NAME,HIRED) values (1,'Gul',to_date('02-01-1980','DD-MM-RRRR'));
Insert into HR.EMP (ID,HIRED,EXTRA) values (2,null,'a'||chr(10)||'b');
"""
    )
    assert rows(found) == [
        ["ID", "NAME", "HIRED", "EXTRA"],
        ["1", "Gul", "02-01-1980", None],
        ["2", None, None, "'a'||chr(10)||'b'"],
    ]


def test_a_dump_of_sqlite_gives_the_values_of_the_database() -> None:
    origin = sqlite3.connect(":memory:")
    origin.execute('create table "a b" (n integer, t text, r real, b blob)')
    values = [(1, "x'y\nz", 1.5, b"\0\1"), (-5, None, 1e300, b""), (2**62, "", -0.25, None)]
    origin.executemany('insert into "a b" values (?, ?, ?, ?)', values)
    origin.execute(
        'create trigger g after insert on "a b" begin insert into "a b" values (new.n); select 1; end'
    )
    found = read("\n".join(origin.iterdump()))
    table = rows(found)
    assert table[0] == ["n", "t", "r", "b"]
    assert [row[1] for row in table[1:]] == ["x'y\nz", None, ""]
    assert [row[0] for row in table[1:]] == ["1", "-5", str(2**62)]
    assert [float(row[2] or "nan") for row in table[1:]] == [1.5, 1e300, -0.25]
    assert [row[3] for row in table[1:]] == ["X'0001'", "X''", None]
    assert list(found.sheets) == [1]


def test_line_ends_that_sqlite_writes_as_functions_are_line_ends() -> None:
    found = read(
        "CREATE TABLE t(a);\nINSERT INTO t VALUES(replace(replace('a\\nb\\r','\\n',char(10)),'\\r',char(13)));\n"
    )
    assert rows(found)[1] == ["a\nb\r"]


def test_a_file_in_a_field_is_a_member_whether_written_as_hex_or_as_bytes() -> None:
    escaped = GIF.replace(b"\\", b"\\\\").replace(b"'", b"\\'").replace(b"\0", b"\\0")
    data = (
        b"-- MySQL dump\nINSERT INTO `p` VALUES (0x"
        + GIF.hex().encode()
        + b",_binary '"
        + escaped
        + b"','\xe5\xad\x97');\n"
    )
    found = read(data)
    assert found.members == {"p/A2": GIF, "p/B2": GIF}
    assert rows(found)[1][2] == "字"
    assert found.said["sheet=p&cell=B2&file=1"] == "p/B2"


def test_tables_of_several_databases_stay_apart() -> None:
    found = read("USE `a`;\nINSERT INTO `t` VALUES (1);\nUSE `b`;\nINSERT INTO `t` VALUES (2);\n")
    assert {name for name, _flag in found.sheets.values()} == {"a.t", "b.t"}


def test_texts_in_gb18030_whose_second_bytes_look_like_escapes_are_whole() -> None:
    found = read("INSERT INTO `t` VALUES ('乗誠慭燶'),('某某街道办事处');\n".encode("gb18030"))
    assert [row[0] for row in rows(found)] == [None, "乗誠慭燶", "某某街道办事处"]


def test_rows_that_come_in_many_statements_and_turns_stand_one_below_the_other() -> None:
    text = "".join(f"INSERT INTO t{n % 3} VALUES ({n});\n" for n in range(300))
    found = read(text)
    assert [row[0] for row in rows(found, 2)[1:]] == [str(n) for n in range(300) if n % 3 == 1]


def test_a_long_insert_is_read_across_blocks() -> None:
    values = ",".join(f"({n},'{'字;' * (n % 50)}','it''s',CAST('x{n}' AS CHAR))" for n in range(8_000))
    found = read(f"INSERT INTO `t` VALUES {values};\n-- behind\n")
    table = rows(found)
    assert len(table) == 8_001
    assert table[8_000] == ["7999", "字;" * 49, "it's", "x7999"]
    assert found.said == {"para=2": "-- behind"}


def test_what_stands_behind_rows_is_kept() -> None:
    found = read("INSERT INTO `t` VALUES (1) ON DUPLICATE KEY UPDATE a = 'x;';\nUPDATE t SET a = 2;\n")
    assert found.said == {"para=1": "ON DUPLICATE KEY UPDATE a = 'x;';", "para=2": "UPDATE t SET a = 2;"}


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO `t` VALUES (1,'a'),(2,'b",
        "INSERT INTO `t` VALUES (1,'a'),(2,",
        "COPY t (a, b) FROM stdin;\n1\ta\n2\tb",
    ],
)
def test_one_that_ends_in_the_middle_is_damaged_and_keeps_what_came_before(text: str) -> None:
    found = read(text)
    assert found.ended is not None
    assert (found.ended.state, found.ended.reason) == (State.DAMAGED, Reason.CUT_SHORT)
    assert found.raw()[2, 1] == "1"
    assert "2" in " ".join([found.raw().get((3, 1), ""), *found.said.values()])


def test_quotes_that_never_close_and_brackets_without_end_stop_at_the_end_of_the_file() -> None:
    for text in (
        "INSERT INTO t VALUES (" + "(" * 300_000,
        "INSERT INTO t VALUES ('" + "a" * 900_000,
        "CREATE TABLE t (" * 50_000,
    ):
        keep(FORMAT.read, text.encode(), repeats=True)


def test_noise_in_a_dump_never_raises() -> None:
    chance = random.Random(4)
    for origin in (MYSQL, POSTGRES, MSSQL):
        for _ in range(60):
            data = bytearray(origin.encode())
            for _ in range(chance.randrange(1, 12)):
                data[chance.randrange(len(data))] = chance.choice(b"'\"`()\\;,$/*-\n\0x\xff")
            keep(FORMAT.read, bytes(data), replace(DEFAULT, cells=10_000))


@pytest.mark.parametrize(
    ("text", "extension", "kind"),
    [
        (MYSQL, "sql", "application/sql"),
        (MYSQL, "txt", "application/sql"),
        (POSTGRES, "dump", "application/sql"),
        (MSSQL, "", "application/sql"),
        ("select a, b from t;\n", "sql", "application/sql"),
        (
            "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (a);\nCOMMIT;\n",
            "",
            "application/sql",
        ),
        ("INSERT INTO `t` (`a`) VALUES (1);\n", "bak", "application/sql"),
        ("How to insert into a table: INSERT INTO t VALUES (1);\n", "txt", "text/plain"),
        ("Create a folder.\nDrop the rest.\n", "txt", "text/plain"),
        ("set a = 1, b = 2\nset c = 3, d = 4\n", "conf", "text/plain"),
    ],
)
def test_a_dump_is_recognised_by_what_it_begins_with(text: str, extension: str, kind: str) -> None:
    assert text_media_type(text.encode(), extension, whole=True) == kind


def test_the_sample_is_read() -> None:
    samples = Path(__file__).parents[3] / "src/proofroom/extract/formats/samples"
    assert rows(read((samples / FORMAT.sample).read_bytes()))[1] == ["1", "某人"]
