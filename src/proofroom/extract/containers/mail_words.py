"""Decode what stands in mail headers: encoded words (RFC 2047), raw eight-bit text, and parameters (RFC 2231)."""

from __future__ import annotations

import binascii
import codecs
import re
from contextlib import suppress
from dataclasses import dataclass
from encodings.aliases import aliases
from itertools import islice
from typing import Final
from urllib.parse import unquote_to_bytes

from proofroom.extract import iso2022_cn
from proofroom.extract.encoding import decode_counted, find_encoding

WIDER: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "cp950",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""Encodings by Python's names, and the larger ones that programs write under those names."""

for _name in sorted(set(aliases.values())):
    with suppress(LookupError):
        codecs.lookup(_name)  # a mail may declare any charset, and a sealed worker can load none any more

_SAY_NOTHING: Final = frozenset(("", "ascii", "unknown-8bit", "8bit", "default", "x-unknown", "none"))
_SAID_TOO_OFTEN: Final = frozenset(("cp1252", "iso8859-15"))
_NO_CHARSETS: Final = frozenset(("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"))
_WIDE: Final = ("utf-16", "utf-32")
_WESTERN_SHARE: Final = 4
_WORD: Final = re.compile(rb"=\?([^?\s]{1,64})\?([bBqQ])\?([^?]*)\?=")
_FOLD: Final = re.compile(rb"\r?\n(?=[ \t])")
_PARAMETER: Final = re.compile(
    rb';\s*([^\s=;*"]{1,64})(?:\*([0-9]{1,4}))?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL
)
_ESCAPED: Final = re.compile(rb"\\(.)", re.DOTALL)
_NOT_BASE64: Final = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)
_MOST_PARAMETERS: Final = 1_000
_LONGEST: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded text, and whether all of it could be decoded."""

    untrusted_text: str
    whole: bool


def unfolded(raw: bytes) -> bytes:
    """Join the lines of one header."""
    return _FOLD.sub(b"", raw).strip(b" \t\r\n")


def decoded(raw: bytes, guessed: str = "") -> Text:
    """Decode a header's value; words of one encoding that follow each other are decoded as one.

    `guessed` is the encoding of raw eight-bit text, where the caller has more of it to look at.
    """
    pieces: list[tuple[str, bytes]] = []
    at = 0
    for word in _WORD.finditer(raw):
        between = raw[at : word.start()]
        if between.strip() or (between and not (pieces and pieces[-1][0])):
            pieces.append(("", between))
        charset = word.group(1).partition(b"*")[0].decode("ascii", "replace").lower()
        held = _word_bytes(word.group(2), word.group(3))
        if pieces and pieces[-1][0] == charset:
            pieces[-1] = (charset, pieces[-1][1] + held)
        else:
            pieces.append((charset, held))
        at = word.end()
    if raw[at:]:
        pieces.append(("", raw[at:]))
    texts = [_text(held, charset or guessed) for charset, held in pieces]
    return Text("".join(text.untrusted_text for text in texts), all(text.whole for text in texts))


def _word_bytes(kind: bytes, held: bytes) -> bytes:
    if kind in b"qQ":
        return binascii.a2b_qp(held.replace(b"_", b" "), header=False)
    clean = held.translate(None, _NOT_BASE64)
    clean = clean[: len(clean) - (len(clean) % 4 == 1)]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def _text(held: bytes, charset: str) -> Text:
    found = decode_counted(held, encoding_of(held, charset, whole=True))
    return Text(found.untrusted_text, not found.undecodable)


def encoding_of(head: bytes, charset: str, *, whole: bool) -> str:
    """Choose the encoding for bytes that declare one: it stands unless it says nothing or does not fit."""
    name = charset_name(charset)
    if not name.startswith("iso2022") and any(mark in head for mark in iso2022_cn.MARKS):
        return iso2022_cn.NAME
    if head.isascii() and name.startswith(_WIDE) and b"\0" not in head:
        name = ""
    if name and head.isascii():
        return name
    if name in _SAY_NOTHING:
        return find_encoding(head, whole).encoding
    if name in _SAID_TOO_OFTEN:
        high = sum(byte > 0x7F for byte in head)
        found = find_encoding(head, whole).encoding
        return found if high * _WESTERN_SHARE > len(head) or found == "utf-8" else name
    if _fits(head, name, whole=whole):
        return name
    found = find_encoding(head, whole).encoding
    return found if _fits(head, found, whole=whole) else name


def charset_name(charset: str) -> str:
    """Give Python's name of a charset, widened to what programs really write under it; "" for none."""
    plain = charset.strip(" \t\"'").lower()
    if plain in _SAY_NOTHING or "\0" in plain:
        return ""
    try:
        info = codecs.lookup(plain)
    except (LookupError, ValueError):
        return ""
    # Some codecs turn bytes into bytes, or mean no text of people: they are no charsets.
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("_", "-") in _NO_CHARSETS:
        return ""
    return WIDER.get(info.name, info.name)


def _fits(head: bytes, name: str, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(name)("strict").decode(head, whole)
    except (UnicodeError, LookupError, TypeError):
        return False
    return True


def parameters(raw: bytes) -> tuple[str, dict[str, bytes]]:
    """Split a header such as Content-Type into its value (lower case) and its parameters as UTF-8 or raw bytes."""
    value = raw.partition(b";")[0].strip().decode("ascii", "replace").lower()
    found: dict[str, bytes] = {}
    split: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for part in islice(_PARAMETER.finditer(raw[:_LONGEST]), _MOST_PARAMETERS):
        name = part.group(1).decode("ascii", "replace").lower()
        quoted = part.group(4)
        held = (part.group(5) or b"").strip() if quoted is None else _ESCAPED.sub(rb"\1", quoted)
        if part.group(2) is None and not part.group(3):
            found.setdefault(name, _plain(held))
        else:
            split.setdefault(name, {}).setdefault(int(part.group(2) or 0), (bool(part.group(3)), held))
    return value, found | {name: _joined(pieces) for name, pieces in split.items()}


def _plain(held: bytes) -> bytes:
    """Give a plain parameter; encoded words do not belong there, but programs write them."""
    if b"=?" in held and _WORD.search(held):
        return decoded(unfolded(held)).untrusted_text.encode("utf-8", "surrogatepass")
    return unfolded(held)


def _joined(pieces: dict[int, tuple[bool, bytes]]) -> bytes:
    """Join the pieces of a parameter (RFC 2231, 3 and 4); one whose charset does not fit stays as its bytes."""
    charset, held, waiting = "", b"", b""
    for number, (encoded, piece) in sorted(pieces.items()):
        rest = piece
        if number == min(pieces) and encoded and piece.count(b"'") >= 2:
            named, _, rest = piece.split(b"'", 2)
            charset = named.decode("ascii", "replace")
        # Some programs cut an escaped byte in two.
        waiting += rest if encoded else b""
        if not encoded:
            held, waiting = held + unquote_to_bytes(waiting) + rest, b""
    held += unquote_to_bytes(waiting)
    name = charset_name(charset)
    if name and _fits(held, name, whole=True):
        return decode_counted(held, name).untrusted_text.encode("utf-8", "surrogatepass")
    return held
