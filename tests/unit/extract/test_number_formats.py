"""Number formats beyond plain digits and dates: fractions, engineering, conditions, other numerals and calendars."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofroom.extract.ooxml.shown_value import NOTHING_SHOWN, Memory, Shown


def shown(code: str, raw: str) -> str:
    """Give what a number looks like; the number itself where the format shows it as it is stored."""
    found = Shown(code, Memory()).show(raw.encode())
    return "" if found == NOTHING_SHOWN else found.decode() or raw


@pytest.mark.parametrize(
    ("code", "raw", "text"),
    [
        ("# ?/?", "123.456", "123 1/2"),
        ("# ??/??", "123.456", "123 26/57"),
        ("# ???/???", "123.456", "123  57/125"),
        ("# ?/?", "0.5", " 1/2"),
        ("# ?/?", "5", "5    "),
        ("# ?/?", "0", "0    "),
        ("# ?/?", "0.99", "1    "),
        ("# ?/?", "-2.25", "-2 1/4"),
        ("# ??/??", "3.1415926535897931", "3  1/7 "),
        ("?/?", "2.5", "5/2"),
        ("# ?/2", "1.5", "1 1/2"),
        ("# ?/4", "1.77", "1 3/4"),
        ("# ??/16", "0.3", "  5/16"),
        ("# ??/100", "2.5", "2 50/100"),
        ("# ?/8", "1.99", "2    "),
        ('0 ?/?"斤"', "2.5", "2 1/2斤"),
        ("# ?/?;(# ?/?)", "-0.5", "( 1/2)"),
        ("# ??/??", "0.25", "  1/4 "),
    ],
)
def test_fractions_are_shown_as_a_program_finds_them(code: str, raw: str, text: str) -> None:
    assert shown(code, raw) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("12345", "12.3E+3"),
        ("123456", "123.5E+3"),
        ("999999", "1.0E+6"),
        ("0.00012", "120.0E-6"),
        ("0", "0.0E+0"),
        ("-1234567", "-1.2E+6"),
        ("1", "1.0E+0"),
    ],
)
def test_the_exponent_of_engineers_is_a_multiple_of_three(raw: str, text: str) -> None:
    assert shown("##0.0E+0", raw) == text


@pytest.mark.parametrize(
    ("code", "raw", "text"),
    [
        ('[>=10000]0.0,"千";0', "12345", "12.3千"),
        ('[>=10000]0.0,"千";0', "-5", "-5"),
        ("[<0](0);0", "-5", "(5)"),
        ("[>=0]0.0;(0)", "-5", "(5)"),
        ("[Red][<=-100]0;[Blue][>100]0.0;0.00", "-100", "100"),
        ("[Red][<=-100]0;[Blue][>100]0.0;0.00", "50", "50.00"),
        ("[>100]0;[<50]0.0", "75", "75"),
        ("[=0];0", "0", ""),
    ],
)
def test_conditions_choose_the_section(code: str, raw: str, text: str) -> None:
    assert shown(code, raw) == text


@pytest.mark.parametrize(
    ("code", "raw", "text"),
    [
        ("[DBNum1]", "123", "一百二十三"),
        ("[DBNum1][$-804]General", "105", "一百〇五"),
        ("[DBNum1][$-804]General", "10", "一十"),
        ("[DBNum1][$-804]General", "100005", "一十万〇五"),
        ("[DBNum1][$-804]General", "20300", "二万〇三百"),
        ("[DBNum1][$-804]General", "1000000", "一百万"),
        ("[DBNum1][$-804]General", "0", "〇"),
        ("[DBNum1][$-804]General", "-1.05", "-一.〇五"),
        ('[DBNum2][$-804]General"元整"', "10200", "壹万零贰佰元整"),
        ("[DBNum2]0", "2015", "贰零壹伍"),
        ("[DBNum2]#,##0.00", "1234.5", "壹,贰叁肆.伍零"),
        ("[DBNum3][$-804]0", "42", "４２"),
        ('[DBNum1][$-804]yyyy"年"m"月"d"日"', "42167", "二〇一五年六月十二日"),
        ('[DBNum1]h"时"mm"分"', "0.4375", "十时三十分"),
        ("[DBNum1][$-411]General", "123", "123"),
        ("[DBNum1]General", "123456789012", "123456789012"),
        ("[$-D000000]0.0", "42", "๔๒.๐"),
        ("[$-2000000]0", "190", "١٩٠"),
    ],
)
def test_other_numerals_are_written(code: str, raw: str, text: str) -> None:
    assert shown(code, raw) == text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("[$-D07041E]d mmm yyyy", "๑๒ มิ.ย. ๒๕๕๘"),
        ("[$-107041E]d mmmm yyyy", "12 มิถุนายน 2558"),
        ("d/m/bbbb", "12/6/2558"),
        ("[$-407]dddd, d. mmmm yyyy", "Freitag, 12. Juni 2015"),
        ("[$-40C]dddd d mmmm", "vendredi 12 juin"),
        ("[$-C0A]d mmmm", "12 junio"),
        ("[$-804]dddd", "星期五"),
        ("[$-804]mmmm", "六月"),
        ("[$-804]mmm", "42167"),
        ("[$-804]h AM/PM", "12 上午"),
        ('[$-404]e"年"m"月"', "104年6月"),
        ("[$-412]mmmm", "42167"),
        ("[h]:mm", "1012008:00"),
        ("[$-1060401]yyyy", "42167"),
    ],
)
def test_dates_speak_the_language_of_their_format(code: str, text: str) -> None:
    assert shown(code, "42167") == text


def test_a_time_span_is_the_same_in_both_date_systems() -> None:
    for first_year_is_1904 in (False, True):
        assert Shown("[h]:mm:ss", Memory(), date1904=first_year_is_1904).show(b"10.5") == b"252:00:00"
    assert Shown("[h]:mm", Memory(), date1904=True).show(b"-1") == b""


def test_a_day_before_the_first_of_1904_is_still_a_day() -> None:
    assert Shown("yyyy-mm-dd", Memory(), date1904=True).show(b"-1") == b"1903-12-31"


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        ["# ?/?", "# ??/??", "?/???", "# ?/16", "##0.0E+0", "[DBNum1]General", "[DBNum2]0", "0 ?/?"]
    ),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_no_number_makes_a_format_fail(code: str, value: float) -> None:
    shown(code, repr(value))


@pytest.mark.parametrize(
    "code",
    [
        "?" * 900 + "/?",
        "# ?/" + "9" * 900,
        "?/" * 400,
        "[DBNum1]" * 100,
        "# " * 400 + "?/?",
        "#" * 900 + "E+0",
    ],
)
def test_a_format_made_to_go_astray_takes_no_time(code: str) -> None:
    begun = time.process_time()
    for raw in ("5", "-5.5", "42167.5", "1E+300", "1E-300", "0.12345678901234567"):
        shown(code, raw)
    assert time.process_time() - begun < 1
