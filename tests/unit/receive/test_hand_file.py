"""Files of signed lines: durable, one writer at a time, merged without loss."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proofroom.errors import BadMember, WrongUse
from proofroom.receive.hand import FaultCode, Member
from proofroom.receive.hand_file import HandFile

ANNA = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
MEMBERS = {"anna": Member(ANNA.public_key().public_bytes_raw())}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "case" / "hand").mkdir(parents=True)
    return tmp_path / "case"


def notes(case: Path) -> HandFile:
    return HandFile(case, "notes", MEMBERS)


def numbers(case: Path) -> list[int]:
    reading = notes(case).read()
    assert reading.faults == ()
    return [line.body["n"] for line in reading.lines]


def test_lines_are_added_to_one_chain_however_often_it_is_opened(case: Path) -> None:
    held = notes(case)
    held.append("anna", ANNA, [{"n": 0}, {"n": 1}])
    held.append("anna", ANNA, [{"n": 2}])
    notes(case).append("anna", ANNA, [{"n": 3}])
    held.append("anna", ANNA, [{"n": 4}])
    assert numbers(case) == [0, 1, 2, 3, 4]


def test_a_file_that_is_not_there_holds_nothing(case: Path) -> None:
    assert numbers(case) == []


def test_only_the_owner_may_read_it(case: Path) -> None:
    before = os.umask(0)
    try:
        notes(case).append("anna", ANNA, [{"n": 0}])
    finally:
        os.umask(before)
    assert notes(case).path.stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_is_dropped_before_the_next(case: Path) -> None:
    held = notes(case)
    held.append("anna", ANNA, [{"n": 0}, {"n": 1}])
    whole = held.path.read_bytes()
    held.path.write_bytes(whole[:-5])
    assert [fault.code for fault in held.read().faults] == [FaultCode.CUT_LINE]
    held.append("anna", ANNA, [{"n": "again"}])
    assert numbers(case) == [0, "again"]


def test_many_writers_at_once_make_one_chain(case: Path) -> None:
    def write() -> None:
        held = notes(case)
        for _ in range(10):
            held.append("anna", ANNA, [{"n": 0}])

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(case) == [0] * 40


def test_two_copies_merge_to_the_same_file(case: Path, tmp_path: Path) -> None:
    (tmp_path / "other" / "hand").mkdir(parents=True)
    held, other = notes(case), notes(tmp_path / "other")
    held.append("anna", ANNA, [{"n": 0}])
    other.merge(held.path.read_bytes())
    held.append("anna", ANNA, [{"n": 1}])
    other.append("anna", ANNA, [{"n": 2}])
    mine, theirs = held.path.read_bytes(), other.path.read_bytes()
    assert (held.merge(theirs), other.merge(mine)) == (1, 1)
    assert held.path.read_bytes() == other.path.read_bytes()
    assert held.merge(theirs) == 0
    reading = held.read()
    assert sorted(line.body["n"] for line in reading.lines) == [0, 1, 2]
    assert [fault.code for fault in reading.faults] == [FaultCode.FORKED_CHAIN]


def test_an_append_after_a_merge_goes_on_from_the_merged_lines(case: Path, tmp_path: Path) -> None:
    (tmp_path / "other" / "hand").mkdir(parents=True)
    held, other = notes(case), notes(tmp_path / "other")
    other.append("anna", ANNA, [{"n": 0}])
    assert held.merge(other.path.read_bytes()) == 1
    held.append("anna", ANNA, [{"n": 1}])
    assert numbers(case) == [0, 1]


def test_a_key_that_is_not_the_members_signs_nothing(case: Path) -> None:
    for by, key in (("anna", Ed25519PrivateKey.generate()), ("eve", ANNA)):
        with pytest.raises(BadMember):
            notes(case).append(by, key, [{"n": 0}])
    left = HandFile(case, "notes", {"anna": Member(MEMBERS["anna"].key, frozenset())})
    with pytest.raises(BadMember, match="has left"):
        left.append("anna", ANNA, [{"n": 0}])
    assert not notes(case).path.exists()


def test_one_body_that_cannot_be_signed_keeps_all_of_them_out(case: Path) -> None:
    with pytest.raises(WrongUse):
        notes(case).append("anna", ANNA, [{"n": 0}, {"n": float("nan")}])
    assert numbers(case) == []


@pytest.mark.parametrize("name", ["", "../log", "Notes", "notes.jsonl", ".lock"])
def test_a_name_that_is_none_is_refused(case: Path, name: str) -> None:
    with pytest.raises(WrongUse):
        HandFile(case, name, MEMBERS)


FULL = """
import resource, sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from proofroom.errors import ProofroomError
from proofroom.receive.hand import Member
from proofroom.receive.hand_file import HandFile
key = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
held = HandFile(Path(sys.argv[1]), "notes", {"anna": Member(key.public_key().public_bytes_raw())})
resource.setrlimit(resource.RLIMIT_FSIZE, (held.path.stat().st_size + 300, resource.RLIM_INFINITY))
try:
    held.append("anna", key, [{"n": 1}, {"n": 2}, {"n": 3}])
except ProofroomError as failure:
    print(failure.code)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
held.append("anna", key, [{"n": 4}])
"""


def test_a_write_that_fails_is_taken_back_whole(case: Path) -> None:
    notes(case).append("anna", ANNA, [{"n": 0}])
    done = subprocess.run([sys.executable, "-c", FULL, case], capture_output=True, text=True, check=True)
    assert done.stdout == "bad-case\n"
    assert numbers(case) == [0, 4]
