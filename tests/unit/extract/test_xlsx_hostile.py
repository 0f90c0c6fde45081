"""Workbooks made to deceive, to break or to exhaust: each ends in a state, and what could be read stands."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import pytest
from workbook_sink import Keeper, keep
from xlsx_by_hand import HEAD, MAIN, OFFICE, book, one, pack, relations, sheet, strings, styles, unpack

from proofroom.extract.formats.xlsx import FORMAT, read_by
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State
from proofroom.model.where import column_letters
from proofroom.world import hostile

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
TEXT = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>5</v></c></row>'
ENTITY = '<!DOCTYPE x [<!ENTITY e "eeee"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
STRINGS = {"xl/sharedStrings.xml": strings("<t>甲</t>"), "xl/styles.xml": styles("0.00")}


def end(found: Keeper) -> tuple[State, Reason] | None:
    return (found.ended.state, found.ended.reason) if found.ended else None


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    parts = unpack(data)
    parts[part] = change(bytes(parts[part] if isinstance(parts[part], bytes) else b""))
    return pack(parts)


def test_the_two_cells_of_the_world_far_apart_are_two_cells() -> None:
    found = keep(FORMAT.read, hostile.sparse_workbook(blind=False).data or b"")
    assert (found.raw(), end(found)) == ({(1, 1): "首", (1_048_576, 16_384): "尾"}, None)


def test_the_world_s_macro_is_a_member() -> None:
    found = keep(FORMAT.read, hostile.macro_workbook(blind=False).data or b"")
    assert list(found.members) == ["xl/vbaProject.bin"]


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "_rels/.rels"]
)
def test_entities_in_a_part_cost_that_part(part: str) -> None:
    data = changed(
        one(TEXT, STRINGS),
        part,
        lambda xml: xml.replace(b"?>\n", b"?>\n" + ENTITY.encode(), 1).replace(b"</v>", b"&e;</v>"),
    )
    found = keep(FORMAT.read, data)
    assert Reason.ENTITY_EXPANSION in found.partial
    assert "eeee" not in str(found.kept)


def test_entities_in_the_workbook_part_refuse_it() -> None:
    data = changed(
        one(TEXT, STRINGS), "xl/workbook.xml", lambda xml: xml.replace(b"?>\n", b"?>\n" + ENTITY.encode(), 1)
    )
    found = keep(FORMAT.read, data)
    assert (end(found), found.kept) == ((State.REFUSED, Reason.ENTITY_EXPANSION), {})


def test_a_short_entity_reads_the_same_whether_it_stands_in_a_cell_or_holds_one() -> None:
    head = '<!DOCTYPE worksheet [<!ENTITY e "甲"><!ENTITY c "<c r=\'B1\'><v>7</v></c>">]>'
    data = changed(
        one('<row r="1"><c r="A1" t="str"><v>&amp;1</v></c><c r="D1"><v>2</v></c></row>'),
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            xml.replace(b"?>\n", b"?>\n" + head.encode(), 1)
            .replace(b"&amp;1", b"&e;1")
            .replace(b'<c r="D1">', b'&c;<c r="D1">')
        ),
    )
    found = keep(FORMAT.read, data)
    assert found.raw() == {(1, 1): "甲1", (1, 2): "7", (1, 4): "2"}
    assert found.partial == []


def test_an_entity_that_only_an_outside_document_knows_is_not_left_out_in_silence() -> None:
    head = '<!DOCTYPE worksheet SYSTEM "http://a.example/x.dtd">'
    data = one('<row r="1"><c r="A1" t="str"><v>12&secret;3</v></c></row>')
    data = changed(
        data,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b' standalone="yes"?>', b"?>" + head.encode(), 1),
    )
    found = keep(FORMAT.read, data)
    assert (found.kept, found.partial) == ({}, [Reason.ENTITY_EXPANSION])


@pytest.mark.parametrize(
    "address", ["A0", "0", "", "A-5", "1A", "ZZZZZZ1", "A99999999999", "A1:B2", "$", "甲1", "A²"]
)
def test_an_address_that_is_none_is_counted_by_position(address: str) -> None:
    for row in ("3", "0", "-3", "99999999999", "x", "²"):
        rows = f'<row r="2"><c r="A2"><v>1</v></c></row><row r="{row}"><c r="{address}"><v>2</v></c></row>'
        found = keep(FORMAT.read, one(rows))
        assert found.raw() == {(2, 1): "1", (3, 1): "2"}


def test_an_address_beyond_the_sheet_is_kept_as_it_is() -> None:
    rows = '<row r="99999999"><c r="ZZZZZ99999999"><v>1</v></c><c r="XFE2"><v>2</v></c></row>'
    assert keep(FORMAT.read, one(rows)).raw() == {(99_999_999, 12_356_630): "1", (2, 16_385): "2"}


def test_a_merged_range_of_the_whole_sheet_costs_nothing() -> None:
    after = "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 1_000 + "</mergeCells>"
    found = keep(FORMAT.read, one(ROW, after=after))
    assert found.ranges[1] == [(1, 1, 1_048_576, 16_384)] * 1_000


def test_hidden_columns_said_a_thousand_times_cost_nothing() -> None:
    columns = '<col min="1" max="16384" hidden="1"/>' * 20_000
    begun = time.process_time()
    keep(FORMAT.read, one(ROW, before=f"<cols>{columns}</cols>"))
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/comments1.xml"]
)
def test_a_part_of_nothing_but_zeros_is_damaged(part: str) -> None:
    more = {part: b"\0" * (34 << 20)} | {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("c", "comments", "../comments1.xml"))
    }
    found = keep(FORMAT.read, one(TEXT, STRINGS | more))
    assert Reason.DAMAGED_PART in found.partial or end(found) == (State.TRUNCATED, Reason.LIMIT_EXPANSION)


def test_rows_that_expand_like_a_bomb_are_cut_by_the_limit() -> None:
    limits = dataclasses.replace(DEFAULT, expanded_bytes=4 << 20)
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 200_000))
    found = keep(FORMAT.read, one(rows), limits)
    assert end(found) == (State.TRUNCATED, Reason.LIMIT_EXPANDED_BYTES)
    assert len(found.kept) > 50_000


def test_one_long_text_in_very_many_cells_is_cut_by_the_sink_and_not_by_the_memory() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 400))
    found = keep(FORMAT.read, one(rows, {"xl/sharedStrings.xml": strings(f"<t>{'x' * 1_000_000}</t>")}))
    assert len(found.kept) == 399
    assert found.frames > 10


def test_a_format_that_multiplies_texts_is_given_in_frames_that_fit() -> None:
    more = {"xl/styles.xml": styles("@" * 16), "xl/sharedStrings.xml": strings(f"<t>{'x' * 300_000}</t>")}
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="1" t="s"><v>0</v></c></row>' for n in range(1, 20))
    found = keep(FORMAT.read, one(rows, more))
    assert {len(kept.shown) for kept in found.kept.values()} == {4_800_000}
    assert found.frames >= 3


def test_names_and_formats_that_are_too_long_are_cut_and_that_is_said() -> None:
    long = "x" * 100_000
    inside = f'<definedNames><definedName name="n">{long}</definedName></definedNames>'
    data = book({long: sheet(ROW)}, {"xl/styles.xml": styles("0" * (9 << 20), "0.0")}, inside)
    found = keep(FORMAT.read, data)
    assert found.partial == [Reason.LIMIT_NAME, Reason.LIMIT_TEXT_BYTES, Reason.LIMIT_TEXT_BYTES]
    assert (len(found.sheets[1][0]), len(found.properties["ooxml:defined-name"][0])) == (4_096, 65_536)
    assert (found.formats, found.raw()) == (["General"], {(1, 1): "1"})


def test_parts_that_point_at_each_other_end() -> None:
    more = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("a", "drawing", "sheet1.xml"),
            ("b", "comments", "../workbook.xml"),
            ("c", "vmlDrawing", "_rels/sheet1.xml.rels"),
        ),
        "_rels/.rels": relations(("a", "officeDocument", "xl/workbook.xml"), ("b", "x", "_rels/.rels")),
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("s", "styles", "workbook.xml"),
            ("t", "sharedStrings", "styles.xml"),
        ),
    }
    found = keep(FORMAT.read, one(ROW, more))
    assert (found.raw(), end(found)) == ({(1, 1): "1"}, None)


def test_sheets_of_other_kinds_hold_no_cells() -> None:
    arrows = relations(
        *(
            (f"rId{n}", kind, f"sheets/{n}.xml")
            for n, kind in enumerate(("chartsheet", "dialogsheet", "x", "xlMacrosheet"))
        )
    )
    listed = "".join(f'<sheet name="s{n}" r:id="rId{n}"/>' for n in range(4))
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": arrows,
        "xl/sheets/0.xml": f'<chartsheet xmlns="{MAIN}"/>',
        "xl/sheets/1.xml": f'<dialogsheet xmlns="{MAIN}"/>',
        "xl/sheets/2.xml": "<x/>",
        "xl/sheets/3.xml": f'<m:macrosheet xmlns:m="urn:x" xmlns="{MAIN}"><sheetData>{ROW}</sheetData></m:macrosheet>',
    }
    found = keep(FORMAT.read, pack(parts))
    assert (len(found.sheets), found.raw(4), found.partial) == (4, {(1, 1): "1"}, [Reason.DAMAGED_PART])


def test_very_many_sheets_and_names_are_read() -> None:
    names = "".join(f'<definedName name="n{n}">S!$A${n}</definedName>' for n in range(1, 20_001))
    listed = "".join(f'<sheet name="s{n}" r:id="rId1"/>' for n in range(2_000))
    text = f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
    found = keep(
        FORMAT.read, one(ROW, {"xl/workbook.xml": f"{text}<definedNames>{names}</definedNames></workbook>"})
    )
    assert (len(found.sheets), len(found.kept), len(found.properties["ooxml:defined-name"])) == (
        2_000,
        2_000,
        20_000,
    )


def test_elements_nested_too_deep_are_cut_by_the_limit() -> None:
    found = keep(FORMAT.read, one(ROW + "<row>" * 1_000 + "</row>" * 1_000))
    assert (found.raw(), found.partial) == ({(1, 1): "1"}, [Reason.LIMIT_DEPTH])


def test_a_part_of_very_many_elements_is_cut_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proofroom.extract.ooxml.safe_xml._MOST_ELEMENTS", 1_000)
    notes = '<comment ref="B2"><text><t>x</t></text></comment>' * 1_000
    more = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("c", "comments", "../comments1.xml")),
        "xl/comments1.xml": f'<comments xmlns="{MAIN}">{notes}</comments>',
    }
    found = keep(FORMAT.read, one(ROW, more))
    assert (len(found.said), found.partial) == (333, [Reason.LIMIT_PIECES])


def test_rows_that_fit_what_was_learned_all_but_the_last_byte_take_no_time() -> None:
    def row(number: int, form: str, end: str = "") -> str:
        cells = (f'<c r="{column_letters(c)}{number}">{form}<v>1</v></c>' for c in range(1, 101))
        return f'<row r="{number}">{"".join(cells)}{end}</row>'

    forms = ("<f>A1</f>", '<f ca="1">A1</f>', "<f>A1</f>", '<f ca="1">A1</f>')
    rows = "".join(row(number, forms[number % 4]) for number in range(1, 20))
    rows += "".join(
        row(number, "<f>A1</f>", f'<c r="CZ{number}" s="{number}"/>') for number in range(20, 120)
    )
    begun = time.process_time()
    found = keep(FORMAT.read, one(rows))
    assert len(found.kept) == 11_900
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    "attribute", ['r="0"', 'x="A1"', "xmlns='urn:x'", 'a:b="1"', 's="1" s="2"', 'r="A1" r="A2"', "s"]
)
def test_both_paths_agree_on_tags_that_are_wrong(attribute: str) -> None:
    good = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 40))
    for rows in (
        f'<row r="40" {attribute}><c r="A40"><v>1</v></c></row>',
        f'<row r="40"><c r="A40" {attribute}><v>1</v></c></row>',
    ):
        fast, slow = (
            keep(lambda a, b, f=fast: read_by(a, b, fast=f), one(good + rows)) for fast in (True, False)
        )
        assert (fast.kept, fast.partial) == (slow.kept, slow.partial)
        assert len(fast.kept) >= 39
