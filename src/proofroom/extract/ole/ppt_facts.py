"""Send what a presentation says of itself beside its slides: fonts, shows, routing, tags, files elsewhere."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.ole.ppt_edits import CurrentUser, Edit
from proofroom.extract.ole.ppt_records import Kind, Record, Records
from proofroom.extract.ole.ppt_tags import user_tags
from proofroom.extract.ole.ppt_text import string
from proofroom.extract.ole.text_runs import narrow_text

_MOST: Final = 4_096
_SLIP_HEAD: Final = 24
_FACE: Final = 64


def send_facts(records: Records, document: Record, sink: Sink) -> None:
    """Send the facts of the document's own record."""
    for key, value in _facts(records, document):
        if value.strip():
            sink.meta(key, value)


def send_history(found: list[Edit], user: CurrentUser | None, sink: Sink) -> None:
    """Send who saved last, and where each edit that is left in the stream begins, from the first."""
    if user is not None and user.untrusted_name:
        sink.meta("ole:current-user", user.untrusted_name)
    for edit in reversed(found):
        sink.meta("ole:edit", f"byte={edit.at} records={len(edit.directory)}")


def send_tags(records: Records, page: Record, sink: Sink) -> None:
    """Send the names and values that add-ins hung on a page."""
    for number, (name, value) in enumerate(user_tags(records, page)):
        if number >= _MOST:
            return
        sink.meta(f"ole:tag:{name[:64]}", value)


def _facts(records: Records, document: Record) -> Iterator[tuple[str, str]]:
    for number, one in enumerate(records.deep(document, (Kind.FONT,))):
        if number < _MOST:
            yield "font:name", records.body(one, _FACE).decode("utf-16-le", "replace").partition("\0")[0]
    for show in records.deep(document, (Kind.NAMED_SHOW,)):
        yield from (("ole:named-show", string(records, one)) for one in records.of(show, Kind.STRING))
    for media in records.deep(document, Kind.MEDIA):
        yield from (("ole:external", string(records, one)) for one in records.of(media, Kind.STRING))
    for link in records.deep(document, (Kind.OLE_LINK,)):
        yield from (("ole:linked", string(records, one)) for one in records.of(link, Kind.STRING))
    for slip in records.of(document, Kind.ROUTING_SLIP):
        yield from (("ole:routing-slip", text) for text in _slip(records.body(slip)))


def _slip(body: bytes) -> Iterator[str]:
    """Give the texts of a routing slip: who sends, who receives, subject and message."""
    at = _SLIP_HEAD
    while at + 4 <= len(body):
        _kind, length = struct.unpack_from("<HH", body, at)
        yield narrow_text(body[at + 4 : at + 4 + length])
        at += 4 + length + 1
