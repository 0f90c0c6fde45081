"""The accounting: what is missing until a case is the whole, told at once and never as nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proofroom.case.accounting import Accounting, stage_of_redo
from proofroom.case.costs import waiting_loads
from proofroom.errors import WrongUse
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason
from proofroom.store.journal import Journal
from proofroom.store.occurrences import Occurrences, Received


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal.sqlite", writing=True)
    found = [
        Received("d", name.encode(), name, digest, size, "file", None, None, Reason.NONE)
        for name, digest, size in (("a.txt", "aa", 5), ("lists/b.xlsx", "bb", 7), ("c.d/zip", "cc", 9))
    ]
    with opened.transaction():
        Occurrences(opened, DEFAULT).enter(found)
        opened.execute("insert or replace into meta values ('names', '3')")
    yield opened
    opened.close()


@pytest.fixture
def accounting(journal: Journal, tmp_path: Path) -> Accounting:
    return Accounting(tmp_path, journal, DEFAULT)


def read(journal: Journal, digest: str, content: str = "c") -> None:
    with journal.transaction():
        journal.execute("update artifacts set state = 'read' where digest = ?", (digest,))
        journal.execute("delete from results where artifact = ? and stage = 'extract'", (digest,))
        journal.execute("insert into results values (?, 'extract', '1', 0, ?)", (digest, content))


def index(journal: Journal, digest: str, content: str = "c") -> None:
    journal.execute("insert or replace into results values (?, 'search', '1', 0, ?)", (digest, content))


def test_what_is_not_read_or_not_indexed_cannot_be_searched(journal: Journal, accounting: Accounting) -> None:
    assert accounting.unsearchable() == 3
    read(journal, "aa")
    assert accounting.unsearchable() == 3
    index(journal, "aa")
    assert accounting.unsearchable() == 2
    assert accounting.status()["partial"] == {"unread": 2, "unsearchable": 2, "pages": 0}


def test_what_is_to_be_read_again_is_searched_as_it_was_until_it_is(
    journal: Journal, accounting: Accounting
) -> None:
    for digest in ("aa", "bb", "cc"):
        read(journal, digest)
        index(journal, digest)
    journal.execute("update artifacts set state = null where digest = 'aa'")
    assert (accounting.unsearchable(), accounting.is_changing()) == (0, False)
    read(journal, "aa", "other")
    assert (accounting.unsearchable(), accounting.is_changing()) == (1, True)
    index(journal, "aa", "other")
    assert (accounting.unsearchable(), accounting.is_changing()) == (0, False)


def test_names_that_are_not_indexed_are_not_searchable(journal: Journal, accounting: Accounting) -> None:
    for digest in ("aa", "bb", "cc"):
        read(journal, digest)
        index(journal, digest)
    journal.execute("update meta set value = '1' where key = 'names'")
    assert accounting.unsearchable() == 2


def test_what_waits_is_counted_by_class(journal: Journal) -> None:
    assert waiting_loads(journal) == {"text": (1, 5), "workbooks": (1, 7), "other": (1, 9)}
    read(journal, "aa")
    assert "text" not in waiting_loads(journal)


def test_a_redo_is_of_one_stage() -> None:
    assert stage_of_redo(()) == "extract"
    assert stage_of_redo(("ocr",)) == "ocr"
    for stages in (("extract", "search"), ("nothing",)):
        with pytest.raises(WrongUse):
            stage_of_redo(stages)
