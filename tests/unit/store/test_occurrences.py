"""Occurrences: members take their places, limits end in states, and a second reading may find other members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from proofroom.limits import DEFAULT, Limits
from proofroom.model.states import Reason, State
from proofroom.store.journal import Journal
from proofroom.store.occurrences import Occurrences, Received


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal.sqlite", writing=True)
    yield opened
    opened.close()


def names(untrusted: list[bytes]) -> list[str]:
    return [name.decode() for name in untrusted]


def received(path: str, digest: str | None, size: int = 10) -> Received:
    return Received("delivery-1", path.encode(), path, digest, size, "file", None, None, Reason.NONE)


def read(
    journal: Journal, occurrences: Occurrences, digest: str, *members: tuple[str, str | None, int]
) -> None:
    rows = [
        (digest, n, name.encode(), found, size, None, "") for n, (name, found, size) in enumerate(members)
    ]
    with journal.transaction():
        journal.execute("update artifacts set state = 'read' where digest = ?", (digest,))
        occurrences.enter_members(digest, rows)


def paths(journal: Journal) -> list[str]:
    return [row["path"] for row in journal.rows("select path from occurrences order by path")]


def entered(journal: Journal, *found: Received, limits: Limits = DEFAULT) -> Occurrences:
    occurrences = Occurrences(journal, limits)
    with journal.transaction():
        occurrences.enter(found)
    return occurrences


def test_a_container_found_twice_has_its_members_twice(journal: Journal) -> None:
    occurrences = entered(journal, received("a.zip", "z"), received("copy/a.zip", "z"))
    read(journal, occurrences, "z", ("inner.txt", "t", 5))
    occurrences.expand(names)
    assert paths(journal) == ["a.zip", "a.zip/inner.txt", "copy/a.zip", "copy/a.zip/inner.txt"]
    assert occurrences.discovered() == sum(occurrences.states().values()) == 4


def test_a_container_in_itself_ends_at_the_limit_of_depth(journal: Journal) -> None:
    occurrences = entered(journal, received("loop.zip", "z"), limits=replace(DEFAULT, depth=3))
    read(journal, occurrences, "z", ("loop.zip", "z", 10))
    occurrences.expand(names)
    deepest = journal.rows("select state, reason, depth from occurrences order by depth desc")[0]
    assert (deepest["state"], deepest["reason"], deepest["depth"]) == ("refused", "limit-depth", 4)


def test_what_unfolds_to_too_much_is_truncated_and_says_why(journal: Journal) -> None:
    occurrences = entered(journal, received("bomb.zip", "z"), limits=replace(DEFAULT, expanded_bytes=100))
    read(journal, occurrences, "z", ("a", "a", 60), ("b", "b", 60))
    occurrences.expand(names)
    row = journal.rows("select state, reason from occurrences")[0]
    assert (row["state"], row["reason"]) == (State.TRUNCATED, Reason.LIMIT_EXPANDED_BYTES)


def test_a_second_reading_with_the_same_members_changes_nothing(journal: Journal) -> None:
    occurrences = entered(journal, received("a.zip", "z"))
    read(journal, occurrences, "z", ("inner.txt", "t", 5))
    occurrences.expand(names)
    before = [tuple(row) for row in journal.rows("select * from occurrences order by id")]
    read(journal, occurrences, "z", ("inner.txt", "t", 5))
    assert occurrences.expand(names) == 0
    assert [tuple(row) for row in journal.rows("select * from occurrences order by id")] == before


def test_a_second_reading_that_finds_more_makes_the_places_anew(journal: Journal) -> None:
    occurrences = entered(journal, received("locked.xlsx", "x"), received("other.txt", "o"))
    read(journal, occurrences, "x")
    occurrences.expand(names)
    read(journal, occurrences, "x", ("decrypted", "d", 9))
    occurrences.expand(names)
    assert paths(journal) == ["locked.xlsx", "locked.xlsx/decrypted", "other.txt"]
    assert {row["digest"] for row in occurrences.pending()} == {"d", "o"}


def test_members_nobody_holds_any_more_are_forgotten_with_what_was_read_in_them(journal: Journal) -> None:
    occurrences = entered(journal, received("a.zip", "z"))
    read(journal, occurrences, "z", ("inner.zip", "i", 5))
    occurrences.expand(names)
    read(journal, occurrences, "i", ("deep.txt", "t", 5))
    occurrences.expand(names)
    read(journal, occurrences, "z", ("other.txt", "n", 5))
    occurrences.expand(names)
    occurrences.drop_orphans()
    assert paths(journal) == ["a.zip", "a.zip/other.txt"]
    assert [row["digest"] for row in journal.rows("select digest from artifacts order by 1")] == ["n", "z"]
    # The index still knows them until it is told: the names of the places, and the artifacts.
    assert {row["key"] for row in journal.rows("select key from indexing")} == {
        "occurrence-2",
        "occurrence-3",
        "i",
        "t",
    }
