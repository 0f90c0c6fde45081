"""The case folder and `case.toml`, the only configuration: members, deliveries, limits, region table.

`case.toml` is written whole or not at all, and read strictly: an unknown table or limit is an error with
its name, so that a typing mistake is not taken for a setting.
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from proofroom.errors import BadCase, CaseTooNew
from proofroom.limits import DEFAULT, Limits

FORMAT: Final = 1
FILE: Final = "case.toml"
FOLDERS: Final = ("keys", "originals", "custody", "hand", "derived", "releases")
_KNOWN: Final = {"format", "created", "languages", "regions", "plain_disk", "limits", "members", "deliveries"}


@dataclass(slots=True)
class CaseFile:
    """What stands in `case.toml`."""

    created: str
    languages: list[str] = field(default_factory=lambda: ["zh", "ug", "en"])
    regions: str = "prc"
    plain_disk: str = ""
    limits: Limits = DEFAULT
    members: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, case: Path) -> Self:
        """Read a case's file; raises BadCase when it is missing or malformed, CaseTooNew when it is newer."""
        try:
            document = tomllib.loads((case / FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BadCase(f"{case} is not a case: it holds no {FILE}") from None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as failure:
            raise BadCase(f"{FILE} cannot be read: {failure}", remedy="Mend the named line.") from None
        if not isinstance(document.get("format"), int):
            raise BadCase(f"{FILE} names no format")
        if document["format"] > FORMAT:
            raise CaseTooNew(f"the case has format {document['format']}, this Proofroom knows {FORMAT}")
        if unknown := set(document) - _KNOWN:
            raise BadCase(
                f"{FILE} holds {', '.join(sorted(unknown))}, which is no setting", remedy="Remove it."
            )
        return cls(
            str(document.get("created", "")),
            list(document.get("languages", ())),
            str(document.get("regions", "prc")),
            str(document.get("plain_disk", "")),
            _limits(document.get("limits", {})),
            dict(document.get("members", {})),
            dict(document.get("deliveries", {})),
        )

    def write(self, case: Path) -> None:
        """Write the file whole or not at all."""
        changed = {
            one.name: getattr(self.limits, one.name)
            for one in dataclasses.fields(Limits)
            if getattr(self.limits, one.name) != one.default
        }
        lines = [
            f"format = {FORMAT}",
            f"created = {_toml(self.created)}",
            f"languages = {_toml(self.languages)}",
        ]
        lines += [f"regions = {_toml(self.regions)}"]
        if self.plain_disk:
            lines += [f"plain_disk = {_toml(self.plain_disk)}"]
        lines += ["", "[limits]"]
        lines += [f"{name} = {value}" for name, value in changed.items()]
        lines += ["", "[members]", *(f"{_toml(name)} = {_toml(key)}" for name, key in self.members.items())]
        for name, facts in self.deliveries.items():
            lines += [
                "",
                f"[deliveries.{_toml(name)}]",
                *(f"{key} = {_toml(value)}" for key, value in facts.items()),
            ]
        partial = case / f"{FILE}.partial"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(case / FILE)


def make_folders(case: Path) -> None:
    """Make the folders of a new case, readable by their owner alone; raises BadCase when something is there."""
    if case.exists() and any(case.iterdir()):
        raise BadCase(f"{case} is not empty and not a case", remedy="Give a new folder for the case.")
    try:
        case.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FOLDERS:
            (case / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as failure:
        raise BadCase(f"the case cannot be made in {case}: {failure.strerror}") from failure


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
    escaped = "".join(_ESCAPES.get(c, c if c.isprintable() else f"\\U{ord(c):08X}") for c in str(value))
    return f'"{escaped}"'
