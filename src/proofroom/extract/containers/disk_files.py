"""Walk through the folders of a file system, deleted entries included, never twice through the same folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytsk3

from proofroom.extract.containers.disk_image import BROKEN
from proofroom.extract.containers.giving import BLOCK
from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

_DOTS: Final = (b".", b"..")
_LABEL: Final = b" (Volume Label Entry)"
_MOST_STREAMS: Final = 64
_ENTRY: Final = 32
_LARGEST_FOLDER: Final = 65_536 * _ENTRY
_GONE: Final = 0xE5
_NO_FILE: Final = 0x08
"""The bit by which a FAT tells labels, and pieces of long names, from files and folders."""

_UNALLOCATED: Final = int(pytsk3.TSK_FS_META_FLAG_UNALLOC)
_NAME_UNALLOCATED: Final = int(pytsk3.TSK_FS_NAME_FLAG_UNALLOC)
_NTFS_DATA: Final = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA)
_RESOURCE_FORK: Final = int(pytsk3.TSK_FS_ATTR_TYPE_HFS_RSRC)
_FOLDERS: Final = (int(pytsk3.TSK_FS_META_TYPE_DIR), int(pytsk3.TSK_FS_META_TYPE_VIRT_DIR))
_VIRTUAL: Final = (int(pytsk3.TSK_FS_META_TYPE_VIRT), int(pytsk3.TSK_FS_META_TYPE_VIRT_DIR))
_FILE: Final = int(pytsk3.TSK_FS_META_TYPE_REG)
_OWN_OF_NTFS: Final = 24
_OWN_OF_HFS: Final = 16
_OWN_OF_EXFAT: Final = (b"$ALLOC_BITMAP", b"$UPCASE_TABLE")
_EXTEND: Final = b"$Extend"
_SPECIAL: Final = {
    int(pytsk3.TSK_FS_META_TYPE_LNK): Reason.SYMLINK,
    int(pytsk3.TSK_FS_META_TYPE_FIFO): Reason.FIFO,
    int(pytsk3.TSK_FS_META_TYPE_SOCK): Reason.SOCKET,
    int(pytsk3.TSK_FS_META_TYPE_CHR): Reason.DEVICE,
    int(pytsk3.TSK_FS_META_TYPE_BLK): Reason.DEVICE,
}


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of a folder.

    `is_recoverable` is false for a deleted one of which only the name is left. `special` says what is no file.
    """

    untrusted_path: bytes
    entry: Any
    meta: Any
    is_deleted: bool
    is_recoverable: bool
    special: Reason
    is_own: bool


@dataclass(slots=True)
class Walk:
    """A walk from the root of a file system; `damaged` counts folders and entries that could not be read."""

    system: Any
    kind: str
    damaged: int = 0
    untrusted_label: bytes = b""

    def entries(self) -> Iterator[Found]:
        """Give entry after entry, folder after folder."""
        waiting: list[tuple[bytes, int, bool]] = [(b"", int(self.system.info.root_inum), False)]
        seen = {waiting[0][1]}
        while waiting:
            path, inode, gone = waiting.pop()
            below: list[tuple[bytes, int, bool]] = []
            for found in self._of_folder(path, inode, gone=gone):
                if found.meta is not None and int(found.meta.type) in _FOLDERS:
                    address = int(found.meta.addr)
                    if found.is_recoverable and address not in seen:
                        seen.add(address)
                        below.append((found.untrusted_path, address, found.is_deleted))
                else:
                    yield found
            waiting += reversed(below)

    def _of_folder(self, path: bytes, inode: int, *, gone: bool) -> Iterator[Found]:
        """Give the entries of one folder; damage ends the folder, not the walk."""
        try:
            folder = iter(self.system.open_dir(inode=inode))
        except BROKEN:
            self.damaged += not gone
            return
        alive = 0
        while True:
            try:
                entry = next(folder)
                alive += _is_stored(entry)
                found = self._seen(path, entry, gone=gone)
            except StopIteration:
                break
            except BROKEN:
                self.damaged += not gone
                return
            if found is not None:
                yield found
        if self.kind == "fat" and not gone and alive < _entries_of_fat(self.system, inode):
            self.damaged += 1

    def _seen(self, path: bytes, entry: Any, *, gone: bool) -> Found | None:
        """Look at one entry; None for those that only a file system itself needs."""
        name, meta = entry.info.name, entry.info.meta
        raw: bytes = name.name or b""
        if raw in _DOTS or not raw:
            return None
        if raw.endswith(_LABEL):
            self.untrusted_label = raw.removesuffix(_LABEL).strip()
            return None
        deleted = gone or bool(int(name.flags) & _NAME_UNALLOCATED)
        kind = int(meta.type) if meta is not None else 0
        # A name whose entry belongs to another file by now leads to that file's bytes, not to its own.
        kept = meta is not None and (not deleted or bool(int(meta.flags) & _UNALLOCATED))
        own = self._is_own(path, raw, int(name.meta_addr), kind)
        full = path + b"/" + raw if path else raw
        return Found(full, entry, meta, deleted, kept, _SPECIAL.get(kind, Reason.NONE), own)

    def _is_own(self, path: bytes, name: bytes, address: int, kind: int) -> bool:
        """Tell whether an entry is the file system's own book-keeping."""
        if self.kind == "ntfs":
            return address < _OWN_OF_NTFS or path == _EXTEND
        if self.kind == "hfs":
            return address < _OWN_OF_HFS
        if self.kind == "exfat" and not path and name in _OWN_OF_EXFAT:
            return True
        return kind not in (_FILE, *_FOLDERS, *_SPECIAL) and kind != 0


def _is_stored(entry: Any) -> bool:
    """Tell whether an entry stands in its folder and was not deleted: the library adds some of its own."""
    name, meta = entry.info.name, entry.info.meta
    own = (meta is not None and int(meta.type) in _VIRTUAL) or (name.name or b"").endswith(_LABEL)
    return not own and not int(name.flags) & _NAME_UNALLOCATED


def _entries_of_fat(system: Any, inode: int) -> int:
    """Count the entries of a folder by its bytes: the library passes over what it takes for nonsense."""
    try:
        folder = system.open_meta(inode=inode)
        untrusted = folder.read_random(0, min(int(folder.info.meta.size), _LARGEST_FOLDER))
    except BROKEN:
        return 0
    found = 0
    for at in range(0, len(untrusted), _ENTRY):
        first, attributes = untrusted[at], untrusted[at + 11]
        if not first:
            break
        found += first != _GONE and not attributes & _NO_FILE
    return found


def streams(found: Found) -> Iterator[tuple[bytes, int, Iterator[bytes]]]:
    """Give the contents of a file: its own, then those that Windows or a Mac hides behind it, under `name:stream`."""
    size = int(found.meta.size)
    yield b"", size, _blocks(found.entry, size)
    try:
        attributes = [one.info for _, one in zip(range(_MOST_STREAMS), found.entry, strict=False)]
    except BROKEN:
        return
    for one in attributes:
        kind, name = int(one.type), one.name or b""
        is_stream = kind == _NTFS_DATA and name not in (b"", b"N/A", b"$Data")
        if is_stream or kind == _RESOURCE_FORK:
            length = int(one.size)
            yield b":" + (name or b"resource"), length, _blocks(found.entry, length, kind, int(one.id))


def _blocks(entry: Any, size: int, *attribute: int) -> Iterator[bytes]:
    """Read a content block by block; one that cannot be read to its stated end is damaged."""
    at = 0
    while at < size:
        try:
            block: bytes = entry.read_random(at, min(BLOCK, size - at), *attribute)
        except BROKEN as broken:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT) from broken
        if not block:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        at += len(block)
        yield block
