"""The sources as syntax trees, parsed once for all tests of this folder."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class SourceFile:
    """One file of the package: its path below src/, its text and its syntax tree."""

    name: str
    text: str
    tree: ast.Module

    def imports(self) -> Iterator[str]:
        """Give the dotted name of everything it imports, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.fixture(scope="session")
def package(root: Path) -> list[SourceFile]:
    """Give every Python file below src/."""
    files = sorted((root / "src").rglob("*.py"))
    texts = [(path, path.read_text("utf-8")) for path in files]
    return [
        SourceFile(path.relative_to(root / "src").as_posix(), text, ast.parse(text)) for path, text in texts
    ]


@pytest.fixture(scope="session")
def tracked(root: Path) -> list[tuple[str, str]]:
    """Give the path and text of every text file that git keeps, or would keep if it were added."""
    # A clone that belongs to somebody else (a container's) is listed all the same.
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listing = subprocess.run(command, cwd=root, capture_output=True, check=True)
    names = sorted({name for name in listing.stdout.decode().split("\0") if (root / name).is_file()})
    pairs = []
    for name in names:
        content = (root / name).read_bytes()
        if b"\0" not in content[:8192]:
            pairs.append((name, content.decode("utf-8", "replace")))
    return pairs
