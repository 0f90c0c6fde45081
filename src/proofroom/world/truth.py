"""Writes the truth beside the cache: what every file holds, who everybody is, and what really happened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from proofroom.world import statuses
from proofroom.world.cache import Cache, Placed
from proofroom.world.parts import part
from proofroom.world.people import Person, Population

FACTS = pa.schema(
    [
        ("path", pa.string()),
        ("part", pa.string()),
        ("kind", pa.string()),
        ("raw", pa.string()),
        ("value", pa.string()),
        ("shown", pa.string()),
        ("formula", pa.string()),
        ("hidden", pa.list_(pa.string())),
        ("merged", pa.string()),
        ("needs", pa.string()),
    ]
)


_ENCODE = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, default=str
).encode  # one encoder: five times faster


def write_json(path: Path, content: object) -> None:
    """Write JSON the same way every time, a list with one line for each of its items."""
    if isinstance(content, list):
        text = "[\n" + ",\n".join(map(_ENCODE, content)) + "\n]\n"
    else:
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"
    path.write_text(text, "utf-8")


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    """Write one table both as Parquet and as JSON."""
    pq.write_table(pa.Table.from_pylist(rows), path.with_suffix(".parquet"), compression="zstd")
    write_json(path.with_suffix(".json"), rows)


def write_facts(folder: Path, facts: Sequence[Placed]) -> tuple[int, int]:
    """Write `cells.parquet` and `lines.parquet` (comments are lines); gives how many of each."""
    cells = [placed for placed in facts if placed.fact.kind == "cell"]
    lines = [placed for placed in facts if placed.fact.kind != "cell"]
    for name, found in (("cells", cells), ("lines", lines)):
        pq.write_table(
            facts_table(found), folder / f"{name}.parquet", compression="zstd", row_group_size=10_000
        )
    return len(cells), len(lines)


def facts_table(facts: Sequence[Placed]) -> pa.Table:
    """Give facts as a table; `value` is the typed value as JSON."""
    columns: dict[str, list[object]] = {name: [] for name in FACTS.names}
    for placed in facts:
        fact = placed.fact
        columns["path"].append(placed.path)
        columns["part"].append(fact.part)
        columns["kind"].append(fact.kind)
        columns["raw"].append(fact.raw)
        columns["value"].append(None if fact.value is None else _ENCODE(fact.value))
        columns["shown"].append(fact.shown)
        columns["formula"].append(fact.formula)
        columns["hidden"].append(list(fact.hidden) or None)
        columns["merged"].append(fact.merged)
        columns["needs"].append(placed.needs)
    return pa.table(columns, schema=FACTS)


def person_rows(population: Population) -> list[dict[str, object]]:
    """Give everybody as rows: names in three scripts, numbers, households, doubles and twins."""
    return [
        {
            "person": person.number,
            "han": person.han,
            "latin": person.name.latin,
            "arabic": person.name.arabic,
            "sex": person.sex,
            "birth": person.birth.isoformat(),
            "id_number": person.id_number,
            "town": person.town,
            "village": person.village,
            "household": person.household,
            "relation": person.relation,
            "group": person.group,
            "phone": person.phone,
            "moved_to": person.moved_to or None,
            "twin_of": person.twin_of,
            "same_as": person.same_as,
            "detained": bool(person.events),
        }
        for person in population.people
    ]


def event_rows(people: Iterable[Person]) -> list[dict[str, object]]:
    """Give everything that befell people, in order."""
    return [
        {
            "person": person.number,
            "kind": event.kind,
            "day": event.day.isoformat(),
            "facility": event.facility,
            "months": event.months,
        }
        for person in people
        for event in person.events
    ]


def entry_part(sheet: str, row: int) -> str:
    """Give the address of a row: with its sheet, or in a delimited file without."""
    return part(("sheet", sheet), ("row", str(row))) if sheet else part(("row", str(row)))


def entry_rows(cache: Cache) -> list[dict[str, object]]:
    """Give every row about a person with the person it is really about."""
    return [
        {
            "path": path,
            "part": entry_part(sheet, row),
            "kind": entry.kind,
            "person": entry.person.number,
            "status": entry.status or None,
            "slips": [slip.kind for slip in entry.slips],
        }
        for path, sheet, row, entry in cache.entries
    ]


def error_rows(cache: Cache) -> list[dict[str, object]]:
    """Give the ledger of mistakes, each at every place where it stands."""
    return [
        {
            "path": path,
            "part": entry_part(sheet, row),
            "kind": slip.kind,
            "field": slip.field,
            "true": slip.true,
            "written": slip.written,
            "person": entry.person.number,
        }
        for path, sheet, row, entry in cache.entries
        for slip in entry.slips
    ]


def write_people(folder: Path, population: Population, cache: Cache) -> None:
    """Write the tables about people, rows, mistakes and status words."""
    write_rows(folder / "persons", person_rows(population))
    write_rows(folder / "events", event_rows(population.people))
    write_rows(folder / "entries", entry_rows(cache))
    write_rows(folder / "errors", error_rows(cache))
    write_rows(folder / "codes", statuses.code_table())
