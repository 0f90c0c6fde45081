"""Binary property lists and Safari's web archives: values at their pointers, the saved page as text."""

from __future__ import annotations

import plistlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proofroom.extract.formats.plist import FORMAT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read


def resource(address: str, kind: str, data: bytes) -> dict[str, Any]:
    return {
        "WebResourceURL": address,
        "WebResourceMIMEType": kind,
        "WebResourceData": data,
        "WebResourceTextEncodingName": "UTF-8",
    }


ARCHIVE = {
    "WebMainResource": resource("https://example.org/", "text/html", "<p>通知".encode()),
    "WebSubresources": [resource("https://example.org/a.png", "image/png", b"\x89PNG")],
    "WebSubframeArchives": [{"WebMainResource": resource("https://example.org/f", "text/html", b"<p>frame")}],
}


def packed(value: Any) -> bytes:
    return plistlib.dumps(value, fmt=plistlib.FMT_BINARY)


def test_a_web_archive_is_its_page_and_members(read_with: Read) -> None:
    found = read_with(FORMAT, packed(ARCHIVE))
    assert found.said["para=1"] == "通知"
    assert found.members == {"example.org/a.png": b"\x89PNG", "example.org/f": b"<p>frame"}
    assert found.properties["webarchive:resource:1"] == [
        "URL=https://example.org/ MIMEType=text/html TextEncodingName=UTF-8"
    ]


def test_values_of_any_other_list_stand_at_their_pointers(read_with: Read) -> None:
    value = {"a/b": ["x", 7, True], "when": datetime(2015, 6, 12), "d": b"\1", "long": b"z" * 40}  # noqa: DTZ001 - as stored
    found = read_with(FORMAT, packed(value))
    assert found.said == {
        "pointer=/a~1b/0": "x",
        "pointer=/a~1b/1": "7",
        "pointer=/a~1b/2": "true",
        "pointer=/when": "2015-06-12T00:00:00Z",
        "pointer=/d": "01",
    }
    assert found.members == {"data-1.bin": b"z" * 40}
    assert found.properties["plist:data:1"] == ["/long"]


def test_a_list_that_holds_itself_is_cut(read_with: Read) -> None:
    # One array with one element: the array itself.
    data = b"bplist00" + b"\xa1\x00" + b"\x08"
    data += bytes(6) + b"\1\1" + (1).to_bytes(8, "big") + bytes(8) + (10).to_bytes(8, "big")
    assert read_with(FORMAT, data).ended == (State.TRUNCATED, Reason.LIMIT_DEPTH)


def test_a_broken_list_is_damaged(read_with: Read) -> None:
    whole = packed(ARCHIVE)
    for cut in range(8, len(whole), 7):
        assert read_with(FORMAT, whole[:cut]).ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    for at in range(8, len(whole), 3):
        flipped = whole[:at] + bytes((whole[at] ^ 0xFF,)) + whole[at + 1 :]
        ended = read_with(FORMAT, flipped).ended
        assert ended is None or ended[0] in (State.DAMAGED, State.TRUNCATED)
