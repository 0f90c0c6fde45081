"""Archives of web pages: every record with its address, what was said, what was sent, and its digests."""

from __future__ import annotations

import base64
import gzip
import hashlib
from io import BytesIO

from container_sink import Kept, read_container

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.warc import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

PAGE = b"<p>page</p>"
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n" + PAGE


def sha1(data: bytes) -> bytes:
    return b"sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest())


def record(
    kind: bytes, block: bytes, *fields: bytes, media: bytes = b"application/http; msgtype=response"
) -> bytes:
    head = [
        b"WARC/1.1",
        b"WARC-Type: " + kind,
        b"WARC-Date: 2016-05-04T03:02:01Z",
        b"Content-Type: " + media,
        *fields,
    ]
    return b"\r\n".join((*head, b"Content-Length: %d" % len(block))) + b"\r\n\r\n" + block + b"\r\n\r\n"


INFO = record(b"warcinfo", b"software: crawler 1\r\noperator: nobody\r\n", media=b"application/warc-fields")
RESPONSE = record(
    b"response", HTTP, b"WARC-Target-URI: http://example.org/a/", b"WARC-Block-Digest: " + sha1(HTTP),
    b"WARC-Payload-Digest: " + sha1(PAGE),
)  # fmt: skip
REVISIT = record(b"revisit", HTTP[: -len(PAGE)], b"WARC-Target-URI: http://example.org/a/")
WHOLE = INFO + RESPONSE + REVISIT
PACKED = b"".join(gzip.compress(one, mtime=0) for one in (INFO, RESPONSE, REVISIT))
ARC = (
    b"filedesc://x.arc 0.0.0.0 20160504030201 text/plain 75\n1 0 crawler\n"
    b"URL IP-address Archive-date Content-type Archive-length\n" + b"\n" * 7
    + b"\nhttp://example.org/ 192.0.2.1 20160504030201 text/html %d\n" % len(HTTP) + HTTP + b"\n"
)  # fmt: skip


def read(data: bytes) -> Kept:
    return read_container(FORMAT, data)


def test_records_say_where_and_when_and_carry_what_was_sent() -> None:
    for data in (WHOLE, PACKED):
        found = read(data)
        assert found.ended is None
        assert not found.partial
        assert found.data == {b"record-00002/example.org/a/response": PAGE}
        assert found.said["record=1&info=software"] == "crawler 1"
        assert found.said["record=2"] == "http://example.org/a/"
        assert found.said["record=2&field=WARC-Date"] == "2016-05-04T03:02:01Z"
        assert found.said["record=2&http=line"] == "HTTP/1.1 200 OK"
        assert found.said["record=2&http=Set-Cookie&value=2"] == "b=2"
        assert found.said["record=3&field=WARC-Type"] == "revisit"
        assert found.properties["warc:records"] == ["3"]


def test_a_digest_that_does_not_fit_is_said() -> None:
    found = read(WHOLE.replace(b"page", b"pa9e"))
    assert found.partial == [Reason.DAMAGED_PART]
    stated, other = found.said["record=2&mismatch=WARC-Block-Digest"].split()
    assert stated == sha1(HTTP).decode()
    assert other == sha1(HTTP.replace(b"page", b"pa9e")).decode()


def test_chunks_are_undone_and_lying_ones_lose_nothing() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked = record(b"response", head + b"4\r\nab\r\n\r\n3;x=y\r\ncde\r\n0\r\n\r\n", b"WARC-Target-URI: u:x")
    assert read(chunked).members[0].data == b"ab\r\ncde"
    plain = record(b"response", head + b"no chunks at all", b"WARC-Target-URI: u:x")
    assert read(plain).members[0].data == b"no chunks at all"
    lying = read(record(b"response", head + b"FFFF\r\nabc", b"WARC-Target-URI: u:x"))
    assert lying.members[0].data == b"abc"
    assert lying.members[0].ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_an_older_archive_is_read() -> None:
    for data in (ARC, gzip.compress(ARC)):
        found = read(data)
        assert found.ended is None
        assert found.said["record=2&field=IP-address"] == "192.0.2.1"
        assert found.data == {b"record-00002/example.org/record": PAGE}


def test_what_lies_between_records_is_passed_over_and_said() -> None:
    found = read(INFO + b"noise\r\n" + RESPONSE)
    assert found.partial == [Reason.DAMAGED_PART]
    assert found.data == {b"record-00002/example.org/a/response": PAGE}


def test_archives_cut_short_keep_what_arrived() -> None:
    for whole in (WHOLE, PACKED, ARC):
        for cut in range(1, len(whole) - 8, 23):
            found = read(whole[:cut])
            assert found.ended is None or found.ended[0] is State.DAMAGED
    assert read(WHOLE[: len(INFO) + 300]).ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_a_length_without_end_is_no_trouble() -> None:
    lying = RESPONSE.replace(b"Content-Length: ", b"Content-Length: 99999999999999")
    found = read(lying)
    assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert found.members[0].data is not None
    assert found.members[0].data.startswith(PAGE)


def test_packed_archives_are_told_from_other_packed_files() -> None:
    def kind(data: bytes) -> str:
        return detect(Source(BytesIO(data), len(data), DEFAULT, b"x")).media_type

    assert [kind(data) for data in (WHOLE, PACKED)] == ["application/warc"] * 2
    assert [kind(data) for data in (ARC, gzip.compress(ARC))] == ["application/x-internet-archive"] * 2
    assert kind(gzip.compress(b"WARES and others")) == "application/gzip"


def test_a_header_without_end_is_cut_and_said() -> None:
    endless = record(
        b"response",
        b"HTTP/1.1 200 OK\r\n" + (b"a: " + b"b" * 900_000 + b"\r\n") * 20,
        b"WARC-Target-URI: u:x",
    )
    assert read(endless).ended == (State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)
