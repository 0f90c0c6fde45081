"""The files that a PDF carries: attached by name, pinned to pages, in portfolios, or left hanging nowhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.pages.tree import (
    BROKEN,
    blocks,
    entries,
    entry,
    is_dictionary,
    key_of,
    tree_leaves,
    whole,
    words,
)
from proofroom.limits import Limits
from proofroom.model.states import Reason, State

_MOST_FILES: Final = 20_000
_STREAMS: Final = ("/UF", "/F", "/DOS", "/Mac", "/Unix")
_DEEPEST: Final = 32


@dataclass(slots=True)
class Files:
    """Hands out the files of a document, each once, and tells what the document says of them."""

    sink: Sink
    limits: Limits
    folders: dict[int, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    seen: set[tuple[int, int]] = field(default_factory=set)
    count: int = 0

    def named(self, root: Any) -> None:
        """Hand out the files in the document's list of names, in their order."""
        self.folders = dict(_folders(entry(root, "/Collection", "/Folders")))
        for name, specification in tree_leaves(entry(root, "/Names", "/EmbeddedFiles"), "/Names"):
            self.hand_out(specification, words(name))

    def hand_out(self, specification: Any, fallback: str) -> str:
        """Hand out one file; gives its name, or "" when it carries no bytes or was handed out."""
        key = key_of(specification)
        held = entry(specification, "/EF")
        if not is_dictionary(held) or (key is not None and key in self.seen) or self.count >= _MOST_FILES:
            return ""
        if key is not None:
            self.seen.add(key)
        given = words(entry(specification, "/UF")) or words(entry(specification, "/F"))
        told = ""
        for place in _STREAMS:
            stream = entry(held, place)
            if not isinstance(stream, pikepdf.Stream):
                continue
            stream_key = key_of(stream)
            if stream_key is not None and stream_key in self.seen:
                continue
            if stream_key is not None:
                self.seen.add(stream_key)
            name = self._name(self._in_folder(given, fallback), fallback)
            self._one(stream, specification, name)
            told = told or name
        return told

    def _in_folder(self, name: str, listed: str) -> str:
        """Put the folder before a name where a portfolio has folders: `<3>name` stands in folder 3."""
        number, closed, rest = listed.partition(">")
        if not number.startswith("<") or not closed or not number[1:].isascii() or not number[1:].isdigit():
            return name
        folder = self.folders.get(int(number[1:]), "")
        return f"{folder}/{name or rest}".lstrip("/")

    def _name(self, name: str, fallback: str) -> str:
        """Give a name that no file had before."""
        self.count += 1
        name = name or fallback or f"file-{self.count}"
        unique = name if name not in self.names else f"file-{self.count}/{name}"
        self.names.add(unique)
        return unique

    def _one(self, stream: Any, specification: Any, name: str) -> None:
        settings = entry(stream, "/Params")
        stated = whole(entry(settings, "/Size"), -1)
        size, digest = 0, hashlib.md5(usedforsecurity=False)
        with self.sink.member(name.encode("utf-8", "replace"), stated) as out:
            try:
                for block in blocks(stream):
                    size += len(block)
                    if size > self.limits.member_bytes:
                        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
                    digest.update(block)
                    out.write(block)
            except BROKEN:
                raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART) from None
        self._tell(specification, stream, name, size, digest.digest())

    def _tell(self, specification: Any, stream: Any, name: str, size: int, digest: bytes) -> None:
        """Tell what the document says of a file, and whether its size and checksum fit."""
        settings = entry(stream, "/Params")
        stated, checksum = whole(entry(settings, "/Size"), -1), entry(settings, "/CheckSum")
        said = [
            ("bytes", str(size)),
            ("stated-bytes", "" if stated in (-1, size) else str(stated)),
            ("created", words(entry(settings, "/CreationDate"))),
            ("modified", words(entry(settings, "/ModDate"))),
            ("checksum", "" if checksum is None else "fits" if bytes(checksum) == digest else "does not fit"),
            ("type", words(entry(stream, "/Subtype"))),
            ("relationship", words(entry(specification, "/AFRelationship"))),
            ("description", words(entry(specification, "/Desc"))),
            *(
                (key[1:], _item(value))
                for key, value in entries(entry(specification, "/CI"))
                if key != "/Type"
            ),
        ]
        told = "; ".join(f"{key}={value}" for key, value in said if value)
        self.sink.meta("pdf:attachment", f"{name}; {told}")


def _item(value: Any) -> str:
    return words(entry(value, "/D")) if is_dictionary(value) else words(value)


def _folders(root: Any) -> Iterator[tuple[int, str]]:
    """Give the folders of a portfolio with their paths by number."""
    waiting = [(root, "", 0)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        folder, above, depth = waiting.pop()
        key = key_of(folder)
        if not is_dictionary(folder) or depth > _DEEPEST or (key is not None and key in seen):
            continue
        if key is not None:
            seen.add(key)
        name = words(entry(folder, "/Name")) if folder is not root else ""
        path = f"{above}/{name}".strip("/")
        yield whole(entry(folder, "/ID")), path
        waiting += [(entry(folder, "/Next"), above, depth), (entry(folder, "/Child"), path, depth + 1)]
