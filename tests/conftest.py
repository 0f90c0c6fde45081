"""What every test may ask for: the public test files, and the certainty that nobody phones home.

The audit hook stands for the whole test run: whatever opens an internet socket in this process fails
the test that did it. The sandbox refuses the same to child processes, with its own tests.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Nothing is timed in tests: a busy machine must not make an example fail.
settings.register_profile("proofroom", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("proofroom")

ROOT = Path(__file__).resolve().parent.parent
CORPORA = ROOT.parent / "shared" / "corpora"


class NetworkRefused(RuntimeError):
    """A test, or what it called, tried to reach another machine."""


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Let local sockets through and refuse all others; looking up a name counts as reaching out."""
    if event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
        message = f"{event} was called with {arguments!r}"
        raise NetworkRefused(message)
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        family = getattr(arguments[0], "family", None)
        if family != socket.AF_UNIX:
            message = f"{event} on a socket of the family {family!r}"
            raise NetworkRefused(message)


sys.addaudithook(_refuse_network)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let docs/formats.md be written from what the tests of the formats see."""
    parser.addoption(
        "--write-kept", action="store_true", help="Write docs/formats.md from what the tests see."
    )


@pytest.fixture(scope="session")
def corpora() -> Path:
    """Give the folder of public test files; skip, by its name, where it is absent."""
    if not CORPORA.is_dir():
        pytest.skip(f"no public test files: {CORPORA.relative_to(ROOT.parent)} is not beside this folder")
    return CORPORA


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the folder of the repository."""
    return ROOT
