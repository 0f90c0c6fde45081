"""The promise: what Proofroom will never do is refused by name, in code and in locks."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import SourceFile


def refused(root: Path) -> set[str]:
    """Give the names of the libraries that the contract `promise` forbids, as they stand in a lock."""
    contracts = configparser.ConfigParser()
    contracts.read(root / ".importlinter", "utf-8")
    names = contracts["importlinter:contract:promise"]["forbidden_modules"].split()
    return {plain(name) for name in names}


def plain(name: str) -> str:
    """Write the name of a package as all spellings of it compare."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_contract_names_the_libraries_of_each_kind(root: Path) -> None:
    assert {"face-recognition", "dlib", "insightface", "deepface", "ethnicolr", "namsor"} <= refused(root)


def test_no_lock_holds_a_library_we_refuse(root: Path) -> None:
    locks = sorted((root / "requirements").glob("*.txt"))
    locked = {
        plain(name)
        for lock in locks
        for name in re.findall(r"^([A-Za-z0-9._-]+)(?=[=\s\[])", lock.read_text("utf-8"), re.MULTILINE)
    }
    assert "click" in locked
    assert locked & refused(root) == set()


def test_no_code_names_a_library_we_refuse_even_as_a_string(root: Path, package: list[SourceFile]) -> None:
    names = refused(root)
    pattern = re.compile(
        r"(?<![a-z])(" + "|".join(name.replace("-", "[-_]") for name in names) + r")(?![a-z])"
    )
    assert [file.name for file in package if pattern.search(file.text.lower())] == []


def test_there_is_no_field_for_the_source(package: list[SourceFile]) -> None:
    # `source` alone is where files lie; what must never exist is a place for who gave them.
    pattern = re.compile(
        r"\b(leaker|whistleblower|informant|source_(name|identity|contact|person)|given_by)\b"
    )
    # The world plays a leaker, to be caught; the intake statement knows the words only to refuse them.
    allowed = ("/world/", "/receive/intake.py")
    named = [file.name for file in package if pattern.search(file.text)]
    assert [name for name in named if not any(part in name for part in allowed)] == []
