"""Conditions: what a person may write, what is refused with its place and remedy, and what is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proofroom.errors import BadCondition
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State
from proofroom.store.conditions import FIELDS, Comparison, parse_condition, to_sql
from proofroom.store.journal import Journal
from proofroom.store.occurrences import Occurrences, Received

FILES = (
    # path, digest, size, state, reason, format, version of the stage
    ("lists/a.pdf", "a1", 100, "damaged", "cut-short", "pdf", "9"),
    ("lists/[b].pdf", "b2", 5_000_000, "read", "", "pdf", "10"),
    ("mail/c d.eml", "c3", 20_000, "partly", "locked-part", "mail", "10"),
    ("mail/e.bin", "e5", 0, None, "", "", ""),
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal.sqlite", writing=True)
    occurrences = Occurrences(opened, DEFAULT)
    with opened.transaction():
        link = Received("d", b"link", "link", None, 0, "symlink", None, State.REFUSED, Reason.SYMLINK)
        occurrences.enter([link])
        for path, digest, size, state, reason, kind, version in FILES:
            found = Received("d", path.encode(), path, digest, size, "file", None, None, Reason.NONE)
            occurrences.enter([found])
            values = (state, reason, kind, digest)
            opened.execute("update artifacts set state = ?, reason = ?, format = ? where digest = ?", values)
            if version:
                opened.execute("insert into results values (?, 'extract', ?, 0.1, '')", (digest, version))
        opened.execute(
            "insert into ocr_pages (artifact, stage, page, state, reason, engine) "
            "values ('b2', 'ocr', 1, 'done', '', 'rapidocr')"
        )
    yield opened
    opened.close()


def chosen(journal: Journal, text: str) -> list[str]:
    test, values = to_sql(parse_condition(text), "extract", ["9", "10"])
    rows = journal.rows(
        f"select o.path from occurrences o left join artifacts a on a.digest = o.digest where {test} order by o.id",
        values,
    )
    return [row["path"] for row in rows]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("state=damaged", ["lists/a.pdf"]),
        ("damaged", ["lists/a.pdf"]),
        ("pending", ["mail/e.bin"]),
        ("all", ["link", *(one[0] for one in FILES)]),
        ("state!=read and state!=pending", ["link", "lists/a.pdf", "mail/c d.eml"]),
        ("reason=symlink", ["link"]),
        ("reason=lock*", ["mail/c d.eml"]),
        ("format=pdf, size>1MB", ["lists/[b].pdf"]),
        ("format = pdf AND size <= 100", ["lists/a.pdf"]),
        ("size>=20kB", ["lists/[b].pdf", "mail/c d.eml"]),
        ("version<10", ["lists/a.pdf"]),
        ("version>=9.5", ["lists/[b].pdf", "mail/c d.eml"]),
        ("version!=10", ["link", "lists/a.pdf", "mail/e.bin"]),
        ("path='mail/c d*'", ["mail/c d.eml"]),
        ("path=lists/[b]*", ["lists/[b].pdf"]),
        ("path!=lists/*", ["link", "mail/c d.eml", "mail/e.bin"]),
        ("engine=rapid*", ["lists/[b].pdf"]),
        ("engine!=rapidocr and format=pdf", ["lists/a.pdf"]),
        ("digest=c3", ["mail/c d.eml"]),
        ('path="lists/a.pdf\' or 1=1 --"', []),
    ],
)
def test_a_condition_chooses_what_it_says(journal: Journal, text: str, paths: list[str]) -> None:
    assert chosen(journal, text) == paths


@pytest.mark.parametrize(
    ("text", "at", "remedy"),
    [
        ("colour=red", 0, "The fields are state"),
        ("state=read and colour=red", 15, "The fields are state"),
        ("state=broken", 6, "damaged"),
        ("reason=because", 7, "cut-short"),
        ("state<read", 5, "only size and version"),
        ("size>huge", 5, "10kB"),
        ("format=pdf format=docx", 11, "joined by"),
        ("format=pdf and", 14, "comparisons"),
        ("format", 0, "comparisons"),
        ("", 0, "comparisons"),
        ("path='lists", 0, "comparisons"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_place_and_a_remedy(
    text: str, at: int, remedy: str
) -> None:
    with pytest.raises(BadCondition) as raised:
        parse_condition(text)
    assert raised.value.at == at
    assert remedy in raised.value.advice
    assert raised.value.code == "bad-condition"


def test_every_field_can_be_asked_for(journal: Journal) -> None:
    values = {"state": "read", "reason": "symlink", "size": "1"}
    for field in FIELDS:
        assert chosen(journal, f"{field}!={values.get(field, 'x')}"), field


def test_a_condition_is_data() -> None:
    assert parse_condition("format=pdf, size>1kB") == (
        Comparison("format", "=", "pdf"),
        Comparison("size", ">", "1000"),
    )
