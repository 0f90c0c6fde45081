"""Enters the sandbox and starts the worker inside it: a program of its own, started by `launch`.

    python -m proofroom.extract.sandbox.enter FORM PARENT TREE... -- PROGRAM ARGUMENT...

The order of the steps is the one that works, measured: as root, first gather the readable trees in a
private mount namespace and only then become an unprivileged user (as kernel uid 0 process limits are not
enforced, and after the change a tree below a private home could not be opened any more); then new
namespaces; then a root that holds those trees, read-only, and nothing else: no /proc, no /home, no /tmp.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from typing import Final, NoReturn

from proofroom.extract.sandbox import syscalls as call

NOBODY: Final = 65534
STAGE: Final = "/mnt"
"""A folder that every system has, covered by our own file system in a namespace that nobody else sees."""

HOST: Final = "sandbox"

_ALL: Final = (
    call.CLONE_NEWUSER
    | call.CLONE_NEWNS
    | call.CLONE_NEWPID
    | call.CLONE_NEWNET
    | call.CLONE_NEWIPC
    | call.CLONE_NEWUTS
    | call.CLONE_NEWCGROUP
)


def main() -> NoReturn:
    """Read the arguments, enter, and become the program."""
    form, parent, *rest = sys.argv[1:]
    # Whoever works on a case has a strict umask; the folders made here must let an unprivileged user pass.
    os.umask(0o022)
    split = rest.index("--")
    trees, program = rest[:split], rest[split + 1 :]
    die_with_parent(int(parent))
    prefix = ""
    if os.getuid() == 0:
        prefix = stage(trees)
        become_nobody()
        # The kernel forgets the signal when the user changes.
        die_with_parent(int(parent))
    if form == "bwrap":
        enter_by_bwrap(trees, prefix, program)
    enter_by_hand(trees, prefix, program)


def die_with_parent(parent: int | None) -> None:
    """Let the kernel end this process when its parent ends; a parent that is gone already ends it now."""
    call.prctl(call.PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:
        sys.exit(1)


def stage(trees: list[str]) -> str:
    """Bind every tree below one folder that anybody may pass through; gives that folder. Needs root."""
    call.unshare(call.CLONE_NEWNS)
    call.mount(None, "/", None, call.MS_REC | call.MS_PRIVATE)
    opened = [(tree, os.open(tree, os.O_PATH | os.O_CLOEXEC)) for tree in trees]
    call.mount("tmpfs", STAGE, "tmpfs", call.MS_NOSUID | call.MS_NODEV, "mode=0755")
    (prefix, root) = (f"{STAGE}/trees", f"{STAGE}/root")
    for folder in (prefix, root):
        os.mkdir(folder, 0o755)
    for tree, descriptor in opened:
        _bind(descriptor, prefix + tree)
    os.chown(root, NOBODY, NOBODY)
    return prefix


def become_nobody() -> None:
    """Become an unprivileged user for good."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    call.prctl(call.PR_SET_DUMPABLE, 1)


def enter_by_bwrap(trees: list[str], prefix: str, program: list[str]) -> NoReturn:
    """Let bubblewrap set up the namespaces and the root."""
    arguments = [
        "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--as-pid-1",
        "--hostname",
        HOST,
    ]
    arguments += [
        "--clearenv",
        *(word for name, value in environment().items() for word in ("--setenv", name, value)),
    ]
    for tree in trees:
        arguments += ["--ro-bind", prefix + tree, tree]
    arguments += ["--remount-ro", "/", "--chdir", "/", "--", *program]
    os.execvp("bwrap", arguments)  # noqa: S606, S607 - found where the user's shell would find it


def enter_by_hand(trees: list[str], prefix: str, program: list[str]) -> NoReturn:
    """Set up the same namespaces and root by system calls."""
    uid, gid = os.getuid(), os.getgid()
    call.unshare(_ALL)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        # By descriptor: after the change of user the interpreter may not find its own codecs any more.
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY | os.O_CLOEXEC)
        os.write(descriptor, text.encode())
        os.close(descriptor)
    alive, ours = os.pipe()
    child = os.fork()
    if child:
        # This process keeps the descriptors of nobody: it only waits, and dies with its parent.
        call.close_all_but(ours)
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    os.close(ours)
    die_with_parent(None)
    # From inside the namespace the parent is always 0: only its end of the pipe tells that it is gone already.
    if select.select([alive], [], [], 0)[0]:
        sys.exit(1)
    _enter_root(trees, prefix)
    socket.sethostname(HOST)
    # What this process could regain by running a program is dropped while it still has the right to do so.
    call.drop_capabilities()
    os.setsid()
    os.execve(program[0], program, environment())  # noqa: S606 - it becomes the worker, whose path we were given


def environment() -> dict[str, str]:
    """Give the worker's whole environment: nothing of the user's gets in."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "ORT_DISABLE_TELEMETRY": "1",
    }


def _enter_root(trees: list[str], prefix: str) -> None:
    """Make a root of the trees alone, read-only, and leave the old one."""
    call.mount(None, "/", None, call.MS_REC | call.MS_PRIVATE)
    opened = [(tree, os.open(prefix + tree, os.O_PATH | os.O_CLOEXEC)) for tree in trees]
    root = f"{STAGE}/root" if prefix else STAGE
    call.mount("tmpfs", root, "tmpfs", call.MS_NOSUID | call.MS_NODEV, "mode=0755")
    for tree, descriptor in opened:
        _bind(descriptor, root + tree)
        os.close(descriptor)
    old = f"{root}/.old"
    os.mkdir(old, 0o700)
    call.pivot_root(root, old)
    os.chdir("/")
    call.unmount("/.old")
    os.rmdir("/.old")
    call.make_read_only("/")


def _bind(descriptor: int, target: str) -> None:
    """Bind an opened tree to a new place, with whatever is mounted inside it, read-only."""
    source = f"/proc/self/fd/{descriptor}"
    if os.path.isdir(source):
        os.makedirs(target, 0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    call.mount(source, target, None, call.MS_BIND | call.MS_REC)
    call.make_read_only(target)


if __name__ == "__main__":
    main()
