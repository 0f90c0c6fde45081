"""Read messages (eml, emlx) and mailboxes (mbox, MMDF): every header, the text, and every part as a member.

Headers stand as `mail:NAME`, decoded; the lines of the plain text as `para=N`, counted through all its
parts. Web pages, attachments, calendar entries, signatures and forwarded messages are members under the
names that they bring, and so are files coded inside a text (uuencode, yEnc). What is quoted from other
letters is named and stays. Each message of a mailbox is a member and is read as a message of its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from proofroom.extract.containers.giving import MOST_FACTS, give, text_of
from proofroom.extract.containers.mail_box import Mailbox, is_from_line, is_mmdf
from proofroom.extract.containers.mail_inline import InlineFiles
from proofroom.extract.containers.mail_text import BodyText
from proofroom.extract.containers.mail_transfer import Transfer
from proofroom.extract.containers.mail_walk import MessageWalk, Part
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.letters import apple_mail, elsewhere
from proofroom.extract.letters.headers import send_headers, send_thread
from proofroom.extract.letters.part_names import PartNames
from proofroom.extract.letters.quotes import Quotes
from proofroom.extract.letters.reports import LARGEST, REPORTS, send_report
from proofroom.extract.markup.batches import LineBatch
from proofroom.model.states import Reason, State

_STANDARD_ASIDE: Final = b"This is a multi"
_LARGEST_LETTER: Final = 1 << 30
_WIDE: Final = ("utf-16", "utf-32", "ucs-")


def read(source: Source, sink: Sink) -> None:
    """Read a mailbox or a message, whichever its first line says."""
    source.untrusted.seek(0)
    first = source.untrusted.read(1 << 12)
    line = first.lstrip(b"\r\n").partition(b"\n")[0]
    source.untrusted.seek(0)
    if is_from_line(line) or is_mmdf(line):
        _mailbox(source, sink)
    elif apple_mail.is_emlx(first):
        _apple(source, sink, first)
    else:
        _message(source.untrusted, sink)


def _mailbox(source: Source, sink: Sink) -> None:
    """Hand out the messages of a mailbox; their From lines stand as facts."""
    box = Mailbox(source.untrusted)
    for number, (line, body) in enumerate(box.messages(), 1):
        if line and number <= MOST_FACTS:
            sink.meta(f"mbox:from:{number}", text_of(line.removeprefix(b"From ").strip()))
        give(sink, b"message-%05d.eml" % number, -1, body)
    told = {
        "quoted-from-lines": box.quoted,
        "from-lines-inside": box.inside,
        "ended-by-length": box.by_length,
    }
    for key, count in told.items():
        if count:
            sink.meta(f"mbox:{key}", str(count))


def _apple(source: Source, sink: Sink, first: bytes) -> None:
    """Read the letter that Apple Mail keeps, and what it notes about it."""
    letter = apple_mail.Letter(source.untrusted, first)
    if min(letter.length, source.size) > _LARGEST_LETTER:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
    _message(io.BytesIO(source.untrusted.read(letter.length)), sink)
    if not letter.whole:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if not apple_mail.send_list(sink, source.untrusted, letter.end):
        sink.partly(Reason.DAMAGED_PART)


def _message(stream: BinaryIO, sink: Sink) -> None:
    """Read one message; one whose parts never end has arrived cut short."""
    walk = MessageWalk(stream)
    with LineBatch(sink) as lines:
        message = _Message(sink, lines)
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

    def __init__(self, sink: Sink, lines: LineBatch) -> None:
        self.has_headers = False
        self._sink = sink
        self._quotes = Quotes()
        self._text = BodyText(lines, self._quotes.take)
        self._names = PartNames()
        self._begun = False
        self._number = 0

    def take(self, part: Part) -> None:
        """Take the next part: the first one brings the message's headers."""
        if not self._begun:
            self._begun = True
            self.has_headers = bool(part.headers)
            send_thread(self._sink, send_headers(self._sink, part.headers))
        if part.media_type.startswith("multipart/"):
            return
        self._number += 1
        if part.media_type == elsewhere.EXTERNAL:
            self._facts(part, b"")
            elsewhere.send_external(self._sink, part, self._number)
            return
        transfer = Transfer(part.header("content-transfer-encoding"))
        blocks = transfer.blocks(part.body)
        if part.media_type == "text/plain" and not self._is_attached(part):
            self._facts(part, b"")
            self._take_text(part, blocks)
        else:
            self._take_member(part, blocks)
        if transfer.damaged:
            self._sink.partly(Reason.DAMAGED_PART)

    def end(self) -> None:
        """Say what the text could not give, and what of it is quoted."""
        self._quotes.send(self._sink)
        if self._text.undecodable:
            self._sink.meta("mail:undecodable", str(self._text.undecodable))

    def _take_text(self, part: Part, blocks: Iterable[bytes]) -> None:
        """Send a text line by line; files that are coded in it are members."""
        flowed = part.said.get("format", b"").lower() == b"flowed"
        delsp = part.said.get("delsp", b"").lower() == b"yes"
        self._text.begin(part.charset, flowed=flowed, delsp=delsp)
        wide = part.charset.lower().startswith(_WIDE)
        for block in blocks if wide else InlineFiles(self._take_inline).text(blocks):
            self._text.write(block)
        self._text.end()

    def _take_inline(self, untrusted_name: bytes, data: bytes, ended: Reason, coding: str) -> None:
        self._sink.meta("mail:inline-file", f"{text_of(untrusted_name)}; {coding}")
        if coding.startswith("yEnc, part"):
            self._sink.partly(Reason.EXTERNAL_PART)
        give(self._sink, untrusted_name, len(data), _ending(data, ended))

    def _take_member(self, part: Part, blocks: Iterable[bytes]) -> None:
        """Hand out a part; of what machines report, the fields stand as facts too."""
        if part.media_type == elsewhere.PARTIAL:
            name = elsewhere.send_partial(self._sink, part)
        else:
            name = self._names.name(part, self._number)
        self._facts(part, name)
        if part.media_type not in REPORTS:
            give(self._sink, name, -1, blocks)
            return
        kept = bytearray()
        give(self._sink, name, -1, _kept(blocks, kept))
        send_report(self._sink, part.media_type, bytes(kept))

    def _facts(self, part: Part, name: bytes) -> None:
        """Keep how a part is declared: type, encodings, dates and number, as far as it says them."""
        if not part.level or self._number > MOST_FACTS:
            return
        told = {
            "type": part.media_type.encode(),
            "within": part.within.encode(),
            "charset": part.said.get("charset", b""),
            "format": part.said.get("format", b""),
            "encoding": part.header("content-transfer-encoding"),
            "disposition": part.disposition.encode(),
            "id": part.header("content-id"),
            "location": part.header("content-location"),
            **{name: value for name, value in part.disposed.items() if name.endswith("-date")},
        }
        facts = " ".join(f"{key}={text_of(value)}" for key, value in told.items() if value)
        self._sink.meta(f"mail:part:{self._number}", facts)
        cid = part.header("content-id").strip(b" \t<>")
        if cid and name:
            self._sink.meta("mail:cid", f"cid:{text_of(cid)} = {text_of(name)}")

    def _is_attached(self, part: Part) -> bool:
        return part.disposition == "attachment" or bool(part.untrusted_filename)


def _ending(data: bytes, ended: Reason) -> Iterator[bytes]:
    """Give bytes at hand, then say why they are not whole."""
    yield data
    if ended:
        raise Unreadable(State.DAMAGED, ended)


def _kept(blocks: Iterable[bytes], kept: bytearray) -> Iterator[bytes]:
    """Pass blocks on and keep the beginning of them."""
    for block in blocks:
        kept += block[: LARGEST - len(kept)]
        yield block


FORMAT = Format("mail", frozenset({"message/rfc822", "application/mbox"}), read, sample="mail.eml")
