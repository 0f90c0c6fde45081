"""The custody log: every act of a case in an append-only Merkle tree, its heads signed.

Each line of `custody/<key>/events` is a salted opening as in RFC 9901, `[salt, path, value]` in base64url;
the log's entry is the SHA-256 of that line. So one event can be shown and the rest stays closed, and no
head, proof or count holds a plain digest of an original. Heads are C2SP checkpoints, one after the other
in `checkpoints`; a head is signed only after its entries are durable and only when it continues the last.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Self

from proofroom.base import merkle, notes
from proofroom.errors import BrokenEvidence, CaseFull
from proofroom.model.custody import Act, Event
from proofroom.receive.keys import Keys

ORIGIN: Final = "proofroom/custody"
SALT: Final = 16
_DISK_FULL: Final = (28, 122)


class CustodyLog:
    """The log of one copy of a case, under one key."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        """Use `CustodyLog.open`."""
        self.folder = folder
        self._keys = keys
        self._tree = merkle.Tree()
        self._heads: dict[int, bytes] = {}
        self._last: notes.Checkpoint | None = None

    @classmethod
    def open(cls, case: Path, keys: Keys) -> Self:
        """Open the log for writing; a line that a power failure cut is dropped, for it was never counted.

        Raises BrokenEvidence when the entries do not lead to the last signed head.
        """
        public = keys.log.public_key().public_bytes_raw()
        folder = case / "custody" / notes.key_id(ORIGIN, public).hex()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "key.pub").write_text(base64.b64encode(public).decode() + "\n", encoding="ascii")
        log = cls(folder, keys)
        log._drop_cut_line()
        signed = {one.size: one.root for one in log.checkpoints()}
        for line in log._lines():
            log._tree.append(merkle.leaf_hash(entry_of(line)))
            if log._tree.size in signed and signed[log._tree.size] != log._tree.root():
                raise BrokenEvidence("the custody log was changed before its last signed head")
        if signed and max(signed) > log._tree.size:
            raise BrokenEvidence("the custody log is shorter than its last signed head")
        return log

    @property
    def size(self) -> int:
        """How many events the log holds."""
        return self._tree.size

    def append(self, events: Sequence[Event]) -> None:
        """Add events durably: one write and one sync for all of them. Raises CaseFull."""
        if not events:
            return
        lines = [_opening(self._tree.size + number, event) for number, event in enumerate(events)]
        data = b"".join(line + b"\n" for line in lines)
        path = self.folder / "events"
        before = path.stat().st_size if path.exists() else 0
        try:
            with path.open("ab") as file:
                file.write(data)
                file.flush()
                os.fdatasync(file.fileno())
        except OSError as failure:
            os.truncate(path, before)
            if failure.errno in _DISK_FULL:
                raise CaseFull(
                    "the disk of the case is full; the act was not logged and not done"
                ) from failure
            raise
        for line in lines:
            self._tree.append(merkle.leaf_hash(entry_of(line)))

    def sign_head(self) -> str:
        """Sign the head as it stands, once per size; gives the checkpoint."""
        heads = self.checkpoints()
        if heads and heads[-1].size == self._tree.size:
            return self.head()
        head = notes.Checkpoint(ORIGIN, self._tree.size, self._tree.root())
        note = notes.sign(head, self._keys.log)
        with (self.folder / "checkpoints").open("ab") as file:
            file.write(note.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return note

    def head(self) -> str:
        """Give the last signed head, or nothing when none was signed yet."""
        notes_held = _notes(self.folder)
        return notes_held[-1] if notes_held else ""

    def checkpoints(self) -> list[notes.Checkpoint]:
        """Give every signed head, oldest first; raises BrokenEvidence when a signature does not hold."""
        return read_checkpoints(self.folder)

    def events(self) -> Iterator[Event]:
        """Give every event, oldest first."""
        for line in self._lines():
            yield read_opening(line)[1]

    def _lines(self) -> Iterator[bytes]:
        yield from event_lines(self.folder)

    def _drop_cut_line(self) -> None:
        path = self.folder / "events"
        if not path.exists():
            return
        with path.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            at = size
            while at and (block := min(at, 1 << 16)):
                file.seek(at - block)
                found = file.read(block).rfind(b"\n")
                if found >= 0:
                    at = at - block + found + 1
                    break
                at -= block
            if at != size:
                file.truncate(at)


def entry_of(line: bytes) -> bytes:
    """Give the log entry of an opening: the SHA-256 of its base64url text (RFC 9901, 4.2.3)."""
    return hashlib.sha256(line).digest()


def event_lines(folder: Path) -> Iterator[bytes]:
    """Give the openings of a log, oldest first, without the line ends."""
    path = folder / "events"
    if path.exists():
        with path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line[:-1]


def read_checkpoints(folder: Path) -> list[notes.Checkpoint]:
    """Give every signed head of a log; raises BrokenEvidence when one does not hold."""
    public = base64.b64decode((folder / "key.pub").read_text(encoding="ascii"))
    try:
        return [notes.verify(note, public) for note in _notes(folder)]
    except ValueError as failure:
        raise BrokenEvidence(f"a signed head of the custody log does not hold: {failure}") from None


def read_opening(line: bytes) -> tuple[str, Event]:
    """Read an opening: its place in the log and its event; raises BrokenEvidence when it is malformed."""
    try:
        salt, path, value = json.loads(base64.urlsafe_b64decode(line + b"=" * (-len(line) % 4)))
        if len(base64.urlsafe_b64decode(salt + "==")) < SALT:
            raise ValueError("a short salt")
        return path, Event(Act(value["act"]), value["time"], value["by"], value["facts"])
    except (ValueError, KeyError, TypeError) as failure:
        raise BrokenEvidence(f"an event of the custody log cannot be read: {failure}") from None


def _opening(place: int, event: Event) -> bytes:
    salt = base64.urlsafe_b64encode(secrets.token_bytes(SALT)).rstrip(b"=").decode()
    value: dict[str, Any] = {
        "act": event.act.value,
        "time": event.time,
        "by": event.by,
        "facts": dict(event.facts),
    }
    text = json.dumps(
        [salt, f"event/{place}", value], ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=")


def _notes(folder: Path) -> list[str]:
    """Give the signed heads as they were written; one that a power failure cut is not counted."""
    path = folder / "checkpoints"
    if not path.exists():
        return []
    pieces = path.read_text(encoding="utf-8").split("\n\n")
    whole = [f"{pieces[n]}\n\n{pieces[n + 1]}\n" for n in range(0, len(pieces) - 1, 2)]
    return whole
