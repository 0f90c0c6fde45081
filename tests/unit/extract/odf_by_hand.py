"""Write OpenDocument packages and flat files by hand."""

from __future__ import annotations

import io
import zipfile

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        *(("office", "office"), ("table", "table"), ("text", "text"), ("style", "style")),
        *(("draw", "drawing"), ("meta", "meta"), ("svg", "svg-compatible"), ("manifest", "manifest")),
        *(
            ("presentation", "presentation"),
            ("form", "form"),
            ("script", "script"),
            ("fo", "xsl-fo-compatible"),
        ),
        *(("config", "config"), ("chart", "chart"), ("number", "datastyle"), ("db", "database")),
    )
)
SPACES += (
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:math="http://www.w3.org/1998/Math/MathML"'
)
TYPE = "application/vnd.oasis.opendocument."
ODT = f"{TYPE}text"
ODP = f"{TYPE}presentation"


def content(kind: str, body: str, styles: str = "", scripts: str = "") -> str:
    """Give a `content.xml` whose body is of a kind such as `text`."""
    return (
        f"<office:document-content {SPACES}>{scripts}<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )


def styles(masters: str = "", named: str = "") -> str:
    """Give a `styles.xml`."""
    return (
        f"<office:document-styles {SPACES}><office:styles>{named}</office:styles>"
        f"<office:master-styles>{masters}</office:master-styles></office:document-styles>"
    )


def packed(media_type: str, parts: dict[str, str | bytes]) -> bytes:
    """Pack parts as OpenDocument does: its type first, the manifest last."""
    out = io.BytesIO()
    entries = "".join(f'<manifest:file-entry manifest:full-path="{name}"/>' for name in parts)
    manifest = f"<manifest:manifest {SPACES}>{entries}</manifest:manifest>"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", media_type, zipfile.ZIP_STORED)
        for name, data in parts.items():
            archive.writestr(name, data)
        if "META-INF/manifest.xml" not in parts:
            archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def letter(body: str, more: str = "") -> bytes:
    """Give a text document with this body and these automatic styles."""
    return packed(ODT, {"content.xml": content("text", body, more)})


def deck(pages: str, more: str = "") -> bytes:
    """Give a presentation with these pages and automatic styles."""
    return packed(ODP, {"content.xml": content("presentation", pages, more)})


def p(text: str, style: str = "") -> str:
    """Give a paragraph."""
    return f'<text:p text:style-name="{style}">{text}</text:p>' if style else f"<text:p>{text}</text:p>"
