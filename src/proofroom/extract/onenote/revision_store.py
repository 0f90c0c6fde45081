"""Read the store that OneNote itself writes (MS-ONESTORE): spaces, their revisions in order, their objects."""

from __future__ import annotations

from typing import BinaryIO, Final
from uuid import UUID

from proofroom.extract.format import Unreadable
from proofroom.extract.onenote.cursor import Broken, Cursor
from proofroom.extract.onenote.node_lists import Chunk, Lists, Node
from proofroom.extract.onenote.notebook import Id, Notebook, NoteObject, Space
from proofroom.extract.onenote.property_sets import object_properties

_LOG, _ROOT_LIST, _TRANSACTIONS = 160, 172, 96
_LENGTH_STATED: Final = 196
_HEADER: Final = 1_024
_SPACE_REFERENCE, _FILES_REFERENCE, _FILE = 0x008, 0x090, 0x094
_SPACE_START, _REVISIONS_REFERENCE = 0x00C, 0x010
_REVISION_STARTS: Final = (0x01B, 0x01E, 0x01F)
_TABLE_STARTS: Final = (0x021, 0x022)
_TABLE_ENTRY, _TABLE_FROM, _TABLE_COPY = 0x024, 0x025, 0x026
_DECLARED: Final = (0x02D, 0x02E)
_REVISED: Final = (0x041, 0x042)
_ROOT_SHORT, _ROOT_LONG = 0x059, 0x05A
_FILE_DECLARED: Final = (0x072, 0x073)
_DECLARED_2: Final = (0x0A4, 0x0A5, 0x0C4, 0x0C5)
_GROUP_REFERENCE: Final = 0x0B0
_KEY: Final = 0x07C
_PROPERTY_SET: Final = 0x20000
_FILE_HEAD: Final = 36
_MOST_COPIED: Final = 1 << 20


def read_revision_store(stream: BinaryIO, size: int, most: int) -> Notebook:
    """Read the whole store as far as it holds together; raises Broken when not even its first list does."""
    stream.seek(0)
    head = Cursor(stream.read(_HEADER))
    lists = Lists(stream, size, most)
    head.at = _TRANSACTIONS
    transactions = head.number(4)
    head.at = _LOG
    log = (head.number(8), head.number(4))
    head.at = _ROOT_LIST
    root = (head.number(8), head.number(4))
    head.at = _LENGTH_STATED
    notebook = Notebook(cut=head.number(8) > size)
    try:
        lists.read_log(log, transactions)
    except Broken:
        notebook.damaged = True
    reader = _Reader(lists, notebook)
    try:
        for node in lists.nodes(root):
            if node.kind == _SPACE_REFERENCE and node.chunk:
                reader.space(node.chunk)
            elif node.kind == _FILES_REFERENCE and node.chunk:
                reader.files(node.chunk)
    except Unreadable as limit:
        notebook.limit = limit
    notebook.damaged = notebook.damaged or lists.damaged
    return notebook


class _Reader:
    """One store on its way to a notebook."""

    def __init__(self, lists: Lists, notebook: Notebook) -> None:
        self._lists = lists
        self._notebook = notebook

    def files(self, chunk: Chunk) -> None:
        """Note where the embedded files stand."""
        for node in self._lists.nodes(chunk):
            if node.kind == _FILE and node.chunk and len(node.data) >= 16:
                name = str(UUID(bytes_le=node.data[:16]))
                try:
                    head = Cursor(self._lists.bytes_at((node.chunk[0], _FILE_HEAD)), 16)
                    self._notebook.files[name] = (node.chunk[0] + _FILE_HEAD, head.number(8))
                except Broken:
                    self._notebook.damaged = True

    def space(self, chunk: Chunk) -> None:
        """Read one space: the last list of revisions that it names is the one that counts."""
        identity: Id = (b"", len(self._notebook.spaces))
        revisions: Chunk | None = None
        for node in self._lists.nodes(chunk):
            if node.kind == _SPACE_START and len(node.data) >= 20:
                identity = Cursor(node.data).identity()
            elif node.kind == _REVISIONS_REFERENCE:
                revisions = node.chunk
        space = self._notebook.spaces.setdefault(identity, Space(identity))
        if revisions is not None:
            _Revisions(self._lists, self._notebook, space).read(revisions)


class _Revisions:
    """The revisions of one space, applied in the order in which they were written."""

    def __init__(self, lists: Lists, notebook: Notebook, space: Space) -> None:
        self._lists = lists
        self._notebook = notebook
        self._space = space
        self._guids: dict[int, bytes] = {}
        self._before: dict[int, bytes] = {}
        self._taken: set[int] = set()

    def read(self, chunk: Chunk) -> None:
        """Read every node; one that is broken costs what it declares."""
        for node in self._lists.nodes(chunk):
            try:
                self._node(node)
            except Broken:
                self._notebook.damaged = True

    def _node(self, node: Node) -> None:
        data = Cursor(node.data)
        if node.kind in _REVISION_STARTS:
            self._before = self._guids
        elif node.kind in _TABLE_STARTS:
            self._before, self._guids = self._guids, {}
        elif node.kind in (_TABLE_ENTRY, _TABLE_FROM, _TABLE_COPY):
            self._table(node.kind, data)
        elif node.kind == _GROUP_REFERENCE and node.chunk and node.chunk[0] not in self._taken:
            self._taken.add(node.chunk[0])
            # A group has a table of its own.
            kept, self._guids = self._guids, {}
            self.read(node.chunk)
            self._guids = kept
        elif node.kind == _ROOT_SHORT:
            identity = self._identify(data.number(4))
            self._space.roots[data.number(4)] = identity
        elif node.kind == _ROOT_LONG:
            identity = data.identity()
            self._space.roots[data.number(4)] = identity
        elif node.kind == _KEY:
            self._space.locked = True
        else:
            self._object(node, data)

    def _object(self, node: Node, data: Cursor) -> None:
        """Take a node that declares or changes an object."""
        if node.kind in _FILE_DECLARED:
            self._file(data, 1 if node.kind == _FILE_DECLARED[0] else 4)
        elif node.kind in _DECLARED_2 and node.chunk:
            identity = self._identify(data.number(4))
            self._declare(identity, data.number(4), node.chunk)
        elif node.kind in _DECLARED and node.chunk:
            identity = self._identify(data.number(4))
            self._declare(identity, data.number(2) & 0x3FF | _PROPERTY_SET, node.chunk)
        elif node.kind in _REVISED and node.chunk:
            identity = self._identify(data.number(4))
            known = self._space.objects.get(identity)
            self._declare(identity, known.kind if known else _PROPERTY_SET, node.chunk)

    def _declare(self, identity: Id, kind: int, chunk: Chunk) -> None:
        """Read the properties of an object; what is encrypted has none that could be read."""
        declared = NoteObject(kind)
        if kind & _PROPERTY_SET and not self._space.locked:
            declared.properties = object_properties(self._lists.bytes_at(chunk), self._identify)
        self._space.declare(identity, declared)

    def _file(self, data: Cursor, counter: int) -> None:
        """Take an object that stands for an embedded file."""
        identity = self._identify(data.number(4))
        declared = NoteObject(data.number(4))
        data.number(counter)
        declared.file, declared.extension = _string(data), _string(data)
        self._space.declare(identity, declared)

    def _table(self, kind: int, data: Cursor) -> None:
        """Take an entry of the table by which short references are understood."""
        if kind == _TABLE_ENTRY:
            index = data.number(4)
            self._guids[index] = data.take(16)
        elif kind == _TABLE_FROM:
            source, target = data.number(4), data.number(4)
            self._guids[target] = self._before.get(source, b"")
        else:
            source, count, target = data.number(4), data.number(4), data.number(4)
            for step in range(min(count, _MOST_COPIED)):
                if source + step in self._before:
                    self._guids[target + step] = self._before[source + step]

    def _identify(self, short: int) -> Id:
        """Understand a short reference: a number, and the place of a GUID in the table; one of none leads nowhere."""
        index = short >> 8
        return self._guids.get(index, index.to_bytes(3, "little")), short & 0xFF


def _string(data: Cursor) -> str:
    """Read a text: how many signs it has, and these."""
    length = data.number(4)
    return data.take(2 * length).decode("utf-16-le", "replace")
