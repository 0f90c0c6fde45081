"""The custody log: nothing in it can be altered unnoticed, and no interruption leaves half an act."""

from __future__ import annotations

import base64
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from proofroom.base import merkle, notes
from proofroom.errors import BadCase, BrokenEvidence, CaseFull, CaseTooNew
from proofroom.model.custody import Act, Event
from proofroom.receive import custody
from proofroom.receive.custody import CustodyLog
from proofroom.receive.openings import entry_of, event_lines, read_opening, snapshot

if TYPE_CHECKING:
    from conftest import SmallCase

TIME = "2026-03-01T00:00:00Z"


def event(number: int = 0, **facts: Any) -> Event:
    return Event(Act.REVEAL, TIME, "anna", {"number": number, **facts})


def lines(log: CustodyLog) -> list[bytes]:
    return (log.folder / "events").read_bytes().splitlines(keepends=True)


def test_events_come_back_in_their_order(small: SmallCase) -> None:
    small.log.append([event(1), event(2)])
    small.log.append([event(3, why="名单\n\u202e")])
    read = list(small.again().log.events())
    assert [one.facts.get("number") for one in read] == [None, 1, 2, 3]
    assert read[3] == event(3, why="名单\n\u202e")


def test_the_head_is_the_root_over_all_entries(small: SmallCase) -> None:
    small.log.append([event(number) for number in range(5)])
    leaves = [merkle.leaf_hash(entry_of(line)) for line in event_lines(small.log.folder)]
    public = small.keys.log.public_key().public_bytes_raw()
    head = notes.verify(small.log.head(), public)
    assert (head.size, head.root) == (6, merkle.root(leaves))


def test_every_head_is_the_beginning_of_the_next(small: SmallCase) -> None:
    for number in range(7):
        small.log.append([event(number)] * (number % 3 + 1))
    held = snapshot(small.log.folder)
    leaves = [merkle.leaf_hash(entry_of(line)) for line in event_lines(small.log.folder)]
    heads = held.heads()
    assert len(heads) == 8
    for old, new in itertools.pairwise(heads):
        proof = merkle.consistency_proof(leaves[: new.size], old.size)
        merkle.verify_consistency(old.size, new.size, old.root, new.root, proof)


def test_an_opening_is_a_salted_disclosure(small: SmallCase) -> None:
    small.log.append([event(1), event(1)])
    first, second = lines(small.log)[1:]
    salt, path, value = json.loads(base64.urlsafe_b64decode(first.strip() + b"=" * (-len(first.strip()) % 4)))
    assert len(base64.urlsafe_b64decode(salt + "==")) >= 16
    assert path == "event/1"
    assert value == {"act": "reveal", "by": "anna", "facts": {"number": 1}, "time": TIME}
    assert first != second


def test_signing_again_without_new_events_changes_nothing(small: SmallCase) -> None:
    head = small.log.sign_head()
    before = (small.log.folder / "checkpoints").read_bytes()
    assert small.log.sign_head() == head
    assert (small.log.folder / "checkpoints").read_bytes() == before


def test_no_two_logs_share_an_origin(tmp_path: Path, make_case: Callable[[Path], SmallCase]) -> None:
    one, other = make_case(tmp_path / "one"), make_case(tmp_path / "other")
    assert one.log.head().splitlines()[0] != other.log.head().splitlines()[0]


def test_only_the_owner_may_read_the_log(tmp_path: Path, make_case: Callable[[Path], SmallCase]) -> None:
    before = os.umask(0)
    try:
        log = make_case(tmp_path / "case").log
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in log.folder.iterdir()} == {0o600}


# ── interruptions ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cut", [1, 2, 40, 100])
def test_a_line_that_was_cut_is_dropped_at_every_length(small: SmallCase, cut: int) -> None:
    path = small.log.folder / "events"
    whole = path.read_bytes()
    path.write_bytes(whole + lines(small.log)[0][:cut])
    log = small.again().log
    assert path.read_bytes() == whole
    log.append([event(1)])
    assert [one.act for one in small.again().log.events()] == [Act.CASE_CREATED, Act.REVEAL]


def test_a_head_that_was_cut_is_dropped_at_every_length(small: SmallCase) -> None:
    small.log.append([event(1)])
    path = small.log.folder / "checkpoints"
    whole = path.read_bytes()
    first = whole.index(b"\n\n", whole.index(b"\n\n") + 2) + 2
    for length in range(first, len(whole)):
        path.write_bytes(whole[:length])
        log = small.again().log
        log.append([event(2)])
        assert [head.size for head in snapshot(log.folder).heads()] == [1, 3]
        # Back to where it was cut, for the next length.
        (log.folder / "events").write_bytes(b"".join(lines(log)[:2]))


def test_events_that_were_written_before_their_head_are_kept_and_signed(small: SmallCase) -> None:
    before = (small.log.folder / "checkpoints").read_bytes()
    small.log.append([event(1)])
    (small.log.folder / "checkpoints").write_bytes(before)
    log = small.again().log
    assert log.size == 2
    log.sign_head()
    assert snapshot(log.folder).heads()[-1].size == 2


def test_events_that_somebody_else_added_after_the_last_head_are_not_signed(
    small: SmallCase, tmp_path: Path, make_case: Callable[[Path], SmallCase]
) -> None:
    other = make_case(tmp_path / "other")
    other.log.append([event(1)])
    with (small.log.folder / "events").open("ab") as file:
        file.write(lines(other.log)[1])
    with pytest.raises(BrokenEvidence, match="not written with"):
        small.again()


SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
from proofroom.errors import ProofroomError
from proofroom.model.custody import Act, Event
from proofroom.receive import custody
from proofroom.receive.custody import CustodyLog
from proofroom.receive.keys import Keys

case = Path(sys.argv[1])
log = CustodyLog.open(case, Keys.open(case / "keys"))
size = max((log.folder / name).stat().st_size for name in ("events", "checkpoints"))
resource.setrlimit(resource.RLIMIT_FSIZE, (size + int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    log.append([Event(Act.REVEAL, "", "anna", {"n": n}) for n in range(int(sys.argv[3]))])
except ProofroomError as failure:
    print(failure.code, log.size)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
log.append([Event(Act.REVEAL, "", "anna", {"n": "after"})])
"""


@pytest.mark.parametrize(("room", "events"), [(100, 5), (0, 1), (0, 50)])
def test_a_write_that_fails_is_taken_back_whole(small: SmallCase, room: int, events: int) -> None:
    command = [sys.executable, "-c", SMALL_DISK, small.folder, str(room), str(events)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "bad-case 1\n"
    log = small.again().log
    assert [one.facts.get("n") for one in log.events()] == [None, "after"]
    assert [head.size for head in snapshot(log.folder).heads()] == [1, 2]


def test_a_head_that_cannot_be_written_takes_its_events_back(small: SmallCase) -> None:
    path = small.log.folder / "checkpoints"
    path.unlink()
    path.symlink_to("/dev/full")
    with pytest.raises((BadCase, CaseFull)):
        small.log.append([event(1)])
    assert len(lines(small.log)) == 1


# ── several writers ──────────────────────────────────────────────────────────────────────────────


def test_two_processes_may_write_in_turn(small: SmallCase) -> None:
    other = small.again().log
    for number in range(4):
        (small.log if number % 2 else other).append([event(number)])
    assert [one.facts.get("number") for one in small.again().log.events()] == [None, 0, 1, 2, 3]
    assert small.log.sign_head() != ""


def test_many_writers_at_once_make_one_log(small: SmallCase) -> None:
    def write(log: CustodyLog) -> None:
        for number in range(10):
            log.append([event(number)])

    threads = [threading.Thread(target=write, args=[small.again().log]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert small.again().log.size == 41


def test_a_reader_waits_until_an_act_is_whole(small: SmallCase) -> None:
    def write() -> None:
        for number in range(50):
            small.log.append([event(number)])

    thread = threading.Thread(target=write)
    thread.start()
    while thread.is_alive():
        held = snapshot(small.log.folder)
        assert sum(1 for _ in event_lines(small.log.folder, 0, held.length)) == held.heads()[-1].size
    thread.join()


def test_a_batch_does_not_look_back_at_the_ones_before(
    small: SmallCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    real = custody.split_notes
    monkeypatch.setattr(custody, "split_notes", lambda held: (read.append(len(held)), real(held))[1])
    for number in range(20):
        small.log.append([event(number)])
    assert sum(read) == 0


# ── alterations ──────────────────────────────────────────────────────────────────────────────────


def changed_byte(held: bytes) -> bytes:
    return held[:10] + (b"A" if held[10:11] != b"A" else b"B") + held[11:]


ALTERATIONS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a byte changed": lambda held: [changed_byte(held[0]), *held[1:]],
    "a line deleted": lambda held: [held[0], *held[2:]],
    "two lines swapped": lambda held: [held[1], held[0], *held[2:]],
    "a line doubled": lambda held: [held[0], held[0], *held[1:]],
    "the end cut off": lambda held: held[:-1],
    "everything gone": lambda _: [],
    "an empty line": lambda held: [held[0], b"\n", *held[1:]],
}


@pytest.mark.parametrize("alter", ALTERATIONS.values(), ids=ALTERATIONS.keys())
def test_an_altered_log_does_not_open(small: SmallCase, alter: Callable[[list[bytes]], list[bytes]]) -> None:
    small.log.append([event(number) for number in range(3)])
    (small.log.folder / "events").write_bytes(b"".join(alter(lines(small.log))))
    with pytest.raises(BrokenEvidence):
        small.again()


@pytest.mark.parametrize("name", ["events", "checkpoints", "key.pub"])
@pytest.mark.parametrize("how", ["missing", "empty"])
def test_a_log_without_one_of_its_files_does_not_open(small: SmallCase, name: str, how: str) -> None:
    (small.log.folder / name).unlink()
    if how == "empty":
        (small.log.folder / name).write_bytes(b"")
    with pytest.raises((BrokenEvidence, BadCase)):
        small.again()


def test_a_log_that_is_gone_is_not_begun_anew(small: SmallCase) -> None:
    small.log.folder.rename(small.folder / "elsewhere")
    with pytest.raises(BrokenEvidence, match="gone"):
        small.again()
    assert not small.log.folder.exists()


def test_a_log_of_another_key_is_not_taken(
    small: SmallCase, tmp_path: Path, make_case: Callable[[Path], SmallCase]
) -> None:
    other = make_case(tmp_path / "other")
    for name in ("events", "checkpoints", "key.pub"):
        (small.log.folder / name).write_bytes((other.log.folder / name).read_bytes())
    with pytest.raises(BrokenEvidence, match="another key"):
        small.again()
    with pytest.raises(BrokenEvidence, match="another log"):
        snapshot(small.log.folder)


def test_a_log_is_created_once(small: SmallCase) -> None:
    with pytest.raises(BadCase):
        CustodyLog.create(small.folder, small.keys)


OPENINGS = {
    "nothing": "",
    "no base64": "!!!!",
    "a number": "5",
    "two parts": '["c2FsdHNhbHRzYWx0c2FsdA", "event/0"]',
    "a short salt": '["AAAA", "event/0", {"act":"reveal","time":"","by":"","facts":{}}]',
    "no act": '["c2FsdHNhbHRzYWx0c2FsdA", "event/0", {"time":"","by":"","facts":{}}]',
    "facts that are a list": '["c2FsdHNhbHRzYWx0c2FsdA", "event/0", {"act":"reveal","time":"","by":"","facts":[]}]',
    "a path that is a number": '["c2FsdHNhbHRzYWx0c2FsdA", 0, {"act":"reveal","time":"","by":"","facts":{}}]',
    "nested without end": "[" * 100_000,
}


@pytest.mark.parametrize("text", OPENINGS.values(), ids=OPENINGS.keys())
def test_an_opening_that_is_none_is_refused(text: str) -> None:
    line = base64.urlsafe_b64encode(text.encode()).rstrip(b"=") if text != "!!!!" else b"!!!!"
    with pytest.raises(BrokenEvidence):
        read_opening(line)


def test_an_act_of_a_newer_version_is_called_that() -> None:
    text = '["c2FsdHNhbHRzYWx0c2FsdA", "event/0", {"act":"teleported","time":"","by":"","facts":{}}]'
    with pytest.raises(CaseTooNew, match="teleported"):
        read_opening(base64.urlsafe_b64encode(text.encode()).rstrip(b"="))


def test_odd_bytes_in_a_reason_are_written_as_escapes(small: SmallCase) -> None:
    small.log.append([event(1, why=os.fsdecode(b"caf\xe9"))])
    assert list(small.again().log.events())[1].facts["why"] == "caf%E9"
