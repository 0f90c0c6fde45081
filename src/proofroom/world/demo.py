"""Casts the demo: which photos, papers, decks, messages and archives the cache of a small county holds."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date

from proofroom.world import (
    books,
    country,
    docx,
    drawing,
    ods,
    odt,
    pdf,
    photos,
    prose,
    slides,
    summaries,
    texts,
    xlsx,
)
from proofroom.world.books import File
from proofroom.world.lists import Roll
from proofroom.world.parts import Made
from proofroom.world.people import REGISTER_DAY, Population
from proofroom.world.photos import Shot
from proofroom.world.sheets import Book, Sheet

PHOTOS = 120
RESAVED = 2
ADULT = 16


@dataclass(slots=True)
class PhotoBox:
    """The photos with the files that tie them to people."""

    shots: list[Shot] = field(default_factory=list)
    taken: dict[int, Made] = field(default_factory=dict)
    paths: dict[int, str] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    copies: list[tuple[str, int]] = field(default_factory=list)


def photo_box(seed: int, population: Population, rolls: list[Roll], *, blind: bool) -> PhotoBox:
    """Take all photos; those tied by a cell go into a workbook too, others get a text file beside them."""
    listed = {entry.person.number: entry.person for roll in rolls for entry in roll.entries}
    free = [
        person for person in population.people if not person.events and person.age_on(REGISTER_DAY) >= ADULT
    ]
    count = min(PHOTOS, len(listed))
    box = PhotoBox(photos.plan(seed, list(listed.values()), free, count))
    for shot in box.shots:
        made = photos.take(seed, shot, blind=blind)
        path = f"照片/{shot.taken:%Y%m}/{shot.file_name}"
        box.taken[shot.number], box.paths[shot.number] = made, path
        box.files.append(File(path, made))
        if shot.way == "text beside" and shot.person:
            said = f"{shot.person.han}\n{shot.person.id_number}\n{shot.taken:%Y-%m-%d}"
            box.files.append(
                File(path.rsplit(".", 1)[0] + ".txt", texts.note(said, blind=blind, encoding="gb18030"))
            )
    for shot in box.shots[:RESAVED]:
        path = f"照片/转发/mmexport{1435000000000 + shot.number}.jpg"
        box.copies.append((path, shot.number))
        box.files.append(File(path, photos.resaved(box.taken[shot.number], blind=blind)))
    box.files.append(File("照片/照片登记表.xlsx", photo_sheet(box, blind=blind)))
    return box


def photo_sheet(box: PhotoBox, *, blind: bool) -> Made:
    """Put the photos tied by a cell into a workbook: some in the cell, some floating over it."""
    sheet = Sheet("照片")
    for column, header in enumerate(("序号", "姓名", "身份证号", "照片"), 1):
        sheet.put(1, column, header)
    tied = [shot for shot in box.shots if shot.way == "sheet cell" and shot.person]
    for row, shot in enumerate(tied, 2):
        if shot.person:
            sheet.put(row, 1, row - 1)
            sheet.put(row, 2, shot.person.han)
            sheet.put(row, 3, shot.person.id_number)
        data = box.taken[shot.number].data or b""
        in_cell = row % 2 == 1
        sheet.put(
            row, 4, "#VALUE!" if in_cell else None
        )  # what a spreadsheet stores where a picture is the value
        sheet.pictures.append((row, 4, "in cell" if in_cell else "over cell", data))
    return xlsx.write(Book([sheet], properties={"author": "照相室"}), blind=blind)


def documents(population: Population, rolls: list[Roll], *, blind: bool) -> list[File]:
    """Write the protocols, minutes, notices, speeches, decks and PDF."""
    victim = next(person for person in population.people if person.han_only == population.officials[0])
    handed = [person.han for person in population.detained() if person.events[-1].facility == "霜渡监狱"][:12]
    protocol, speech = prose.protocol(population), prose.speech(population)
    return [
        File("文件/第一集训中心管理规定.docx", docx.write(protocol, blind=blind)),
        File(
            "文件/第一集训中心管理规定（执行稿）.docx",
            docx.write(prose.protocol_copy(population), blind=blind),
        ),
        File("文件/6月例会纪要.docx", docx.write(prose.minutes(population, victim.han), blind=blind)),
        File("通知/口令通知.docx", docx.write(prose.notice(), blind=blind)),
        File("通知/节日值班安排.odt", odt.write(prose.duty(), blind=blind)),
        File("文件/学习情况报告.rtf", texts.rtf(prose.study_report(), blind=blind, codepage=False)),
        File("文件/人员交接单.rtf", texts.rtf(prose.handover(handed), blind=blind, codepage=True)),
        File("讲话/登记工作会议讲话.txt", texts.plain(speech, encoding="gb18030", blind=blind)),
        File("讲话/登记工作会议讲话.html", texts.page(speech, encoding="utf-8", blind=blind)),
        File("讲话/启用仪式讲话.docx", docx.write(prose.second_speech(population), blind=blind)),
        File(books.LOG_ON_NOTE, texts.note("三月份名单口令：\nYanyue#2015\n看后删除", blind=blind)),
        File("汇报/工作汇报.pptx", slides.write(_report_deck(), title="工作汇报", blind=blind)),
        File("汇报/培训课件.pptx", slides.write(_course_deck(), title="培训课件", blind=blind)),
        *_papers(rolls, population, blind=blind),
    ]


def _report_deck() -> list[slides.Slide]:
    chart = io.BytesIO()
    drawing.figure((320, 240), 5, 120, ("SYNTHETIC",)).save(chart, "PNG")
    return [
        slides.Slide(["2015年登记工作汇报", "岫岭地区统计科\n2015年11月"], notes="请领导批示"),
        slides.Slide(
            ["进度", "砚月县已完成\n霜渡县尚有差额"], notes="差额三人，会上不念", picture=chart.getvalue()
        ),
        slides.Slide(
            ["附：未公开数字", "总人数见附表"], hidden=True, alternative="此图原为姓名清单，发布前须隐去"
        ),
    ]


def _course_deck() -> list[slides.Slide]:
    return [
        slides.Slide(["登记员培训", "第一讲　见人见证"]),
        slides.Slide(["常见错误", "号码少一位\n姓名写法不一\n日期月日颠倒"], notes="举例时不用真名"),
    ]


def scan_table(population: Population) -> tuple[list[str], int]:
    """Give the lines of the scanned table, and the true total of its column."""
    towns = ("石笙镇", "曙坪乡", "檐桥镇", "苔溪乡", "渚湾镇")
    counts = [sum(person.town == town for person in population.people) for town in towns]
    rows = [f"{town}　　　{count}" for town, count in zip(towns, counts, strict=True)]
    return ["各乡镇登记人数统计表", "乡镇　　　　人数", *rows, f"合计　　　　{sum(counts)}"], sum(counts)


def _papers(rolls: list[Roll], population: Population, *, blind: bool) -> list[File]:
    protocol = prose.protocol(population)
    held = [f"{roll.facility}　{roll.day:%Y-%m-%d}　{len(roll.entries)}人" for roll in rolls]
    letter = ["SYNTHETIC" if not blind else "内部资料", protocol.title, *protocol.paragraphs]
    table, _ = scan_table(population)
    return [
        File(
            "汇报/名单汇总.pdf",
            pdf.text([["各单位名单汇总", *held[:6]], held[6:] or ["完"]], title="名单汇总", blind=blind),
        ),
        File("扫描/管理规定.pdf", pdf.scan([letter[:7], letter[7:]], seed=11, title="管理规定", blind=blind)),
        File(
            "扫描/统计表.pdf",
            pdf.scan([table], seed=12, title="统计表", blind=blind, dots=b"FC42Q", rules=(1, 2, 7)),
        ),
    ]


def extra_books(seed: int, population: Population, rolls: list[Roll], *, blind: bool) -> list[File]:
    """Write the workbooks that are no lists of people: summaries, occupancy, an old .xls, a locked one."""
    held = summaries.occupancy(seed, population, date(2015, 6, 30))
    locked = xlsx.lock(xlsx.write(summaries.ledger(rolls), blind=blind), books.NEVER_FOUND, "never")
    return [
        File("汇报/住宿统计.xlsx", xlsx.write(summaries.occupancy_book(held), blind=blind)),
        File("汇报/月度汇总.xlsx", xlsx.write(summaries.monthly(population, rolls), blind=blind)),
        File("汇报/工作台账.xlsx", locked),
        File("汇报/住房登记 霜渡监狱.ods", ods.lock(_rooms(blind=blind), "霜渡监狱", "file name")),
    ]


def _rooms(*, blind: bool) -> Made:
    """Write how many rooms each place has: a sheet that is locked with the name of a place in its file name."""
    sheet = Sheet("住房", hidden_rows={3})
    sheet.put(1, 1, "单位")
    sheet.put(1, 2, "楼层")
    sheet.put(1, 3, "房间")
    for row, place in enumerate(country.FACILITIES, 2):
        sheet.put(row, 1, place.name)
        sheet.put(row, 2, place.floors)
        sheet.put(row, 3, place.floors * 12, formula=f"B{row}*12")
    return ods.write(Book([sheet]), blind=blind)
