"""Verifying a case: whatever is changed in it is named, and an honest case passes, also half done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proofroom.case.checking import verify
from proofroom.case.making import make
from proofroom.errors import BadCase, CaseTooNew
from proofroom.model.custody import Act
from proofroom.receive.custody import CustodyLog
from proofroom.receive.keys import Keys
from proofroom.receive.openings import event_lines, is_cut_event, snapshot

if TYPE_CHECKING:
    from conftest import Codes, Logged


def log_of(case: Path) -> Path:
    (log,) = (case / "custody").iterdir()
    return log


def originals(case: Path) -> list[Path]:
    return sorted(path for path in (case / "originals").glob("??/*"))


def test_an_honest_case_passes_and_says_what_nobody_can_know(case: Path) -> None:
    verdict = verify(case, None, None)
    assert verdict["ok"]
    assert (verdict["kind"], verdict["originals"], verdict["events"]) == ("case", 3, 9)
    assert verdict["freshness"] == "unknown"
    assert "head kept elsewhere" in verdict["freshness_says"]


def test_verifying_changes_nothing(case: Path) -> None:
    def state() -> list[tuple[str, int, int, int]]:
        paths = [case, *sorted(case.rglob("*"))]
        return [(str(p), p.lstat().st_mtime_ns, p.lstat().st_ctime_ns, p.lstat().st_size) for p in paths]

    before = state()
    verify(case, None, None)
    assert state() == before


def test_progress_is_told_of_every_original(case: Path) -> None:
    class Counting:
        total, done = (0, 0), 0

        def begin(self, stage: str, total: int, size: int) -> None:
            self.total = (total, size)

        def advance(self, done: int, size: int) -> None:
            self.done += size

    counting = Counting()
    verify(case, None, counting)
    assert (counting.total, counting.done) == ((3, 300), 300)


# ── originals ────────────────────────────────────────────────────────────────────────────────────


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(data)


def replace_by_link(path: Path) -> None:
    away = path.with_name("away").resolve()
    shutil.move(path, away)
    path.symlink_to(away)


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte": (lambda path: rewrite(path, b"b" + path.read_bytes()[1:]), "original-changed"),
    "cut short": (lambda path: rewrite(path, path.read_bytes()[:-1]), "original-changed"),
    "emptied": (lambda path: rewrite(path, b""), "original-changed"),
    "deleted": (lambda path: path.unlink(), "original-missing"),
    "a link": (replace_by_link, "original-changed"),
    "a pipe": (replace_by_pipe, "original-changed"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "original-changed"),
}


@pytest.mark.parametrize(("change", "code"), CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_original_is_named(case: Path, change: Callable[[Path], object], code: str) -> None:
    path = originals(case)[0]
    change(path)
    verdict = verify(case, None, None)
    named = {failure["code"]: failure["what"] for failure in verdict["failures"]}
    assert (path.parent.name + path.name)[:12] in named[code]


@pytest.mark.parametrize("where", ["ab/" + "c" * 62, "ab/x", "stray", "sub/sub/x"])
def test_a_file_in_the_vault_that_nobody_received_is_named(case: Path, codes: Codes, where: str) -> None:
    path = case / "originals" / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert codes(case) == {"original-unknown"}


def test_what_waits_for_its_place_is_no_failure(case: Path, codes: Codes) -> None:
    path = originals(case)[0]
    path.rename(case / "originals" / ".incoming" / (path.parent.name + path.name))
    (case / "originals" / ".incoming" / "partial-1").touch()
    assert codes(case) == set()


def test_a_vault_that_is_gone_is_named(case: Path, codes: Codes) -> None:
    shutil.rmtree(case / "originals")
    assert codes(case) == {"original-missing"}


# ── custody ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["events", "checkpoints"])
def test_every_changed_line_of_the_log_is_noticed(case: Path, codes: Codes, name: str) -> None:
    path = log_of(case) / name
    held = path.read_bytes()
    for place in range(0, len(held), 97):
        path.write_bytes(held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :])
        assert not verify(case, None, None)["ok"], place
    path.write_bytes(held)
    assert codes(case) == set()


@pytest.mark.parametrize("name", ["events", "checkpoints", "key.pub"])
def test_a_log_that_lacks_a_file_is_broken(case: Path, codes: Codes, name: str) -> None:
    (log_of(case) / name).unlink()
    assert "custody-broken" in codes(case)


@pytest.mark.parametrize("how", ["no folder", "no log"])
def test_a_case_without_a_log_does_not_pass(case: Path, codes: Codes, how: str) -> None:
    shutil.rmtree(case / "custody" if how == "no folder" else log_of(case))
    shutil.rmtree(case / "originals")
    assert "custody-missing" in codes(case)


def test_events_after_the_last_head_are_named_until_they_are_signed(
    case: Path, codes: Codes, logged: Logged
) -> None:
    heads = log_of(case) / "checkpoints"
    before = heads.read_bytes()
    logged(case, Act.REVEAL)
    heads.write_bytes(before)
    assert codes(case) == {"custody-unsigned"}
    CustodyLog.open(case, Keys.open(case / "keys")).sign_head()
    assert codes(case) == set()


def test_an_event_without_its_facts_is_broken_evidence(case: Path, codes: Codes, logged: Logged) -> None:
    logged(case, Act.RECEIVED)
    assert "custody-broken" in codes(case)


@pytest.mark.parametrize("name", ["checkpoints", "events"])
@pytest.mark.parametrize("tail", [b"\0", b"garbage here", b"x\ny", b"proofroom/custody/0000", b"\n"])
def test_what_is_added_to_the_end_of_the_log_is_noticed(
    case: Path, codes: Codes, name: str, tail: bytes
) -> None:
    with (log_of(case) / name).open("ab") as file:
        file.write(tail)
    assert codes(case) == {"custody-broken"}


@pytest.mark.parametrize("name", ["checkpoints", "events"])
def test_an_end_that_a_power_failure_cut_is_no_failure(case: Path, logged: Logged, name: str) -> None:
    held = {one: (log_of(case) / one).read_bytes() for one in ("checkpoints", "events")}
    logged(case, Act.REVEAL)
    after = (log_of(case) / name).read_bytes()
    for one, data in held.items():
        (log_of(case) / one).write_bytes(data)
    for cut in range(len(held[name]), len(after) - 1):
        (log_of(case) / name).write_bytes(after[:cut])
        assert not is_broken(case), cut


def is_broken(case: Path) -> bool:
    held = snapshot(log_of(case))
    if not held.ends_well:
        return True
    length = sum(len(line) + 1 for line in event_lines(log_of(case), 0, held.length))
    return not is_cut_event((log_of(case) / "events").read_bytes()[length:])


# ── a head kept elsewhere ────────────────────────────────────────────────────────────────────────


def test_a_head_that_is_continued_proves_it(case: Path, logged: Logged) -> None:
    head = verify(case, None, None)["head"]
    logged(case, Act.REVEAL)
    for seen in (head, f"\n{head}\n\n"):
        verdict = verify(case, seen, None)
        assert (verdict["ok"], verdict["freshness"]) == (True, "continues")


def test_a_log_that_lost_its_end_is_caught_by_a_head_alone(case: Path, codes: Codes, logged: Logged) -> None:
    held = {path.name: path.read_bytes() for path in log_of(case).iterdir()}
    logged(case, Act.REVEAL)
    head = verify(case, None, None)["head"]
    for name, data in held.items():
        (log_of(case) / name).write_bytes(data)
    assert codes(case) == set()
    assert codes(case, head) == {"head-not-continued"}


def test_a_log_that_was_written_anew_is_caught_by_a_head_alone(
    case: Path, codes: Codes, logged: Logged, tmp_path: Path
) -> None:
    held = {path.name: path.read_bytes() for path in log_of(case).iterdir()}
    logged(case, Act.REVEAL, why="what happened")
    head = verify(case, None, None)["head"]
    for name, data in held.items():
        (log_of(case) / name).write_bytes(data)
    logged(case, Act.REVEAL, why="another story")
    assert codes(case) == set()
    verdict = verify(case, head, None)
    assert verdict["freshness"] == "forked"
    assert "written anew" in verdict["freshness_says"]


def test_a_head_of_another_case_proves_nothing(case: Path, codes: Codes, tmp_path: Path) -> None:
    make(tmp_path / "other", None, "desk", None, "a test")
    head = verify(tmp_path / "other", None, None)["head"]
    assert verify(case, head, None)["freshness"] == "foreign"
    assert codes(case, head) == {"head-not-continued"}


@pytest.mark.parametrize("seen", ["", "nonsense", "a\n1\nb\n\nc", "\x00"])
def test_a_head_that_is_none_is_called_that(case: Path, codes: Codes, seen: str) -> None:
    assert verify(case, seen, None)["freshness"] == "unreadable"
    assert codes(case, seen) == {"head-not-continued"}


# ── not a case ───────────────────────────────────────────────────────────────────────────────────


def test_a_folder_that_is_no_case_is_called_that(tmp_path: Path) -> None:
    with pytest.raises(BadCase, match="not a case"):
        verify(tmp_path, None, None)


def test_a_case_of_a_newer_version_is_not_judged(case: Path) -> None:
    text = (case / "case.toml").read_text()
    (case / "case.toml").write_text(text.replace("format = 1", "format = 2"))
    with pytest.raises(CaseTooNew):
        verify(case, None, None)


READ_ONLY = 'set -e; mount --bind "$2" "$2"; mount -o remount,ro,bind "$2"; exec "$1" -c "$3" "$2"'
VERIFY = """
import sys
from pathlib import Path
from proofroom.case.checking import verify
print(verify(Path(sys.argv[1]), None, None)["failures"])
"""


def test_a_case_on_a_read_only_medium_can_be_verified(case: Path) -> None:
    command = ["unshare", "-rm", "sh", "-c", READ_ONLY, "sh", sys.executable, str(case), VERIFY]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no mounts of our own here: {done.stderr.strip()}")
    assert (done.stdout, done.stderr) == ("[]\n", "")
