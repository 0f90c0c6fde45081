"""Read one file of a translator or an engine in the sandbox: its lines and its cells, held in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from proofroom.extract.collect import Collector
from proofroom.extract.inbox import BadFrame
from proofroom.extract.stage import Workers
from proofroom.limits import Limits
from proofroom.model.states import Reason, State
from proofroom.run.jobs import Ended, Job


class _Nowhere:
    """Takes the bytes of what lies inside such a file, and drops them."""

    def write(self, data: bytes) -> None:
        """Drop them."""

    def finish(self) -> tuple[str, int]:
        """Give a digest of nothing."""
        return "", 0


@dataclass(slots=True)
class SentFile:
    """What a file holds: lines as (part, text), cells as (sheet, row, column, text), and how reading it ended."""

    media_type: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)
    cells: list[tuple[int, int, int, str]] = field(default_factory=list)
    state: State = State.CRASHED
    reason: Reason = Reason.NONE


class _Inbox:
    """Takes the bytes of the child that reads it."""

    def __init__(self, limits: Limits) -> None:
        self._tables: list[tuple[str, pa.Table]] = []
        self.collector = Collector("", limits, self._add, _Nowhere)

    def _add(self, noun: str, table: pa.Table) -> None:
        if noun in ("pieces", "cells"):
            self._tables.append((noun, table))

    def found(self) -> SentFile:
        """Give what came."""
        collected = self.collector.finish()
        sent = SentFile(collected.media_type, state=collected.state or State.CRASHED, reason=collected.reason)
        for noun, table in self._tables:
            if noun == "pieces":
                sent.lines += zip(table["part"].to_pylist(), table["text"].to_pylist(), strict=True)
            else:
                sent.cells += zip(
                    *(_column(table, name) for name in ("sheet", "row", "col", "raw")), strict=True
                )
        return sent


def read_sent(workers: Workers, path: Path, size: int, name: bytes, limits: Limits) -> SentFile:
    """Read a file; `name` helps to recognise it, its bytes decide."""
    inbox, ends = [_Inbox(limits)], list[Ended]()

    def consume(_job: Job, untrusted: bytes) -> bool:
        try:
            inbox[0].collector.feed(untrusted)
        except BadFrame:
            return False
        return True

    def ended(_job: Job, how: Ended) -> None:
        ends.append(how)

    def restart(_job: Job) -> None:
        inbox[0] = _Inbox(limits)

    workers.run(iter([Job(1, path, size, name)]), consume, ended, restart)
    sent = inbox[0].found()
    if ends and ends[-1].state is not None:
        sent.state, sent.reason = ends[-1].state, ends[-1].reason
    return sent


def _column(table: pa.Table, name: str) -> list[Any]:
    column: list[Any] = table[name].to_pylist()
    return column
