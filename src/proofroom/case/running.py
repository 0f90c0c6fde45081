"""Running the stages of a case: what is not done yet is done, resumes where it stopped, and can be done again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofroom.case.accounting import stage_of_redo
from proofroom.case.costs import waiting_loads
from proofroom.case.recognising import Recognising
from proofroom.case.renderings import Renderings
from proofroom.case.watching import Pausable, Silent, WatchedPool, Weighed
from proofroom.extract.outside import Outside, described, outside_formats
from proofroom.extract.passwords.keyring import Keyring
from proofroom.extract.sandbox import Sandbox
from proofroom.extract.stage import Extraction
from proofroom.limits import Limits
from proofroom.model.custody import Act
from proofroom.pipeline import STAGES, stages_named
from proofroom.receive.vault import Vault
from proofroom.run.pausing import Paused, Pausing
from proofroom.run.pool import Pool
from proofroom.search.stage import Indexing
from proofroom.store.conditions import parse_condition
from proofroom.store.journal import Journal
from proofroom.store.members import Members
from proofroom.store.ocr_pages import OCR
from proofroom.store.reading import Reading
from proofroom.store.redo import EXTRACT, SEARCH, Redo
from proofroom.store.results import Results
from proofroom.store.transcribed import settle_transcripts


@dataclass(frozen=True, slots=True)
class Means:
    """What a run works with: who enters acts into custody, the passwords, the sandbox, the OCR."""

    note: Callable[[Act, Mapping[str, Any]], None]
    keyring: Callable[[], Keyring]
    log_fitted: Callable[[], None]
    sandbox: Callable[[], Sandbox]
    ocr: Callable[[], Recognising]


class Running:
    """Runs the stages of one case."""

    def __init__(
        self, folder: Path, journal: Journal, limits: Limits, means: Means, pausing: Pausing
    ) -> None:
        """Work on the case in the folder; `pausing` is asked before anything new is begun."""
        self._derived = folder / "derived"
        self._vault = Vault(folder)
        self._journal = journal
        self._limits = limits
        self._means = means
        self._pausing = pausing

    def run(self, names: tuple[str, ...], workers: int | None, progress: Any, *, ocr: bool) -> None:
        """Do what is not done yet, in all stages or those named; raises Paused when it was asked to stop.

        OCR comes last, as a run of its own; without `ocr` it is left for later.
        """
        stages = {stage.name for stage in stages_named(names)}
        self._pausing.clear()
        if stages != {OCR}:
            self._run(stages - {OCR}, workers, progress)
        if OCR in stages and ocr:
            self._means.ocr().run(workers or os.cpu_count() or 1, progress, asked=OCR in names)

    def _run(self, stages: set[str], workers: int | None, progress: Any) -> None:
        versions = {stage.name: stage.version for stage in STAGES if stage.name in stages}
        outside = outside_formats() if EXTRACT in stages else ()
        more = {"formats_from_outside": described(outside)} if outside else {}
        self._means.note(Act.RUN_STARTED, {"stages": versions} | more)
        if EXTRACT in stages:
            self._extract(workers or os.cpu_count() or 1, outside, progress)
        if SEARCH in stages:
            self._index(Pausable(progress, self._pausing))
        self._means.note(Act.RUN_ENDED, {"stages": versions})

    def _extract(self, workers: int, outside: tuple[Outside, ...], progress: Any) -> None:
        sandbox = self._means.sandbox().with_formats(outside)
        members = Members(self._derived)
        members.sweep()
        results = Results(self._derived, self._journal)

        def settle() -> None:
            results.flush()
            self._index(Silent())

        try:
            extraction = Extraction(self._journal, results, members, self._vault.path, self._limits)
            extraction.compare_outside(outside)
            weighed = Weighed(progress, lambda: waiting_loads(self._journal))
            try:
                with Pool(workers, self._limits, sandbox, self._pausing) as pool:
                    watched = WatchedPool(pool, progress, settle)
                    extraction.run(watched, self._means.keyring(), weighed)
            except Paused:
                settle()
                raise
            settle_transcripts(self._journal, Renderings(self._derived.parent).transcribed())
            self._means.log_fitted()
        finally:
            results.abandon()

    def _index(self, progress: Any) -> None:
        """Let everything that was read be found."""
        reading = Reading(self._derived, self._journal)
        Indexing(self._derived / "index", self._journal, reading).run(progress)

    # ── again ────────────────────────────────────────────────────────────────────────────────────

    def redo(self, condition: str, stages: tuple[str, ...]) -> int:
        """Let the next run do again what a condition chooses; gives how many artifacts. Raises BadCondition."""
        stage = stage_of_redo(stages)
        chosen = parse_condition(condition)
        redo = Redo(self._journal)
        count = redo.count(chosen, stage)
        facts = {"stage": stage, "condition": condition.strip(), "artifacts": count}
        self._means.note(Act.REDO, facts)
        if count and stage == OCR:
            # Without any named, all pages of the case would be read again.
            self._means.ocr().redo(redo.artifacts(chosen, stage))
        elif count:
            redo.redo(chosen, stage)
        return count

    def take_back(self) -> int:
        """Take back the wish to read again whatever was not read again yet; gives how many artifacts."""
        count = Redo(self._journal).take_back()
        self._means.note(Act.REDO, {"stage": EXTRACT, "taken_back": count})
        return count
