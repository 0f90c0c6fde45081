"""A program: becomes a normal user for whom the given trees can be reached, and runs another program. Needs root.

    python as_user.py TREE... -- PROGRAM ARGUMENT...

An interpreter below somebody's private home cannot be reached by others. In a mount namespace of its own the
private folder is covered by an empty one that holds the trees alone; everybody else sees what was there before.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from proofroom.extract.sandbox import syscalls as call

USER = 64_123
"""Not `nobody`, as which the sandbox would run the worker of root."""


def barred(tree: Path) -> Path | None:
    """Give the outermost folder above a tree that others may not pass through."""
    for folder in reversed(tree.parents):
        if not folder.stat().st_mode & 0o001:
            return folder
    return None


def uncover(trees: list[Path]) -> None:
    """Cover every private folder with one that holds nothing but the trees."""
    call.unshare(call.CLONE_NEWNS)
    call.mount(None, "/", None, call.MS_REC | call.MS_PRIVATE)
    opened = [(tree, barred(tree), os.open(tree, os.O_PATH)) for tree in trees]
    for folder in {folder for _, folder, _ in opened if folder is not None}:
        call.mount("tmpfs", str(folder), "tmpfs", call.MS_NOSUID | call.MS_NODEV, "mode=0755")
    for tree, folder, descriptor in opened:
        if folder is not None:
            tree.mkdir(parents=True)
            call.mount(f"/proc/self/fd/{descriptor}", str(tree), None, call.MS_BIND | call.MS_REC)
        os.close(descriptor)


def main() -> None:
    """Uncover, become the user, become the program."""
    split = sys.argv.index("--")
    uncover([Path(tree) for tree in sys.argv[1:split]])
    os.umask(0o022)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    os.chdir("/")
    program = sys.argv[split + 1 :]
    os.execve(program[0], program, {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})


if __name__ == "__main__":
    main()
