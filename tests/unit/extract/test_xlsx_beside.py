"""Workbooks of Office Open XML: pivot caches, copies of other workbooks, tracked changes, texts left over."""

from __future__ import annotations

import pytest
from workbook_sink import Keeper, keep
from xlsx_by_hand import MAIN, OFFICE, book, one, relations, sheet, strings

from proofroom.extract.formats.xlsx import FORMAT
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


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
        "linked-book=1": "file:///D://总表.xlsx",
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
    assert found.said == {
        "linked-book=1": "file:///D://总表.xlsx",
        "linked-book=1&value=2": "cmd|/c calc",
        "linked-book=1&sheet=A0&cell=A1": "旧",
        "linked-book=1&sheet=A0&cell=A2": "4",
    }
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


def test_the_tracked_changes_of_a_shared_workbook_are_kept() -> None:
    parts: dict[str, str | bytes] = {
        "xl/_rels/workbook.xml.rels": relations(
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("h", "revisionHeaders", "revisions/revisionHeaders.xml"),
            ("u", "usernames", "revisions/userNames.xml"),
        ),
        "xl/revisions/userNames.xml": f'<users xmlns="{MAIN}">'
        f'<userInfo name="李" dateTime="2017-06-01T08:00:00"/></users>',
        "xl/revisions/revisionHeaders.xml": f'<headers xmlns="{MAIN}" xmlns:r="{OFFICE}"><header userName="王" '
        'dateTime="2017-06-02T09:00:00" r:id="l"/></headers>',
        "xl/revisions/_rels/revisionHeaders.xml.rels": relations(("l", "revisionLog", "log1.xml")),
        "xl/revisions/log1.xml": f'<revisions xmlns="{MAIN}"><rcc rId="1" sId="1"><oc r="B2" t="inlineStr"><is>'
        f"<t>在押</t></is>"
        '</oc><nc r="B2"><f>A1</f><v>5</v></nc></rcc><rrc rId="2" sId="1" ref="A5:XFD5" action="deleteRow">'
        '<rcc rId="0" sId="1">'
        '<nc r="A5" t="inlineStr"><is><t>已删</t></is></nc></rcc></rrc>'
        '<rsnm rId="3" sheetId="9" oldName="[a]旧" newName="[a]新"/>'
        "</revisions>",
    }
    found = keep(FORMAT.read, book({"S": sheet(ROW)}, parts))
    facts = {"&author=1": "王", "&date=1": "2017-06-02T09:00:00"}
    assert found.said == {
        "sheet=S&change=1": "cell",
        **{f"sheet=S&change=1{name}": text for name, text in facts.items()},
        "sheet=S&change=1&cell=B2&deleted=1": "在押",
        "sheet=S&change=1&cell=B2": "=A1 5",
        "sheet=S&change=2": "deleteRow A5:XFD5",
        **{f"sheet=S&change=2{name}": text for name, text in facts.items()},
        "sheet=S&change=2&cell=A5&deleted=1": "已删",
        "sheet=9&change=1": "new name [a]旧 [a]新",
        **{f"sheet=9&change=1{name}": text for name, text in facts.items()},
    }
    assert found.properties["ooxml:shared-with"] == ["李 2017-06-01T08:00:00"]
    assert found.pinned["sheet=S&change=1&cell=B2&deleted=1"] == Flag.DELETED
    assert (found.members, found.partial) == ({}, [])
