"""Making a case: whole or not at all, for its owner alone, in a place that is fit for it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from proofroom.case import Case, making
from proofroom.case.checking import verify
from proofroom.case.folder import CaseFile
from proofroom.case.making import make
from proofroom.errors import BadCase, BadIntake, BadMember, BadSource, PlainDisk, WrongUse
from proofroom.model.custody import Act
from proofroom.receive.custody import CustodyLog
from proofroom.receive.keys import Keys, is_locked
from proofroom.receive.places import Place


def acts(case: Path, passphrase: str | None = None) -> list[tuple[Act, dict[str, str]]]:
    log = CustodyLog.open(case, Keys.open(case / "keys", passphrase))
    return [(event.act, dict(event.facts)) for event in log.events()]


def test_a_new_case_tells_how_it_was_made(tmp_path: Path) -> None:
    make(tmp_path / "case", None, "anna", None, "a test")
    key = CaseFile.read(tmp_path / "case").members["anna"]
    settings = {"languages": ["zh", "ug", "en"], "limits": {}, "plain_disk": "a test"}
    assert acts(tmp_path / "case") == [
        (Act.CASE_CREATED, {"member": "anna", "public_key": key}),
        (Act.CASE_SETTINGS, settings | {"regions": "prc", "regions_digest": None}),
        (Act.NO_PASSPHRASE, {}),
        (Act.PLAIN_DISK, {"why": "a test"}),
    ]
    assert verify(tmp_path / "case", None, None)["ok"]


def test_a_passphrase_is_no_event_and_locks_the_keys(tmp_path: Path) -> None:
    make(tmp_path / "case", "words", "anna", None, "a test")
    assert [act for act, _ in acts(tmp_path / "case", "words")] == [
        Act.CASE_CREATED,
        Act.CASE_SETTINGS,
        Act.PLAIN_DISK,
    ]
    assert is_locked(tmp_path / "case" / "keys")


def test_everything_is_for_its_owner_alone(tmp_path: Path) -> None:
    make(tmp_path / "deep" / "case", None, "anna", None, "a test")
    for path in (tmp_path / "deep" / "case").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert (tmp_path / "deep" / "case").stat().st_mode & 0o077 == 0


def test_a_folder_with_anything_in_it_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(BadCase, match="not empty"):
        make(tmp_path, None, "anna", None, "a test")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_case_is_not_made_over_a_case(tmp_path: Path) -> None:
    make(tmp_path / "case", None, "anna", None, "a test")
    before = (tmp_path / "case" / "case.toml").read_bytes()
    with pytest.raises(BadCase):
        make(tmp_path / "case", None, "bo", None, "a test")
    assert (tmp_path / "case" / "case.toml").read_bytes() == before


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "case"):
        with pytest.raises(BadCase):
            make(path, None, "anna", None, "a test")


@pytest.mark.parametrize("member", ["Anna Smith", "", "../x"])
def test_a_real_name_is_refused_before_anything_is_made(tmp_path: Path, member: str) -> None:
    with pytest.raises(BadMember):
        make(tmp_path / "case", None, member, None, "a test")
    assert not (tmp_path / "case").exists()


def test_a_missing_table_of_regions_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(BadSource):
        make(tmp_path / "case", None, "anna", tmp_path / "nothing.csv", "a test")
    assert not (tmp_path / "case").exists()


def test_a_table_of_regions_is_kept_with_the_case(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(b"code,name\n")
    make(tmp_path / "case", None, "anna", tmp_path / "table.csv", "a test")
    assert (tmp_path / "case" / CaseFile.read(tmp_path / "case").regions).read_bytes() == b"code,name\n"


def test_a_plain_disk_needs_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, what in (
        (Place(encrypted=False, synced_by=None, filesystem="ext4"), "ext4"),
        (Place(encrypted=None, synced_by=None, filesystem="tmpfs"), "tmpfs"),
        (Place(encrypted=True, synced_by="Dropbox", filesystem="ext4"), "Dropbox"),
    ):
        monkeypatch.setattr(making, "look_at", lambda _, place=place: place)
        with pytest.raises(PlainDisk, match=what) as raised:
            make(tmp_path / "case", None, "anna", None, None)
        assert raised.value.exit_status == 2
        assert not (tmp_path / "case").exists()


def test_what_could_not_be_received_is_refused_before_a_case_is_made(tmp_path: Path) -> None:
    case, source, bad = tmp_path / "case", tmp_path / "files", tmp_path / "bad.toml"
    source.mkdir()
    bad.write_text('colour = "red"\n')
    for sources, intake in (
        ([source, tmp_path / "nothing"], None),
        ([tmp_path], None),
        ([source], bad),
    ):
        with pytest.raises((BadSource, BadIntake)):
            making.check_delivery(case, sources, intake)
    making.check_delivery(case, [source], None)
    assert not case.exists()


@pytest.mark.parametrize("nothing", ["", " ", "\t\n"])
def test_what_says_nothing_is_no_reason_and_no_passphrase(tmp_path: Path, nothing: str) -> None:
    case = tmp_path / "case"
    for how in (
        {"plain_disk": nothing},
        {"plain_disk": "a test", "passphrase": nothing},
    ):
        with pytest.raises(WrongUse, match="empty"):
            Case.new(case, **how)  # type: ignore[arg-type]  # one of two words
        assert not case.exists()
    Case.new(case, plain_disk="a test").close()
    for reasons in ({"plain_disk": nothing}, {"weak_sandbox": nothing}):
        with pytest.raises(WrongUse, match="empty"):
            Case.open(case, writing=True, **reasons)  # type: ignore[arg-type]  # one of two words


def test_an_encrypted_disk_needs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(encrypted=True, synced_by=None, filesystem="ext4")
    monkeypatch.setattr(making, "look_at", lambda _: place)
    make(tmp_path / "case", None, "anna", None, None)
    assert [act for act, _ in acts(tmp_path / "case")] == [
        Act.CASE_CREATED,
        Act.CASE_SETTINGS,
        Act.NO_PASSPHRASE,
    ]


KILLED = """
import os, signal, sys
from pathlib import Path
count = 0
real = os.fsync
def fsync(descriptor):
    global count
    real(descriptor)
    count += 1
    if count == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
os.fsync = fsync
from proofroom.case.making import make
make(Path(sys.argv[1]), None, "anna", None, "a test")
"""


@pytest.mark.parametrize("turn", range(1, 17, 2))
def test_a_case_that_was_killed_while_it_was_made_is_made_anew(tmp_path: Path, turn: int) -> None:
    case = tmp_path / "case"
    done = subprocess.run([sys.executable, "-c", KILLED, case, str(turn)], check=False)
    assert done.returncode == -signal.SIGKILL
    if not (case / "case.toml").exists():
        make(case, None, "anna", None, "a test")
    assert verify(case, None, None)["ok"]
    assert len(list((case / "custody").iterdir())) == 1


def test_a_disk_that_fails_leaves_nothing_half_made(tmp_path: Path) -> None:
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom proofroom.case.making import make\n"
        "from proofroom.errors import ProofroomError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (120, 120))\n"
        "try:\n    make(Path(sys.argv[1]), None, 'anna', None, 'a test')\n"
        "except ProofroomError as failure:\n    print(failure.code)\n"
    )
    case = tmp_path / "case"
    done = subprocess.run([sys.executable, "-c", code, case], capture_output=True, text=True, check=True)
    assert done.stdout == "bad-case\n"
    assert list(case.iterdir()) == []
