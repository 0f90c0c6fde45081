"""Read what browsers keep of their traffic (HAR): every exchange as a record, what was sent and received as members.

`record=N` is an address that was asked for; below it stand `field=NAME` (when, how long, from which address),
`sent=NAME` (what the browser said) and `http=NAME` (what the server said). Pages are `har:page`.
"""

from __future__ import annotations

import json
from typing import Any, Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import send_lines
from proofroom.extract.markup.text_stream import TextStream
from proofroom.extract.saved.har_entries import send_entries
from proofroom.extract.saved.records import Records
from proofroom.model.states import Reason, State

_LARGEST: Final = 512 << 20
_MOST_PAGES: Final = 10_000


def read(source: Source, sink: Sink) -> None:
    """Read a log; one that is no JSON to its end is damaged, and its text is given line by line."""
    try:
        log, entries = _load(source)
    except Unreadable:
        # Its lines are given all the same: names and addresses in them can be found.
        with LineBatch(sink) as lines:
            send_lines(TextStream(source), lines)
        raise
    for key in ("creator", "browser"):
        maker = log.get(key)
        if isinstance(maker, dict):
            sink.meta(f"har:{key}", f"{maker.get('name', '')} {maker.get('version', '')}".strip()[:4_096])
    pages = log.get("pages")
    for page in pages[:_MOST_PAGES] if isinstance(pages, list) else []:
        if isinstance(page, dict):
            sink.meta(
                "har:page", f"{page.get('startedDateTime', '')} {page.get('title', '')}".strip()[:4_096]
            )
    with LineBatch(sink) as lines:
        whole = send_entries(entries, Records(sink, lines))
    if not whole:
        sink.partly(Reason.DAMAGED_PART)


def _load(source: Source) -> tuple[dict[str, Any], list[Any]]:
    """Parse the log; raises Unreadable when it is none, too large, or nested too deep."""
    if source.size > _LARGEST:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
    source.untrusted.seek(0)
    try:
        top = json.loads(source.untrusted.read().decode("utf-8-sig"), parse_int=str, parse_float=str)
    except RecursionError as deep:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_DEPTH) from deep
    except ValueError as broken:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from broken
    log = top.get("log") if isinstance(top, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(log, dict) or not isinstance(entries, list):
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    return log, entries


FORMAT = Format(name="har", media_types=frozenset(("application/x-har",)), read=read, sample="har.har")
