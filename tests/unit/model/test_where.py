"""Where: print and parse are each other's inverse, and what is malformed is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofroom.errors import BadWhere
from proofroom.model.where import (
    Where,
    cell_name,
    column_letters,
    column_number,
    format_parts,
    parse_cell,
    parse_parts,
    parse_where,
)

KEYS = st.sampled_from(["sheet", "cell", "row", "page", "line", "meta", "pointer"])
PARTS = st.lists(st.tuples(KEYS, st.text(max_size=30)), min_size=1, max_size=4).map(tuple)


@given(PARTS)
def test_parts_survive_print_and_parse(parts: tuple[tuple[str, str], ...]) -> None:
    assert parse_parts(format_parts(parts)) == parts


@given(st.binary(min_size=32, max_size=32), PARTS)
def test_an_address_survives_print_and_parse(digest: bytes, parts: tuple[tuple[str, str], ...]) -> None:
    where = Where(digest.hex(), parts)
    assert parse_where(str(where)) == where
    outside = where.doc("0" * 32)
    assert str(outside).startswith("doc:")
    assert parse_where(str(outside)) == outside


@given(PARTS)
def test_a_printed_part_holds_nothing_that_could_be_misread(parts: tuple[tuple[str, str], ...]) -> None:
    printed = format_parts(parts)
    assert not set(printed) & set(' \t\n#"<>\u202e\u200f')


def test_chinese_names_stay_readable() -> None:
    assert format_parts((("sheet", "名单"), ("cell", "B2"))) == "sheet=名单&cell=B2"
    assert format_parts((("sheet", "a&b=c#d"),)) == "sheet=a%26b%3Dc%23d"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha256:xyz",
        "abc",
        "sha256:" + "a" * 65,
        "doc:" + "a" * 31,
        "a" * 64 + "#=x",
        "a" * 64 + "#sheet=%zz",
    ],
)
def test_malformed_addresses_are_refused(text: str) -> None:
    with pytest.raises(BadWhere):
        parse_where(text)


def test_the_short_form_is_read() -> None:
    assert parse_where("3f2a90c1b7de#cell=B2") == Where("3f2a90c1b7de", (("cell", "B2"),))


@given(st.integers(1, 1 << 30), st.integers(1, 16_384))
def test_cells_survive_print_and_parse(row: int, column: int) -> None:
    assert column_number(column_letters(column)) == column
    if row < 10**10:
        assert parse_cell(cell_name(row, column)) == (row, column)


@pytest.mark.parametrize("name", ["", "B", "2", "B0", "B2:C3", "名2"])
def test_what_is_no_cell_is_refused(name: str) -> None:
    with pytest.raises(BadWhere):
        parse_cell(name)
