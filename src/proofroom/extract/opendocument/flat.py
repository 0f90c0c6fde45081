"""Read OpenDocument as one flat XML file, and single parts of packages that are members of their own."""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.package import DamagedPart
from proofroom.extract.ooxml.safe_xml import Attributes, Element, Handler
from proofroom.extract.opendocument.aside import Macros
from proofroom.extract.opendocument.bodies import Bodies
from proofroom.extract.opendocument.content import Router
from proofroom.extract.opendocument.deliver import Deliver
from proofroom.extract.opendocument.facts import send_meta, send_settings
from proofroom.extract.opendocument.styles import Styles
from proofroom.model.states import Reason, State

_BLOCK: Final = 1 << 20
_LIMITS: Final = (Reason.LIMIT_DEPTH, Reason.LIMIT_PIECES, Reason.LIMIT_TEXT_BYTES)
_MOST: Final = 2_000_000


class _Tree:
    """Builds the small tree of facts under its local names, as the readers of facts want it."""

    def __init__(self) -> None:
        self.top = Element("")
        self._open = [self.top]
        self._count = 0

    def start(self, name: str, attributes: Attributes) -> None:
        self._count += 1
        if self._count > _MOST:
            raise DamagedPart(Reason.LIMIT_PIECES)
        element = Element(name.rpartition(":")[2], attributes)
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        if len(self._open) > 1:
            self._open.pop()

    def text(self, untrusted_text: str) -> None:
        self._open[-1].pieces.append(untrusted_text)


def read_flat(source: Source, sink: Sink) -> None:
    """Read one flat file; what stands before a break in its XML is kept."""
    with LineBatch(sink) as lines:
        styles = Styles()
        bodies = Bodies(sink, lines, styles)
        meta, settings = _Tree(), _Tree()
        sides: dict[str, Handler] = {
            "office:meta": meta,
            "office:settings": settings,
            "office:scripts": Macros(Deliver(sink, lines)),
        }
        router = Router(styles, bodies.reader, lambda kind: bodies.begin_masters(kind, styles), sides)
        try:
            broken = _parse(source, router)
        finally:
            bodies.finish()
            bodies.end_masters()
        send_meta(meta.top, sink)
        send_settings(settings.top, sink)
        for reason in sorted(bodies.failed):
            sink.partly(reason)
    if broken is Reason.ENTITY_EXPANSION:
        raise Unreadable(State.REFUSED, Reason.ENTITY_EXPANSION)
    if broken in _LIMITS:
        raise Unreadable(State.TRUNCATED, broken)
    if broken:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


def _parse(source: Source, router: Router) -> Reason:
    source.untrusted.seek(0)
    try:
        while block := source.untrusted.read(_BLOCK):
            router.parser.feed(block)
        router.parser.feed(b"", final=True)
    except DamagedPart as damaged:
        return damaged.reason
    return Reason.NONE
