"""Read what a 7z archive says of itself: its packed streams, its folders of coders, and its files (7zFormat.txt)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.containers.seven_cursor import Cursor, broken

END, HEADER, PROPERTIES, ADDITIONAL, MAIN, FILES = 0, 1, 2, 3, 4, 5
PACKS, FOLDERS, SUBSTREAMS, SIZE, CRC, FOLDER, CODER_SIZES, STREAM_COUNTS = 6, 7, 8, 9, 10, 11, 12, 13
EMPTY_STREAM, EMPTY_FILE, ANTI, NAMES, CREATED, ACCESSED, MODIFIED, ATTRIBUTES = (
    14,
    15,
    16,
    17,
    18,
    19,
    20,
    21,
)
ENCODED: Final = 23
_MOST_CODERS: Final = 32
_MOST_STREAMS: Final = 64
_COMPLEX, _HAS_PROPERTIES = 0x10, 0x20


@dataclass(frozen=True, slots=True)
class Coder:
    """One step of unpacking: its method's number as bytes, its streams, its properties."""

    method: bytes
    inputs: int
    outputs: int
    properties: bytes


@dataclass(slots=True)
class Folder:
    """Coders that belong together: bonds join an input to the output that feeds it."""

    coders: list[Coder]
    bonds: list[tuple[int, int]]
    packed: list[int]
    sizes: list[int] = field(default_factory=list)
    crc: int | None = None
    streams: list[tuple[int, int | None]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Give the size of what the last coder gives."""
        fed = {output for _, output in self.bonds}
        return next((size for place, size in enumerate(self.sizes) if place not in fed), 0)


@dataclass(slots=True)
class Streams:
    """The packed streams with their places, and the folders that unpack them."""

    at: int = 0
    packed: list[int] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)


@dataclass(slots=True)
class File:
    """One entry: its name and what else was said of it."""

    untrusted_name: str = ""
    has_stream: bool = True
    is_file: bool = False
    is_anti: bool = False
    attributes: int | None = None
    times: dict[int, int] = field(default_factory=dict)


def read_header(cursor: Cursor) -> tuple[Streams, list[File]]:
    """Read a whole header: the streams and the files."""
    streams, files = Streams(), list[File]()
    cursor.expect(HEADER)
    mark = cursor.byte()
    if mark == PROPERTIES:
        while cursor.number():
            cursor.take(cursor.count())
        mark = cursor.byte()
    if mark == ADDITIONAL:
        read_streams(cursor)
        mark = cursor.byte()
    if mark == MAIN:
        streams = read_streams(cursor)
        mark = cursor.byte()
    if mark == FILES:
        files = read_files(cursor)
        mark = cursor.byte()
    if mark != END:
        raise broken()
    return streams, files


def read_streams(cursor: Cursor) -> Streams:
    """Read the streams, to the mark that ends them."""
    streams = Streams()
    mark = cursor.byte()
    if mark == PACKS:
        _packs(cursor, streams)
        mark = cursor.byte()
    if mark == FOLDERS:
        _folders(cursor, streams)
        mark = cursor.byte()
    if mark == SUBSTREAMS:
        _substreams(cursor, streams.folders)
        mark = cursor.byte()
    else:
        for folder in streams.folders:
            folder.streams = [(folder.size, folder.crc)]
    if mark != END:
        raise broken()
    return streams


def _packs(cursor: Cursor, streams: Streams) -> None:
    streams.at = cursor.number()
    count = cursor.count()
    mark = cursor.byte()
    if mark == SIZE:
        streams.packed = [cursor.number() for _ in range(count)]
        mark = cursor.byte()
    if mark == CRC:
        cursor.checksums(count)
        mark = cursor.byte()
    if mark != END:
        raise broken()


def _folders(cursor: Cursor, streams: Streams) -> None:
    cursor.expect(FOLDER)
    count = cursor.count(2)
    cursor.expect(0)
    streams.folders = [_folder(cursor) for _ in range(count)]
    cursor.expect(CODER_SIZES)
    for folder in streams.folders:
        folder.sizes = [cursor.number() for coder in folder.coders for _ in range(coder.outputs)]
    mark = cursor.byte()
    if mark == CRC:
        for folder, crc in zip(streams.folders, cursor.checksums(count), strict=True):
            folder.crc = crc
        mark = cursor.byte()
    if mark != END:
        raise broken()


def _folder(cursor: Cursor) -> Folder:
    count = cursor.count()
    if not 0 < count <= _MOST_CODERS:
        raise broken()
    coders = [_coder(cursor) for _ in range(count)]
    inputs, outputs = sum(coder.inputs for coder in coders), sum(coder.outputs for coder in coders)
    if not 0 < outputs <= inputs <= _MOST_STREAMS:
        raise broken()
    bonds = [(cursor.number(), cursor.number()) for _ in range(outputs - 1)]
    packs = inputs - len(bonds)
    if packs == 1:
        fed = {place for place, _ in bonds}
        packed = [place for place in range(inputs) if place not in fed][:1]
    else:
        packed = [cursor.number() for _ in range(packs)]
    return Folder(coders, bonds, packed)


def _coder(cursor: Cursor) -> Coder:
    flags = cursor.byte()
    method = cursor.take(flags & 15)
    inputs, outputs = (cursor.number(), cursor.number()) if flags & _COMPLEX else (1, 1)
    if not 0 < inputs <= _MOST_STREAMS or not 0 < outputs <= _MOST_STREAMS or flags & 0x80:
        raise broken()
    properties = cursor.take(cursor.count()) if flags & _HAS_PROPERTIES else b""
    return Coder(method, inputs, outputs, properties)


def _substreams(cursor: Cursor, folders: list[Folder]) -> None:
    counts = [1] * len(folders)
    mark = cursor.byte()
    if mark == STREAM_COUNTS:
        counts = [cursor.number() for _ in folders]
        mark = cursor.byte()
    # Every stream but the last of its folder tells its size in at least one byte.
    if sum(max(count - 1, 0) for count in counts) > cursor.left:
        raise broken()
    sizes: list[list[int]] = []
    for folder, count in zip(folders, counts, strict=True):
        told = [cursor.number() for _ in range(count - 1)] if mark == SIZE else []
        rest = folder.size - sum(told)
        if rest < 0 or (count > 1 and mark != SIZE):
            raise broken()
        sizes.append([*told, rest] if count else [])
    if mark == SIZE:
        mark = cursor.byte()
    known = [count == 1 and folder.crc is not None for folder, count in zip(folders, counts, strict=True)]
    wanted = sum(count for count, has in zip(counts, known, strict=True) if not has)
    checksums: list[int | None] = [None] * wanted
    while mark not in (CRC, END):
        cursor.take(cursor.count())
        mark = cursor.byte()
    if mark == CRC:
        checksums = cursor.checksums(wanted)
        cursor.expect(END)
    after = iter(checksums)
    for folder, lengths, has in zip(folders, sizes, known, strict=True):
        folder.streams = [(length, folder.crc if has else next(after)) for length in lengths]


def read_files(cursor: Cursor) -> list[File]:
    """Read the list of files, property by property, to the mark that ends it."""
    files = [File() for _ in range(cursor.count())]
    while (kind := cursor.number()) != END:
        _property(kind, Cursor(cursor.take(cursor.count())), files)
    return files


def _property(kind: int, held: Cursor, files: list[File]) -> None:
    """Take one property of all files; kinds that we do not know are passed over."""
    if kind == EMPTY_STREAM:
        for file, empty in zip(files, held.bits(len(files)), strict=True):
            file.has_stream = not empty
    elif kind in (EMPTY_FILE, ANTI):
        without = [file for file in files if not file.has_stream]
        for file, bit in zip(without, held.bits(len(without)), strict=True):
            file.is_file, file.is_anti = (bit, file.is_anti) if kind == EMPTY_FILE else (file.is_file, bit)
    elif kind == NAMES:
        held.expect(0)
        for file in files:
            file.untrusted_name = held.text()
    elif kind in (CREATED, ACCESSED, MODIFIED, ATTRIBUTES):
        has = held.defined(len(files))
        held.expect(0)
        for file in (file for file, is_told in zip(files, has, strict=True) if is_told):
            if kind == ATTRIBUTES:
                file.attributes = held.word()
            else:
                file.times[kind] = held.long()
