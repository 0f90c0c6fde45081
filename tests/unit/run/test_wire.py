"""The control socket: orders of any size and name, reports however they are cut, descriptors that travel along."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofroom.run.wire import (
    ENDED,
    FORK,
    READY,
    STARTED,
    Order,
    Reports,
    receive_order,
    send_order,
    send_report,
)

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Give both ends of a control socket."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def sent(order: Order) -> Order:
    """Send an order and take it at the other end, as the zygote and its child do."""
    ours, theirs = socket.socketpair()
    with ours, theirs, Path(os.devnull).open("rb") as file:
        thread = threading.Thread(target=send_order, args=(ours, order, file.fileno(), file.fileno()))
        thread.start()
        assert theirs.recvmsg(1)[0] == FORK
        taken, descriptors = receive_order(theirs)
        thread.join()
        for descriptor in descriptors:
            os.close(descriptor)
        return taken


@given(st.binary(), st.integers(0, 1 << 62), st.lists(st.text(st.characters()), max_size=5), st.integers(0))
def test_an_order_arrives_as_it_was_given(name: bytes, size: int, passwords: list[str], page: int) -> None:
    order = Order(name, size, {"cells": 5}, tuple(passwords), "picture", page, 300)
    assert sent(order) == order


@pytest.mark.parametrize("count", [1, 300, 700, 5_000])
def test_an_order_may_be_larger_than_the_socket_holds(count: int) -> None:
    order = Order(bytes(range(256)), 1, {}, tuple(f"{n:x>100}" for n in range(count)))
    assert sent(order) == order


def test_descriptors_arrive_and_are_not_for_other_programs(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"artifact")
    read, write = os.pipe()
    with (tmp_path / "a").open("rb") as file:
        send_order(pair[0], Order(b"", 8, {}, ()), file.fileno(), write)
    pair[1].recvmsg(1)
    _, (artifact, output) = receive_order(pair[1])
    os.write(output, b"x")
    assert (os.read(artifact, 10), os.read(read, 10)) == (b"artifact", b"x")
    assert [fcntl.fcntl(one, fcntl.F_GETFD) for one in (artifact, output)] == [fcntl.FD_CLOEXEC] * 2
    for one in (artifact, output, read, write):
        os.close(one)


def test_an_order_that_ends_amid_is_none(pair: Pair) -> None:
    ours, theirs = pair
    order = struct.pack("<I", 1_000) + b"{"
    socket.send_fds(ours, [order], [0, 1])
    ours.close()
    with pytest.raises(EOFError):
        receive_order(theirs)


def test_bytes_without_descriptors_are_no_order(pair: Pair) -> None:
    pair[0].sendall(b"rest of an order that nobody took")
    with pytest.raises(ValueError, match="unpack"):
        receive_order(pair[1])


def test_reports_arrive_in_order_with_the_descriptor_of_the_child(pair: Pair) -> None:
    ours, theirs = pair
    send_report(theirs, READY)
    send_report(theirs, STARTED, 7, 0)
    send_report(theirs, ENDED, -9, None, 1.5, 2048)
    reports = Reports()
    found = [one for _ in range(3) if (some := _now(reports, ours)) for one in some]
    assert [one.kind for one in found] == [READY, STARTED, ENDED]
    assert (found[1].number, found[2].number, found[2].cpu_seconds, found[2].memory) == (7, -9, 1.5, 2048)
    descriptor = found[1].descriptor
    assert descriptor is not None
    assert fcntl.fcntl(descriptor, fcntl.F_GETFD) == fcntl.FD_CLOEXEC
    os.close(descriptor)


def _now(reports: Reports, control: socket.socket) -> list[object] | None:
    """Take what is there, and nothing when there is nothing."""
    control.settimeout(0.2)
    return reports.receive(control)


def test_a_report_may_come_in_pieces(pair: Pair) -> None:
    ours, theirs = pair
    send_report(theirs, ENDED, 3)
    data = ours.recv(100)
    reports = Reports()
    found = []
    for at in range(len(data)):
        theirs.sendall(data[at : at + 1])
        found += reports.receive(ours) or []
    assert [(one.kind, one.number) for one in found] == [(ENDED, 3)]


def test_the_end_of_a_worker_is_no_report(pair: Pair) -> None:
    pair[1].close()
    assert Reports().receive(pair[0]) is None
