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
        *(("draw", "drawing"), ("meta", "meta"), ("svg", "svg-compatible"), ("manifest", "manifest")),
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


def test_an_open_document_under_a_password_is_locked(zipped: Zipped) -> None:
    manifest = f"<manifest:manifest {SPACES}><manifest:encryption-data/></manifest:manifest>"
    data = zipped({"mimetype": ODS, "content.xml": b"\x8f\1", "META-INF/manifest.xml": manifest})
    assert ending(read(data)) == (State.LOCKED, Reason.PASSWORD_UNKNOWN)


def test_entities_refuse_an_open_document(zipped: Zipped) -> None:
    parts = content(table(row(cell("&a;"))))
    parts["content.xml"] = f'<!DOCTYPE x [<!ENTITY a "b">]>{parts["content.xml"]!s}'
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
