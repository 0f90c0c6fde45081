"""Signed lines: what holds, what does not, and that nothing is dropped without a word."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proofroom.base import canonical
from proofroom.receive.hand import FaultCode, Member, digest_of, read, sign, union

ANNA = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
BO = Ed25519PrivateKey.from_private_bytes(b"b" * 32)
MEMBERS = {
    "anna": Member(ANNA.public_key().public_bytes_raw()),
    "bo": Member(BO.public_key().public_bytes_raw()),
}


def chain(count: int, by: str = "anna", key: Ed25519PrivateKey = ANNA) -> list[bytes]:
    lines: list[bytes] = []
    for number in range(count):
        lines.append(sign("notes", by, key, digest_of(lines[-1]) if lines else None, {"number": number}))
    return lines


def joined(*lines: bytes) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def codes(data: bytes, members: dict[str, Member] | None = None) -> list[FaultCode]:
    return [fault.code for fault in read("notes", data, members or MEMBERS).faults]


def test_a_line_is_read_back_with_what_it_says() -> None:
    (line,) = read("notes", joined(*chain(1)), MEMBERS).lines
    assert (line.by, line.prev, line.body) == ("anna", None, {"number": 0})
    assert len(line.id) == 32


def test_no_two_lines_have_one_id() -> None:
    assert len({json.loads(line)["id"] for line in chain(50)}) == 50


def test_lines_come_in_the_order_of_their_chain() -> None:
    lines = chain(5)
    reading = read("notes", joined(*reversed(lines)), MEMBERS)
    assert [line.body["number"] for line in reading.lines] == [0, 1, 2, 3, 4]
    assert reading.faults == ()


def test_the_chains_of_two_members_do_not_disturb_each_other() -> None:
    assert codes(union(joined(*chain(3)), joined(*chain(3, "bo", BO)))) == []


def resigned(line: bytes, key: Ed25519PrivateKey = ANNA, name: str = "notes", **changes: Any) -> bytes:
    held = json.loads(line) | changes
    return sign(name, held["by"], key, held["prev"], held["body"])


def changed(line: bytes, **changes: Any) -> bytes:
    return canonical.dumps(json.loads(line) | changes)


BENT: dict[str, tuple[Callable[[bytes], bytes], FaultCode]] = {
    "another body": (lambda line: changed(line, body={}), FaultCode.BAD_SIGNATURE),
    "another author": (lambda line: changed(line, by="bo"), FaultCode.BAD_SIGNATURE),
    "another id": (lambda line: changed(line, id="0" * 32), FaultCode.BAD_SIGNATURE),
    "another place": (lambda line: changed(line, prev="0" * 64), FaultCode.BAD_SIGNATURE),
    "another file": (lambda line: resigned(line, name="decisions"), FaultCode.BAD_SIGNATURE),
    "another's key": (lambda line: resigned(line, key=BO), FaultCode.BAD_SIGNATURE),
    "a stranger": (lambda line: resigned(line, by="eve"), FaultCode.UNKNOWN_MEMBER),
    "a key more": (lambda line: changed(line, more=1), FaultCode.MALFORMED),
    "a body that is a list": (lambda line: changed(line, body=[]), FaultCode.MALFORMED),
    "a short id": (lambda line: changed(line, id="0"), FaultCode.MALFORMED),
    "an empty place": (lambda line: changed(line, prev=""), FaultCode.MALFORMED),
    "a number for a place": (lambda line: changed(line, prev=0), FaultCode.MALFORMED),
    "no signature": (lambda line: changed(line, sig=""), FaultCode.MALFORMED),
    "half a signature": (lambda line: changed(line, sig="AAAA"), FaultCode.MALFORMED),
    "a signature that is no base64": (lambda line: changed(line, sig="!" * 88), FaultCode.MALFORMED),
    "another spelling": (lambda line: json.dumps(json.loads(line)).encode(), FaultCode.MALFORMED),
    "a key twice": (lambda line: line.replace(b'{"body"', b'{"by":"anna","body"', 1), FaultCode.MALFORMED),
    "windows line ends": (lambda line: line + b"\r", FaultCode.MALFORMED),
    "no JSON": (lambda _: b"hello", FaultCode.MALFORMED),
    "no text": (lambda _: b"\xff\xfe", FaultCode.MALFORMED),
    "nested without end": (lambda _: b'{"body":' * 50_000, FaultCode.MALFORMED),
    "too long": (lambda _: b'{"body":{"a":"' + b"x" * (1 << 20) + b'"}}', FaultCode.MALFORMED),
}


@pytest.mark.parametrize(("bend", "code"), BENT.values(), ids=BENT.keys())
def test_a_bent_line_is_a_fault_and_does_not_count(bend: Callable[[bytes], bytes], code: FaultCode) -> None:
    (line,) = chain(1)
    reading = read("notes", joined(bend(line)), MEMBERS)
    assert [fault.code for fault in reading.faults] == [code]
    assert reading.lines == ()


def test_a_line_that_is_missing_from_a_chain_is_noticed_and_the_next_one_counts() -> None:
    lines = chain(3)
    reading = read("notes", joined(lines[0], lines[2]), MEMBERS)
    assert [fault.code for fault in reading.faults] == [FaultCode.BROKEN_CHAIN]
    assert sorted(line.body["number"] for line in reading.lines) == [0, 2]


def test_a_line_may_not_follow_somebody_elses() -> None:
    (first,) = chain(1)
    second = sign("notes", "bo", BO, digest_of(first), {})
    assert codes(joined(first, second)) == [FaultCode.BROKEN_CHAIN]


def test_a_chain_that_forks_is_noticed_and_both_sides_count() -> None:
    lines = chain(2)
    other = sign("notes", "anna", ANNA, digest_of(lines[0]), {"number": "other"})
    reading = read("notes", joined(*lines, other), MEMBERS)
    assert [fault.code for fault in reading.faults] == [FaultCode.FORKED_CHAIN]
    assert len(reading.lines) == 3


def test_the_same_line_twice_is_one_line() -> None:
    lines = chain(2)
    assert read("notes", joined(*lines, *lines), MEMBERS) == read("notes", joined(*lines), MEMBERS)


def test_a_line_that_was_cut_is_a_fault() -> None:
    lines = chain(2)
    reading = read("notes", joined(lines[0]) + lines[1][:-1], MEMBERS)
    assert [fault.code for fault in reading.faults] == [FaultCode.CUT_LINE]
    assert len(reading.lines) == 1


def test_what_a_member_signed_after_leaving_does_not_count() -> None:
    lines = chain(4)
    left = {**MEMBERS, "anna": Member(MEMBERS["anna"].key, frozenset({digest_of(lines[1])}))}
    back_dated = sign("notes", "anna", ANNA, digest_of(lines[0]), {"number": "back-dated"})
    reading = read("notes", joined(*lines, back_dated), left)
    assert [line.body["number"] for line in reading.lines] == [0, 1]
    retired = [fault for fault in reading.faults if fault.code is FaultCode.RETIRED]
    assert {fault.digest for fault in retired} == {
        digest_of(line) for line in (lines[2], lines[3], back_dated)
    }


def test_a_member_who_left_before_signing_anything_has_no_line_that_counts() -> None:
    left = {"anna": Member(MEMBERS["anna"].key, frozenset())}
    assert read("notes", joined(*chain(2)), left).lines == ()


def test_a_chain_of_many_lines_is_read() -> None:
    assert len(read("notes", joined(*chain(3_000)), MEMBERS).lines) == 3_000


@pytest.mark.parametrize(
    "body", [{"n": float("nan")}, {"n": 2**60}, {"n": 1e20}, {"t": "\ud800"}, {"o": object()}]
)
def test_what_has_no_single_spelling_is_not_signed(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        sign("notes", "anna", ANNA, None, body)
