"""Read messages (eml) and mailboxes (mbox): every header, the text of the body, and every part as a member.

Headers stand as `mail:NAME`, decoded; the lines of the plain text as `para=N`, counted through all its
parts. Web pages, attachments, calendar entries, signatures and forwarded messages are members under the
names that they bring. Each message of a mailbox is a member and is read as a message of its own.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from proofroom.extract.containers.giving import MOST_FACTS, give, text_of
from proofroom.extract.containers.mail_box import Mailbox, is_from_line
from proofroom.extract.containers.mail_text import BodyText
from proofroom.extract.containers.mail_transfer import Transfer
from proofroom.extract.containers.mail_walk import MessageWalk, Part
from proofroom.extract.containers.mail_words import decoded
from proofroom.extract.encoding import find_encoding
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.model.states import Reason, State

_MOST_HEADERS: Final = 1_000
_LONGEST_KEY: Final = 64
_LONGEST_VALUE: Final = 1 << 16
_STANDARD_ASIDE: Final = b"This is a multi"
_ENDINGS: Final = {
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/rtf": "rtf",
    "text/xml": "xml",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "image/jpeg": "jpg",
    "image/pjpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/zip": "zip",
    "application/x-zip-compressed": "zip",
    "application/ics": "ics",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "text/rfc822-headers": "txt",
}


def read(source: Source, sink: Sink) -> None:
    """Read a mailbox or a message, whichever its first line says."""
    source.untrusted.seek(0)
    first = source.untrusted.read(1 << 12).lstrip(b"\r\n")
    source.untrusted.seek(0)
    if is_from_line(first):
        _mailbox(source, sink)
    else:
        _message(source, sink)


def _mailbox(source: Source, sink: Sink) -> None:
    """Hand out the messages of a mailbox; their From lines stand as facts."""
    for number, (line, body) in enumerate(Mailbox(source.untrusted).messages(), 1):
        if line and number <= MOST_FACTS:
            sink.meta(f"mbox:from:{number}", text_of(line.removeprefix(b"From ").strip()))
        give(sink, b"message-%05d.eml" % number, -1, body)


def _message(source: Source, sink: Sink) -> None:
    """Read one message; one whose parts never end has arrived cut short."""
    walk = MessageWalk(source.untrusted)
    with LineBatch(sink) as lines:
        message = _Message(sink, BodyText(lines))
        for part in walk.parts():
            message.take(part)
        message.end()
    for aside in walk.aside:
        if not aside.lstrip().startswith(_STANDARD_ASIDE):
            sink.meta("mail:between-parts", text_of(aside.strip()))
    if walk.damaged:
        sink.partly(Reason.DAMAGED_PART)
    if walk.cut:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if not message.has_headers:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


class _Message:
    """One message on its way to the sink."""

    def __init__(self, sink: Sink, text: BodyText) -> None:
        self.has_headers = False
        self._sink = sink
        self._text = text
        self._begun = False
        self._number = 0
        self._counts: Counter[str] = Counter()

    def take(self, part: Part) -> None:
        """Take the next part: the first one brings the message's headers."""
        if not self._begun:
            self._begun = True
            self._headers(part)
        if part.media_type.startswith("multipart/") and not part.level and part.said.get("boundary"):
            return
        self._number += 1
        self._facts(part)
        transfer = Transfer(part.header("content-transfer-encoding"))
        blocks = transfer.blocks(part.body)
        if part.media_type == "text/plain" and not self._is_attached(part):
            self._text.begin(part.charset)
            for block in blocks:
                self._text.write(block)
            self._text.end()
        else:
            give(self._sink, self._name(part), -1, blocks)
        if transfer.damaged:
            self._sink.partly(Reason.DAMAGED_PART)

    def end(self) -> None:
        """Say what the text could not give."""
        if self._text.undecodable:
            self._sink.meta("mail:undecodable", str(self._text.undecodable))

    def _headers(self, part: Part) -> None:
        self.has_headers = bool(part.headers)
        raw = b"\n".join(value for _, value in part.headers if not value.isascii())
        guessed = find_encoding(raw, True).encoding if raw else ""
        for name, value in part.headers[:_MOST_HEADERS]:
            key = f"mail:{name[:_LONGEST_KEY]}"
            text = decoded(value[:_LONGEST_VALUE], guessed)
            self._sink.meta(key, text.untrusted_text)
            if not text.whole:
                self._sink.meta(f"{key}:raw", value[:_LONGEST_VALUE].decode("latin-1"))
        if len(part.headers) > _MOST_HEADERS:
            self._sink.meta("mail:headers", str(len(part.headers)))
            self._sink.partly(Reason.UNREAD_PART)

    def _facts(self, part: Part) -> None:
        """Keep how a part is declared: type, encodings, dates and number, as far as it says them."""
        if not part.level or self._number > MOST_FACTS:
            return
        told = {
            "type": part.media_type.encode(),
            "charset": part.said.get("charset", b""),
            "encoding": part.header("content-transfer-encoding"),
            "disposition": part.disposition.encode(),
            "id": part.header("content-id"),
            **{name: value for name, value in part.disposed.items() if name.endswith("-date")},
        }
        facts = " ".join(f"{key}={text_of(value)}" for key, value in told.items() if value)
        self._sink.meta(f"mail:part:{self._number}", facts)

    def _is_attached(self, part: Part) -> bool:
        return part.disposition == "attachment" or bool(part.untrusted_filename)

    def _name(self, part: Part) -> bytes:
        """Give the name a part brings, or one by its kind and its number."""
        if part.untrusted_filename:
            return part.untrusted_filename
        if part.media_type in ("message/rfc822", "message/global"):
            self._counts["message"] += 1
            return b"message-%d.eml" % self._counts["message"]
        if part.media_type == "text/html" and part.disposition != "attachment":
            self._counts["body"] += 1
            number = self._counts["body"]
            return b"body.html" if number == 1 else b"body-%d.html" % number
        if part.media_type in ("application/ms-tnef", "application/vnd.ms-tnef"):
            return b"winmail.dat"
        return f"part-{self._number}.{_ENDINGS.get(part.media_type, 'bin')}".encode()


FORMAT = Format("mail", frozenset({"message/rfc822", "application/mbox"}), read, sample="mail.eml")
