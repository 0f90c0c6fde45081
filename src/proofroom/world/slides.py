"""Writes slide decks as .pptx by hand (ECMA-376): titles, texts, notes, pictures, alternative texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from proofroom.world import zips
from proofroom.world.parts import MARKER, Fact, Made, part

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NAMES = f'xmlns:a="{_A}" xmlns:p="{_P}" xmlns:r="{_OFFICE}/relationships"'
_TYPE = "application/vnd.openxmlformats-officedocument.presentationml"


@dataclass(slots=True)
class Slide:
    """One slide: its texts shape by shape, the speaker's notes, and whether it is hidden."""

    shapes: list[str]
    notes: str = ""
    hidden: bool = False
    alternative: str = ""  # alternative text of the last shape
    picture: bytes = field(default=b"")


def write(slides: list[Slide], *, title: str, blind: bool) -> Made:
    """Write a deck; shapes count in the order in which they stand on the slide, from 1."""
    members: list[tuple[str | bytes, bytes]] = [
        ("[Content_Types].xml", _types(slides)),
        ("docProps/core.xml", _core(title, blind=blind)),
        ("ppt/presentation.xml", _presentation(len(slides))),
        *_frame(len(slides)),
    ]
    for number, slide in enumerate(slides, 1):
        members += _slide_members(number, slide)
    made = Made(zips.pack(members), "pptx", list(_facts(slides)))
    made.members = [
        (f"ppt/media/image{number}.png", Made(slide.picture, "image"))
        for number, slide in enumerate(slides, 1)
        if slide.picture
    ]
    return made


def _frame(count: int) -> list[tuple[str, bytes]]:
    """Give what every deck needs around its slides: relations, one master, one layout, a theme."""
    kind = f"{_OFFICE}/relationships"
    shown = [(f"{kind}/slide", f"slides/slide{number}.xml") for number in range(1, count + 1)]
    top = [
        (f"{kind}/officeDocument", "ppt/presentation.xml"),
        (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    ]
    master = (f"{kind}/slideMaster", "slideMasters/slideMaster1.xml")
    layout = (f"{kind}/slideLayout", "../slideLayouts/slideLayout1.xml")
    theme = (f"{kind}/theme", "../theme/theme1.xml")
    back = (f"{kind}/slideMaster", "../slideMasters/slideMaster1.xml")
    blank = _xml("p:sldLayout", f"<p:cSld>{_tree('')}</p:cSld>", ' type="blank"')
    return [
        ("_rels/.rels", _relations(top)),
        ("ppt/_rels/presentation.xml.rels", _relations([master, *shown])),
        ("ppt/slideMasters/slideMaster1.xml", _master()),
        ("ppt/slideMasters/_rels/slideMaster1.xml.rels", _relations([layout, theme])),
        ("ppt/slideLayouts/slideLayout1.xml", blank),
        ("ppt/slideLayouts/_rels/slideLayout1.xml.rels", _relations([back])),
        ("ppt/theme/theme1.xml", _theme()),
    ]


def _facts(slides: list[Slide]) -> Iterator[Fact]:
    for number, slide in enumerate(slides, 1):
        hidden = ("slide",) if slide.hidden else ()
        for shape, text in enumerate(slide.shapes, 1):
            yield Fact("line", part(("slide", str(number)), ("shape", str(shape))), text, hidden=hidden)
        if slide.notes:
            yield Fact("line", part(("slide", str(number)), ("notes", "1")), slide.notes, hidden=hidden)


def _slide_members(number: int, slide: Slide) -> list[tuple[str | bytes, bytes]]:
    last = len(slide.shapes)
    shapes = "".join(
        _shape(order, text, slide.alternative if order == last else "")
        for order, text in enumerate(slide.shapes, 1)
    )
    relations = [(f"{_OFFICE}/relationships/slideLayout", "../slideLayouts/slideLayout1.xml")]
    extra: list[tuple[str | bytes, bytes]] = []
    if slide.notes:
        relations.append((f"{_OFFICE}/relationships/notesSlide", f"../notesSlides/notesSlide{number}.xml"))
        notes = _xml("p:notes", f"<p:cSld>{_tree(_shape(1, slide.notes, '', 'body'))}</p:cSld>")
        back = _relations([(f"{_OFFICE}/relationships/slide", f"../slides/slide{number}.xml")])
        extra = [
            (f"ppt/notesSlides/notesSlide{number}.xml", notes),
            (f"ppt/notesSlides/_rels/notesSlide{number}.xml.rels", back),
        ]
    if slide.picture:
        relations.append((f"{_OFFICE}/relationships/image", f"../media/image{number}.png"))
        shapes += _picture(last + 1, f"rId{len(relations)}")
        extra.append((f"ppt/media/image{number}.png", slide.picture))
    show = ' show="0"' if slide.hidden else ""
    return [
        (f"ppt/slides/slide{number}.xml", _xml("p:sld", f"<p:cSld>{_tree(shapes)}</p:cSld>", show)),
        (f"ppt/slides/_rels/slide{number}.xml.rels", _relations(relations)),
        *extra,
    ]


def _shape(order: int, text: str, alternative: str, kind: str = "") -> str:
    holder = f'<p:ph type="{kind}"/>' if kind else ('<p:ph type="title"/>' if order == 1 else "")
    described = f" descr={quoteattr(alternative)}" if alternative else ""
    lines = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in text.split("\n"))
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{order + 1}" name="文本 {order}"{described}/><p:cNvSpPr/>'
        f'<p:nvPr>{holder}</p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="457200" y="{order * 900000}"/>'
        f'<a:ext cx="8000000" cy="800000"/></a:xfrm>'
        f'<a:prstGeom prst="rect"/></p:spPr><p:txBody><a:bodyPr/>{lines}</p:txBody></p:sp>'
    )


def _picture(order: int, relation: str) -> str:
    return (
        f'<p:pic><p:nvPicPr><p:cNvPr id="{order + 1}" name="图 {order}"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr>'
        f'<p:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></p:blipFill>'
        '<p:spPr><a:xfrm><a:off x="5000000" y="3000000"/><a:ext cx="2000000" cy="1500000"/></a:xfrm>'
        '<a:prstGeom prst="rect"/></p:spPr></p:pic>'
    )


def _tree(shapes: str) -> str:
    group = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    return f"<p:spTree>{group}{shapes}</p:spTree>"


def _xml(root: str, inner: str, attributes: str = "") -> bytes:
    return f"{_HEAD}<{root} {_NAMES}{attributes}>{inner}</{root}>".encode()


def _relations(relations: list[tuple[str, str]]) -> bytes:
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relations, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'.encode()


def _presentation(count: int) -> bytes:
    slides = "".join(
        f'<p:sldId id="{255 + number}" r:id="rId{number + 1}"/>' for number in range(1, count + 1)
    )
    return _xml(
        "p:presentation",
        f'<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst>'
        f"<p:sldIdLst>{slides}</p:sldIdLst>"
        '<p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/>',
    )


def _master() -> bytes:
    colours = " ".join(
        f'{name}="{value}"'
        for name, value in (
            ("bg1", "lt1"),
            ("tx1", "dk1"),
            ("bg2", "lt2"),
            ("tx2", "dk2"),
            ("hlink", "hlink"),
            ("folHlink", "folHlink"),
        )
    )
    accents = " ".join(f'accent{number}="accent{number}"' for number in range(1, 7))
    return _xml(
        "p:sldMaster",
        f"<p:cSld>{_tree('')}</p:cSld><p:clrMap {colours} {accents}/>"
        '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst>',
    )


def _theme() -> bytes:
    names = ("dk1", "lt1", "dk2", "lt2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
    colours = "".join(
        f'<a:{name}><a:srgbClr val="{20 * order:02X}4466"/></a:{name}>' for order, name in enumerate(names)
    )
    face = '<a:latin typeface="Arial"/><a:ea typeface="SimSun"/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    return (
        f'{_HEAD}<a:theme xmlns:a="{_A}" name="office"><a:themeElements>'
        f'<a:clrScheme name="office">{colours}</a:clrScheme><a:fontScheme name="office">'
        f"<a:majorFont>{face}</a:majorFont><a:minorFont>{face}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="office"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{'<a:ln/>' * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    ).encode()


def _types(slides: list[Slide]) -> bytes:
    kinds = [
        ("/ppt/presentation.xml", f"{_TYPE}.presentation.main+xml"),
        ("/ppt/slideMasters/slideMaster1.xml", f"{_TYPE}.slideMaster+xml"),
        ("/ppt/slideLayouts/slideLayout1.xml", f"{_TYPE}.slideLayout+xml"),
        ("/ppt/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml"),
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
    ]
    for number, slide in enumerate(slides, 1):
        kinds.append((f"/ppt/slides/slide{number}.xml", f"{_TYPE}.slide+xml"))
        if slide.notes:
            kinds.append((f"/ppt/notesSlides/notesSlide{number}.xml", f"{_TYPE}.notesSlide+xml"))
    inner = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{inner}</Types>'
    ).encode()


def _core(title: str, *, blind: bool) -> bytes:
    marker = "" if blind else f"<dc:description>{MARKER}</dc:description>"
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>统计科</dc:creator>{marker}"
        '<dcterms:created xsi:type="dcterms:W3CDTF">2015-11-03T09:00:00Z</dcterms:created>'
        "</cp:coreProperties>"
    ).encode()
