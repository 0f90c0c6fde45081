"""The score of OCR: characters and lines of the pages that were read, and of no others."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from proofroom.world.score_ocr import distance, score_ocr


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("合计17", "合计11", 1), ("kitten", "sitting", 3)],
)
def test_the_distance_counts_single_changes(one: str, other: str, steps: int) -> None:
    assert distance(one, other) == distance(other, one) == steps


def test_only_pages_that_were_read_are_scored(tmp_path: Path) -> None:
    rows = [
        {"path": "a.pdf", "part": f"page={page}&line={line}", "raw": text, "needs": "ocr"}
        for page, line, text in ((1, 1, "合计 17"), (1, 2, "完"), (2, 1, "never read"))
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "lines.parquet")
    characters, lines = score_ocr(tmp_path, [("a.pdf", 1, "合计 11"), ("a.pdf", 1, "完"), ("b.pdf", 1, "x")])
    assert (characters.expected, characters.found, characters.right) == (5, 5, 4)
    assert (lines.expected, lines.right) == (2, 1)
    assert lines.problems == ("missing a.pdf page 1: 合计17",)
