"""Lays the traps: traces of the source, names that break systems, copies that differ in one word."""

from __future__ import annotations

import struct

from proofroom.model.states import State
from proofroom.world import prose, texts
from proofroom.world.books import File
from proofroom.world.parts import Made

_CHATTER = (State.UNKNOWN, State.READ, State.EMPTY, State.PARTLY, State.DAMAGED)


def traces(*, blind: bool) -> list[File]:
    """Give what operating systems and people leave behind: each could name the source."""
    store = (
        b"\0\0\0\1Bud1" + bytes(24) + f"/Users/{prose.LEAKER}/Desktop/名单".encode("utf-16-be") + bytes(600)
    )
    zone = f"[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=https://files.veshkara.example/{prose.LEAKER}/\r\n"
    thumbs = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(700)
    found = [
        File("集训/.DS_Store", _chatter(store, "ds-store"), "trace"),
        File("集训/2015/名单快捷方式.lnk", _chatter(shortcut(), "lnk"), "trace"),
        File("通知/口令通知.docx:Zone.Identifier", _chatter(zone.encode(), "zone"), "trace"),
        File("照片/Thumbs.db", _chatter(thumbs, "thumbs"), "trace"),
        File(
            "通知/desktop.ini",
            _chatter(b"[.ShellClassInfo]\r\nOwner=" + prose.LEAKER.encode() + b"\r\n", "ini"),
            "trace",
        ),
    ]
    for recipient, word in (("砚月县", "务必"), ("霜渡县", "必须")):  # one word tells whose copy leaked
        text = f"致{recipient}登记办公室：\n月底前{word}完成核对。\n逾期者通报。"
        found.append(File(f"通知/核对通知（{recipient}）.txt", texts.note(text, blind=blind), "trace"))
    return found


def _chatter(data: bytes, kind: str) -> Made:
    return Made(data, kind, state=State.UNKNOWN, also=_CHATTER, note="source trace")


def shortcut() -> bytes:
    """Give a shell link (MS-SHLLINK) whose target path names the person who made it."""
    clsid = bytes.fromhex("0114020000000000c000000000000046")
    head = (
        struct.pack("<I", 0x4C)
        + clsid
        + struct.pack("<II", 0x82, 0x20)
        + bytes(24)
        + struct.pack("<IIIHHII", 4096, 0, 1, 0, 0, 0, 0)
    )
    path = f"C:\\Users\\{prose.LEAKER}\\Documents\\名单.xlsx"
    local = path.encode("gbk") + b"\0"
    info = struct.pack("<IIIIIII", 0x1C + 0x11 + len(local) + 1, 0x1C, 1, 0x1C, 0x2D, 0, 0x2D + len(local))
    volume = struct.pack("<IIII", 0x11, 3, 0x19990101, 0x10) + b"\0"
    text = path.encode("utf-16-le")
    return head + info + volume + local + b"\0" + struct.pack("<H", len(path)) + text + bytes(4)


def odd_names(*, blind: bool) -> list[File]:
    """Give files whose names are the trap: other encodings, direction marks, line breaks, length, case."""

    def small(text: str) -> Made:
        return texts.note(text, blind=blind)

    long_name = "长" * 82 + ".txt"  # 250 bytes in UTF-8
    odd: list[tuple[str | bytes, str]] = [
        ("杂项/".encode() + "县局报表".encode("gbk") + b".txt", "文件名是旧编码"),
        ("杂项/".encode() + b"\xff\xfe\x80.txt", "文件名不是文字"),
        ("杂项/名单\u202etxt.exe", "方向符"),
        ("杂项/第一行\n第二行.txt", "换行"),
        (f"杂项/{long_name}", "很长的名字"),
        ("杂项/List.txt", "大写"),
        ("杂项/list.txt", "小写"),
        ("杂项/-rf.txt", "像选项"),
        ("杂项/100%25.txt", "百分号"),
        ("杂项/尾部空格 ", "没有扩展名"),
    ]
    found = [File(path, small(text), "odd name") for path, text in odd]
    target = "/etc/passwd"
    link = Made(None, "symlink", state=State.REFUSED, reason="symlink", note=target)
    found.append(File("杂项/链接.txt", link, "odd name"))
    inside = Made(None, "symlink", state=State.REFUSED, reason="symlink", note="../通知")
    return [*found, File("杂项/目录链接", inside, "odd name")]
