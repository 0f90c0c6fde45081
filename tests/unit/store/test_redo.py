"""Doing again: what is chosen is read anew, what it was stays on record, and a wish can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from proofroom.limits import DEFAULT, Limits
from proofroom.model.states import Reason, State
from proofroom.store.conditions import parse_condition
from proofroom.store.journal import Journal
from proofroom.store.occurrences import Occurrences, Received
from proofroom.store.redo import EXTRACT, SEARCH, Redo


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "journal.sqlite", writing=True)
    yield opened
    opened.close()


def names(untrusted: list[bytes]) -> list[str]:
    return [name.decode() for name in untrusted]


def receive(journal: Journal, path: str, digest: str) -> None:
    found = Received("d", path.encode(), path, digest, 10, "file", None, None, Reason.NONE)
    with journal.transaction():
        Occurrences(journal, DEFAULT).enter([found])


def read(journal: Journal, digest: str, state: State, content: str, *members: str) -> None:
    rows = [(digest, n, name.encode(), f"{digest}-{n}", 5, None, "") for n, name in enumerate(members)]
    with journal.transaction():
        journal.execute(
            "update artifacts set state = ?, format = 'x' where digest = ?", (state.value, digest)
        )
        journal.execute(
            "insert or replace into results values (?, 'extract', '1', 0.5, ?)", (digest, content)
        )
        Occurrences(journal, DEFAULT).enter_members(digest, rows)


def waiting(journal: Journal, limits: Limits = DEFAULT) -> list[str]:
    occurrences = Occurrences(journal, limits)
    occurrences.expand(names)
    return sorted(row["digest"] for row in occurrences.pending())


@pytest.fixture
def two(journal: Journal) -> Journal:
    for name, state in (("a", State.DAMAGED), ("b", State.READ)):
        receive(journal, f"{name}.txt", name)
        read(journal, name, state, f"content of {name}")
    return journal


def test_to_count_changes_nothing(two: Journal) -> None:
    assert Redo(two).count(parse_condition("state=damaged"), EXTRACT) == 1
    assert waiting(two) == []
    assert two.value("select count(*) from history") == 0


def test_what_is_chosen_waits_and_what_it_was_stays_on_record(two: Journal) -> None:
    assert Redo(two).redo(parse_condition("state=damaged"), EXTRACT) == 1
    assert waiting(two) == ["a"]
    (before,) = two.rows("select * from history")
    kept = (before["artifact"], before["state"], before["version"], before["content"], before["format"])
    assert kept == ("a", "damaged", "1", "content of a", "x")
    assert two.value("select count(*) from results") == 2  # still there, and searchable, until it is replaced


def test_it_is_told_what_came_of_it(two: Journal) -> None:
    redo = Redo(two)
    assert redo.compared() == []
    redo.redo(parse_condition("all"), EXTRACT)
    read(two, "a", State.READ, "more of a")
    assert {(line["before"], line["now"], line["same"], line["n"]) for line in redo.compared()} == {
        ("damaged", "read", False, 1),
        ("read", "pending", True, 1),
    }


def test_what_was_not_read_again_yet_can_be_taken_back(two: Journal) -> None:
    redo = Redo(two)
    redo.redo(parse_condition("all"), EXTRACT)
    read(two, "b", State.PARTLY, "less of b")
    assert redo.take_back() == 1
    assert waiting(two) == []
    states = {row["digest"]: row["state"] for row in two.rows("select digest, state from artifacts")}
    assert states == {"a": "damaged", "b": "partly"}


def test_two_wishes_before_a_run_leave_one_state_to_go_back_to(two: Journal) -> None:
    redo = Redo(two)
    redo.redo(parse_condition("state=damaged"), EXTRACT)
    assert redo.redo(parse_condition("all"), EXTRACT) == 1
    assert redo.take_back() == 2
    assert two.value("select state from artifacts where digest = 'a'") == "damaged"


def test_the_index_takes_anew_what_is_chosen(two: Journal) -> None:
    for digest in ("a", "b"):
        two.execute("insert into results values (?, 'search', '1', 0, '')", (digest,))
    assert Redo(two).redo(parse_condition("path=a.*"), SEARCH) == 1
    versions = two.rows("select artifact, version from results where stage = 'search' order by 1")
    assert [tuple(row) for row in versions] == [("a", ""), ("b", "1")]


def test_what_a_limit_had_stopped_at_its_place_is_reached_when_it_was_raised(journal: Journal) -> None:
    receive(journal, "many.zip", "m")
    read(journal, "m", State.READ, "c", "one.txt", "two.txt")
    assert waiting(journal, replace(DEFAULT, members=1)) == []
    states = dict(journal.rows("select path, state from occurrences where state is not null"))
    assert states == {"many.zip": "truncated"}
    assert Redo(journal).redo(parse_condition("state=truncated"), EXTRACT) == 1
    assert waiting(journal) == ["m"]
    read(journal, "m", State.READ, "c", "one.txt", "two.txt")
    assert waiting(journal) == ["m-0", "m-1"]


def test_a_member_that_lay_too_deep_is_entered_anew(journal: Journal) -> None:
    receive(journal, "outer.zip", "z")
    read(journal, "z", State.READ, "c", "inner.zip")
    tight = replace(DEFAULT, depth=1)
    Occurrences(journal, tight).expand(names)
    read(journal, "z-0", State.READ, "c", "deep.txt")
    assert waiting(journal, tight) == []
    assert Redo(journal).redo(parse_condition("reason=limit-depth"), EXTRACT) == 1
    assert waiting(journal) == ["z-0"]
    read(journal, "z-0", State.READ, "c", "deep.txt")
    assert waiting(journal) == ["z-0-0"]
    paths = [row["path"] for row in journal.rows("select path from occurrences order by path")]
    assert paths == ["outer.zip", "outer.zip/inner.zip", "outer.zip/inner.zip/deep.txt"]
