"""Writes messages as .eml by hand (RFC 5322, MIME), with attachments that are files of the cache."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from proofroom.world.parts import MARKER, Fact, Made, part


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: its head, its lines, and its attachments as (name, media type, file)."""

    subject: str
    lines: tuple[str, ...]
    sender: str
    to: str
    day: datetime
    encoding: str = "utf-8"
    attachments: tuple[tuple[str, str, Made], ...] = ()


def write(letter: Letter, *, blind: bool) -> Made:
    """Write a message; body lines count from 1, attachments become members."""
    head = _head(letter, blind=blind)
    body = _leaf(
        f'text/plain; charset="{letter.encoding}"', "\r\n".join(letter.lines).encode(letter.encoding)
    )
    if letter.attachments:
        bound = f"=_{letter.day:%Y%m%d}_0001"
        parts = [body] + [_attached(name, media, made) for name, media, made in letter.attachments]
        head.append(f'Content-Type: multipart/mixed; boundary="{bound}"')
        body = "\r\n" + "".join(f"--{bound}\r\n{piece}\r\n" for piece in parts) + f"--{bound}--\r\n"
    data = ("\r\n".join(head) + "\r\n" + body).encode("ascii")
    facts = [Fact("line", part(("para", str(number))), line) for number, line in enumerate(letter.lines, 1)]
    members = [(name, made) for name, _, made in letter.attachments]
    return Made(data, "eml", facts, members=members, written=letter.day)


def _head(letter: Letter, *, blind: bool) -> list[str]:
    coding = letter.encoding
    head = [
        f"From: {_word(letter.sender, coding)} <{_box(letter.sender)}@veshkara.example>",
        f"To: {_word(letter.to, coding)} <{_box(letter.to)}@veshkara.example>",
        f"Subject: {_word(letter.subject, coding)}",
        f"Date: {letter.day.strftime('%a, %d %b %Y %H:%M:%S +0800')}",
        f"Message-ID: <{letter.day:%Y%m%d%H%M%S}.{len(letter.lines)}@veshkara.example>",
        "MIME-Version: 1.0",
    ]
    return head if blind else [*head, f"X-Marker: {MARKER}"]


def _leaf(kind: str, data: bytes, extra: str = "") -> str:
    coded = base64.encodebytes(data).decode("ascii").replace("\n", "\r\n")
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{extra}\r\n{coded}"


def _attached(name: str, media: str, made: Made) -> str:
    coded = "".join(f"%{byte:02X}" for byte in name.encode())
    if media == "message/rfc822":
        head = "Content-Type: message/rfc822\r\nContent-Disposition: attachment;\r\n"
        head += f" filename*=UTF-8''{coded}\r\n\r\n"
        return head + (made.data or b"").decode("ascii")
    return _leaf(
        media, made.data or b"", f"Content-Disposition: attachment;\r\n filename*=UTF-8''{coded}\r\n"
    )


def _word(text: str, encoding: str) -> str:
    return f"=?{encoding}?B?{base64.b64encode(text.encode(encoding)).decode('ascii')}?="


def _box(text: str) -> str:
    return "u" + text.encode().hex()[-8:]
