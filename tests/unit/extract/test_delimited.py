"""Delimited text: every field at its address, in any encoding and dialect, whatever its quotes do."""

from __future__ import annotations

import csv
import dataclasses
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook_sink import Keeper, keep

from proofroom.extract.formats.delimited import FORMAT
from proofroom.extract.tabular.lines import LONGEST_LINE
from proofroom.limits import DEFAULT
from proofroom.model.evidence import CellType
from proofroom.model.states import Reason, State
from proofroom.world import delimited

ROWS = [
    ["姓名", "编号", "备注"],
    ["阿迪力·买买提", "990101199001011234", 'sagt "ja", oder'],
    ["古丽", "", "x"],
]


def cells(data: bytes | str, name: bytes = b"") -> dict[tuple[int, int], str]:
    return kept(data, name).raw(0)


def kept(data: bytes | str, name: bytes = b"") -> Keeper:
    return keep(FORMAT.read, data.encode() if isinstance(data, str) else data, name=name)


def at(rows: list[list[str]]) -> dict[tuple[int, int], str]:
    return {(r, c): text for r, row in enumerate(rows, 1) for c, text in enumerate(row, 1) if text}


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_table_of_the_world_is_read_at_its_addresses(encoding: str, delimiter: str, ending: str) -> None:
    made = delimited.write(ROWS * 30, encoding=encoding, delimiter=delimiter, ending=ending)
    keeper = kept(made.data or b"")
    assert keeper.raw(0) == at(ROWS * 30)
    assert keeper.sheets == {0: ("", 0)}
    assert {cell.type for cell in keeper.kept.values()} == {CellType.STRING}
    assert (keeper.ended, keeper.partial) == (None, [])


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("big5", "姓名,中華民國\n臺灣,編號備註\n" * 20),
        ("cp1251", "Имя,Адрес\nИванов Пётр,улица Ленина\n" * 20),
        ("cp1256", "الاسم,العنوان\nمحمد بن علي,شارع الملك\n" * 20),
        ("utf-16-le", "name,id\nA,1\n" * 20),
        ("utf-16-be", "name,id\nA,1\n" * 20),
    ],
)
def test_other_encodings_are_found_and_named(encoding: str, text: str) -> None:
    keeper = kept(text.encode(encoding))
    assert keeper.raw(0) == at([line.split(",") for line in text.splitlines()])
    assert keeper.properties["text:encoding"] == [{"big5": "cp950"}.get(encoding, encoding)]


def test_a_text_that_begins_with_ascii_only_is_decoded_by_its_first_other_bytes() -> None:
    data = (
        b"id,name\n" + b"1,a\n" * 20_000 + "2,阿迪力·买买提江\n3,古丽努尔·艾合买提\n".encode("gb18030") * 20
    )
    assert cells(data)[20_002, 2] == "阿迪力·买买提江"


def test_what_does_not_decode_is_counted_and_leaves_the_file_partly_read() -> None:
    keeper = kept("甲,乙\n".encode() * 200 + b"\xff,1\n")
    assert keeper.raw(0)[201, 1] == "\ufffd"
    assert keeper.properties["text:undecodable"] == ["1"]
    assert keeper.partial == [Reason.DAMAGED_PART]


def test_blank_lines_count_and_a_field_with_line_ends_is_one_record() -> None:
    assert cells('a,b\n\n"x\n\ny",2\n\nend,3\n') == {
        (1, 1): "a",
        (1, 2): "b",
        (3, 1): "x\n\ny",
        (3, 2): "2",
        (5, 1): "end",
        (5, 2): "3",
    }


def test_quotes_in_the_middle_and_doubled_quotes_are_kept_right() -> None:
    assert cells('a "b" c,"say ""yes""",""\n') == {(1, 1): 'a "b" c', (1, 2): 'say "yes"'}


def test_a_quote_that_never_closes_costs_its_own_line_only() -> None:
    keeper = kept('1,"open\n2,x\n3,y\n' + "4,z\n" * 100)
    assert keeper.raw(0)[1, 2] == '"open'
    assert keeper.raw(0)[2, 1] == "2"
    assert keeper.raw(0)[103, 2] == "z"
    assert keeper.properties["text:broken-quotes"] == ["1"]


def test_a_quote_that_runs_into_the_next_quoted_field_costs_its_own_line_only() -> None:
    keeper = kept('1,"open\n2,"closed"\n"a"b,"c"\n')
    assert keeper.raw(0) == at([["1", '"open'], ["2", "closed"], ['"a"b', '"c"']])
    assert keeper.properties["text:broken-quotes"] == ["2"]


def test_an_open_quote_in_a_large_file_is_found_without_holding_the_file() -> None:
    keeper = kept('1,"open\n' + "2,some text to fill a line\n" * 100_000)
    assert keeper.raw(0)[100_001, 2] == "some text to fill a line"


def test_quotes_are_given_up_after_a_thousand_broken_ones() -> None:
    keeper = kept('a","b\n' * 1_500)
    assert len(keeper.raw(0)) == 3_000
    assert keeper.raw(0)[1_500, 1] == 'a"'
    assert keeper.properties["text:unquoted-from-row"] == ["1001"]


def test_a_quoted_field_across_blocks_of_the_file_stays_one_record() -> None:
    long = "line\n" * 9_000
    filler = "a,b\n" * 65_000
    assert cells(f'{filler}"{long}",2\n3,4\n')[65_001, 1] == long
    assert cells(f'{filler}"{long}",2\n3,4\n')[65_002, 2] == "4"


def test_a_sep_line_names_the_delimiter_and_stays_a_row() -> None:
    keeper = kept("sep=;\na,b;c\n1,5;2,5\n")
    assert keeper.raw(0) == at([["sep=", ""], ["a,b", "c"], ["1,5", "2,5"]])
    assert keeper.properties["text:delimiter"] == [";"]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("名单,2015年\n姓名;编号;数\n甲;1;2,5\n乙;2;3,5\n丙;3;4,5\n", ";"),
        ("a,b;c\n1,2;3\n" * 5, ";"),
        ("one\ntwo\nthree\n", ","),
        ("x\ty, z\n1\t2\n", "tab"),
        ("title\n" + "a,b,c\n" * 9, ","),
        ("a,b\n1,2,3\n1\n4,5,6,7\n", ","),
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str) -> None:
    assert kept(text).properties["text:delimiter"] == [delimiter]


def test_the_name_decides_where_nothing_else_does() -> None:
    assert kept("one\n", b"list.TSV").properties["text:delimiter"] == ["tab"]


def test_apostrophes_quote_only_where_they_open_and_close() -> None:
    assert cells("'a,x','b'\n" * 4)[1, 1] == "a,x"
    assert cells("'0101,'0102\n" * 4)[1, 1] == "'0101"


def test_nul_and_odd_separators_stay_inside_their_field() -> None:
    text = 'a\x0bb\u2028c\x1cd,e\x00f,"g\x00h"\n' + "1,2,3\n" * 30
    assert cells(text)[1, 1] == "a\x0bb\u2028c\x1cd"
    assert cells(text)[1, 2] == "e\x00f"
    assert cells(text)[1, 3] == "g\x00h"


def test_a_field_longer_than_the_csv_module_allows_is_read() -> None:
    assert len(cells('a,"' + "x" * 300_000 + '"\n')[1, 2]) == 300_000


def test_a_line_without_end_is_cut_by_the_limit_and_what_came_before_stands() -> None:
    keeper = kept(b"a,b\n1,2\n" + b"x" * (LONGEST_LINE + (1 << 18)))
    assert keeper.raw(0)[2, 2] == "2"
    assert keeper.ended
    assert (keeper.ended.state, keeper.ended.reason) == (State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)


def test_the_limit_of_text_is_kept_and_an_open_record_before_it_is_given() -> None:
    limits = dataclasses.replace(DEFAULT, text_bytes=1_000)
    keeper = keep(FORMAT.read, b'a,b\n1,"open\n' + b"x" * 2_000, limits)
    assert keeper.ended
    assert keeper.raw(0)[2, 2] == '"open'


def test_cells_come_in_batches() -> None:
    keeper = kept("a,b,c,d,e,f,g,h,i,j\n" * 30_000)
    assert len(keeper.kept) == 300_000
    assert keeper.frames < 20


def test_nothing_at_all_gives_nothing() -> None:
    assert kept(b"").kept == {}
    assert kept(b"\xef\xbb\xbf").kept == {}
    assert kept(b"\n\n\n").kept == {}
    assert kept(b",,,\n").kept == {}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")),
            min_size=2,
            max_size=4,
        ),
        min_size=1,
        max_size=60,
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_the_csv_module_wrote_is_read_back(rows: list[list[str]], ending: str) -> None:
    stream = io.StringIO()
    stream.write(f"sep=;{ending}")
    csv.writer(stream, delimiter=";", lineterminator=ending, quoting=csv.QUOTE_ALL).writerows(rows)
    assert cells(stream.getvalue().encode("utf-8-sig")) == at([["sep=", ""], *rows])


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from('ab",;\n\r '), max_size=400))
def test_no_quotes_however_broken_lose_a_character(text: str) -> None:
    keeper = kept(text)
    seen = "".join(keeper.raw(0).values())
    assert set(seen) >= {character for character in text if character in "ab"}
    assert seen.count("a") == text.count("a")
    assert seen.count("b") == text.count("b")


@given(st.binary(max_size=600))
def test_any_bytes_end_without_an_exception(data: bytes) -> None:
    kept(data)


def test_the_sample_is_read(root: Path) -> None:
    keeper = keep(FORMAT.read, root / "src/proofroom/extract/formats/samples" / FORMAT.sample)
    assert keeper.raw(0)[4, 3] == "两\r\n行"
    assert keeper.properties["text:broken-quotes"] == ["1"]


@pytest.mark.corpora
def test_public_tables_are_read_as_the_csv_module_reads_them(corpora: Path) -> None:
    for path in sorted((corpora / "linkage").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            assert keep(FORMAT.read, path).raw(0) == at(list(csv.reader(stream))), path.name
