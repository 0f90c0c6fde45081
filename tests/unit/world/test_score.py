"""Scores: a perfect case scores one, a wrong or missing fact lowers what it should, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from proofroom import world
from proofroom.errors import BadSource
from proofroom.world import WorldSummary, score_cells, score_lines, score_search, score_states

Cell = tuple[str, str, str, str, str | None]


@pytest.fixture(scope="module")
def truth(small: WorldSummary) -> Path:
    return small.out / "truth"


@pytest.fixture(scope="module")
def perfect(truth: Path) -> list[Cell]:
    rows = pq.read_table(truth / "cells.parquet").to_pylist()
    return [
        (row["path"], row["part"], row["raw"], row["shown"], row["formula"])
        for row in rows
        if row["raw"] is not None and row["needs"] == ""
    ]


def test_a_perfect_case_scores_one(truth: Path, perfect: list[Cell]) -> None:
    for score in score_cells(truth, perfect):
        assert (score.precision, score.recall) == (1.0, 1.0)
        assert score.expected > 0
        assert not score.problems


def test_a_missing_cell_lowers_recall_alone(truth: Path, perfect: list[Cell]) -> None:
    raw = score_cells(truth, perfect[1:])[0]
    assert raw.precision == 1.0
    assert raw.right == raw.expected - 1
    assert raw.problems


def test_a_wrong_cell_lowers_both(truth: Path, perfect: list[Cell]) -> None:
    path, part, raw, shown, formula = perfect[0]
    score = score_cells(truth, [(path, part, raw + "x", shown, formula), *perfect[1:]])[0]
    assert score.right == score.expected - 1 == score.found - 1


def test_an_invented_cell_lowers_precision_alone(truth: Path, perfect: list[Cell]) -> None:
    path = perfect[0][0]
    score = score_cells(truth, [*perfect, (path, "sheet=x&cell=A1", "1", "1", None)])[0]
    assert score.recall == 1.0
    assert score.right == score.found - 1


def test_cells_behind_an_unknown_password_are_not_expected(truth: Path, perfect: list[Cell]) -> None:
    rows = pq.read_table(truth / "cells.parquet").to_pylist()
    locked = [row for row in rows if row["needs"] == "password"]
    assert locked
    opened = [(row["path"], row["part"], row["raw"], row["shown"], row["formula"]) for row in locked]
    score = score_cells(truth, perfect + opened)[0]
    assert (score.precision, score.recall) == (1.0, 1.0)


def test_lines_are_scored_by_address_and_by_text(truth: Path) -> None:
    rows = [row for row in pq.read_table(truth / "lines.parquet").to_pylist() if row["needs"] == ""]
    lines = [(row["path"], row["part"], row["raw"]) for row in rows]
    address, text = score_lines(truth, lines)
    assert (address.precision, address.recall, text.recall) == (1.0, 1.0, 1.0)
    address, text = score_lines(
        truth, [(path, f"para={n}", said) for n, (path, _, said) in enumerate(lines, 999)]
    )
    assert address.right == 0
    assert text.recall == 1.0


def _occurrences(small_files: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    return [(line["path"], line["digest"], line["state"]) for line in small_files.values()]


def test_states_are_scored_with_what_else_is_right(truth: Path, small_files: dict[str, Any]) -> None:
    for score in score_states(truth, _occurrences(small_files)):
        assert (score.precision, score.recall) == (1.0, 1.0)
    other = [
        (line["path"], line["digest"], line["also"][-1] if line["also"] else line["state"])
        for line in small_files.values()
    ]
    assert all(score.recall == 1.0 for score in score_states(truth, other))


def test_a_lost_a_changed_and_a_misjudged_file_each_show(truth: Path, small_files: dict[str, Any]) -> None:
    given = _occurrences(small_files)
    photos = [number for number, line in enumerate(small_files.values()) if line["kind"] == "photo"]
    changed, misjudged, lost = photos[:3]
    given[changed] = (given[changed][0], "0" * 64, given[changed][2])
    given[misjudged] = (given[misjudged][0], given[misjudged][1], "crashed")
    del given[lost]
    found, digests, states, _ = score_states(truth, given)
    assert found.right == found.expected - 1
    assert digests.right == digests.found - 1
    assert states.right == states.found - 1
    assert "crashed" in states.problems[0]


def test_search_is_scored_against_a_scan_of_the_truth(truth: Path) -> None:
    rows = [
        row
        for name in ("cells", "lines")
        for row in pq.read_table(truth / f"{name}.parquet").to_pylist()
        if row["raw"] and row["needs"] == ""
    ]

    def scan(name: str) -> Iterator[tuple[str, str]]:
        return ((row["path"], row["part"]) for row in rows if name in row["raw"])

    score = score_search(truth, scan, names=20)
    assert (score.precision, score.recall) == (1.0, 1.0)
    assert score.expected > 20
    half = score_search(truth, lambda name: list(scan(name))[:1], names=20)
    assert half.precision == 1.0
    assert half.recall < 1.0
    noisy = score_search(truth, lambda name: [*scan(name), (rows[0]["path"], rows[0]["part"])], names=20)
    assert noisy.recall == 1.0
    assert noisy.precision < 1.0


def test_a_folder_without_truth_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSource) as caught:
        score_cells(tmp_path, [])
    assert "cells.parquet" in caught.value.what


def test_a_score_becomes_one_line_of_json(truth: Path, perfect: list[Cell]) -> None:
    line = score_cells(truth, perfect)[0].line()
    assert json.loads(json.dumps(line))["kind"] == "cells:raw"
    assert set(world.__all__) >= {"make", "Score"}
