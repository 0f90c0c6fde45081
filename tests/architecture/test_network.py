"""The guard in tests/conftest.py itself: it refuses what reaches out and lets local pairs through."""

from __future__ import annotations

import socket

import pytest

FAR = ("192.0.2.1", 9)  # a documentation address (RFC 5737): nobody is there


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as outward, pytest.raises(RuntimeError, match=r"socket\.connect"):
        outward.connect(FAR)


def test_a_datagram_to_another_machine_is_refused() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as outward,
        pytest.raises(RuntimeError, match=r"socket\.sendto"),
    ):
        outward.sendto(b"", FAR)


def test_looking_up_a_name_is_refused() -> None:
    with pytest.raises(RuntimeError, match="getaddrinfo"):
        socket.getaddrinfo("example.invalid", 443)


def test_a_local_pair_may_talk() -> None:
    left, right = socket.socketpair(socket.AF_UNIX)
    with left, right:
        left.sendall(b"hello")
        assert right.recv(5) == b"hello"
