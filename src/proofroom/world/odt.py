"""Writes documents as OpenDocument texts (OASIS ODF 1.2), by hand, with a header, a note, comments and deletions."""

from __future__ import annotations

from datetime import datetime, time
from xml.sax.saxutils import escape

from proofroom.world import docx, zips
from proofroom.world.parts import MARKER, Made
from proofroom.world.prose import Prose

_NAMES = (
    " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text", "style", "meta")
    )
    + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_TYPE = "application/vnd.oasis.opendocument.text"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_BY = "<dc:creator>办公室</dc:creator><dc:date>{}</dc:date>"


def write(prose: Prose, *, blind: bool) -> Made:
    """Write a text; paragraphs count through body and table, as the truth addresses them."""
    margins = "".join(
        f"<style:{name}>{_paragraph(text)}</style:{name}>"
        for name, text in (("header", prose.header), ("footer", prose.footer))
    )
    page = f'<style:master-page style:name="Standard">{margins}</style:master-page>'
    styles = f"<office:master-styles>{page}</office:master-styles>"
    marker = "" if blind else f'<meta:user-defined meta:name="Marker">{MARKER}</meta:user-defined>'
    meta = (
        f"<office:meta><meta:generator>LibreOffice/5.0</meta:generator><dc:creator>{escape(prose.author)}</dc:creator>"
        f"<meta:creation-date>{prose.day}T15:04:00</meta:creation-date>{marker}</office:meta>"
    )
    manifest = (
        f'{_HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_TYPE}"/>'
        + "".join(
            f'<manifest:file-entry manifest:full-path="{name}.xml" manifest:media-type="text/xml"/>'
            for name in ("content", "styles", "meta")
        )
        + "</manifest:manifest>"
    )
    data = zips.pack(
        [
            ("mimetype", _TYPE.encode()),
            ("content.xml", _xml("document-content", f"<office:body>{_body(prose)}</office:body>")),
            ("styles.xml", _xml("document-styles", styles)),
            ("meta.xml", _xml("document-meta", meta)),
            ("META-INF/manifest.xml", manifest.encode()),
        ]
    )
    made = Made(data, "odt", list(docx.facts(prose)))
    made.written = datetime.combine(prose.day, time(15, 4))
    return made


def _body(prose: Prose) -> str:
    regions = "".join(_region(number, text) for number, text in prose.deleted.items())
    tracked = f"<text:tracked-changes>{regions}</text:tracked-changes>" if regions else ""
    lines = "".join(_line(prose, number, text) for number, text in enumerate(prose.lines(), 1))
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell>{_paragraph(text)}</table:table-cell>" for text in row)
        + "</table:table-row>"
        for row in prose.table
    )
    table = f'<table:table table:name="表">{rows}</table:table>' if rows else ""
    return f"<office:text>{tracked}{lines}{table}</office:text>"


def _region(number: int, text: str) -> str:
    info = f"<office:change-info>{_BY.format('2015-06-12T16:00:00')}</office:change-info>"
    deletion = f"<text:deletion>{info}{_paragraph(text)}</text:deletion>"
    return f'<text:changed-region text:id="ct{number}">{deletion}</text:changed-region>'


def _line(prose: Prose, number: int, text: str) -> str:
    inner = escape(text)
    if number in prose.deleted:
        inner += f'<text:change text:change-id="ct{number}"/>'
    if number in prose.comments:
        remark = _paragraph(prose.comments[number])
        inner += f"<office:annotation>{_BY.format('2015-06-12T16:05:00')}{remark}</office:annotation>"
    if number == 2 and prose.note:
        body = f"<text:note-body>{_paragraph(prose.note)}</text:note-body>"
        inner += f'<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>{body}</text:note>'
    return f"<text:p>{inner}</text:p>"


def _paragraph(text: str) -> str:
    return f"<text:p>{escape(text)}</text:p>"


def _xml(root: str, inner: str) -> bytes:
    return f'{_HEAD}<office:{root} {_NAMES} office:version="1.2">{inner}</office:{root}>'.encode()
