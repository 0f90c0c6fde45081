"""The keys of a case: readable by their owner alone, locked by a passphrase, and never printed."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from proofroom.errors import BadCase, BadMember, LockedKeys
from proofroom.receive.keys import Keys, is_locked


def test_keys_come_back_as_they_were_made(tmp_path: Path) -> None:
    made = Keys.create(tmp_path / "keys", None)
    public = made.new_member("anna")
    opened = Keys.open(tmp_path / "keys")
    assert opened.secret == made.secret
    assert opened.log.private_bytes_raw() == made.log.private_bytes_raw()
    assert base64.b64encode(opened.member("anna").public_key().public_bytes_raw()).decode() == public
    assert not is_locked(tmp_path / "keys")


def test_a_passphrase_locks_every_key_and_the_passwords(tmp_path: Path) -> None:
    made = Keys.create(tmp_path / "keys", "a long passphrase")
    made.new_member("anna")
    made.keep_passwords(["geheim", "密码"])
    assert is_locked(tmp_path / "keys")
    for path in (tmp_path / "keys").iterdir():
        held = path.read_bytes()
        assert b"ciphertext" in held
        assert b"geheim" not in held
    with pytest.raises(LockedKeys):
        Keys.open(tmp_path / "keys")
    with pytest.raises(LockedKeys, match="wrong"):
        Keys.open(tmp_path / "keys", "another passphrase")
    opened = Keys.open(tmp_path / "keys", "a long passphrase")
    assert opened.passwords() == ("geheim", "密码")
    assert opened.member("anna").private_bytes_raw() == made.member("anna").private_bytes_raw()


def test_a_locked_key_under_another_name_does_not_open(tmp_path: Path) -> None:
    keys = Keys.create(tmp_path / "keys", "words")
    keys.new_member("anna")
    (tmp_path / "keys" / "member-anna.json").rename(tmp_path / "keys" / "member-eve.json")
    with pytest.raises(LockedKeys):
        keys.member("eve")


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    Keys.create(tmp_path / "keys", None).new_member("anna")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_keys_do_not_print_themselves(tmp_path: Path) -> None:
    keys = Keys.create(tmp_path / "keys", None)
    for text in (repr(keys), str(keys), f"{keys}"):
        assert repr(keys.secret) not in text
        assert "passphrase" not in text


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b'"key"',
        b"\xff\xff",
        b"{}",
        b'{"key": 5}',
        b'{"key": "AAAA"}',
        b'{"key": "not base64!"}',
        b"[" * 100_000,
        b'{"kdf":"scrypt","n":1099511627776,"r":8,"p":1,"salt":"AAAA","nonce":"AAAA","ciphertext":"AAAA"}',
        b'{"kdf":"scrypt","n":1000,"r":8,"p":1,"salt":"AAAA","nonce":"AAAA","ciphertext":"AAAA"}',
    ],
    ids=lambda damage: repr(damage[:24]),
)
def test_a_damaged_key_is_named(tmp_path: Path, damage: bytes) -> None:
    Keys.create(tmp_path / "keys", None)
    (tmp_path / "keys" / "log.json").write_bytes(damage)
    with pytest.raises(BadCase, match=r"log\.json") as raised:
        Keys.open(tmp_path / "keys", "words")
    assert "Restore" in raised.value.advice


@pytest.mark.parametrize("name", ["log.json", "case-secret.json"])
def test_a_missing_key_is_named(tmp_path: Path, name: str) -> None:
    Keys.create(tmp_path / "keys", None)
    (tmp_path / "keys" / name).unlink()
    with pytest.raises(BadCase, match=name):
        Keys.open(tmp_path / "keys")


@pytest.mark.parametrize("handle", ["", "Anna", "anna smith", "../anna", "a" * 33, "1a", "anna\n", "é"])
def test_a_real_name_or_a_path_is_no_handle(tmp_path: Path, handle: str) -> None:
    keys = Keys.create(tmp_path / "keys", None)
    with pytest.raises(BadMember):
        keys.new_member(handle)


def test_a_copy_without_the_key_of_a_member_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadMember, match="no key for eve"):
        Keys.create(tmp_path / "keys", None).member("eve")


def test_an_id_outside_the_house_depends_on_the_secret(tmp_path: Path) -> None:
    digest = "ab" * 32
    one, other = Keys.create(tmp_path / "one", None), Keys.create(tmp_path / "other", None)
    assert one.doc_id(digest) == Keys.open(tmp_path / "one").doc_id(digest)
    assert one.doc_id(digest) != other.doc_id(digest)
    assert len(one.doc_id(digest)) == 32


def test_a_key_file_says_what_it_is(tmp_path: Path) -> None:
    Keys.create(tmp_path / "keys", "words")
    document = json.loads((tmp_path / "keys" / "log.json").read_bytes())
    assert document["kind"] == "proofroom key v1"
    assert (document["kdf"], document["n"], document["cipher"]) == ("scrypt", 1 << 17, "AES-256-GCM")
