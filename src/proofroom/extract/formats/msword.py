"""Read Word documents of the binary format (doc, dot, wps; Word 6 to 2003): every text, and what hides beside it.

`para=N` counts through body, cells and text boxes in reading order, empty ones included. Beside a paragraph
stand its number in a list as `label`, and `deleted`, `comment`, `field`, `link`, `alt`, `value`, each with
`author` and `date` where the file knows them. Text that the file holds and the document does not show any
more stands at `leftover=N`, the source of macros at `macro=N&line=M`. Objects and pictures are members.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from proofroom.extract.containers.giving import give
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup import charsets  # noqa: F401 - has the code pages ready before the worker is sealed
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ole.directory import STORAGE
from proofroom.extract.ole.objects import is_side_stream, send_objects, send_storage, whole_blocks
from proofroom.extract.ole.properties import send_ole_properties
from proofroom.extract.ole.streams import Streams
from proofroom.extract.ole.vba import send_macros
from proofroom.extract.ole.word_document import Document
from proofroom.extract.ole.word_facts import send_facts
from proofroom.extract.ole.word_fib import MARKS, read_fib
from proofroom.extract.ole.word_leftover import leftovers
from proofroom.extract.ole.word_locked import send_decrypted
from proofroom.extract.ole.word_pictures import send_pictures
from proofroom.extract.ole.word_runs import PAGE
from proofroom.extract.ole.word_salvage import salvage
from proofroom.extract.ole.word_styles import codec_of
from proofroom.extract.ole.word_tables import WordFile
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

_TEXT: Final = "WordDocument"
_POOL: Final = "ObjectPool"
_MACROS: Final = "Macros"
_READ: Final = ("worddocument", "0table", "1table", "data", "objectpool", "macros")
_DATA_STORE: Final = "msodatastore"
_LARGEST: Final = 1 << 30


def read(source: Source, sink: Sink) -> None:
    """Read a document; what a damaged or missing part costs is said, the rest is given."""
    source.untrusted.seek(0)
    if int.from_bytes(source.untrusted.read(2), "little") in MARKS:
        _read_bare(source, sink)
        return
    try:
        streams = Streams.of(source)
    except Unreadable:
        _send_alone(salvage(source.untrusted), source, sink)
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT) from None
    streams.send_facts(sink)
    send_ole_properties(streams, sink)
    main = streams.stream(_TEXT)
    if not main:
        # The text is lost; what was embedded in it need not be.
        with LineBatch(sink) as lines:
            _send_objects(streams, sink, lines)
        _send_rest(streams, sink)
        raise Unreadable(
            State.DAMAGED, Reason.CUT_SHORT if not streams.whole or main == b"" else Reason.NOT_WELL_FORMED
        )
    fib = read_fib(main)
    if fib.encrypted:
        send_decrypted(source, sink, streams, fib)
    table = main if fib.old else streams.stream(fib.table_name) or b""
    data = streams.stream("Data") or b""
    word = WordFile(fib, main, table, data, codec_of(fib))
    with LineBatch(sink) as lines:
        documents = _send_text(word, source, sink, lines)
        _send_objects(streams, sink, lines)
        broken = send_macros(streams, _MACROS, lines.put)
    _send_pictures(documents, sink)
    _send_rest(streams, sink)
    if broken:
        sink.partly(broken)
    _end(streams, word, documents)


def _read_bare(source: Source, sink: Sink) -> None:
    """Read a document of Word 6 or older that stands in no compound file."""
    source.untrusted.seek(0)
    main = source.untrusted.read(_LARGEST)
    fib = read_fib(main)
    if fib.encrypted:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    if not fib.old:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    documents = _send_alone(WordFile(fib, main, main, b"", codec_of(fib)), source, sink)
    if fib.ancient:
        sink.partly(Reason.UNSUPPORTED_VARIANT)
    if any(one.is_cut for one in documents):
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _send_alone(word: WordFile, source: Source, sink: Sink) -> list[Document]:
    """Send a document without what else a compound file holds."""
    with LineBatch(sink) as lines:
        documents = _send_text(word, source, sink, lines)
    _send_pictures(documents, sink)
    return documents


def _send_text(word: WordFile, source: Source, sink: Sink, lines: LineBatch) -> list[Document]:
    """Send facts and texts, then those of the building blocks a template keeps, then what is left over."""
    send_facts(word, sink)
    documents = [Document(word, lines, source.limits.text_bytes)]
    documents[0].send()
    if word.fib.autotext:
        try:
            fib = read_fib(word.main, word.fib.autotext * PAGE)
        except Unreadable:
            sink.partly(Reason.DAMAGED_PART)
        else:
            above = (("autotext", "1"),)
            documents.append(Document(replace(word, fib=fib), lines, source.limits.text_bytes, above))
            documents[1].send()
    for number, text in enumerate(leftovers(word, documents), 1):
        lines.put((("leftover", str(number)),), PieceKind.PARAGRAPH, text, Flag.DELETED)
    return documents


def _send_pictures(documents: list[Document], sink: Sink) -> None:
    """Hand out the pictures of all texts."""
    number = 0
    for one in documents:
        number = send_pictures(one.word, one.pictures, one.drawings, sink, number)


def _send_objects(streams: Streams, sink: Sink, lines: LineBatch) -> None:
    """Send the embedded objects, and say of each what it is and where it leads."""
    for number, one in enumerate(send_objects(streams, _POOL, sink), 1):
        where = (("object", str(number)),)
        name = one.member.rpartition("/")[2]
        lines.put(where, PieceKind.NAME, f"{one.program} {name}".strip())
        for link, target in enumerate(dict.fromkeys(one.untrusted_links), 1):
            lines.put((*where, ("link", str(link))), PieceKind.META, target)


def _send_rest(streams: Streams, sink: Sink) -> None:
    """Hand out what lies beside the document and is not read here: data stores, forms of macros, signatures."""
    names: Counter[str] = Counter()
    below = streams.find(_MACROS)
    forms = (
        [one for one in streams.inside(below) if one.kind == STORAGE and one.name.lower() != "vba"]
        if below
        else []
    )
    for entry in [*streams.inside(streams.root), *forms]:
        name = entry.name.lower()
        if name == _DATA_STORE:
            for number, item in enumerate(streams.inside(entry), 1):
                stored = streams.find(f"{item.path}/Item")
                if stored is not None:
                    give(sink, f"data/{number}.xml".encode(), stored.size, whole_blocks(streams, stored))
        elif name not in _READ and not is_side_stream(entry.name) and entry.size + (entry.kind == STORAGE):
            names[entry.path] += 1
            path = entry.path + (f"-{names[entry.path]}" if names[entry.path] > 1 else "")
            if entry.kind == STORAGE:
                send_storage(streams, entry, f"{path}.ole", sink)
            else:
                give(sink, path.encode("utf-8", "replace"), entry.size, whole_blocks(streams, entry))


def _end(streams: Streams, word: WordFile, documents: list[Document]) -> None:
    """Raise what is missing of the document."""
    no_table = bool(word.fib.table_name) and not streams.has(word.fib.table_name)
    top = [one for one in streams.inside(streams.root) if one.is_stream]
    missing = no_table or any(one.is_cut for one in documents)
    if missing or not streams.whole or not all(map(streams.is_whole, top)):
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


FORMAT = Format(
    name="msword",
    media_types=frozenset(("application/msword",)),
    read=read,
    sample="msword.doc",
)
