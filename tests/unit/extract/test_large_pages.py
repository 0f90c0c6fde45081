"""Large pages: a process that laid its memory together holds what it held, and so does its child."""

from __future__ import annotations

import hashlib
import os

from proofroom.extract.sandbox.large_pages import gather


def test_a_process_and_its_child_hold_what_they_held() -> None:
    held = [f"{number:0999d}".encode() for number in range(10_000)]
    digest = hashlib.sha256(b"".join(held)).digest()
    assert gather() >= 0
    answer, told = os.pipe()
    child = os.fork()
    if not child:
        os.write(told, hashlib.sha256(b"".join(held)).digest())
        os._exit(0)
    assert (os.waitpid(child, 0)[1], os.read(answer, 32)) == (0, digest)
    assert hashlib.sha256(b"".join(held)).digest() == digest
    for descriptor in (answer, told):
        os.close(descriptor)


def test_it_can_be_asked_for_twice() -> None:
    assert min(gather(), gather()) >= 0
