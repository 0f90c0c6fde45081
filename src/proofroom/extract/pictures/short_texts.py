"""Decode the short texts that cameras and programs leave in pictures, in whatever encoding they wrote.

Such a text is too short to guess at: strict UTF-8, then strict GB18030, then Latin-1, in which
every byte means something. EXIF has fields of its own with a code in front, or in UTF-16.
"""

from __future__ import annotations

from typing import Final

LONGEST: Final = 65_536
"""Characters of one text that are given at the most."""

_GB: Final = "gb18030"
_CODE: Final = 8
_JAPANESE: Final = ("iso2022_jp", "euc_jp", "shift_jis")
_PRINTABLE: Final = frozenset(range(0x20, 0x7F)) | {0x09, 0x0A, 0x0D}
_MOST_HEX: Final = 256
_WARM: Final = (
    ("gb18030", "名"),
    ("iso2022_jp", "名"),
    ("euc_jp", "名"),
    ("shift_jis", "名"),
    ("utf-16-be", "名"),
)
for _codec, _text in _WARM:
    # A codec is imported when it is first used, which the sandbox does not allow any more.
    _text.encode(_codec).decode(_codec)


def decode_short(raw: bytes) -> str:
    """Decode a short text; NUL bytes inside it, which part two texts in some fields, become line breaks."""
    raw = raw.rstrip(b"\0")
    for codec in ("utf-8", _GB):
        try:
            return _tidy(raw.decode(codec))
        except UnicodeDecodeError:
            continue
    return _tidy(raw.decode("latin-1"))


def decode_wide(raw: bytes) -> str:
    """Decode UTF-16 in little-endian order, as Windows writes its own fields; half a character is dropped."""
    return _tidy(raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace").rstrip("\0"))


def decode_coded(raw: bytes, *, little: bool) -> str:
    """Decode a text that says its encoding in its first eight bytes (CIPA DC-008, UserComment)."""
    code, text = raw[:_CODE].rstrip(b"\0 ").upper(), raw[_CODE:]
    if code == b"UNICODE":
        return _either_wide(text, little=little)
    if code == b"JIS":
        for codec in _JAPANESE:
            try:
                return _tidy(text.rstrip(b"\0 ").decode(codec))
            except UnicodeDecodeError:
                continue
    return decode_short((text if code in (b"", b"ASCII", b"JIS") else raw).rstrip(b"\0 "))


def show_bytes(raw: bytes, length: int) -> str:
    """Show bytes of no known meaning: as text when they are text, else in hexadecimal as far as 256 bytes."""
    whole = raw.rstrip(b"\0")
    if whole and len(raw) == length and _PRINTABLE.issuperset(whole.replace(b"\0", b" ")):
        return _tidy(whole.decode("ascii"))
    more = f" (+{length - _MOST_HEX} bytes)" if length > _MOST_HEX else ""
    return raw[:_MOST_HEX].hex() + more


def _either_wide(text: bytes, *, little: bool) -> str:
    """Decode UTF-16 in the order of the block or the other one: writers often get it wrong."""
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _tidy(text.decode("utf-16", "replace").rstrip("\0 "))
    codecs = ("utf-16-le", "utf-16-be") if little else ("utf-16-be", "utf-16-le")
    even = text[: len(text) // 2 * 2]
    readings = [even.decode(codec, "replace").rstrip("\0 ") for codec in codecs]
    return _tidy(max(readings, key=_likely))


def _likely(text: str) -> int:
    """Count what is likely in a text: Latin and CJK characters more than those of a byte order misread."""
    return sum(
        2 if char < "\u0100" else 1
        for char in text
        if "\u0020" <= char < "\u2100" or "\u3000" <= char < "\ua000"
    )


def _tidy(text: str) -> str:
    return text.replace("\0", "\n").strip()[:LONGEST]
