"""A delivery: every byte as it was, every name, each act once, and the source untouched."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from proofroom.errors import BadSource
from proofroom.model.custody import Act
from proofroom.receive import delivery as module
from proofroom.receive.copying import Copier
from proofroom.receive.delivery import check_source

if TYPE_CHECKING:
    from conftest import SmallCase, Watching


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tree(folder: Path) -> list[tuple[Any, ...]]:
    """Give all there is to know about a folder, without touching it."""
    found = []
    for path in [folder, *sorted(folder.rglob("*"))]:
        status = path.lstat()
        times = (status.st_atime_ns, status.st_mtime_ns, status.st_ctime_ns)
        found.append((str(path), status.st_mode, status.st_size, status.st_nlink, status.st_ino, *times))
    return found


def in_vault(small: SmallCase) -> set[str]:
    folder = small.folder / "originals"
    return {
        path.parent.name + path.name
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != ".incoming"
    }


def test_every_byte_is_stored_under_its_digest(small: SmallCase, source: Path) -> None:
    sizes = [0, 1, 4096, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (2 << 20) + 7]
    held = {f"file-{size}": os.urandom(size) for size in sizes}
    for name, data in held.items():
        (source / name).write_bytes(data)
    delivery = small.receive(source)
    assert (delivery.found, delivery.new, delivery.bytes) == (7, 7, sum(sizes))
    for name, data in held.items():
        facts = small.received()[name.encode()]
        assert (facts["digest"], facts["bytes"]) == (sha(data), len(data))
        assert small.vault.path(sha(data)).read_bytes() == data
        assert small.vault.check(sha(data), len(data)) is None
    assert in_vault(small) == {sha(data) for data in held.values()}


def test_originals_are_read_only_and_for_their_owner_alone(small: SmallCase, source: Path) -> None:
    (source / "file").write_bytes(b"text")
    before = os.umask(0)
    try:
        small.receive(source)
    finally:
        os.umask(before)
    path = small.vault.path(sha(b"text"))
    assert path.stat().st_mode & 0o777 == 0o400
    assert {folder.stat().st_mode & 0o777 for folder in (path.parent, small.vault.incoming)} == {0o700}


def test_the_source_is_untouched_down_to_the_time_of_access(small: SmallCase, source: Path) -> None:
    (source / "folder").mkdir()
    (source / "folder" / "small").write_bytes(b"text")
    (source / "large").write_bytes(bytes(3 << 20))
    (source / "link").symlink_to("large")
    for path in (source, source / "folder", source / "large", source / "folder" / "small"):
        os.utime(path, ns=(1_000, 2_000))
    before = tree(source)
    small.receive(source)
    assert tree(source) == before


def test_the_same_content_is_stored_once_and_each_path_kept(small: SmallCase, source: Path) -> None:
    for name in ("a", "b/c", "Case", "case"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_bytes(b"the same")
    (source / "large-1").write_bytes(bytes(2 << 20))
    (source / "large-2").write_bytes(bytes(2 << 20))
    small.receive(source)
    assert len(small.received()) == 6
    assert in_vault(small) == {sha(b"the same"), sha(bytes(2 << 20))}


def test_a_second_delivery_adds_only_what_is_new(small: SmallCase, source: Path, tmp_path: Path) -> None:
    held = (b"first", bytes(100_000), bytes(3 << 20))
    other = tmp_path / "other"
    other.mkdir()
    for number, data in enumerate(held):
        (source / str(number)).write_bytes(data)
        (other / str(number)).write_bytes(data)
    small.receive(source)
    before = [small.vault.path(sha(data)).stat() for data in held]
    (other / "more").write_bytes(b"second")
    delivery = small.receive(other)
    assert (delivery.id, delivery.found) == ("delivery-2", 4)
    after = [small.vault.path(sha(data)).stat() for data in held]
    assert [(s.st_ino, s.st_ctime_ns) for s in after] == [(s.st_ino, s.st_ctime_ns) for s in before]
    assert in_vault(small) == {sha(data) for data in (*held, b"second")}


def test_the_same_source_again_is_another_delivery(small: SmallCase, source: Path) -> None:
    (source / "file").write_bytes(b"text")
    assert [small.receive(source).id, small.receive(source).id] == ["delivery-1", "delivery-2"]


def test_an_empty_folder_is_a_delivery_of_nothing(small: SmallCase, source: Path) -> None:
    assert small.receive(source).found == 0
    assert [event.act for event in small.log.events()][1:] == [Act.DELIVERY_BEGUN, Act.DELIVERY_ENDED]


def test_a_single_file_is_a_delivery(small: SmallCase, source: Path) -> None:
    (source / "one").write_bytes(b"text")
    (source / "other").write_bytes(b"other")
    small.receive(source / "one")
    assert list(small.received()) == [b"one"]


def test_names_that_are_not_text_come_back_from_the_log(small: SmallCase, source: Path) -> None:
    names = [b"\xff\xfe", b"line\nbreak", "\u202egnp.exe".encode(), b"n" * 250]
    for name in names:
        (source / os.fsdecode(name)).write_bytes(name)
    small.receive(source)
    assert set(small.again().received()) == set(names)


def test_what_has_no_bytes_is_named_with_its_reason(small: SmallCase, source: Path) -> None:
    (source / "link").symlink_to("/etc/passwd")
    os.mkfifo(source / "pipe")
    small.receive(source)
    found = {path: (f["digest"], f["state"], f["reason"]) for path, f in small.received().items()}
    assert found == {b"link": (None, "refused", "symlink"), b"pipe": (None, "refused", "fifo")}
    assert in_vault(small) == set()


def test_the_log_does_not_tell_where_the_source_lay(small: SmallCase, tmp_path: Path) -> None:
    stick = tmp_path / "stick-of-somebody"
    stick.mkdir()
    (stick / "file").write_bytes(b"text")
    small.receive(stick)
    assert not any("somebody" in str(event.facts) for event in small.log.events())


# ── files that change, and media that fail ───────────────────────────────────────────────────────


def copied(small: SmallCase, path: Path, change: Callable[[], object]) -> Any:
    """Copy a file that changes while it is read: it is long, and the change comes with the first block."""
    small.vault.prepare()

    class Changing(Copier):
        def _read(self, source: int, count: int) -> Any:
            block = super()._read(source, count)
            change()
            return block

    return Changing(small.vault).copy(os.open(path, os.O_RDONLY))


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def test_a_file_that_goes_on_growing_is_kept_as_far_as_it_was_read(small: SmallCase, source: Path) -> None:
    path = source / "file"
    path.write_bytes(bytes(3 << 20))
    found = copied(small, path, lambda: grow(path))
    assert found.reason == "changed-while-read"
    assert (small.vault.incoming / found.digest).stat().st_size == found.size >= 3 << 20


def test_a_file_that_changed_once_is_read_again(small: SmallCase, source: Path) -> None:
    path = source / "file"
    path.write_bytes(b"before")
    changes = [b"after!"]

    def change() -> None:
        if changes:
            path.write_bytes(changes.pop())

    found = copied(small, path, change)
    assert (found.reason, found.digest) == ("", sha(b"after!"))


@pytest.mark.parametrize("size", [100, 3 << 20])
def test_a_file_that_shrinks_is_noticed(small: SmallCase, source: Path, size: int) -> None:
    path = source / "file"
    path.write_bytes(bytes(size))

    def shrink() -> None:
        os.truncate(path, max(path.stat().st_size - 1, 0))

    assert copied(small, path, shrink).reason == "changed-while-read"


def test_a_file_with_another_size_than_it_says_is_damaged_and_ends(small: SmallCase) -> None:
    small.vault.prepare()
    found = Copier(small.vault).copy(os.open("/proc/self/status", os.O_RDONLY))
    assert found.size == 0


RECEIVE = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from conftest import SmallCase, Watching
from proofroom.errors import ProofroomError
from proofroom.receive.custody import CustodyLog
from proofroom.receive.keys import Keys
from proofroom.receive.vault import Vault
case = Path(sys.argv[1])
keys = Keys.open(case / "keys")
small = SmallCase(case, keys, CustodyLog.open(case, keys), Vault(case)).again()
def interfere(done):
    exec(sys.argv[4])
try:
    print(small.receive(Path(sys.argv[2]), Watching(interfere)).found)
except ProofroomError as failure:
    print(failure.code)
"""


def receive_below(small: SmallCase, source: Path, before: str, interfere: str = "") -> str:
    """Receive in a process with mounts of its own, made by some lines of shell before."""
    inner = [sys.executable, "-c", RECEIVE, str(small.folder), str(source), str(Path(__file__).parent)]
    script = f'set -e; {before}; exec "$@"'
    command = ["unshare", "-rm", "sh", "-c", script, "sh", *inner, interfere or "pass"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no mounts of our own here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_bad_file_on_a_good_medium_is_named_and_the_rest_received(small: SmallCase, source: Path) -> None:
    for name in ("a", "bad", "c"):
        (source / name).write_bytes(name.encode())
    # This file of the system has a size and gives an error to whoever reads it, as a bad sector does.
    assert receive_below(small, source, f"mount --bind /sys/class/net/lo/speed {source}/bad") == "3"
    found = small.again().received()
    assert {path: facts.get("reason", "") for path, facts in found.items()} == {
        b"a": "",
        b"bad": "read-error",
        b"c": "",
    }
    assert (found[b"bad"]["state"], found[b"bad"]["digest"]) == ("damaged", None)
    assert (found[b"bad"]["bytes"], found[b"bad"]["listed_bytes"]) == (0, 4096)


def test_a_full_disk_is_called_that_and_what_came_whole_is_kept(small: SmallCase, source: Path) -> None:
    for number in range(40):
        (source / f"{number:02}").write_bytes(os.urandom(100_000))
    mount = f"mount -t tmpfs -o size=1M none {small.folder}/originals"
    assert receive_below(small, source, mount) == "case-full"
    # The originals lay on the small disk, which is gone with its process; the log is whole.
    log = small.again().log
    assert 0 < sum(event.act is Act.RECEIVED for event in log.events()) < 40
    assert Act.DELIVERY_ENDED not in [event.act for event in log.events()]


def test_a_case_that_cannot_be_written_is_not_taken_for_a_bad_source(small: SmallCase, source: Path) -> None:
    (source / "file").write_bytes(b"text")
    mount = f"mkdir -p {small.folder}/originals/.incoming; mount -t tmpfs -o ro none {small.folder}/originals"
    assert receive_below(small, source, mount) == "bad-case"
    assert small.again().received() == {}


# ── where the source may lie ─────────────────────────────────────────────────────────────────────


def test_the_source_and_the_case_may_not_lie_in_one_another(small: SmallCase, tmp_path: Path) -> None:
    inside = small.folder / "originals"
    (tmp_path / "elsewhere").mkdir()
    for bad in (small.folder, tmp_path, inside, inside / ".." / ".." / "case"):
        with pytest.raises(BadSource, match="in one another"):
            check_source(small.folder, bad)
    check_source(small.folder, tmp_path / "elsewhere")


def test_a_file_of_the_case_is_no_source(small: SmallCase) -> None:
    with pytest.raises(BadSource, match="in one another"):
        check_source(small.folder, small.log.folder / "events")


def test_a_missing_source_is_refused_before_anything_is_logged(small: SmallCase, tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="nothing at"):
        check_source(small.folder, tmp_path / "nothing")


# ── batches ──────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_is_synced_and_logged_before_the_next(
    small: SmallCase, source: Path, watching: type[Watching], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH_FILES", 4)
    for number in range(10):
        (source / str(number)).write_bytes(str(number).encode())
    sizes: list[int] = []
    small.receive(source, watching(lambda _: sizes.append(len(small.received()))))
    assert sizes == [0, 0, 0, 4, 4, 4, 4, 8, 8, 8]
    assert len(small.received()) == 10


def test_many_small_batches_make_the_same_log_as_one(
    small: SmallCase,
    source: Path,
    tmp_path: Path,
    make_case: Callable[[Path], SmallCase],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(10):
        (source / str(number)).write_bytes(str(number).encode())
    small.receive(source)
    monkeypatch.setattr(module, "BATCH_BYTES", 1)
    other = make_case(tmp_path / "other")
    other.receive(source)
    assert list(other.received().items()) == list(small.received().items())
