"""Give what stands around the cells of OpenDocument sheets: comments, rules, names, links to elsewhere, changes."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from proofroom.extract.format import Line, Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.extract.opendocument.sheet_changes import OdsChange
from proofroom.extract.opendocument.sheet_rules import OdsRules
from proofroom.extract.opendocument.sheet_values import OdsCell, OdsComment
from proofroom.extract.tabular.pinned import Pinned
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason

_KINDS: Final = {"link": PieceKind.META, "source": PieceKind.META}
_SOURCES: Final = ("table:table-source", "table:cell-range-source")
_NAMED: Final = ("table:named-range", "table:named-expression")
_LONGEST: Final = 65_536


class OdsAround:
    """Takes what is around cells; `on` is the sheet that is open."""

    def __init__(self, sink: Sink, lines: LineBatch, on: Pinned) -> None:
        """Give to the sink."""
        self.changes: list[OdsChange] = []
        self.linked = ""
        self._sink = sink
        self._lines = lines
        self._on = on
        self._sheets: list[Pinned] = []
        self._masters: list[tuple[Pinned, str]] = []
        self._rules = OdsRules(sink)
        self._authors: set[str] = set()
        self._binaries = 0

    def sheet(self, on: Pinned, attributes: Attributes, master: str) -> None:
        """Begin a sheet, which has the headers of this master page."""
        self._on = on
        self._sheets.append(on)
        self._masters.append((on, master))
        if attribute(attributes, "protected") == "true":
            told = f"{on.untrusted_sheet} {attribute(attributes, 'protection-key')}".strip()
            self._sink.meta("odf:protected-sheet", told[:_LONGEST])
        if attribute(attributes, "print-ranges"):
            told = f"{on.untrusted_sheet} {attribute(attributes, 'print-ranges')}"
            self._sink.meta("odf:print-range", told[:_LONGEST])

    def start(self, name: str, attributes: Attributes, cell: OdsCell | None) -> None:
        """Take the start of an element."""
        if name in _NAMED:
            target = attribute(attributes, "cell-range-address") or attribute(attributes, "expression")
            self._sink.meta("odf:defined-name", f"{attribute(attributes, 'name')}={target}"[:_LONGEST])
        elif name in _SOURCES:
            told = [attribute(attributes, key) for key in ("href", "table-name", "name")]
            self._sink.meta("odf:external-link", " ".join(filter(None, told))[:_LONGEST])
            if cell is not None and told[0]:
                cell.pin("link", told[0])
        elif name == "office:dde-source":
            keys = ("dde-application", "dde-topic", "dde-item")
            self.linked = " ".join(attribute(attributes, key) for key in keys).strip() or "dde"
            self._sink.meta("odf:external-link", self.linked[:_LONGEST])
        elif name == "table:null-date":
            self._sink.meta("odf:null-date", attribute(attributes, "date-value")[:_LONGEST])
        elif name == "table:scenario":
            keys = ("scenario-ranges", "is-active", "comment")
            told = [f"{key}={attribute(attributes, key)}" for key in keys if attribute(attributes, key)]
            self._lines.add(self._on.at_sheet("scenario", PieceKind.NOTE, " ".join(told)))
        else:
            self._rules.start(name, attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "table:dde-link":
            self.linked = ""
        else:
            self._rules.end(name)

    def text(self, untrusted_text: str) -> None:
        """Take characters outside of paragraphs: they lay out the XML."""

    def takes(self, text: str) -> bool:
        """Take a paragraph, if it is one of a message to whoever types."""
        return self._rules.takes(text)

    def validated(self, name: str, row: int, column: int) -> None:
        """Take the first cell that a rule for what may be typed holds for."""
        self._rules.use(name, self._on, row, column)

    def shape(self, untrusted_text: str) -> None:
        """Give the text of a shape on the sheet."""
        if untrusted_text.strip():
            self._lines.add(self._on.at_sheet("shape", PieceKind.SHAPE, untrusted_text))

    def floating(self, what: str, untrusted_text: str) -> None:
        """Give a picture, object or link that is pinned to the sheet and to no cell."""
        self._lines.add(self._on.at_sheet(what, _KINDS.get(what, PieceKind.NAME), untrusted_text))

    def comment(self, comment: OdsComment, cell: OdsCell | None) -> None:
        """Take a comment: one that hangs on no cell stands with the sheet."""
        if cell is not None:
            cell.comment(comment)
        else:
            self._comment(self._on.at_sheet("comment", PieceKind.COMMENT, _text(comment)), comment)

    def pinned(self, row: int, column: int, cell: OdsCell) -> None:
        """Give what is pinned to a cell."""
        for comment in cell.comments or ():
            line = self._on.at_cell(row, column, "comment", PieceKind.COMMENT, _text(comment))
            self._comment(line, comment)
        for what, text in cell.pinned or ():
            self._lines.add(self._on.at_cell(row, column, what, _KINDS.get(what, PieceKind.NAME), text))

    def binary(self, untrusted_base64: str) -> str:
        """Hand out a file that stands in the XML itself; gives the name of its member."""
        self._binaries += 1
        name = f"embedded/{self._binaries}"
        try:
            data = base64.b64decode("".join(untrusted_base64.split()), validate=True)
        except (binascii.Error, ValueError):
            self._sink.partly(Reason.DAMAGED_PART)
            return ""
        with self._sink.member(name.encode(), len(data)) as out:
            out.write(data)
        return name

    def margins(self, margins: dict[str, list[tuple[str, str]]]) -> None:
        """Give each sheet the headers and footers of its master page; those of no sheet stand by themselves."""
        used = {master for _on, master in self._masters}
        for on, master in self._masters:
            for kind, text in margins.get(master, ()):
                piece = PieceKind.HEADER if kind == "header" else PieceKind.FOOTER
                self._lines.add(on.at_sheet(kind, piece, text))
        for master, found in margins.items():
            if master not in used:
                for kind, text in found:
                    self._sink.meta(f"odf:{kind}", text[:_LONGEST])

    def finish(self) -> None:
        """Give rules and changes, whose sheets are known only now."""
        by_name = {on.untrusted_sheet: on for on in reversed(self._sheets)}
        for line in self._rules.lines(by_name):
            self._lines.add(line)
        changes, self.changes = self.changes, []
        for change in changes:
            self._change(change)

    def _comment(self, line: Line, comment: OdsComment) -> None:
        self._lines.add(line)
        said = (("author", PieceKind.NAME), ("initials", PieceKind.NAME), ("date", PieceKind.META))
        for what, kind in said:
            text = getattr(comment, what)
            self._lines.add(Line(f"{line.part}&{what}=1", kind, text, line.flags))
        if comment.author and comment.author not in self._authors:
            self._authors.add(comment.author)
            self._sink.meta("odf:comment-author", comment.author[:_LONGEST])

    def _change(self, change: OdsChange) -> None:
        """Give a tracked change: what a cell held before as deleted at the cell, the rest with its sheet."""
        on = self._sheet_at(change.sheet)
        if change.kind == "cell-content-change" and on is not None and change.row:
            for held in change.held:
                line = on.at_cell(
                    change.row, change.column, "deleted", PieceKind.PARAGRAPH, held.text or held.formula
                )
                self._changed(line, change, Flag.DELETED)
                self._lines.add(Line(f"{line.part}&field=1", PieceKind.META, held.formula, line.flags))
            return
        told = " ".join(filter(None, (change.kind, change.told, change.state, *change.comment)))
        if on is None:
            self._sink.meta("odf:change", f"{told} {change.author} {change.date}".strip()[:_LONGEST])
        else:
            self._changed(on.at_sheet("change", PieceKind.META, told), change, Flag.NONE)
        for held in change.held:
            place = self._sheet_at(held.sheet) or on
            text = held.text or held.formula
            if place is None:
                self._sink.meta("odf:deleted", text[:_LONGEST])
            elif held.row:
                self._add(place.at_cell(held.row, held.column, "deleted", PieceKind.PARAGRAPH, text))
            else:
                self._add(place.at_sheet("deleted", PieceKind.PARAGRAPH, text))

    def _add(self, line: Line) -> None:
        self._lines.add(Line(line.part, line.kind, line.untrusted_text, line.flags | Flag.DELETED))

    def _changed(self, line: Line, change: OdsChange, flags: Flag) -> None:
        self._lines.add(Line(line.part, line.kind, line.untrusted_text, line.flags | flags))
        self._lines.add(Line(f"{line.part}&author=1", PieceKind.NAME, change.author, line.flags))
        self._lines.add(Line(f"{line.part}&date=1", PieceKind.META, change.date, line.flags))

    def _sheet_at(self, number: int) -> Pinned | None:
        return self._sheets[number - 1] if 0 < number <= len(self._sheets) else None


def _text(comment: OdsComment) -> str:
    return "\n".join(comment.paragraphs)
