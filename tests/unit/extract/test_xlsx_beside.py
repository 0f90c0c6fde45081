"""Workbooks of Office Open XML: charts, diagrams, pivot caches, copies of other workbooks, texts left over."""

from __future__ import annotations

import pytest
from workbook_sink import Keeper, keep
from xlsx_by_hand import DRAWING, MAIN, OFFICE, book, one, relations, sheet, strings

from proofroom.extract.formats.xlsx import FORMAT
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
CHART = 'xmlns:c="urn:chart" xmlns:a="urn:main" xmlns:r="urn:r"'


def framed(inside: str) -> str:
    return f"<xdr:oneCellAnchor><xdr:graphicFrame>{inside}</xdr:graphicFrame></xdr:oneCellAnchor>"


SHOWS_CHART = framed("<c:chart xmlns:c='urn:c' r:id='c'/>")
SHOWS_DIAGRAM = framed("<dgm:relIds r:dm='m' r:lo='l'/>")


def with_chart(content: str | bytes, **more: str | bytes) -> Keeper:
    parts: dict[str, str | bytes] = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("d", "drawing", "../drawings/d.xml")),
        "xl/drawings/d.xml": f"<xdr:wsDr {DRAWING}>{SHOWS_CHART}</xdr:wsDr>",
        "xl/drawings/_rels/d.xml.rels": relations(("c", "chart", "../charts/chart1.xml")),
        "xl/charts/chart1.xml": content,
        "xl/charts/style1.xml": "<cs/>",
        "xl/charts/colors1.xml": "<cs/>",
        **more,
    }
    return keep(FORMAT.read, one(ROW, parts))


def test_a_chart_gives_its_texts_sources_and_the_values_it_keeps() -> None:
    found = with_chart(
        f"<c:chartSpace {CHART}><c:pivotSource><c:name>[册]页!透视</c:name></c:pivotSource><c:title><c:tx>"
        f"<c:rich><a:p>"
        "<a:r><a:t>收押</a:t></a:r><a:r><a:t>人数</a:t></a:r></a:p><a:p><a:r><a:t>2017</a:t></a:r></a:p>"
        "</c:rich></c:tx></c:title>"
        "<c:ser><c:tx><c:strRef><c:f>S!$B$1</c:f><c:strCache><c:pt idx='0'><c:v>人</c:v></c:pt></c:strCache>"
        "</c:strRef></c:tx>"
        "<c:cat><c:strRef><c:f>S!$A$2:$A$3</c:f><c:strCache><c:ptCount val='2'/><c:pt idx='0'><c:v>砚月县</c:v>"
        "</c:pt>"
        "<c:pt idx='1'><c:v>霜渡县</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val><c:numRef>"
        "<c:f>S!$B$2:$B$3</c:f>"
        "<c:numCache><c:formatCode>General</c:formatCode><c:pt idx='1'><c:v>12</c:v></c:pt></c:numCache>"
        "</c:numRef></c:val>"
        "</c:ser></c:chartSpace>"
    )
    assert found.said == {
        "sheet=S&chart=1&source=1": "[册]页!透视",
        "sheet=S&chart=1&text=1": "收押人数\n2017",
        "sheet=S&chart=1&source=2": "S!$B$1",
        "sheet=S&chart=1&text=2": "人",
        "sheet=S&chart=1&source=3": "S!$A$2:$A$3",
        "sheet=S&chart=1&series=1&category=1": "砚月县",
        "sheet=S&chart=1&series=1&category=2": "霜渡县",
        "sheet=S&chart=1&source=4": "S!$B$2:$B$3",
        "sheet=S&chart=1&series=1&value=2": "12",
    }
    assert (found.members, found.partial) == ({}, [])


def test_categories_of_several_levels_and_numbers_given_twice_share_no_address() -> None:
    found = with_chart(
        f"<c:chartSpace {CHART}><c:ser><c:cat><c:multiLvlStrRef><c:multiLvlStrCache><c:lvl><c:pt idx='0'>"
        f"<c:v>月</c:v></c:pt>"
        "</c:lvl><c:lvl><c:pt idx='0'><c:v>年</c:v></c:pt></c:lvl></c:multiLvlStrCache></c:multiLvlStrRef>"
        "</c:cat><c:val>"
        "<c:numLit><c:pt idx='0'><c:v>1</c:v></c:pt><c:pt idx='0'><c:v>2</c:v></c:pt></c:numLit></c:val>"
        "</c:ser></c:chartSpace>"
    )
    assert found.said == {
        "sheet=S&chart=1&series=1&category=1": "月",
        "sheet=S&chart=1&series=1&category=1&level=2": "年",
        "sheet=S&chart=1&series=1&value=1": "1",
        "sheet=S&chart=1&series=1&value=2": "2",
    }


def test_a_chart_of_newer_excel_is_read() -> None:
    found = with_chart(
        "<cx:chartSpace xmlns:cx='urn:cx' xmlns:a='urn:a'><cx:chartData><cx:data id='0'><cx:strDim type='cat'>"
        "<cx:f>S!A1</cx:f>"
        "<cx:lvl><cx:pt idx='0'>甲</cx:pt></cx:lvl></cx:strDim><cx:numDim type='val'><cx:f>S!B1</cx:f><cx:lvl>"
        "<cx:pt idx='0'>7</cx:pt></cx:lvl></cx:numDim></cx:data></cx:chartData><cx:chart><cx:title><cx:tx>"
        "<cx:rich><a:p><a:r>"
        "<a:t>树</a:t></a:r></a:p></cx:rich></cx:tx></cx:title></cx:chart></cx:chartSpace>"
    )
    assert found.said == {
        "sheet=S&chart=1&source=1": "S!A1",
        "sheet=S&chart=1&series=1&category=1": "甲",
        "sheet=S&chart=1&source=2": "S!B1",
        "sheet=S&chart=1&series=1&value=1": "7",
        "sheet=S&chart=1&text=1": "树",
    }


def test_shapes_drawn_over_a_chart_are_its_texts() -> None:
    more: dict[str, str | bytes] = {
        "xl/charts/_rels/chart1.xml.rels": relations(("u", "chartUserShapes", "../drawings/u.xml")),
        "xl/drawings/u.xml": "<c:userShapes xmlns:c='urn:c' xmlns:a='urn:a'><c:sp><c:txBody><a:p><a:r><a:t>机密"
        "</a:t></a:r></a:p>"
        "</c:txBody></c:sp></c:userShapes>",
    }
    assert with_chart(f"<c:chartSpace {CHART}/>", **more).said == {"sheet=S&chart=1&text=1": "机密"}


@pytest.mark.parametrize("content", [b"<c:chartSpace", b"no", f"<c:chartSpace {CHART}><c:ser>".encode()])
def test_a_broken_chart_is_told_and_handed_out(content: bytes) -> None:
    found = with_chart(content)
    assert found.partial == [Reason.DAMAGED_PART]
    assert found.members == {"xl/charts/chart1.xml": content}


def test_a_diagram_is_one_shape() -> None:
    parts: dict[str, str | bytes] = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("d", "drawing", "../drawings/d.xml")),
        "xl/drawings/d.xml": f'<xdr:wsDr {DRAWING} xmlns:dgm="urn:dgm">{SHOWS_DIAGRAM}</xdr:wsDr>',
        "xl/drawings/_rels/d.xml.rels": relations(("m", "diagramData", "../diagrams/data1.xml")),
        "xl/diagrams/data1.xml": "<dgm:dataModel xmlns:dgm='urn:d' xmlns:a='urn:a'><dgm:ptLst><dgm:pt><dgm:t>"
        "<a:p><a:r><a:t>局长"
        "</a:t></a:r></a:p></dgm:t></dgm:pt><dgm:pt/><dgm:pt><dgm:t><a:p><a:r><a:t>科长</a:t></a:r></a:p>"
        "</dgm:t></dgm:pt>"
        "</dgm:ptLst></dgm:dataModel>",
        "xl/diagrams/layout1.xml": "<l/>",
    }
    found = keep(FORMAT.read, one(ROW, parts))
    assert (found.said, found.members) == ({"sheet=S&shape=1": "局长\n科长"}, {})


def test_links_macros_and_hiding_of_shapes_are_kept() -> None:
    shape = (
        '<xdr:twoCellAnchor><xdr:sp macro="[0]!跑"><xdr:nvSpPr><xdr:cNvPr id="1" name="x" hidden="1" descr="说明">'
        '<a:hlinkClick r:id="h"/></xdr:cNvPr></xdr:nvSpPr></xdr:sp></xdr:twoCellAnchor>'
    )
    parts: dict[str, str | bytes] = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("d", "drawing", "../drawings/d.xml")),
        "xl/drawings/d.xml": f"<xdr:wsDr {DRAWING}>{shape}</xdr:wsDr>",
        "xl/drawings/_rels/d.xml.rels": relations(("h", "hyperlink", "file:///D://a.xls")),
    }
    found = keep(FORMAT.read, one(ROW, parts))
    assert found.said == {
        "sheet=S&shape=1": "说明",
        "sheet=S&link=1": "file:///D://a.xls",
        "sheet=S&macro=1": "[0]!跑",
    }
    assert set(found.pinned.values()) == {Flag.HIDDEN_TEXT}


def with_pivot(definition: str, records: str | None) -> Keeper:
    parts: dict[str, str | bytes] = {
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"), ("p", "pivotCacheDefinition", "pivotCache/d.xml")
        ),
        "xl/pivotCache/d.xml": definition,
    }
    if records is not None:
        parts["xl/pivotCache/_rels/d.xml.rels"] = relations(("r", "pivotCacheRecords", "r.xml"))
        parts["xl/pivotCache/r.xml"] = records
    inside = '<pivotCaches><pivotCache cacheId="1" r:id="p"/></pivotCaches>'
    return keep(FORMAT.read, book({"S": sheet(ROW)}, parts, inside))


DEFINITION = (
    f'<pivotCacheDefinition xmlns="{MAIN}" refreshedBy="王" refreshedDate="43000.5" recordCount="2"><cacheSource>'
    '<worksheetSource ref="A1:C3" sheet="旧页"/></cacheSource><cacheFields><cacheField name="县"><sharedItems>'
    '<s v="砚月县"/><s v="已删县"/></sharedItems><fieldGroup><groupItems><s v="组"/></groupItems></fieldGroup>'
    "</cacheField>"
    '<cacheField name="数"><sharedItems containsNumber="1"/></cacheField><cacheField name="算" databaseField="0"/>'
    '<cacheField name="是"><sharedItems/></cacheField></cacheFields></pivotCacheDefinition>'
)


def test_a_pivot_cache_gives_its_rows_and_what_no_row_holds() -> None:
    records = (
        f'<pivotCacheRecords xmlns="{MAIN}"><r><x v="0"/><n v="5"/><b v="1"/></r><r><x v="0"/><m/><s v="否"/></r>'
        "</pivotCacheRecords>"
    )
    found = with_pivot(DEFINITION, records)
    assert found.said == {
        "pivot-cache=1&header=1": "县\t数\t算\t是",
        "pivot-cache=1&row=1": "砚月县\t5\tTRUE",
        "pivot-cache=1&row=2": "砚月县\t\t否",
        "pivot-cache=1&field=1&item=2": "已删县",
    }
    assert found.properties["ooxml:pivot-cache"] == ["1: 2 rows from 旧页!A1:C3"]
    assert found.properties["ooxml:pivot-refreshed-by"] == ["王"]
    assert (found.members, found.partial) == ({}, [])


@pytest.mark.parametrize("records", ["<pivotCacheRecords><r><x v='99999999999'/><x v='7'/><x/></r>", "no"])
def test_a_lying_pivot_cache_is_told_and_handed_out(records: str) -> None:
    found = with_pivot(DEFINITION, records)
    assert found.partial == [Reason.DAMAGED_PART]
    assert list(found.members) == ["xl/pivotCache/r.xml"]


def with_link(content: str) -> Keeper:
    parts: dict[str, str | bytes] = {
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"), ("e", "externalLink", "externalLinks/e.xml")
        ),
        "xl/externalLinks/e.xml": f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}">{content}</externalLink>',
        "xl/externalLinks/_rels/e.xml.rels": relations(("r", "externalLinkPath", "file:///D://总表.xlsx")),
    }
    inside = '<externalReferences><externalReference r:id="e"/></externalReferences>'
    return keep(FORMAT.read, book({"S": sheet(ROW)}, parts, inside))


def test_what_was_last_seen_in_another_workbook_is_kept() -> None:
    found = with_link(
        '<externalBook r:id="r"><sheetNames><sheetName val="人员"/></sheetNames><definedNames><definedName name="总" '
        'refersTo="=\'人员\'!$A$1"/></definedNames><sheetDataSet><sheetData sheetId="0"><row r="2">'
        '<cell r="B2" t="str"><v>王'
        '某</v></cell><cell r="C2" t="b"><v>1</v></cell><cell r="B2"><v>9</v></cell><cell r="坏"><v>9</v>'
        "</cell></row></sheetData>"
        '<sheetData sheetId="7"><row r="1"><cell r="A1"><v>3</v></cell></row></sheetData></sheetDataSet>'
        "</externalBook>"
    )
    assert found.said == {
        "linked-book=1&sheet=人员&cell=B2": "王某",
        "linked-book=1&sheet=人员&cell=C2": "TRUE",
        "linked-book=1&sheet=8&cell=A1": "3",
    }
    assert found.properties["ooxml:external-link"] == ["file:///D://总表.xlsx"]
    assert found.properties["ooxml:external-name"] == ["总='人员'!$A$1".replace("='", "=='")]


def test_what_another_program_gave_is_kept() -> None:
    found = with_link(
        '<ddeLink ddeService="cmd" ddeTopic="/c calc"><ddeItems><ddeItem name="A0"><values rows="2" cols="1">'
        '<value t="str">'
        "<val>旧</val></value><value><val>4</val></value></values></ddeItem></ddeItems></ddeLink>"
    )
    assert found.said == {"linked-book=1&sheet=A0&cell=A1": "旧", "linked-book=1&sheet=A0&cell=A2": "4"}
    assert found.properties["ooxml:external-link"] == ["file:///D://总表.xlsx", "cmd|/c calc"]
    assert found.properties["ooxml:external-item"] == ["cmd|/c calc!A0"]


TEXTS = strings("<t>名</t>", "<t>已删除的人</t>", "<r><t>留</t></r><r><t>下</t></r>", "<t/>", "<t>后</t>")


def test_a_text_that_no_cell_shows_is_kept_as_left_over() -> None:
    rows = '<row r="1"><c r="A1" t="s"><v>4</v></c><c r="B1" t="s"><v>0</v></c></row>'
    found = keep(FORMAT.read, one(rows, {"xl/sharedStrings.xml": TEXTS}))
    assert found.said == {"leftover=2": "已删除的人", "leftover=3": "留下"}
    assert set(found.pinned.values()) == {Flag.HIDDEN_TEXT}
    assert found.properties["ooxml:shared-strings"] == [
        "5 texts, 3 that no cell shows, 1 steps back in order of use"
    ]


def test_the_texts_of_a_lost_sheet_are_left_over() -> None:
    parts: dict[str, str | bytes] = {"xl/sharedStrings.xml": TEXTS, "xl/worksheets/sheet1.xml": b"\0"}
    found = keep(FORMAT.read, book({"S": "x"}, parts))
    assert list(found.said.values()) == ["名", "已删除的人", "留下", "后"]
    assert found.partial == [Reason.DAMAGED_PART]


@pytest.mark.parametrize("between", ["", "<!-- by expat -->"])
def test_a_reading_aid_stands_at_the_first_cell_that_shows_its_text(between: str) -> None:
    aid = '<t>東京</t><rPh sb="0" eb="2"><t>トウ&amp;</t></rPh><rPh sb="2" eb="4"><t>キョウ</t></rPh>'
    '<phoneticPr fontId="1"/>'
    cells = "".join(f'<c r="{letter}1" t="s"><v>1</v></c>' for letter in "AB")
    table = strings("<t>x</t>", aid, '<t>余</t><rPh sb="0" eb="1"><t>ヨ</t></rPh>').replace(
        "<si>", between + "<si>", 1
    )
    found = keep(FORMAT.read, one(f'<row r="1">{cells}</row>', {"xl/sharedStrings.xml": table}))
    assert found.raw() == {(1, 1): "東京", (1, 2): "東京"}
    assert found.said == {
        "sheet=S&cell=A1&ruby=1": "トウ&キョウ",
        "leftover=1": "x",
        "leftover=3": "余",
        "leftover=3&ruby=1": "ヨ",
    }
