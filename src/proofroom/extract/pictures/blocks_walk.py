"""Walk through GIF (89a) and WebP files and say where a BMP ends: blocks, chunks, texts, and the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from proofroom.extract.pictures.inner import Inner
from proofroom.extract.pictures.short_texts import LONGEST, decode_short

_MOST: Final = 100_000
_MOST_NAMED: Final = 64
_MOST_TEXTS: Final = 4_096
_LARGEST_TEXT: Final = 1 << 20
_IMAGE, _MORE, _END = 0x2C, 0x21, 0x3B
_PLAIN, _CONTROL, _COMMENT, _PROGRAM = 0x01, 0xF9, 0xFE, 0xFF
_NAMES: Final = {_PLAIN: "text", _CONTROL: "control", _COMMENT: "comment"}
_TABLE: Final = 0x80
_KNOWN_PROGRAMS: Final = (b"XMP DataXMP", b"ICCRGBG1012")


def walk_gif(data: bytes) -> Inner:
    """Walk from block to block as far as they go; never raises."""
    inner, names, at = Inner(end=-1), list[str](), 13
    if len(data) > 10 and data[10] & _TABLE:
        at += 3 << (data[10] & 7) + 1
    for _ in range(_MOST):
        kind = data[at] if at < len(data) else -1
        if kind == _END:
            inner.end = at + 1
        if kind == _IMAGE and at + 9 < len(data):
            names.append("image")
            at += 10 + ((3 << (data[at + 9] & 7) + 1) if data[at + 9] & _TABLE else 0)
            _, at = _blocks(data, at + 1, keep=False)
        elif kind == _MORE and at + 1 < len(data):
            label = data[at + 1]
            body, at = _blocks(data, at + 2, keep=label != _CONTROL)
            names.append(
                _NAMES.get(
                    label, decode_short(body[0][:11]) if body and label == _PROGRAM else f"x{label:02X}"
                )
            )
            if len(inner.facts) < _MOST_TEXTS:
                inner.facts += _extension(label, body)
        else:
            break
    inner.facts.append(("gif:blocks", " ".join(_without_repeats(names))))
    return inner


def _without_repeats(names: list[str]) -> Iterator[str]:
    """Give names in order, each run of the same once, as far as is worth showing."""
    shown = [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]
    yield from shown[:_MOST_NAMED]


def _blocks(data: bytes, at: int, *, keep: bool) -> tuple[list[bytes], int]:
    """Give the sub-blocks that begin here, each behind its length, and where they end."""
    found: list[bytes] = []
    size = 0
    while at < len(data) and data[at]:
        size += data[at]
        if keep and size <= _LARGEST_TEXT:
            found.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return found, at + 1


def _extension(label: int, body: list[bytes]) -> Iterator[tuple[str, str]]:
    """Give the text of a comment, a plain text, or what a program left."""
    if label == _COMMENT:
        yield "gif:comment", decode_short(b"".join(body))
    elif label == _PLAIN:
        yield "gif:text", decode_short(b"".join(body[1:]))
    elif label == _PROGRAM and body and body[0] not in _KNOWN_PROGRAMS:
        held = b"".join(body[1:])
        yield (
            f"gif:program:{decode_short(body[0])}"[:64],
            held[:64].hex() + (f" (+{len(held) - 64} bytes)" if len(held) > 64 else ""),
        )


def walk_webp(stream: BinaryIO, size: int) -> Inner:
    """Walk from chunk to chunk as far as they go; what no reader knows is named."""
    stream.seek(4)
    stated = 8 + int.from_bytes(stream.read(4), "little")
    inner, names, at = Inner(end=stated if stated <= size else -1), list[str](), 12
    for _ in range(_MOST):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8 or at >= stated:
            break
        length = int.from_bytes(head[4:], "little")
        names.append(head[:4].decode("latin-1").strip())
        if head[:4] in (b"EXIF", b"Exif") and not inner.exif:
            inner.exif = stream.read(min(length, _LARGEST_TEXT)).removeprefix(b"Exif\0\0")
        at += 8 + length + length % 2
    inner.facts.append(("webp:chunks", " ".join(_without_repeats(names))[:LONGEST]))
    return inner


def bmp_end(head: bytes, size: int) -> int | None:
    """Give where a BMP ends that is not packed: the end of its rows, or what its head states if that is more."""
    stated, start, info = (int.from_bytes(head[at : at + 4], "little") for at in (2, 10, 14))
    if info < 40 or len(head) < 34:
        return None
    width, height = (abs(int.from_bytes(head[at : at + 4], "little", signed=True)) for at in (18, 22))
    bits, packing = int.from_bytes(head[28:30], "little"), int.from_bytes(head[30:34], "little")
    rows = (width * bits + 31) // 32 * 4 * height if packing in (0, 3) else 0
    end = max(stated if stated <= size else 0, start + rows)
    return end if rows and end <= size else None
