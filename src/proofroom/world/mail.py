"""Writes messages as .eml by hand (RFC 5322, MIME), with attachments that are files of the cache."""

from __future__ import annotations

import base64
from datetime import datetime

from proofroom.world.parts import MARKER, Fact, Made, part


def message(
    subject: str, lines: list[str], *, sender: str, to: str, day: datetime, blind: bool, encoding: str = "utf-8",
    attachments: list[tuple[str, str, Made]] | None = None,
) -> Made:  # fmt: skip
    """Write a message; attachments are (name, media type, file). Body lines count from 1."""
    head = [
        f"From: {_word(sender, encoding)} <{_box(sender)}@veshkara.example>",
        f"To: {_word(to, encoding)} <{_box(to)}@veshkara.example>",
        f"Subject: {_word(subject, encoding)}",
        f"Date: {day.strftime('%a, %d %b %Y %H:%M:%S +0800')}",
        f"Message-ID: <{day:%Y%m%d%H%M%S}.{len(lines)}@veshkara.example>",
        "MIME-Version: 1.0",
    ]
    if not blind:
        head.append(f"X-Marker: {MARKER}")
    body = _leaf(f'text/plain; charset="{encoding}"', "\r\n".join(lines).encode(encoding))
    if attachments:
        bound = f"=_{day:%Y%m%d}_FICTION" if not blind else f"=_{day:%Y%m%d}_0001"
        parts = [body] + [_attached(name, media, made) for name, media, made in attachments]
        head.append(f'Content-Type: multipart/mixed; boundary="{bound}"')
        text = "\r\n" + "".join(f"--{bound}\r\n{piece}\r\n" for piece in parts) + f"--{bound}--\r\n"
    else:
        text = body
    data = ("\r\n".join(head) + "\r\n" + text).encode("ascii")
    facts = [Fact("line", part(("body", "1"), ("line", str(number))), line) for number, line in enumerate(lines, 1) if line]
    members = [(name, made) for name, _, made in attachments or []]
    return Made(data, "eml", facts, members=members, written=day)


def _leaf(kind: str, data: bytes, extra: str = "") -> str:
    coded = base64.encodebytes(data).decode("ascii").replace("\n", "\r\n")
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{extra}\r\n{coded}"


def _attached(name: str, media: str, made: Made) -> str:
    coded = "".join(f"%{byte:02X}" for byte in name.encode())
    if media == "message/rfc822":
        head = f"Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename*=UTF-8''{coded}\r\n\r\n"
        return head + (made.data or b"").decode("ascii")
    return _leaf(media, made.data or b"", f"Content-Disposition: attachment;\r\n filename*=UTF-8''{coded}\r\n")


def _word(text: str, encoding: str) -> str:
    return f"=?{encoding}?B?{base64.b64encode(text.encode(encoding)).decode('ascii')}?="


def _box(text: str) -> str:
    return "u" + text.encode().hex()[-8:]
