"""The walk finds everything below a source, by its raw name, and follows no link."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from proofroom.errors import BadSource, SourceLost
from proofroom.model.states import Reason
from proofroom.receive.walk import Found, Source

HORRORS = [
    b"\xff\xfe not utf-8",
    "名单".encode("gb18030"),
    "\u202egnp.exe".encode(),
    b"line\nbreak.txt",
    b"tab\t and \x1b[31m red",
    b"a" * 250,
    ("长" * 83).encode(),
    b"Case.txt",
    b"case.TXT",
    "caf\u00e9".encode(),
    "cafe\u0301".encode(),
    b"-rf",
    b" leading and trailing ",
    b"%41",
    b"...",
    b"NUL",
    b"quotes\"'`$(x)",
]


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    source = Source(path)
    try:
        yield source
    finally:
        source.close()


def walked(path: Path) -> dict[bytes, Found]:
    with opened(path) as source:
        found = list(source.walk())
    names = [one.untrusted_path for one in found]
    assert len(names) == len(set(names))
    return {one.untrusted_path: one for one in found}


def test_names_of_all_kinds_are_kept_as_bytes(source: Path) -> None:
    for name in HORRORS:
        (source / os.fsdecode(name)).write_bytes(name)
    assert list(walked(source)) == sorted(HORRORS)


def test_folders_of_all_names_are_walked(source: Path) -> None:
    for name in HORRORS:
        (source / os.fsdecode(name)).mkdir()
        (source / os.fsdecode(name) / "x").touch()
    assert list(walked(source)) == sorted(name + b"/x" for name in HORRORS)


def test_each_kind_has_its_reason_and_nothing_is_followed(source: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    (source / "link to a folder").symlink_to(tmp_path / "outside")
    (source / "link to a file").symlink_to(tmp_path / "outside" / "secret")
    (source / "link to nothing").symlink_to("nothing")
    (source / "link to itself").symlink_to("link to itself")
    os.mkfifo(source / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(source / "socket"))
    found = walked(source)
    assert {one.reason for path, one in found.items() if path.startswith(b"link")} == {Reason.SYMLINK}
    assert found[b"pipe"].reason is Reason.FIFO
    assert found[b"socket"].reason is Reason.SOCKET
    assert len(found) == 6


def test_a_device_is_named(source: Path) -> None:
    try:
        os.mknod(source / "null", 0o600 | 0o020000, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("no right to make a device here")
    assert walked(source)[b"null"].reason is Reason.DEVICE


def test_a_tree_deeper_than_a_path_can_be_long_is_walked_to_its_end(source: Path) -> None:
    depth = 1_500
    here = os.open(source, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("deep", dir_fd=here)
        below = os.open("deep", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("leaf", os.O_CREAT | os.O_WRONLY, 0o600, dir_fd=here))
    os.close(here)
    (source / "zuletzt").touch()
    (source / "deep" / "zwischen").touch()
    found = list(walked(source))
    assert found == [b"deep/" * depth + b"leaf", b"deep/zwischen", b"zuletzt"]
    subprocess.run(["rm", "-rf", source], check=True)  # shutil cannot go that deep


def test_a_wide_tree_is_walked_in_the_order_of_raw_names(source: Path) -> None:
    for name in ("b/2/x", "b/1/x", "a", "b/1/y", "c/z", "b/0"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).touch()
    assert list(walked(source)) == [b"a", b"b/0", b"b/1/x", b"b/1/y", b"b/2/x", b"c/z"]


def test_an_empty_folder_holds_nothing(source: Path) -> None:
    (source / "empty" / "too").mkdir(parents=True)
    assert walked(source) == {}


def test_a_single_file_is_a_source(source: Path) -> None:
    (source / "one.txt").write_text("text")
    (source / "other.txt").write_text("text")
    assert list(walked(source / "one.txt")) == [b"one.txt"]


def test_a_time_before_1970_is_kept(source: Path) -> None:
    (source / "old").touch()
    os.utime(source / "old", ns=(-1_000_000_001, -86_400_000_000_123))
    assert walked(source)[b"old"].mtime_ns == -86_400_000_000_123


def test_looking_leaves_no_time_of_access(source: Path) -> None:
    (source / "folder").mkdir()
    (source / "folder" / "file").write_text("text")
    for path in (source, source / "folder", source / "folder" / "file"):
        os.utime(path, ns=(1_000, 2_000))
    with opened(source) as walking:
        for found in walking.walk():
            descriptor = walking.open(found)
            assert isinstance(descriptor, int)
            os.read(descriptor, 10)
            os.close(descriptor)
    for path in (source, source / "folder", source / "folder" / "file"):
        assert path.stat().st_atime_ns == 1_000


@pytest.mark.parametrize("kind", ["nothing", "link", "pipe", "socket", "below a file"])
def test_what_cannot_be_a_source_is_refused(source: Path, kind: str) -> None:
    path = source / kind
    (source / "file").touch()
    if kind == "link":
        path.symlink_to(source)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(os.path.relpath(path))
    elif kind == "below a file":
        path = source / "file" / "below"
    with pytest.raises(BadSource) as raised:
        Source(path)
    assert raised.value.advice


def test_a_file_that_becomes_a_link_is_not_followed(source: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (source / "file").write_text("text")
    with opened(source) as walking:
        found = next(walking.walk())
        (source / "file").unlink()
        (source / "file").symlink_to(tmp_path / "secret")
        assert walking.open(found) is Reason.SYMLINK


def test_a_folder_that_becomes_a_link_is_not_followed(source: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").touch()
    (source / "a").touch()
    (source / "b").mkdir()
    with opened(source) as walking:
        walk = walking.walk()
        next(walk)
        (source / "b").rmdir()
        (source / "b").symlink_to(tmp_path / "outside")
        assert [(one.untrusted_path, one.reason) for one in walk] == [(b"b", Reason.SYMLINK)]


def test_a_file_that_is_gone_is_named_and_a_source_that_is_gone_stops_the_walk(source: Path) -> None:
    for name in "abc":
        (source / name).touch()
    with opened(source) as walking:
        walk = walking.walk()
        next(walk)
        (source / "b").unlink()
        assert next(walk).reason is Reason.UNREADABLE
        shutil.rmtree(source)
        with pytest.raises(SourceLost) as raised:
            list(walk)
    assert "Plug it in again" in raised.value.advice


def test_a_source_that_is_gone_at_the_very_end_is_noticed(source: Path) -> None:
    (source / "a").touch()
    with opened(source) as walking:
        walk = walking.walk()
        next(walk)
        source.rename(source.with_name("elsewhere"))
        with pytest.raises(SourceLost):
            list(walk)


AS_NOBODY = """
import os, sys
from pathlib import Path
from proofroom.errors import BadSource
from proofroom.receive.walk import Source
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    source = Source(Path(sys.argv[1]))
except BadSource as failure:
    sys.exit(print(failure.code, failure.what.split(":")[0]))
for found in source.walk():
    opened = source.open(found) if not found.reason else found.reason
    print(found.untrusted_path.decode(), found.kind, opened if isinstance(opened, str) else "opened")
"""


def as_nobody(path: Path) -> list[str]:
    """Walk as a user who may not read everything."""
    if os.geteuid() != 0:
        pytest.skip("only root can become nobody")
    for folder in path.parents:
        if folder.stat().st_mode & 0o005 != 0o005:
            folder.chmod(0o755)
    command = [sys.executable, "-c", AS_NOBODY, path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_what_a_user_may_not_read_is_named_and_the_rest_is_walked(source: Path) -> None:
    source.chmod(0o755)
    for name in ("closed/in", "listed/in", "entered/in"):
        (source / name).parent.mkdir()
        (source / name).touch(0o644)
    (source / "file").touch(0o000)
    (source / "file").chmod(0)
    (source / "last").touch()
    (source / "last").chmod(0o644)
    (source / "closed").chmod(0o700)
    (source / "listed").chmod(0o744)
    (source / "entered").chmod(0o711)
    assert as_nobody(source) == [
        "closed folder unreadable-folder",
        "entered folder unreadable-folder",
        "file file unreadable",
        "last file opened",
        "listed/in file unreadable",
    ]


def test_a_source_that_a_user_may_not_read_is_refused(source: Path) -> None:
    source.chmod(0o700)
    assert as_nobody(source) == ["bad-source Permission denied"]
