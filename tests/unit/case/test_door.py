"""Through the door: what is damaged, newer, locked or interrupted is named, and nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proofroom.case import Case
from proofroom.errors import (
    BadCase,
    BadIntake,
    BadJournal,
    BadMember,
    BadSource,
    BrokenEvidence,
    CaseTooNew,
    LockedKeys,
    ProofroomError,
    SourceLost,
)
from proofroom.model.custody import Act
from proofroom.receive import delivery
from proofroom.receive.custody import CustodyLog
from proofroom.receive.hand_file import HandFile
from proofroom.receive.keys import Keys


class Progress:
    """Progress that calls back after each file, to interfere."""

    def __init__(self, after: Callable[[int], object] = lambda _: None) -> None:
        """Call `after` with the number of files done."""
        self._after, self._done = after, 0

    def begin(self, stage: str, total: int, size: int) -> None:
        pass

    def advance(self, done: int, size: int) -> None:
        self._done += done
        self._after(self._done)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03}.txt").write_text(f"file {number}")
    return folder


@pytest.fixture
def case(tmp_path: Path) -> Path:
    Case.new(tmp_path / "case", plain_disk="a test").close()
    return tmp_path / "case"


def received(case: Path, source: Path, intake: Path | None = None) -> dict[str, Any]:
    with Case.open(case, writing=True) as opened:
        return opened.receive(source, intake, Progress())


def discovered(case: Path) -> int:
    with Case.open(case) as opened:
        found: int = opened.status()["artifacts"]["discovered"]
        return found


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda held: held[: len(held) // 2],
    "nearly gone": lambda held: held[:100],
    "no head": lambda held: b"x" * 100 + held[100:],
    "pages overwritten": lambda held: held[:12_288] + b"\xa5" * 16_384 + held[28_672:],
    "the end overwritten": lambda held: held[:-4_096] + b"\xa5" * 4_096,
    "not a database": lambda _: b"hello",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_corrupt_journal_is_named_and_rebuilt_as_the_remedy_says(
    case: Path, files: Path, damage: Callable[[bytes], bytes]
) -> None:
    received(case, files)
    journal = case / "derived" / "journal.sqlite"
    journal.write_bytes(damage(journal.read_bytes()))
    for writing in (False, True):
        with pytest.raises(BadJournal) as raised, Case.open(case, writing=writing) as opened:
            opened.status()
        assert "derived/" in raised.value.advice
    for path in (case / "derived").iterdir():
        path.unlink()
    Case.open(case, writing=True).close()
    assert discovered(case) == 300
    assert Case.verify(case)["ok"]


def test_an_empty_journal_does_not_tell_of_a_case_without_files(case: Path, files: Path) -> None:
    received(case, files)
    (case / "derived" / "journal.sqlite").write_bytes(b"")
    with pytest.raises(BadJournal):
        Case.open(case)
    Case.open(case, writing=True).close()
    assert discovered(case) == 300


def test_a_case_of_a_newer_version_is_not_touched(case: Path) -> None:
    text = (case / "case.toml").read_text()
    (case / "case.toml").write_text(text.replace("format = 1", "format = 2"))
    for writing in (False, True):
        with pytest.raises(CaseTooNew) as raised:
            Case.open(case, writing=writing)
        assert "Install the newer version" in raised.value.advice


@pytest.mark.parametrize("key", ["log.json", "case-secret.json"])
def test_a_missing_key_is_named(case: Path, key: str) -> None:
    (case / "keys" / key).unlink()
    with pytest.raises(BadCase, match=key):
        Case.open(case, writing=True)


def test_a_log_that_was_changed_stops_the_work(case: Path, files: Path) -> None:
    received(case, files)
    (log,) = (case / "custody").iterdir()
    held = (log / "events").read_bytes()
    (log / "events").write_bytes(held[: len(held) // 2] + held[len(held) // 2 + 100 :])
    with pytest.raises(BrokenEvidence):
        Case.open(case, writing=True)
    assert not Case.verify(case)["ok"]


def test_a_locked_case_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    case = tmp_path / "case"
    Case.new(case, passphrase="words", plain_disk="a test").close()
    for wrong in (None, "other words"):
        with pytest.raises(LockedKeys):
            Case.open(case, writing=True, passphrase=wrong)
    with Case.open(case, writing=True, passphrase="words") as opened:
        opened.passwords().add(["geheim"])
    assert not any(b"geheim" in path.read_bytes() for path in case.rglob("*") if path.is_file())
    assert Case.verify(case)["ok"]


def test_what_is_wrong_with_a_source_or_a_statement_is_said_before_anything_is_logged(
    case: Path, files: Path, tmp_path: Path
) -> None:
    head = Case.verify(case)["head"]
    (tmp_path / "bad.toml").write_text('source = "somebody"\n')
    tries: list[tuple[Path, Path | None, type[ProofroomError]]] = [
        (tmp_path / "nothing", None, BadSource),
        (case, None, BadSource),
        (tmp_path, None, BadSource),
        (files, tmp_path / "bad.toml", BadIntake),
        (files, tmp_path / "nothing.toml", BadIntake),
    ]
    for source, intake, error in tries:
        with pytest.raises(error):
            received(case, source, intake)
    assert Case.verify(case)["head"] == head


def test_the_statement_stands_in_the_case_and_in_custody(case: Path, files: Path, tmp_path: Path) -> None:
    (tmp_path / "intake.toml").write_text('medium = "a stick"\ndone_before = ["renamed"]\n')
    received(case, files, tmp_path / "intake.toml")
    text = (case / "case.toml").read_text()
    assert '"a stick"' in text
    assert '"renamed"' in text
    assert Case.verify(case)["ok"]


def test_a_delivery_that_was_interrupted_goes_on(
    case: Path, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "BATCH_FILES", 50)

    def vanish(done: int) -> None:
        if done == 120:
            files.rename(files.with_name("pulled out"))

    with Case.open(case, writing=True) as opened, pytest.raises(SourceLost):
        opened.receive(files, None, Progress(vanish))
    # By descriptor it can be read to its end; that it was pulled out is noticed at the end at the latest.
    assert Case.verify(case)["ok"]
    assert 100 <= discovered(case) <= 300
    files.with_name("pulled out").rename(files)
    done = received(case, files)
    assert (done["delivery"], done["found"]) == ("delivery-1", 300)
    assert discovered(case) == 300
    assert received(case, files)["delivery"] == "delivery-2"
    assert Case.verify(case)["ok"]


def test_a_delivery_waits_from_its_end_to_the_end_of_a_run(case: Path, files: Path, tmp_path: Path) -> None:
    (tmp_path / "intake.toml").write_text('medium = "a stick"\n')
    (tmp_path / "other.toml").write_text('medium = "a download"\n')
    with Case.open(case, writing=True) as opened:
        assert not opened.is_waiting(files)
        opened.receive(files, tmp_path / "intake.toml", Progress())
        assert opened.is_waiting(files)
        assert opened.is_waiting(files, tmp_path / "intake.toml")
        assert not opened.is_waiting(tmp_path)
        with pytest.raises(BadIntake, match="another statement"):
            opened.is_waiting(files, tmp_path / "other.toml")
        opened.run(("search",), 1, Progress())
        assert not opened.is_waiting(files)


def test_looking_behind_the_mask_beside_a_delivery_makes_one_log(case: Path, files: Path) -> None:
    def look(done: int) -> None:
        if done % 100 == 0:
            with Case.open(case) as beside, beside.scope("a test", "status") as view:
                list(view.artifacts(limit=1))

    with Case.open(case, writing=True) as opened:
        opened.receive(files, None, Progress(look))
    verdict = Case.verify(case)
    assert verdict["ok"]
    assert verdict["events"] == 4 + 2 + 300 + 3


def test_a_member_is_entered_once_and_with_a_handle(case: Path) -> None:
    with Case.open(case, writing=True) as opened:
        key = opened.add_member("anna")["public_key"]
        for handle in ("anna", "Anna Smith"):
            with pytest.raises(BadMember):
                opened.add_member(handle)
        assert {"handle": "anna", "public_key": key, "retired": False} in opened.members()
    assert Case.verify(case)["ok"]


def test_what_a_member_signed_before_leaving_counts_and_nothing_later(case: Path) -> None:
    with Case.open(case, writing=True) as opened:
        opened.add_member("anna")
        notes = HandFile(case, "notes", opened.file.signers())
        key = Keys.open(case / "keys").member("anna")
        before = notes.append("anna", key, [{"note": "seen"}])
        assert opened.retire_member("anna")["last_lines"] == [before[-1].digest]
        for handle in ("anna", "nobody"):
            with pytest.raises(BadMember):
                opened.retire_member(handle)
    with Case.open(case, writing=True) as opened:
        notes = HandFile(case, "notes", opened.file.signers())
        assert [line.digest for line in notes.read().lines] == [before[-1].digest]
        with pytest.raises(BadMember):
            notes.append("anna", key, [{"note": "later"}])
    assert Case.verify(case)["ok"]


def test_only_a_member_works_on_a_case(case: Path, files: Path) -> None:
    with Case.open(case, writing=True) as opened:  # the only member there is
        opened.add_member("anna")
        opened.receive(files, None, Progress())
    for handle, what in (("nobody", "nobody is no member"), (None, "2 members: desk, anna")):
        with pytest.raises(BadMember, match=what):
            Case.open(case, writing=True, member=handle)
        with (
            Case.open(case, member=handle) as looked,
            pytest.raises(BadMember, match=what),
            looked.scope("a test", "status"),
        ):
            pass
    with Case.open(case, writing=True, member="anna") as opened:
        opened.retire_member("desk")
        with pytest.raises(BadMember, match="last member"):
            opened.retire_member("anna")
    with pytest.raises(BadMember, match="desk has left"):
        Case.open(case, writing=True, member="desk")
    with Case.open(case, writing=True) as opened:
        opened.redo("all")
    acts = [(event.act, event.by) for event in CustodyLog.open(case, Keys.open(case / "keys")).events()]
    assert acts[-2:] == [(Act.MEMBER_RETIRED, "anna"), (Act.REDO, "anna")]
    assert Case.verify(case)["ok"]


def test_nothing_in_a_case_is_for_others(case: Path, files: Path) -> None:
    before = os.umask(0)
    try:
        received(case, files)
        with Case.open(case) as opened, opened.scope("a test", "status"):
            pass
    finally:
        os.umask(before)
    assert [path for path in case.rglob("*") if path.lstat().st_mode & 0o077] == []
