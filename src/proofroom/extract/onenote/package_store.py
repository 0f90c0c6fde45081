"""Read the store in which servers keep and send sections (MS-ONESTORE 2.7 and 2.8, MS-FSSHTTPB): cells of objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from proofroom.extract.onenote.cursor import Broken, Cursor
from proofroom.extract.onenote.notebook import Id, Notebook, NoteObject, Properties, Space
from proofroom.extract.onenote.property_sets import References, property_set, references
from proofroom.extract.onenote.stream_objects import Item, items

_BEGIN: Final = 68
_LARGEST: Final = 1 << 30
_ELEMENT, _PACKAGE = 0x01, 0x15
_CELL, _REVISION_AT, _CURRENT = 0x0E, 0x0D, 0x0B
_REVISION, _ROOT, _GROUP_NAMED = 0x1A, 0x0A, 0x19
_DECLARED, _BLOB_DECLARED = 0x18, 0x05
_OBJECT, _BLOB_NAMED, _BLOB = 0x16, 0x1C, 0x02
_OF_KIND, _OF_PROPERTIES, _OF_FILE = 4, 1, 2
_KIND_OF_KIND: Final = 4
_PROPERTY_SET: Final = 0x20000
_MOST_BASES: Final = 100_000


@dataclass(slots=True)
class _Group:
    """A group of objects: what is declared in it, and in the same order what stands for each."""

    declared: list[tuple[Id, int]] = field(default_factory=list)
    contents: list[tuple[list[Id], list[Id], bytes | None, Id]] = field(default_factory=list)


@dataclass(slots=True)
class _Revision:
    """A revision: the one below it, its roots, and its groups."""

    base: Id = (b"", 0)
    roots: list[tuple[Id, Id]] = field(default_factory=list)
    groups: list[Id] = field(default_factory=list)


@dataclass(slots=True)
class _Elements:
    """What stands in a package, each by its identity."""

    cells: dict[tuple[Id, Id], Id] = field(default_factory=dict)
    revisions_at: dict[Id, Id] = field(default_factory=dict)
    current: dict[Id, Id] = field(default_factory=dict)
    revisions: dict[Id, _Revision] = field(default_factory=dict)
    groups: dict[Id, _Group] = field(default_factory=dict)
    blobs: dict[Id, bytes] = field(default_factory=dict)


def read_package_store(stream: BinaryIO, size: int) -> Notebook:
    """Read a whole package; raises Broken when nothing in it can be understood."""
    if size > _LARGEST:
        raise Broken
    stream.seek(0)
    cursor = Cursor(stream.read(size), _BEGIN)
    notebook = Notebook()
    elements = _Elements()
    try:
        _read(cursor, elements)
    except Broken:
        notebook.damaged = True
    if not elements.groups:
        raise Broken
    used: set[Id] = set()
    for (context, place), cell in elements.cells.items():
        space = notebook.spaces.setdefault(place, Space(place))
        if context == (b"", 0) or not space.objects:
            _cell(elements, elements.current.get(cell), space, notebook, used)
    rest = [group for identity, group in elements.groups.items() if identity not in used]
    if rest:
        # Groups that no page is made of any more: what was once written there.
        space = notebook.spaces.setdefault((b"", 0), Space((b"", 0)))
        for group in rest:
            _apply(elements, group, space, notebook)
    return notebook


def _read(cursor: Cursor, elements: _Elements) -> None:
    """Take every data element; what one holds follows it until it ends."""
    element: Id = (b"", 0)
    group = _Group()
    for item in items(cursor):
        if item.ends:
            continue
        data = Cursor(item.data)
        if item.kind == _ELEMENT:
            element = data.compact_identity()
            group = _Group()
        elif item.kind in (_DECLARED, _BLOB_DECLARED, _OBJECT, _BLOB_NAMED):
            elements.groups[element] = group
            _grouped(item, data, group)
        else:
            _said(item, data, element, elements)


def _grouped(item: Item, data: Cursor, group: _Group) -> None:
    """Take what declares an object or stands for one."""
    if item.kind in (_DECLARED, _BLOB_DECLARED):
        identity = data.compact_identity()
        if item.kind == _BLOB_DECLARED:
            data.compact_identity()
        group.declared.append((identity, data.compact_number()))
        return
    objects = [data.compact_identity() for _ in _counted(data)]
    cells = [(data.compact_identity(), data.compact_identity()) for _ in _counted(data)]
    spaces = [cell[1] for cell in cells]
    if item.kind == _OBJECT:
        group.contents.append((objects, spaces, data.take(data.compact_number()), (b"", 0)))
    else:
        group.contents.append((objects, spaces, None, data.compact_identity()))


def _counted(data: Cursor) -> range:
    count = data.compact_number()
    if count > data.left:
        raise Broken
    return range(count)


def _said(item: Item, data: Cursor, element: Id, elements: _Elements) -> None:
    """Take what says where things are: cells, their revisions, and what these are made of."""
    if item.kind == _CELL:
        cell = (data.compact_identity(), data.compact_identity())
        elements.cells[cell] = data.compact_identity()
    elif item.kind == _REVISION_AT:
        revision = data.compact_identity()
        elements.revisions_at[revision] = data.compact_identity()
    elif item.kind == _CURRENT:
        elements.current[element] = data.compact_identity()
    elif item.kind == _REVISION:
        data.compact_identity()
        elements.revisions[element] = _Revision(data.compact_identity())
    elif item.kind == _ROOT and element in elements.revisions:
        elements.revisions[element].roots.append((data.compact_identity(), data.compact_identity()))
    elif item.kind == _GROUP_NAMED and element in elements.revisions:
        elements.revisions[element].groups.append(data.compact_identity())
    elif item.kind == _BLOB:
        elements.blobs[element] = data.take(data.compact_number())


def _cell(elements: _Elements, revision: Id | None, space: Space, notebook: Notebook, used: set[Id]) -> None:
    """Apply the revisions of one space, the one that all others rest on first."""
    for one in reversed(list(_chain(elements, revision))):
        for identity in one.groups:
            group = elements.groups.get(identity)
            used.add(identity)
            if group is None:
                notebook.damaged = True
            else:
                _apply(elements, group, space, notebook)
        for role, root in one.roots:
            space.roots[role[1]] = root


def _chain(elements: _Elements, revision: Id | None) -> Iterator[_Revision]:
    """Give a revision and those below it."""
    seen: set[Id] = set()
    while revision is not None and revision not in seen and len(seen) < _MOST_BASES:
        seen.add(revision)
        found = elements.revisions.get(elements.revisions_at.get(revision, (b"", 0)))
        if found is None:
            return
        yield found
        revision = found.base


def _apply(elements: _Elements, group: _Group, space: Space, notebook: Notebook) -> None:
    """Take the objects of one group; the kind of each is declared beside its properties."""
    if len(group.declared) != len(group.contents):
        notebook.damaged = True
    kinds: dict[Id, int] = {}
    for (identity, partition), (objects, spaces, data, blob) in zip(
        group.declared, group.contents, strict=False
    ):
        try:
            if partition == _OF_KIND and data is not None and len(data) >= _KIND_OF_KIND:
                kinds[identity] = int.from_bytes(data[:4], "little")
            elif partition == _OF_PROPERTIES and data is not None:
                declared = NoteObject(kinds.get(identity, _PROPERTY_SET))
                declared.properties = _properties(data, objects, spaces)
                space.declare(identity, declared)
            elif partition == _OF_FILE:
                name = f"{identity[0].hex()}-{identity[1]}"
                notebook.blobs[name] = elements.blobs.get(blob, b"") if data is None else data
                declared = NoteObject(kinds.get(identity, 0), file=name)
                space.declare(identity, declared)
        except Broken:
            notebook.damaged = True


def _properties(data: bytes, objects: list[Id], spaces: list[Id]) -> Properties:
    """Read properties whose references stand beside them and not in their head."""
    cursor = Cursor(data)
    counted = references(cursor, lambda short: (b"", short))
    contexts = counted.lists[2]
    return property_set(cursor, References((objects, spaces, contexts)))
