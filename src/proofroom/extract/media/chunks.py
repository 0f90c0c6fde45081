"""Read RIFF (wav, avi) and IFF (aiff): how long it lasts, dates and names, labels in the sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from proofroom.extract.media.giving import Recording, plain_text
from proofroom.extract.media.id3 import read_tag

_LISTS: Final = (b"LIST", b"RIFF", b"RF64", b"FORM")
_TEXTS: Final = (b"IDIT", b"ISMP", b"strn", b"NAME", b"AUTH", b"(c) ", b"ANNO")
_MOST: Final = 100_000
_DEEPEST: Final = 8
_WHOLE: Final = 0xFFFFFFFF
_CODECS: Final = {
    1: "PCM",
    2: "ADPCM",
    3: "PCM float",
    6: "A-law",
    7: "mu-law",
    0x11: "IMA ADPCM",
    0x55: "MP3",
}


class _Chunk(NamedTuple):
    """One chunk: its name, the kind of a list, where its content stands, how long it is."""

    name: bytes
    kind: bytes
    at: int
    length: int


def read_chunks(recording: Recording) -> None:
    """Read every chunk but the sound and the pictures themselves."""
    big = recording.at(0, 4) == b"FORM"
    seconds = 0.0
    rate = 0
    for chunk in _chunks(recording, 0, recording.size, big=big, depth=0):
        if chunk.name == b"fmt ":
            rate = _format(recording, recording.at(chunk.at, 32))
        elif chunk.name == b"data" and rate:
            seconds = min(chunk.length, recording.size - chunk.at) / rate
        elif chunk.name == b"COMM" and big:
            seconds = _common(recording, recording.at(chunk.at, 32))
        elif chunk.name == b"avih":
            seconds = _film(recording, recording.at(chunk.at, 56))
        elif chunk.name == b"strh":
            head = recording.at(chunk.at, 8)
            recording.fact("media:codec", f"{plain_text(head[:4])} {plain_text(head[4:8])}")
        else:
            _text_chunk(recording, chunk)
    if seconds:
        recording.fact("media:duration", f"{seconds:.1f}")


def _chunks(recording: Recording, at: int, end: int, *, big: bool, depth: int) -> Iterator[_Chunk]:
    """Give chunks, and those in lists; one that is longer than what is there ends them."""
    for _ in range(_MOST):
        head = recording.at(at, 12)
        if at + 8 > end or len(head) < 8:
            return
        length = int.from_bytes(head[4:8], "big" if big else "little")
        name = head[:4]
        stop = recording.size if length == _WHOLE else at + 8 + length
        if stop > end:
            recording.damaged = recording.damaged or stop > recording.size
            stop = end
        kind = head[8:12] if name in _LISTS else b""
        if kind and kind != b"movi" and depth < _DEEPEST:
            yield from (
                one._replace(kind=one.kind or kind)
                for one in _chunks(recording, at + 12, stop, big=big, depth=depth + 1)
            )
        elif not kind:
            yield _Chunk(name, b"", at + 8, stop - at - 8)
        at = stop + (stop - at & 1)


def _format(recording: Recording, data: bytes) -> int:
    """Tell codec, rate and channels of a wav; gives its bytes per second."""
    code = int.from_bytes(data[:2], "little")
    recording.fact("media:codec", _CODECS.get(code, f"{code:#x}"))
    recording.fact("media:channels", str(int.from_bytes(data[2:4], "little")))
    recording.fact("media:rate", str(int.from_bytes(data[4:8], "little")))
    return int.from_bytes(data[8:12], "little")


def _common(recording: Recording, data: bytes) -> float:
    """Tell rate and channels of an aiff; gives how long it lasts."""
    if len(data) < 18:
        return 0.0
    exponent = int.from_bytes(data[8:10], "big") & 0x7FFF
    mantissa = int.from_bytes(data[10:18], "big")
    rate = mantissa * 2.0 ** (exponent - 16_383 - 63) if exponent < 16_500 else 0.0
    recording.fact("media:channels", str(int.from_bytes(data[:2], "big")))
    recording.fact("media:rate", f"{rate:.0f}")
    return int.from_bytes(data[2:6], "big") / rate if rate else 0.0


def _film(recording: Recording, data: bytes) -> float:
    """Tell the size of an avi; gives how long it lasts."""
    numbers = [int.from_bytes(data[place : place + 4], "little") for place in range(0, len(data) & ~3, 4)]
    if len(numbers) < 10:
        return 0.0
    recording.fact("media:size", f"{numbers[8]}x{numbers[9]}")
    return numbers[0] * numbers[4] / 1e6


def _text_chunk(recording: Recording, chunk: _Chunk) -> None:
    """Give what a chunk says in words."""
    name = plain_text(chunk.name)
    if chunk.kind == b"INFO" or chunk.name in _TEXTS:
        recording.fact(f"riff:{name}", plain_text(recording.at(chunk.at, min(chunk.length, 1 << 16))))
    elif chunk.name == b"bext":
        data = recording.at(chunk.at, min(chunk.length, 1 << 20))
        for key, start, end in (
            ("description", 0, 256),
            ("originator", 256, 288),
            ("reference", 288, 320),
            ("date", 320, 330),
            ("time", 330, 338),
            ("history", 602, len(data)),
        ):
            recording.fact(f"bext:{key}", plain_text(data[start:end].rstrip(b"\0")))
    elif chunk.name in (b"labl", b"note"):
        recording.text("label", plain_text(recording.at(chunk.at + 4, min(chunk.length, 1 << 20) - 4)))
    elif chunk.name in (b"iXML", b"_PMX", b"aXML"):
        recording.file(recording.at(chunk.at, chunk.length).rstrip(b"\0"), f"{name}.xml", "facts.xml")
    elif chunk.name in (b"id3 ", b"ID3 ", b"ID3\0"):
        read_tag(recording, chunk.at)
