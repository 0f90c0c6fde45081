"""The contract of a file format: `read(source, sink)`, and nothing else.

A format file is a docstring, `read` and `FORMAT = Format(...)`. It runs in the sandboxed child, so it
imports neither numpy nor pyarrow, opens no file, and gives its findings to the sink in columns of
thousands, never one object per cell (that alone caps at 306,000 cells per second, measured).

Rules
- Emit as you read: what was emitted before a failure is kept and the artifact ends `damaged`,
  `truncated` or `partly`, never silently short.
- Raise `Unreadable(state, reason)` when the artifact as a whole cannot be read; call
  `sink.partly(reason)` when something named in it could not be read and the rest could.
- Count work against `source.limits`; the sink counts pieces, cells, text, members and bytes by itself
  and raises `Unreadable(State.TRUNCATED, ...)`, which a format lets through.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import BinaryIO, Final, Protocol

from proofroom.limits import Limits
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

NO_CONFIDENCE: Final = 255
"""The confidence of a text that stands in the file as text."""
MOST_PICTURE_PIXELS: Final = 20_000_000
"""Pixels of a page's picture at the most: A3 at 300 dots per inch, and what one frame carries."""


class Unreadable(Exception):
    """The artifact ends in this state for this reason; what was emitted before is kept."""

    def __init__(self, state: State, reason: Reason) -> None:
        """Keep the state and the reason."""
        super().__init__(state.value, reason.value)
        self.state = state
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes nobody trusts, and what we know about them."""

    untrusted: BinaryIO
    size: int
    limits: Limits
    untrusted_name: bytes = b""
    passwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of texts as one UTF-8 blob and n+1 int32 offsets: the form in which it crosses.

    filled: the places of the texts that are not empty, rising, where a format knows them anyway.
    """

    offsets: array[int]
    blob: bytes
    filled: Sequence[int] | None = None


def utf8(text: str) -> bytes:
    """Encode as UTF-8; a lone surrogate becomes U+FFFD, so that no text is lost to an encoding error."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def texts(values: Sequence[str] | Sequence[bytes]) -> Texts:
    """Pack texts (or texts already in UTF-8) into one blob; lone surrogates become U+FFFD."""
    packed = [value if isinstance(value, bytes) else utf8(value) for value in values]
    return Texts(array("i", accumulate(map(len, packed), initial=0)), b"".join(packed))


@dataclass(slots=True)
class Cells:
    """Cells of one sheet, column by column; all columns have the same length.

    rows, columns: from 1, the file's own numbering; empty cells are left out unless they carry a formula.
    types: one `CellType` per cell. flags: `Flag` bits; the sink adds SHOWN_DIFFERS and HAS_FORMULA itself
    where `shown` / `formulas` are given per cell (see `Sink.cells`).
    raw: the stored text, numbers as written in the file, booleans TRUE/FALSE, dates of ods as ISO.
    shown: the text after the number format, or "" where it equals raw; formulas: without `=`, or "".
    formats: index of the cell's number format in the table given by `Sink.number_formats`, -1 for none.
    """

    rows: array[int] = field(default_factory=lambda: array("i"))
    columns: array[int] = field(default_factory=lambda: array("i"))
    types: bytes | bytearray = field(default_factory=bytearray)
    flags: array[int] = field(default_factory=lambda: array("H"))
    formats: array[int] = field(default_factory=lambda: array("i"))
    raw: Texts = field(default_factory=lambda: texts(()))
    shown: Texts | None = None
    formulas: Texts | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of text at an address: `part` is written as by `model.where.format_parts`.

    box: left, top, right, bottom from the top left corner of the page as it is shown, y downwards, in tenths
    of a point; of a picture in pixels. confidence: 0 to 100 of a text that was recognised, 255 of any other.
    """

    part: str
    kind: PieceKind
    untrusted_text: str
    flags: Flag = Flag.NONE
    box: tuple[int, int, int, int] | None = None
    confidence: int = NO_CONFIDENCE


def with_facts(line: Line, **facts: str) -> Iterator[Line]:
    """Give a line and, at addresses below its own, what is known of it: who wrote it, when."""
    yield line
    for name, untrusted_text in facts.items():
        yield Line(f"{line.part}&{name}=1", PieceKind.META, untrusted_text, line.flags)


class MemberWriter(Protocol):
    """Takes the bytes of one member; raises `Unreadable` when a limit is reached."""

    def write(self, data: bytes, /) -> int:
        """Take the next bytes of the member."""


class Sink(Protocol):
    """Takes what a format finds, in columns, counts it against the limits and sends it out."""

    def sheet(self, index: int, untrusted_name: str, visibility: Flag = Flag.NONE) -> None:
        """Announce a sheet (index from 1); visibility is NONE, HIDDEN_SHEET or VERY_HIDDEN_SHEET."""

    def number_formats(self, formats: Sequence[str]) -> None:
        """Give the table of number formats that `Cells.formats` points into (once, before cells)."""

    def cells(self, sheet: int, cells: Cells) -> None:
        """Take cells of one sheet, in the file's order; call with some ten thousand at a time.

        A cell whose shown text is really empty although raw is not (a `;;;` format) sets
        SHOWN_DIFFERS itself and gives "".
        """

    def merges(self, sheet: int, ranges: Sequence[tuple[int, int, int, int]]) -> None:
        """Take merged ranges as (first row, first column, last row, last column), from 1."""

    def lines(self, lines: Sequence[Line]) -> None:
        """Take pieces of text in reading order, some thousands at a time."""

    def meta(self, key: str, untrusted_value: str) -> None:
        """Take one property, for example ("ooxml:creator", "...") or ("EXIF:Model", "...")."""

    def member(self, untrusted_name: bytes, size: int = -1) -> AbstractContextManager[MemberWriter]:
        """Open a member (archive member, attachment, embedded picture, decrypted copy) for its bytes.

        The name is its path inside this artifact, with `/`; raw bytes as found. `size` is what the
        container declares, -1 when it does not. An `Unreadable` raised inside the block ends this
        member in that state and is not raised further, unless the artifact's own budget is spent.
        """

    def member_without_bytes(self, untrusted_name: bytes, state: State, reason: Reason) -> None:
        """Record a member whose bytes are not taken: a link, a device, an encrypted or unsafe one."""

    def partly(self, reason: Reason) -> None:
        """Record that something named in the artifact could not be read."""

    def pixels(self, width: int, height: int, rgb: bytes) -> None:
        """Give one decoded picture of bounded size as RGB, three bytes per pixel (a thumbnail)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as a picture: three bytes (RGB) per pixel, row by row, at the most MOST_PICTURE_PIXELS.

    extent: width and height of the page itself in the units of `Line.box`.
    """

    width: int
    height: int
    rgb: bytes
    extent: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format: its name, the media types it claims, how to read it, and a small sample to warm up.

    media_types: what `detect` may call a file that this format reads; one that ends with `*` claims every
    type that begins so and that no other format claims whole.
    sample: a file in `formats/samples/`, or, of a format from outside, its whole path; read before the seal.
    recognise: asked with the first 64 KiB and the extension (lower case, without dot) of a file in which
    `detect` sees no more than bytes or text; gives one of `media_types`, or "". It must not raise.
    picture: gives one page (from 1) as OCR is to see it, at so many dots per inch; raises Unreadable. Which
    pages wait for OCR the format says by a property `NAME:pages-for-ocr` such as `1,3-7`.
    """

    name: str
    media_types: frozenset[str]
    read: Callable[[Source, Sink], None]
    sample: str
    recognise: Callable[[bytes, str], str] | None = None
    picture: Callable[[Source, int, int], Picture] | None = None
