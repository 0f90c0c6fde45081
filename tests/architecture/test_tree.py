"""What may not stand in the repository: hosts, paths of somebody's machine, unfinished places."""

from __future__ import annotations

import re
from pathlib import Path

REGISTRY = re.compile(r"https?://[^\s)\"']*(pypi|pythonhosted|npmjs|registry\.|deb\.debian|anaconda\.org)")
HOME = re.compile(r"(?<![\w.:/])/(home|Users)/[a-z]\w*/|\b[A-Z]:\\Users\\")
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b|raise NotImplemented[E]rror|pass  # stu[b]")


def hits(pattern: re.Pattern[str], files: list[tuple[str, str]]) -> list[str]:
    """Give `path:line` of every line that the pattern finds."""
    return [
        f"{name}:{number}"
        for name, text in files
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_package_registry(tracked: list[tuple[str, str]]) -> None:
    assert hits(REGISTRY, tracked) == []


def test_no_file_names_a_home_folder(tracked: list[tuple[str, str]]) -> None:
    assert hits(HOME, tracked) == []


def test_no_file_names_the_folder_in_which_this_clone_lies(
    root: Path, tracked: list[tuple[str, str]]
) -> None:
    assert hits(re.compile(re.escape(f"{root}") + r"\b"), tracked) == []


def test_nothing_is_left_unfinished(tracked: list[tuple[str, str]]) -> None:
    code = [(name, text) for name, text in tracked if name.endswith(".py") or name.startswith("scripts/")]
    assert hits(UNFINISHED, code) == []


def test_locks_hold_versions_and_hashes_and_nothing_else(root: Path) -> None:
    allowed = re.compile(
        r"[A-Za-z0-9._-]+==[^\s;]+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|    #.*"
    )
    for lock in sorted((root / "requirements").glob("*.txt")):
        lines = lock.read_text("utf-8").splitlines()
        assert [line for line in lines if not allowed.fullmatch(line)] == [], lock.name


def test_every_wanted_package_is_locked(root: Path) -> None:
    for wanted in sorted((root / "requirements").glob("*.in")):
        names = re.findall(r"^([A-Za-z][\w.-]*)", wanted.read_text("utf-8"), re.MULTILINE)
        locked = wanted.with_suffix(".txt").read_text("utf-8")
        assert [name for name in names if not re.search(rf"^{re.escape(name)}==", locked, re.MULTILINE)] == []


def test_the_package_asks_for_what_the_lock_was_made_from(root: Path) -> None:
    project = (root / "pyproject.toml").read_text("utf-8")
    block = project.partition("dependencies = [")[2].partition("]")[0]
    asked = set(re.findall(r'"([A-Za-z][\w.-]*)', block))
    wanted = set(
        re.findall(r"^([A-Za-z][\w.-]*)", (root / "requirements/runtime.in").read_text("utf-8"), re.MULTILINE)
    )
    assert asked == wanted


def test_the_makefile_stays_a_dozen_targets_that_explain_themselves(root: Path) -> None:
    makefile = (root / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    explained = set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))
    assert targets == explained
    assert len(targets) <= 12
    assert {"demo", "test"} <= targets
