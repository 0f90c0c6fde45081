"""A case without a command line around it: its folders, keys, log and vault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from proofroom.model.custody import Act, Event
from proofroom.receive.begin import begin, end
from proofroom.receive.custody import CustodyLog
from proofroom.receive.delivery import Delivery, Receiving
from proofroom.receive.intake import Intake
from proofroom.receive.keys import Keys
from proofroom.receive.names import raw_path
from proofroom.receive.vault import Vault

TIME = "2026-03-01T00:00:00Z"


class Watching:
    """Progress that calls back after each file, to interfere."""

    def __init__(self, after: Callable[[int], object] | None = None) -> None:
        """Call `after` with the number of files done."""
        self.done = 0
        self._after = after

    def begin(self, stage: str, total: int, size: int) -> None:
        pass

    def advance(self, done: int, size: int) -> None:
        self.done += done
        if self._after is not None:
            self._after(self.done)


@dataclass
class SmallCase:
    """A case, as far as receiving goes."""

    folder: Path
    keys: Keys
    log: CustodyLog
    vault: Vault

    def receive(self, source: Path, progress: Any = None, by: str = "anna") -> Delivery:
        """Take a delivery in, as the command does."""
        act = (TIME, by)
        begun = begin(self.log, self.keys.secret, source, None, Intake(), act)
        receiving = Receiving(self.vault, self.log, by, lambda: TIME)
        delivery = receiving.receive(source, Delivery(begun.id), begun.done, progress or Watching())
        end(self.log, begun, delivery.found, act)
        return delivery

    def again(self) -> SmallCase:
        """Open it as a new process does."""
        keys = Keys.open(self.folder / "keys")
        log, vault = CustodyLog.open(self.folder, keys), Vault(self.folder)
        vault.recover(lambda: digests(log))
        return SmallCase(self.folder, keys, log, vault)

    def received(self) -> dict[bytes, dict[str, Any]]:
        """Give what the log has of each path."""
        found: dict[bytes, dict[str, Any]] = {}
        for event in self.log.events():
            if event.act is Act.RECEIVED:
                path = raw_path(event.facts)
                assert path not in found, "one path twice"
                found[path] = dict(event.facts)
        return found

    def acts(self) -> Counter[str]:
        """Give the acts as a multiset, without times, and without how often it was resumed."""
        skipped = (Act.DELIVERY_RESUMED, Act.RUN_RESUMED, Act.RUN_STARTED)
        return Counter(
            f"{event.act} {event.by} {sorted(event.facts.items(), key=str)}"
            for event in self.log.events()
            if event.act not in skipped
        )


def digests(log: CustodyLog) -> list[str]:
    """Give the digests of the originals that a log names."""
    found = [event.facts["digest"] for event in log.events() if event.act is Act.RECEIVED]
    return [digest for digest in found if digest is not None]


def new_case(folder: Path) -> SmallCase:
    """Make a case in an empty folder."""
    for name in ("custody", "originals", "hand"):
        (folder / name).mkdir(parents=True)
    keys = Keys.create(folder / "keys", None)
    log = CustodyLog.create(folder, keys)
    log.append([Event(Act.CASE_CREATED, TIME, "anna", {"member": "anna", "public_key": ""})])
    return SmallCase(folder, keys, log, Vault(folder))


@pytest.fixture
def make_case() -> Callable[[Path], SmallCase]:
    """Give what makes a case in a folder that is not there yet."""
    return new_case


@pytest.fixture
def watching() -> type[Watching]:
    """Give progress that calls back after each file, to interfere."""
    return Watching


@pytest.fixture
def small(tmp_path: Path) -> SmallCase:
    """Give a new case."""
    return new_case(tmp_path / "case")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give an empty folder to be received."""
    folder = tmp_path / "source"
    folder.mkdir()
    return folder
