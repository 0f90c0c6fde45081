"""Workbooks: every cell at its address, as it is stored, with its type."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbook_sink import Keeper, keep
from xlsx_by_hand import HEAD, MAIN, book, one, relations, sheet, strings, styles

from proofroom.extract.formats.xlsx import FORMAT, read_by
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason

STRINGS = {
    "xl/sharedStrings.xml": strings(
        "<t>甲</t>",
        '<t xml:space="preserve"> a &amp; b </t>',
        "<r><rPr><b/></rPr><t>bold</t></r><r><t> plain</t></r>",
        '<t>課</t><rPh sb="0" eb="1"><t>カ</t></rPh><phoneticPr fontId="1"/>',
        "<t>line_x000D_\nend_x005F_x0041_</t>",
        "<t/>",
    )
}


def read(data: bytes, *, repeats: bool = False) -> Keeper:
    """Read by both paths, which must agree, and give what they found."""
    fast, slow = (
        keep(lambda source, sink, fast=fast: read_by(source, sink, fast=fast), data, repeats=repeats)
        for fast in (True, False)
    )
    assert (fast.kept, fast.said, fast.partial) == (slow.kept, slow.said, slow.partial)
    assert list(fast.kept) == list(slow.kept)
    return fast


@pytest.mark.parametrize(
    ("cell", "kind", "raw"),
    [
        ("<v>5</v>", CellType.NUMBER, "5"),
        ("<v>0.30000000000000004</v>", CellType.NUMBER, "0.30000000000000004"),
        ("<v>1E+100</v>", CellType.NUMBER, "1E+100"),
        ("<v>not a number</v>", CellType.NUMBER, "not a number"),
    ],
)
def test_a_number_is_given_as_it_is_written(cell: str, kind: CellType, raw: str) -> None:
    kept = read(one(f'<row r="2"><c r="B2">{cell}</c></row>')).kept[1, 2, 2]
    assert (kept.type, kept.raw) == (kind, raw)


@pytest.mark.parametrize(
    ("attribute", "value", "kind", "raw"),
    [
        ("b", "1", CellType.BOOLEAN, "TRUE"),
        ("b", "0", CellType.BOOLEAN, "FALSE"),
        ("b", "true", CellType.BOOLEAN, "TRUE"),
        ("e", "#N/A", CellType.ERROR, "#N/A"),
        ("str", "text", CellType.STRING, "text"),
        ("str", "007", CellType.STRING, "007"),
        ("d", "2015-06-12T00:00:00", CellType.DATE, "2015-06-12T00:00:00"),
        ("n", "17", CellType.NUMBER, "17"),
        ("s", "0", CellType.STRING, "甲"),
        ("s", "1", CellType.STRING, " a & b "),
        ("s", "2", CellType.STRING, "bold plain"),
        ("s", "3", CellType.STRING, "課"),
        ("s", "4", CellType.STRING, "line\r\nend_x0041_"),
    ],
)
def test_each_type_of_cell_is_read(attribute: str, value: str, kind: CellType, raw: str) -> None:
    data = one(f'<row r="1"><c r="A1" t="{attribute}"><v>{value}</v></c></row>', STRINGS)
    kept = read(data).kept[1, 1, 1]
    assert (kept.type, kept.raw) == (kind, raw)


def test_text_in_several_fonts_is_flagged_wherever_it_stands() -> None:
    rows = (
        '<row r="1"><c r="A1" t="s"><v>2</v></c><c r="B1" t="s"><v>0</v></c>'
        '<c r="C1" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c></row>'
    )
    found = read(one(rows, STRINGS))
    assert found.raw() == {(1, 1): "bold plain", (1, 2): "甲", (1, 3): "inline"}
    assert [kept.flags for kept in found.kept.values()] == [Flag.RICH_TEXT, Flag.NONE, Flag.RICH_TEXT]


def test_inline_text_needs_no_table() -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t xml:space="preserve"> &lt;b&gt;&#x4E8C; </t></is></c></row>'
    )
    assert read(one(rows)).raw() == {(1, 1): "姓名", (1, 2): " <b>二 "}


def test_cells_and_rows_without_an_address_are_counted_by_position() -> None:
    rows = '<row><c><v>1</v></c><c><v>2</v></c></row><row r="5"><c><v>3</v></c><c r="D5"><v>4</v></c>'
    rows += "<c><v>5</v></c></row><row><c><v>6</v></c></row>"
    assert read(one(rows)).raw() == {
        (1, 1): "1",
        (1, 2): "2",
        (5, 1): "3",
        (5, 4): "4",
        (5, 5): "5",
        (6, 1): "6",
    }


def test_empty_cells_are_left_out_unless_they_carry_a_formula() -> None:
    rows = (
        '<row r="1"><c r="A1" s="1"/><c r="B1"><v/></c><c r="C1" t="s"><v>5</v></c><c r="D1"><v></v></c>'
        '<c r="E1"><f>F1</f></c><c r="F1" t="str"><f>""</f><v></v></c><c r="G1"><is><t/></is></c></row>'
    )
    found = read(one(rows, STRINGS))
    assert found.raw() == {(1, 5): "", (1, 6): ""}
    assert [kept.type for kept in found.kept.values()] == [CellType.EMPTY, CellType.STRING]


def test_numbers_of_more_than_15_digits_are_flagged() -> None:
    values = [
        "123456789012345",
        "1234567890123456",
        "990101199001011234",
        "1E+15",
        "1e3",
        "0.1",
        "1000000000000000",
    ]
    cells = "".join(f'<c r="{chr(65 + place)}1"><v>{value}</v></c>' for place, value in enumerate(values))
    found = read(one(f'<row r="1">{cells}<c r="H1" t="str"><v>990101199001011234</v></c></row>'))
    flagged = [kept.raw for kept in found.kept.values() if kept.flags & Flag.PRECISION]
    assert flagged == ["1234567890123456", "990101199001011234", "1E+15", "1000000000000000"]


def test_an_address_that_is_given_twice_is_given_twice() -> None:
    found = read(one('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'), repeats=True)
    assert (found.raw(), found.again) == ({(1, 1): "1"}, [(1, 1, 1)])


def test_cells_out_of_order_and_out_of_their_row_stand_where_they_say() -> None:
    rows = '<row r="2"><c r="C2"><v>1</v></c><c r="A2"><v>2</v></c><c r="B9"><v>3</v></c></row>'
    assert read(one(rows)).raw() == {(2, 3): "1", (2, 1): "2", (9, 2): "3"}


def test_the_last_cell_a_sheet_can_have_is_read() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert read(one(rows)).raw() == {(1, 1): "1", (1_048_576, 16_384): "2"}


def test_merged_ranges_are_given_with_their_corners() -> None:
    after = (
        '<mergeCells><mergeCell ref="A1:C2"/><mergeCell ref="$D$4"/><mergeCell ref="nonsense"/></mergeCells>'
    )
    found = read(one('<row r="1"><c r="A1"><v>1</v></c></row>', after=after))
    assert found.ranges == {1: [(1, 1, 2, 3), (4, 4, 4, 4)]}


def test_other_prefixes_encodings_and_quotes_read_the_same() -> None:
    plain = sheet('<row r="1"><c r="A1" t="str"><v>甲 &amp; Z</v></c></row>')
    prefixed = (
        plain.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    )
    wide = plain.replace("UTF-8", "UTF-16").encode("utf-16")
    single = plain.replace(HEAD, "").replace('"', "'")
    strict = plain.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    commented = plain.replace("<v>", "<!-- <v>9</v> --><v>").replace("Z", "<![CDATA[Z]]>")
    for written in (plain, prefixed, wide, single, strict, commented):
        assert read(book({"S": ""}, {"xl/worksheets/sheet1.xml": written})).raw() == {(1, 1): "甲 & Z"}


def test_a_long_sheet_is_read_to_its_last_row_whatever_its_rows_look_like() -> None:
    def row(number: int) -> str:
        cells = [f'<c r="A{number}"><v>{number}</v></c>', f'<c r="B{number}" s="1"><v>{number}.5</v></c>']
        cells += [f'<c r="C{number}" t="s"><v>{number % 5}</v></c>'] * (number % 3 > 0)
        cells += [f'<c r="D{number}"><f>A{number}*2</f><v>{number * 2}</v></c>'] * (number % 2)
        return (
            f'<row r="{number}" spans="1:4">{"".join(cells)}</row>' if number % 97 else f'<row r="{number}"/>'
        )

    count = 12_000
    rows = "".join(map(row, range(1, count + 1)))
    found = read(one(rows, STRINGS | {"xl/styles.xml": styles("0.00")}))
    numbers = [number for number in range(1, count + 1) if number % 97]
    assert [found.kept[1, number, 1].raw for number in numbers] == list(map(str, numbers))
    assert found.kept[1, 11_999, 2].shown == "11999.50"
    assert found.kept[1, 11_999, 4].formula == "A11999*2"
    assert (1, 12_000, 3) not in found.kept
    assert found.kept[1, 11_999, 3].raw == "line\r\nend_x0041_"
    assert len(found.kept) == sum(2 + (n % 3 > 0) + n % 2 for n in numbers)


def test_a_table_of_other_place_and_name_is_found() -> None:
    more = {
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "/XL/Worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", "../strings/texts.xml"),
        ),
        "strings/texts.xml": strings("<t>x</t>"),
    }
    found = read(one('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', more))
    assert (found.raw(), found.partial) == ({(1, 1): "x"}, [])


def test_a_string_that_does_not_exist_is_missing_and_that_is_said() -> None:
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>99</v></c><c r="C1" t="s"><v>-1</v></c></row>'
    for more in ("", '<row r="2"><c r="A2" t="s"><v>1_0</v></c></row>'):
        found = read(one(rows + more, STRINGS))
        assert (found.raw(), found.partial) == ({(1, 1): "甲"}, [Reason.DAMAGED_PART])


def test_sheets_are_named_in_their_order_and_read_by_their_own_part() -> None:
    sheets = {
        name: sheet(f'<row r="1"><c r="A1"><v>{name[-1]}</v></c></row>')
        for name in ("b 2", "a 1", "c &amp; 3")
    }
    found = read(book(sheets))
    assert list(found.sheets.values()) == [("b 2", Flag.NONE), ("a 1", Flag.NONE), ("c & 3", Flag.NONE)]
    assert [kept.raw for kept in found.kept.values()] == ["2", "1", "3"]


def test_the_sample_is_read_whole(root: Path) -> None:
    found = read((root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes())
    assert (found.ended, found.partial, len(found.kept)) == (None, [], 94)
    assert found.kept[1, 21, 4].formula == "C21*2"
    assert found.kept[1, 5, 1].shown == "2015年6月10日"
    assert found.raw(2) == {(1, 1): "rich runs", (1, 2): "7"}
    assert found.said["sheet=名单&cell=D23&picture=1"] == "xl/media/image1.png"
