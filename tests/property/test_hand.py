"""Merging signed lines is a union: any order, any number of times, the same file and the same reading."""

from __future__ import annotations

import random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from proofroom.receive.hand import FaultCode, Member, digest_of, read, sign, split, union

NAME = "decisions"
KEYS = {
    handle: Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n, handle in enumerate(("anna", "bo"))
}
MEMBERS = {handle: Member(key.public_key().public_bytes_raw()) for handle, key in KEYS.items()}


def pool() -> list[bytes]:
    """Make lines of all kinds once: two chains, a fork, a stranger's, and some that are none."""
    lines: list[bytes] = []
    for handle, key in KEYS.items():
        prev = None
        for number in range(4):
            raw = sign(NAME, handle, key, prev, {"number": number})
            lines.append(raw)
            prev = digest_of(raw)
    lines.append(sign(NAME, "anna", KEYS["anna"], digest_of(lines[1]), {"fork": True}))
    lines.append(sign(NAME, "eve", Ed25519PrivateKey.generate(), None, {}))
    lines.append(sign("notes", "bo", KEYS["bo"], None, {}))
    return [*lines, b"{}", b"nonsense \xff", b'{"prev":5}']


POOL = pool()
files = st.lists(st.sampled_from(POOL)).map(lambda lines: b"".join(line + b"\n" for line in lines))


@given(files, files, files)
def test_merging_is_commutative_associative_and_idempotent(one: bytes, two: bytes, three: bytes) -> None:
    assert union(one, two) == union(two, one)
    assert union(union(one, two), three) == union(one, union(two, three)) == union(one, two, three)
    assert union(union(one, two), two) == union(one, two)
    assert union(union(one)) == union(one) == union(one, b"")


@given(files, files)
def test_no_line_is_lost_and_none_is_made(one: bytes, two: bytes) -> None:
    assert set(split(union(one, two))[0]) == set(split(one)[0]) | set(split(two)[0])


@given(files, st.randoms(use_true_random=False))
def test_the_reading_depends_on_the_set_of_lines_alone(data: bytes, dice: random.Random) -> None:
    lines = split(data)[0]
    dice.shuffle(lines)
    shuffled = b"".join(line + b"\n" for line in lines)
    assert read(NAME, shuffled, MEMBERS) == read(NAME, data, MEMBERS) == read(NAME, union(data), MEMBERS)


@given(files)
def test_every_line_is_read_or_at_fault_or_both(data: bytes) -> None:
    reading = read(NAME, data, MEMBERS)
    good = {line.digest for line in reading.lines}
    faulty = {fault.digest for fault in reading.faults}
    assert good | faulty == {digest_of(line) for line in split(data)[0]}
    chains = {FaultCode.BROKEN_CHAIN, FaultCode.FORKED_CHAIN}
    assert {fault.code for fault in reading.faults if fault.digest in good} <= chains


@given(files)
def test_a_line_comes_after_the_one_it_follows(data: bytes) -> None:
    seen: set[str] = set()
    lines = read(NAME, data, MEMBERS).lines
    held = {line.digest for line in lines}
    for line in lines:
        assert line.prev is None or line.prev in seen or line.prev not in held
        seen.add(line.digest)


@given(st.sampled_from(POOL[:8]), st.data())
def test_a_changed_byte_never_passes(line: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(line) - 1))
    flip = data.draw(st.integers(1, 255))
    bent = line[:place] + bytes([line[place] ^ flip]) + line[place + 1 :]
    assert bent != line
    lines = read(NAME, bent + b"\n", MEMBERS).lines
    assert lines == ()
