"""Walk the storages of a compound file that no reader of its own claims, and give what can be recognised."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ole import ole_streams, thumbnails
from proofroom.extract.ole.blips import blips, blocks
from proofroom.extract.ole.chunk_texts import MARKS, chunk_texts
from proofroom.extract.ole.directory import STORAGE, Entry
from proofroom.extract.ole.filetime import iso_time
from proofroom.extract.ole.objects import send_object
from proofroom.extract.ole.packages import NATIVE, send_packed, unpack
from proofroom.extract.ole.recognised import HEAD, Names, ending_of, is_file, safe_name
from proofroom.extract.ole.streams import Streams
from proofroom.extract.ole.text_runs import narrow_runs, wide_runs
from proofroom.extract.ole.vba import send_macros
from proofroom.extract.ole.visio_streams import Drawing
from proofroom.extract.ole.visio_text import shape_texts
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason

_WRAPPERS: Final = ("package", "embeddedodf")
_OBJECTS: Final = frozenset(
    (
        "workbook", "book", "worddocument", "powerpoint document", "pp97_dualstorage", "visiodocument",
        "__properties_version1.0", "encryptedpackage", NATIVE, *_WRAPPERS, "\x01compobj", "\x01ole",
    )
)  # fmt: skip
"""Names that make a storage an object of its own."""

_KNOWN_SETS: Final = ("\x05summaryinformation", "\x05documentsummaryinformation")
_PLUMBING: Final = ("\x03objinfo", "visioinformation", "project", "projectwm", "\x06dataspaces")
_STORES: Final = ("escherdelaystm", "escherstm")
_MOST_DEEP: Final = 32
_MOST_BYTES: Final = 64 << 20
"""Bytes of one unread stream that are searched for texts."""

_PIECE: Final = 0x2000
_UTF16_VERSION: Final = 11


class Walk:
    """One compound file on its way to the sink; texts are numbered through as paragraphs."""

    def __init__(self, streams: Streams, sink: Sink, lines: LineBatch) -> None:
        """Send to the sink."""
        self._streams = streams
        self._sink = sink
        self._lines = lines
        self._names = Names()
        self._paragraphs = 0
        self._modules = 0
        self._shown = {one.stream: one for one in self._catalog()}

    def storage(self, storage: Entry, depth: int = 0, skip: Collection[str] = ()) -> None:
        """Send what lies in a storage; a storage that is an object of its own is a member.

        skip: names in lower case, directly in this storage, that a reader of their own has read.
        """
        inside = [one for one in self._streams.inside(storage) if one.name.lower() not in skip]
        macros = any(one.kind == STORAGE and one.name.lower() == "vba" for one in inside)
        if macros:
            self._macros(storage)
        for one in inside:
            if one.kind != STORAGE:
                self._stream(one)
            elif macros and one.name.lower() == "vba":
                continue
            elif depth >= _MOST_DEEP:
                self._sink.partly(Reason.UNREAD_PART)
            elif self._is_object(one):
                self._lines.flush()
                send_object(self._streams, one, self._sink)
            else:
                self.storage(one, depth + 1)

    def unreachable(self) -> None:
        """Hand out files in streams that no storage leads to any more."""
        for one in self._streams.unreachable:
            head = self._streams.read(one, HEAD) if one.is_stream else b""
            if is_file(head):
                self._copy(one, f"unreachable/{one.name}.{ending_of(head)}")

    def _is_object(self, storage: Entry) -> bool:
        return any(one.name.lower() in _OBJECTS for one in self._streams.inside(storage))

    def _stream(self, entry: Entry) -> None:
        """Send what one stream holds."""
        name = entry.name.lower()
        if not entry.size or name in _PLUMBING or name in _KNOWN_SETS:
            return
        if name in ("\x01compobj", "\x01ole") or name.startswith("\x02olepres"):
            self._beside(entry, name)
        elif name == NATIVE:
            self._native(entry)
        elif name in _WRAPPERS:
            self._copy(entry, entry.path)
        elif self._shown and (name == thumbnails.CATALOG or self._thumbnail(entry)):
            return
        elif name == "visiodocument":
            self._visio(self._streams.read(entry))
        elif name in _STORES:
            self._store(entry)
        else:
            self._other(entry)

    def _beside(self, entry: Entry, name: str) -> None:
        """Send which program an object is of, where it lies if it is linked, and the picture that shows it."""
        data = self._streams.read(entry)
        if name == "\x01compobj":
            if program := ole_streams.program_of(data):
                self._sink.meta("ole:program", program)
        elif name == "\x01ole":
            for target in ole_streams.links_of(data):
                self._sink.meta("ole:external", target)
        elif (picture := ole_streams.picture_of(data)) is not None:
            known = ending_of(picture[1][:HEAD])
            self._give(f"{entry.path}.{picture[0] if known == 'bin' else known}", (picture[1],))

    def _native(self, entry: Entry) -> None:
        """Hand out a packed file under its name; what is no file is some program's own."""
        data = self._streams.read(entry)
        packed = unpack(data)
        body = data[packed.start : packed.end]
        above = entry.path.rpartition("/")[0]
        if packed.named:
            name = packed.member_name("packed")
            send_packed(
                self._sink,
                data,
                packed,
                self._names.unique(safe_name(f"{above}/{name}".lstrip("/"))).decode(),
            )
        elif is_file(body):
            self._give(f"{entry.path}.{ending_of(body)}", (body,))
        else:
            self._unread(body)
            return
        if not packed.whole or len(data) < entry.size:
            self._sink.partly(Reason.DAMAGED_PART)

    def _other(self, entry: Entry) -> None:
        """Hand out a stream that is a file; of any other only texts are given."""
        head = self._streams.read(entry, HEAD)
        if head.startswith(MARKS):
            self._texts(chunk_texts(self._streams.read(entry)), PieceKind.PARAGRAPH)
            self._sink.partly(Reason.UNREAD_PART)
        elif is_file(head):
            self._copy(entry, entry.path)
        else:
            self._unread(self._streams.read(entry, _MOST_BYTES))

    def _unread(self, data: bytes) -> None:
        """Send texts found in bytes that we do not read, and say that we do not."""
        self._sink.partly(Reason.UNREAD_PART)
        found = list(dict.fromkeys(wide_runs(data))) or dict.fromkeys(narrow_runs(data))
        self._texts(found, PieceKind.NAME)

    def _visio(self, data: bytes) -> None:
        """Send the texts of shapes first, then other texts of a drawing, and hand out files inside it."""
        drawing = Drawing(data)
        contents = list(drawing.streams())
        shapes = [text for one in contents for text in shape_texts(one, drawing.version)]
        self._texts(shapes, PieceKind.SHAPE)
        runs = wide_runs if drawing.version >= _UTF16_VERSION else narrow_runs
        others = dict.fromkeys(text for one in contents for text in runs(one))
        self._texts((text for text in others if text not in set(shapes)), PieceKind.NAME)
        for number, pieces in enumerate(_files_in(contents), 1):
            self._give(f"drawing/{number}.{ending_of(pieces[0])}", pieces)
        self._sink.partly(Reason.UNREAD_PART if drawing.whole else Reason.DAMAGED_PART)

    def _store(self, entry: Entry) -> None:
        """Hand out the pictures of an Office drawing."""
        data = self._streams.read(entry)
        for number, one in enumerate(blips(data)[0], 1):
            self._give(f"{entry.path}/{number}.{one.ending}", blocks(data, one))

    def _catalog(self) -> Iterable[thumbnails.Shown]:
        return thumbnails.catalog(self._streams.stream(thumbnails.CATALOG) or b"")

    def _thumbnail(self, entry: Entry) -> bool:
        """Hand out a small picture under the name of the file it shows; false where the stream has none."""
        found = thumbnails.picture(self._streams.read(entry))
        if found is None:
            return False
        ending, body = found
        shown = self._shown.get(entry.name)
        name = safe_name(shown.untrusted_name.replace("\\", "/").rpartition("/")[2]) if shown else ""
        if not name.strip("-"):
            name = f"thumbnail-{entry.name}"
        if not name.lower().endswith((f".{ending}", ".jpeg")):
            name = f"{name}.{ending}"
        if shown:
            self._sink.meta("ole:thumbnail", f"{name} {iso_time(shown.changed)}".strip())
        self._give(name, (body,))
        return True

    def _macros(self, storage: Entry) -> None:
        """Send the source of macros; a second project is numbered on."""
        before = self._modules

        def put(where: tuple[tuple[str, str], ...], kind: PieceKind, text: str, flags: Flag) -> None:
            number = before + int(where[0][1])
            self._modules = max(self._modules, number)
            self._lines.put((("macro", str(number)), *where[1:]), kind, text, flags)

        if broken := send_macros(self._streams, storage.path, put):
            self._sink.partly(broken)

    def _texts(self, texts: Iterable[str], kind: PieceKind) -> None:
        for text in texts:
            self._paragraphs += 1
            self._lines.put((("para", str(self._paragraphs)),), kind, text)

    def _copy(self, entry: Entry, name: str) -> None:
        """Hand out a stream as it is."""
        with self._sink.member(self._names.unique(safe_name(name)), entry.size) as out:
            written = sum(out.write(block) for block in self._streams.blocks(entry))
        if written < entry.size:
            self._sink.partly(Reason.DAMAGED_PART)

    def _give(self, name: str, pieces: Iterable[bytes]) -> None:
        with self._sink.member(self._names.unique(safe_name(name))) as out:
            for piece in pieces:
                out.write(piece)


def _files_in(contents: list[bytes]) -> list[list[bytes]]:
    """Join the files that a drawing keeps in pieces of 8,192 bytes, each with its length before it."""
    found: list[list[bytes]] = []
    going_on = False
    for content in contents:
        piece = content[4:]
        if int.from_bytes(content[:4], "little") != len(piece) or not piece:
            going_on = False
            continue
        if going_on:
            found[-1].append(piece)
        elif is_file(piece[:HEAD]):
            found.append([piece])
            going_on = True
        going_on = going_on and len(piece) == _PIECE
    return found
