"""Formats from outside: packages beside Proofroom that add readers by the entry point `proofroom.formats`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Final

GROUP: Final = "proofroom.formats"


@dataclass(frozen=True, slots=True)
class Outside:
    """One format from outside: its name, its module, the package it came with and that package's version.

    tree: the folder in which the module's package lies; a worker must be able to read it.
    """

    name: str
    module: str
    package: str
    version: str
    tree: str | None


def outside_formats() -> tuple[Outside, ...]:
    """List the formats that packages on this machine add, by name; none of their code is imported here."""
    return tuple(
        sorted((_outside(one) for one in entry_points(group=GROUP)), key=lambda one: (one.name, one.module))
    )


def described(formats: Sequence[Outside]) -> list[dict[str, str]]:
    """Say of each format what the custody log keeps: its name, package and version."""
    return [{"format": one.name, "package": one.package, "version": one.version} for one in formats]


def _outside(found: EntryPoint) -> Outside:
    package, version = (found.dist.name, found.dist.version) if found.dist else ("", "")
    return Outside(found.name, found.module, package, version, _tree(found.module.partition(".")[0]))


def _tree(top: str) -> str | None:
    """Find where a top-level module lies, without importing it."""
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    inside = list(spec.submodule_search_locations or [])
    at = inside[0] if inside else spec.origin
    return str(Path(at).resolve().parent) if at else None
