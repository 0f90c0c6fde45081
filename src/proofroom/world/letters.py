"""Writes what people sent each other: messages with attachments, and archives packed for the way."""

from __future__ import annotations

from datetime import datetime

from proofroom.world import archives, books, docx, mail, prose, texts, xlsx
from proofroom.world.books import File
from proofroom.world.lists import Roll
from proofroom.world.mail import Letter
from proofroom.world.parts import Made
from proofroom.world.people import Population

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def messages(rolls: list[Roll], *, blind: bool) -> list[File]:
    """Write three messages: one with a copy of a list, one that forwards another, a plain one."""
    book, rows = books.list_book(rolls[0], 0)
    copy = xlsx.write(book, blind=blind)
    copy.extra["entries"] = rows
    readme = texts.note("内附名单，请查收", blind=blind)
    attached = (("名单.xlsx", _XLSX, copy), ("说明.txt", "text/plain", readme))
    answer = Letter(
        "回复：名单", ("已收到。", "第三行日期有误。"), "登记员二", "登记员", datetime(2015, 6, 2, 9, 5)
    )
    inner = mail.write(answer, blind=blind)
    sent = Letter(
        "六月名单", ("附件为六月名单，口令另发。", "请核对。"), "登记员", "统计科", datetime(2015, 7, 1, 8, 30),
        "gb18030", attached,
    )  # fmt: skip
    forwarded = Letter(
        "转发：名单", ("请阅。",), "统计科", "办公室", datetime(2015, 7, 2, 10, 0),
        attachments=(("原邮件.eml", "message/rfc822", inner),),
    )  # fmt: skip
    called = Letter(
        "例会通知", ("六月十二日上午九点开会。", "地点：三层会议室。"), "办公室", "各单位",
        datetime(2015, 6, 10, 17, 45),
    )  # fmt: skip
    letters = {"名单报送": sent, "转发": forwarded, "例会通知": called}
    return [File(f"邮件/{name}.eml", mail.write(letter, blind=blind)) for name, letter in letters.items()]


def parcels(rolls: list[Roll], population: Population, *, blind: bool) -> list[File]:
    """Pack an archive of every kind, one nested, one with names in GBK; and copies at other paths."""
    report = docx.write(prose.second_speech(population), blind=blind)
    readme = texts.note("内附名单，请查收", blind=blind)
    small = books.list_text(rolls[1])
    outer: list[tuple[str, Made]] = [("名单.csv", small), ("说明.txt", readme)]
    exported = [(f"导出/{name}", made) for name, made in outer]
    filed = [("名单/名单.csv", small), ("名单/讲话.docx", report)]
    nested = archives.zipped([("讲话.docx", report)])
    made = {
        "名单备份.zip": archives.zipped([*outer, ("内层.zip", nested)]),
        "旧系统导出.zip": archives.zipped(exported, encoding="gbk"),
        "名单备份.tar": archives.tarred(filed),
        "名单备份.tar.gz": archives.tarred(outer, compressed_as="名单备份.tar"),
        "名单备份.7z": archives.sevened(outer),
        "名单.csv.gz": archives.gzipped(small, "名单.csv"),
    }
    copies = [
        File("备份/启用仪式讲话 - 副本.docx", report),
        File("备份/名单备份(1).7z", archives.sevened(outer)),
    ]
    return [File(f"压缩包/{name}", packed) for name, packed in made.items()] + copies
