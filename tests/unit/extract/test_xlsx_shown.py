"""Workbooks: what a number format shows, as spreadsheet programs do; never something wrong."""

from __future__ import annotations

import time

import pytest
from workbook_sink import Kept, keep
from xlsx_by_hand import book, one, sheet, strings, styles

from proofroom.extract.formats.xlsx import FORMAT
from proofroom.extract.ooxml.number_formats import BUILT_IN, NumberFormats, read_number_formats
from proofroom.extract.ooxml.safe_xml import parse_small
from proofroom.extract.ooxml.shown_value import NOTHING_SHOWN, Memory, Shown
from proofroom.model.evidence import CellType, Flag


def shown(code: str, raw: str, *, date1904: bool = False) -> str:
    """Give what is shown, which is the stored text where nothing else is."""
    text = Shown(code, Memory(), date1904=date1904)[raw.encode()]
    return "" if text == NOTHING_SHOWN else text.decode() or raw


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("5", "5"),
        ("12345678901", "12345678901"),
        ("123456789012", "1.23457E+11"),
        ("-123456789012", "-1.23457E+11"),
        ("990101199001011234", "9.90101E+17"),
        ("0.1", "0.1"),
        ("0.10", "0.1"),
        ("0.30000000000000004", "0.3"),
        ("0.33333333333333331", "0.333333333"),
        ("1234567890.123", "1234567890"),
        ("123456789.123", "123456789.1"),
        ("1.23456789012", "1.23456789"),
        ("0.0001", "0.0001"),
        ("0.00012345678", "0.000123457"),
        ("0.00001", "0.00001"),
        ("0.000012345", "0.000012345"),
        ("0.0000123456", "1.23456E-05"),
        ("1E+20", "1E+20"),
        ("1E-20", "1E-20"),
        ("1.5E3", "1500"),
        ("-1.5", "-1.5"),
        ("007", "7"),
    ],
)
def test_general_shows_eleven_characters(raw: str, text: str) -> None:
    assert shown("General", raw) == text
    assert shown("@", raw) == text


@pytest.mark.parametrize(
    ("code", "raw", "text"),
    [
        ("0", "1.5", "2"),
        ("0", "2.5", "3"),
        ("0", "-2.5", "-3"),
        ("0", "990101199001011234", "990101199001011000"),
        ("0.00", "5", "5.00"),
        ("0.00", "5.005", "5.01"),
        ("0.00", "1.005", "1.01"),
        ("0.00", "-3.1", "-3.10"),
        ("0.00", "12345.6", "12345.60"),
        ("0.0", "1E+3", "1000.0"),
        ("#,##0", "1234567", "1,234,567"),
        ("#,##0", "999", "999"),
        ("#,##0.00", "-1234.5", "-1,234.50"),
        ("#.##", "0.5", ".5"),
        ("0.0%", "0.123", "12.3%"),
        ("0%", "1", "100%"),
        ("0.00E+00", "12345", "1.23E+04"),
        ("0.00E+00", "0.00012345", "1.23E-04"),
        ("0.0E-0", "12345", "1.2E4"),
        ("000000", "42", "000042"),
        ("000-0000-0000", "13812345678", "138-1234-5678"),
        ("0,", "12345678", "12346"),
        ("0.0,,", "12345678", "12.3"),
        ("?0.0?", "1.5", " 1.5 "),
        ('0"元"', "5", "5元"),
        ("¥#,##0.00", "1234.5", "¥1,234.50"),
        ("[$¥-804]#,##0.00", "1234.5", "¥1,234.50"),
        ("[$-804]0.0", "2", "2.0"),
        ("\\A0", "7", "A7"),
        ("_(0_);(0)", "-7", "(7)"),
        ("_(* 0_)", "7", "7"),
        ("0;[Red]-0", "-7", "-7"),
        ("0;[红色]0", "-7", "7"),
        ("[Red]0;[Blue](0);[Green]zero", "-3", "(3)"),
        ('0;-0;"none"', "0", "none"),
        ("0;", "-5", ""),
        (";;;", "5", ""),
        (";;;@", "5", ""),
        ("[>=1000]#,##0;0.00", "999", "999.00"),
        ("[>=1000]#,##0;0.00", "1000", "1,000"),
        ('[=1]"男";[=2]"女";0', "1", "男"),
        ('[=1]"男";[=2]"女";0', "2", "女"),
        ('[=1]"男";[=2]"女";0', "3", "3"),
        ('"text only"', "5", "text only"),
        ("General", "5", "5"),
        ('General"户"', "5", "5户"),
        ('G/通用格式"人"', "1234567890123", "1.23457E+12人"),
    ],
)
def test_numbers_are_shown_through_their_format(code: str, raw: str, text: str) -> None:
    assert shown(code, raw) == text


@pytest.mark.parametrize(
    ("code", "raw", "text"),
    [
        ("yyyy-mm-dd", "42167", "2015-06-12"),
        ("yyyy/m/d", "42167", "2015/6/12"),
        ("yyyy\\-mm\\-dd;@", "42167", "2015-06-12"),
        ('yyyy"年"m"月"d"日"', "42167", "2015年6月12日"),
        ('[$-804]yyyy"年"m"月"d"日";@', "42167", "2015年6月12日"),
        ("[$-409]d-mmm-yy", "42167", "12-Jun-15"),
        ("[$-C09]dddd d mmmm yyyy", "42167", "Friday 12 June 2015"),
        ("mmmmm", "42167", "J"),
        ("aaaa", "42167", "星期五"),
        ("[$-804]aaa", "42167", "五"),
        ("e/m/d", "42167", "2015/6/12"),
        ("yy", "42167", "15"),
        ("h:mm", "42167.75", "18:00"),
        ("h:mm AM/PM", "42167.75", "6:00 PM"),
        ("h:mm am/pm", "0.25", "6:00 AM"),
        ('上午/下午h"时"mm"分"', "0.75", "下午6时00分"),
        ("hh:mm:ss", "0.999988", "23:59:59"),
        ("hh:mm:ss", "0.9999999", "00:00:00"),
        ("mm:ss.0", "0.00001", "00:00.9"),
        ("ss.000", "0.000001", "00.086"),
        ("m/d/yy h:mm", "42167.5", "6/12/15 12:00"),
        ("[h]:mm:ss", "1.5", "36:00:00"),
        ("[mm]:ss", "0.5", "720:00"),
        ("[s]", "1", "86400"),
        ("yyyy-mm-dd", "1", "1900-01-01"),
        ("yyyy-mm-dd", "59", "1900-02-28"),
        ("yyyy-mm-dd", "60", "1900-02-29"),
        ("yyyy-mm-dd", "61", "1900-03-01"),
        ("dddd", "1", "Sunday"),
        ("yyyy-mm-dd", "0", "1900-01-00"),
        ("yyyy-mm-dd", "2958465", "9999-12-31"),
        ("yyyy-mm-dd", "2958466", "2958466"),
        ("yyyy-mm-dd", "-1", "-1"),
        ("yyyy-mm-dd", "1E+300", "1E+300"),
        ("yyyy-mm-dd", "1E-300", "1900-01-00"),
        ("yyyy-mm-dd", "20150612", "20150612"),
        ("[$-F800]dddd, mmmm dd, yyyy", "42167", "42167"),
        ("[$-x-sysdate]dddd", "42167", "42167"),
        ("[$-107041E]yyyy", "42167", "2558"),
        ("[$-1070409]yyyy", "42167", "2558"),
        ("[$-419]d mmmm yyyy", "42167", "42167"),
        ("[$-419]d.m.yyyy", "42167", "12.6.2015"),
        ("[DBNum1]yyyy", "42167", "二〇一五"),
        ("gge", "42167", "42167"),
    ],
)
def test_dates_are_shown_or_left_as_they_are(code: str, raw: str, text: str) -> None:
    assert shown(code, raw) == text


def test_dates_of_the_1904_system_are_shown_in_it() -> None:
    assert shown("yyyy-mm-dd", "40705", date1904=True) == "2015-06-12"
    assert shown("yyyy-mm-dd", "0", date1904=True) == "1904-01-01"
    rows = '<row r="1"><c r="A1" s="1"><v>40705</v></c></row>'
    data = book({"S": sheet(rows)}, {"xl/styles.xml": styles("yyyy-mm-dd")}, '<workbookPr date1904="1"/>')
    found = keep(FORMAT.read, data)
    assert (found.kept[1, 1, 1].shown, found.properties["ooxml:date-system"]) == ("2015-06-12", ["1904"])


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy-mm-dd", CellType.DATE),
        ("h:mm", CellType.DATE),
        ("[h]:mm", CellType.DURATION),
        ("[$-F800]dddd", CellType.DATE),
        ("[$-107041E]d mmmm yyyy", CellType.DATE),
        ('gge"年"m"月"d"日"', CellType.DATE),
        ('0"d"', CellType.NUMBER),
        ("[Red]0", CellType.NUMBER),
        ("\\d0", CellType.NUMBER),
        ("0.00E+00", CellType.NUMBER),
        ("General", CellType.NUMBER),
        ("@", CellType.NUMBER),
    ],
)
def test_the_format_says_what_is_a_date(code: str, kind: CellType) -> None:
    data = one('<row r="1"><c r="A1" s="1"><v>1</v></c></row>', {"xl/styles.xml": styles(code)})
    kept = keep(FORMAT.read, data).kept[1, 1, 1]
    assert (kept.type, kept.format) == (kind, code)


def first(code: str, cell: str) -> Kept:
    more = {"xl/styles.xml": styles(code), "xl/sharedStrings.xml": strings("<t>文</t>")}
    return keep(FORMAT.read, one(f'<row r="1">{cell}</row>', more)).kept[1, 1, 1]


@pytest.mark.parametrize(
    ("code", "text", "differs"),
    [
        ("@", "", False),
        ('@"号"', "文号", True),
        (";;;", "", True),
        ('0;0;0;"x"', "x", True),
        ("0;0;0;General", "", False),
    ],
)
def test_texts_are_shown_through_the_section_for_texts(code: str, text: str, differs: bool) -> None:  # noqa: FBT001 - one column of the table above
    kept = first(code, '<c r="A1" s="1" t="s"><v>0</v></c>')
    assert (kept.raw, kept.shown, bool(kept.flags & Flag.SHOWN_DIFFERS)) == ("文", text, differs and not text)


def test_a_hidden_number_keeps_its_value() -> None:
    kept = first(";;;", '<c r="A1" s="1"><v>5</v></c>')
    assert (kept.raw, kept.shown, kept.flags) == ("5", "", Flag.SHOWN_DIFFERS)


@pytest.mark.parametrize(
    "raw", ["", "1_0", "nan", "inf", "-inf", "1e400", "1e999999", "１２", " 5", "0x10", "9" * 500, "--1"]
)
@pytest.mark.parametrize(
    "code", ["0.00", "General", "yyyy-mm-dd", "[h]:mm", "0%" + "%" * 60, "#,##0", "0.00E+00"]
)
def test_what_is_no_number_is_shown_as_it_is(raw: str, code: str) -> None:
    assert shown(code, raw) == raw


@pytest.mark.parametrize(
    "code",
    ['"' * 1_000, "[" * 1_000, "\\" * 999, ";" * 1_000, '"a' * 500, "[$-" * 300, "_" * 999, "[h" * 500, "0" * 1_000,
     "#,##0." + "0" * 500, "[>1" * 300, "h" * 1_000, "[" + "h" * 900 + "]", "General" * 140, "E+" * 400, "x" * 100_000,
     "[$-zh-" + "CN-" * 300, "0" + "%" * 900, "[" + ">" * 900 + "]", "上午/下午" * 200, "." * 900, "0,,,,,,," * 100]
)  # fmt: skip
def test_a_format_made_to_go_astray_takes_no_time(code: str) -> None:
    begun = time.process_time()
    for raw in ("5", "-5.5", "42167.5", "1E+300", "1E-300"):
        shown(code, raw)
    assert time.process_time() - begun < 1


def test_what_is_remembered_is_bounded() -> None:
    memory = Memory()
    formats = [Shown("0.0", memory), Shown("0.00", memory)]
    for number in range(300_000):
        formats[number % 2][b"%d" % number]
    assert sum(map(len, formats)) <= 200_000


def test_every_built_in_format_shows_something() -> None:
    for code in BUILT_IN.values():
        assert Shown(code, Memory()).show(b"42167.25") is not None


@pytest.mark.parametrize("style", ["", "0", "7", "-1", "x", "²", "9" * 5_000, "1.5"])
def test_a_style_that_does_not_exist_is_general(style: str) -> None:
    data = one(f'<row r="1"><c r="A1" s="{style}"><v>0.5</v></c></row>', {"xl/styles.xml": styles("0%")})
    assert keep(FORMAT.read, data).kept[1, 1, 1].format == "General"


def test_numbers_of_formats_that_are_none_are_passed_over() -> None:
    written = (
        styles("0%")
        .replace('numFmtId="164"', 'numFmtId="²"', 1)
        .replace('numFmtId="0"', f'numFmtId="{"9" * 5_000}"')
    )
    formats = read_number_formats(parse_small([written.encode()], lambda _reason: None), date1904=False)
    assert formats.codes == ["General"]
    assert NumberFormats().codes == ["General"]
