"""Send the headers of a message: each one decoded, in their order, with its dates and its conversation."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from proofroom.extract.containers.mail_walk import MessageWalk
from proofroom.extract.containers.mail_words import decoded
from proofroom.extract.encoding import find_encoding
from proofroom.extract.format import Sink
from proofroom.extract.letters.mail_dates import iso_date
from proofroom.extract.letters.threads import conversation, index_of_header, thread_keys
from proofroom.model.states import Reason

_MOST_HEADERS: Final = 1_000
_LONGEST_KEY: Final = 64
_LONGEST_VALUE: Final = 1 << 16
_DATED: Final = ("date", "received", "resent-date", "delivery-date", "x-received", "x-original-date")


def send_headers(sink: Sink, headers: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    """Send every header as `mail:NAME` in its order, and the moments they name; gives the first of each name."""
    raw = b"\n".join(value for _, value in headers if not value.isascii())
    guessed = find_encoding(raw, True).encoding if raw else ""
    first: dict[str, str] = {}
    for name, value in headers[:_MOST_HEADERS]:
        key = f"mail:{name[:_LONGEST_KEY]}"
        text = decoded(value[:_LONGEST_VALUE], guessed)
        sink.meta(key, text.untrusted_text)
        first.setdefault(name, text.untrusted_text)
        if not text.whole:
            sink.meta(f"{key}:raw", value[:_LONGEST_VALUE].decode("latin-1"))
        # Of a hop, the date stands behind the last semicolon.
        moment = iso_date(text.untrusted_text.rpartition(";")[2]) if name in _DATED else ""
        if moment:
            sink.meta(f"{key}:utc", moment)
    if headers:
        sink.meta("mail:header-order", " ".join(name for name, _ in headers[:_MOST_HEADERS]))
    if len(headers) > _MOST_HEADERS:
        sink.meta("mail:headers", str(len(headers)))
        sink.partly(Reason.UNREAD_PART)
    return first


def send_thread(sink: Sink, first: dict[str, str], index: bytes = b"") -> None:
    """Send the keys of the conversation that a message belongs to, as `mail:thread`."""
    from_header = index_of_header(first.get("thread-index", ""))
    for moment in conversation(from_header).times:
        sink.meta("mail:thread-index:utc", moment)
    known = index or from_header
    keys = thread_keys(
        first.get("references", ""),
        first.get("in-reply-to", ""),
        first.get("message-id", ""),
        known,
        first.get("subject", ""),
    )
    for key in keys:
        sink.meta("mail:thread", key)


def parse_headers(untrusted: bytes) -> list[tuple[str, bytes]]:
    """Cut a block of headers into (name, raw value), in their order."""
    walk = MessageWalk(io.BytesIO(untrusted.strip(b"\r\n\0") + b"\r\n\r\n"))
    first = next(walk.parts(), None)
    return first.headers if first else []
