"""Locked zips: a known password opens them, whoever wrote them and in whatever encoding, and is never told."""

from __future__ import annotations

import hashlib
import hmac
import io
import struct
import zipfile
import zlib

import pytest
from container_sink import read_container
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from zip_by_hand import by_hand, joined

from proofroom.extract.containers.zip_ciphers import OldCipher
from proofroom.extract.formats.zip import FORMAT
from proofroom.model.states import Reason, State


def old_locked(data: bytes, password: bytes, *, method: int = 0, wrong: int = 0) -> bytes:
    """Encrypt with the old cipher: what is decrypted last is the checksum's highest byte."""
    body = data
    if method == zipfile.ZIP_DEFLATED:
        coder = zlib.compressobj(wbits=-15)
        body = coder.compress(data) + coder.flush()
    crc = zlib.crc32(data) ^ wrong
    plain = bytes(11) + bytes((crc >> 24,)) + body
    cipher, out = OldCipher(password), bytearray()
    for byte in plain:
        mixed = (cipher._keys[2] & 0xFFFF) | 2
        coded = byte ^ ((mixed * (mixed ^ 1) >> 8) & 0xFF)
        out.append(coded)
        cipher.decrypt(bytes((coded,)))
    return by_hand(b"locked", bytes(out), flags=1, method=method, crc=crc, size=len(data))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_known_password_opens_the_old_cipher_and_is_named_by_its_place(method: int) -> None:
    data = "机密名单 ".encode() * 400
    locked = old_locked(data, "密码".encode("gb18030"), method=method)
    if method == zipfile.ZIP_STORED:
        with zipfile.ZipFile(io.BytesIO(locked)) as archive:
            assert archive.read("locked", "密码".encode("gb18030")) == data
    passwords = [f"wrong{number}" for number in range(600)] + ["密码"]
    kept = read_container(FORMAT, locked, *passwords)
    assert (kept.data, kept.partial) == ({b"locked": data}, [])
    assert kept.properties["zip:password-index"] == ["600"]
    assert "密码" not in str(kept.properties)


def test_without_the_password_a_member_is_locked_and_the_others_are_read() -> None:
    kept = read_container(FORMAT, old_locked(b"x" * 50, b"secret"), "one", "two")
    assert kept.fate(b"locked") == (State.LOCKED, Reason.PASSWORD_UNKNOWN)
    assert (kept.partial, kept.ended) == ([Reason.LOCKED_PART], None)
    strong = by_hand(b"strong", bytes(40), flags=0x41)
    assert read_container(FORMAT, strong, "x").fate(b"strong") == (
        State.LOCKED,
        Reason.UNSUPPORTED_ENCRYPTION,
    )


def aes_locked(data: bytes, password: bytes, *, spoil: bool = False, strength: int = 3) -> bytes:
    """Encrypt as WinZip does (AE-2), with the counter mode written out."""
    salt = bytes(range(4 + 4 * strength))
    length = 2 * len(salt)
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1_000, 2 * length + 2)
    cipher = Cipher(algorithms.AES(keys[:length]), modes.ECB()).encryptor()
    blocks = range(1, len(data) // 16 + 2)
    stream = b"".join(cipher.update(number.to_bytes(16, "little")) for number in blocks)
    coded = bytes(one ^ two for one, two in zip(data, stream, strict=False))
    seal = hmac.new(keys[length : 2 * length], coded, hashlib.sha1).digest()[:10]
    if spoil:
        coded = coded[:-1] + bytes((coded[-1] ^ 1,))
    extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", strength, 0)
    return by_hand(b"a", salt + keys[-2:] + coded + seal, flags=1, method=99, extra=extra, size=len(data))


@pytest.mark.parametrize("strength", [1, 2, 3])
def test_a_known_password_opens_aes_of_every_strength(strength: int) -> None:
    data = bytes(range(251)) * 2_000
    kept = read_container(FORMAT, aes_locked(data, b"right", strength=strength), "wrong", "right")
    assert (kept.data, kept.members[0].ended) == ({b"a": data}, None)
    assert kept.properties["zip:password-index"] == ["1"]


def test_a_broken_seal_is_told_and_the_bytes_stay() -> None:
    kept = read_container(FORMAT, aes_locked(b"sealed" * 9, b"right", spoil=True), "right")
    assert kept.fate(b"a") == (State.DAMAGED, Reason.BAD_CHECKSUM)
    assert (kept.data[b"a"] or b"").startswith(b"sealedsealed")
    assert read_container(FORMAT, aes_locked(b"x", b"right")).fate(b"a") == (
        State.LOCKED,
        Reason.PASSWORD_UNKNOWN,
    )


def falsely_checked(data: bytes, right: bytes) -> tuple[bytes, str]:
    """Lock with AES, and find a wrong password whose two bytes fit by chance: the file is written to suit it."""
    locked = bytearray(aes_locked(data, right))
    at = locked.index(bytes(range(16))) + 16
    wrong = hashlib.pbkdf2_hmac("sha1", b"wrong", bytes(range(16)), 1_000, 66)[-2:]
    # Both passwords must pass these two bytes for the test; so the right one is the one whose seal fits.
    locked[at : at + 2] = wrong
    return bytes(locked), "wrong"


def test_a_password_whose_two_bytes_fit_by_chance_is_not_believed_before_the_seal() -> None:
    data, chance = falsely_checked(b"names " * 20, b"right")
    many = tuple(f"other{number}" for number in range(300))
    kept = read_container(FORMAT, data, *many, chance)
    assert kept.fate(b"a") == (State.LOCKED, Reason.PASSWORD_UNKNOWN)
    assert "zip:password-index" not in kept.properties


def test_a_damaged_entry_under_a_known_password_is_damaged_and_not_locked() -> None:
    good, bad = old_locked(b"x" * 900, b"secret"), bytearray(old_locked(b"y" * 900, b"secret"))
    bad[bad.index(b"locked") + 60] ^= 0xFF
    kept = read_container(FORMAT, joined(good, bytes(bad)), "secret")
    assert kept.members[1].ended == (State.DAMAGED, Reason.BAD_CHECKSUM)


def test_ten_thousand_locked_members_end_in_time_and_say_what_was_tried() -> None:
    one = old_locked(b"a" * 30, b"nobody knows")
    kept = read_container(FORMAT, joined(*[one] * 10_000), *(f"word{number}" for number in range(1_000)))
    assert len(kept.members) == 10_000
    assert {kept.members[0].ended, kept.members[-1].ended} <= {
        (State.LOCKED, Reason.PASSWORD_UNKNOWN),
        (State.LOCKED, Reason.LIMIT_PASSWORDS),
    }
    assert kept.properties["zip:passwords-tried"] == ["1000+"]


def test_ten_thousand_members_under_one_password_open() -> None:
    one = old_locked(b"a" * 30, b"secret")
    kept = read_container(
        FORMAT, joined(*[one] * 10_000), *(f"word{number}" for number in range(500)), "secret"
    )
    assert [member.ended for member in kept.members if member.ended] == []
    assert kept.properties["zip:password-index"] == ["500"]


def test_a_password_of_odd_signs_neither_breaks_nor_passes() -> None:
    odd = ("", "\0", "a\nb", "\x1b[31m", "\ud800", "x" * 100_000, "\U0010ffff", "é")
    kept = read_container(FORMAT, old_locked(b"data", b"a\nb"), *odd)
    assert kept.data == {b"locked": b"data"}
    for data in (old_locked(b"data", b"secret"), aes_locked(b"data", b"secret")):
        assert read_container(FORMAT, data, *odd).partial == [Reason.LOCKED_PART]
