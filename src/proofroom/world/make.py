"""Makes a whole world: the cache a user is handed, and beside it the truth about everything in it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from proofroom.errors import WrongUse
from proofroom.world import (
    books,
    country,
    demo,
    gold,
    hostile,
    letters,
    lists,
    names,
    people,
    register,
    sheets,
    traps,
    truth,
)
from proofroom.world.cache import Cache
from proofroom.world.parts import MARKER, Made, digest
from proofroom.world.slips import Entry

REGISTER_ROWS = 3000
DETENTION_ROWS = 240


@dataclass(frozen=True, slots=True)
class WorldSummary:
    """What was made: counts, and one digest of the whole cache (locked files by their open copies)."""

    out: Path
    seed: int
    size: str
    people: int
    register_rows: int
    detention_rows: int
    files: int
    occurrences: int
    cells: int
    lines: int
    bytes: int
    cache_digest: str


def make(
    out: Path,
    *,
    size: Literal["demo", "rows"] = "demo",
    seed: int = 1,
    blind: bool = False,
    people: int | None = None,
) -> WorldSummary:
    """Make a world in the folder `out`, which must not exist yet or be empty.

    size: `demo` writes files; `rows` writes the same tables as Parquet segments of cells, without files.
    people: scales register and lists (default 3,000 register rows and 240 detention rows).
    blind: leaves the word SYNTHETIC-FICTION out of the files' properties, for tests of detectors.
    Raises WrongUse when `out` holds something already.
    """
    if out.exists() and any(out.iterdir()):
        message = f"{out} is not empty"
        raise WrongUse(message, remedy="Name a folder that does not exist yet.")
    population, entries, rolls = tables(seed, people)
    cache = Cache(out / "cache", blind)
    folder = out / "truth"
    folder.mkdir(parents=True)
    if size == "demo":
        _fill(cache, folder, seed, population, entries, rolls)
    else:
        for path, book, rows in books.bare_books(entries, rolls):
            cache.record(path, Made(None, "table", sheets.facts(book), extra={"entries": rows}))
    truth.write_people(folder, population, cache)
    cells, lines = truth.write_facts(folder, cache.facts)
    if size == "rows":
        (out / "segments").mkdir()
        shutil.copyfile(folder / "cells.parquet", out / "segments" / "cells.parquet")
    truth.write_json(folder / "files.json", [seen.line() for seen in cache.occurrences])
    (out / "regions.csv").write_text(country.regions_csv(), "utf-8")
    (out / "README_SYNTHETIC.md").write_text(_README.format(seed=seed, size=size, marker=MARKER), "utf-8")
    counts = len(population.people), len(entries), sum(len(roll.entries) for roll in rolls)
    return _summary(out, (seed, size), counts, (cells, lines), cache)


def _summary(
    out: Path, choice: tuple[int, str], counts: tuple[int, int, int], facts: tuple[int, int], cache: Cache
) -> WorldSummary:
    received = [seen for seen in cache.occurrences if seen.parent is None]
    total = sum(len(seen.made.data or b"") for seen in received)
    files = len(received), len(cache.occurrences)
    return WorldSummary(out, *choice, *counts, *files, *facts, total, cache_digest(cache))


def _fill(
    cache: Cache,
    folder: Path,
    seed: int,
    population: people.Population,
    entries: list[Entry],
    rolls: list[lists.Roll],
) -> None:
    """Write every file of the demo, and the truth that only files have: photos, lists, gold answers."""
    blind = cache.blind
    box = demo.photo_box(seed, population, rolls, blind=blind)
    of_lists = books.list_files(rolls, blind=blind)
    groups = (
        books.register_files(entries, blind=blind),
        of_lists,
        box.files,
        demo.extra_books(seed, population, rolls, blind=blind),
        demo.documents(population, rolls, blind=blind),
        letters.messages(rolls, blind=blind),
        letters.parcels(rolls, population, blind=blind),
        hostile.files(blind=blind),
        traps.traces(blind=blind),
        traps.odd_names(blind=blind),
    )
    for file in (file for group in groups for file in group):
        cache.place(file.path, file.made, file.group)
    truth.write_rows(folder / "photos", gold.photo_rows(box, cache))
    truth.write_rows(folder / "anchors", [{"path": path, **anchor} for path, anchor in cache.pictures])
    truth.write_rows(folder / "lists", gold.roll_rows(rolls, [str(file.path) for file in of_lists]))
    truth.write_json(folder / "gold.json", gold.answers(seed, population, rolls, cache, box.shots))


def tables(seed: int, count: int | None) -> tuple[people.Population, list[Entry], list[lists.Roll]]:
    """Invent the people and the rows about them; raises ValueError when a name turns out to be real."""
    rows = REGISTER_ROWS if count is None else count
    detention = max(12, round(rows * DETENTION_ROWS / REGISTER_ROWS))
    population = people.populate(seed, round(rows * 0.99), round(detention * 0.67))
    real = names.clashes(country.place_names())
    real |= names.clashes([word for person in population.people for word in person.name.words()])
    if real:
        message = f"invented names that are real: {sorted(real)}"
        raise ValueError(message)
    return population, register.entries(seed, population, rows), lists.rolls(seed, population, detention)


def cache_digest(cache: Cache) -> str:
    """Give one digest of a cache: its paths and bytes, locked files by the bytes of their open copies."""
    lines = []
    for seen in cache.occurrences:
        made = seen.made.decrypted or seen.made
        if seen.parent is None:
            lines.append(seen.path_bytes + b"\0" + digest(made.data or made.note.encode()).encode())
    return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()


_README = """# {marker}

Everything in this folder is invented by a program (`proofroom world`, size {size}, seed {seed}). No person,
place, number, photograph or document here is real. Identity numbers begin with 99, which no region
has; telephone numbers use a prefix no network has; coordinates lie in the open ocean.

- `cache/` is what a newsroom would be handed.
- `truth/` says what is really in it: cells and lines, persons and events, mistakes, photographs,
  expected states, and the gold answers.
- `regions.csv` is the table of region codes of the invented country.
"""
