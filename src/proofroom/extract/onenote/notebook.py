"""What both stores of OneNote hold alike: spaces of objects with properties that refer to one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from proofroom.extract.format import Unreadable

Id = tuple[bytes, int]
"""An extended GUID: sixteen bytes and a number (MS-ONESTORE 2.2.1)."""

Properties: TypeAlias = "dict[int, Value]"
Value: TypeAlias = "bool | int | bytes | list[Id] | list[Properties]"


@dataclass(slots=True)
class NoteObject:
    """An object: its kind (the JCID) and its properties; of a file, where its bytes stand."""

    kind: int
    properties: Properties = field(default_factory=dict)
    file: str = ""
    extension: str = ""


@dataclass(slots=True)
class Space:
    """The objects of one page or of the section itself, as they are now, and those that others replaced.

    roots: the objects at which it begins, by their roles (1 content, 2 what is said about it, 4 of versions).
    """

    id: Id
    objects: dict[Id, NoteObject] = field(default_factory=dict)
    roots: dict[int, Id] = field(default_factory=dict)
    earlier: list[tuple[Id, NoteObject]] = field(default_factory=list)
    locked: bool = False

    def declare(self, identity: Id, declared: NoteObject) -> None:
        """Take an object; one that was there before becomes an earlier one."""
        known = self.objects.get(identity)
        if known is not None and known.properties != declared.properties:
            self.earlier.append((identity, known))
        self.objects[identity] = declared


@dataclass(slots=True)
class Notebook:
    """All spaces of a file in the order in which they stand, and the files embedded in it by their names.

    files: name (a GUID in small letters) to (offset, length) in the file; blobs: to bytes that are at hand.
    limit: where one of our limits ended the reading; what was read before is there.
    """

    spaces: dict[Id, Space] = field(default_factory=dict)
    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    damaged: bool = False
    cut: bool = False
    limit: Unreadable | None = None
