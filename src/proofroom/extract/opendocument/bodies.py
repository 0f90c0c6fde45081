"""Find the reader of an OpenDocument body by its kind: a text, slides, a drawing, a sheet, a database, a formula."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.safe_xml import Handler
from proofroom.extract.opendocument.aside import Database, Formula
from proofroom.extract.opendocument.deliver import PageDelivery, TextDelivery
from proofroom.extract.opendocument.drawn import Drawn
from proofroom.extract.opendocument.facts import send_gathered
from proofroom.extract.opendocument.flow import Flow
from proofroom.extract.opendocument.sheet_cells import OdsCells
from proofroom.extract.opendocument.sheet_masters import OdsMasters
from proofroom.extract.opendocument.styles import Styles
from proofroom.extract.opendocument.words import Words
from proofroom.model.states import Reason

_LONGEST: Final = 65_536
_PAGED: Final = {"presentation": "slide", "drawing": "page"}


@dataclass(slots=True)
class Bodies:
    """Makes the reader of a body, once its kind is known, and ends what it began."""

    sink: Sink
    lines: LineBatch
    styles: Styles
    kind: str = ""
    out: TextDelivery | PageDelivery | None = None
    sheets: OdsCells | None = None
    masters: OdsMasters | None = None
    flow: Flow | None = None
    flow_of_masters: Flow | None = None
    drawn: dict[int, Drawn] = field(default_factory=dict)
    formula: Formula | None = None
    failed: set[Reason] = field(default_factory=set)

    def reader(self, kind: str) -> Handler:
        """Give the reader for a kind of body; what is of no kind is read as a text."""
        self.kind = kind
        if kind == "spreadsheet":
            self.sheets = OdsCells(self.sink, self.lines, self.styles)
            return self.sheets
        if kind == "database":
            return Database(self.delivery(kind))
        if kind == "math":
            self.formula = Formula(self.delivery(kind))
            return self.formula
        self.flow = self._texts(kind, self.styles)
        return self.flow

    def begin_masters(self, kind: str, styles: Styles) -> Handler:
        """Give the reader of master pages; `styles` are those that they name."""
        if kind == "spreadsheet":
            self.masters = OdsMasters()
            return self.masters
        self.flow_of_masters = self._texts(kind, styles)
        return self.flow_of_masters

    def end_masters(self) -> None:
        """Give what master pages hold that is known only at their end."""
        if self.masters is not None:
            around = self.sheets.around if self.sheets is not None else None
            if around is not None:
                around.margins(self.masters.found)
        self._finish(self.flow_of_masters)

    def _texts(self, kind: str, styles: Styles) -> Flow:
        """Make what reads texts, or shapes on pages, for the one delivery of the file."""
        out = self.delivery(kind)
        flow = Flow(styles, out)
        # A text outside of headers on a master page must not take the number of a paragraph of the body.
        before = (one.numbered for one in (self.flow, self.flow_of_masters) if one is not None)
        flow.numbered = max(out.counts[(), "para"], *before, 0)
        self.drawn[id(flow)] = Drawn(flow, out if isinstance(out, PageDelivery) else None)
        Words(flow)
        return flow

    def delivery(self, kind: str) -> TextDelivery | PageDelivery:
        """Give what sends the pieces; there is one for the whole file, as it counts them."""
        if self.out is None:
            word = _PAGED.get(kind)
            self.out = (
                PageDelivery(self.sink, self.lines, word) if word else TextDelivery(self.sink, self.lines)
            )
        return self.out

    def finish(self) -> None:
        """Give what a body that breaks off had begun."""
        if self.sheets is not None:
            self.sheets.finish()
            self.failed |= self.sheets.partial
        if self.formula is not None:
            self.formula.finish()
            for told in self.styles.conditions:
                self.sink.meta("odf:conditional-style", told[:_LONGEST])
        for target in self.styles.external:
            self.sink.meta("odf:external:image", target[:_LONGEST])
        self._finish(self.flow)
        if self.flow is not None:
            send_gathered(self.flow, self.sink)

    def _finish(self, flow: Flow | None) -> None:
        if flow is not None:
            self.drawn[id(flow)].rest()
            flow.finish()
