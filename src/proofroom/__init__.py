"""Proofroom turns a leaked document cache into evidence anyone can check.

import proofroom
case = proofroom.open("demo/case")
case.status()

The public address is what `__all__` names; everything else may move. What it stands on is loaded when it is
first needed, so that `import proofroom` is fast.
"""

from __future__ import annotations

import typing as _typing

from proofroom.errors import (
    BadCase,
    BadCondition,
    BadIntake,
    BadJournal,
    BadMember,
    BadQuery,
    BadRendering,
    BadSegment,
    BadSource,
    BadWhere,
    BrokenEvidence,
    CaseBusy,
    CaseFull,
    CaseTooNew,
    LockedKeys,
    MissingTool,
    PlainDisk,
    ProofroomError,
    RefusedSql,
    SourceLost,
    StaleIndex,
    SystemRefused,
    WeakSandbox,
    WrongUse,
)

if _typing.TYPE_CHECKING:
    from pathlib import Path

    from proofroom.case import Case

__version__ = "0.1.0.dev0"

__all__ = [
    "BadCase",
    "BadCondition",
    "BadIntake",
    "BadJournal",
    "BadMember",
    "BadQuery",
    "BadRendering",
    "BadSegment",
    "BadSource",
    "BadWhere",
    "BrokenEvidence",
    "Case",
    "CaseBusy",
    "CaseFull",
    "CaseTooNew",
    "LockedKeys",
    "MissingTool",
    "PlainDisk",
    "ProofroomError",
    "RefusedSql",
    "SourceLost",
    "StaleIndex",
    "SystemRefused",
    "WeakSandbox",
    "WrongUse",
    "new",
    "open",
    "verify",
]


def new(
    folder: Path | str,
    *,
    passphrase: str | None = None,
    member: str = "desk",
    regions: Path | None = None,
    plain_disk: str | None = None,
    weak_sandbox: str | None = None,
) -> Case:
    """Make an empty case in a folder, open for work; `with` it, or close it when you are done.

    `plain_disk` and `weak_sandbox` are the reasons for an unencrypted disk and for a missing layer of the
    sandbox; they go into custody. Raises PlainDisk without a reason where one is needed.
    """
    from proofroom.case import Case

    return Case.new(
        folder,
        passphrase=passphrase,
        member=member,
        regions=regions,
        plain_disk=plain_disk,
        weak_sandbox=weak_sandbox,
    )


def open(folder: Path | str, *, passphrase: str | None = None) -> Case:  # noqa: A001 - it reads `proofroom.open`
    """Open a case to look at it: status, artifacts, search, show and sql, everything masked.

    Raises BadCase when the folder is no case or nothing was read in it yet, LockedKeys for a wrong passphrase.
    """
    from proofroom.case import Case

    return Case.open(folder, passphrase=passphrase)


def verify(folder: Path | str, seen: str | None = None) -> dict[str, _typing.Any]:
    """Recompute every digest, signature and proof of a case; changes nothing.

    `seen` is a head of the custody log that was kept elsewhere. The verdict is the document of
    `proofroom verify --json`: `ok` says whether everything holds, `failures` names what does not.
    """
    from proofroom.case import Case

    return Case.verify(folder, seen)


def __getattr__(name: str) -> _typing.Any:
    """Load `Case` when it is first asked for."""
    if name == "Case":
        from proofroom.case import Case

        return Case
    raise AttributeError(f"proofroom has no {name}")


def __dir__() -> list[str]:
    """Name the public address alone."""
    return sorted(__all__)
