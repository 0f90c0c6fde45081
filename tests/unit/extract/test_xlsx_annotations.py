"""Workbooks: what is pinned to cells and sheets, and what stands around them, has its address or its name."""

from __future__ import annotations

import pytest
from workbook_sink import Keeper, keep
from xlsx_by_hand import DRAWING, HEAD, MAIN, OFFICE, book, one, relations, sheet

from proofroom.extract.formats.xlsx import FORMAT
from proofroom.model.evidence import Flag

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
SHEET_ARROWS = "xl/worksheets/_rels/sheet1.xml.rels"
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
RICH = "http://schemas.microsoft.com/office/2017/06/relationships"


def read(more: dict[str, str | bytes], after: str = "", rows: str = ROW) -> Keeper:
    found = keep(FORMAT.read, one(rows, more, after=after))
    assert (found.ended, found.partial) == (None, [])
    return found


def comments(*notes: tuple[str, int, str]) -> str:
    inner = "".join(
        f'<comment ref="{at}" authorId="{who}"><text>{text}</text></comment>' for at, who, text in notes
    )
    authors = "<authors><author>登记员</author><author>tc={1}</author></authors>"
    return f'{HEAD}<comments xmlns="{MAIN}">{authors}<commentList>{inner}</commentList></comments>'


def test_comments_stand_at_their_cell_in_order() -> None:
    notes = (("B2", 0, "<t>一</t>"), ("B2", 0, "<r><t>two </t></r><r><t>runs</t></r>"), ("C3", 9, "<t>x</t>"))
    found = read(
        {SHEET_ARROWS: relations(("a", "comments", "../comments1.xml")), "xl/comments1.xml": comments(*notes)}
    )
    assert found.said == {
        "sheet=S&cell=B2&comment=1": "一",
        "sheet=S&cell=B2&comment=1&author=1": "登记员",
        "sheet=S&cell=B2&comment=2": "two runs",
        "sheet=S&cell=B2&comment=2&author=1": "登记员",
        "sheet=S&cell=C3&comment=1": "x",
    }
    assert found.properties["ooxml:comment-author"] == ["登记员"]


def test_threads_are_read_and_the_copies_for_old_programs_left_out() -> None:
    threads = (
        f'{HEAD}<ThreadedComments xmlns="{THREADS}"><threadedComment ref="B2" id="{{1}}"'
        ' personId="{p}" dT="2022-05-24T08:00:00.00">'
        '<text>question</text></threadedComment><threadedComment ref="B2" id="{2}" parentId="{1}">'
        "<text>answer</text></threadedComment></ThreadedComments>"
    )
    found = read(
        {
            SHEET_ARROWS: relations(
                ("t", "http://x/threadedComment", "../threads.xml"), ("c", "comments", "../comments1.xml")
            ),
            "xl/comments1.xml": comments(
                ("B2", 1, "<t>[Threaded comment] question</t>"), ("C1", 0, "<t>note</t>")
            ),
            "xl/threads.xml": threads,
        }
    )
    assert found.said == {
        "sheet=S&cell=C1&comment=1": "note",
        "sheet=S&cell=C1&comment=1&author=1": "登记员",
        "sheet=S&cell=B2&comment=1": "question",
        "sheet=S&cell=B2&comment=1&date=1": "2022-05-24T08:00:00.00",
        "sheet=S&cell=B2&comment=2": "answer",
    }


def test_a_copy_whose_thread_is_gone_stays() -> None:
    more = {
        SHEET_ARROWS: relations(("c", "comments", "../c.xml")),
        "xl/c.xml": comments(("B2", 1, "<t>left</t>")),
    }
    assert read(more).said == {"sheet=S&cell=B2&comment=1": "left"}


def test_links_give_their_target_at_the_first_cell() -> None:
    after = (
        '<hyperlinks><hyperlink ref="A1:B2" r:id="h" location="top"/><hyperlink ref="C1" location="Sheet2!A1"/>'
        '<hyperlink ref="D1" r:id="gone"/></hyperlinks>'
    )
    found = read({SHEET_ARROWS: relations(("h", "hyperlink", "http://a.example/?x=1&amp;y=2"))}, after)
    assert found.said == {
        "sheet=S&cell=A1&link=1": "http://a.example/?x=1&y=2#top",
        "sheet=S&cell=C1&link=1": "#Sheet2!A1",
    }


def picture(number: str, description: str = "") -> str:
    return (
        f'<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="p" descr="{description}"/></xdr:nvPicPr><xdr:blipFill>'
        f'<a:blip r:embed="{number}"/></xdr:blipFill></xdr:pic>'
    )


def anchor(row: int, column: int, inside: str) -> str:
    corner = f"<xdr:from><xdr:col>{column}</xdr:col><xdr:row>{row}</xdr:row></xdr:from>"
    return f"<xdr:oneCellAnchor>{corner}{inside}</xdr:oneCellAnchor>"


def drawn(inside: str) -> dict[str, str | bytes]:
    return {
        SHEET_ARROWS: relations(("d", "drawing", "../drawings/drawing1.xml")),
        "xl/drawings/drawing1.xml": f"{HEAD}<xdr:wsDr {DRAWING}>{inside}</xdr:wsDr>",
        "xl/drawings/_rels/drawing1.xml.rels": relations(
            ("rId1", "image", "../media/image1.png"), ("rId2", "image", "http://a.example/b.png")
        ),
        "xl/media/image1.png": b"png",
    }


def test_a_picture_over_a_cell_names_its_member() -> None:
    group = f"<xdr:grpSp>{picture('rId1', '合影')}{picture('rId1')}</xdr:grpSp>"
    linked = picture("rId2").replace("r:embed", "r:link")
    found = read(drawn(anchor(1, 3, group) + anchor(1, 3, linked)))
    assert found.said == {
        "sheet=S&shape=1": "合影",
        "sheet=S&cell=D2&picture=1": "xl/media/image1.png",
        "sheet=S&cell=D2&picture=2": "xl/media/image1.png",
        "sheet=S&cell=D2&picture=3": "http://a.example/b.png",
    }
    assert found.members == {"xl/media/image1.png": b"png"}
    assert found.properties["ooxml:external:image"] == ["http://a.example/b.png"]


def test_a_picture_that_floats_stands_at_the_sheet() -> None:
    more = drawn(f"<xdr:absoluteAnchor>{picture('rId1')}</xdr:absoluteAnchor>")
    more[SHEET_ARROWS] = relations(
        ("d", "drawing", "../drawings/drawing1.xml"), ("b", "image", "../media/image1.png")
    )
    found = read(more)
    assert found.said == {
        "sheet=S&picture=1": "xl/media/image1.png",
        "sheet=S&picture=2": "xl/media/image1.png",
    }


def test_text_boxes_are_read_once() -> None:
    def box(text: str) -> str:
        paragraphs = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("|"))
        return f"<xdr:sp><xdr:txBody>{paragraphs}</xdr:txBody></xdr:sp>"

    choice = (
        f"<mc:AlternateContent><mc:Choice>{box('new')}</mc:Choice><mc:Fallback>{box('old')}</mc:Fallback>"
    )
    found = read(drawn(anchor(0, 0, box("one|two")) + anchor(0, 0, choice + "</mc:AlternateContent>")))
    assert found.said == {"sheet=S&shape=1": "one\ntwo", "sheet=S&shape=2": "new"}


def test_old_drawings_give_their_texts_and_pictures() -> None:
    vml = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        "<v:shape><v:textbox><div><font>Start </font><b>now</b></div></v:textbox>"
        '<x:ClientData ObjectType="Button"/></v:shape>'
        '<v:shape><v:textbox>note</v:textbox><x:ClientData ObjectType="Note"/></v:shape></xml>'
    )
    more: dict[str, str | bytes] = {
        SHEET_ARROWS: relations(("v", "vmlDrawing", "../drawings/v.vml")),
        "xl/drawings/v.vml": vml,
        "xl/drawings/_rels/v.vml.rels": relations(("i", "image", "../media/a.emf")),
        "xl/media/a.emf": b"emf",
    }
    found = read(more)
    assert found.said == {"sheet=S&shape=1": "Start now", "sheet=S&picture=1": "xl/media/a.emf"}
    assert list(found.members) == ["xl/media/a.emf"]
    found = read(more | {"xl/drawings/v.vml": vml.replace("</font>", "<br>")})
    assert list(found.members) == ["xl/drawings/v.vml", "xl/media/a.emf"]


def rich(order: str = "01") -> dict[str, str | bytes]:
    futures = "".join(f'<bk><extLst><ext><x:rvb i="{place}"/></ext></extLst></bk>' for place in order)
    values = "".join(f'<bk><rc t="1" v="{place}"/></bk>' for place in range(2))
    return {
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("m", "sheetMetadata", "metadata.xml"),
            ("v", f"{RICH}/rdRichValue", "richData/rdrichvalue.xml"),
            ("s", f"{RICH}/rdRichValueStructure", "richData/rdrichvaluestructure.xml"),
            (
                "r",
                "http://schemas.microsoft.com/office/2022/10/relationships/richValueRel",
                "richData/rel.xml",
            ),
        ),
        "xl/metadata.xml": f'<metadata xmlns="{MAIN}" xmlns:x="urn:x"><metadataTypes><metadataType name="XLRICHVALUE"/>'
        f'</metadataTypes><futureMetadata name="XLRICHVALUE">{futures}</futureMetadata>'
        f"<valueMetadata>{values}</valueMetadata></metadata>",
        "xl/richData/rdrichvalue.xml": '<rvData><rv s="0"><v>1</v><v>5</v></rv><rv s="1"><v>x</v><v>0</v></rv>'
        "</rvData>",
        "xl/richData/rdrichvaluestructure.xml": '<rvStructures><s t="_localImage"><k n="_rvRel:LocalImageIdentifier"/>'
        '<k n="CalcOrigin"/></s><s><k n="Text"/><k n="_rvRel:LocalImageIdentifier"/></s></rvStructures>',
        "xl/richData/rel.xml": f'<rels xmlns:r="{OFFICE}"><rel r:id="a"/><rel r:id="b"/></rels>',
        "xl/richData/_rels/rel.xml.rels": relations(
            ("a", "image", "../media/a.png"), ("b", "image", "../media/b.png")
        ),
        "xl/media/a.png": b"a",
        "xl/media/b.png": b"b",
    }


def test_a_picture_in_a_cell_names_its_member() -> None:
    rows = (
        '<row r="2"><c r="D2" t="e" vm="1"><v>#VALUE!</v></c></row><row r="3" hidden="1"><c r="D3" t="e" vm="2">'
        '<v>#VALUE!</v></c><c r="E3" vm="3"><v>1</v></c><c r="F3" vm="x"><v>1</v></c></row>'
    )
    found = read(rich(), rows=rows)
    assert found.said == {
        "sheet=S&cell=D2&picture=1": "xl/media/b.png",
        "sheet=S&cell=D3&picture=1": "xl/media/a.png",
    }
    assert list(found.pinned.values()) == [Flag.NONE, Flag.HIDDEN_ROW]
    assert found.kept[1, 2, 4].raw == "#VALUE!"
    assert read(rich("10"), rows=rows).said["sheet=S&cell=D2&picture=1"] == "xl/media/a.png"


def test_a_cell_image_of_wps_office_names_its_member() -> None:
    images = (
        f'{HEAD}<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" {DRAWING}>'
        f"<etc:cellImage>{picture('rId1')}</etc:cellImage></etc:cellImages>"
    ).replace('name="p"', 'name="ID_7F"')
    more: dict[str, str | bytes] = {
        "xl/cellimages.xml": images,
        "xl/_rels/cellimages.xml.rels": relations(("rId1", "image", "media/image1.jpeg")),
        "xl/media/image1.jpeg": b"jpeg",
    }
    rows = "".join(
        f'<row r="{n}"><c r="C{n}" t="str"><f>_xlfn.DISPIMG(&quot;{name}&quot;,1)</f><v>=DISPIMG("{name}",1)</v>'
        "</c></row>"
        for n, name in enumerate(["ID_7F", "ID_none", *["ID_7F"] * 20], 1)
    )
    found = read(more, rows=rows)
    assert found.said == {f"sheet=S&cell=C{n}&picture=1": "xl/media/image1.jpeg" for n in (1, *range(3, 23))}


def test_headers_and_footers_are_given_as_they_are_stored() -> None:
    after = (
        "<headerFooter><oddHeader>&amp;L绝密&amp;R&amp;P</oddHeader><oddFooter>&amp;C页脚</oddFooter>"
        "<firstHeader>first</firstHeader><evenFooter/></headerFooter>"
    )
    assert read({}, after).said == {
        "sheet=S&header=1": "&L绝密&R&P",
        "sheet=S&header=2": "first",
        "sheet=S&footer=1": "&C页脚",
    }


def test_names_people_and_links_to_other_books_are_properties() -> None:
    names = '<definedName name="总数">S!$A$1</definedName><definedName name="h" hidden="1">1</definedName>'
    more: dict[str, str | bytes] = {
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("e", "externalLink", "externalLinks/e.xml"),
            ("p", "http://schemas.microsoft.com/office/2017/10/relationships/person", "persons/p.xml"),
        ),
        "xl/externalLinks/e.xml": f'<externalLink xmlns="{MAIN}"/>',
        "xl/externalLinks/_rels/e.xml.rels": relations(("r", "externalLinkPath", "file:///D://名单.xlsx")),
        "xl/persons/p.xml": f'<personList xmlns="{THREADS}"><person displayName="王" id="{{p}}"/></personList>',
    }
    found = keep(FORMAT.read, book({"S": sheet(ROW)}, more, f"<definedNames>{names}</definedNames>"))
    assert found.properties["ooxml:defined-name"] == ["总数=S!$A$1"]
    assert found.properties["ooxml:defined-name-hidden"] == ["h=1"]
    assert found.properties["ooxml:external-link"] == ["file:///D://名单.xlsx"]
    assert found.properties["ooxml:person"] == ["王"]
    assert not found.members


def test_properties_are_found_where_the_package_says() -> None:
    kind = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    core = "<coreProperties><creator>局</creator><created>2016-01-04T10:12:00Z</created></coreProperties>"
    more: dict[str, str | bytes] = {
        "_rels/.rels": relations(("a", "officeDocument", "xl/workbook.xml"), ("b", kind, "package/c.psmdcp")),
        "package/c.psmdcp": core,
        "docProps/custom.xml": '<Properties><property name="Marker"><lpwstr>x</lpwstr></property></Properties>',
        "docProps/strange.xml": "<a/>",
    }
    found = read(more)
    assert found.properties["ooxml:creator"] == ["局"]
    assert found.properties["ooxml:custom:Marker"] == ["x"]
    assert list(found.members) == ["docProps/strange.xml"]


@pytest.mark.parametrize(
    "part",
    ["xl/vbaProject.bin", "xl/pivotCache/pivotCacheRecords1.xml", "xl/charts/chart1.xml", "xl/embeddings/a.docx",
     "customXml/item1.xml", "docProps/thumbnail.jpeg", "xl/model/item.data", "xl/worksheets/sheet9.xml", "EvilInfo.bin"]
)  # fmt: skip
def test_every_part_of_its_own_is_a_member(part: str) -> None:
    assert read({part: b"content"}).members == {part: b"content"}


def test_two_sheets_of_one_name_share_no_address() -> None:
    names = f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" r:id="rId1"/>'
    names += '<sheet name="S" r:id="rId1"/></sheets></workbook>'
    after = "<headerFooter><oddHeader>h</oddHeader></headerFooter>"
    found = keep(FORMAT.read, one(ROW, {"xl/workbook.xml": names}, after=after))
    assert found.said == {"sheet=S&header=1": "h", "sheet=S&header=2": "h"}
    assert list(found.kept) == [(1, 1, 1), (2, 1, 1)]
