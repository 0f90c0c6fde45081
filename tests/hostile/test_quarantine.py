"""Three poison files in a case: one kills, one hangs, one eats memory. All others are read, and the three are named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from proofroom.extract.formats import docx
from proofroom.extract.passwords.keyring import LooseKeyring
from proofroom.extract.sandbox import Sandbox
from proofroom.extract.stage import Extraction
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason
from proofroom.run.pool import Pool
from proofroom.store.journal import Journal
from proofroom.store.members import Members
from proofroom.store.occurrences import Occurrences, Received
from proofroom.store.results import Results

LIMITS = replace(DEFAULT, wall_seconds=2, memory_bytes=512 << 20)
POISON = {"kills": "dies", "hangs": "sleep", "eats": "heap", "lies": "frames"}
NAMED = {
    "kills": ("crashed", "worker-died"),
    "hangs": ("timed-out", "limit-wall"),
    "eats": ("truncated", "limit-memory"),
    "lies": ("crashed", "bad-frame"),
}


class Quiet:
    """Is told how the work goes, and says nothing."""

    def begin(self, stage: str, total: int, size: int) -> None:
        """Begin."""

    def advance(self, done: int, size: int) -> None:
        """Go on."""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Give a journal."""
    made = Journal(tmp_path / "journal.sqlite", writing=True)
    yield made
    made.close()


def received(folder: Path) -> dict[str, Path]:
    """Make a cache of honest files with the poison among them; gives each by its name."""
    sample = (Path(docx.__file__).parent / "samples" / docx.FORMAT.sample).read_bytes()
    files = {f"{n:02}.docx": sample + bytes([n]) for n in range(16)}
    for n, (name, attack) in enumerate(POISON.items()):
        order = {"attack": attack, "stream": "a line behind the end"}
        files[f"{3 * n:02}-{name}"] = b"An attack\0\1\2\3" + json.dumps(order).encode()
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in files}


def test_poison_is_named_and_costs_nobody_else_anything(
    hostile: Sandbox, journal: Journal, tmp_path: Path
) -> None:
    files = received(tmp_path / "cache")
    digests = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files.values()}
    with journal.transaction():
        Occurrences(journal, LIMITS).enter(
            Received("d", name.encode(), name, digest, path.stat().st_size, "file", None, None, Reason.NONE)
            for digest, path in sorted(digests.items())
            for name in [path.name]
        )
    results = Results(tmp_path / "derived", journal)
    extraction = Extraction(journal, results, Members(tmp_path / "derived"), digests.__getitem__, LIMITS)
    with Pool(2, LIMITS, hostile) as pool:
        assert extraction.run(pool, LooseKeyring(), Quiet()) == len(files)
    results.close()
    rows = journal.rows(
        "select o.path, a.state, a.reason, a.pieces from artifacts a join occurrences o using (digest)"
    )
    ended = {
        row["path"].partition("-")[2]: (row["state"], row["reason"]) for row in rows if "-" in row["path"]
    }
    assert ended == NAMED
    honest = {(row["state"], row["reason"], row["pieces"]) for row in rows if row["path"].endswith(".docx")}
    assert len(honest) == 1
    assert next(iter(honest))[0] == "read"
    assert sum(row["pieces"] for row in rows if row["path"].endswith("lies")) == 0
