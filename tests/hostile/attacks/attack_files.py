"""Attacks on files: writing anywhere, reading what is not this artifact, changing the artifact itself."""

from __future__ import annotations

import os
from typing import Any

from system_calls import attempt, call

from proofroom.extract.format import Sink, Source

FOLDERS = (
    "/tmp",
    "/usr",
    "/usr/lib",
    "/",
    "/dev",
    "/dev/shm",
    "/etc",
    "/var/tmp",
    "/root",
    "/home",
    "/mnt",
    "/run",
)
READABLE = (
    "/etc/passwd", "/etc/shadow", "/etc/hostname", "/proc/1/mem", "/proc/1/environ", "/proc/1/maps",
    "/proc/self/mem", "/proc/self/maps", "/proc/mounts", "/proc/sys/kernel/random/boot_id", "/sys/kernel",
    "/dev/null", "/dev/zero", "/dev/mem", "/dev/tty", "/dev/ptmx", "/root", "/home", "/var/log", "/run",
)  # fmt: skip


def writes(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Write, make, rename and delete in every folder that there might be."""
    for folder in (*FOLDERS, *order["places"]):
        name = f"{folder}/left-by-a-child"
        sink.meta(f"file {folder}", attempt(os.open, name, os.O_CREAT | os.O_WRONLY))
        sink.meta(f"folder {folder}", attempt(os.mkdir, name))
        sink.meta(f"link {folder}", attempt(os.symlink, "/etc/passwd", name))
        sink.meta(f"hard link {folder}", attempt(os.link, folder, name))
        sink.meta(f"fifo {folder}", attempt(os.mkfifo, name))
        sink.meta(f"delete {folder}", attempt(os.rmdir, folder))
        sink.meta(f"rename {folder}", attempt(os.rename, folder, name))
        sink.meta(f"mode {folder}", attempt(os.chmod, folder, 0o777))
        sink.meta(f"owner {folder}", attempt(os.chown, folder, 0, 0))
        sink.meta(f"times {folder}", attempt(os.utime, folder))
        sink.meta(f"nameless {folder}", attempt(os.open, folder, os.O_TMPFILE | os.O_WRONLY))
        sink.meta(f"attribute {folder}", attempt(os.setxattr, folder, "user.x", b""))
    for file in order["files"]:
        sink.meta(f"open {file}", attempt(os.open, file, os.O_WRONLY))
        sink.meta(f"append {file}", attempt(os.open, file, os.O_WRONLY | os.O_APPEND))
        sink.meta(f"cut {file}", attempt(os.truncate, file, 0))


def reads(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Read what is no business of this artifact."""
    for name in (*READABLE, *order["places"], *order["files"]):
        sink.meta(name, attempt(os.open, name, os.O_RDONLY))
        sink.meta(f"{name} as a place", attempt(os.open, name, os.O_PATH))


def artifact(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Change the artifact through the descriptor by which it is read."""
    descriptor = source.untrusted.fileno()
    sink.meta("write", attempt(os.write, descriptor, b"x"))
    sink.meta("pwrite", attempt(os.pwrite, descriptor, b"x", 0))
    sink.meta("truncate", attempt(os.ftruncate, descriptor, 0))
    sink.meta("mode", attempt(os.fchmod, descriptor, 0o777))
    sink.meta("sync", attempt(os.fsync, descriptor))
    sink.meta("punch", call(285, descriptor, 3, 0, 16))
    sink.meta("again, to write", attempt(os.open, f"/proc/self/fd/{descriptor}", os.O_WRONLY))
    sink.meta("again, by name", attempt(os.open, f"/dev/fd/{descriptor}", os.O_WRONLY))
    sink.meta("map", call(9, None, 4096, 3, 1, descriptor, 0))
    sink.meta("lock", call(73, descriptor, 2))
    sink.meta("lease", call(72, descriptor, 1024, 0))


ATTACKS = (writes, reads, artifact)
