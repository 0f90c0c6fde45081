"""Office documents under a password: opened where it is known, counted as locked where it is not."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import io
import struct
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from msoffcrypto.method.ecma376_standard import ECMA376Standard
from workbook_sink import Keeper, keep

from proofroom.extract.format import Unreadable
from proofroom.extract.formats.office_locked import FORMAT
from proofroom.limits import DEFAULT, Limits
from proofroom.model.states import Reason, State
from proofroom.world import compound, xlsx
from proofroom.world.sheets import Book, Sheet

PASSWORD = "Öffne-2015-砚月"
SPINS = 200


def opened(data: bytes, *passwords: str, limits: Limits = DEFAULT) -> Keeper:
    return keep(FORMAT.read, data, limits, passwords=passwords)


def ending(keeper: Keeper) -> tuple[State, Reason] | None:
    return (keeper.ended.state, keeper.ended.reason) if isinstance(keeper.ended, Unreadable) else None


def package(size: int = 6_017) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # Without a date, so that two packages are one.
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml"), "<Types/>" + " " * size)
    return out.getvalue()


def locked(password: str = PASSWORD, spins: int = SPINS) -> bytes:
    return bytes(ECMA376Agile.encrypt(password, io.BytesIO(package()), spin_count=spins))


def aes(key: bytes, vector: bytes, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(data + bytes(-len(data) % 16)) + encryptor.finalize()


def agile_by_hand(
    clear: bytes, *, name: str = "sha1", bits: int = 128, spins: int = 50, more: str = ""
) -> bytes:
    """Lock as MS-OFFCRYPTO 2.3.4.11 to 2.3.4.15 say, with any hash and key length."""
    make = getattr(hashlib, name)
    salt, secret = bytes(range(16)), bytes(range(50, 50 + bits // 8))
    digest = make(salt + PASSWORD.encode("utf-16-le")).digest()
    for spin in range(spins):
        digest = make(struct.pack("<I", spin) + digest).digest()

    def derived(block: str) -> bytes:
        return bytes(make(digest + bytes.fromhex(block)).digest()[: bits // 8].ljust(bits // 8, b"\x36"))

    def vector(block: bytes) -> bytes:
        return bytes(make(salt + block).digest()[:16])

    body = struct.pack("<Q", len(clear)) + b"".join(
        aes(secret, vector(struct.pack("<I", number)), clear[start : start + 4096])
        for number, start in enumerate(range(0, len(clear), 4096))
    )
    body = body.ljust(8192, b"\0") + bytes(-max(len(body), 8192) % 512)
    verifier, key = b"verifier-of-16-b", b"k" * make().digest_size
    values = {
        "encryptedVerifierHashInput": aes(derived("fea7d2763b4b9e79"), salt, verifier),
        "encryptedVerifierHashValue": aes(derived("d7aa0f6d3061344e"), salt, make(verifier).digest()),
        "encryptedKeyValue": aes(derived("146e0be7abacd0d6"), salt, secret),
    }
    whole = {
        "encryptedHmacKey": aes(secret, vector(bytes.fromhex("5fb2ad010cb9e1f6")), key),
        "encryptedHmacValue": aes(
            secret, vector(bytes.fromhex("a0677f02b22c8433")), hmac.new(key, body, make).digest()
        ),
    }
    told = (
        f'saltSize="16" blockSize="16" keyBits="{bits}" hashSize="{make().digest_size}" cipherAlgorithm="AES" '
        f'cipherChaining="ChainingModeCBC" hashAlgorithm="{name.upper()}" saltValue="{b64(salt)}"'
    )
    xml = (
        f'<?xml version="1.0"?>{more}<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption"'
        ' xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password">'
        f"<keyData {told}/><dataIntegrity {attributes(whole)}/><keyEncryptors><keyEncryptor>"
        f'<p:encryptedKey spinCount="{spins}" {told} {attributes(values)}/>'
        "</keyEncryptor></keyEncryptors></encryption>"
    )
    return envelope(struct.pack("<HHI", 4, 4, 0x40) + xml.encode(), body)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def attributes(values: dict[str, bytes]) -> str:
    return " ".join(f'{name}="{b64(value)}"' for name, value in values.items())


def envelope(info: bytes, body: bytes) -> bytes:
    return compound.write([("EncryptionInfo", info.ljust(4096)), ("EncryptedPackage", body)])


def standard_by_hand(clear: bytes, password: str = PASSWORD) -> bytes:
    """Lock as MS-OFFCRYPTO 2.3.4.5 to 2.3.4.9 say (Office 2007)."""
    salt, verifier = bytes(range(16)), b"verifier-of-16-b"
    key = ECMA376Standard.makekey_from_password(password, 0x660E, 0x8004, 0x18, 128, 16, salt)

    def ecb(data: bytes) -> bytes:
        encryptor = Cipher(algorithms.AES(bytes(key)), modes.ECB()).encryptor()
        return encryptor.update(data + bytes(-len(data) % 16)) + encryptor.finalize()

    provider = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    header = struct.pack("<8I", 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0) + provider
    check = (
        struct.pack("<I", 16)
        + salt
        + ecb(verifier)
        + struct.pack("<I", 20)
        + ecb(hashlib.sha1(verifier).digest())
    )
    info = struct.pack("<HHII", 3, 2, 0x24, len(header)) + header + check
    body = struct.pack("<Q", len(clear)) + ecb(clear)
    return envelope(info, body.ljust(8192, b"\0"))


def test_a_workbook_of_the_world_opens_with_the_password_that_was_given() -> None:
    sheet = Sheet("名单")
    sheet.put(1, 1, "甲")
    made = xlsx.write(Book([sheet]), blind=False)
    keeper = opened(xlsx.lock(made, PASSWORD, "given").data or b"", "wrong", PASSWORD, "later")
    assert keeper.members == {"decrypted": made.data}
    assert ending(keeper) == (State.READ, Reason.DECRYPTED)
    assert keeper.properties["ole:password-index"] == ["1"]
    assert PASSWORD not in str(keeper)


def test_the_default_password_of_excel_needs_no_other() -> None:
    keeper = opened(locked("VelvetSweatshop"))
    assert keeper.members == {"decrypted": package()}
    assert keeper.properties["ole:password-index"] == ["-1"]


def test_without_the_password_the_file_stays_locked_and_gives_nothing() -> None:
    for passwords in ((), ("", "wrong", "\ud800", "x" * 10_000)):
        keeper = opened(locked(), *passwords)
        assert ending(keeper) == (State.LOCKED, Reason.PASSWORD_UNKNOWN)
        assert keeper.members == {}
        assert "ole:password-index" not in keeper.properties


def test_no_more_passwords_are_tried_than_the_limit_allows() -> None:
    limits, data = dataclasses.replace(DEFAULT, password_attempts=5), locked(spins=100_000)
    assert ending(opened(data, "a", "b", PASSWORD, limits=limits)) == (State.READ, Reason.DECRYPTED)
    keeper = opened(data, "a", "b", "c", PASSWORD, limits=limits)
    assert ending(keeper) == (State.LOCKED, Reason.LIMIT_PASSWORDS)
    assert keeper.properties["ole:passwords-tried"] == ["3+"]


def test_a_file_that_asks_for_more_work_gets_fewer_attempts_and_one_that_asks_for_less_more() -> None:
    limits, data = dataclasses.replace(DEFAULT, password_attempts=3), locked(spins=110_000)
    assert ending(opened(data, PASSWORD, limits=limits)) == (State.LOCKED, Reason.LIMIT_PASSWORDS)
    limits = dataclasses.replace(DEFAULT, password_attempts=4)
    assert ending(opened(data, PASSWORD, limits=limits)) == (State.READ, Reason.DECRYPTED)
    many = [f"wrong{number}" for number in range(500)]
    keeper = opened(
        locked(spins=1_000), *many, PASSWORD, limits=dataclasses.replace(limits, password_attempts=6)
    )
    assert ending(keeper) == (State.READ, Reason.DECRYPTED)
    assert keeper.properties["ole:passwords-tried"] == ["501"]


@pytest.mark.parametrize(("name", "bits"), [("sha1", 128), ("sha1", 256), ("sha256", 192), ("sha384", 256)])
def test_every_hash_and_key_length_of_the_standard_is_read(name: str, bits: int) -> None:
    keeper = opened(agile_by_hand(package(), name=name, bits=bits), PASSWORD)
    assert keeper.members == {"decrypted": package()}
    assert ending(keeper) == (State.READ, Reason.DECRYPTED)
    assert ending(opened(agile_by_hand(package(), name=name, bits=bits), "no"))[0] == State.LOCKED  # type: ignore[index]


def test_a_document_of_office_2007_is_read() -> None:
    keeper = opened(standard_by_hand(package()), PASSWORD)
    assert keeper.members == {"decrypted": package()}
    assert ending(keeper) == (State.READ, Reason.DECRYPTED)
    assert ending(opened(standard_by_hand(package()), "no")) == (State.LOCKED, Reason.PASSWORD_UNKNOWN)


def test_a_document_altered_after_it_was_locked_is_given_and_said_to_be() -> None:
    data = bytearray(agile_by_hand(package()))
    body = data.index(struct.pack("<Q", len(package())))
    data[body + 5_000] ^= 1
    keeper = opened(bytes(data), PASSWORD)
    assert keeper.members["decrypted"][:4_000] == package()[:4_000]
    assert keeper.members["decrypted"] != package()
    assert (keeper.partial, keeper.ended) == ([Reason.BAD_CHECKSUM], None)


def test_a_document_that_is_shorter_than_it_says_is_partly_read() -> None:
    data = standard_by_hand(package()).replace(struct.pack("<Q", len(package())), struct.pack("<Q", 1 << 40))
    keeper = opened(data, PASSWORD)
    assert keeper.members["decrypted"].startswith(package())
    assert (keeper.partial, keeper.ended) == ([Reason.CUT_SHORT], None)


@pytest.mark.parametrize(
    "data",
    [
        envelope(struct.pack("<HHI", 4, 3, 0), b"x" * 4096),
        envelope(struct.pack("<HHI", 9, 9, 0), b"x" * 4096),
        compound.write([("EncryptedPackage", b"x" * 4096), ("\x06DataSpaces", b"x" * 4096)]),
        agile_by_hand(b"x" * 9_000).replace(b"ChainingModeCBC", b"ChainingModeCFB"),
        agile_by_hand(b"x" * 9_000).replace(b'"SHA1"', b'"MD5!"'),
        agile_by_hand(b"x" * 9_000).replace(b'spinCount="50"', b'spinCount="-1"'),
        agile_by_hand(b"x" * 9_000).replace(b"p:encryptedKey ", b"p:encryptedCey "),
    ],
    ids=["extensible", "unknown", "rights", "cfb", "md5", "spins", "certificate"],
)
def test_what_cannot_be_undone_is_said_to_be_unsupported(data: bytes) -> None:
    assert ending(opened(data, PASSWORD)) == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)


def test_entities_in_the_description_refuse_the_file() -> None:
    data = agile_by_hand(package(), more='<!DOCTYPE x [<!ENTITY z "z"><!ENTITY a "&z;&z;">]>')
    assert ending(opened(data, PASSWORD)) == (State.REFUSED, Reason.ENTITY_EXPANSION)


@pytest.mark.parametrize("length", [0, 8, 511, 512, 2_000, 6_000])
def test_a_file_cut_short_ends_in_a_state(length: int) -> None:
    keeper = opened(locked()[:length], PASSWORD)
    assert ending(keeper) == (State.DAMAGED, Reason.NOT_WELL_FORMED) or keeper.partial


DAMAGE = st.lists(
    st.tuples(st.integers(0, 1 << 15), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4
)


def damaged(good: bytes, damage: list[tuple[int, bytes]]) -> bytes:
    data = bytearray(good)
    for at, noise in damage:
        data[at % len(data) : at % len(data) + len(noise)] = noise
    return bytes(data)


@settings(max_examples=150, deadline=None)
@given(DAMAGE)
def test_no_damage_raises_anything_else(damage: list[tuple[int, bytes]]) -> None:
    opened(damaged(AGILE, damage), PASSWORD)


@settings(max_examples=15, deadline=None)
@given(DAMAGE)
def test_no_damage_to_a_document_of_2007_raises_anything_else(damage: list[tuple[int, bytes]]) -> None:
    opened(damaged(STANDARD, damage), limits=dataclasses.replace(DEFAULT, password_attempts=1))


AGILE, STANDARD = agile_by_hand(package()), standard_by_hand(package())


def test_the_sample_is_opened(root: Path) -> None:
    keeper = keep(FORMAT.read, root / "src/proofroom/extract/formats/samples" / FORMAT.sample)
    assert keeper.members["decrypted"].startswith(b"PK")
    assert ending(keeper) == (State.READ, Reason.DECRYPTED)


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("calamine/pass_protected.xlsx", "123"),
        ("tika/protect.xlsx", "VelvetSweatshop"),
        ("tika/protected_normal_case.docx", "password"),
        ("tika/testEXCEL_protected_passtika_2.xlsx", "tika"),
        ("tika/testPPT_protected_passtika.pptx", "tika"),
        ("tika/testWORD_protected_passtika.docx", "tika"),
    ],
)
def test_public_documents_open(corpora: Path, name: str, password: str) -> None:
    keeper = keep(FORMAT.read, corpora / name, passwords=(password,))
    assert ending(keeper) == (State.READ, Reason.DECRYPTED)
    with zipfile.ZipFile(io.BytesIO(keeper.members["decrypted"])) as archive:
        assert archive.testzip() is None
