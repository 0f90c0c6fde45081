"""Where a case may lie: made machines, and this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from proofroom.receive.places import Machine, look_at

ROOT_DISK = "22 1 8:2 / / rw - ext4 /dev/sda2 rw"


class Made:
    """A machine made of files: its mounts and its block devices."""

    def __init__(self, folder: Path) -> None:
        """Begin with one plain disk."""
        self.machine = Machine(folder / "mountinfo", folder / "block")
        self._lines: list[str] = [ROOT_DISK]
        self.machine.block_devices.mkdir()
        self.mount()

    def mount(self, *lines: str | bytes) -> None:
        self._lines += [line if isinstance(line, str) else os.fsdecode(line) for line in lines]
        self.machine.mountinfo.write_bytes(os.fsencode("\n".join(self._lines) + "\n"))

    def device(self, number: str, uuid: str = "", on: tuple[str, ...] = (), backing: str = "") -> None:
        block = self.machine.block_devices / number
        (block / "slaves").mkdir(parents=True, exist_ok=True)
        if uuid:
            (block / "dm").mkdir()
            (block / "dm" / "uuid").write_text(f"{uuid}\n")
        if backing:
            (block / "loop").mkdir()
            (block / "loop" / "backing_file").write_text(f"{backing}\n")
        for below in on:
            (block / "slaves" / below.replace(":", "-")).mkdir()
            (block / "slaves" / below.replace(":", "-") / "dev").write_text(f"{below}\n")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    folder = tmp_path / "machine"
    folder.mkdir()
    return Made(folder)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return tmp_path / "place" / "case"


def test_a_plain_partition_is_not_encrypted(made: Made, case: Path) -> None:
    made.device("8:2")
    assert look_at(case, made.machine) == look_at(Path("/"), made.machine)
    assert look_at(case, made.machine).encrypted is False
    assert look_at(case, made.machine).filesystem == "ext4"


def test_luks_is_found_below_logical_volumes(made: Made, case: Path) -> None:
    made.mount(f"30 22 253:5 / {case.parent.parent} rw - xfs /dev/mapper/vg-home rw")
    made.device("253:5", uuid="LVM-abc", on=("253:0",))
    made.device("253:0", uuid="CRYPT-LUKS2-abc", on=("8:3",))
    made.device("8:3")
    assert look_at(case, made.machine).encrypted is True


def test_half_a_mirror_on_a_plain_disk_is_not_encrypted(made: Made, case: Path) -> None:
    made.mount(f"30 22 9:0 / {case.parent.parent} rw - ext4 /dev/md0 rw")
    made.device("9:0", on=("253:0", "8:3"))
    made.device("253:0", uuid="CRYPT-LUKS2-abc")
    made.device("8:3")
    assert look_at(case, made.machine).encrypted is False


def test_devices_that_stand_on_each_other_end_the_question(made: Made, case: Path) -> None:
    made.mount(f"30 22 9:0 / {case.parent.parent} rw - ext4 /dev/md0 rw")
    made.device("9:0", on=("9:1",))
    made.device("9:1", on=("9:0",))
    assert look_at(case, made.machine).encrypted is False


def test_an_image_file_is_as_safe_as_the_disk_it_lies_on(made: Made, case: Path) -> None:
    made.mount(
        f"30 22 7:1 / {case.parent.parent} rw - ext4 /dev/loop1 rw",
        "31 22 253:0 / /safe rw - ext4 /dev/mapper/safe rw",
    )
    made.device("7:1", backing="/safe/image")
    made.device("253:0", uuid="CRYPT-LUKS2-abc")
    assert look_at(case, made.machine).encrypted is True


def test_an_encrypting_file_system_counts(made: Made, case: Path) -> None:
    made.mount(f"30 22 0:50 / {case.parent.parent} rw - fuse.gocryptfs /cipher rw")
    assert look_at(case, made.machine).encrypted is True


@pytest.mark.parametrize("kind", ["tmpfs", "nfs4", "overlay", "9p"])
def test_a_disk_that_cannot_be_asked_is_told_apart_from_a_plain_one(
    made: Made, case: Path, kind: str
) -> None:
    made.mount(f"30 22 0:50 / {case.parent.parent} rw - {kind} none rw")
    place = look_at(case, made.machine)
    assert (place.encrypted, place.filesystem) == (None, kind)


def test_the_last_of_two_mounts_on_one_folder_counts(made: Made, case: Path) -> None:
    made.mount(
        f"30 22 253:0 / {case.parent.parent} rw - ext4 /dev/mapper/safe rw",
        f"31 30 8:3 / {case.parent.parent} rw - ext4 /dev/sdb1 rw",
    )
    made.device("253:0", uuid="CRYPT-LUKS2-abc")
    made.device("8:3")
    assert look_at(case, made.machine).encrypted is False


def test_a_neighbour_with_a_longer_name_is_not_a_parent(made: Made, case: Path) -> None:
    made.device("8:2")
    made.mount(f"30 22 253:0 / {case.parent.parent}-safe rw - ext4 /dev/mapper/safe rw")
    made.device("253:0", uuid="CRYPT-LUKS2-abc")
    assert look_at(case, made.machine).encrypted is False


@pytest.mark.parametrize("name", ["my disk", "名单", "tab\there", "back\\slash", b"\xff\xfe"])
def test_a_mount_with_an_odd_name_is_found(made: Made, tmp_path: Path, name: str | bytes) -> None:
    folder = tmp_path / os.fsdecode(name)
    folder.mkdir()
    point = os.fsencode(folder)
    for character in (b"\\", b" ", b"\t", b"\n"):
        point = point.replace(character, b"\\%03o" % character[0])
    made.mount(b"30 22 253:0 / " + point + b" rw - ext4 /dev/mapper/safe rw")
    made.device("253:0", uuid="CRYPT-LUKS2-abc")
    assert look_at(folder / "case", made.machine).encrypted is True


def test_lines_that_are_no_mounts_are_passed_over(made: Made, case: Path) -> None:
    made.mount("", "nonsense", "1 2 3:4 / / rw", "- -", " - ext4")
    made.device("8:2")
    assert look_at(case, made.machine).filesystem == "ext4"


def test_a_machine_that_tells_nothing_is_not_trusted(tmp_path: Path, case: Path) -> None:
    place = look_at(case, Machine(tmp_path / "nothing", tmp_path / "nothing"))
    assert (place.encrypted, place.filesystem) == (None, "unknown")


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("Dropbox", "Dropbox"),
        ("Dropbox (The Paper)", "Dropbox"),
        ("OneDrive - The Paper", "OneDrive"),
        ("nextcloud", "Nextcloud"),
        ("Dropboxes", None),
        ("omega", None),
        ("megalith", None),
    ],
)
def test_a_synced_folder_is_known_by_its_name(
    made: Made, tmp_path: Path, name: str, service: str | None
) -> None:
    (tmp_path / name / "deep").mkdir(parents=True)
    assert look_at(tmp_path / name / "deep" / "case", made.machine).synced_by == service


@pytest.mark.parametrize(
    ("mark", "service"),
    [(".stfolder", "Syncthing"), (".sync_3f9a61c07b2e.db", "Nextcloud"), (".dropbox", "Dropbox")],
)
def test_a_synced_folder_is_known_by_its_mark(made: Made, tmp_path: Path, mark: str, service: str) -> None:
    (tmp_path / mark).mkdir()
    assert look_at(tmp_path / "deep" / "case", made.machine).synced_by == service


def test_a_link_into_a_synced_folder_does_not_hide_it(made: Made, tmp_path: Path) -> None:
    (tmp_path / "Dropbox" / "inside").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "Dropbox" / "inside")
    assert look_at(tmp_path / "link" / "case", made.machine).synced_by == "Dropbox"


def test_this_machine_can_be_looked_at(tmp_path: Path) -> None:
    assert look_at(tmp_path / "case").filesystem != "unknown"


def test_a_crash_leaves_no_memory_on_the_disk(tmp_path: Path) -> None:
    code = (
        "import os, resource\n"
        "from proofroom.receive.places import harden_process\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)\n"
        "harden_process()\n"
        "assert os.umask(0o077) == 0o077\n"
        "os.abort()\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
    _, status = os.waitpid(child.pid, 0)
    child.returncode = status
    assert os.WIFSIGNALED(status)
    assert not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []
