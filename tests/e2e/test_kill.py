"""A run that is killed at any moment loses nothing, repeats no act, and ends as if nothing had happened."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from user import PLAIN, command, proofroom

from proofroom.model.custody import Act
from proofroom.receive.custody import event_lines, read_opening

KILLS = 20
_PASSING = {Act.RUN_STARTED, Act.RUN_RESUMED, Act.RUN_ENDED, Act.DELIVERY_RESUMED}


def acts(case: Path) -> Counter[str]:
    """Count the acts in the log without their times, and without starts and resumptions."""
    found: Counter[str] = Counter()
    for log in (case / "custody").iterdir():
        for line in event_lines(log):
            event = read_opening(line)[1]
            facts = {key: value for key, value in event.facts.items() if key not in _OF_ONE_CASE}
            if event.act not in _PASSING:
                found[f"{event.act} {json.dumps(facts, sort_keys=True)}"] += 1
    return found


_OF_ONE_CASE = {"public_key", "source_key", "password"}


def below(process: int) -> dict[int, str]:
    """Give every process that descends from one, with its command line."""
    parents: dict[int, int] = {}
    lines: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                lines[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    found: dict[int, str] = {}
    waiting = [process]
    while waiting:
        above = waiting.pop()
        for one, parent in parents.items():
            if parent == above and one not in found:
                found[one] = lines.get(one, "")
                waiting.append(one)
    return found


def victim(process: int, chance: random.Random) -> int:
    """Choose who is killed: the parent, a zygote, or a child at work on a file."""
    kind = chance.choice(("parent", "zygote", "child"))
    workers = [
        one
        for one, line in below(process).items()
        if "extract.worker" in line and "sandbox.enter" not in line
    ]
    children = [one for one in workers if any(one in below(other) for other in workers if other != one)]
    zygotes = [one for one in workers if one not in children]
    return chance.choice({"zygote": zygotes, "child": children}.get(kind) or [process])


def head_of(case: Path) -> str:
    """Give the last signed head, as an outsider may have kept it."""
    logs = list((case / "custody").glob("*/checkpoints"))
    pieces = logs[0].read_text().split("\n\n") if logs else []
    whole = [f"{pieces[n]}\n\n{pieces[n + 1]}\n" for n in range(0, len(pieces) - 1, 2)]
    return whole[-1] if whole else ""


def has(case: Path, act: Act) -> bool:
    """Say whether an act stands in the log."""
    logs = (case / "custody").iterdir() if (case / "custody").exists() else ()
    return any(read_opening(line)[1].act is act for log in logs for line in event_lines(log))


def kill_once(words: list[str], chance: random.Random) -> str:
    """Start a command, kill one of its processes at a random moment, and wait; says which was killed, if any."""
    run = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(chance.uniform(0.05, 2.0))
        if run.poll() is not None:
            return ""
        target = victim(run.pid, chance)
        with contextlib.suppress(ProcessLookupError):
            os.kill(target, signal.SIGKILL)
        return "parent" if target == run.pid else "worker"
    finally:
        run.wait(timeout=120)


def test_the_same_command_goes_on_after_the_delivery_has_ended(small_world: Path, tmp_path: Path) -> None:
    source, calm, case = small_world / "cache" / "通知", tmp_path / "calm.case", tmp_path / "killed.case"
    proofroom("open", source, "--case", calm, *PLAIN, "--json")
    same = command("open", source, "--case", case, *PLAIN, "--json")
    for wanted in (Act.DELIVERY_ENDED, Act.RUN_STARTED):
        run = subprocess.Popen(same, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while not has(case, wanted) and time.monotonic() < until:
            time.sleep(0.002)
        run.kill()
        run.wait(timeout=60)
        assert has(case, wanted)
        assert not has(case, Act.RUN_ENDED)
    done = subprocess.run(same, capture_output=True, check=False, timeout=300)
    final, expected = json.loads(done.stdout), proofroom("status", calm, "--json").document
    assert final["artifacts"] == expected["artifacts"]
    assert final["content_digest"] == expected["content_digest"]
    assert acts(case) == acts(calm)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to find the processes to kill")
def test_twenty_kills_leave_no_trace_in_the_result(small_world: Path, tmp_path: Path) -> None:
    chance = random.Random(20)
    cache, calm, case = tmp_path / "cache", tmp_path / "calm.case", tmp_path / "killed.case"
    # Without the bomb and the list that nobody opens: they cost most of the time and are no part of this.
    slow = shutil.ignore_patterns("炸弹.zip", "工作台账.xlsx")
    shutil.copytree(small_world / "cache", cache, symlinks=True, ignore=slow)
    assert proofroom("open", cache, "--case", calm, *PLAIN, "--json").status == 3
    first = command("open", cache, "--case", case, *PLAIN, "--json")
    again = command("run", case, "--json")
    heads: set[str] = set()
    killed: Counter[str] = Counter()
    while killed.total() < KILLS:
        # Until a run has ended it is the same command every time; after that it would be another delivery.
        who = kill_once(again if has(case, Act.RUN_ENDED) else first, chance)
        killed.update([who] if who else [])
        heads.add(head_of(case))
        if has(case, Act.RUN_ENDED) and who != "parent":
            # It came to its end: everything that can be rebuilt is, and the next kill falls into that.
            shutil.rmtree(case / "derived")
    done = subprocess.run(
        again if has(case, Act.RUN_ENDED) else first, capture_output=True, check=False, timeout=300
    )
    assert done.returncode in (0, 3), done.stdout
    final, expected = json.loads(done.stdout), proofroom("status", calm, "--json").document
    assert final["artifacts"] == expected["artifacts"]
    assert final["content_digest"] == expected["content_digest"]
    assert acts(case) == acts(calm)
    for number, head in enumerate(filter(None, heads)):
        kept = tmp_path / f"head-{number}"
        kept.write_text(head)
        assert proofroom("verify", case, "--seen", kept, "--json").document["ok"]
