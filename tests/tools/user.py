"""The command line as a user has it: every command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLAIN = ("--plain-disk", "a test")
STARTS_OCR = ("open", "run")
"""Commands that end with OCR, which takes seconds a page; tests leave it out, and those of OCR use `ocr`."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: its exit status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Give the one JSON document that was printed."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Give the JSON lines that were printed."""
        return [json.loads(line) for line in self.out.split("\n") if line]


def command(*arguments: str | Path) -> list[str]:
    """Give a command of ours as a list of words."""
    left_out = ("--no-ocr",) if arguments[:1] and arguments[0] in STARTS_OCR else ()
    return [sys.executable, "-m", "proofroom.cli", *map(str, arguments), *left_out]


def proofroom(*arguments: str | Path, given: str = "") -> Done:
    """Run a command as a user does, in a process of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        command(*arguments),
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=environment,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)
