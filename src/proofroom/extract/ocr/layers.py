"""Read a text layer that another engine made of the same pages: hOCR, ALTO, or text with a form feed per page."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.text_stream import TextStream
from proofroom.extract.ocr.alto import Alto
from proofroom.extract.ocr.hocr import Hocr
from proofroom.extract.ocr.page import LAYER_UNIT
from proofroom.extract.ocr.page_lines import LONGEST_LINE, PageLines
from proofroom.model.states import Reason, State

TEXT_LAYERS: Final = ("layer.hocr", "layer.xml", "layer.txt")
"""Samples of each, read once before a worker shuts itself in."""

_HEAD: Final = 1 << 14
_HOCR: Final = re.compile(rb"class\s*=\s*[\"'][^\"']{0,200}\bocr_page\b")
_ALTO: Final = re.compile(rb"<(?:[A-Za-z][\w.-]{0,40}:)?alto[\s>]")
_ENDS: Final = re.compile("\r\n|[\n\r\f]")


def read_text_layer(source: Source, sink: Sink) -> None:
    """Give lines as `page=P&line=L`; says whether their boxes are in points or pixels. Raises Unreadable."""
    head = source.untrusted.read(_HEAD)
    plain = head.replace(b"\0", b"")
    source.untrusted.seek(0)
    with LineBatch(sink) as lines:
        out = PageLines(lines, source.limits)
        if _ALTO.search(plain):
            alto = Alto(out)
            alto.read(source.untrusted)
            points = alto.points
        elif _HOCR.search(plain):
            hocr = Hocr(out)
            hocr.read(TextStream(source))
            points = hocr.points
        else:
            _read_plain(TextStream(source), out)
            points = False
    sink.meta(LAYER_UNIT, "points" if points else "pixels")
    if not out.page:
        raise Unreadable(State.EMPTY, Reason.NO_TEXT)


def _read_plain(stream: TextStream, out: PageLines) -> None:
    """Read text: a form feed begins a page, a line break a line."""
    out.begin_page()
    waiting = ""
    for block in stream.blocks():
        text, at = waiting + block, 0
        for found in _ENDS.finditer(text):
            if found.end() == len(text) and found.group() == "\r":
                break
            out.add(text[at : found.start()])
            at = found.end()
            if found.group() == "\f":
                out.begin_page()
        waiting = text[at:]
        if len(waiting) > LONGEST_LINE:
            out.add(waiting)
            waiting = ""
    out.add(waiting)
