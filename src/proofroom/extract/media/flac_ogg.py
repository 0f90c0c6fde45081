"""Read FLAC files and Ogg streams: what is in them, how long it lasts, comments and pictures."""

from __future__ import annotations

from typing import Final

from proofroom.extract.media.giving import Recording
from proofroom.extract.media.vorbis import read_comments, read_picture

_STREAM, _COMMENTS, _PICTURE = 0, 4, 6
_MOST_BLOCKS: Final = 10_000
_MOST_PAGES: Final = 4_096
_TAIL: Final = 1 << 16
_LARGEST: Final = 32 << 20
_CODECS: Final = {
    b"\x01vorbis": "Vorbis",
    b"OpusHead": "Opus",
    b"Speex   ": "Speex",
    b"\x80theora": "Theora",
    b"\x7fFLAC": "FLAC",
}
_COMMENT_MARKS: Final = (b"\x03vorbis", b"OpusTags", b"\x81theora")


def read_flac(recording: Recording, at: int) -> None:
    """Read the blocks before the sound."""
    at += 4
    for _ in range(_MOST_BLOCKS):
        head = recording.at(at, 4)
        if len(head) < 4:
            recording.damaged = True
            return
        kind, length = head[0] & 0x7F, int.from_bytes(head[1:4], "big")
        if kind in (_STREAM, _COMMENTS, _PICTURE):
            data = recording.at(at + 4, length)
            recording.damaged = recording.damaged or len(data) < length
            {_STREAM: _stream, _COMMENTS: read_comments, _PICTURE: read_picture}[kind](recording, data)
        at += 4 + length
        if head[0] & 0x80:
            return


def _stream(recording: Recording, data: bytes) -> None:
    """Tell rate, channels and duration."""
    packed = int.from_bytes(data[10:18], "big")
    rate, channels, samples = packed >> 44, (packed >> 41 & 7) + 1, packed & (1 << 36) - 1
    recording.fact("media:codec", "FLAC")
    recording.fact("media:rate", str(rate))
    recording.fact("media:channels", str(channels))
    if rate and samples:
        recording.fact("media:duration", f"{samples / rate:.1f}")
    recording.fact("flac:md5", data[18:34].hex())


def read_ogg(recording: Recording) -> None:
    """Read the first packets of every stream, and how far the last page reaches."""
    packets: dict[int, bytearray] = {}
    rates: dict[int, int] = {}
    told: set[int] = set()
    at = 0
    for _ in range(_MOST_PAGES):
        head = recording.at(at, 27)
        if len(head) < 27 or not head.startswith(b"OggS"):
            break
        sizes = recording.at(at + 27, head[26])
        serial = int.from_bytes(head[14:18], "little")
        body = recording.at(at + 27 + len(sizes), sum(sizes))
        at += 27 + len(sizes) + sum(sizes)
        if serial in told:
            if told.issuperset(packets):
                break
            continue
        place = 0
        for size in sizes:
            packet = packets.setdefault(serial, bytearray())
            packet += body[place : place + size]
            place += size
            if size < 255 or len(packet) > _LARGEST:
                _packet(recording, serial, bytes(packet), rates, told)
                packets[serial] = bytearray()
    if not packets:
        recording.damaged = True
    _duration(recording, rates)


def _packet(recording: Recording, serial: int, data: bytes, rates: dict[int, int], told: set[int]) -> None:
    """Take one whole packet: the first names the codec, the second holds comments."""
    codec = next((mark for mark in _CODECS if data.startswith(mark)), b"")
    if codec:
        recording.fact("media:codec", _CODECS[codec])
        rates[serial] = {
            b"\x01vorbis": int.from_bytes(data[12:16], "little"),
            b"OpusHead": 48_000,
            b"Speex   ": int.from_bytes(data[36:40], "little"),
        }.get(codec, 0)
        return
    mark = next((one for one in _COMMENT_MARKS if data.startswith(one)), b"")
    if mark or serial in rates:
        read_comments(recording, data[len(mark) :])
    told.add(serial)


def _duration(recording: Recording, rates: dict[int, int]) -> None:
    """Tell how far the last page of sound reaches."""
    tail = recording.at(max(recording.size - _TAIL, 0), _TAIL)
    place = tail.rfind(b"OggS")
    if place < 0 or place + 18 > len(tail):
        return
    granule = int.from_bytes(tail[place + 6 : place + 14], "little")
    rate = rates.get(int.from_bytes(tail[place + 14 : place + 18], "little"), 0)
    if rate and granule < 1 << 63:
        recording.fact("media:duration", f"{granule / rate:.1f}")
