"""Measure ours and a peer in the same run, and print one Markdown row with both raw numbers.

Trust the ratio, not the seconds: both sides ran here, in turn, on the same machine under the same load.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
REPEATS: Final = 3


def seconds(work: Callable[[], object]) -> float:
    """Time one run of the work."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(*works: Callable[[], object], repeats: int = REPEATS) -> list[list[float]]:
    """Run every side once, then again, `repeats` times, and give the seconds of each side."""
    rounds = [[seconds(work) for work in works] for _ in range(repeats)]
    return [list(side) for side in zip(*rounds, strict=True)]


def head() -> None:
    """Print where and how this was measured, and the head of the table."""
    command = f"python {Path(sys.argv[0]).resolve().relative_to(ROOT)} {' '.join(sys.argv[1:])}".strip()
    print(f"\n`{command}` at commit {commit()}, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print("| what | ours | peer | unit | ours / peer | load |")
    print("|---|---|---|---|---|---|")


def report(name: str, ours: Sequence[float], peer: Sequence[float], unit: str, *, of: str = "") -> float:
    """Print the row of a measurement, medians with the range behind them; gives ours / peer.

    `of` names the peer; `unit` is the unit of both.
    """
    ratio = statistics.median(ours) / statistics.median(peer)
    load = os.getloadavg()[0]
    called = f" ({of})" if of else ""
    print(
        f"| {name} | {spread(ours)} | {spread(peer)}{called} | {unit} | {ratio:.3g} | {load:.1f} |",
        flush=True,
    )
    return ratio


def spread(values: Sequence[float]) -> str:
    """Write a median with the smallest and largest value behind it."""
    if len(values) == 1:
        return f"{values[0]:.3g}"
    return f"{statistics.median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def commit() -> str:
    """Give the commit this ran on, marked when files were changed since."""
    git = ("git", "-C", str(ROOT))
    name = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=False)
    return (name.stdout.strip() or "unknown") + (" with changes" if changed.stdout.strip() else "")
