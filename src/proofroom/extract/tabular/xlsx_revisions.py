"""Read the tracked changes of a shared .xlsx: who changed which cell, when, and what it held (ECMA-376, 18.11)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.ranges import parse_range
from proofroom.extract.ooxml.relationships import relationships, small_part, stream_part
from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.extract.ooxml.workbook import Workbook
from proofroom.extract.tabular.told import tell
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import format_parts

_HEADERS, _USERS = "revisionHeaders", "usernames"
_ROWS: Final = "rrc"
_CHANGES: Final = {
    "rcc": "cell", _ROWS: "", "rm": "moved", "ris": "new sheet", "rsnm": "new name", "rdn": "name",
    "rcmt": "comment",
}  # fmt: skip
_SAID: Final = ("action", "ref", "source", "destination", "oldName", "newName", "name", "author")
"""Attributes of a change that say what it did, in the order in which they are written."""


def send_revisions(package: Package, workbook: Workbook, sink: Sink) -> None:
    """Send every change that the workbook keeps, in the order of its saves."""
    headers = workbook.target(_HEADERS, "")
    users = workbook.target(_USERS, "")
    for user in small_part(package, users, sink.partly).all("userInfo") if users else ():
        tell(sink, "ooxml:shared-with", " ".join(filter(None, (user.get("name"), user.get("dateTime")))))
    if not headers:
        return
    targets = {one.id: one.untrusted_target for one in relationships(package, headers, sink.partly)}
    with LineBatch(sink) as lines:
        log = _Log(workbook, lines)
        for header in small_part(package, headers, sink.partly).all("header"):
            log.author, log.date = header.get("userName"), header.get("dateTime")
            if part := targets.get(header.get("id"), ""):
                stream_part(package, part, log, sink.partly)


@dataclass(slots=True)
class _Log:
    """Takes the events of one log after the other."""

    workbook: Workbook
    lines: LineBatch
    author: str = ""
    date: str = ""
    _counts: Counter[str] = field(default_factory=Counter)
    _open: list[str] = field(default_factory=list)
    _part: str = ""
    _cell: str = ""
    _old: bool = False
    _seen: set[str] = field(default_factory=set)
    _pieces: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: Attributes) -> None:
        if name in _CHANGES:
            if not self._open:
                self._begin(name, attributes)
            self._open.append(name)
        elif name in ("oc", "nc"):
            self._cell = attribute(attributes, "r")
            # What stands in a deleted row is written as its new content.
            self._old = name == "oc" or _ROWS in self._open[:1]
            self._pieces = []
        elif name == "f" and self._cell:
            self._pieces.append("=")

    def end(self, name: str) -> None:
        if name in _CHANGES and self._open:
            self._open.pop()
        elif name in ("oc", "nc") and self._cell:
            self._held("".join(self._pieces))
            self._cell = ""
        elif name == "f":
            self._pieces.append(" ")

    def text(self, untrusted_text: str) -> None:
        if self._cell:
            self._pieces.append(untrusted_text)

    def _begin(self, name: str, attributes: Attributes) -> None:
        """Begin a change that stands in no other."""
        sheet = self._sheet(attribute(attributes, "sId") or attribute(attributes, "sheetId"))
        self._counts[sheet] += 1
        self._part = format_parts((("sheet", sheet), ("change", str(self._counts[sheet]))))
        self._seen = set()
        said = [_CHANGES[name], *(attribute(attributes, one) for one in _SAID), attribute(attributes, "cell")]
        self._put("", PieceKind.META, " ".join(filter(None, said)))
        self._put("&author=1", PieceKind.META, self.author)
        self._put("&date=1", PieceKind.META, self.date)

    def _sheet(self, number: str) -> str:
        """Give the name of the sheet with this id, the id itself where the sheet is gone."""
        ids = self.workbook.sheet_ids
        return self.workbook.sheets[ids.index(number)].untrusted_name if number in ids else number or "-"

    def _held(self, text: str) -> None:
        """Give what a cell held before or after the change."""
        place = f"&cell={self._cell}" + ("&deleted=1" if self._old else "")
        if parse_range(self._cell) and place not in self._seen:
            self._seen.add(place)
            self._put(place, PieceKind.BODY, text.strip())

    def _put(self, below: str, kind: PieceKind, text: str) -> None:
        if text and self._part:
            flags = Flag.DELETED if below.endswith("&deleted=1") else Flag.NONE
            put_whole(self.lines, self._part + below, kind, text, flags)
