"""Open an .xls workbook under a password (MS-XLS 2.2.10: XOR, RC4, RC4 through CryptoAPI) and hand it out."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Final

import olefile
from msoffcrypto.method.rc4 import DocumentRC4
from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.ole.compound import BROKEN
from proofroom.extract.ole.unlocking import unlock
from proofroom.extract.ole.xor import xor_array
from proofroom.extract.tabular.biff_records import records
from proofroom.extract.trying import CHEAP
from proofroom.model.states import Reason, State

_Undo = Callable[[bytes], bytes]

_BLOCK: Final = 1024
_FILE_PASS: Final = 0x2F
_BOUND_SHEET: Final = 0x85
_IN_THE_CLEAR: Final = (0x0809, _FILE_PASS, 0x0194, 0x0195, 0xE1, 0x0196, 0x0138)
_NOTHING: Final = 0
_USUAL_BITS: Final = 40
_ROTATED: Final = bytes((byte >> 5 | byte << 3) & 0xFF for byte in range(256))


def send_decrypted(source: Source, sink: Sink, stream: str, data: bytes, locked_at: int) -> None:
    """Hand out the workbook in the clear as the member `decrypted`; always raises Unreadable.

    Only the workbook's own stream is decrypted; its length, and so all else in the file, stays.
    """
    try:
        fits = _method(data, locked_at)
        undo = unlock(source, sink, fits, cost=CHEAP)
        copy = _with_stream(source, stream, _clear(data, undo(data)))
    except BROKEN:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
    with sink.member(b"decrypted", len(copy)) as out:
        out.write(copy)
    raise Unreadable(State.READ, Reason.DECRYPTED)


def _method(data: bytes, at: int) -> Callable[[str], _Undo | None]:
    """Choose how to test a password by the FilePass record."""
    size = struct.unpack_from("<H", data, at + 2)[0]
    body = data[at + 4 : at + 4 + size]
    if size == 4:
        return lambda password: _try_xor(password, *struct.unpack("<HH", body))
    kind = struct.unpack_from("<H", body)[0]
    if kind == 0:
        return lambda password: _try_xor(password, *struct.unpack_from("<HH", body, 2))
    major, minor = struct.unpack_from("<HH", body, 2)
    if (kind, major, minor) == (1, 1, 1):
        return lambda password: _try_rc4(password, *struct.unpack_from("<16s16s16s", body, 6))
    if kind == 1 and major in (2, 3, 4) and minor == 2:
        head = struct.unpack_from("<I", body, 10)[0]
        bits = struct.unpack_from("<I", body, 14 + 16)[0] or _USUAL_BITS
        salt, verifier, _, digest = struct.unpack_from("<4x16s16sI20s", body, 14 + head)
        return lambda password: _try_crypto_api(password, bits, salt, verifier, digest)
    raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)


def _try_rc4(password: str, salt: bytes, verifier: bytes, digest: bytes) -> _Undo | None:
    if not DocumentRC4.verifypw(password, salt, verifier, digest):
        return None
    return lambda data: bytes(DocumentRC4.decrypt(password, salt, io.BytesIO(data), _BLOCK).read())


def _try_crypto_api(password: str, bits: int, salt: bytes, verifier: bytes, digest: bytes) -> _Undo | None:
    if not DocumentRC4CryptoAPI.verifypw(password, salt, bits, verifier, digest):
        return None
    return lambda data: bytes(
        DocumentRC4CryptoAPI.decrypt(password, salt, bits, io.BytesIO(data), _BLOCK).read()
    )


def _try_xor(password: str, key: int, verifier: int) -> _Undo | None:
    array = xor_array(password, key, verifier)
    return None if array is None else lambda data: _undo_xor(data, array)


def _undo_xor(data: bytes, array: bytes) -> bytes:
    """Undo the obfuscation: where a record's bytes begin in the array depends on where they end."""
    out = bytearray(data)
    for kind, start, end in records(data, 0):
        shift = end % len(array)
        first = start + (4 if kind == _BOUND_SHEET else 0)
        turned = (array[shift:] + array[:shift]) * ((end - start) // len(array) + 1)
        for place in range(first, end):
            out[place] = _ROTATED[data[place] ^ turned[place - start]]
    return bytes(out)


def _clear(data: bytes, decrypted: bytes) -> bytes:
    """Put back what is never encrypted: heads of records, some records, the places of sheets."""
    out = bytearray(decrypted)
    for kind, start, end in records(data, 0):
        kept = end if kind in _IN_THE_CLEAR else start + 4 if kind == _BOUND_SHEET else start
        out[start - 4 : kept] = data[start - 4 : kept]
        if kind == _FILE_PASS:
            out[start - 4 : start - 2] = _NOTHING.to_bytes(2, "little")
    return bytes(out)


def _with_stream(source: Source, stream: str, content: bytes) -> bytes:
    """Copy the compound file with one stream replaced by another of the same length."""
    source.untrusted.seek(0)
    copy = io.BytesIO(source.untrusted.read())
    ole = olefile.OleFileIO(copy, write_mode=True)
    ole.write_stream(stream, content)
    return copy.getvalue()
