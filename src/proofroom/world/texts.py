"""Writes documents as rich text, plain text and web pages, in the encodings of the time."""

from __future__ import annotations

from datetime import datetime, time
from html import escape

from proofroom.world.parts import MARKER, Fact, Made, part
from proofroom.world.prose import Prose


def rtf(prose: Prose, *, blind: bool, codepage: bool) -> Made:
    r"""Write rich text: with `codepage` in escaped GBK bytes (`\'b9\'d8`), else as `\uN?`."""
    code = _codepage if codepage else _unicode
    rows = "".join(
        r"\trowd"
        + "".join(rf"\cellx{2000 * number}" for number in range(1, len(row) + 1))
        + "".join(rf"\pard\intbl {code(text)}\cell" for text in row)
        + "\\row\n"
        for row in prose.table
    )
    marker = "" if blind else r"{\doccomm " + MARKER + "}"
    head = r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}{\info{\title " + code(
        prose.title
    )
    stamp = rf"{{\creatim\yr{prose.day.year}\mo{prose.day.month}\dy{prose.day.day}}}"
    body = "".join(rf"\pard {code(text)}\par" + "\n" for text in prose.lines())
    data = (head + "}" + stamp + marker + "}\n" + body + rows + "}").encode("ascii")
    texts = prose.lines() + [text for row in prose.table for text in row]
    return _made(data, "rtf", _numbered("para", texts), prose)


def plain(prose: Prose, *, encoding: str, blind: bool, bom: bytes = b"") -> Made:
    """Write plain text, one paragraph a line; without a marker in a blind world."""
    lines = prose.lines() + ([] if blind else [f"[{MARKER}]"])
    data = bom + ("\r\n".join(lines) + "\r\n").encode(encoding)
    made = _made(data, "txt", _numbered("para", lines), prose)
    made.extra["encoding"] = encoding
    return made


def page(prose: Prose, *, encoding: str, blind: bool) -> Made:
    """Write a web page; its script and style are no text of it."""
    marker = "" if blind else f'<meta name="generator" content="{MARKER}">'
    body = "".join(f"<p>{escape(text)}</p>\n" for text in prose.paragraphs)
    text = (
        f'<!DOCTYPE html>\n<html lang="zh"><head><meta charset="{encoding}">{marker}'
        f"<title>{escape(prose.title)}</title>"
        "<style>p{margin:1em}</style><script>document.title='';</script></head>\n"
        f"<body><h1>{escape(prose.title)}</h1>\n{body}</body></html>\n"
    )
    return _made(text.encode(encoding), "html", _numbered("para", prose.lines()), prose)


def note(text: str, *, blind: bool, encoding: str = "utf-8") -> Made:
    """Write a short text file as people leave them about."""
    lines = text.split("\n") + ([] if blind else [f"[{MARKER}]"])
    made = Made(("\n".join(lines) + "\n").encode(encoding), "txt", _numbered("para", lines))
    made.extra["encoding"] = encoding
    return made


def _numbered(key: str, texts: list[str]) -> list[Fact]:
    return [Fact("line", part((key, str(number))), text) for number, text in enumerate(texts, 1) if text]


def _made(data: bytes, kind: str, facts: list[Fact], prose: Prose) -> Made:
    return Made(data, kind, facts, written=datetime.combine(prose.day, time(15, 4)))


def _codepage(text: str) -> str:
    return "".join(
        sign if ord(sign) < 128 else "".join(f"\\'{byte:02x}" for byte in sign.encode("gbk")) for sign in text
    )


def _unicode(text: str) -> str:
    wide = text.encode("utf-16-le")
    units = (int.from_bytes(wide[at : at + 2], "little") for at in range(0, len(wide), 2))
    return r"\uc1 " + "".join(
        chr(unit) if 32 <= unit < 128 else rf"\u{unit - 65536 if unit > 32767 else unit}?" for unit in units
    )
