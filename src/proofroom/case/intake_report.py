"""The intake report as data: what came in, what became of it, by whom, when, with what, and what is missing."""

from __future__ import annotations

import dataclasses
import platform
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from proofroom.base import notes
from proofroom.case.accounting import Accounting
from proofroom.case.explanations import meaning, remedy
from proofroom.case.folder import CaseFile
from proofroom.case.making import now
from proofroom.extract.sandbox import probe
from proofroom.model.custody import Act
from proofroom.receive.openings import event_lines, is_received, read_opening, snapshot
from proofroom.store.conditions import FINAL_REASON, FINAL_STATE
from proofroom.store.tries import Tries

if TYPE_CHECKING:
    from proofroom.case.looking import Looking
    from proofroom.values.masking import Mask

MOST_OF_A_GROUP: Final = 100
"""Lines of one state and reason in the page; the table beside it has them all."""
_MOST_SHOWN: Final = 12
_PLACES: Final = "from occurrences o left join artifacts a on a.digest = o.digest"
_FORMAT: Final = """case when o.digest is null then 'no bytes (links, folders)'
    when coalesce(a.format, '') != '' then a.format when a.state is null then 'not looked into'
    else 'not recognised' end"""
_UNREAD: Final = f"{FINAL_STATE} not in ('read', 'empty')"
_BIGGEST: Final = """select a.digest, a.size, a.format, a.state, (select o.path from occurrences o
    where o.digest = a.digest order by o.id limit 1) as path from artifacts a order by a.size desc, a.digest limit ?"""
_DUPLICATES: Final = f"""select o.digest, max(o.size) as size, count(*) as places, min(o.path) as path {_PLACES}
  where o.digest is not null group by o.digest having count(*) > 1"""
_SLOWEST: Final = """select r.artifact as digest, r.seconds, a.size, a.format, (select o.path from occurrences o
    where o.digest = a.digest order by o.id limit 1) as path
  from results r join artifacts a on a.digest = r.artifact where r.stage = 'extract'
  order by r.seconds desc, r.artifact limit ?"""
_COSTS: Final = """select case when a.format = '' then 'not recognised' else a.format end as format,
    count(*) as artifacts, sum(a.size) as bytes, sum(r.seconds) as seconds
  from results r join artifacts a on a.digest = r.artifact where r.stage = 'extract' group by 1 order by 4 desc, 1"""


class IntakeReport:
    """Gathers the report of one case, through a mask."""

    def __init__(self, looking: Looking, mask: Mask) -> None:
        """Look at the case; addresses outside the house need its opened keys."""
        self._looking = looking
        self._journal = looking.journal
        self._mask = mask

    def document(self) -> dict[str, Any]:
        """Give the whole report; lists in it are cut, and say of how many."""
        folder = self._looking.folder
        file = CaseFile.read(folder)
        status = Accounting(self._looking.derived, self._journal, self._looking.limits).status()
        return {
            "kind": "intake-report",
            "case": {
                "name": self._mask.text(folder.resolve().name),
                "created": file.created,
                "members": file.member_lines(),
            },
            "made": {"at": now(), "version": version("proofroom"), "masked": self._mask.secret is not None},
            "environment": _environment(),
            "limits_changed": {
                one.name: getattr(file.limits, one.name)
                for one in dataclasses.fields(file.limits)
                if getattr(file.limits, one.name) != one.default
            },
            **_custody(folder),
            "accounting": self._accounting(status),
            "unread": [self._group(row) for row in self._groups()],
            "passwords": Tries(self._journal).summary() | {"files": list(self._locked())},
            "duplicates": self._duplicates(),
            "biggest": [self._line(row) for row in self._journal.rows(_BIGGEST, (_MOST_SHOWN,))],
            "times": self._times(status),
            "ocr": status["ocr"],
            "partial": status["partial"],
        }

    def _accounting(self, status: Mapping[str, Any]) -> dict[str, Any]:
        """Give formats by states, with the sums that must agree."""
        rows = self._journal.rows(
            f"select {_FORMAT} as format, {FINAL_STATE} as state, count(*) as n {_PLACES} group by 1, 2"
        )
        formats: dict[str, Counter[str]] = {}
        for row in rows:
            formats.setdefault(row["format"], Counter())[row["state"]] += row["n"]
        sums: Counter[str] = Counter()
        for counts in formats.values():
            sums.update(counts)
        discovered = status["artifacts"]["discovered"]
        received = self._journal.value("select count(*) from occurrences where parent is null")
        return {
            "discovered": discovered,
            "received": received,
            "inside": discovered - received,
            "digests": status["artifacts"]["digests"],
            "bytes": status["bytes"],
            "cells": status["cells"],
            "pieces": status["pieces"],
            "states": dict(sums.most_common()),
            "sum": sums.total(),
            "holds": sums.total() == discovered == sum(status["artifacts"]["states"].values()),
            "formats": [
                {"format": name, "states": dict(counts), "sum": counts.total()}
                for name, counts in sorted(formats.items(), key=lambda pair: (-pair[1].total(), pair[0]))
            ],
        }

    def _groups(self) -> list[Any]:
        return self._journal.rows(
            f"select {FINAL_STATE} as state, {FINAL_REASON} as reason, count(*) as n {_PLACES} "
            f"where {_UNREAD} group by 1, 2 order by 3 desc, 1, 2"
        )

    def _group(self, row: Any) -> dict[str, Any]:
        """Give what is in one state for one reason: what that means, what to do, and the first lines."""
        state, reason = row["state"], row["reason"]
        lines = self._journal.rows(
            f"select o.digest, o.size, o.path, coalesce(a.format, '') as format {_PLACES} "
            f"where {FINAL_STATE} = ? and {FINAL_REASON} = ? order by o.path limit ?",
            (state, reason, MOST_OF_A_GROUP),
        )
        return {
            "state": state,
            "reason": reason,
            "count": row["n"],
            "means": meaning(state, reason),
            "remedy": remedy(state, reason),
            "lines": [self._line(line) for line in lines],
            "more": row["n"] - len(lines),
        }

    def unread_lines(self) -> Iterator[dict[str, Any]]:
        """Give every occurrence that is neither read nor empty, one by one, for the table beside the page."""
        query = (
            f"select o.digest, o.size, o.path, coalesce(a.format, '') as format, {FINAL_STATE} as state, "
            f"{FINAL_REASON} as reason {_PLACES} where {_UNREAD} order by state, reason, o.path"
        )
        for row in self._journal.each(query):
            told = {
                "means": meaning(row["state"], row["reason"]),
                "remedy": remedy(row["state"], row["reason"]),
            }
            yield {"state": row["state"], "reason": row["reason"]} | self._line(row) | told

    def _line(self, row: Any) -> dict[str, Any]:
        """Give one line about an artifact: its path through the mask, and an address that may leave the house."""
        line = {
            "path": self._mask.text(row["path"] or ""),
            "doc": None if row["digest"] is None else f"doc:{self._looking.doc_id(row['digest'])}",
            "bytes": row["size"],
            "format": row["format"],
        }
        return line | ({"seconds": round(row["seconds"], 2)} if "seconds" in row.keys() else {})  # noqa: SIM118 - a Row

    def _locked(self) -> Iterator[dict[str, Any]]:
        """Give each file that stayed locked, whole or in part, with how many passwords were tried on it."""
        tries = Tries(self._journal)
        for digest, _ in tries.locked()[:MOST_OF_A_GROUP]:
            row = self._journal.rows(
                "select a.digest, a.size, a.format, o.path from artifacts a join occurrences o "
                "on o.digest = a.digest where a.digest = ? order by o.id limit 1",
                (digest,),
            )[0]
            tried = tries.of(digest)
            counts = {"tried": tried.words.bit_count(), "tried_by": dict(tried.sources), "cut": tried.is_cut}
            yield self._line(row) | counts

    def _duplicates(self) -> dict[str, Any]:
        """Count what was found in several places, and name what takes most room that way."""
        sums = self._journal.rows(
            "select count(*) as artifacts, coalesce(sum(places), 0) as places, "
            f"coalesce(sum(size * (places - 1)), 0) as bytes from ({_DUPLICATES})"
        )[0]
        top = self._journal.rows(
            f"select *, '' as format from ({_DUPLICATES}) order by places desc, size desc, digest limit ?",
            (_MOST_SHOWN,),
        )
        shown = [self._line(row) | {"places": row["places"]} for row in top]
        return dict(sums) | {"lines": shown, "more": sums["artifacts"] - len(shown)}

    def _times(self, status: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "stages": status["stages"],
            "formats": [
                dict(row) | {"seconds": round(row["seconds"], 2)} for row in self._journal.rows(_COSTS)
            ],
            "slowest": [self._line(row) for row in self._journal.rows(_SLOWEST, (_MOST_SHOWN,))],
        }


def _environment() -> dict[str, Any]:
    """Say with what the report was made: never the name of the machine or of a person."""
    layers = probe()
    return {
        "python": sys.version.split()[0],
        "system": f"{platform.system()} {platform.machine()}",
        "sandbox": list(layers.mandatory),
        "sandbox_missing": list(layers.missing),
    }


def _custody(folder: Path) -> dict[str, Any]:
    """Read from the log: deliveries, runs with what they ran, reasons given, counts of acts, and the signed head."""
    logs: list[dict[str, Any]] = []
    deliveries: dict[str, dict[str, Any]] = {}
    runs: list[dict[str, Any]] = []
    reasons: list[dict[str, Any]] = []
    for log in sorted(path for path in (folder / "custody").iterdir() if not path.name.startswith(".")):
        held = snapshot(log)
        acts: Counter[str] = Counter()
        for line in event_lines(log, 0, held.length):
            if is_received(line):
                acts[Act.RECEIVED.value] += 1
                continue
            event = read_opening(line)[1]
            acts[event.act.value] += 1
            at = {"at": event.time, "by": event.by}
            if event.act in (Act.DELIVERY_BEGUN, Act.DELIVERY_RESUMED, Act.DELIVERY_ENDED):
                _tell_delivery(deliveries, event.act, at, event.facts)
            elif event.act in (Act.RUN_STARTED, Act.RUN_ENDED, Act.REDO):
                runs.append({"act": event.act.value} | at | {"facts": dict(event.facts)})
            elif event.act in (Act.PLAIN_DISK, Act.WEAK_SANDBOX, Act.NO_PASSPHRASE):
                reasons.append({"act": event.act.value} | at | {"facts": dict(event.facts)})
        note = held.signed[-1] if held.signed else ""
        covered = notes.parse(note).size if note else 0
        logs.append(
            {"log": log.name, "events": acts.total(), "acts": dict(acts.most_common())} | {"head": note}
        )
        logs[-1]["covered"] = covered
    told = {"deliveries": list(deliveries.values()), "runs": runs[-_MOST_SHOWN:], "reasons": reasons}
    return {"custody": logs} | told | {"runs_more": max(0, len(runs) - _MOST_SHOWN)}


def _tell_delivery(
    deliveries: dict[str, dict[str, Any]], act: Act, at: Mapping[str, str], facts: Mapping[str, Any]
) -> None:
    """Take what one event says of a delivery."""
    empty = {"id": facts["delivery"], "begun": at["at"], "by": at["by"], "resumed": 0, "ended": None}
    one = deliveries.setdefault(facts["delivery"], empty | {"found": None, "statement": {}})
    if "intake" in facts:
        one["statement"] = dict(facts["intake"])
    if act is Act.DELIVERY_RESUMED:
        one["resumed"] += 1
    elif act is Act.DELIVERY_ENDED:
        one["ended"], one["found"] = at["at"], facts["found"]
