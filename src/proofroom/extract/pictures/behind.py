"""Give what is appended behind the end of a picture: a film, an archive, a further picture, or a hidden load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Sink, Source
from proofroom.extract.pictures.inner import Inner

_SHOWN_BYTES: Final = 16
_CHUNK: Final = 1 << 20
_FILM: Final = b"ftyp"
_LONGEST_FIRST_BOX: Final = 256
_MOST_STRETCHES: Final = 256


def give_behind(source: Source, sink: Sink, form: str, inner: Inner) -> None:
    """Give each stretch behind the end that is not given already; mere filling is only counted."""
    end = inner.end
    if end is None or not 0 <= end < source.size:
        return
    stream = source.untrusted
    stream.seek(end)
    sink.meta(f"{form}:trailing-bytes", str(source.size - end))
    sink.meta(f"{form}:trailing-begin", stream.read(_SHOWN_BYTES).hex())
    number = 0
    for start, stop in _stretches(end, source.size, sorted(inner.covered)):
        for first, last in _parted(source, start, stop):
            if _is_filling(source, first, last):
                continue
            number += 1
            with sink.member(f"behind-the-end-{number}.bin".encode(), last - first) as out:
                stream.seek(first)
                for at in range(first, last, _CHUNK):
                    out.write(stream.read(min(_CHUNK, last - at)))


def _stretches(at: int, size: int, covered: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Give what lies between the stretches that are given already."""
    for start, stop in covered[:_MOST_STRETCHES]:
        if start > at:
            yield at, min(start, size)
        at = max(at, stop)
    if at < size:
        yield at, size


def _parted(source: Source, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Part a film, which phones append behind a head of their own, from that head."""
    source.untrusted.seek(start)
    head = source.untrusted.read(min(_CHUNK, stop - start))
    film = head.find(_FILM)
    length = int.from_bytes(head[film - 4 : film]) if film > 4 else 0
    if _SHOWN_BYTES <= length <= _LONGEST_FIRST_BOX:
        yield start, start + film - 4
        start += film - 4
    yield start, stop


def _is_filling(source: Source, start: int, stop: int) -> bool:
    """Tell whether a stretch holds one and the same byte only."""
    source.untrusted.seek(start)
    first = source.untrusted.read(1)
    for at in range(start + 1, stop, _CHUNK):
        part = source.untrusted.read(min(_CHUNK, stop - at))
        if part != first * len(part):
            return False
    return True
