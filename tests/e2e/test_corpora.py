"""The public test files, whole: every one and everything inside it ends in a state, without a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from user import proofroom


@pytest.mark.corpora
def test_every_public_test_file_ends_in_one_state(corpora: Path, tmp_path: Path) -> None:
    case = tmp_path / "corpora.case"
    done = proofroom("open", corpora, "--case", case, "--plain-disk", "public test files", "--json")
    assert done.status in (0, 3)
    artifacts = done.document["artifacts"]
    assert artifacts["discovered"] == sum(artifacts["states"].values())
    files = sum(path.is_file() or path.is_symlink() for path in corpora.rglob("*"))
    lines = proofroom("artifacts", case, "--json").lines
    assert sum(line["parent"] is None for line in lines) == files
    assert not [line for line in lines if line["state"] in ("pending", "crashed", "timed-out")]
    assert done.document["content_digest"]
