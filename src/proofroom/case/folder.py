"""The case folder and `case.toml`, the only configuration: members, deliveries, limits, region table.

`case.toml` is written whole or not at all, and read strictly: an unknown table or limit is an error with
its name, so that a typing mistake is not taken for a setting.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from proofroom.base.durable import sync_folder, write_whole
from proofroom.errors import BadCase, BadMember, CaseTooNew, ProofroomError
from proofroom.limits import DEFAULT, Limits
from proofroom.receive.hand import Member
from proofroom.receive.keys import check_handle
from proofroom.receive.names import whole_text
from proofroom.receive.vault import explain

FORMAT: Final = 1
FILE: Final = "case.toml"
FOLDERS: Final = ("keys", "originals", "custody", "hand", "derived", "releases")
REGIONS: Final = "regions.csv"
MAKING: Final = ".making"
"""Stands in a case while it is made; a folder that holds it was never a case."""
_KNOWN: Final = {
    "format",
    "created",
    "languages",
    "regions",
    "plain_disk",
    "limits",
    "members",
    "retired",
    "deliveries",
}
_PUBLIC_KEY: Final = 32


@dataclass(slots=True)
class CaseFile:
    """What stands in `case.toml`."""

    created: str
    languages: list[str] = field(default_factory=lambda: ["zh", "ug", "en"])
    regions: str = "prc"
    plain_disk: str = ""
    limits: Limits = DEFAULT
    members: dict[str, str] = field(default_factory=dict)
    retired: dict[str, list[str]] = field(default_factory=dict)
    deliveries: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, case: Path) -> Self:
        """Read a case's file; raises BadCase when it is missing or malformed, CaseTooNew when it is newer."""
        try:
            document = tomllib.loads((case / FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BadCase(f"{case} is not a case: it holds no {FILE}") from None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as failure:
            raise BadCase(f"{FILE} cannot be read: {failure}", remedy="Mend the named line.") from None
        if not isinstance(document.get("format"), int):
            raise BadCase(f"{FILE} names no format")
        if document["format"] > FORMAT:
            raise CaseTooNew(f"the case has format {document['format']}, this Proofroom knows {FORMAT}")
        if unknown := set(document) - _KNOWN:
            raise BadCase(
                f"{FILE} holds {', '.join(sorted(unknown))}, which is no setting", remedy="Remove it."
            )
        members = _members(document.get("members", {}))
        return cls(
            str(document.get("created", "")),
            _words("languages", document.get("languages", [])),
            str(document.get("regions", "prc")),
            str(document.get("plain_disk", "")),
            _limits(_table("limits", document.get("limits", {}))),
            members,
            _retired(document.get("retired", {}), members),
            {
                name: _table(name, one)
                for name, one in _table("deliveries", document.get("deliveries", {})).items()
            },
        )

    def member_lines(self) -> list[dict[str, Any]]:
        """Give the members: handle, public key, and whether they have left."""
        return [
            {"handle": handle, "public_key": key, "retired": handle in self.retired}
            for handle, key in self.members.items()
        ]

    def author(self, handle: str | None) -> str:
        """Give the member who acts: the one named, or the only one there is; raises BadMember."""
        here = [one for one in self.members if one not in self.retired]
        if handle is None and len(here) == 1:
            return here[0]
        if handle is None:
            raise BadMember(
                f"the case has {len(here)} members: {', '.join(here)}",
                remedy="Say who acts with --as HANDLE.",
            )
        if handle not in here:
            what = "has left" if handle in self.members else "is no member of this case"
            raise BadMember(f"{handle} {what}")
        return handle

    def signers(self) -> dict[str, Member]:
        """Give the members as whoever reads their signed lines needs them."""
        return {
            handle: Member(base64.b64decode(key), self._left_at(handle))
            for handle, key in self.members.items()
        }

    def _left_at(self, handle: str) -> frozenset[str] | None:
        return frozenset(self.retired[handle]) if handle in self.retired else None

    def settings(self, case: Path) -> dict[str, Any]:
        """Give the settings as custody holds them, with the digest of the table of regions in the case."""
        try:
            table: str | None = hashlib.sha256((case / REGIONS).read_bytes()).hexdigest()
        except FileNotFoundError:
            table = None
        except OSError:
            table = "unreadable"
        return {
            "languages": self.languages,
            "limits": self._changed_limits(),
            "plain_disk": self.plain_disk,
            "regions": self.regions,
            "regions_digest": table,
        }

    def _changed_limits(self) -> dict[str, int]:
        return {
            one.name: getattr(self.limits, one.name)
            for one in dataclasses.fields(Limits)
            if getattr(self.limits, one.name) != one.default
        }

    def write(self, case: Path) -> None:
        """Write the file whole or not at all."""
        lines = [
            f"format = {FORMAT}",
            f"created = {_toml(self.created)}",
            f"languages = {_toml(self.languages)}",
        ]
        lines += [f"regions = {_toml(self.regions)}"]
        if self.plain_disk:
            lines += [f"plain_disk = {_toml(self.plain_disk)}"]
        lines += ["", "[limits]"]
        lines += [f"{name} = {value}" for name, value in self._changed_limits().items()]
        lines += ["", "[members]", *(f"{_toml(name)} = {_toml(key)}" for name, key in self.members.items())]
        if self.retired:
            lines += ["", "[retired]", *(f"{_toml(name)} = {_toml(at)}" for name, at in self.retired.items())]
        for name, facts in self.deliveries.items():
            lines += [
                "",
                f"[deliveries.{_toml(name)}]",
                *(f"{_toml(key)} = {_toml(value)}" for key, value in facts.items()),
            ]
        try:
            write_whole(case / FILE, ("\n".join(lines) + "\n").encode())
        except OSError as failure:
            raise explain(failure) from failure


def make_folders(case: Path) -> None:
    """Make the folders of a new case, readable by their owner alone; raises BadCase when something is there.

    What an interruption left of a case that was never finished is made anew.
    """
    try:
        if (case / FILE).exists() or (case.exists() and any(case.iterdir()) and not (case / MAKING).exists()):
            raise BadCase(f"{case} is not empty", remedy="Give a new folder for the case.")
        unmake(case)
        case.mkdir(mode=0o700, parents=True, exist_ok=True)
        (case / MAKING).touch(0o600)
        for name in FOLDERS:
            (case / name).mkdir(mode=0o700)
        sync_folder(case)
    except OSError as failure:
        raise _unmade(case, failure) from failure


def finish(case: Path) -> None:
    """Say that a new case is whole."""
    try:
        (case / MAKING).unlink()
        sync_folder(case)
    except OSError as failure:
        raise explain(failure) from failure


def unmake(case: Path) -> None:
    """Take away what was made of a case that is not finished; a finished one is not touched."""
    if not (case / MAKING).exists() or (case / FILE).exists():
        return
    for name in FOLDERS:
        shutil.rmtree(case / name, ignore_errors=True)
    for name in (f"{FILE}.partial", REGIONS, f"{REGIONS}.partial", MAKING):
        (case / name).unlink(missing_ok=True)


def _unmade(case: Path, failure: OSError) -> ProofroomError:
    """Say in our words why a case could not be made."""
    known = explain(failure)
    return (
        BadCase(f"the case cannot be made in {case}: {failure.strerror}") if type(known) is BadCase else known
    )


def _table(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadCase(f"{FILE}: {name} is no table", remedy="Mend it.")
    return value


def _words(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise BadCase(f"{FILE}: {name} is no list of words", remedy="Mend it.")
    return value


def _members(document: Any) -> dict[str, str]:
    """Take the members: each a handle with an Ed25519 public key in base64."""
    members = _table("members", document)
    for handle, key in members.items():
        check_handle(handle)
        try:
            sound = len(base64.b64decode(key, validate=True)) == _PUBLIC_KEY
        except (ValueError, TypeError):
            sound = False
        if not sound:
            raise BadCase(f"{FILE}: the key of the member {handle} is no public key", remedy="Mend it.")
    return members


def _retired(document: Any, members: Iterable[str]) -> dict[str, list[str]]:
    """Take the members who left: each with the digests of the last lines that count."""
    retired = _table("retired", document)
    for handle, digests in retired.items():
        if handle not in members:
            raise BadCase(f"{FILE}: {handle} retired and is no member", remedy="Mend it.")
        _words(f"retired.{handle}", digests)
    return retired


def _limits(document: dict[str, Any]) -> Limits:
    """Take the limits that were changed; each must be known and a positive number."""
    known = {one.name for one in dataclasses.fields(Limits)}
    for name, value in document.items():
        if name not in known:
            raise BadCase(f"{FILE}: there is no limit {name!r}", remedy="See docs/limits.md for their names.")
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise BadCase(f"{FILE}: the limit {name} is not a positive number", remedy="Mend it.")
    return dataclasses.replace(DEFAULT, **document)


_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _toml(value: Any) -> str:
    """Write a value as TOML: text, whole number, truth value or list of these."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    text = whole_text(str(value))
    escaped = "".join(_ESCAPES.get(c, c if c.isprintable() else f"\\U{ord(c):08X}") for c in text)
    return f'"{escaped}"'
