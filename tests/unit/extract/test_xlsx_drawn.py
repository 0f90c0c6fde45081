"""Workbooks of Office Open XML: charts, diagrams, shapes and pictures that are drawn over the cells."""

from __future__ import annotations

import pytest
from workbook_sink import Keeper, keep
from xlsx_by_hand import DRAWING, one, relations

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


def test_pictures_of_old_drawings_stand_at_their_cells_and_once() -> None:
    vml = (
        '<xml xmlns:v="urn:v" xmlns:x="urn:x" xmlns:o="urn:o"><v:shape alt="章"><v:imagedata o:relid="a"/>'
        "<x:ClientData "
        'ObjectType="Pict"><x:Anchor>2, 0, 4, 0, 3, 0, 9, 0</x:Anchor><x:FmlaMacro>[0]!跑</x:FmlaMacro>'
        "</x:ClientData></v:shape>"
        '<v:shape><v:imagedata o:relid="b"/><x:ClientData><x:Anchor>坏</x:Anchor></x:ClientData></v:shape></xml>'
    )
    anchor = "<anchor><from><col>2</col><row>4</row></from></anchor>"
    objects = f'<oleObject r:id="o" shapeId="1"><objectPr r:id="p">{anchor}</objectPr></oleObject>'
    parts: dict[str, str | bytes] = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("v", "vmlDrawing", "../drawings/v.vml"),
            ("o", "oleObject", "../embeddings/o.bin"),
            ("p", "image", "../media/a.emf"),
            ("back", "image", "../media/back.png"),
        ),
        "xl/drawings/v.vml": vml,
        "xl/drawings/_rels/v.vml.rels": relations(
            ("a", "image", "../media/a.emf"),
            ("b", "image", "../media/b.emf"),
            ("c", "image", "../media/c.emf"),
        ),
    }
    found = keep(FORMAT.read, one(ROW, parts, after=f"<oleObjects>{objects}</oleObjects>"))
    assert found.partial == []
    assert found.said == {
        "sheet=S&cell=C5&picture=1": "xl/media/a.emf",
        "sheet=S&cell=C5&object=1": "xl/embeddings/o.bin",
        "sheet=S&shape=1": "章",
        "sheet=S&macro=1": "[0]!跑",
        "sheet=S&picture=1": "xl/media/b.emf",
        "sheet=S&picture=2": "xl/media/c.emf",
        "sheet=S&picture=3": "xl/media/back.png",
    }
