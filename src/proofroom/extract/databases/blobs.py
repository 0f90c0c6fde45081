"""Bytes in a field: a file among them becomes a member, others stand in their cell as X'…'.

A member is named `TABLE/CELL` (or `CELL`, where a file is one table), with a name behind it where one is
known, and a line at `sheet=TABLE&cell=CELL&file=1` says so where the cell stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from proofroom.extract.detection.magic import media_type_of_beginning
from proofroom.extract.detection.ole_kind import SIGNATURE
from proofroom.extract.format import Line, Sink, utf8
from proofroom.model.evidence import PieceKind
from proofroom.model.where import cell_name, format_parts

LONGEST_IN_CELL: Final = 4_096
"""Bytes that stand in a cell; longer ones are a member, whatever they are."""

_FEWEST_IN_FILE: Final = 16
_ZIP: Final = b"PK\3\4"
_LAST_CONTROL: Final = 0x20
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class File:
    """Bytes that are a file whatever they begin with, and its name, if the database knows one."""

    untrusted: bytes
    untrusted_name: str = ""


class Blobs:
    """Gives blobs of one database to its sink."""

    def __init__(self, sink: Sink, longest_in_cell: int = LONGEST_IN_CELL) -> None:
        """Give members to the sink."""
        self._sink = sink
        self._longest = longest_in_cell

    def cell(self, untrusted_table: str, place: tuple[int, int], untrusted: bytes) -> tuple[bytes, bytes]:
        """Give what a cell says of its bytes, and the text that they are, if any; a file goes out as a member."""
        if len(untrusted) > self._longest or is_file(untrusted):
            return self.file(untrusted_table, place, File(untrusted)), b""
        return b"X'%s'" % untrusted.hex().upper().encode(), as_text(untrusted)

    def file(self, untrusted_table: str, place: tuple[int, int], file: File) -> bytes:
        """Give out a file as a member; gives what its cell says."""
        self._member(untrusted_table, cell_name(*place), file)
        return b"blob of %d bytes" % len(file.untrusted)

    def _member(self, untrusted_table: str, cell: str, file: File) -> None:
        behind = file.untrusted_name.replace("\\", "/").rpartition("/")[2]
        name = "/".join(filter(None, (untrusted_table.replace("/", "_"), cell, behind)))
        untrusted = file.untrusted
        sheet = (("sheet", untrusted_table),) if untrusted_table else ()
        part = format_parts((*sheet, ("cell", cell), ("file", "1")))
        self._sink.lines([Line(part, PieceKind.NAME, name)])
        with self._sink.member(utf8(name), len(untrusted)) as out:
            for start in range(0, len(untrusted), _BLOCK):
                out.write(untrusted[start : start + _BLOCK])


def is_file(untrusted: bytes) -> bool:
    """Tell whether bytes begin as a known kind of file does."""
    if len(untrusted) < _FEWEST_IN_FILE:
        return False
    return untrusted.startswith((_ZIP, SIGNATURE)) or bool(media_type_of_beginning(untrusted[:1024]))


def as_text(untrusted: bytes) -> bytes:
    """Give the bytes if they are text in UTF-8 without control characters, else none."""
    try:
        text = untrusted.decode()
    except UnicodeDecodeError:
        return b""
    printable = all(ord(one) >= _LAST_CONTROL or one in "\t\r\n" for one in text)
    return untrusted if printable and text.strip() else b""
