"""Read what machines say about a letter: whether it arrived (RFC 3464), was opened (RFC 8098) or is an abuse."""

from __future__ import annotations

from typing import Final

from proofroom.extract.containers.mail_words import decoded, unfolded
from proofroom.extract.format import Sink

REPORTS: Final = {
    "message/delivery-status": "mail:delivery",
    "message/global-delivery-status": "mail:delivery",
    "message/disposition-notification": "mail:disposition",
    "message/global-disposition-notification": "mail:disposition",
    "message/feedback-report": "mail:feedback",
}
"""The keys under which the fields of a report stand, by its media type."""

LARGEST: Final = 1 << 20
"""Bytes of a report that are looked at."""

_MOST: Final = 10_000
_LONGEST_KEY: Final = 64


def send_report(sink: Sink, media_type: str, untrusted: bytes) -> None:
    """Send each field as `KEY:NAME`; fields about a recipient have its number, as in `mail:delivery:1:action`."""
    key = REPORTS[media_type]
    sent = 0
    for number, block in enumerate(_blocks(untrusted[:LARGEST])):
        for name, value in block:
            place = f"{key}:{number}" if number else key
            sink.meta(f"{place}:{name[:_LONGEST_KEY]}", decoded(value).untrusted_text)
            sent += 1
            if sent >= _MOST:
                return


def _blocks(untrusted: bytes) -> list[list[tuple[str, bytes]]]:
    """Cut the text at its blank lines, and each block into fields."""
    found: list[list[tuple[str, bytes]]] = [[]]
    for line in untrusted.splitlines():
        if not line.strip():
            if found[-1]:
                found.append([])
            continue
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t") and found[-1]:
            before = found[-1][-1]
            found[-1][-1] = (before[0], before[1] + b" " + line.strip())
        elif colon and name.isascii() and b" " not in name.strip():
            found[-1].append((name.strip().decode().lower(), unfolded(value)))
    return found
