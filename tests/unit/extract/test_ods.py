"""OpenDocument sheets: every cell as stored, and what stands around the cells."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from test_xls import DAMAGE
from workbook_sink import Keeper, Kept, keep
from xls_by_hand import assert_as_in, book, ending

from proofroom.extract.format import Cells, Source, Unreadable
from proofroom.extract.formats.opendocument import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason, State
from proofroom.world import ods

Zipped = Callable[[Mapping[str, str | bytes]], bytes]
ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        *(("office", "office"), ("table", "table"), ("text", "text"), ("style", "style")),
        *(("draw", "drawing"), ("meta", "meta"), ("svg", "svg-compatible"), ("number", "datastyle")),
    )
)
SPACES += (
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
)


def read(data: bytes) -> Keeper:
    return keep(FORMAT.read, data)


ODF = ods.write(book(), blind=False).data or b""


def test_an_open_document_of_the_world_is_read_as_it_was_written() -> None:
    made_of = book()
    made_of.sheets[1].state = "hidden"
    made_of.sheets[0].put(5, 2, 15.0, formula="SUM(A1)")
    made = ods.write(made_of, blind=False)
    keeper = read(made.data or b"")
    assert_as_in(made, keeper)
    assert keeper.kept[1, 5, 2].formula == "SUM(A1)"
    assert keeper.kept[1, 2, 3] == Kept(CellType.DATE, "2015-06-12", "", "", Flag.HIDDEN_COLUMN, "")
    assert keeper.properties["odf:custom:Marker"] == ["SYNTHETIC-FICTION"]
    assert (keeper.ended, keeper.partial) == (None, [])


def content(tables: str, before: str = "") -> dict[str, str | bytes]:
    return {
        "mimetype": ODS,
        "content.xml": f"<office:document-content {SPACES}>{before}<office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>",
    }


def table(rows: str, name: str = "T") -> str:
    return f'<table:table table:name="{name}">{rows}</table:table>'


def cell(text: str, more: str = "", inside: str = "") -> str:
    paragraph = f"<text:p>{text}</text:p>" if text else ""
    return f"<table:table-cell {more}>{inside}{paragraph}</table:table-cell>"


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def test_values_of_an_open_document_are_as_written(zipped: Zipped) -> None:
    def typed(kind: str, value: str) -> str:
        name = {"date": "date-", "time": "time-", "boolean": "boolean-"}.get(kind, "")
        return f'office:value-type="{kind}" office:{name}value="{value}"'

    cells = row(
        cell("990101199001011000", typed("float", "990101199001011234")),
        cell("12,5 %", typed("percentage", "0.125")),
        cell("12.06.15", typed("date", "2015-06-12T10:00:00")),
        cell("10:00", typed("time", "PT10H00M00S")),
        cell("WAHR", typed("boolean", "true")),
        cell("#N/A", 'office:value-type="string" office:string-value="" calcext:value-type="error"'),
        cell("Err:502", 'table:formula="of:=[.A1]/0" office:value-type="string"'),
        cell('a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d', 'office:value-type="string"'),
    )
    keeper = read(zipped(content(table(cells))))
    assert [(one.type, one.raw, one.shown) for one in keeper.kept.values()] == [
        (CellType.NUMBER, "990101199001011234", "990101199001011000"),
        (CellType.NUMBER, "0.125", "12,5 %"),
        (CellType.DATE, "2015-06-12T10:00:00", "12.06.15"),
        (CellType.DURATION, "PT10H00M00S", "10:00"),
        (CellType.BOOLEAN, "TRUE", "WAHR"),
        (CellType.ERROR, "#N/A", ""),
        (CellType.ERROR, "Err:502", ""),
        (CellType.STRING, "a   b\tc\nd", ""),
    ]
    assert keeper.kept[1, 1, 1].flags == Flag.PRECISION
    assert keeper.kept[1, 1, 7].formula == "[.A1]/0"


def test_repeated_cells_and_rows_keep_their_addresses(zipped: Zipped) -> None:
    rows = (
        row(cell("", 'table:number-columns-repeated="16384"'), more='table:number-rows-repeated="4"')
        + row(cell("", 'table:number-columns-repeated="2"'), cell("x", 'table:number-columns-repeated="2"'))
        + row(cell("y"), more='table:number-rows-repeated="2" table:visibility="collapse"')
        + row(cell("", 'table:number-columns-repeated="16384"'), more='table:number-rows-repeated="1048568"')
        + row(cell("last"))
    )
    keeper = read(zipped(content(table(rows))))
    assert keeper.raw() == {(5, 3): "x", (5, 4): "x", (6, 1): "y", (7, 1): "y", (1_048_576, 1): "last"}
    assert keeper.kept[1, 7, 1].flags == Flag.HIDDEN_ROW


def test_what_is_repeated_millions_of_times_is_cut_and_that_is_said(
    zipped: Zipped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proofroom.extract.opendocument.sheet_cells._MOST_COPIES", 100)
    filled = row(cell("x"), more='table:number-rows-repeated="101"')
    assert len(read(zipped(content(table(filled)))).raw()) == 101
    bomb = row(cell("x", 'table:number-columns-repeated="60"'), more='table:number-rows-repeated="1048576"')
    data = zipped(content(table(bomb)))
    keeper = Keeper()
    with pytest.raises(Unreadable, match="limit-expansion"):
        FORMAT.read(Source(io.BytesIO(data), len(data), DEFAULT), keeper)


def test_a_bomb_of_repeated_cells_is_cut_by_the_limit(zipped: Zipped) -> None:
    class Counting(Keeper):
        seen = 0

        def cells(self, sheet: int, cells: Cells) -> None:
            Counting.seen += len(cells.rows)
            if Counting.seen > 100_000:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_CELLS)

    bomb = row(
        cell("x", 'table:number-columns-repeated="16384"'), more='table:number-rows-repeated="1048576"'
    )
    data = zipped(content(table(bomb)))
    with pytest.raises(Unreadable, match="limit-cells"):
        FORMAT.read(Source(io.BytesIO(data), len(data), DEFAULT), Counting())
    assert Counting.seen < 200_000


def test_rows_beyond_any_sheet_end_in_a_state(zipped: Zipped) -> None:
    rows = row(more='table:number-rows-repeated="1048576"') * 3_000 + row(cell("x"))
    assert ending(read(zipped(content(table(rows))))) == (State.TRUNCATED, Reason.LIMIT_CELLS)


def test_comments_links_pictures_shapes_and_merges_of_an_open_document_are_given(zipped: Zipped) -> None:
    note = "<office:annotation><dc:creator>办公室</dc:creator><text:p>批注</text:p></office:annotation>"
    photo = '<draw:frame><draw:image xlink:href="Pictures/1.jpg"/><svg:desc>a face</svg:desc></draw:frame>'
    linked = '<text:a xlink:href="http://a.example/">here</text:a>'
    cells = row(
        cell("x", inside=note),
        cell(linked, 'table:number-columns-spanned="2" table:number-rows-spanned="3"'),
        "<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell>",
        cell("", inside=photo),
    )
    keeper = read(zipped(content(table(cells)) | {"Pictures/1.jpg": b"jpeg"}))
    assert keeper.raw() == {(1, 1): "x", (1, 2): "here", (1, 3): "under"}
    assert keeper.said == {
        "sheet=T&cell=A1&comment=1": "批注",
        "sheet=T&cell=A1&comment=1&author=1": "办公室",
        "sheet=T&cell=B1&link=1": "http://a.example/",
        "sheet=T&cell=D1&picture=1": "Pictures/1.jpg",
        "sheet=T&shape=1": "a face",
    }
    assert keeper.ranges == {1: [(1, 2, 3, 3)]}
    assert keeper.members == {"Pictures/1.jpg": b"jpeg"}
    assert keeper.properties["odf:comment-author"] == ["办公室"]


def test_two_sheets_of_one_name_use_no_address_twice(zipped: Zipped) -> None:
    note = "<office:annotation><text:p>a note</text:p></office:annotation>"
    keeper = read(zipped(content(table(row(cell("x", inside=note))) * 2)))
    assert list(keeper.said) == ["sheet=T&cell=A1&comment=1", "sheet=T&cell=A1&comment=2"]


def test_recorded_changes_are_no_cells_and_stand_beside_them(zipped: Zipped) -> None:
    info = (
        "<office:change-info><dc:creator>办公室</dc:creator><dc:date>2015-06-12T10:00:00</dc:date>"
        "</office:change-info>"
    )
    old = "<table:change-track-table-cell><text:p>old</text:p></table:change-track-table-cell>"
    address = '<table:cell-address table:column="0" table:row="0" table:table="0"/>'
    changes = (
        f'<table:tracked-changes><table:cell-content-change table:id="ct1">{address}{info}'
        f"<table:previous>{old}</table:previous></table:cell-content-change>"
        f'<table:deletion table:id="ct2" table:type="row" table:position="4" table:table="0">{info}<table:deletions>'
        f'<table:cell-content-deletion table:id="ct3">{old.replace("old", "gone")}</table:cell-content-deletion>'
        "</table:deletions></table:deletion></table:tracked-changes>"
    )
    keeper = read(zipped(content(changes + table(row(cell("new"))))))
    assert keeper.raw() == {(1, 1): "new"}
    assert keeper.said == {
        "sheet=T&cell=A1&deleted=1": "old",
        "sheet=T&cell=A1&deleted=1&author=1": "办公室",
        "sheet=T&cell=A1&deleted=1&date=1": "2015-06-12T10:00:00",
        "sheet=T&change=1": "deletion row 5 (1)",
        "sheet=T&change=1&author=1": "办公室",
        "sheet=T&change=1&date=1": "2015-06-12T10:00:00",
        "sheet=T&deleted=1": "gone",
    }
    assert keeper.pinned["sheet=T&cell=A1&deleted=1"] == keeper.pinned["sheet=T&deleted=1"] == Flag.DELETED
    assert keeper.partial == []


def test_entities_refuse_an_open_document(zipped: Zipped) -> None:
    parts = content(table(row(cell("&a;"))))
    whole = parts["content.xml"]
    parts["content.xml"] = f'<!DOCTYPE x [<!ENTITY a "&z;&z;"><!ENTITY z "z">]>{whole!s}'
    assert ending(read(zipped(parts))) == (State.REFUSED, Reason.ENTITY_EXPANSION)


def test_an_open_document_that_breaks_off_gives_what_came_before(zipped: Zipped) -> None:
    parts = content(table(row(cell("one")) + row(cell("two"))))
    parts["content.xml"] = str(parts["content.xml"]).partition("two")[0]
    keeper = read(zipped(parts))
    assert keeper.raw() == {(1, 1): "one"}
    assert ending(keeper) == (State.DAMAGED, Reason.NOT_WELL_FORMED)


@settings(max_examples=60, deadline=None)
@given(DAMAGE)
def test_no_damage_to_an_open_document_raises_anything_else(damage: list[tuple[float, bytes]]) -> None:
    with zipfile.ZipFile(io.BytesIO(ODF)) as old:
        parts = {name: bytearray(old.read(name)) for name in old.namelist()}
    for at, noise in damage:
        start = int(at * len(parts["content.xml"]))
        parts["content.xml"][start : start + len(noise)] = noise
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, part in parts.items():
            new.writestr(name, bytes(part))
    read(out.getvalue())


def test_number_formats_of_an_open_document_are_written_as_codes(zipped: Zipped) -> None:
    number = (
        '<number:number-style style:name="N1"><number:number number:decimal-places="2" number:min-integer-digits="1" '
        'number:grouping="true"/></number:number-style>'
    )
    day = (
        '<number:date-style style:name="N2"><number:year number:style="long"/><number:text>年</number:text>'
        '<number:month/><number:text>-</number:text><number:day number:style="long"/></number:date-style>'
    )
    spent = (
        '<number:time-style style:name="N3" number:truncate-on-overflow="false"><number:hours/>'
        "<number:text>:</number:text>"
        '<number:minutes number:style="long"/></number:time-style>'
    )
    cells = "".join(
        f'<style:style style:name="ce{n}" style:family="table-cell" style:data-style-name="N{n}"/>'
        for n in (1, 2, 3)
    )
    before = f"<office:automatic-styles>{number}{day}{spent}{cells}</office:automatic-styles>"
    columns = '<table:table-column/><table:table-column table:default-cell-style-name="ce2"/>'
    value = 'office:value-type="float" office:value="1"'
    rows = (
        columns
        + row(cell("1", f'table:style-name="ce1" {value}'), cell("1", value), cell("1", value))
        + row(cell("1", value), more='table:default-cell-style-name="ce3"')
    )
    keeper = read(zipped(content(table(rows), before)))
    assert {place[1:]: kept.format for place, kept in keeper.kept.items()} == {
        (1, 1): "#,##0.00",
        (1, 2): 'yyyy"年"m-dd',
        (1, 3): "",
        (2, 1): "[h]:mm",
    }


def test_rules_filters_names_and_links_of_an_open_document_are_given(zipped: Zipped) -> None:
    rule = (
        '<table:content-validations><table:content-validation table:name="v1" table:condition="of:cell-content()>5">'
        '<table:help-message table:title="Achtung"><text:p>nur Zahlen</text:p></table:help-message>'
        "</table:content-validation></table:content-validations>"
    )
    condition = (
        '<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address="T.B2:T.B9">'
        '<calcext:condition calcext:apply-style-name="Bad" calcext:value="&gt;5"/></calcext:conditional-format>'
        "</calcext:conditional-formats>"
    )
    linked = '<table:table-source xlink:href="file:///c:/other.ods" table:table-name="S"/>'
    after = (
        '<table:named-expressions><table:named-range table:name="all" table:cell-range-address="$T.$A$1:.$B$9"/>'
        '</table:named-expressions><table:database-ranges><table:database-range table:name="db" '
        'table:target-range-address="T.A1:T.B9"><table:filter><table:filter-condition table:field-number="1" '
        'table:value="x" table:operator="="/></table:filter></table:database-range></table:database-ranges>'
        '<table:data-pilot-tables><table:data-pilot-table table:name="p" table:target-range-address="T.D1:T.E2">'
        '<table:source-cell-range table:cell-range-address="T.A1:T.B9"/></table:data-pilot-table>'
        "</table:data-pilot-tables>"
    )
    hidden = f"<table:table table:name=\"'file:///c:/other.ods'#$S\">{linked}{row(cell('was'))}</table:table>"
    rows = row(cell("1", 'table:content-validation-name="v1"')) + condition
    keeper = read(zipped(content(rule + table(rows) + hidden + after)))
    assert keeper.said == {
        "sheet=T&cell=A1&validation=1": "of:cell-content()>5",
        "sheet=T&cell=A1&prompt=1": "Achtung\nnur Zahlen",
        "sheet=T&cell=B2&condition=1": "T.B2:T.B9 >5 Bad",
        "sheet=T&filter=1": "field 1 = x",
    }
    assert keeper.sheets[2] == ("'file:///c:/other.ods'#$S", Flag.VERY_HIDDEN_SHEET)
    assert keeper.properties["odf:external-link"] == ["file:///c:/other.ods S"]
    assert keeper.properties["odf:defined-name"] == ["all=$T.$A$1:.$B$9"]
    assert keeper.properties["odf:database-range"] == ["db=T.A1:T.B9"]
    assert keeper.properties["odf:pivot"] == ["p=T.D1:T.E2; source-cell-range T.A1:T.B9"]


def test_what_floats_on_a_sheet_and_its_printed_margins_stand_with_the_sheet(zipped: Zipped) -> None:
    shapes = (
        '<table:shapes><draw:frame><draw:object xlink:href="./Object 1" draw:notify-on-update-of-ranges="T.A1:T.B9"/>'
        "</draw:frame><draw:frame><draw:text-box><text:p>one</text:p><text:p>two</text:p></draw:text-box></draw:frame>"
        '<draw:frame><draw:image xlink:href="Pictures/1.png"/></draw:frame></table:shapes>'
    )
    nested = f"<table:table>{row(cell('inner'))}</table:table>"
    master = (
        '<style:master-page style:name="M"><style:header><style:region-left><text:p>Amt</text:p></style:region-left>'
        "</style:header></style:master-page>"
    )
    tables = (
        '<office:automatic-styles><style:style style:name="ta1" style:family="table" style:master-page-name="M"/>'
        "</office:automatic-styles>"
    )
    sheet = f'<table:table table:name="T" table:style-name="ta1">{shapes}{row(cell("x", inside=nested))}</table:table>'
    parts = content(sheet, tables) | {
        "styles.xml": f"<office:document-styles {SPACES}><office:master-styles>{master}</office:master-styles>"
        "</office:document-styles>",
        "Object 1/content.xml": "<x/>",
    }
    keeper = read(zipped(parts))
    assert keeper.raw() == {(1, 1): "inner\nx"}
    assert keeper.said == {
        "sheet=T&object=1": "Object 1",
        "sheet=T&source=1": "T.A1:T.B9",
        "sheet=T&shape=1": "one\ntwo",
        "sheet=T&picture=1": "Pictures/1.png",
        "sheet=T&header=1": "Amt",
    }
    assert list(keeper.members) == ["Object 1/content.xml"]


def test_a_sheet_of_openoffice_1_keeps_its_types(zipped: Zipped) -> None:
    spaces = " ".join(
        f'xmlns:{one}="http://openoffice.org/2000/{one}"' for one in ("office", "table", "text", "style")
    )
    xml = (
        f'<office:document-content {spaces} office:class="spreadsheet"><office:body><table:table table:name="T">'
        '<table:table-row><table:table-cell table:value-type="float" table:value="17" table:formula="=[.A2]">'
        "<text:p>17,00</text:p></table:table-cell></table:table-row></table:table></office:body></office:document-content>"
    )
    keeper = read(zipped({"mimetype": "application/vnd.sun.xml.calc", "content.xml": xml}))
    assert keeper.kept[1, 1, 1] == Kept(CellType.NUMBER, "17", "17,00", "[.A2]", Flag.HAS_FORMULA & 0, "")


def test_a_flat_sheet_is_read_like_a_packed_one() -> None:
    flat = (
        f'<office:document {SPACES} office:mimetype="{ODS}"><office:body><office:spreadsheet>{table(row(cell("x")))}'
        "</office:spreadsheet></office:body></office:document>"
    )
    assert read(flat.encode()).raw() == {(1, 1): "x"}
