"""What browsers keep of their traffic: every exchange as a record, what was sent and received as members."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from container_sink import Kept, read_container

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.har import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

ENTRY: dict[str, Any] = {
    "startedDateTime": "2016-05-04T03:02:01.000Z",
    "serverIPAddress": "192.0.2.1",
    "request": {
        "method": "POST",
        "url": "https://example.org/a",
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Cookie", "value": "a=1"}],
        "postData": {"text": "名字=1"},
    },
    "response": {
        "status": 200,
        "statusText": "OK",
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": "Server", "value": "x"}, {"name": "Server", "value": "y"}],
        "content": {"text": "iVBORw==", "encoding": "base64"},
    },
}
LOG = {
    "log": {"version": "1.2", "creator": {"name": "browser", "version": "7"}, "pages": [], "entries": [ENTRY]}
}


def read(value: Any) -> Kept:
    return read_container(FORMAT, json.dumps(value).encode())


def test_an_exchange_says_what_was_sent_and_received() -> None:
    found = read(LOG)
    assert found.ended is None
    assert found.said["record=1"] == "https://example.org/a"
    assert found.said["record=1&field=startedDateTime"] == "2016-05-04T03:02:01.000Z"
    assert found.said["record=1&sent=line"] == "POST https://example.org/a HTTP/1.1"
    assert found.said["record=1&sent=Cookie"] == "a=1"
    assert found.said["record=1&http=line"] == "HTTP/1.1 200 OK"
    assert found.said["record=1&http=Server&value=2"] == "y"
    assert [member.data for member in found.members] == ["名字=1".encode(), b"\x89PNG"]
    assert found.properties["har:creator"] == ["browser 7"]


def test_it_is_told_from_other_json() -> None:
    def kind(value: Any) -> str:
        data = json.dumps(value, indent=1).encode()
        return detect(Source(BytesIO(data), len(data), DEFAULT, b"x")).media_type

    assert kind(LOG) == "application/x-har"
    assert kind({"log": {"lines": ["entries"]}}) == "application/json"


def test_one_cut_short_gives_its_lines() -> None:
    data = json.dumps(LOG, indent=1).encode()
    found = read_container(FORMAT, data[: len(data) - 40])
    assert found.ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    assert any("example.org" in line for line in found.said.values())


def test_entries_that_are_none_and_broken_content_are_said() -> None:
    broken = {**ENTRY, "response": {"content": {"text": "iVBORw=", "encoding": "base64"}}}
    found = read({"log": {"version": "1.2", "entries": [7, {}, broken]}})
    assert found.partial == [Reason.DAMAGED_PART]
    assert found.said["record=2&sent=Cookie"] == "a=1"
    deep = b'{"log":{"entries":' + b"[" * 200_000
    assert read_container(FORMAT, deep).ended == (State.TRUNCATED, Reason.LIMIT_DEPTH)
