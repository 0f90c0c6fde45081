"""One small demo world shared by the tests of the world: made once, never changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proofroom import world
from proofroom.world import WorldSummary


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> WorldSummary:
    return world.make(tmp_path_factory.mktemp("world") / "demo", seed=7)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> WorldSummary:
    """Make a world with every kind of file and few rows, for tests that do not count them."""
    return world.make(tmp_path_factory.mktemp("world") / "small", seed=3, people=150)


@pytest.fixture(scope="session")
def small_files(small: WorldSummary) -> dict[str, dict[str, Any]]:
    lines = json.loads((small.out / "truth" / "files.json").read_text("utf-8"))
    return {line["path"]: line for line in lines}


@pytest.fixture(scope="session")
def demo_files(demo: WorldSummary) -> dict[str, dict[str, Any]]:
    lines = json.loads((demo.out / "truth" / "files.json").read_text("utf-8"))
    return {line["path"]: line for line in lines}
