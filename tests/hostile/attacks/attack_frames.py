"""Streams of a child that was taken over: each breaks one rule of the wire, and nothing of it may be kept.

Each begins with frames that are right, so that there is something to be thrown away.
"""

from __future__ import annotations

import os
import struct
from array import array
from typing import Any

from proofroom.extract.format import Sink, Source, Texts, texts
from proofroom.extract.frames import HEADER, LENGTH, MAGIC, Kind, pack, pack_one

FORMAT = b"".join(pack_one(Kind.FORMAT, "docx", "application/x-test"))
LINE = b"".join(pack(Kind.LINES, 1, [texts(["para=1"]), b"\1", array("H", [0]), texts(["x"])]))
END = b"".join(pack_one(Kind.END, "read", ""))
SHEET = b"".join(pack_one(Kind.SHEET, 1, "a", 0))
FORMATS = b"".join(pack(Kind.NUMBER_FORMATS, 1, [texts(["0.00"])]))
BEGIN = b"".join(pack_one(Kind.MEMBER_BEGIN, b"a", -1))
DATA = b"".join(pack_one(Kind.MEMBER_DATA, b"bytes"))
MEMBER_END = b"".join(pack_one(Kind.MEMBER_END, "", ""))
NONE = Texts(array("i", [0]), b"")


def frame(kind: int, rows: int, *columns: bytes, lengths: list[int] | None = None) -> bytes:
    """Write a frame with whatever numbers one likes."""
    said = [len(column) for column in columns] if lengths is None else lengths
    head = HEADER.pack(MAGIC, kind, len(said), rows) + b"".join(map(LENGTH.pack, said))
    return head + b"".join(columns)


def text(*values: bytes, offsets: tuple[int, ...] | None = None) -> bytes:
    """Write a text column, with whatever offsets one likes."""
    true = [0]
    for value in values:
        true.append(true[-1] + len(value))
    return struct.pack(f"<{len(true)}i", *(offsets or true)) + b"".join(values)


def line(part: bytes = b"para=1", kind: int = 1, flags: int = 0, content: bytes | None = None) -> bytes:
    """Write a frame of one line."""
    body = text(b"x") if content is None else content
    return frame(Kind.LINES, 1, text(part), bytes([kind]), struct.pack("<H", flags), body)


def cell(
    sheet: int = 1, row: int = 1, column: int = 1, type_: int = 1, flags: int = 0, form: int = 0
) -> bytes:
    """Write a frame of one cell."""
    numbers = [struct.pack("<i", one) for one in (sheet, row, column)]
    rest = [bytes([type_]), struct.pack("<H", flags), struct.pack("<i", form)]
    return frame(Kind.CELLS, 1, *numbers, *rest, text(b"x"), text(b""), text(b""))


def two(kind: Kind, *columns: bytes) -> bytes:
    """Write a frame of two rows where there can be one only."""
    return frame(kind, 2, *columns)


_GOOD = FORMAT + LINE
_NINE = struct.pack("<i", 9)
_ABSENT = frame(Kind.MEMBER_ABSENT, 1, text(b"a"), text(b"refused"), text(b""))
_TABLE = FORMAT + SHEET + FORMATS

STREAMS: dict[str, bytes] = {
    # lengths
    "no frame": _GOOD + b"\0" * 64,
    "a kind that does not exist": _GOOD + frame(99, 1, b""),
    "kind zero": _GOOD + frame(0, 1, b""),
    "a column too few": _GOOD + frame(Kind.LINES, 1, text(b"para=1"), b"\1", b"\0\0"),
    "a column too many": _GOOD + frame(Kind.END, 1, text(b"read"), text(b""), b""),
    "a length of four gigabytes": _GOOD + frame(Kind.MEMBER_DATA, 1, lengths=[0xFFFFFFFF]),
    "lengths that overflow together": _GOOD + frame(Kind.END, 1, lengths=[0xFFFFFFFF, 0xFFFFFFFF]),
    "a frame just too large": _GOOD + frame(Kind.MEMBER_DATA, 1, lengths=[64 << 20]),
    "a length beyond the end": _GOOD + frame(Kind.MEMBER_DATA, 1, lengths=[1 << 20]),
    "half a frame at the end": _GOOD + END + LINE[:20],
    "half a header at the end": _GOOD + END + LINE[:3],
    "no last frame": _GOOD,
    "nothing at all": b"",
    # rows
    "four billion rows": _GOOD + frame(Kind.LINES, 0xFFFFFFFF, b"", b"", b"", b""),
    "rows without their numbers": _GOOD + frame(Kind.LINES, 3, text(b"a", b"b", b"c"), b"\1", b"", text(b"", b"", b"")),
    "numbers without their rows": _GOOD + frame(Kind.LINES, 1, text(b"a"), b"\1\1", b"\0\0", text(b"x")),
    "half a number": _GOOD + frame(Kind.SHEET, 1, b"\1\0\0", text(b"x"), b"\0\0"),
    "texts without their rows": _GOOD + frame(Kind.NUMBER_FORMATS, 3, text(b"a")),
    "a text column without offsets": _GOOD + frame(Kind.NUMBER_FORMATS, 1, b""),
    "no row of a format": frame(Kind.FORMAT, 0, text(), text()),
    "no row of a sheet": _GOOD + frame(Kind.SHEET, 0, b"", text(), b""),
    "no row of a member": _GOOD + frame(Kind.MEMBER_BEGIN, 0, text(), b""),
    "no row of bytes": _GOOD + BEGIN + frame(Kind.MEMBER_DATA, 0, text()),
    "no row of a picture": _GOOD + frame(Kind.PIXELS, 0, b"", b"", text()),
    "no row of an end": _GOOD + frame(Kind.END, 0, text(), text()),
    "two ends in a frame": _GOOD + two(Kind.END, text(b"read", b"read"), text(b"", b"")),
    "two sheets in a frame": _GOOD + two(Kind.SHEET, struct.pack("<2i", 1, 2), text(b"a", b"b"), b"\0" * 4),
    # offsets and texts
    "offsets that fall": _GOOD + frame(Kind.NUMBER_FORMATS, 2, text(b"ab", b"cd", offsets=(0, 5, 4))),
    "offsets behind the end": _GOOD + line(content=text(b"x", offsets=(0, 100))),
    "offsets before the end": _GOOD + line(content=text(b"xxxx", offsets=(0, 1))),
    "offsets that begin late": _GOOD + line(content=text(b"xxxx", offsets=(2, 4))),
    "negative offsets": _GOOD + frame(Kind.NUMBER_FORMATS, 2, text(b"ab", b"cd", offsets=(0, -4, 4))),
    "offsets that run over": _GOOD
    + frame(Kind.NUMBER_FORMATS, 4, text(b"a", b"b", b"c", b"d", offsets=(0, 2**31 - 1, -(2**31), -1, 4))),
    "bytes that are no text": _GOOD + line(content=text(b"\xff\xfe")),
    "half a character": _GOOD + line(content=text("名".encode()[:2])),
    "a character cut by an offset": _GOOD + frame(Kind.NUMBER_FORMATS, 2, text("名".encode(), b"", offsets=(0, 1, 3))),
    "half a pair": _GOOD + line(content=text(b"\xed\xa0\x80")),
    "a letter written too long": _GOOD + line(content=text(b"\xc1\x81")),
    # codes and numbers
    "a format with a name of its own": frame(Kind.FORMAT, 1, text(b"\x1b[2J"), text(b"a/b")),
    "a media type with line breaks": frame(Kind.FORMAT, 1, text(b"docx"), text(b"a/b\r\nx")),
    "an address that is none": _GOOD + line(part=b"somewhere"),
    "an address with a broken escape": _GOOD + line(part=b"para=%zz"),
    "a kind of piece that does not exist": _GOOD + line(kind=11),
    "a flag that does not exist": _GOOD + line(flags=0x8000),
    "a cell of no known type": _TABLE + cell(type_=7),
    "a cell with a flag that does not exist": _TABLE + cell(flags=0x8000),
    "a cell in row zero": _TABLE + cell(row=0),
    "a cell left of the first column": _TABLE + cell(column=-1),
    "a cell of a sheet nobody announced": _TABLE + cell(sheet=2),
    "a cell of a negative sheet": _TABLE + cell(sheet=-1),
    "a number format nobody gave": _TABLE + cell(form=1),
    "a sheet with a negative number": _GOOD + frame(Kind.SHEET, 1, struct.pack("<i", -1), text(b"a"), b"\0\0"),
    "a sheet announced twice": _TABLE + SHEET,
    "a sheet that is seen in a way that does not exist": _GOOD
    + frame(Kind.SHEET, 1, struct.pack("<i", 1), text(b"a"), b"\0\x80"),
    "a merge in row zero": _TABLE + frame(Kind.MERGES, 1, *(struct.pack("<i", n) for n in (1, 0, 1, 2, 1))),
    "a merge of a sheet nobody announced": _TABLE
    + frame(Kind.MERGES, 1, *(struct.pack("<i", n) for n in (9, 1, 1, 2, 2))),
    "a picture of less than it says": _GOOD + frame(Kind.PIXELS, 1, _NINE, _NINE, text(b"x")),
    "a picture of negative size": _GOOD
    + frame(Kind.PIXELS, 1, struct.pack("<i", -1), struct.pack("<i", -1), text(b"xyz")),
    "an unknown state at the end": _GOOD + frame(Kind.END, 1, text(b"fine"), text(b"")),
    "an unknown reason at the end": _GOOD + frame(Kind.END, 1, text(b"read"), text(b"because")),
    "an unknown reason for a part": _GOOD + frame(Kind.PARTLY, 1, text(b"because")),
    "a member that ends in an unknown state": _GOOD + BEGIN + frame(Kind.MEMBER_END, 1, text(b"fine"), text(b"")),
    "a member that ends for an unknown reason": _GOOD + BEGIN + frame(Kind.MEMBER_END, 1, text(b""), text(b"because")),
    "an absent member in an unknown state": _GOOD + frame(Kind.MEMBER_ABSENT, 1, text(b"a"), text(b"fine"), text(b"")),
    "an absent member in no state": _GOOD + frame(Kind.MEMBER_ABSENT, 1, text(b"a"), text(b""), text(b"")),
    # order
    "a line before the format": LINE + FORMAT,
    "two formats": _GOOD + FORMAT,
    "two tables of number formats": _TABLE + FORMATS,
    "bytes of no member": _GOOD + DATA,
    "the end of no member": _GOOD + MEMBER_END,
    "a member in a member": _GOOD + BEGIN + BEGIN,
    "an absent member in a member": _GOOD + BEGIN + _ABSENT,
    "an end in a member": _GOOD + BEGIN + DATA + END,
    "a line behind the end": _GOOD + END + LINE,
    "two ends": _GOOD + END + END,
}  # fmt: skip


def frames(source: Source, sink: Any, order: dict[str, Any]) -> None:
    """Say one of the streams and end with status 0, as if all were well."""
    untrusted = STREAMS[order["stream"]]
    # The worker has said the format already; the stream begins with it all the same when it says it twice.
    at = len(FORMAT) if untrusted.startswith(FORMAT) else 0
    _write(sink._output, untrusted[at:])
    os._exit(0)


def frames_and_on(source: Source, sink: Any, order: dict[str, Any]) -> None:
    """Break a rule and then go on talking and working without end."""
    _write(sink._output, LINE + b"\0" * 64)
    while True:
        _write(sink._output, LINE * 1000)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def an_open_member(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Run out of memory amid a member: what came of it must not pass for the whole."""
    with sink.member(b"half.bin") as member:
        member.write(b"half")
        raise MemoryError


ATTACKS = (frames, frames_and_on, an_open_member)
