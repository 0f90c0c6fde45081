"""However often a delivery is interrupted, it ends as if it never had been."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from proofroom.errors import CaseFull, SourceLost
from proofroom.model.custody import Act
from proofroom.receive import delivery as module
from proofroom.receive.vault import Vault

if TYPE_CHECKING:
    from conftest import SmallCase, Watching

FILES = 12


@pytest.fixture
def full(source: Path) -> Path:
    """Give a source with files, equal ones, folders and a link."""
    for number in range(FILES):
        path = source / str(number % 3) / f"{number:02}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes([number % 7]) * (number * 9_001))
    (source / "link").symlink_to("nowhere")
    return source


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_FILES", 3)


@pytest.fixture
def undisturbed(tmp_path: Path, full: Path, make_case: Callable[[Path], SmallCase]) -> Any:
    """Give the acts of the same delivery when nothing happens, in a case with the same keys."""

    def acts(like: SmallCase) -> Any:
        other = make_case(tmp_path / "undisturbed")
        other.keys = like.keys
        other.receive(full)
        return other.acts()

    return acts


def whole(small: SmallCase) -> None:
    """Check that the vault holds what the log names, no more and no less."""
    found = {facts["digest"]: facts["bytes"] for facts in small.received().values() if facts["digest"]}
    assert [small.vault.check(digest, size) for digest, size in found.items()] == [None] * len(found)
    assert list(small.vault.strangers(set(found))) == []


class Pulled(Exception):
    """The person at the desk did something."""


def pull() -> None:
    raise Pulled


@pytest.mark.parametrize("after", range(1, FILES + 2))
def test_an_interruption_after_any_file_changes_nothing_in_the_end(
    small: SmallCase, full: Path, watching: type[Watching], undisturbed: Any, after: int
) -> None:
    with pytest.raises(Pulled):
        small.receive(full, watching(lambda done: pull() if done == after else None))
    whole(small)
    again = small.again()
    again.receive(full)
    whole(again)
    assert again.acts() == undisturbed(again)
    assert sum(event.act is Act.DELIVERY_RESUMED for event in again.log.events()) == 1


def test_an_interruption_after_each_file_changes_nothing_in_the_end(
    small: SmallCase, full: Path, watching: type[Watching], undisturbed: Any
) -> None:
    for _ in range(FILES + 1):
        small = small.again()
        with pytest.raises(Pulled):
            small.receive(full, watching(lambda _: pull()))
    small.receive(full)
    assert small.acts() == undisturbed(small)


def test_a_source_that_is_pulled_out_and_put_back_goes_on(
    small: SmallCase, full: Path, watching: type[Watching], undisturbed: Any
) -> None:
    safe = full.with_name("safe")
    shutil.copytree(full, safe, symlinks=True)
    with pytest.raises(SourceLost):
        small.receive(full, watching(lambda done: shutil.rmtree(full) if done == 2 else None))
    whole(small)
    assert 0 < len(small.received()) < FILES + 1
    assert Act.DELIVERY_ENDED not in [event.act for event in small.log.events()]
    shutil.copytree(safe, full, symlinks=True)
    again = small.again()
    again.receive(full)
    assert {event["digest"] for event in again.received().values()} == {
        event["digest"] for event in small.received().values()
    }
    # Times of copies differ; what was received does not.
    assert len(again.received()) == FILES + 1


# ── a full disk, and a disk that fails ───────────────────────────────────────────────────────────


class FullOnSync(Vault):
    """A disk that is full when the batch is to be made durable."""

    def sync(self) -> None:
        raise CaseFull("the disk of the case is full")


def test_a_batch_that_cannot_be_made_durable_is_not_logged(
    small: SmallCase, full: Path, undisturbed: Any
) -> None:
    small.vault = FullOnSync(small.folder)
    with pytest.raises(CaseFull):
        small.receive(full)
    assert small.received() == {}
    again = small.again()
    whole(again)
    again.receive(full)
    assert again.acts() == undisturbed(again)


# ── killed at the worst moments ──────────────────────────────────────────────────────────────────

KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from conftest import SmallCase
from proofroom.receive import custody, delivery, openings
from proofroom.receive.custody import CustodyLog
from proofroom.receive.keys import Keys
from proofroom.receive.vault import Vault

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

delivery.BATCH_FILES = 3
point, turn = sys.argv[4].split("/")
def at(owner, name, *, after):
    real, count = getattr(owner, name), 0
    def hooked(*given):
        nonlocal count
        count += 1
        if count == int(turn) and not after:
            die()
        found = real(*given)
        if count == int(turn) and after:
            die()
        return found
    setattr(owner, name, hooked)

case = Path(sys.argv[1])
keys = Keys.open(case / "keys")
small = SmallCase(case, keys, CustodyLog.open(case, keys), Vault(case)).again()
owners = {"sync": Vault, "settle": Vault, "append": CustodyLog, "fdatasync": os, "write_all": custody}
name, _, when = point.partition("-")
at(owners[name], name, after=when == "after")
small.receive(Path(sys.argv[2]))
"""


def kill(small: SmallCase, source: Path, point: str) -> None:
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", KILLED, small.folder, source, here, point], check=False)
    assert done.returncode == -signal.SIGKILL


POINTS = [
    *(
        f"{name}-{when}/{turn}"
        for name in ("sync", "settle")
        for when in ("before", "after")
        for turn in (1, 3)
    ),
    *(
        f"{name}-{when}/{turn}"
        for name in ("write_all", "fdatasync")
        for when in ("before", "after")
        for turn in (3, 4)
    ),
    "append-after/1",
    "append-after/2",
]


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_point_changes_nothing_in_the_end(
    small: SmallCase, full: Path, undisturbed: Any, point: str
) -> None:
    kill(small, full, point)
    again = small.again()
    whole(again)
    again.receive(full)
    whole(again)
    assert again.acts() == undisturbed(again)


def test_kills_one_after_the_other_change_nothing_in_the_end(
    small: SmallCase, full: Path, undisturbed: Any
) -> None:
    for _ in range(3):
        kill(small, full, "settle-before/1")
    again = small.again()
    again.receive(full)
    whole(again)
    assert again.acts() == undisturbed(again)


def test_half_a_copy_is_swept_away_and_a_logged_one_goes_to_its_place(small: SmallCase, full: Path) -> None:
    small.receive(full)
    digest, size = next((f["digest"], f["bytes"]) for f in small.received().values() if f["bytes"])
    small.vault.path(digest).rename(small.vault.incoming / digest)
    (small.vault.incoming / "partial-3f9a").write_bytes(b"half")
    (small.vault.incoming / ("ab" * 32)).write_bytes(b"never logged")
    assert small.vault.check(digest, size) is None
    again = small.again()
    whole(again)
    assert list(again.vault.incoming.iterdir()) == []


def test_two_interrupted_deliveries_do_not_get_one_name(
    small: SmallCase, full: Path, tmp_path: Path, watching: type[Watching]
) -> None:
    other = tmp_path / "another"
    other.mkdir()
    (other / "file").write_bytes(b"text")
    for one in (full, other):
        with pytest.raises(Pulled):
            small.receive(one, watching(lambda _: pull()))
    assert small.receive(other).id == "delivery-2"
    assert small.receive(full).id == "delivery-1"
    assert small.receive(full).id == "delivery-3"
