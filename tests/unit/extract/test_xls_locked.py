"""Old workbooks under a password: handed out in the clear where one fits."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable

import pytest
from msoffcrypto.method.rc4 import DocumentRC4
from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI
from msoffcrypto.method.xor_obfuscation import DocumentXOR
from xls_by_hand import ending, place, read, record, wide, workbook

from proofroom.model.states import Reason, State

SALT, VERIFIER = bytes(range(16)), b"sixteen bytes ok"


def locked(file_pass: bytes, encrypt: Callable[[bytes], bytes]) -> bytes:
    """Lock a workbook: what stays in the clear are the heads of records, BOF, FilePass, places of sheets."""
    plain = workbook(
        record(0x0204, place(1, 1) + wide("geheim")) * 1
        + record(0x0203, place(2, 1) + struct.pack("<d", 1.5)),
        first=record(0x2F, file_pass),
    )
    start, end = 512, plain.index("Root Entry".encode("utf-16-le"))
    stream = plain[start:end]
    out, at = bytearray(encrypt(stream)), 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        kept = size if kind in (0x0809, 0x2F) else 4 if kind == 0x85 else 0
        out[at : at + 4 + kept] = stream[at : at + 4 + kept]
        at += 4 + size
    return plain[:start] + bytes(out) + plain[end:]


def by_rc4(password: str) -> bytes:
    def encrypt(data: bytes) -> bytes:
        return bytes(DocumentRC4.decrypt(password, SALT, io.BytesIO(data), 1024).read())

    pair = encrypt(VERIFIER + hashlib.md5(VERIFIER).digest())
    return locked(struct.pack("<HHH", 1, 1, 1) + SALT + pair, encrypt)


def by_crypto_api(password: str) -> bytes:
    def encrypt(data: bytes) -> bytes:
        return bytes(DocumentRC4CryptoAPI.decrypt(password, SALT, 128, io.BytesIO(data), 1024).read())

    pair = encrypt(VERIFIER + hashlib.sha1(VERIFIER).digest())
    header = struct.pack("<8I", 4, 0, 0x6801, 0x8004, 128, 1, 0, 0) + "RSA\0".encode("utf-16-le")
    body = struct.pack("<HHHII", 1, 2, 2, 4, len(header)) + header
    return locked(
        body + struct.pack("<I", 16) + SALT + pair[:16] + struct.pack("<I", 20) + pair[16:], encrypt
    )


def by_xor(password: str) -> bytes:
    array = bytes(DocumentXOR.create_xor_array_method1(password))
    verifier = next(code for code in range(0x10000) if DocumentXOR.verifypw(password, code))

    def encrypt(data: bytes) -> bytes:
        out, at = bytearray(data), 0
        while at + 4 <= len(data):
            size = struct.unpack_from("<H", data, at + 2)[0]
            for number in range(size):
                byte = data[at + 4 + number]
                out[at + 4 + number] = ((byte << 5 | byte >> 3) & 0xFF) ^ array[(at + 4 + size + number) % 16]
            at += 4 + size
        return bytes(out)

    key = DocumentXOR.create_xor_key_method1(password)
    return locked(struct.pack("<HHH", 0, key, verifier), encrypt)


@pytest.mark.parametrize("lock", [by_rc4, by_crypto_api, by_xor])
def test_an_old_workbook_under_a_password_is_handed_out_in_the_clear(lock: Callable[[str], bytes]) -> None:
    data = lock("Passwort-15")
    keeper = read(data, passwords=("nein", "Passwort-15"))
    assert ending(keeper) == (State.READ, Reason.DECRYPTED)
    assert keeper.properties["ole:password-index"] == ["1"]
    assert (keeper.kept, keeper.sheets) == ({}, {})
    clear = read(keeper.members["decrypted"])
    assert clear.raw() == {(1, 1): "geheim", (2, 1): "1.5"}
    assert clear.ended is None
    assert ending(read(data, passwords=("nein",))) == (State.LOCKED, Reason.PASSWORD_UNKNOWN)
    default = lock("VelvetSweatshop")
    assert read(default).properties["ole:password-index"] == ["-1"]


def test_an_unknown_lock_is_said_to_be_unsupported() -> None:
    data = workbook(b"", first=record(0x2F, struct.pack("<HHH", 1, 9, 9) + bytes(48)))
    assert ending(read(data)) == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
