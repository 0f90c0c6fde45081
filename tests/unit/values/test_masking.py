"""Masking: what looks like an ID or a telephone number is replaced however it is written, and nothing else is."""

from __future__ import annotations

import pytest

from proofroom.values.masking import OPEN, Mask

MASK = Mask(b"a case's secret")
PHONE = MASK.pseudonym("13912345678")
NUMBER = MASK.pseudonym("990101198001011234")


@pytest.mark.parametrize(
    "text",
    [
        "13912345678",
        "139 1234 5678",
        "139-1234-5678",
        "139.1234.5678",
        "139\u20131234\u20135678",
        "139\u00a01234\u20095678",
        "139\u200b1234\u200b5678",
        "139/1234/5678",
        "139_1234_5678",
        "139.12345678",
        "13 912345678",
        "(139) 1234-5678",
        "13912345678.0",
        "\uff11\uff13\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
        "١٣٩-١٢٣٤-٥٦٧٨",
    ],
)
def test_a_telephone_number_has_one_pseudonym_however_it_is_written(text: str) -> None:
    assert MASK.text(text) == PHONE


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("99010 11980 01011 234", NUMBER),
        ("990101 19800101 1234", NUMBER),
        ("ID 9901 0119 8001 0112 34", f"ID {NUMBER}"),
        ("13912345678 13912345678", f"{PHONE} {PHONE}"),
        ("王小明13912345678(家)", f"王小明{PHONE}(家)"),
        ("(0998) 12345 0998-12345", " ".join([MASK.pseudonym("099812345")] * 2)),
        ("99010119800101123x男", f"{MASK.pseudonym('99010119800101123X')}男"),
        ("9.90101198001011E+17", MASK.pseudonym("990101198001011000")),
        ("123456", MASK.pseudonym("123456")),
        ("3 of 123456.5", f"3 of {MASK.pseudonym('1234565')}"),
    ],
)
def test_a_number_in_groups_is_masked_as_a_whole(text: str, masked: str) -> None:
    assert MASK.text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2014-05-03",
        "2014.05.03",
        "2014/5/3",
        "03.05.2014",
        "12/31/2014",
        "2014-05-03 12:30:05",
        "2014-05-03 2015-06-04",
        "2014-05-03\u20142015-06-04",
        "2014-05-03_12-30-05.jpg",
        "2014.5-2015.6",
        "٢٠١٤-٠٥-٠٣",
        "0.21428571428571427",
        "3.14159265",
        "-0.000001234567",
        "12345",
        "A座3号楼 2层 101",
        "1\n2\n3\n4\n5\n6\n7\n8\n9",
    ],
)
def test_dates_short_fractions_and_small_numbers_stay_readable(text: str) -> None:
    assert MASK.text(text) == text


def test_what_is_matched_is_shown_and_the_rest_of_its_number_is_not() -> None:
    text = "Tel. 139 1234 5678, room 3"
    assert MASK.around(text, [(14, 18)]) == (f"Tel. {PHONE} 5678, room 3", [(14, 18)])
    shown, spans = MASK.around(text, [(9, 13)])
    assert shown == f"Tel. {PHONE} 1234 {PHONE}, room 3"
    assert [shown[start:end] for start, end in spans] == ["1234"]
    assert MASK.around(text, [(5, 18)]) == (text, [(5, 18)])


def test_a_number_cell_with_few_whole_digits_is_no_id() -> None:
    for text in ("112.93840123456", "-0.5", "41275.2500000001", "5.123456789E-05"):
        assert MASK.number(text) == text
    assert MASK.number("13912345678.5") == MASK.pseudonym("139123456785")


def test_an_open_scope_shows_everything() -> None:
    assert OPEN.text("13912345678") == OPEN.pseudonym("13912345678") == "13912345678"
    assert OPEN.around("139 1234 5678", [(9, 13)]) == ("139 1234 5678", [(9, 13)])
