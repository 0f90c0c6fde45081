"""Masking over texts of every shape: no long number survives, and the fast checks never miss one."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from proofroom.values.masking import Mask
from proofroom.values.numbers import SUSPECT_ARROW, numbers

MASK = Mask(b"a case's secret")
MARKS = " -./_\u00a0\u2009\u2013\u2014\u200b\u3000"
DATE = r"(?<!\d)(?:(?:1[89]|20)\d\d{0}\d\d?(?:{0}\d\d?)?|\d\d?{0}\d\d?{0}(?:1[89]|20)\d\d)(?!\d)"
EXCEPTIONS = re.compile(
    "|".join(DATE.replace("{0}", mark) for mark in ("[-\u2010-\u2015]", r"\.", "/"))
    + r"|(?<!\d)(?<!\d\.)\d{1,2}\.\d+"
)
LONG = re.compile(rf"\d(?:[{re.escape(MARKS)}]?\d){{7}}|\d{{6}}")

words = st.text("0123456789", min_size=1, max_size=12) | st.sampled_from(
    ["2014-05-03", "3.5.2014", "0.333333333", "2014.05", "王小明", "x", "X", "E+17", "(", ")", ":", ", "]
)
texts = st.lists(st.tuples(words, st.sampled_from(["", *MARKS])), max_size=12).map(
    lambda parts: "".join(word + mark for word, mark in parts)
)


def survivors(masked: str) -> list[str]:
    """Give the long numbers in a masked text that are neither dates nor short fractions."""
    plain = re.sub("ID-[A-Z2-7]{5}", "#", masked)
    return LONG.findall(EXCEPTIONS.sub("#", plain))


@given(texts)
def test_no_long_number_survives_but_dates_and_short_fractions(text: str) -> None:
    assert not survivors(MASK.text(text))


@given(texts)
def test_the_check_of_a_column_misses_nothing(text: str) -> None:
    suspect = pc.match_substring_regex(pa.array([text]), SUSPECT_ARROW)[0].as_py()
    assert suspect or MASK.text(text) == text


@given(
    st.text("0123456789", min_size=6, max_size=18), st.lists(st.sampled_from("-. \u2013\u00a0"), min_size=20)
)
def test_a_number_has_the_same_pseudonym_with_a_mark_between_any_digits(
    digits: str, marks: list[str]
) -> None:
    number = "86" + digits
    spaced = "".join(f"{mark}{digit}" for mark, digit in zip(marks, number, strict=False))[1:]
    assert MASK.pseudonym(spaced) == MASK.pseudonym(number)


@given(texts, st.integers(0, 40), st.integers(0, 10))
def test_what_is_matched_stands_in_the_masked_text_where_it_is_said_to(
    text: str, start: int, length: int
) -> None:
    span = (min(start, len(text)), min(start + length, len(text)))
    shown, ((first, last),) = MASK.around(text, [span])
    assert shown[first:last] == text[span[0] : span[1]]
    hidden = {at for one in numbers(text) for at in range(*one)}
    around = [at for at in range(len(text)) if at not in hidden and not span[0] <= at < span[1]]
    rest = re.sub("ID-[A-Z2-7]{5}", "", f"{shown[:first]}\n{shown[last:]}")
    assert [one for one in rest if one.isdecimal()] == [text[at] for at in around if text[at].isdecimal()]
