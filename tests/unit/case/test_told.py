"""What anybody can edit, compared with custody: whatever differs in `case.toml`, the table of regions or the keys."""

from __future__ import annotations

import base64
import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proofroom.case import Case
from proofroom.case.folder import CaseFile
from proofroom.case.making import make
from proofroom.model.custody import Act
from proofroom.receive.custody import CustodyLog
from proofroom.receive.hand_file import HandFile
from proofroom.receive.keys import Keys

if TYPE_CHECKING:
    from conftest import Codes, Logged


def test_a_member_who_was_never_entered_is_named(case: Path, codes: Codes) -> None:
    file = CaseFile.read(case)
    key = Ed25519PrivateKey.generate()
    file.members["eve"] = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    file.write(case)
    assert codes(case) == {"member-unknown"}


def test_an_intake_statement_that_was_edited_is_named(case: Path, codes: Codes) -> None:
    file = CaseFile.read(case)
    file.deliveries["delivery-1"]["conditions"] = "none"
    file.write(case)
    assert codes(case) == {"intake-changed"}


def edited(case: Path, change: Callable[[CaseFile], object]) -> None:
    file = CaseFile.read(case)
    change(file)
    file.write(case)


EDITS: dict[str, tuple[Callable[[CaseFile], object], str]] = {
    "no deliveries": (lambda file: file.deliveries.clear(), "intake-changed"),
    "another delivery": (lambda file: file.deliveries.update({"delivery-9": {}}), "intake-changed"),
    "no members": (lambda file: file.members.clear(), "member-missing"),
    "a retirement": (lambda file: file.retired.update({"desk": []}), "retirement-changed"),
    "created": (lambda file: setattr(file, "created", "2001-01"), "settings-changed"),
    "plain disk": (lambda file: setattr(file, "plain_disk", "other words"), "settings-changed"),
    "languages": (lambda file: file.languages.append("tr"), "settings-changed"),
    "regions": (lambda file: setattr(file, "regions", "other.csv"), "settings-changed"),
    "limits": (
        lambda file: setattr(file, "limits", dataclasses.replace(file.limits, depth=2)),
        "settings-changed",
    ),
}


@pytest.mark.parametrize(("change", "code"), EDITS.values(), ids=EDITS.keys())
def test_whatever_is_edited_in_the_case_file_is_named(
    case: Path, codes: Codes, change: Callable[[CaseFile], object], code: str
) -> None:
    edited(case, change)
    assert codes(case) == {code}


def test_a_retirement_that_was_taken_back_or_moved_is_named(case: Path, codes: Codes, logged: Logged) -> None:
    logged(case, Act.MEMBER_ADDED, member="bo", public_key=Keys.open(case / "keys").new_member("bo"))
    logged(case, Act.MEMBER_RETIRED, member="bo", last_lines=["ab" * 32, "cd" * 32])
    Case.open(case, writing=True, plain_disk="a test").close()
    assert codes(case) == set()
    edited(case, lambda file: file.retired["bo"].reverse())
    assert codes(case) == set()
    edited(case, lambda file: file.retired["bo"].pop())
    assert codes(case) == {"retirement-changed"}
    edited(case, lambda file: file.retired.clear())
    assert codes(case) == {"retirement-changed"}


@pytest.mark.parametrize("how", ["changed", "added", "removed"])
def test_a_table_of_regions_that_is_not_the_one_of_custody_is_named(
    case: Path, codes: Codes, tmp_path: Path, how: str
) -> None:
    (tmp_path / "table.csv").write_bytes(b"code,name\n")
    if how != "added":
        case = tmp_path / "other"
        make(case, None, "desk", tmp_path / "table.csv", "a test")
        assert codes(case) == set()
    if how == "removed":
        (case / "regions.csv").unlink()
    else:
        (case / "regions.csv").write_bytes(b"code,name\n1,x\n")
    assert codes(case) == {"settings-changed"}


def test_the_next_working_command_enters_settings_and_brings_back_what_is_missing(
    case: Path, codes: Codes
) -> None:
    edited(case, lambda file: setattr(file, "limits", dataclasses.replace(file.limits, depth=2)))
    edited(case, lambda file: file.deliveries.clear())
    assert codes(case) == {"settings-changed", "intake-changed"}
    Case.open(case, writing=True, plain_disk="a test").close()
    assert codes(case) == set()
    log = CustodyLog.open(case, Keys.open(case / "keys"))
    last = [event.facts for event in log.events() if event.act is Act.CASE_SETTINGS][-1]
    assert last["limits"] == {"depth": 2}
    assert set(CaseFile.read(case).deliveries) == {"delivery-1"}


def test_acts_of_somebody_who_was_no_member_then_are_named(case: Path, codes: Codes, logged: Logged) -> None:
    logged(case, Act.MEMBER_ADDED, member="bo", public_key=Keys.open(case / "keys").new_member("bo"))
    logged(case, Act.REDO, by="bo")
    logged(case, Act.MEMBER_RETIRED, by="bo", member="bo", last_lines=[])
    Case.open(case, writing=True, plain_disk="a test").close()
    assert codes(case) == set()
    logged(case, Act.REDO, by="bo")
    assert codes(case) == {"author-unknown"}


KEY_CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "all gone": (shutil.rmtree, "key-missing"),
    "the log's gone": (lambda keys: (keys / "log.json").unlink(), "key-missing"),
    "the secret gone": (lambda keys: (keys / "case-secret.json").unlink(), "key-missing"),
    "a member's gone": (lambda keys: (keys / "member-desk.json").unlink(), "key-missing"),
    "no key": (lambda keys: (keys / "log.json").write_text("{}"), "key-damaged"),
    "cut": (lambda keys: (keys / "case-secret.json").write_text('{"key": "AAAA"}'), "key-damaged"),
    "another": (
        lambda keys: (keys / "log.json").write_bytes((keys / "member-desk.json").read_bytes()),
        "key-damaged",
    ),
}


@pytest.mark.parametrize(("change", "code"), KEY_CHANGES.values(), ids=KEY_CHANGES.keys())
def test_keys_that_are_missing_or_damaged_are_named(
    case: Path, codes: Codes, change: Callable[[Path], object], code: str
) -> None:
    change(case / "keys")
    assert codes(case) == {code}


def test_keys_under_a_passphrase_are_looked_at_without_it(tmp_path: Path, codes: Codes) -> None:
    case = tmp_path / "locked"
    Case.new(case, passphrase="words", plain_disk="a test").close()
    with Case.open(case, writing=True, passphrase="words") as opened:
        opened.passwords().add(["one"])
    assert codes(case) == set()
    path = case / "keys" / "log.json"
    held = path.read_text()
    path.write_text(held.replace('"ciphertext": "', '"ciphertext": "AAAA'))
    assert codes(case) == {"key-damaged"}
    path.write_text(held)
    (case / "keys" / "passwords.json").unlink()
    assert codes(case) == {"key-missing"}


def test_signed_lines_are_checked_too(case: Path, codes: Codes) -> None:
    file = CaseFile.read(case)
    held = HandFile(case, "notes", file.signers())
    held.append("desk", Keys.open(case / "keys").member("desk"), [{"note": "one"}])
    assert codes(case) == set()
    held.path.write_bytes(held.path.read_bytes().replace(b"one", b"two"))
    assert codes(case) == {"hand-bad-signature"}


def test_a_stray_file_among_the_signed_lines_is_named(case: Path, codes: Codes) -> None:
    (case / "hand" / "Not A Name.jsonl").write_bytes(b"{}\n")
    assert codes(case) == {"hand-unknown-file"}
