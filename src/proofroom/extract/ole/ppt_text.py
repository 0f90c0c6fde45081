"""Read the texts of a PowerPoint stream and the links that hang on them (MS-PPT 2.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ole.ppt_records import Kind, Record, Records

_BREAKS: Final = str.maketrans({"\r": "\n", "\x0b": "\n", "\0": None})
_LONGEST_STRING: Final = 1 << 16
_WINDOWS: Final = {
    byte: bytes((byte,)).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
"""What old programs mean by the bytes that Latin-1 gives no signs."""

TITLES: Final = (0, 6)


@dataclass(slots=True)
class Text:
    """One text: whether it is a title, and what hangs on it."""

    kind: int
    untrusted_text: str = ""
    links: list[str] = field(default_factory=list)
    macros: list[str] = field(default_factory=list)


def string(records: Records, record: Record) -> str:
    """Give the text of a string record, in UTF-16."""
    return records.body(record, _LONGEST_STRING).decode("utf-16-le", "replace").partition("\0")[0]


def strings(records: Records, record: Record) -> dict[int, str]:
    """Give the strings that lie directly in a record by their instance; of several of one instance the first."""
    found: dict[int, str] = {}
    for one in records.of(record, Kind.STRING):
        found.setdefault(one.instance, string(records, one))
    return found


def characters(records: Records, record: Record) -> str:
    """Give the text of a text record: of two bytes a sign, or of one."""
    body = records.body(record)
    if record.kind == Kind.TEXT_CHARS:
        text = body.decode("utf-16-le", "replace")
    else:
        text = body.decode("latin-1").translate(_WINDOWS)
    return text.translate(_BREAKS).rstrip("\n")


def texts(records: Records, found: Iterable[Record], links: dict[int, str]) -> Iterator[Text]:
    """Give the texts among records that follow each other: a head, the signs, and then what hangs on them."""
    text: Text | None = None
    for record in found:
        if record.kind == Kind.TEXT_HEADER:
            if text is not None:
                yield text
            text = Text(records.number(record, "<I"))
        elif record.kind in (Kind.TEXT_CHARS, Kind.TEXT_BYTES):
            text = text or Text(-1)
            text.untrusted_text += characters(records, record)
        elif record.kind == Kind.INTERACTIVE:
            text = text or Text(-1)
            hang(records, record, links, text.links, text.macros)
    if text is not None:
        yield text


def hang(
    records: Records, record: Record, targets: dict[int, str], links: list[str], macros: list[str]
) -> None:
    """Add where an action leads, or which macro or program it starts."""
    atom = records.first(record, Kind.INTERACTIVE_ATOM)
    if atom is not None:
        target = targets.get(records.number(atom, "<I", 4), "")
        if target and target not in links:
            links.append(target)
    macros += [name for one in records.of(record, Kind.STRING) if (name := string(records, one))]


def hyperlinks(records: Records, document: Record) -> dict[int, str]:
    """Give where the links of a document lead, by their numbers."""
    found: dict[int, str] = {}
    for link in records.deep(document, (Kind.HYPERLINK,)):
        atom = records.first(link, Kind.HYPERLINK_ATOM)
        told = strings(records, link)
        target = told.get(1, "")
        if told.get(3):
            target = f"{target}#{told[3]}"
        if atom is not None:
            found[records.number(atom, "<I")] = target or told.get(0, "")
    return found
