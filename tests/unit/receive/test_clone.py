"""Where the disk can share blocks, a copy costs no room; where it cannot, it is a copy all the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import SmallCase

SCRIPT = """
set -e
truncate -s 200M "$1/image"
$2 -q "$1/image" >/dev/null
mkdir "$1/disk"
mount -o loop "$1/image" "$1/disk"
shift 2
exec "$@"
"""

CLONE = """
import hashlib, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from conftest import new_case
disk = Path(sys.argv[1])
source = disk / "source"
source.mkdir()
data = os.urandom(60 << 20)
(source / "large").write_bytes(data)
(source / "small").write_bytes(b"small")
os.sync()
before = os.statvfs(disk).f_bavail
case = new_case(disk / "case")
case.receive(source)
os.sync()
used = (before - os.statvfs(disk).f_bavail) * os.statvfs(disk).f_frsize
digest = hashlib.sha256(data).hexdigest()
(source / "large").write_bytes(b"changed afterwards")
print(case.vault.check(digest, len(data)), used < 20 << 20, len(case.received()))
"""


def test_a_large_file_shares_its_blocks_and_is_hashed_as_stored(tmp_path: Path) -> None:
    made = next((tool for tool in ("mkfs.btrfs", "mkfs.xfs") if shutil.which(tool)), None)
    if made is None or os.geteuid() != 0:
        pytest.skip("needs root and mkfs.btrfs or mkfs.xfs, to make a disk that shares blocks")
    inner = [sys.executable, "-c", CLONE, str(tmp_path / "disk"), str(Path(__file__).parent)]
    command = ["unshare", "-m", "sh", "-c", SCRIPT, "sh", str(tmp_path), made, *inner]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "mount:" in done.stderr or "unshare" in done.stderr:
        pytest.skip(f"no disk of our own here: {done.stderr.strip()}")
    assert done.stderr == ""
    assert done.stdout == "None True 2\n"


def test_a_disk_that_cannot_share_blocks_gets_a_copy(small: SmallCase, source: Path) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir():
        pytest.skip("no file system in memory here")
    held = memory / f"proofroom-test-{os.getpid()}"
    held.write_bytes(bytes(3 << 20))
    try:
        small.receive(held)
    finally:
        held.unlink()
    (facts,) = small.received().values()
    assert small.vault.check(facts["digest"], 3 << 20) is None
