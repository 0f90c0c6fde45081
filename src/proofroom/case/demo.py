"""The demo: a synthetic leak, made before your eyes and taken through every room that stands."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from proofroom.case.door import Case
from proofroom.case.scoring import score_case
from proofroom.errors import WrongUse
from proofroom.world import make

_WHY_PLAIN = "the demo: a synthetic cache"
_MADE_BY_US = "README_SYNTHETIC.md"


def run_demo(out: Path, seed: int, progress: Any, say: Callable[[str], None]) -> dict[str, Any]:
    """Make OUT/world and OUT/case anew and tell, line by line, what was found; gives the same as a document.

    Raises WrongUse when OUT holds something that no demo made.
    """
    _clear(out)
    started = time.monotonic()
    made = make(out / "world", size="demo", seed=seed)
    say(f"A synthetic leak: {made.files:,} files of an invented county, in {out / 'world' / 'cache'}")
    case = out / "case"
    with Case.new(case, regions=_regions(out), plain_disk=_WHY_PLAIN, weak_sandbox=_WHY_PLAIN) as work:
        if work.missing_layers():
            say(
                f"This machine lacks {', '.join(work.missing_layers())}: only a synthetic cache may be read so."
            )
        work.receive(out / "world" / "cache", None, progress)
        work.run((), None, progress, ocr=False)
    verdict = Case.verify(case)
    with Case.open(case) as looked:
        story = _look(looked, made.out / "truth", say)
    say(f"Verified: {verdict['originals']:,} originals and {verdict['events']:,} acts recomputed.")
    story |= {"out": str(out), "seconds": round(time.monotonic() - started, 1), "verified": verdict["ok"]}
    story["score"] = score_case(case, out / "world" / "truth")
    _say_score(story["score"], say)
    name = "proofroom" if shutil.which("proofroom") else os.path.relpath(sys.argv[0])
    if pages := story["status"]["ocr"]["pages"]["waiting"]:
        say(f"{pages:,} pages are pictures and wait for OCR, some seconds each: {name} ocr {case}")
    say(f"Try: {name} search {case} {story['query']}")
    say(f"     {name} show {case} '{story['where']}'")
    return story


def _clear(out: Path) -> None:
    """Empty what an earlier demo left, and nothing else."""
    if not out.exists() or not any(out.iterdir()):
        return
    strangers = {path.name for path in out.iterdir()} - {"world", "case", "edition"}
    if strangers or not (out / "world" / _MADE_BY_US).exists():
        raise WrongUse(f"{out} holds something that no demo made", remedy="Give a new folder with --out.")
    for name in ("world", "case", "edition"):
        shutil.rmtree(out / name, ignore_errors=True)


def _regions(out: Path) -> Path | None:
    table = out / "world" / "regions.csv"
    return table if table.exists() else None


def _look(case: Case, truth: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Tell what was found, and follow one cell from the received file to the search hit."""
    status = case.status()
    artifacts = status["artifacts"]
    say(f"Found {artifacts['discovered']:,}, with everything inside: every one has exactly one state.")
    for state, count in sorted(artifacts["states"].items(), key=lambda pair: -pair[1]):
        say(f"  {count:>6,}  {state}")
    for line in case.unread()[:8]:
        say(f"          {line['n']:>4,} {line['state']}: {line['reason'] or 'no reason'}")
    say(f"{status['cells']:,} cells and {status['pieces'] - status['cells']:,} lines can be searched.")
    query = _a_name(truth)
    *hits, total = case.search(query, limit=3)
    say(f"Searching for {query}: {total['total']:,} places, each an address:")
    for hit in hits:
        say(f"  {hit['where']}\n      in {hit['path']}: {hit['snippet']}")
    where = next((hit["where"] for hit in hits if hit["kind"] == "cell"), hits[0]["where"] if hits else None)
    shown = case.show(where)[0] if where else {}
    if shown:
        say(f"What stands there: {shown['shown']!r}, stored as {shown['raw']!r}, with its neighbours:")
        say("  " + " | ".join(str(one["shown"]) for one in shown["neighbours"]))
    return {"status": status, "query": query, "total": total["total"], "where": where, "shown": shown}


def _a_name(truth: Path) -> str:
    """Give the name of an invented person who is on a detention list, in Chinese characters."""
    people = json.loads((truth / "persons.json").read_text(encoding="utf-8"))
    listed = next(one for one in people if one["detained"])
    return str(listed["han"])


def _say_score(score: dict[str, Any], say: Callable[[str], None]) -> None:
    say("Against the truth of this world:        precision   recall       of")
    for kind, line in score["kinds"].items():
        say(f"  {kind:36}{line['precision']:>10.4f}{line['recall']:>9.4f}{line['true']:>9,}")
