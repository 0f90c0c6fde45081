"""A format that is none: the file names an attack, and the attack runs in the child as if the file had it taken over.

What it saw is told as properties, so that one worker serves many attacks and the parent can judge each.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attack_files
import attack_frames
import attack_neighbours
import attack_reach
import attack_resources
import attack_views

from proofroom.extract.format import Format, Sink, Source

MAGIC = b"An attack\0\1\2\3"
Attack = Callable[[Source, Sink, dict[str, Any]], None]

ATTACKS: dict[str, Attack] = {
    one.__name__: one
    for module in (
        attack_files,
        attack_frames,
        attack_neighbours,
        attack_reach,
        attack_resources,
        attack_views,
    )
    for one in module.ATTACKS
}


HARMLESS = {
    "an_open_member", "dies", "exits_well", "frames", "frames_and_on", "held", "loop", "modules", "order_told",
    "output", "panics", "raises", "sleep", "surroundings",
}  # fmt: skip
"""What may also be tried in a worker without layers: all else would hit the machine that runs the tests."""


def read(source: Source, sink: Sink) -> None:
    """Run the attack that the file asks for."""
    source.untrusted.seek(len(MAGIC))
    order = json.loads(source.untrusted.read())
    if order["attack"] not in HARMLESS and Path("/proc").exists():
        raise RuntimeError("not in a sandbox")
    ATTACKS[order["attack"]](source, sink, order)


def recognise(head: bytes, _extension: str) -> str:
    """Say whether a file names an attack: no format of ours may ever claim it."""
    return "application/x-attack" if head.startswith(MAGIC) else ""


FORMAT = Format("hostile", frozenset({"application/x-attack"}), read, sample="none", recognise=recognise)
