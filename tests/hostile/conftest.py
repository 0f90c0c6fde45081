"""Where hostile children are tried: in both forms of the sandbox, started by root and by a normal user.

All attacks of one such place are made by one run of `drive.py`; the tests then look at what became of each.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from proofroom.extract.sandbox import Form, Sandbox, probe
from proofroom.extract.sandbox.launch import readable_trees

HERE = Path(__file__).resolve().parent
ATTACKS = HERE / "attacks"
PLACES = [(form, user) for form in ("bwrap", "ctypes") for user in ("root", "user")]
ALL_BYTES = bytes(byte for byte in range(256) if byte not in b"\0/")
PASSWORDS = [f"{number}{'密' * 30}" for number in range(1_000)]

LIMITS = {"memory_bytes": 512 << 20, "cpu_seconds": 1, "output_bytes": 8 << 20, "wall_seconds": 120}
QUIET = (
    "held", "modules", "surroundings", "heap", "heap_counted", "shared_memory", "reservation", "memory_file",
    "processes", "threads", "programs", "descriptors", "recursion", "output", "loop", "loop_ignoring", "writes",
    "reads", "artifact", "sockets", "channels", "terminal", "kernel", "every_call", "signals", "signals_by_pipe",
    "memory", "own_limits", "an_open_member",
)  # fmt: skip
"""Attacks that leave their worker alive, so that an honest file behind each meets the same worker."""
LOUD = ("dies", "dies_unless_first", "frames_and_on")
GROUPS = [
    {
        "name": "attacks",
        "limits": LIMITS,
        "attacks": [
            *({"attack": name} for name in QUIET),
            {"attack": "order_told", "name": ALL_BYTES.hex(), "passwords": PASSWORDS},
            *({"attack": name} for name in LOUD),
        ],
    },
    {
        "name": "clock",
        "limits": {"wall_seconds": 1},
        "attacks": [{"attack": "sleep"}, {"attack": "close_and_sleep"}],
    },
]


@dataclass(frozen=True)
class Told:
    """What a run of `drive.py` told: the outcome of every attack, and of the honest file behind it."""

    form: str
    user: str
    outcomes: dict[str, dict[str, Any]]
    honest: dict[str, dict[str, Any]]
    zygote: dict[str, str]
    left: list[str]

    def said(self, attack: str) -> dict[str, str]:
        """Give what the attacker saw; it must have come to its end."""
        outcome = self.outcomes[attack]
        assert (outcome["state"], outcome["reason"]) == ("empty", "no-content"), outcome
        said: dict[str, str] = outcome["said"]
        return said

    def ended(self, attack: str) -> tuple[str, str]:
        """Give the state and reason in which an attacker's file ended."""
        return self.outcomes[attack]["state"], self.outcomes[attack]["reason"]


def command_of(form: str, user: str) -> list[str]:
    """Give the command that runs the attacks as this user."""
    command = [sys.executable, str(HERE / "drive.py"), form]
    if user == "user" and os.getuid() == 0:
        trees = [
            tree
            for tree in readable_trees((str(HERE),))
            if not tree.startswith(("/usr", "/lib", "/bin", "/etc"))
        ]
        command = [sys.executable, str(HERE / "as_user.py"), *trees, "--", *command]
    return command


@cache
def tell(form: str, user: str) -> Told:
    """Run all attacks in one place."""
    done = subprocess.run(
        command_of(form, user),
        input=json.dumps({"groups": GROUPS}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    found = json.loads(done.stdout)
    if "missing" in found:
        pytest.skip(f"as a {user} this machine lacks: {', '.join(found['missing'])}")
    outcomes, honest = {}, {}
    for group in GROUPS:
        row = found[str(group["name"])]["outcomes"]
        honest[f"before {group['name']}"] = row[0]
        for number, attack in enumerate(group["attacks"]):
            outcomes[attack["attack"]] = row[2 * number + 1]
            honest[attack["attack"]] = row[2 * number + 2]
    return Told(form, user, outcomes, honest, found["attacks"]["zygote"], found["left"])


@pytest.fixture(scope="session", params=PLACES, ids=[f"{form}-as-{user}" for form, user in PLACES])
def told(request: pytest.FixtureRequest) -> Told:
    """Give what became of every attack in one place; skip, by name, a place that this machine does not have."""
    form, user = request.param
    if form == "bwrap" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    if user == "root" and os.getuid():
        pytest.skip("what root starts can only be tried by root")
    return tell(form, user)


@pytest.fixture(scope="session", params=["bwrap", "ctypes"])
def form(request: pytest.FixtureRequest) -> Form:
    """Give each form of the sandbox that this machine has, as whoever runs the tests."""
    if probe().missing:
        pytest.skip(f"this machine lacks: {', '.join(probe().missing)}")
    if request.param == "bwrap" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    chosen: Form = request.param
    return chosen


@pytest.fixture(scope="session")
def hostile(form: Form) -> Sandbox:
    """Give a sandbox whose workers know the hostile format."""
    return Sandbox(form, (str(ATTACKS),), ("hostile_format",))


@pytest.fixture
def attack_file(tmp_path: Path) -> Iterator[Any]:
    """Give a maker of files that ask for an attack."""
    made = []

    def make(attack: str, **more: object) -> Path:
        path = tmp_path / f"{len(made)}-{attack}.attack"
        path.write_bytes(b"An attack\0\1\2\3" + json.dumps({"attack": attack, **more}).encode())
        made.append(path)
        return path

    return make
