"""Open a Word document under a password (MS-DOC 2.2.6: XOR, RC4, also through CryptoAPI) and hand out a clear copy."""

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
from proofroom.extract.ole.streams import Streams
from proofroom.extract.ole.unlocking import unlock
from proofroom.extract.ole.word_fib import Fib
from proofroom.extract.ole.xor import xor_array
from proofroom.extract.trying import CHEAP
from proofroom.model.states import Reason, State

_Undo = Callable[[bytes], bytes]

_DOCUMENT: Final = "WordDocument"
_CLEAR, _OLD_CLEAR = 0x44, 0x34
_FLAGS_AT: Final = 10
_KEY_AT: Final = 14
_LOCKED: Final = 0x8100
_BLOCK: Final = 0x200
_USUAL_BITS: Final = 40


def send_decrypted(source: Source, sink: Sink, streams: Streams, fib: Fib) -> None:
    """Hand out the document in the clear as the member `decrypted`; always raises Unreadable."""
    main = streams.stream(_DOCUMENT) or b""
    table = streams.stream(fib.table_name) if fib.table_name else None
    try:
        undo = unlock(source, sink, _method(fib, table or b""), cost=CHEAP)
        clear = {_DOCUMENT: _document(main, undo(main), _OLD_CLEAR if fib.old else _CLEAR)}
        for name, data in ((fib.table_name, table), ("Data", streams.stream("Data"))):
            if name and data:
                clear[name] = undo(data)
        copy = _with_streams(source, clear)
    except BROKEN:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
    with sink.member(b"decrypted", len(copy)) as out:
        out.write(copy)
    raise Unreadable(State.READ, Reason.DECRYPTED)


def _method(fib: Fib, table: bytes) -> Callable[[str], _Undo | None]:
    """Choose how to test a password: by the block's flags, or by what stands before the tables."""
    if fib.obfuscated or fib.old:
        return lambda password: _try_xor(password, fib.key)
    major, minor = struct.unpack_from("<HH", table)
    if (major, minor) == (1, 1):
        salt, verifier, digest = struct.unpack_from("<16s16s16s", table, 4)
        return lambda password: _try_rc4(password, salt, verifier, digest)
    if major in (2, 3, 4) and minor == 2:
        (head,) = struct.unpack_from("<I", table, 8)
        bits = struct.unpack_from("<I", table, 12 + 16)[0] or _USUAL_BITS
        salt, verifier, _, digest = struct.unpack_from("<4x16s16sI20s", table, 12 + head)
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


def _try_xor(password: str, key: int) -> _Undo | None:
    """Test a password against the checksum in the block, and where it is longer against the key in it."""
    low, high = key & 0xFFFF, key >> 16
    array = xor_array(password, low, high) if high else xor_array(password, 0, low)
    return None if array is None else lambda data: _undo_xor(data, array)


def _undo_xor(data: bytes, array: bytes) -> bytes:
    """Undo the obfuscation: NUL bytes, and those that would become NUL, were left as they are."""
    out = bytearray(data)
    for first, sign in enumerate(array):
        undone = bytes(byte if byte in (0, sign) else byte ^ sign for byte in range(256))
        out[first :: len(array)] = out[first :: len(array)].translate(undone)
    return bytes(out)


def _document(locked: bytes, decrypted: bytes, clear: int) -> bytes:
    """Put back what is never encrypted, and take away the marks of the password."""
    out = bytearray(decrypted)
    out[:clear] = locked[:clear]
    (flags,) = struct.unpack_from("<H", out, _FLAGS_AT)
    struct.pack_into("<H", out, _FLAGS_AT, flags & ~_LOCKED)
    struct.pack_into("<I", out, _KEY_AT, 0)
    return bytes(out)


def _with_streams(source: Source, clear: dict[str, bytes]) -> bytes:
    """Copy the compound file with some streams replaced by others of the same length."""
    source.untrusted.seek(0)
    copy = io.BytesIO(source.untrusted.read())
    ole = olefile.OleFileIO(copy, write_mode=True)
    for name, content in clear.items():
        ole.write_stream(name, content)
    return copy.getvalue()
