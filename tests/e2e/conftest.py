"""A small world for the tests that go the whole way, and the command line as a user has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from proofroom import world

PLAIN = ("--plain-disk", "a test")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: its exit status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Give the one JSON document that was printed."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Give the JSON lines that were printed."""
        return [json.loads(line) for line in self.out.splitlines()]


def command(*arguments: str | Path) -> list[str]:
    """Give a command of ours as a list of words."""
    return [sys.executable, "-m", "proofroom.cli", *map(str, arguments)]


def proofroom(*arguments: str | Path, given: str = "") -> Done:
    """Run a command as a user does, in a process of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        command(*arguments),
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=environment,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def run_command() -> Any:
    """Give the function that runs a command."""
    return proofroom


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
