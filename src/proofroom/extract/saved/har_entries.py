"""Send what a browser kept of its traffic (HAR 1.2) as records: addresses, headers, what was sent and received."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from proofroom.extract.saved.records import Fields, Records


def send_entries(entries: list[Any], records: Records) -> bool:
    """Send every entry; false when some of them are none."""
    whole = True
    for entry in entries:
        if not isinstance(entry, dict):
            whole = False
            continue
        request, response = _dict(entry, "request"), _dict(entry, "response")
        records.begin(_text(request, "url").encode("utf-8", "replace"))
        keys = (
            "startedDateTime",
            "time",
            "serverIPAddress",
            "connection",
            "pageref",
            "comment",
            "_initiator",
        )
        records.fields(
            "field", [(key, _text(entry, key).encode("utf-8", "replace")) for key in keys if key in entry]
        )
        line = f"{_text(request, 'method')} {_text(request, 'url')} {_text(request, 'httpVersion')}"
        records.fields("sent", [("line", line.encode("utf-8", "replace")), *_headers(request)])
        line = f"{_text(response, 'httpVersion')} {_text(response, 'status')} {_text(response, 'statusText')}"
        records.fields("http", [("line", line.encode("utf-8", "replace")), *_headers(response)])
        posted = _text(_dict(request, "postData"), "text")
        if posted:
            records.member(b"request", [posted.encode("utf-8", "replace")])
        whole = _content(_dict(response, "content"), records) and whole
    return whole


def _content(content: dict[str, Any], records: Records) -> bool:
    """Hand out what was received; false when its base64 is broken."""
    text = _text(content, "text")
    data, whole = text.encode("utf-8", "replace"), True
    if _text(content, "encoding").lower() == "base64":
        try:
            data = base64.b64decode(text.encode("ascii", "replace"))
        except binascii.Error:
            whole = False
    if data:
        records.member(b"response", [data])
    return whole


def _headers(message: dict[str, Any]) -> Fields:
    """Give the headers of a request or an answer."""
    found = message.get("headers")
    pairs = found if isinstance(found, list) else []
    return [
        (_text(one, "name"), _text(one, "value").encode("utf-8", "replace"))
        for one in pairs
        if isinstance(one, dict)
    ]


def _dict(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return "" if found is None or isinstance(found, dict | list) else str(found)
