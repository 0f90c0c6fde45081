"""Tell what a Word document says of its own making: versions, saves, authors, dates, fonts, templates (MS-DOC)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.dttm import local_time
from proofroom.extract.ole.word_styles import fonts
from proofroom.extract.ole.word_tables import (
    WordFile,
    counted_texts,
    old_texts,
    short_text,
    texts,
)

_MOST: Final = 4_096
_ASSOCIATED: Final = {
    1: "template", 2: "title", 3: "subject", 4: "keywords", 5: "comments", 6: "author", 7: "last-author",
    8: "mail-merge-data", 9: "mail-merge-head", 17: "write-password",
}  # fmt: skip
_TIMES: Final = (("created", 20), ("saved", 24), ("printed", 28))
_SETTINGS_END: Final = 38
_FIRST_ID: Final = 24
_UNCOUNTED: Final = 15


def send_facts(word: WordFile, sink: Sink) -> None:
    """Send what the document says of itself, each as a property `doc:NAME`."""
    for name, value in islice(_facts(word), _MOST):
        if value:
            sink.meta(f"doc:{name}", value)


def _facts(word: WordFile) -> Iterator[tuple[str, str]]:
    """Give the facts of one document, in the order of its tables."""
    fib = word.fib
    yield "version", str(fib.version)
    yield "language", f"{fib.language:#06x}"
    for name, build in zip(("created-build", "saved-build"), fib.builds, strict=True):
        yield name, str(build or "")
    if 0 < fib.quick_saves < _UNCOUNTED:
        yield "quick-saves", str(fib.quick_saves)
    yield from _settings(word.part("settings"))
    for number, text in enumerate(_listed(word, "associated")):
        if number in _ASSOCIATED:
            yield _ASSOCIATED[number], text
    saved = [text for text, _ in texts(word.part("saved-by"), word.codec)]
    for number, text in enumerate(saved):
        yield ("saved-as" if number % 2 else "saved-by"), text
    for name, place in (("revision-author", "revision-authors"), ("bookmark", "bookmarks")):
        for text in _listed(word, place):
            yield name, text
    for text in comment_authors(word):
        yield "comment-author", text
    for text, _ in texts(word.part("file-names"), word.codec):
        yield "file-name", text
    for name, _ in fonts(word):
        yield "font", name
    yield from _variables(word)
    yield from _revision_ids(word.part("revision-ids"))


def revision_authors(word: WordFile) -> list[str]:
    """Give who changed the document with tracking on, by their numbers."""
    return list(_listed(word, "revision-authors"))


def comment_authors(word: WordFile) -> list[str]:
    """Give who commented on the document, by their numbers."""
    return list(islice(counted_texts(word.part("comment-authors"), word.codec, wide=not word.fib.old), _MOST))


def _listed(word: WordFile, name: str) -> Iterator[str]:
    """Give the texts of a table, whichever generation wrote it."""
    if word.fib.old:
        yield from old_texts(word.part(name), word.codec)
    else:
        yield from (text for text, _ in texts(word.part(name), word.codec))


def _settings(data: bytes) -> Iterator[tuple[str, str]]:
    """Give the dates of the document's own settings, in the time of the computer, and how long it was edited."""
    if len(data) < _SETTINGS_END:
        return
    for name, at in _TIMES:
        yield name, local_time(struct.unpack_from("<I", data, at)[0])
    revision, minutes = struct.unpack_from("<HI", data, 32)
    yield "revision", str(revision)
    yield "edit-minutes", str(minutes)


def _variables(word: WordFile) -> Iterator[tuple[str, str]]:
    """Give the variables that macros keep in a document: names first, then their values."""
    data = word.part("variables")
    names = [text for text, _ in texts(data, word.codec)]
    if len(data) < 6 or data[:2] != b"\xff\xff":
        return
    at = 6
    for _ in names:
        _, at = short_text(data, at, word.codec, wide=True)
        at += 4
    for name in names:
        value, at = short_text(data, at, word.codec, wide=True)
        yield f"variable:{name}", value


def _revision_ids(data: bytes) -> Iterator[tuple[str, str]]:
    """Give the numbers of the sittings in which the text was written."""
    for at in range(_FIRST_ID, len(data) - 3, 4):
        number = struct.unpack_from("<I", data, at)[0]
        if number:
            yield "rsid", f"{number:08X}"
