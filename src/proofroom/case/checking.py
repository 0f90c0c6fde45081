"""Verifying a case: every original, event and signed head is recomputed; nothing is believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from proofroom.base import merkle, notes
from proofroom.case.folder import CaseFile
from proofroom.errors import BrokenEvidence
from proofroom.model.custody import Act
from proofroom.receive.custody import entry_of, event_lines, read_checkpoints, read_opening
from proofroom.receive.vault import Vault

_WITHOUT: Final = (
    "Without a head kept elsewhere nobody can tell whether the whole log was written anew: "
    "keep the head, and give it with --seen."
)


def verify(folder: Path, seen: str | None, progress: Any) -> dict[str, Any]:
    """Recompute a case; gives `{"ok", "kind", "originals", "events", "head", "failures", …}`."""
    CaseFile.read(folder)
    failures: list[dict[str, str]] = []
    originals: dict[str, int] = {}
    events = 0
    heads: list[str] = []
    freshness, says = "unknown", _WITHOUT
    for log in sorted((folder / "custody").iterdir()):
        try:
            roots = _recompute(log, originals)
            events += max(roots)
            heads.append(_check_heads(log, roots))
            if seen is not None:
                freshness, says = _compare(log, seen, roots)
        except (BrokenEvidence, OSError, ValueError) as failure:
            failures.append({"code": "custody-broken", "what": f"{log.name}: {failure}"})
    if seen is not None and freshness != "continues":
        failures.append({"code": "head-not-continued", "what": says})
    failures += _check_originals(folder, originals, progress)
    return {
        "ok": not failures,
        "kind": "case",
        "originals": len(originals),
        "events": events,
        "head": heads[-1] if heads else None,
        "freshness": freshness,
        "freshness_says": says,
        "failures": failures,
    }


def _recompute(log: Path, originals: dict[str, int]) -> dict[int, bytes]:
    """Give the root at every size of a log, and note the originals that its events name."""
    tree = merkle.Tree()
    roots = {0: tree.root()}
    for place, line in enumerate(event_lines(log)):
        path, event = read_opening(line)
        if path != f"event/{place}":
            raise BrokenEvidence(f"event {place} says it is {path}")
        if event.act is Act.RECEIVED and event.facts["digest"] is not None:
            originals[event.facts["digest"]] = event.facts["bytes"]
        tree.append(merkle.leaf_hash(entry_of(line)))
        roots[tree.size] = tree.root()
    return roots


def _check_heads(log: Path, roots: dict[int, bytes]) -> str:
    """Check that every signed head is one of the log's own; gives the last."""
    heads = read_checkpoints(log)
    for head in heads:
        if roots.get(head.size) != head.root:
            raise BrokenEvidence(f"the signed head over {head.size} events is not this log's")
    if not heads:
        raise BrokenEvidence("the log has no signed head")
    return heads[-1].body()


def _compare(log: Path, seen: str, roots: dict[int, bytes]) -> tuple[str, str]:
    """Compare the log with a head kept elsewhere."""
    try:
        head = notes.parse(seen.strip("\n") + "\n")
    except ValueError as failure:
        return "unreadable", f"the head kept elsewhere cannot be read: {failure}"
    if head.size not in roots:
        return "older", f"the head kept elsewhere covers {head.size} events, this log has {max(roots)}"
    if roots[head.size] != head.root:
        return "forked", "this log is not a continuation of the head kept elsewhere: it was written anew"
    return (
        "continues",
        f"The log continues the head kept elsewhere, which covers its first {head.size} events.",
    )


def _check_originals(folder: Path, originals: dict[str, int], progress: Any) -> list[dict[str, str]]:
    """Read every original again, and name files in the vault that the log does not know."""
    vault = Vault(folder)
    failures = []
    if progress is not None:
        progress.begin("verify", len(originals), sum(originals.values()))
    for digest, size in sorted(originals.items()):
        code = vault.check(digest, size)
        if code is not None:
            failures.append({"code": code, "what": f"the original {digest[:12]}…"})
        if progress is not None:
            progress.advance(1, size)
    for stranger in vault.strangers(set(originals)):
        failures.append(
            {"code": "original-unknown", "what": f"{stranger[:12]}… stands in no line of custody"}
        )
    return failures
