"""Near duplicates: found among many, held together in groups, and never among texts that differ."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest

from proofroom.language.sketch import sketch
from proofroom.search.near import Sketching, groups, near, pairs
from proofroom.store.journal import Journal

WORDS = [f"{chr(0x4E00 + number)}{chr(0x5000 + number)}" for number in range(2_000)]


def text(seed: int) -> list[str]:
    return random.Random(seed).choices(WORDS, k=200)


def changed(words: list[str], place: int) -> list[str]:
    return [*words[:place], "改", *words[place + 1 :]]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.sqlite", writing=True)


def put(journal: Journal, **texts: list[str]) -> None:
    with journal.transaction():
        for name, words in texts.items():
            journal.execute(
                "insert into occurrences (delivery, path_bytes, path, digest, size, depth, kind) "
                "values ('d', ?, ?, ?, 1, 0, 'file')",
                (name.encode(), name, name),
            )
            journal.execute("insert into sketches values (?, ?)", (name, sketch(["".join(words)])))


def test_a_changed_copy_is_found_from_both_sides(journal: Journal) -> None:
    words = text(1)
    put(journal, a=words, b=changed(words, 50), c=text(2), d=["short"])
    assert [name for name, _ in near(journal, "a")] == ["b"]
    assert [name for name, _ in near(journal, "b")] == ["a"]
    assert near(journal, "c") == near(journal, "d") == []
    assert groups(journal) == [["a", "b"]]


def test_many_copies_of_one_text_are_one_group(journal: Journal) -> None:
    words = text(3)
    put(journal, **{f"n{number:03}": changed(words, number % 190) for number in range(120)})
    (group,) = groups(journal)
    assert len(group) == 120
    assert len(list(pairs(journal))) < 120 * 60


def test_what_was_refused_is_no_duplicate(journal: Journal) -> None:
    words = text(4)
    put(journal, a=words, b=words)
    assert groups(journal) == [["a", "b"]]
    journal.execute("update occurrences set state = 'refused' where digest = 'b'")
    assert groups(journal) == []


def test_an_empty_case_has_none(journal: Journal) -> None:
    assert groups(journal) == []
    assert near(journal, "a") == []


def test_the_texts_of_an_artifact_come_in_columns_and_are_bounded() -> None:
    some = Sketching()
    words = text(5)
    some.add(pa.chunked_array([words, ["x" * 1_000] * 3_000]))
    some.add(pa.chunked_array([text(6)]))
    first = Sketching()
    first.add(pa.chunked_array([words, ["x" * 1_000] * 1_000]))
    assert some.sketch() == first.sketch() != b""
    assert Sketching().sketch() == b""
