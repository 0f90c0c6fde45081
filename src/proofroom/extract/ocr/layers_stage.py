"""Versions of pages that somebody brings from elsewhere: read in the sandbox, kept beside our own under a name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proofroom.extract.format import NO_CONFIDENCE
from proofroom.extract.inbox import BadFrame
from proofroom.extract.ocr import VERSION
from proofroom.extract.ocr.layer_inbox import LayerInbox
from proofroom.extract.ocr.readings import Row, to_table
from proofroom.extract.stage import Workers
from proofroom.limits import Limits
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.run.jobs import Ended, Job, Task
from proofroom.store.journal import Journal
from proofroom.store.ocr_pages import DONE, OCR, OcrPages
from proofroom.store.results import Results

OURS: Final = ("rapidocr", "tesseract")
"""Names that our own readings have in addresses."""

MOST_LAYERS: Final = 100
"""Versions of one artifact from elsewhere: each has numbers of its own for its rows."""

_NO_NAME: Final = re.compile(r"[^a-z0-9.-]+")
_LONGEST: Final = 40
_MOST_SURE: Final = 100


@dataclass(frozen=True, slots=True)
class Layer:
    """A text layer from elsewhere: for which artifact, in which file, made by which engine."""

    artifact: str
    file: str
    engine: str

    @property
    def label(self) -> str:
        """The engine's name as it stands in addresses."""
        return layer_label(self.engine)

    @property
    def stage(self) -> str:
        """Under which its rows are stored."""
        return f"{OCR}:{self.label}"


def layer_label(engine: str) -> str:
    """Give the form of an engine's name for addresses: `ABBYY 15` is `abbyy-15`; "" when nothing is left."""
    return _NO_NAME.sub("-", engine.lower()).strip("-.")[:_LONGEST]


def read_layer(
    workers: Workers, path: Path, size: int, passwords: tuple[str, ...], limits: Limits
) -> tuple[LayerInbox, Reason]:
    """Read the lines of a text layer in the sandbox; gives them, and why there are none."""
    inbox, verdict = [LayerInbox(limits)], [Reason.NONE]

    def consume(_job: Job, untrusted: bytes) -> bool:
        try:
            inbox[0].collector.feed(untrusted)
        except BadFrame:
            return False
        return True

    def ended(_job: Job, how: Ended) -> None:
        state, reason = (how.state, how.reason) if how.state is not None else inbox[0].outcome()
        if state not in (State.READ, State.PARTLY):
            verdict[0] = reason or Reason.UNREAD_PART

    def restart(_job: Job) -> None:
        inbox[0] = LayerInbox(limits)

    workers.run(iter([Job(1, path, size, b"", passwords, Task.TEXT_LAYER)]), consume, ended, restart)
    return inbox[0], verdict[0]


class Layers:
    """The versions from elsewhere in a case's store."""

    def __init__(self, journal: Journal, results: Results, limits: Limits) -> None:
        """Work on the store."""
        self._journal = journal
        self._results = results
        self._pages = OcrPages(journal, limits.pages)

    def missing(self) -> list[Layer]:
        """Give the versions that custody names and the store does not hold yet."""
        rows = self._journal.rows(
            "select * from ocr_layers l where not done and exists "
            "(select 1 from artifacts a where a.digest = l.artifact) order by artifact, slot"
        )
        return [Layer(row["artifact"], row["file"], row["engine"]) for row in rows]

    def keep(self, layer: Layer, rows: Sequence[Row]) -> None:
        """Make the rows of a version valid; one of the same name for the same artifact is replaced."""
        slot = self._journal.value(
            "select slot from ocr_layers where artifact = ? and stage = ?", (layer.artifact, layer.stage)
        )
        pending = self._results.begin(layer.artifact, layer.stage, VERSION)
        self._results.add(pending, OCR, to_table(layer.artifact, slot, rows))

        def also() -> None:
            key = (layer.artifact, layer.stage)
            self._journal.execute("delete from ocr_pages where artifact = ? and stage = ?", key)
            self._journal.many(
                "insert into ocr_pages (artifact, stage, page, state, reason, engine, confidence, lines) "
                "values (?, ?, ?, ?, '', ?, ?, ?)",
                [(*key, page, DONE, layer.label, *sums) for page, sums in _sums(rows).items()],
            )
            self._journal.execute("update ocr_layers set done = 1 where artifact = ? and stage = ?", key)
            self._pages.cover(layer.artifact)

        self._results.commit(pending, _content(layer, rows), 0.0, also)


def enter_layer(journal: Journal, layer: Layer) -> None:
    """Enter a version that custody names; inside a transaction."""
    slots = journal.rows("select stage, slot, file from ocr_layers where artifact = ?", (layer.artifact,))
    known = {row["stage"]: row for row in slots}
    if layer.stage in known and known[layer.stage]["file"] == layer.file:
        return
    slot = known[layer.stage]["slot"] if layer.stage in known else len(known) + 1
    journal.execute(
        "insert or replace into ocr_layers (artifact, stage, slot, file, engine, done) values (?, ?, ?, ?, ?, 0)",
        (layer.artifact, layer.stage, slot, layer.file, layer.engine),
    )


def _sums(rows: Sequence[Row]) -> dict[int, tuple[int, int]]:
    """Give for each page how sure its engine was and how many lines it has."""
    sure: dict[int, list[int]] = {}
    for page, _label, _part, kind, *_rest, confidence in rows:
        if kind == PieceKind.LINE:
            sure.setdefault(page, []).append(confidence)
    return {
        page: (_mean([one for one in some if one <= _MOST_SURE]), len(some)) for page, some in sure.items()
    }


def _mean(known: list[int]) -> int:
    """Give the mean confidence; where none is known, the number that says so."""
    return round(sum(known) / len(known)) if known else NO_CONFIDENCE


def _content(layer: Layer, rows: Sequence[Row]) -> str:
    """Give the SHA-256 over everything in the version."""
    whole = hashlib.sha256(f"{layer.engine}\0{VERSION}\n".encode())
    for row in rows:
        whole.update(repr(tuple(map(str, row))).encode("utf-8", "surrogatepass") + b"\n")
    return whole.hexdigest()
