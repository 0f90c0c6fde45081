"""Walk the XML of Pages, Numbers and Keynote before 2013: texts at their places, tables cell by cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.iwork.older_table import OlderTable
from proofroom.extract.iwork.tables import SheetNames
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.ooxml.safe_xml import Attributes, attribute, whole_number
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import format_parts

_AT_A_TIME: Final = 8_192
_PROGRAMS: Final = {"presentation": "Keynote", "document": "Pages"}
_SIGNS: Final = {"br": "\n", "lnbr": "\n", "crbr": "\n", "pgbr": "\n", "sectbr": "\n", "tab": "\t"}
_INSIDE: Final = {
    "sticky-note": ("comment", PieceKind.COMMENT),
    "annotation": ("comment", PieceKind.COMMENT),
    "prototype": ("leftover", PieceKind.PARAGRAPH),
    "notes": ("notes", PieceKind.NOTE),
    "header": ("header", PieceKind.HEADER),
    "footer": ("footer", PieceKind.FOOTER),
    "footnotes": ("note", PieceKind.NOTE),
    "endnotes": ("note", PieceKind.NOTE),
}
_OF_KIND: Final = {
    "body": ("para", PieceKind.PARAGRAPH),
    "footnote": ("note", PieceKind.NOTE),
    "note": ("notes", PieceKind.NOTE),
}
_BOX: Final = ("shape", PieceKind.SHAPE)
_CHART_LABELS: Final = ("chart-row_names", "chart-column_names")
_FACTS: Final = ("title", "authors", "keywords", "comment", "projects", "copyright")


@dataclass(slots=True)
class _Text:
    """A text under way: where its paragraphs stand, and what has been read of the present one."""

    place: str
    name: str
    kind: PieceKind
    pieces: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    open: int = 0


class OlderStory:
    """Takes what a parser meets and gives texts and tables."""

    def __init__(self, sink: Sink, lines: LineBatch) -> None:
        """Give tables to the sink, texts to the lines."""
        self._sink = sink
        self._lines = lines
        self._open: list[str] = []
        self._place = ""
        self._counts: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._texts: list[_Text] = []
        self._tables: list[OlderTable] = []
        self._names: list[str] = []
        self._sheet = self._charts = self._labels = 0
        self._sheets = SheetNames()
        self._fact = ""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        parent = self._open[-1] if self._open else ""
        self._open.append(name)
        if len(self._open) == 1:
            program = _PROGRAMS.get(name, name)
            is_numbers = any(
                key.startswith("http://developer.apple.com/namespaces/ls ") for key in attributes
            )
            self._sink.meta("iwork:program", "Numbers" if is_numbers else program)
        if name in ("slide", "master-slide") and parent in ("slide-list", "master-slides"):
            self._numbers[name] += 1
            self._place = f"{'slide' if name == 'slide' else 'layout'}={self._numbers[name]}&"
            self._counts.clear()
        elif name == "workspace":
            self._place = format_parts((("sheet", attribute(attributes, "workspace-name")),)) + "&"
            self._names = [attribute(attributes, "workspace-name")]
            self._counts.clear()
        elif name == "text-storage":
            self._texts.append(self._begin(attribute(attributes, "kind")))
        elif parent == "metadata" and name in _FACTS:
            self._fact = name
        self._table_start(name, parent, attributes)
        self._text_start(name, attributes)
        if name == "chart-name" or parent in _CHART_LABELS:
            self._chart(name, attribute(attributes, "string"))
        if self._fact and name == "string":
            self._tell(attribute(attributes, "string"))

    def end(self, name: str) -> None:
        """Take the end of an element."""
        self._open.pop()
        if name == "p" and self._texts:
            self._texts[-1].open -= 1
            if not self._texts[-1].open:
                self._paragraph(self._texts[-1])
        elif name == "text-storage" and self._texts:
            self._paragraph(self._texts.pop())
        elif name in ("slide", "master-slide", "workspace") and self._open[-1:] != ["slide"]:
            self._place = ""
        elif name == self._fact:
            self._fact = ""
        self._table_end(name)

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._texts and self._texts[-1].open:
            self._texts[-1].pieces.append(untrusted_text)

    def _begin(self, kind: str) -> _Text:
        """Find where the paragraphs of a text stand, by what is around it."""
        inside = next((_INSIDE[one] for one in reversed(self._open) if one in _INSIDE), None)
        name, piece = inside or _OF_KIND.get(kind, _BOX)
        return _Text(self._place, name, piece)

    def _text_start(self, name: str, attributes: Attributes) -> None:
        if not self._texts:
            return
        text = self._texts[-1]
        if name == "p":
            text.open += 1
        elif name in _SIGNS and text.open:
            text.pieces.append(_SIGNS[name])
        elif name == "link":
            text.links.append(attribute(attributes, "href"))

    def _paragraph(self, text: _Text) -> None:
        """Give a paragraph; that of a cell goes into the cell."""
        whole = "".join(text.pieces).strip("\n")
        links, text.pieces, text.links = text.links, [], []
        if not whole.strip():
            return
        table = self._tables[-1] if self._tables else None
        if table and table.depth:
            table.value = f"{table.value}\n{whole}" if table.value else whole
            return
        self._counts[text.name] += 1
        part = f"{text.place}{text.name}={self._counts[text.name]}"
        flags = Flag.HIDDEN_TEXT if text.name == "leftover" else Flag.NONE
        put_whole(self._lines, part, text.kind, whole, flags)
        for number, link in enumerate(filter(None, links), 1):
            put_whole(self._lines, f"{part}&link={number}", PieceKind.META, link)

    def _chart(self, name: str, said: str) -> None:
        """Give the name of a chart or of one of its rows and columns; its labels stand in front of its name."""
        if name == "chart-name":
            self._charts += 1
            self._labels = 0
            self._lines.put((("chart", str(self._charts)),), PieceKind.NAME, said)
        else:
            self._labels += 1
            where = (("chart", str(self._charts + 1)), ("label", str(self._labels)))
            self._lines.put(where, PieceKind.NAME, said)

    def _table_start(self, name: str, parent: str, attributes: Attributes) -> None:
        if name == "tabular-model":
            self._tables.append(OlderTable())
            self._names.append(attribute(attributes, "name"))
        if not self._tables:
            return
        table = self._tables[-1]
        if name == "grid":
            table.columns = whole_number(attribute(attributes, "numcols", "0")) or 0
        elif parent == "datasource" and not table.depth:
            table.depth = len(self._open)
            table.begin(name, attributes)
        elif table.depth:
            if parent == "menu-choices":
                table.choice = attribute(attributes, "ID")
            table.take(name, attributes)

    def _table_end(self, name: str) -> None:
        if not self._tables:
            return
        table = self._tables[-1]
        if self._open[-1:] == ["menu-choices"]:
            table.choice = ""
        if table.depth and len(self._open) < table.depth:
            table.end()
            table.depth = 0
        elif name == "tabular-model":
            self._give(self._tables.pop())

    def _give(self, table: OlderTable) -> None:
        """Give a table that has ended, as a sheet of its own."""
        name = self._names.pop() if self._names else ""
        where = self._names[0] if self._names else self._place.rstrip("&").replace("=", " ")
        self._sheet += 1
        self._sink.sheet(self._sheet, self._sheets.given(where, name))
        for start in range(0, len(table.found), _AT_A_TIME):
            table.send(self._sink, self._sheet, start, start + _AT_A_TIME)
        if table.merged:
            self._sink.merges(self._sheet, table.merged)

    def _tell(self, value: str) -> None:
        if value:
            self._sink.meta(f"iwork:{self._fact}", value)
