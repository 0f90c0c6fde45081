"""A real case in a folder, made and received as the commands do, with nothing read in it yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proofroom.case.checking import verify
from proofroom.case.folder import CaseFile
from proofroom.case.making import make
from proofroom.model.custody import Act, Event
from proofroom.receive.begin import begin, end
from proofroom.receive.custody import CustodyLog
from proofroom.receive.delivery import Delivery, Receiving
from proofroom.receive.intake import Intake
from proofroom.receive.keys import Keys
from proofroom.receive.vault import Vault

Codes = Callable[..., set[str]]
Logged = Callable[..., None]


class Silent:
    """Progress that nobody watches."""

    def begin(self, stage: str, total: int, size: int) -> None:
        pass

    def advance(self, done: int, size: int) -> None:
        pass


def deliver(case: Path, source: Path) -> None:
    """Take a delivery into a case."""
    keys, file, act = Keys.open(case / "keys"), CaseFile.read(case), ("2026-03-01T00:00:00Z", "desk")
    log = CustodyLog.open(case, keys)
    begun = begin(log, keys.secret, source, None, Intake(taken_by="desk", when="2026-03"), act)
    file.deliveries[begun.id] = begun.intake.facts()
    file.write(case)
    receiving = Receiving(Vault(case), log, "desk", lambda: act[0])
    done = receiving.receive(source, Delivery(begun.id), begun.done, Silent())
    end(log, begun, done.found, act)


def codes_of(case: Path, seen: str | None = None) -> set[str]:
    """Verify a case and give the codes of what failed."""
    verdict = verify(case, seen, None)
    assert verdict["ok"] == (not verdict["failures"])
    return {failure["code"] for failure in verdict["failures"]}


def log_act(case: Path, act: Act, by: str = "desk", **facts: Any) -> None:
    """Enter an act into the log of a case."""
    CustodyLog.open(case, Keys.open(case / "keys")).append([Event(act, "", by, facts)])


@pytest.fixture
def codes() -> Codes:
    """Give what verifies a case."""
    return codes_of


@pytest.fixture
def logged() -> Logged:
    """Give what enters an act into a log."""
    return log_act


@pytest.fixture
def receive() -> Callable[[Path, Path], None]:
    """Give what takes a source into a case."""
    return deliver


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Give a case with one delivery of three files."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("a", "b", "c"):
        (source / name).write_bytes(name.encode() * 100)
    make(tmp_path / "case", None, "desk", None, "a test")
    deliver(tmp_path / "case", source)
    return tmp_path / "case"
