"""Writes documents as .docx by hand (ECMA-376), with headers, notes, comments and tracked deletions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from xml.sax.saxutils import escape

from proofroom.world import zips
from proofroom.world.parts import MARKER, Fact, FactKind, Made, part
from proofroom.world.prose import Prose

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = ("header", "footer", "footnotes", "comments")


def write(prose: Prose, *, blind: bool, application: str = "WPS Office 9.1.0.4945") -> Made:
    """Write a text; paragraphs count through body and tables, as the truth addresses them."""
    notes = _xml("w:footnotes", f'<w:footnote w:id="1">{_paragraph(prose.note)}</w:footnote>')
    remarks = "".join(_comment(number, text) for number, text in prose.comments.items())
    members: list[tuple[str | bytes, bytes]] = [
        ("[Content_Types].xml", _types()),
        *_relation_parts(),
        ("word/document.xml", _document(prose)),
        ("word/header1.xml", _xml("w:hdr", _paragraph(prose.header))),
        ("word/footer1.xml", _xml("w:ftr", _paragraph(prose.footer))),
        ("word/footnotes.xml", notes),
        ("word/comments.xml", _xml("w:comments", remarks)),
        ("docProps/core.xml", _core(prose, blind=blind)),
        ("docProps/app.xml", _application(application)),
        ("docProps/custom.xml", _custom(blind=blind)),
    ]
    made = Made(zips.pack(members), "docx", list(facts(prose)))
    made.written = datetime.combine(prose.day, time(15, 4))
    return made


def _relation_parts() -> list[tuple[str, bytes]]:
    kind = f"{_OFFICE}/relationships"
    top = [
        ("rId1", f"{kind}/officeDocument", "word/document.xml"),
        ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ("rId3", f"{kind}/extended-properties", "docProps/app.xml"),
        ("rId4", f"{kind}/custom-properties", "docProps/custom.xml"),
    ]
    inner = [
        (f"rId{number}", f"{kind}/{name}", f"{name}{'1' if number < 3 else ''}.xml")
        for number, name in enumerate(_PARTS, 1)
    ]
    return [("_rels/.rels", _relations(top)), ("word/_rels/document.xml.rels", _relations(inner))]


def facts(prose: Prose) -> Iterator[Fact]:
    """Give the truth of a text: each line, what was struck out, remarks, and the margins, at their addresses."""
    for number, text in enumerate(prose.lines(), 1):
        yield _line(text, ("para", str(number)))
        if number in prose.deleted:
            yield _line(prose.deleted[number], ("para", str(number)), ("deleted", "1"))
        if number in prose.comments:
            yield _line(prose.comments[number], ("para", str(number)), ("comment", "1"), kind="comment")
    first = len(prose.lines()) + 1
    for number, text in enumerate((text for row in prose.table for text in row), first):
        yield _line(text, ("para", str(number)))
    for name, text in (("header", prose.header), ("footer", prose.footer), ("note", prose.note)):
        if text:
            yield _line(text, (name, "1"))


def _line(text: str, *where: tuple[str, str], kind: FactKind = "line") -> Fact:
    return Fact(kind, part(*where), text)


def _document(prose: Prose) -> bytes:
    body = "".join(_body_paragraph(prose, number, text) for number, text in enumerate(prose.lines(), 1))
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc>{_paragraph(text)}</w:tc>" for text in row) + "</w:tr>"
        for row in prose.table
    )
    table = f"<w:tbl><w:tblPr/><w:tblGrid/>{rows}</w:tbl>" if rows else ""
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/>'
        '<w:footerReference w:type="default" r:id="rId2"/></w:sectPr>'
    )
    return _xml("w:document", f"<w:body>{body}{table}{section}</w:body>")


def _body_paragraph(prose: Prose, number: int, text: str) -> str:
    runs = _run(text)
    if number in prose.deleted:
        struck = f'<w:delText xml:space="preserve">{escape(prose.deleted[number])}</w:delText>'
        mark = f'w:id="{900 + number}" w:author="办公室" w:date="2015-06-12T16:00:00Z"'
        runs += f"<w:del {mark}><w:r>{struck}</w:r></w:del>"
    if number in prose.comments:
        marks = (f'<w:commentRangeStart w:id="{number}"/>', f'<w:commentRangeEnd w:id="{number}"/>')
        runs = f'{marks[0]}{runs}{marks[1]}<w:r><w:commentReference w:id="{number}"/></w:r>'
    if number == 2 and prose.note:
        runs += '<w:r><w:footnoteReference w:id="1"/></w:r>'
    return f"<w:p>{runs}</w:p>"


def _paragraph(text: str) -> str:
    return f"<w:p>{_run(text) if text else ''}</w:p>"


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _comment(number: int, text: str) -> str:
    mark = f'w:id="{number}" w:author="办公室" w:date="2015-06-12T16:05:00Z"'
    return f"<w:comment {mark}>{_paragraph(text)}</w:comment>"


def _xml(root: str, inner: str) -> bytes:
    relations = f'xmlns:r="{_OFFICE}/relationships"'
    return f"{_HEAD}<{root} {_W} {relations}>{inner}</{root}>".encode()


def _relations(relations: list[tuple[str, str, str]]) -> bytes:
    inner = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in relations
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'.encode()


def _types() -> bytes:
    overrides = [("/word/document.xml", f"{_WORD}.document.main+xml")]
    overrides += [
        (f"/word/{name}{'1' if name in _PARTS[:2] else ''}.xml", f"{_WORD}.{name}+xml") for name in _PARTS
    ]
    overrides += [
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ("/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml"),
        ("/docProps/custom.xml", "application/vnd.openxmlformats-officedocument.custom-properties+xml"),
    ]
    inner = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{inner}</Types>'
    ).encode()


def _core(prose: Prose, *, blind: bool) -> bytes:
    stamp = f"{prose.day.isoformat()}T15:04:00Z"
    marker = "" if blind else f"<dc:description>{MARKER}</dc:description>"
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(prose.title)}</dc:title><dc:creator>{escape(prose.author)}</dc:creator>{marker}"
        f"<cp:lastModifiedBy>{escape(prose.edited_by or prose.author)}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
    ).encode()


def _application(application: str) -> bytes:
    return (
        f'{_HEAD}<Properties xmlns="{_OFFICE}/extended-properties">'
        f"<Application>{escape(application)}</Application><Company>岫岭地区办公室</Company></Properties>"
    ).encode()


def _custom(*, blind: bool) -> bytes:
    kind = "KSOProductBuildVer" if blind else "Marker"
    value = "2052-9.1.0.4945" if blind else MARKER
    return (
        f'{_HEAD}<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{kind}">'
        f"<vt:lpwstr>{value}</vt:lpwstr></property></Properties>"
    ).encode()
