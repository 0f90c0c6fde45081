"""Reading what waits for OCR: with the engines of this machine, in versions from elsewhere, by what people want."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from proofroom.case.watching import Silent
from proofroom.errors import MissingTool, WrongUse
from proofroom.extract.ocr import VERSION
from proofroom.extract.ocr.cpu import cpu_class
from proofroom.extract.ocr.layers_stage import (
    MOST_LAYERS,
    OURS,
    Layer,
    Layers,
    enter_layer,
    layer_label,
    read_layer,
)
from proofroom.extract.ocr.stage import Engines, Only, Recognition, Using
from proofroom.extract.passwords.keyring import Keyring
from proofroom.extract.sandbox import Sandbox
from proofroom.limits import Limits
from proofroom.model.custody import Act
from proofroom.receive.vault import Vault
from proofroom.run.pausing import Pausing
from proofroom.run.pool import Pool
from proofroom.search.stage import Indexing
from proofroom.store.journal import Journal
from proofroom.store.members import Members
from proofroom.store.ocr_pages import OCR, OcrPages
from proofroom.store.reading import Reading
from proofroom.store.results import Results

_DRAWERS: Final = 1
"""Workers that draw pages: one keeps many engines busy."""

OCR_ACTS: Final = (Act.OCR_ASKED, Act.OCR_IMPORTED, Act.OCR_PREFERRED)
"""Acts from which the journal is made again when it was deleted."""


@dataclass(frozen=True, slots=True)
class EnginesHere:
    """The engines of this machine: which they are, in one line, and what starts so many readers with them."""

    signature: str
    start: Callable[[int], AbstractContextManager[Engines]]


def engines_here() -> EnginesHere | None:
    """Find the engines of this machine; None where there is none."""
    from proofroom.extract.ocr.engines import EngineSet
    from proofroom.extract.ocr.readers import Readers

    here = EngineSet.here()
    if not here.any():
        return None
    names = [here.rapidocr_name()] if here.rapidocr else []
    names += [here.tesseract_name(language) for language in here.used()]
    return EnginesHere("; ".join(names), Readers)


@dataclass(frozen=True, slots=True)
class Acting:
    """How the OCR of a case acts: it enters into custody, asks for passwords and starts sandboxes."""

    note: Callable[[Act, Mapping[str, Any]], None]
    keyring: Callable[[], Keyring]
    sandbox: Callable[[], Sandbox]
    pausing: Pausing


class Recognising:
    """The OCR of one case, for somebody who works on it."""

    def __init__(self, folder: Path, journal: Journal, limits: Limits, acting: Acting) -> None:
        """Work on the case in the folder."""
        self._derived = folder / "derived"
        self._vault = Vault(folder)
        self._journal = journal
        self._limits = limits
        self._acting = acting
        self._pages = OcrPages(journal, limits.pages)

    def run(self, workers: int, progress: Any, *, asked: bool, only: Only | None = None) -> None:
        """Read what waits, or only some of it, and index it; `asked` raises MissingTool when nothing can read it."""
        self.read_layers()
        found = engines_here() if self._journal.value("select 1 from ocr_wanted") else None
        if found is None and asked and self._pages.counts()["waiting"]:
            raise MissingTool(
                "no OCR engine is installed here",
                remedy="`proofroom doctor` says how to get one. What another engine read can be brought in: "
                "`proofroom ocr CASE --import FILE --engine NAME`.",
            )
        if found is None or next(self._pages.waiting(found.signature), None) is None:
            return
        facts = {"stages": {OCR: VERSION}, "engines": found.signature}
        # A run that comes to its OCR is not over for whoever gives the same command again.
        self._acting.note(Act.RUN_STARTED, facts | ({} if asked else {"continues": True}))
        with found.start(workers) as engines:
            self._read(engines, found.signature, progress, only)
        self._acting.note(Act.RUN_ENDED, {"stages": {OCR: VERSION}})

    def _read(self, engines: Engines, signature: str, progress: Any, only: Only | None) -> None:
        results = Results(self._derived, self._journal)
        try:
            members = Members(self._derived)
            stage = Recognition(self._journal, results, members, self._vault.path, self._limits)
            with Pool(_DRAWERS, self._limits, self._acting.sandbox(), self._acting.pausing) as pool:
                using = Using(pool, engines, signature, cpu_class(), self.index)
                stage.run(using, self._acting.keyring(), progress, only)
        finally:
            results.abandon()

    def index(self) -> None:
        """Let what was read so far be found."""
        Indexing(self._derived / "index", self._journal, Reading(self._derived, self._journal)).run(Silent())

    # ── what people want ─────────────────────────────────────────────────────────────────────────

    def enter(self, act: Act, facts: Mapping[str, Any]) -> None:
        """Enter into the journal what custody says about OCR; to enter it twice changes nothing."""
        with self._journal.transaction():
            if act is Act.OCR_ASKED:
                self._pages.ask(facts["artifact"], facts["pages"])
            elif act is Act.OCR_IMPORTED:
                enter_layer(self._journal, Layer(facts["artifact"], facts["digest"], facts["engine"]))
            elif act is Act.OCR_PREFERRED:
                self._journal.execute(
                    "insert or replace into ocr_preferred values (?, ?)", (facts["artifact"], facts["stage"])
                )

    def ask(self, artifact: str, pages: Sequence[int]) -> None:
        """Let pages be read that nothing says are pictures: a photo, or a page whose text layer is bad."""
        if set(pages) <= set(self._pages.wanted(artifact)):
            return
        self._act(Act.OCR_ASKED, {"artifact": artifact, "pages": sorted(set(pages))})

    def redo(self, artifacts: Sequence[str]) -> None:
        """Let the engines read the pages of some artifacts again, or of all for none named."""
        rows = self._journal.rows("select artifact from ocr_wanted order by artifact")
        wanted = list(artifacts) or [row["artifact"] for row in rows]
        self._acting.note(Act.OCR_REDO, {"artifacts": len(wanted)})
        with self._journal.transaction():
            self._pages.forget(wanted)

    def prefer(self, engine: str, artifacts: Sequence[str]) -> int:
        """Let a version count before the others, in search and in `show`; gives for how many artifacts."""
        label = layer_label(engine)
        ours = label in ("ocr", *OURS)
        rows = self._journal.rows("select artifact, stage from ocr_layers order by artifact")
        if not ours:
            rows = [row for row in rows if row["stage"] == f"{OCR}:{label}"]
        wanted = sorted({row["artifact"] for row in rows if not artifacts or row["artifact"] in artifacts})
        if not wanted:
            raise WrongUse(f"no version named {label} was brought in for what was named")
        for artifact in wanted:
            stage = OCR if ours else f"{OCR}:{label}"
            self._act(Act.OCR_PREFERRED, {"artifact": artifact, "stage": stage})
        self.index()
        return len(wanted)

    def _act(self, act: Act, facts: Mapping[str, Any]) -> None:
        self._acting.note(act, facts)
        self.enter(act, facts)

    # ── versions from elsewhere ──────────────────────────────────────────────────────────────────

    def bring(self, files: Sequence[tuple[Path, str]], engine: str) -> list[dict[str, Any]]:
        """Take text layers in, each for one artifact; gives for each how many pages and lines it has.

        Raises WrongUse for a name that is none or ours, or a file that holds no lines of pages.
        """
        label = layer_label(engine)
        if not label or label in ("ocr", *OURS):
            raise WrongUse(
                f"{engine!r} cannot be the name of a version from elsewhere",
                remedy="Give a name such as abbyy-15, with letters or digits; rapidocr and tesseract are ours.",
            )
        done = []
        for _, artifact in files:
            held = self._journal.value("select count(*) from ocr_layers where artifact = ?", (artifact,))
            if held >= MOST_LAYERS:
                raise WrongUse(f"{artifact[:12]}… has {held} versions from elsewhere, and no more are taken")
        with self._layers() as (layers, pool):
            for path, artifact in files:
                done.append(self._bring_one(layers, pool, path, artifact, engine))
        self.index()
        return done

    def _bring_one(
        self, layers: Layers, pool: Pool, path: Path, artifact: str, engine: str
    ) -> dict[str, Any]:
        """Take one text layer in: its bytes into the vault, the act into custody, its lines into the store."""
        digest, size = self._vault.take(path)
        waiting = Path(self._vault.waiting(digest))
        inbox, reason = read_layer(pool, waiting, size, tuple(self._acting.keyring().given()), self._limits)
        layer = Layer(artifact, digest, engine)
        rows = inbox.rows(layer.label, engine, picture=self._is_picture(artifact))
        if not rows:
            waiting.unlink()
            raise WrongUse(
                f"{path.name} holds no lines of pages ({reason or 'no-text'})",
                remedy="Give hOCR, ALTO, a PDF with a text layer, or plain text with a form feed between pages.",
            )
        self._act(Act.OCR_IMPORTED, {"artifact": artifact, "digest": digest, "bytes": size, "engine": engine})
        self._vault.settle([digest])
        layers.keep(layer, rows)
        return {"artifact": artifact, "engine": layer.label, "pages": len({row[0] for row in rows})} | {
            "lines": len(rows) - len({row[0] for row in rows})
        }

    def read_layers(self) -> None:
        """Read the versions from elsewhere that custody names and the store lacks, as after a rebuild."""
        if not self._journal.value("select 1 from ocr_layers where not done"):
            return
        with self._layers() as (layers, pool):
            for layer in layers.missing():
                path = self._vault.path(layer.file)
                size = path.stat().st_size
                given = tuple(self._acting.keyring().given())
                inbox, _ = read_layer(pool, path, size, given, self._limits)
                layers.keep(
                    layer, inbox.rows(layer.label, layer.engine, picture=self._is_picture(layer.artifact))
                )

    @contextmanager
    def _layers(self) -> Iterator[tuple[Layers, Pool]]:
        """Open the store for versions from elsewhere, and start what reads them."""
        results = Results(self._derived, self._journal)
        try:
            with Pool(_DRAWERS, self._limits, self._acting.sandbox()) as pool:
                yield Layers(self._journal, results, self._limits), pool
            results.flush()
        finally:
            results.abandon()

    def _is_picture(self, artifact: str) -> bool:
        kind = self._journal.value("select media_type from artifacts where digest = ?", (artifact,))
        return str(kind or "").startswith("image/")
