"""Open a presentation under a password (MS-PPT 2.3.7: RC4 through CryptoAPI) and hand it out in the clear."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Final

import olefile
from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.ole.compound import BROKEN
from proofroom.extract.ole.locked_summary import STREAM as SUMMARY
from proofroom.extract.ole.locked_summary import LockedSummary
from proofroom.extract.ole.ppt_edits import Edit, state
from proofroom.extract.ole.ppt_records import HEAD, Kind, Records
from proofroom.extract.ole.properties import send_ole_properties
from proofroom.extract.ole.unlocking import unlock
from proofroom.extract.trying import CHEAP
from proofroom.model.states import Reason, State

_Undo = Callable[[bytes, int], bytes]

_DOCUMENT: Final = "PowerPoint Document"
_USER: Final = "Current User"
_PICTURES: Final = "Pictures"
_OPEN: Final = struct.pack("<I", 0xE391C05F)
_TOKEN_AT: Final = 12
_USUAL_BITS: Final = 40
_VERSIONS: Final = (2, 3, 4)
_IN_THE_CLEAR: Final = (Kind.USER_EDIT, Kind.DIRECTORY, Kind.CRYPT_SESSION)
_SESSION_SIZE: Final = 32
_ENTRY: Final = (1, 1, 16, 2, 4, 4, 4, 1, 1, 1, 1)
_NAME_SIZE: Final = 8
_DRAWN: Final = (0xF01A, 0xF01B, 0xF01C)
_PICTURE_KINDS: Final = (Kind.STORE_ENTRY, *range(0xF018, 0xF118))
_TWO_DIGESTS: Final = (0x217, 0x3D5, 0x46B, 0x543, 0x6E1, 0x6E3, 0x6E5, 0x7A9)


def send_decrypted(source: Source, sink: Sink, streams: dict[str, bytes], found: list[Edit]) -> None:
    """Hand out the presentation in the clear as the member `decrypted`; always raises Unreadable."""
    try:
        undo = unlock(source, sink, _method(streams[_DOCUMENT], found), cost=CHEAP)
        clear = {_DOCUMENT: _document(streams[_DOCUMENT], found, undo)}
        if len(streams.get(_USER, b"")) >= _TOKEN_AT + len(_OPEN):
            user = streams[_USER]
            clear[_USER] = user[:_TOKEN_AT] + _OPEN + user[_TOKEN_AT + len(_OPEN) :]
        if streams.get(_PICTURES):
            clear[_PICTURES] = _pictures(streams[_PICTURES], undo)
        copy = _with_streams(source, clear)
        if streams.get(SUMMARY):
            send_ole_properties(LockedSummary(streams[SUMMARY], undo), sink)
    except BROKEN:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
    with sink.member(b"decrypted", len(copy)) as out:
        out.write(copy)
    raise Unreadable(State.READ, Reason.DECRYPTED)


def _method(data: bytes, found: list[Edit]) -> Callable[[str], _Undo | None]:
    """Read how a password is tested from the record that the last edit names."""
    records = Records(data)
    places = state(found)
    session = records.at(places.get(found[0].session or -1, -1)) if found else None
    if session is None or session.kind != Kind.CRYPT_SESSION:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    body = records.body(session)
    major, minor = struct.unpack_from("<HH", body)
    if major not in _VERSIONS or minor != 2:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    head = struct.unpack_from("<I", body, 8)[0]
    bits = struct.unpack_from("<I", body, 12 + 16)[0] or _USUAL_BITS
    salt, verifier, _, digest = struct.unpack_from("<4x16s16sI20s", body, 12 + head)

    def fits(password: str) -> _Undo | None:
        if not DocumentRC4CryptoAPI.verifypw(password, salt, bits, verifier, digest):
            return None
        return lambda locked, block: bytes(
            DocumentRC4CryptoAPI.decrypt(
                password, salt, bits, io.BytesIO(locked), max(len(locked), 1), block
            ).read()
        )

    return fits


def _document(data: bytes, found: list[Edit], undo: _Undo) -> bytes:
    """Undo each numbered record by itself: its number chooses the key; edits and directories were never locked."""
    out = bytearray(data)
    for number, place in state(found).items():
        if place + HEAD.size > len(data):
            continue
        if HEAD.unpack_from(data, place)[1] in _IN_THE_CLEAR:
            continue
        size = HEAD.unpack(undo(data[place : place + HEAD.size], number))[2]
        end = min(place + HEAD.size + size, len(data))
        out[place:end] = undo(data[place:end], number)
    for edit in found:
        version, kind, size = HEAD.unpack_from(data, edit.at)
        if size == _SESSION_SIZE:
            HEAD.pack_into(out, edit.at, version, kind, size - 4)
            out[edit.at + HEAD.size + size - 4 : edit.at + HEAD.size + size] = bytes(4)
    return bytes(out)


def _pictures(data: bytes, undo: _Undo) -> bytes:
    """Undo the stream of pictures: there each field is locked by itself, always with the first key."""
    out = bytearray(data)
    at = 0

    def take(size: int) -> bytes:
        nonlocal at
        clear = undo(data[at : at + size], 0)
        out[at : at + len(clear)] = clear
        at += len(clear)
        return clear

    while at + HEAD.size <= len(data):
        if HEAD.unpack(undo(data[at : at + HEAD.size], 0))[1] not in _PICTURE_KINDS:
            break
        version, kind, size = HEAD.unpack(take(HEAD.size))
        end = min(at + size, len(data))
        if kind == Kind.STORE_ENTRY:
            fields = [take(width) for width in _ENTRY]
            take(fields[_NAME_SIZE][0])
            if at + HEAD.size > end:
                continue
            version, kind, size = HEAD.unpack(take(HEAD.size))
        for _ in range(2 if version >> 4 in _TWO_DIGESTS else 1):
            take(16)
        take(34 if kind in _DRAWN else 1)
        take(max(end - at, 0))
    return bytes(out)


def _with_streams(source: Source, clear: dict[str, bytes]) -> bytes:
    """Copy the compound file with some streams replaced by others of the same length."""
    source.untrusted.seek(0)
    copy = io.BytesIO(source.untrusted.read())
    ole = olefile.OleFileIO(copy, write_mode=True)
    for name, content in clear.items():
        ole.write_stream(name, content)
    return copy.getvalue()
