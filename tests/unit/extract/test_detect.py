"""Detection: content decides, names break ties between texts, and no bytes make it fail."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import sys
import tarfile
import zipfile
from importlib import import_module  # noqa: TID251 - as the worker does, to look at each format
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofroom.extract.detect import FORMATS, Detected, detect
from proofroom.extract.detection.extensions import EXTENSIONS
from proofroom.extract.format import Source
from proofroom.extract.formats import BUILT_IN
from proofroom.limits import DEFAULT
from proofroom.world import compound

OFFICE = "application/vnd.openxmlformats-officedocument."
ROWS = "姓名,身份证号,地址\n张三,1,砚月\n李四,2,霜渡\n"


def seen(data: bytes, name: str = "") -> Detected:
    return detect(Source(io.BytesIO(data), len(data), DEFAULT, name.encode()))


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
        "calamine",
    ),
    (packed({"mimetype": "application/epub+zip"}), "application/epub+zip", "zip"),
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
    assert seen(data) == Detected(media_type, name, extension_disagrees=False)


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


def test_a_document_whose_directory_is_cut_off_is_known_by_its_parts() -> None:
    whole = office(f"{OFFICE}wordprocessingml.document.main+xml")
    assert seen(whole[: whole.rfind(b"PK\5\6")]).format == "docx"
    without_types = packed({"_rels/.rels": "<x/>", "xl/worksheets/sheet1.xml": "<x/>"})
    assert seen(without_types).format == "xlsx"


def test_every_format_is_in_the_table_once() -> None:
    assert tuple(sorted(FORMATS)) == tuple(sorted(BUILT_IN))
    claimed = [media_type for media_types in FORMATS.values() for media_type in media_types]
    assert len(claimed) == len(set(claimed))
    assert [media_type for media_type in claimed if media_type not in EXTENSIONS] == []


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_table_is_what_the_formats_say(name: str) -> None:
    built = import_module(f"proofroom.extract.formats.{name}").FORMAT
    assert (built.name, built.media_types) == (name, frozenset(FORMATS[name]))


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
    assert found.format is None or found.format in BUILT_IN


@pytest.mark.parametrize(
    ("streams", "media_type", "name"),
    [
        (["WordDocument", "1Table"], "application/msword", None),
        (["WORKBOOK"], "application/vnd.ms-excel", "calamine"),
        (["Book"], "application/vnd.ms-excel", "calamine"),
        (["PowerPoint Document"], "application/vnd.ms-powerpoint", None),
        (["EncryptionInfo", "EncryptedPackage"], "application/x-ole-encrypted", "office_locked"),
        (["__properties_version1.0"], "application/vnd.ms-outlook", None),
        (["Something"], "application/x-ole-storage", None),
    ],
)
def test_a_compound_file_is_known_by_its_streams(
    streams: list[str], media_type: str, name: str | None
) -> None:
    found = seen(compound.write([(stream, b"x" * 100) for stream in streams]))
    assert (found.media_type, found.format) == (media_type, name)


def test_an_old_office_file_is_known_by_the_streams_at_its_top(corpora: Path) -> None:
    expected = {
        "tika/test_recursive_embedded.doc": ("application/msword", None),
        "tika/testEXCEL_5.xls": ("application/vnd.ms-excel", "calamine"),
        "tika/testPPT_oleWorkbook.ppt": ("application/vnd.ms-powerpoint", None),
        "tika/testMSG_chinese.msg": ("application/vnd.ms-outlook", None),
        "tika/protect.xlsx": ("application/x-ole-encrypted", "office_locked"),
    }
    for name, (media_type, built) in expected.items():
        found = seen((corpora / name).read_bytes(), name)
        assert (name, found.media_type, found.format) == (name, media_type, built)
