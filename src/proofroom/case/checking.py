"""Verifying a case: every original, event, signed head and signed line is recomputed; nothing is believed."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from proofroom.base import merkle, notes
from proofroom.case.folder import CaseFile
from proofroom.case.told import Failures, Told
from proofroom.errors import BrokenEvidence, ProofroomError
from proofroom.receive.hand_file import HandFile
from proofroom.receive.keys import faults
from proofroom.receive.openings import (
    EVENTS,
    Snapshot,
    entry_of,
    event_lines,
    is_cut_event,
    read_opening,
    snapshot,
)
from proofroom.receive.vault import Vault

_WITHOUT: Final = (
    "Without a head kept elsewhere nobody can tell whether the whole log was written anew: "
    "keep the head, and give it with --seen."
)
_AHEAD: Final = 32


def verify(folder: Path, seen: str | None, progress: Any) -> dict[str, Any]:
    """Recompute a case; gives `{"ok", "kind", "originals", "events", "head", "failures", …}`."""
    file = CaseFile.read(folder)
    told, failures, heads = Told(), [], {}
    publics: list[bytes] = []
    freshness = _Freshness(seen)
    for log in _logs(folder):
        try:
            held = snapshot(log)
            publics.append(held.public_key)
            failures += _check_log(log, held, told, freshness)
            heads[log.name] = held.signed[-1]
        except BrokenEvidence as failure:
            failures.append({"code": "custody-broken", "what": f"{log.name}: {failure}"})
    if not heads and not failures:
        failures.append({"code": "custody-missing", "what": "the case has no custody log"})
    failures += freshness.failures()
    failures += told.compare(file, file.settings(folder))
    failures += _check_keys(folder, told, publics)
    failures += _check_hand(folder, file)
    failures += _check_originals(folder, told.originals, progress)
    return {
        "ok": not failures,
        "kind": "case",
        "originals": len(told.originals),
        "events": told.events,
        "head": next(reversed(heads.values()), None),
        "heads": heads,
        "freshness": freshness.code,
        "freshness_says": freshness.says,
        "failures": failures,
    }


def _logs(folder: Path) -> list[Path]:
    """Give the folders of the custody logs."""
    try:
        return sorted(path for path in (folder / "custody").iterdir() if not path.name.startswith("."))
    except OSError:
        return []


class _Freshness:
    """What a head kept elsewhere proves about the logs, and what nobody can know without one."""

    def __init__(self, seen: str | None) -> None:
        self.code, self.says = "unknown", _WITHOUT
        self._seen = None if seen is None else seen.strip("\n") + "\n"
        self.size = -1
        if self._seen is not None:
            self.code, self.says = "foreign", "the head kept elsewhere is of no log of this case"
            try:
                self.size = notes.parse(self._seen).size
            except ValueError as failure:
                self.code, self.says = "unreadable", f"the head kept elsewhere cannot be read: {failure}"

    def compare(self, held: Snapshot, size: int, root: bytes | None) -> None:
        """Compare a log of so many events with the head; `root` is its root at the size of the head."""
        if self.size < 0 or self._seen is None:
            return
        try:
            head = notes.verify(self._seen, held.public_key)
        except ValueError:
            return
        if root is None:
            self.code = "older"
            self.says = f"the head kept elsewhere covers {head.size} events, this log has only {size}"
        elif root != head.root:
            self.code = "forked"
            self.says = "this log is not a continuation of the head kept elsewhere: it was written anew"
        else:
            self.code = "continues"
            self.says = (
                f"The log continues the head kept elsewhere, which covers its first {head.size} events."
            )

    def failures(self) -> Failures:
        """Give the failure, if a head was given and is not continued."""
        if self.code in ("unknown", "continues"):
            return []
        return [{"code": "head-not-continued", "what": self.says}]


def _check_log(log: Path, held: Snapshot, told: Told, freshness: _Freshness) -> Failures:
    """Recompute one log from its first event on, against every signed head; raises BrokenEvidence."""
    heads = held.heads()
    if not heads:
        raise BrokenEvidence("the log has no signed head")
    wanted = {head.size: head.root for head in heads}
    if any(wanted[head.size] != head.root for head in heads):
        raise BrokenEvidence("two signed heads over the same events differ")
    tree, roots = merkle.Tree(), {}
    sizes = {*wanted, freshness.size}
    length = 0
    for line in event_lines(log, 0, held.length):
        length += len(line) + 1
        path, event = read_opening(line)
        if path != f"event/{tree.size}":
            raise BrokenEvidence(f"event {tree.size} says it is {path}")
        told.note(event)
        tree.append(merkle.leaf_hash(entry_of(line)))
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    for size, root in wanted.items():
        if size and roots.get(size) != root:
            raise BrokenEvidence(f"the signed head over {size} events is not this log's")
    told.events += tree.size
    freshness.compare(held, tree.size, roots.get(freshness.size))
    failures: Failures = []
    if not held.ends_well or not is_cut_event(_between(log, length, held.length)):
        what = "something stands at its end that is neither an event nor a signed head"
        failures.append({"code": "custody-broken", "what": f"{log.name}: {what}"})
    if unsigned := tree.size - max(wanted):
        what = f"{unsigned} events stand after the last signed head: an act was interrupted, or somebody added them"
        failures.append(
            {"code": "custody-unsigned", "what": f"{log.name}: {what}; `proofroom run` checks and signs them"}
        )
    return failures


def _between(log: Path, start: int, stop: int) -> bytes:
    """Give what stands in the events of a log between two offsets."""
    with (log / EVENTS).open("rb") as file:
        file.seek(start)
        return file.read(max(0, stop - start))


def _check_keys(folder: Path, told: Told, publics: list[bytes]) -> Failures:
    """Look at the keys that must lie in the case, without opening those under a passphrase."""
    here = {handle: key for handle, key in told.members.items() if handle not in told.retired}
    failures = [
        {"code": code, "what": f"{name} in keys/"} for code, name in faults(folder / "keys", publics, here)
    ]
    if told.has_passwords and not (folder / "keys" / "passwords.json").exists():
        failures.append({"code": "key-missing", "what": "passwords.json in keys/"})
    return failures


def _check_hand(folder: Path, file: CaseFile) -> Failures:
    """Check every signed line of every member."""
    failures: Failures = []
    for path in sorted((folder / "hand").glob("*.jsonl")):
        try:
            reading = HandFile(folder, path.stem, file.signers()).read()
        except ProofroomError as failure:
            failures.append({"code": "hand-unknown-file", "what": f"{path.name}: {failure}"})
            continue
        for fault in reading.faults:
            by = f" by {fault.by}" if fault.by else ""
            failures.append({"code": f"hand-{fault.code}", "what": f"{path.name}: {fault.digest[:12]}…{by}"})
    return failures


def _check_originals(folder: Path, originals: dict[str, int], progress: Any) -> Failures:
    """Read every original again, and name files in the vault that the log does not know."""
    vault = Vault(folder)
    failures: Failures = []
    if progress is not None:
        progress.begin("verify", len(originals), sum(originals.values()))
    for digest, code in _check_each(vault, originals):
        if code is not None:
            failures.append({"code": code, "what": f"the original {digest[:12]}…"})
        if progress is not None:
            progress.advance(1, originals[digest])
    failures += [
        {"code": "original-unknown", "what": f"{name[:15]}… stands in no line of custody"}
        for name in vault.strangers(set(originals))
    ]
    return failures


def _check_each(vault: Vault, originals: dict[str, int]) -> Iterator[tuple[str, str | None]]:
    """Check the originals in a fixed order, a few at once."""
    ahead: deque[tuple[str, Future[str | None]]] = deque()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for digest, size in sorted(originals.items()):
            ahead.append((digest, pool.submit(vault.check, digest, size)))
            if len(ahead) >= _AHEAD:
                first, done = ahead.popleft()
                yield first, done.result()
        for first, done in ahead:
            yield first, done.result()
