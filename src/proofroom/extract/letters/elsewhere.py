"""Say of parts of a letter that lie elsewhere where that is (RFC 2046, 5.2); nothing is fetched."""

from __future__ import annotations

import io
from typing import Final

from proofroom.extract.containers.giving import text_of, withhold
from proofroom.extract.containers.mail_walk import MessageWalk, Part
from proofroom.extract.format import Sink
from proofroom.model.states import Reason, State

EXTERNAL: Final = "message/external-body"
PARTIAL: Final = "message/partial"
_LARGEST: Final = 1 << 16
_NAMES: Final = ("url", "site", "server", "directory", "name")


def send_external(sink: Sink, part: Part, number: int) -> None:
    """Record a part whose bytes lie elsewhere: what kind, where, and what is said of it."""
    held = b""
    for block in part.body:
        held += block[: _LARGEST - len(held)]
    inner = next(MessageWalk(io.BytesIO(held)).parts(), None)
    told = [f"{key}={text_of(value)}" for key, value in part.said.items()]
    told += [f"{key}={text_of(value)}" for key, value in (inner.headers if inner else ()) if value]
    sink.meta("mail:external", "; ".join(told))
    name = (inner.untrusted_filename if inner else b"") or next(
        (part.said[key] for key in _NAMES if part.said.get(key)), b"part-%d" % number
    )
    withhold(sink, name, State.REFUSED, Reason.EXTERNAL_PART)


def send_partial(sink: Sink, part: Part) -> bytes:
    """Say which piece of a letter in several pieces this is; gives the name for its bytes."""
    told = {key: text_of(part.said.get(key, b"")) for key in ("id", "number", "total")}
    sink.meta("mail:partial", "; ".join(f"{key}={value}" for key, value in told.items() if value))
    sink.partly(Reason.EXTERNAL_PART)
    digits = [value if value.isdecimal() else "x" for value in (told["number"], told["total"])]
    return f"piece-{digits[0][:6]}-of-{digits[1][:6]}.eml".encode()
