"""Detection: content decides, names break ties between texts, and no bytes make it fail."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import re
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofroom.extract.detect import Detected, detect
from proofroom.extract.detection.extensions import EXTENSIONS
from proofroom.extract.format import Format, Source
from proofroom.extract.worker import Formats
from proofroom.limits import DEFAULT
from proofroom.world import compound

OFFICE = "application/vnd.openxmlformats-officedocument."
ROWS = "姓名,身份证号,地址\n张三,1,砚月\n李四,2,霜渡\n"


def seen(data: bytes, name: str = "") -> Detected:
    return detect(Source(io.BytesIO(data), len(data), DEFAULT, name.encode()), ALL.all)


def reader(data: bytes, name: str = "") -> str | None:
    """Name the format that reads it."""
    chosen = ALL.find(seen(data, name).media_type)
    return chosen.name if chosen else None


def packed(members: dict[str, str], *, prefix: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return prefix + out.getvalue()


def office(main: str, part: str = "word/document.xml") -> bytes:
    types = f'<Types><Override PartName="/{part}" ContentType="{main}"/></Types>'
    return packed({"[Content_Types].xml": types, part: "<x/>"})


def tarred(*, old: bool = False) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    data = bytearray(out.getvalue())
    if old:
        data[257:265] = bytes(8)
        data[148:156] = b" " * 8
        data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


ALL = Formats.built_in()
KNOWN = [
    (office(f"{OFFICE}wordprocessingml.document.main+xml"), f"{OFFICE}wordprocessingml.document", "docx"),
    (
        office("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xl/workbook.xml"),
        "application/vnd.ms-excel.sheet.macroenabled.12",
        "xlsx",
    ),
    (
        office("application/vnd.ms-excel.sheet.binary.macroEnabled.main", "xl/workbook.bin"),
        "application/vnd.ms-excel.sheet.binary.macroenabled.12",
        "calamine",
    ),
    (
        office(f"{OFFICE}presentationml.slideshow.main+xml", "ppt/presentation.xml"),
        f"{OFFICE}presentationml.slideshow",
        "pptx",
    ),
    (
        packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        "application/vnd.oasis.opendocument.spreadsheet",
        "opendocument",
    ),
    (packed({"mimetype": "application/epub+zip"}), "application/epub+zip", "epub"),
    (packed({"a.txt": "a"}), "application/zip", "zip"),
    (packed({"a.txt": "a"}, prefix=b"some junk in front\n"), "application/zip", "zip"),
    (packed({}), "application/zip", "zip"),
    (b"%PDF-1.4\n", "application/pdf", "pdf"),
    (b"\r\n" * 100 + b"%PDF-1.4\n", "application/pdf", "pdf"),
    (b"{\\rtf1\\ansi x}", "application/rtf", "rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "image"),
    (b"\xff\xd8\xff\xe0", "image/jpeg", "image"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic", "image"),
    (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", "image"),
    (gzip.compress(b"x"), "application/gzip", "gzip"),
    (bz2.compress(b"x"), "application/x-bzip2", "gzip"),
    (bz2.compress(b""), "application/x-bzip2", "gzip"),
    (lzma.compress(b"x"), "application/x-xz", "gzip"),
    (b"7z\xbc\xaf\x27\x1c\0\4", "application/x-7z-compressed", "sevenzip"),
    (b"Rar!\x1a\x07\x01\0", "application/vnd.rar", None),
    (tarred(), "application/x-tar", "tar"),
    (tarred(old=True), "application/x-tar", "tar"),
    (b"From: a@example.test\r\nSubject: x\r\n\r\nbody", "message/rfc822", "mail"),
    (b"From a@example.test Mon Jun 01 10:00:00 2009\nTo: b\n\nx\n", "application/mbox", "mail"),
    (b"<!DOCTYPE html><p>x</p>", "text/html", "html"),
    (b"<!-- x --><HTML><body>x", "text/html", "html"),
    (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "application/xhtml+xml", "html"),
    ('<?xml version="1.0" encoding="UTF-16"?><名单/>'.encode("utf-16"), "application/xml", "xml"),
    (b"<list><name>x</name></list>", "application/xml", "xml"),
    (b"<!DOCTYPE r [<!ENTITY x 'y'>]><r>&x;</r>", "application/xml", "xml"),
    (b'{"a": [1, 2]}', "application/json", "json"),
    (b'{"a": 1}\n{"a": 2}\n', "application/x-ndjson", "json"),
    (b"[" * 100_000 + b"]" * 100_000, "application/json", "json"),
    (ROWS.encode("gb18030"), "text/csv", "delimited"),
    (ROWS.replace(",", "\t").encode("utf-16"), "text/tab-separated-values", "delimited"),
    ("今天天气很好。\n明天再说。\n".encode("gbk"), "text/plain", "text"),
    (b"{not json at all", "text/plain", "text"),
    (b"", "application/x-empty", None),
    (bytes(range(256)) * 8, "application/octet-stream", None),
]


@pytest.mark.parametrize(("data", "media_type", "name"), KNOWN)
def test_content_alone_tells_what_a_file_is(data: bytes, media_type: str, name: str | None) -> None:
    assert seen(data) == Detected(media_type, extension_disagrees=False)
    assert name is None or reader(data) == name


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"one\ntwo\n", "list.csv", "text/csv"),
        (b"one\ntwo\n", "list.tsv", "text/tab-separated-values"),
        (b"one, two\nthree, four\n", "letter.txt", "text/plain"),
        (b"a,b,c\n1,2,3\n4,5,6\n", "list.txt", "text/csv"),
        (b"a,b,c\n1,2,3\n4,5,6\n", "numbers.py", "text/plain"),
        (b'{"a": [1, 2', "cut.json", "application/json"),
        (b"<p>x</p>", "a.xml", "application/xml"),
    ],
)
def test_names_break_ties_between_texts(data: bytes, name: str, media_type: str) -> None:
    found = seen(data, name)
    assert (found.media_type, found.extension_disagrees) == (media_type, False)


@pytest.mark.parametrize(
    ("data", "name", "disagrees"),
    [
        (KNOWN[0][0], "notice.txt", True),
        (KNOWN[0][0], "notice.DOCX", False),
        (KNOWN[0][0], "notice", False),
        (KNOWN[0][0], "notice.bin", False),
        (KNOWN[0][0], ".docx", False),
        (b"<html><p>x</p></html>", "list.xls", True),
        (bytes(range(256)) * 8, "photo.pdf", True),
        (b"", "empty.docx", False),
    ],
)
def test_a_name_that_promises_something_else_is_a_fact(data: bytes, name: str, *, disagrees: bool) -> None:
    assert seen(data, name).extension_disagrees is disagrees


LOG = b"".join(b"10:%02d GET /index.html?%d 200\n" % (number % 60, number) for number in range(2_500))
HOLE = random.Random(3).randbytes(300)
CONTROLS = bytes((*range(1, 9), *range(14, 32))) * 40


@pytest.mark.parametrize(
    "data",
    [
        LOG[:5_000] + bytes(100_000),
        b"hello" + bytes(60_000),
        bytes(5_000) + LOG[:2_000],
        LOG[:3_000] + bytes(4_096) + LOG[3_000:9_000],
        "名单核对".encode("gb18030") + bytes(900),
        "谁登记，谁负责。\n".encode("utf-16") + bytes(900),
        "one line\r\nand another".encode("utf-16-le") + bytes(900),
        LOG[:30_000] + CONTROLS + LOG[30_000:],
        LOG[:30_000] + HOLE + LOG[30_000:],
        LOG[:1_000] + CONTROLS[:300] + LOG[1_000:3_000],
        ("谁登记，谁负责。\n" * 900).encode() + HOLE[:60] + LOG,
    ],
)
def test_text_padded_with_nuls_or_damaged_in_a_stretch_is_text(data: bytes) -> None:
    assert seen(data, "x.log").media_type == "text/plain"


def test_a_page_and_a_letter_padded_with_nuls_stay_what_they_are() -> None:
    assert reader(b"<html><body><p>one</p></body></html>" + bytes(4_000)) == "html"
    assert reader(b"From: a@a.example\nTo: b@b.example\nSubject: c\n\nfour words\n" + bytes(4_000)) == "mail"


@pytest.mark.parametrize(
    "data",
    [
        bytes(5_000),
        b"abc" + bytes(3),
        b"\0\xff" * 3_000,
        HOLE,
        random.Random(4).randbytes(70_000),
        bytes(random.Random(5).choices(range(0x70, 0x91), k=9_000)),
        b"\xca\xfe\xba\xbe\0\0\0\x34" + b"\1\0\x10java/lang/Object\7\0\2\x0c\0\5\0\6" * 300,
        b"".join(struct.pack("<HI", number % 7, number) + b"name%d" % number for number in range(900)),
        b"\xa7\r\r\n\0\0\0\0\xfd\x40\6k9\x22\0\0\xe3" + bytes(27) + b"a word of a docstring\n" * 100,
        b"".join(struct.pack("<I", number % 3 and 1_200 + number) for number in range(900)),
        b"".join(struct.pack("<d", number * 1.7) for number in range(900)),
        b"0\x82\x03\x8a0\x82\x02r\xa0\3\2\1\2\2\x09" + b"1\x0b0\x09\6\3U\4\6\x13\2CN1\x0e0\x0c\6\3U\4\n" * 30,
    ],
)
def test_bytes_that_hold_some_words_or_none_are_no_text(data: bytes) -> None:
    assert not seen(data, "x.log").media_type.startswith("text/")


def test_a_document_whose_directory_is_cut_off_is_known_by_its_parts() -> None:
    whole = office(f"{OFFICE}wordprocessingml.document.main+xml")
    assert reader(whole[: whole.rfind(b"PK\5\6")]) == "docx"
    without_types = packed({"_rels/.rels": "<x/>", "xl/worksheets/sheet1.xml": "<x/>"})
    assert reader(without_types) == "xlsx"


def test_no_two_formats_claim_one_type_and_each_type_has_its_extensions() -> None:
    claimed = [media_type for one in ALL.all for media_type in one.media_types]
    assert len(claimed) == len(set(claimed))
    assert [
        media_type for media_type in claimed if "*" not in media_type and media_type not in EXTENSIONS
    ] == []


def test_a_format_from_outside_is_asked_where_we_know_no_better_and_replaces_none_of_ours() -> None:
    def mark(head: bytes, extension: str) -> str:
        return "application/x-ledger" if head.startswith(b"LEDGER\0") and extension != "txt" else ""

    types = frozenset({"application/x-ledger", "application/pdf"})
    outside = Format("ledger", types, lambda _source, _sink: None, "ledger.bin", mark)
    with_it = [*ALL.all, outside]
    for data, name, media_type in (
        (b"LEDGER\0\1\2", "a.bin", "application/x-ledger"),
        (b"LEDGER\0\1\2", "a.txt", "application/octet-stream"),
        (b"%PDF-1.4", "a.pdf", "application/pdf"),
    ):
        source = Source(io.BytesIO(data), len(data), DEFAULT, name.encode())
        assert detect(source, with_it).media_type == media_type
    chosen = ALL.find("application/pdf")
    assert chosen is not None
    assert chosen.name == "pdf"


def test_detection_loads_no_format() -> None:
    source = Path(sys.modules[detect.__module__].__file__ or "").read_text("utf-8")
    assert re.findall(r"proofroom\.extract\.formats", source) == []


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([data for data, _, _ in KNOWN]),
    st.integers(0, 600),
    st.integers(0, 600),
    st.binary(max_size=40),
)
def test_no_damage_makes_detection_fail(data: bytes, keep: int, resume: int, noise: bytes) -> None:
    found = seen(data[:keep] + noise + data[resume:], "x.csv")
    assert re.fullmatch(r"[a-z]+/[a-z0-9.+_-]+", found.media_type)


@pytest.mark.parametrize(
    ("streams", "media_type"),
    [
        (["WordDocument", "1Table"], "application/msword"),
        (["WORKBOOK"], "application/vnd.ms-excel"),
        (["Book"], "application/vnd.ms-excel"),
        (["PowerPoint Document"], "application/vnd.ms-powerpoint"),
        (["EncryptionInfo", "EncryptedPackage"], "application/x-ole-encrypted"),
        (["__properties_version1.0"], "application/vnd.ms-outlook"),
        (["Something"], "application/x-ole-storage"),
    ],
)
def test_a_compound_file_is_known_by_its_streams(streams: list[str], media_type: str) -> None:
    found = seen(compound.write([(stream, b"x" * 100) for stream in streams]))
    assert found.media_type == media_type


def test_an_old_office_file_is_known_by_the_streams_at_its_top(corpora: Path) -> None:
    expected = {
        "tika/test_recursive_embedded.doc": "application/msword",
        "tika/testEXCEL_5.xls": "application/vnd.ms-excel",
        "tika/testPPT_oleWorkbook.ppt": "application/vnd.ms-powerpoint",
        "tika/testMSG_chinese.msg": "application/vnd.ms-outlook",
        "tika/protect.xlsx": "application/x-ole-encrypted",
    }
    for name, media_type in expected.items():
        found = seen((corpora / name).read_bytes(), name)
        assert (name, found.media_type) == (name, media_type)
