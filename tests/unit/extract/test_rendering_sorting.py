"""Files of translators and transcribers: what each of their texts is of, and what has no address."""

from __future__ import annotations

import pytest

from proofroom.extract.renderings.reading import SentFile
from proofroom.extract.renderings.sorting import Sent, clock, renderings_in
from proofroom.model.where import Where, parse_where

DIGEST = "3f" * 32
OF = Where(DIGEST)


def table(*rows: tuple[str, ...]) -> SentFile:
    cells = [
        (0, row, column, text) for row, texts in enumerate(rows, 1) for column, text in enumerate(texts, 1)
    ]
    return SentFile("text/csv", cells=cells)


def test_a_table_says_by_its_first_row_what_is_what() -> None:
    sent = table(
        ("Where", "source", "TEXT", "language"),
        (f"{DIGEST}#para=1", "甲", "one", "en"),
        ("", "乙", "two", ""),
        (f"{DIGEST}#para=3", "丙", " ", "en"),
        ("no address", "丁", "four", ""),
    )
    assert list(renderings_in(sent, None)) == [
        Sent("row 2", parse_where(f"{DIGEST}#para=1"), "one", "en"),
        Sent("row 3", None, "two"),
        Sent("row 4", parse_where(f"{DIGEST}#para=3"), " ", "en"),
        Sent("row 5", None, "four"),
    ]


def test_a_table_without_a_column_of_texts_holds_none() -> None:
    assert list(renderings_in(table(("where", "note"), (DIGEST, "x")), OF)) == []


def test_units_are_known_by_their_name_or_their_id() -> None:
    lines = [
        ("unit=1&id=1", "7"),
        ("unit=1&name=1", f"sha256:{DIGEST}#page=3&line=7"),
        ("unit=1&target=1", "one"),
        ("unit=2&id=1", f"{DIGEST}#para=2 s1"),
        ("unit=2&target=1", "two"),
        ("unit=3&id=1", "9"),
        ("unit=3&source=1", "丙"),
        ("unit=4&name=1", f"{DIGEST}#para=4"),
        ("unit=4&source=1", "丁"),
        ("meta=xliff:target-language", "en"),
    ]
    found = list(renderings_in(SentFile("application/xliff+xml", lines=lines), None))
    assert [(one.place, str(one.where), one.language) for one in found] == [
        ("unit 1", f"sha256:{DIGEST}#page=3&line=7", "en"),
        ("unit 2", f"sha256:{DIGEST}#para=2", "en"),
        ("unit 4", f"sha256:{DIGEST}#para=4", "en"),
    ]
    assert [one.untrusted_text for one in found] == ["one", "two", ""]


def test_cues_are_of_stretches_of_a_recording() -> None:
    lines = [("cue=1", "hello"), ("cue=1&from=1", "0:01,5"), ("cue=1&to=1", "00:02.500"), ("para=9", "note")]
    (one,) = renderings_in(SentFile("text/vtt", lines=lines), OF)
    assert str(one.where) == f"sha256:{DIGEST}#from=00:00:01.500&to=00:00:02.500"
    (alone,) = renderings_in(SentFile("text/vtt", lines=lines), None)
    assert alone.where is None


def test_any_other_text_is_as_a_whole_of_one_address() -> None:
    lines = [("para=1", "one"), ("para=3", "two"), ("meta=text:encoding", "utf-8")]
    assert list(renderings_in(SentFile("text/plain", lines=lines), OF)) == [
        Sent("the whole file", OF, "one\ntwo")
    ]


@pytest.mark.parametrize(
    ("written", "one_form"),
    [
        ("1:02,5", "00:01:02.500"),
        ("00:00:01.000", "00:00:01.000"),
        ("100:00:00,001", "100:00:00.001"),
        ("noon", "noon"),
    ],
)
def test_times_have_one_form(written: str, one_form: str) -> None:
    assert clock(written) == one_form
