"""The one seam for engines that translate or transcribe: a program of this machine, run in a sandbox without a network.

A translator reads lines of JSON, `{"id": 1, "text": "…", "from": "zh", "to": "en"}`, from its standard input and
writes `{"id": 1, "text": "…"}` for each to its standard output, in any order. A transcriber is given the bytes of
one recording and writes SubRip, WebVTT or plain text. Whatever else it says is dropped (docs/how-to/translate.md).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proofroom.errors import BadRendering, MissingTool, WrongUse
from proofroom.extract.sandbox import Sandbox
from proofroom.extract.sandbox.tool import ToolBounds, run_tool
from proofroom.model.states import Reason
from proofroom.model.where import Where

_AT_ONCE: Final = 200
_CHARACTERS: Final = 100_000
_BOUNDS: Final = ToolBounds(
    memory_bytes=8 << 30, cpu_seconds=3_600, wall_seconds=3_600, output_bytes=64 << 20
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A program in its sandbox: its full path with its arguments, and the folders of its models that it may read."""

    sandbox: Sandbox
    command: tuple[str, ...]
    trees: tuple[str, ...]


def engine_named(sandbox: Sandbox, command: Sequence[str], trees: Sequence[Path], case: Path) -> Engine:
    """Find a program on this machine; raises MissingTool when there is none of that name.

    What it writes is kept outside keys/, so raises WrongUse where a folder that it may read is of the case or holds it.
    """
    found = shutil.which(command[0])
    if found is None:
        raise MissingTool(f"there is no program {command[0]}", remedy="Install it, or give its full path.")
    path = Path(found).resolve()
    folders = (path.parent, *(tree.resolve() for tree in trees))
    for folder in folders:
        if case.resolve().is_relative_to(folder) or folder.is_relative_to(case.resolve()):
            raise WrongUse(
                f"an engine that may read {folder} could read the case and its keys",
                remedy="Keep the engine and its models in a folder of their own, away from the case.",
            )
    return Engine(sandbox, (str(path), *command[1:]), tuple(str(folder) for folder in folders))


def translated(
    engine: Engine, texts: Sequence[tuple[Where, str]], source: str, language: str
) -> Iterator[tuple[Where, str]]:
    """Give what the engine answers for each text; raises BadRendering when it fails or answers nothing."""
    for some in _some(texts):
        asked = [
            {"id": number, "text": text, "from": source, "to": language}
            for number, (_, text) in enumerate(some, 1)
        ]
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked)
        for number, text in _answers(_run(engine, lines.encode("utf-8", "replace"))):
            if 1 <= number <= len(some) and text.strip():
                yield some[number - 1][0], text


def transcribed(engine: Engine, recording: bytes) -> bytes:
    """Give what the engine makes of one recording, as it wrote it."""
    return _run(engine, recording)


def _run(engine: Engine, data: bytes) -> bytes:
    answer = run_tool(engine.sandbox, engine.command, data, _BOUNDS, engine.trees)
    if answer.reason is not Reason.NONE:
        raise BadRendering(
            f"the engine was ended: {answer.reason.value}",
            remedy="Try it by hand on one text; in the sandbox it has no network and reads only its own folders.",
        )
    return answer.untrusted_output


def _answers(untrusted: bytes) -> Iterator[tuple[int, str]]:
    """Read an engine's lines; one that is none is dropped, none at all is a failure."""
    anything = False
    for line in untrusted.splitlines():
        try:
            told = json.loads(line)
            number, text = told["id"], told["text"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if isinstance(number, int) and isinstance(text, str):
            anything = True
            yield number, text.encode("utf-8", "replace").decode()
    if not anything:
        raise BadRendering(
            "the engine wrote no line that could be read",
            remedy='It must write {"id": N, "text": "…"} for each line it is given.',
        )


def _some(texts: Sequence[tuple[Where, str]]) -> Iterator[list[tuple[Where, str]]]:
    """Put texts together to as many as an engine is given at once."""
    held: list[tuple[Where, str]] = []
    size = 0
    for one in texts:
        if held and (len(held) >= _AT_ONCE or size + len(one[1]) > _CHARACTERS):
            yield held
            held, size = [], 0
        held.append(one)
        size += len(one[1])
    if held:
        yield held
