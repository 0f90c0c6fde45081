"""tesseract as the parent uses it: one run of the program, in a sandbox of its own, for each part of a page.

Page mode 3 finds columns, but of Chinese it drops figures and the numbers of lists, silently: Han is read with 6, one
block of lines; so is what is a block already. Where mode 3 reads badly, 6 is tried and the surer one counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proofroom.extract.ocr.engines import EngineSet
from proofroom.extract.ocr.looked import Strip
from proofroom.extract.ocr.tsv import Row, confidence_of, rows_of
from proofroom.extract.sandbox.launch import Sandbox
from proofroom.extract.sandbox.tool import ToolBounds, run_tool

_COLUMNS: Final = "3"
_BLOCK: Final = "6"
_DOUBTFUL: Final = 0.7
_BOUNDS: Final = ToolBounds()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run read: with which model, its lines in pixels of the strip, and how surely (from 0 to 1).

    failed: the program was ended, or ended without an answer.
    """

    language: str
    rows: list[Row]
    confidence: float
    failed: bool = False


NOTHING: Final = Reading("", [], 0.0)


class Tesseract:
    """Reads strips of pages."""

    def __init__(self, engines: EngineSet, sandbox: Sandbox, bounds: ToolBounds = _BOUNDS) -> None:
        """Use the program of this set."""
        self._engines = engines
        self._sandbox = sandbox
        self._bounds = bounds
        self._stopped = False

    def stop(self) -> None:
        """End the programs that run, and start no more: for another thread than those that wait for them."""
        self._stopped = True

    def read(self, strip: Strip, script: str, *, block: bool = False) -> Reading:
        """Read a strip in a script: with the better of its models, and as one block where it is one."""
        best = NOTHING
        for language in self._engines.languages_for(script):
            modes = (_BLOCK,) if block or script == "Han" else (_COLUMNS, _BLOCK)
            for mode in modes:
                found = self._run(strip, language, mode)
                best = found if best is NOTHING else max(best, found, key=lambda one: one.confidence)
                if best.confidence >= _DOUBTFUL:
                    return best
        return best

    def _run(self, strip: Strip, language: str, mode: str) -> Reading:
        """Run the program once; a run that failed has read nothing."""
        if self._stopped:
            return Reading(language, [], 0.0, failed=True)
        program = [self._engines.tesseract, "stdin", "stdout", "--tessdata-dir", self._engines.models]
        program += ["-l", language, "--psm", mode, "-c", "tessedit_create_tsv=1"]
        untrusted = b"P5 %d %d 255\n" % (strip.width, strip.height) + strip.untrusted_grey
        trees = (self._engines.models, str(Path(self._engines.tesseract).parent))
        answer = run_tool(self._sandbox, program, untrusted, self._bounds, trees, lambda: self._stopped)
        if answer.reason:
            return Reading(language, [], 0.0, failed=True)
        rows = rows_of(answer.untrusted_output)
        return Reading(language, rows, confidence_of(rows))
