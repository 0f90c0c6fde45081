"""Workbooks of Office Open XML: what rules the cells, and what a sheet says of itself."""

from __future__ import annotations

import io
import zipfile

import pytest
from workbook_sink import Keeper, keep
from xlsx_by_hand import HEAD, MAIN, book, one, relations, sheet, unpack

from proofroom.extract.formats.xlsx import FORMAT
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
NEWER = 'xmlns:x14="urn:x14" xmlns:xm="urn:xm"'


def read(after: str = "", before: str = "", rows: str = ROW) -> Keeper:
    found = keep(FORMAT.read, one(rows, after=after, before=before))
    assert (found.ended, found.partial) == (None, [])
    return found


def test_what_values_a_cell_allows_stands_at_its_first_cell() -> None:
    after = (
        '<dataValidations><dataValidation type="list" sqref="B2:B9 D2" promptTitle="性别" prompt="选" '
        'errorTitle="错" error="不对"><formula1>"男,女"</formula1></dataValidation>'
        '<dataValidation type="whole" operator="greaterThan" sqref="C1"><formula1>5</formula1></dataValidation>'
        '<dataValidation type="decimal" sqref="C2"><formula1>1</formula1><formula2>2</formula2></dataValidation>'
        '<dataValidation sqref="C3" prompt="只有话"/></dataValidations>'
    )
    assert read(after).said == {
        "sheet=S&cell=B2&validation=1": 'B2:B9 D2 list "男,女"',
        "sheet=S&cell=B2&prompt=1": "性别\n选",
        "sheet=S&cell=B2&prompt=2": "错\n不对",
        "sheet=S&cell=C1&validation=1": "C1 whole > 5",
        "sheet=S&cell=C2&validation=1": "C2 decimal between 1 and 2",
        "sheet=S&cell=C3&prompt=1": "只有话",
    }


def test_rules_of_newer_excel_are_read_as_well() -> None:
    after = (
        f"<extLst {NEWER}><ext><x14:dataValidations><x14:dataValidation type='list'><x14:formula1>"
        f"<xm:f>名单!$A$1:$A$9"
        "</xm:f></x14:formula1><xm:sqref>C2:C5</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
        "<ext><x14:conditionalFormatting><x14:cfRule type='cellIs' operator='equal'><xm:f>名单!$B$1</xm:f>"
        "</x14:cfRule>"
        "<xm:sqref>D1</xm:sqref></x14:conditionalFormatting></ext><ext><x14:sparklineGroups><x14:sparklineGroup>"
        "<x14:sparklines><x14:sparkline><xm:f>S!A1:C1</xm:f><xm:sqref>E1</xm:sqref></x14:sparkline></x14:sparklines>"
        "</x14:sparklineGroup></x14:sparklineGroups></ext></extLst>"
    )
    assert read(after).said == {
        "sheet=S&cell=C2&validation=1": "C2:C5 list 名单!$A$1:$A$9",
        "sheet=S&cell=D1&condition=1": "D1 cell = 名单!$B$1",
        "sheet=S&cell=E1&sparkline=1": "S!A1:C1",
    }


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (('<cfRule type="cellIs" operator="between"><formula>1</formula><formula>5</formula>'
        '</cfRule>'), "cell between 1 and 5"),
        ('<cfRule type="expression"><formula>A1&gt;B1</formula></cfRule>', "formula A1>B1"),
        ('<cfRule type="containsText" text="密"><formula>NOT(ISERROR(SEARCH("密",A1)))</formula></cfRule>',
         'formula NOT(ISERROR(SEARCH("密",A1)))'),
        ('<cfRule type="top10" rank="3" percent="1" bottom="1"/>', "bottom 3%"),
        ('<cfRule type="duplicateValues"/>', "duplicateValues"),
        ('<cfRule type="aboveAverage" aboveAverage="0"/>', "belowAverage"),
    ],
)  # fmt: skip
def test_a_condition_says_what_marks_a_cell(rule: str, said: str) -> None:
    found = read(f'<conditionalFormatting sqref="A1:A9">{rule}</conditionalFormatting>')
    assert found.said == {"sheet=S&cell=A1&condition=1": f"A1:A9 {said}"}


def test_a_filter_says_what_it_keeps() -> None:
    after = (
        '<autoFilter ref="A1:D9"><filterColumn colId="0"><filters blank="1"><filter val="拘留"/><dateGroupItem '
        'year="2017" month="6"/></filters></filterColumn><filterColumn colId="2"><customFilters and="1">'
        "<customFilter "
        'operator="greaterThan" val="3"/><customFilter operator="lessThan" val="9"/></customFilters></filterColumn>'
        '<filterColumn colId="3"><top10 val="10"/></filterColumn></autoFilter>'
    )
    assert list(read(after).said.values()) == [
        'column 1: = blank or = "拘留" or = 2017-06',
        'column 3: > "3" and < "9"',
        "column 4: top 10",
    ]


def test_a_scenario_gives_who_made_it_and_its_values() -> None:
    after = (
        '<scenarios><scenario name="最坏" user="王" comment="不外传" hidden="1"><inputCells r="B2" val="7"/>'
        '<inputCells r="B2" val="8"/><inputCells r="没有" val="9"/></scenario></scenarios>'
    )
    assert read(after).said == {
        "sheet=S&scenario=1": "最坏\n王\n不外传\nhidden",
        "sheet=S&scenario=1&value=B2": "8",
    }


def test_a_sheet_tells_its_protection_view_and_outline() -> None:
    before = (
        '<sheetPr codeName="名单页"/><dimension ref="A1:C9"/><sheetViews><sheetView tabSelected="1" topLeftCell="A5">'
        '<selection activeCell="B7" sqref="B7:B8"/></sheetView></sheetViews><sheetFormatPr outlineLevelRow="2"/>'
    )
    after = (
        '<sheetProtection sheet="1" algorithmName="SHA-512" hashValue="aa"/><protectedRanges><protectedRange '
        'name="局" sqref="A1:A2" securityDescriptor="O:WDG"/></protectedRanges>'
    )
    assert read(after, before).said == {
        "sheet=S&meta=code-name": "名单页",
        "sheet=S&meta=dimension": "A1:C9",
        "sheet=S&meta=view": "top=A5 chosen=B7:B8 in front",
        "sheet=S&meta=outline": "rows=2",
        "sheet=S&meta=protection": "sheet=1 algorithmName=SHA-512 hashValue=aa",
        "sheet=S&meta=protected-range": "局 A1:A2 O:WDG",
    }


def test_a_rule_at_a_hidden_cell_is_hidden() -> None:
    found = read(
        '<dataValidations><dataValidation type="list" sqref="A1"><formula1>B1</formula1></dataValidation>'
        "</dataValidations>",
        rows='<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>',
    )
    assert found.pinned == {"sheet=S&cell=A1&validation=1": Flag.HIDDEN_ROW}


def test_a_rule_that_never_ends_is_told_and_costs_no_cell() -> None:
    after = '<dataValidations><dataValidation type="list" sqref="A1"><formula1>B1'
    found = keep(FORMAT.read, book({"S": sheet(ROW, after=after)}))
    assert (found.raw(), found.said, found.partial) == ({(1, 1): "1"}, {}, [Reason.DAMAGED_PART])


def test_embedded_objects_and_controls_stand_at_their_cells_once() -> None:
    anchor = "<anchor><from><col>2</col><row>4</row></from></anchor>"
    inner = f'<oleObject progId="Word.Document.12" shapeId="5" r:id="o" link="[1]!x"><objectPr>{anchor}</objectPr>'
    inner += "</oleObject>"
    after = (
        f'<oleObjects><mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice>{inner}</mc:Choice><mc:Fallback>'
        '<oleObject progId="Word.Document.12" shapeId="5" r:id="o"/></mc:Fallback></mc:AlternateContent></oleObjects>'
        '<controls><control shapeId="6" r:id="c" name="选择"><controlPr linkedCell="B9" macro="[0]!开始"/>'
        "</control></controls>"
    )
    more: dict[str, str | bytes] = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("o", "package", "../embeddings/a.docx"), ("c", "ctrlProp", "../ctrlProps/c.xml")
        ),
        "xl/embeddings/a.docx": b"x",
        "xl/ctrlProps/c.xml": f'<formControlPr xmlns="{MAIN}" objectType="Drop" fmlaRange="$A$1:$A$3"/>',
    }
    found = keep(FORMAT.read, one(ROW, more, after=after))
    assert found.said == {
        "sheet=S&cell=C5&object=1": "xl/embeddings/a.docx",
        "sheet=S&cell=C5&object=1&program=1": "Word.Document.12",
        "sheet=S&cell=C5&object=1&link=1": "[1]!x",
        "sheet=S&control=1": "选择 linkedCell=B9 objectType=Drop fmlaRange=$A$1:$A$3",
        "sheet=S&macro=1": "[0]!开始",
    }
    assert list(found.members) == ["xl/embeddings/a.docx"]


def test_tables_pivot_tables_and_slicers_are_told() -> None:
    more: dict[str, str | bytes] = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("t", "table", "../tables/t.xml"),
            ("p", "pivotTable", "../pivotTables/p.xml"),
            ("s", "http://schemas.microsoft.com/office/2007/relationships/slicer", "../slicers/s.xml"),
        ),
        "xl/tables/t.xml": f'<table xmlns="{MAIN}" name="t" displayName="人员" ref="A1:B9" comment="内部">'
        '<autoFilter ref="A1:B9"><filterColumn colId="1"><filters><filter val="是"/></filters></filterColumn>'
        "</autoFilter>"
        '<tableColumns><tableColumn name="姓名"/><tableColumn name="是否"/></tableColumns></table>',
        "xl/tables/_rels/t.xml.rels": relations(("q", "queryTable", "../queryTables/q.xml")),
        "xl/queryTables/q.xml": f'<queryTable xmlns="{MAIN}" name="查" connectionId="3"><queryTableRefresh>'
        '<queryTableDeletedFields><deletedField name="民族"/></queryTableDeletedFields></queryTableRefresh>'
        "</queryTable>",
        "xl/pivotTables/p.xml": f'<pivotTableDefinition xmlns="{MAIN}" name="透视1"><location ref="D3:E9"/>'
        f"<pivotFields>"
        '<pivotField name="分类"><items><item n="甲"/><item x="1"/></items></pivotField></pivotFields>'
        "</pivotTableDefinition>",
        "xl/slicers/s.xml": f'<slicers xmlns="{MAIN}"><slicer name="s" caption="县"/></slicers>',
    }
    found = keep(FORMAT.read, one(ROW, more))
    assert found.properties["ooxml:table"] == ["人员=S!A1:B9: 姓名, 是否"]
    assert found.properties["ooxml:table-comment"] == ["内部"]
    assert found.properties["ooxml:query-table"] == ["查 connection=3 deleted: 民族"]
    assert found.said == {
        "sheet=S&filter=1": '人员 column 2: = "是"',
        "sheet=S&pivot=1": "透视1 D3:E9\n分类\n甲",
        "sheet=S&slicer=1": "县",
    }
    assert not found.members


def test_what_is_known_of_the_workbook_is_told() -> None:
    inside = (
        '<fileVersion appName="xl" lastEdited="7" lowestEdited="4" rupBuild="22228"/><workbookPr codeName="本簿"/>'
        '<x15ac:absPath xmlns:x15ac="urn:x15ac" url="C:\\Users\\王\\名单\\"/><fileSharing userName="李"/>'
        '<workbookProtection lockStructure="1"/><calcPr calcId="191029"/>'
    )
    more: dict[str, str | bytes] = {
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts><font><name val="宋体"/></font><font>'
        f'<name val="Arial"/></font>'
        '<font><name val="宋体"/></font></fonts><cellStyles><cellStyle name="Normal" builtinId="0"/>'
        '<cellStyle name="局内样式"/></cellStyles></styleSheet>',
        "xl/theme/theme1.xml": '<a:theme xmlns:a="urn:a" name="Office"><a:clrScheme name="暖"/>'
        '<a:fontScheme name="黑"/></a:theme>',
        "xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"><c r="B9" i="2"/><c r="B8"/><c r="C1" i="1"/></calcChain>',
        "xl/connections.xml": f'<connections xmlns="{MAIN}"><connection name="库" odcFile="\\\\s\\a.odc"><dbPr '
        'connection="DSN=人口" command="SELECT * FROM 人"/></connection><connection name="表">'
        '<textPr sourceFile="D:\\a.txt"/>'
        "</connection></connections>",
    }
    found = keep(FORMAT.read, book({"S": sheet(ROW)}, more, inside))
    told = {key.removeprefix("ooxml:"): value for key, value in found.properties.items()}
    assert told["file-version"] == ["appName=xl lastEdited=7 lowestEdited=4 rupBuild=22228"]
    assert told["workbook"] == ["codeName=本簿"]
    assert told["folder"] == ["C:\\Users\\王\\名单\\"]
    assert told["file-sharing-user"] == ["李"]
    assert told["protection"] == ["lockStructure=1"]
    assert told["calculation"] == ["calcId=191029"]
    assert told["sheet-ids"] == ["1"]
    assert told["font"] == ["宋体", "Arial"]
    assert told["cell-style"] == ["局内样式"]
    assert told["theme"] == ["Office / 暖 / 黑"]
    assert told["calculation-order"] == ["3 cells: 2!B9 B8 1!C1"]
    assert told["connection"] == ["库 \\\\s\\a.odc DSN=人口", "表 D:\\a.txt"]
    assert told["query"] == ["SELECT * FROM 人"]
    assert not found.members


def test_names_of_one_sheet_say_which_and_their_comments_are_kept() -> None:
    names = (
        '<definedName name="_xlnm.Print_Titles" localSheetId="1">\'名 单\'!$1:$2</definedName>'
        '<definedName name="n" localSheetId="9" comment="不用">1</definedName>'
    )
    data = book({"S": sheet(ROW), "名 单": sheet(ROW)}, inside=f"<definedNames>{names}</definedNames>")
    found = keep(FORMAT.read, data)
    assert found.properties["ooxml:defined-name"] == ["'名 单'!_xlnm.Print_Titles='名 单'!$1:$2", "n=1"]
    assert found.properties["ooxml:defined-name-comment"] == ["n=不用"]


def test_the_uid_of_a_sheet_is_a_fact() -> None:
    head = f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:xr="urn:xr" xr:uid="{{1-2}}">'
    found = keep(FORMAT.read, book({"S": f"{head}<sheetData/></worksheet>"}))
    assert found.said == {"sheet=S&meta=uid": "{1-2}"}


def test_how_the_package_was_packed_is_told() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for place, (name, data) in enumerate(unpack(one(ROW)).items()):
            entry = zipfile.ZipInfo(name, (2017 + place, 6, 12, 8, 30, 0))
            entry.create_system, entry.extra = 0, b"\x0d\0\2\0ab" * (place == 0)
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED if place else zipfile.ZIP_STORED)
    told = keep(FORMAT.read, out.getvalue()).properties
    assert {key: value[0] for key, value in told.items() if key.startswith("zip:")} == {
        "zip:order": "_rels/.rels xl/workbook.xml xl/_rels/workbook.xml.rels xl/worksheets/sheet1.xml",
        "zip:create-system": "FAT",
        "zip:first-date": "2017-06-12T08:30:00",
        "zip:last-date": "2020-06-12T08:30:00",
        "zip:flags": "0x0000",
        "zip:versions": "20/20",
        "zip:methods": "0 8",
        "zip:extra": "000d",
    }
