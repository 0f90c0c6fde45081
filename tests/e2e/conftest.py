"""A small world and the case made of it, for the tests that go the whole way."""

from __future__ import annotations

from pathlib import Path

import pytest
from user import PLAIN, proofroom

from proofroom import world


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a world with every kind of file and few rows."""
    out = tmp_path_factory.mktemp("worlds") / "small"
    world.make(out, seed=5, people=200)
    return out


@pytest.fixture(scope="session")
def read_case(small_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take the small world in once, for tests that only look."""
    case = tmp_path_factory.mktemp("cases") / "small.case"
    done = proofroom("open", small_world / "cache", "--case", case, *PLAIN, "--json")
    assert done.status in (0, 3), done.err
    return case
