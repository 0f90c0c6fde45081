"""Cut cards and calendars into content lines (RFC 6350, RFC 5545, vCard 2.1): folded, grouped, with parameters."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from proofroom.extract.containers.mail_words import encoding_of
from proofroom.extract.encoding import decode_counted, find_encoding

_LONGEST_PIECE: Final = 1 << 20
_LONGEST: Final = 256 << 20
_NAME: Final = re.compile(rb"(?:([A-Za-z0-9_-]{1,64})\.)?([A-Za-z0-9_ -]{1,128})(?=[;:])")
_PARAMETER: Final = re.compile(rb";([A-Za-z0-9_-]{1,64})(?:=((?:\"[^\"]*\"|[^\";:]|\"(?![^\"]*\"))*))?")
_ESCAPED: Final = re.compile(r"\\([\\,;:nN])")
_DATA: Final = re.compile(rb"data:([A-Za-z0-9/+.-]{0,100})[^,]{0,200};base64,", re.IGNORECASE)
_FOLD: Final = re.compile(rb"\r?\n[ \t]")
_BARE: Final = ("GIF", "JPEG", "PNG", "BMP", "TIFF", "WAVE", "X509", "PGP")
_CIRCUMFLEX: Final = {"^n": "\n", "^^": "^", "^'": '"'}


@dataclass(slots=True)
class ContentLine:
    """One line: its group, name, parameters in their order, and the raw value."""

    name: str
    raw: bytes
    group: str = ""
    parameters: list[tuple[str, bytes]] = field(default_factory=list)

    def said(self, name: str) -> str:
        """Give a parameter in lower case, "" when there is none; vCard 2.1 writes encodings without their name."""
        for key, value in self.parameters:
            if key == name:
                return value.decode("ascii", "replace").strip('"').lower()
        if name == "ENCODING":
            bare = {key.lower() for key, value in self.parameters if not value}
            return next((one for one in ("quoted-printable", "base64", "b") if one in bare), "")
        return ""

    @property
    def is_printable(self) -> bool:
        """Tell whether the value is quoted-printable."""
        return self.said("ENCODING") == "quoted-printable"

    def binary(self) -> tuple[bytes, str] | None:
        """Give the bytes of a value that is a file, and its kind; None for one that is a text or an address."""
        inline = _DATA.match(self.raw)
        if inline:
            return _unbase64(self.raw[inline.end() :]), inline.group(1).decode("ascii").lower()
        if self.said("ENCODING") in ("b", "base64"):
            bare = next((key.lower() for key, value in self.parameters if not value and key in _BARE), "")
            kind = self.said("FMTTYPE") or self.said("MEDIATYPE") or self.said("TYPE") or bare
            return _unbase64(self.raw), kind
        return None


def _unbase64(raw: bytes) -> bytes:
    clean = bytes(raw.translate(None, b" \t\r\n"))
    try:
        return binascii.a2b_base64(clean[: len(clean) & ~3] if len(clean) % 4 == 1 else clean + b"==")
    except binascii.Error:
        return b""


class ContentLines:
    """The lines of a file in their order; `odd` counts what is none."""

    def __init__(self, untrusted: BinaryIO) -> None:
        """Read from the beginning."""
        self.odd = 0
        self.cut = False
        self._stream = untrusted
        self._stream.seek(0)

    def __iter__(self) -> Iterator[ContentLine]:
        """Give the lines, unfolded."""
        for raw in self._unfolded():
            line = _parsed(raw)
            if line is not None:
                yield line
            elif raw.strip(b"\r\n \t\0\x1a"):
                self.odd += 1

    def _unfolded(self) -> Iterator[bytes]:
        """Join folded lines, soft line ends of quoted-printable, and base64 that goes on without a fold."""
        pieces: list[bytes] = []
        size = 0
        soft = base64 = running = False
        first = True
        while piece := self._stream.readline(_LONGEST_PIECE):
            if first:
                piece, first = piece.removeprefix(b"\xef\xbb\xbf"), False
            line = piece.rstrip(b"\r\n")
            folded = bool(pieces) and not soft and not running and piece[:1] in (b" ", b"\t")
            if soft or running or folded or (base64 and line and _NAME.match(line) is None):
                pieces.append(line[1:] if folded else line)
                size += len(line)
                if size > _LONGEST:
                    self.cut = True
                    return
            else:
                if pieces:
                    yield b"".join(pieces)
                pieces, size = [line], len(line)
                upper = line[:512].upper()
                base64 = b"BASE64" in upper or b"ENCODING=B" in upper
            printable = b"QUOTED-PRINTABLE" in pieces[0][:512].upper()
            # A line longer than what is read at once goes on in the next piece.
            running = not piece.endswith(b"\n") and len(piece) == _LONGEST_PIECE
            soft = printable and not running and line.endswith(b"=")
            if soft:
                pieces[-1] = pieces[-1][:-1]
        if pieces:
            yield b"".join(pieces)


def _parsed(raw: bytes) -> ContentLine | None:
    """Take a line apart; None for one without a name."""
    found = _NAME.match(raw)
    if found is None:
        return None
    at = found.end()
    parameters: list[tuple[str, bytes]] = []
    while raw[at : at + 1] == b";":
        one = _PARAMETER.match(raw, at)
        if one is None:
            break
        parameters.append((one.group(1).decode("ascii").upper(), one.group(2) or b""))
        at = one.end()
    colon = raw.find(b":", at)
    if colon < 0:
        return None
    group = (found.group(1) or b"").decode("ascii")
    return ContentLine(found.group(2).decode("ascii").strip().upper(), raw[colon + 1 :], group, parameters)


class Values:
    """Decodes values: by the charset a line declares, or the one that fits the whole file."""

    def __init__(self, sample: bytes) -> None:
        """Judge what declares nothing by a sample of the file."""
        self.undecodable = 0
        # Folds may stand inside a character.
        self.encoding = find_encoding(_FOLD.sub(b"", sample), False).encoding

    def text(self, line: ContentLine) -> str:
        """Give a line's value as text, without its escapes."""
        raw = binascii.a2b_qp(line.raw) if line.is_printable else line.raw
        decoded = self._decode(raw, line.said("CHARSET"))
        return _ESCAPED.sub(lambda found: "\n" if found.group(1) in "nN" else found.group(1), decoded)

    def parameter(self, raw: bytes) -> str:
        """Give a parameter's value as text (RFC 6868)."""
        plain = self._decode(raw, "")
        if plain.startswith('"') and plain.endswith('"') and plain.count('"') == 2:
            plain = plain[1:-1]
        return re.sub(r"\^[n^']", lambda found: _CIRCUMFLEX[found.group()], plain)

    def _decode(self, raw: bytes, charset: str) -> str:
        if raw.isascii() and not charset:
            return raw.decode("ascii")
        # Of a short value alone nothing can be guessed: the file's encoding stands in for an absent one.
        found = decode_counted(raw, encoding_of(raw, charset or self.encoding, whole=True))
        self.undecodable += found.undecodable
        return found.untrusted_text
