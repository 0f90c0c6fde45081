"""Puts made files into the cache folder and remembers every occurrence, for the truth to account for."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

from proofroom.world.parts import NEVER, Fact, Made, digest
from proofroom.world.slips import Entry


@dataclass(slots=True)
class Seen:
    """One occurrence as the truth knows it: its path, its bytes' digest, and how it should end."""

    path: str
    path_bytes: bytes
    parent: str | None
    made: Made
    group: str
    decrypted: bool = False

    def line(self) -> dict[str, object]:
        """Give it as a line of `files.json`; what does not apply is left out."""
        made, opened = self.made, self.made.decrypted
        line: dict[str, object] = {
            "path": self.path,
            "parent": self.parent,
            "group": self.group,
            "kind": made.kind,
            "digest": None if made.data is None else digest(made.data),
            "bytes": None if made.data is None else len(made.data),
            "state": made.state.value,
            "also": [state.value for state in made.also],
            "reason": made.reason,
            "locked": made.password is not None,
        }
        if not _is_utf8(self.path_bytes):
            line["path_bytes"] = base64.b64encode(self.path_bytes).decode()
        if made.password is not None and opened is not None:
            line["password"], line["password_from"] = made.password, made.opens_by
            line["decrypted_digest"] = digest(opened.data or b"")
        if "optional" in made.extra:
            line["optional"] = True  # behind a limit: a reader may rightly never discover it
        if made.note:
            line["note"] = made.note
        return line


@dataclass(slots=True)
class Placed:
    """A fact or an entry with the path it stands under."""

    path: str
    fact: Fact
    needs: str


@dataclass(slots=True)
class Cache:
    """The cache folder being filled."""

    root: Path
    blind: bool
    occurrences: list[Seen] = field(default_factory=list)
    facts: list[Placed] = field(default_factory=list)
    entries: list[tuple[str, str, int, Entry]] = field(default_factory=list)  # path, sheet, row, entry
    pictures: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def place(self, path: str | bytes, made: Made, group: str = "plain") -> str:
        """Write a file at a path inside the cache; gives the path as it will be shown."""
        raw = path if isinstance(path, bytes) else path.encode()
        target = os.fsencode(self.root) + b"/" + raw
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 - names of raw bytes
        if made.data is not None:
            with open(target, "xb") as stream:  # noqa: PTH123 - names of raw bytes
                stream.write(made.data)
            stamp = made.written.timestamp()
            os.utime(target, (stamp, stamp))
        elif made.kind == "symlink":
            os.symlink(made.note, target)  # noqa: PTH211 - names of raw bytes
        return self._record(raw, None, made, group)

    def record(self, path: str, made: Made) -> None:
        """Enter something into the truth without writing a file (the size `rows`)."""
        self._record(path.encode(), None, made, "plain")

    def _record(self, raw: bytes, parent: str | None, made: Made, group: str, needs: str = "") -> str:
        path = show_path(raw)
        self.occurrences.append(Seen(path, raw, parent, made, group))
        needs = needs or made.needs
        self.facts.extend(Placed(path, fact, needs) for fact in made.facts)
        for sheet, row, entry in made.extra.get("entries", ()):  # type: ignore[attr-defined]
            self.entries.append((path, sheet, row, entry))
        for anchor in made.extra.get("pictures", ()):  # type: ignore[attr-defined]
            self.pictures.append((path, anchor))
        for name, member in made.members:
            self._record(raw + b"/" + member_name(name), path, member, group, needs)
        if made.decrypted is not None:
            self._open(raw, path, made, group)
        return path

    def _open(self, raw: bytes, path: str, made: Made, group: str) -> None:
        """Record the decrypted copy; where no password will be found, only its facts, as out of reach."""
        opened = made.decrypted
        if opened is None:
            return
        if made.opens_by != NEVER:
            self._record(raw + b"/decrypted", path, opened, group)
            return
        self.facts.extend(Placed(f"{path}/decrypted", fact, "password") for fact in opened.facts)


def member_name(name: str) -> bytes:
    """Give a member's name as bytes; surrogates stand for bytes that are not UTF-8."""
    return name.encode("utf-8", "surrogateescape")


def show_path(raw: bytes) -> str:
    """Give a path as text; bytes that are not UTF-8 are percent-encoded (architecture section 12)."""
    text = raw.decode("utf-8", "surrogateescape")
    return "".join(f"%{ord(sign) - 0xDC00:02X}" if 0xDC80 <= ord(sign) <= 0xDCFF else sign for sign in text)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
