"""Scores a case against the truth of its world: what was found, and what should have been."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from proofroom.case import Case
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import cell_name, format_parts
from proofroom.store.journal import Journal
from proofroom.store.ocr_rows import preferred_rows
from proofroom.store.reading import Reading
from proofroom.values.masking import OPEN
from proofroom.world import score_cells, score_lines, score_search, score_states
from proofroom.world.score_ocr import score_ocr


def score_case(folder: Path, truth: Path) -> dict[str, Any]:
    """Give precision and recall per kind of fact; the cache is synthetic, so nothing is withheld here."""
    with Case.open(folder) as case:
        looking = case.looking
        reading = Reading(looking.derived, looking.journal)
        states = [(row["path"], row["digest"], row["state"]) for row in looking.accounting().artifacts(OPEN)]

        def search(name: str) -> Iterator[tuple[str, str]]:
            for line in looking.search(name, OPEN, 0, exact=True):
                if "total" not in line:
                    yield line["path"], (line["where"] or "").partition("#")[2]

        scores = [
            *score_states(truth, states),
            *score_cells(truth, _cells(states, reading)),
            *score_lines(truth, _lines(states, reading)),
            score_search(truth, search),
        ]
        if looking.journal.value("select 1 from results where stage >= 'ocr' and stage < 'ocs'"):
            scores += score_ocr(truth, _recognised(states, reading, looking.journal))
    return {
        "kinds": {
            one.kind: {
                "precision": one.precision,
                "recall": one.recall,
                "true": one.expected,
                "found": one.found,
            }
            for one in scores
        },
        "missed": [f"{one.kind}: {problem}" for one in scores for problem in one.problems],
    }


def _cells(states: list[Any], reading: Reading) -> Iterator[tuple[str, str, str, str, str | None]]:
    """Give every stored cell of every occurrence as (path, part, raw, shown, formula)."""
    for path, digest, _state in states:
        if digest is None:
            continue
        sheets = {one["sheet"]: one["name"] for one in reading.of_artifact("sheets", digest).to_pylist()}
        for table in reading.batches("cells", digest):
            for row in table.to_pylist():
                cell = ("cell", cell_name(row["row"], row["col"]))
                parts = (("sheet", sheets[row["sheet"]]), cell) if row["sheet"] else (cell,)
                shown = row["shown"] if row["flags"] & Flag.SHOWN_DIFFERS else row["raw"]
                formula = row["formula"] if row["flags"] & Flag.HAS_FORMULA else None
                yield path, format_parts(parts), row["raw"], shown, formula


def _lines(states: list[Any], reading: Reading) -> Iterator[tuple[str, str, str]]:
    """Give every line, paragraph and shape of every occurrence as (path, part, text)."""
    for path, digest, _state in states:
        if digest is not None:
            for row in reading.of_artifact("pieces", digest).to_pylist():
                yield path, row["part"], row["text"]


def _recognised(states: list[Any], reading: Reading, journal: Journal) -> Iterator[tuple[str, int, str]]:
    """Give every line that engines read from pictures as (path, page, text)."""
    for path, digest, _state in states:
        if digest is not None:
            for row in preferred_rows(reading, journal, digest).to_pylist():
                if row["kind"] == PieceKind.LINE:
                    yield path, row["page"], row["text"]
