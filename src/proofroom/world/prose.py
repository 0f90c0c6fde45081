"""Holds what the documents say: protocols, minutes, notices, speeches and letters of an invented office."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from proofroom.world.people import Population


@dataclass(slots=True)
class Prose:
    """One text, before it is written in some format.

    deleted: paragraph number (from 1) and the text struck out of it; comments: paragraph number and
    remark; table: rows of texts after the paragraphs.
    """

    title: str
    paragraphs: list[str]
    day: date
    author: str = "办公室"
    edited_by: str = ""
    header: str = ""
    footer: str = ""
    note: str = ""
    table: list[list[str]] = field(default_factory=list)
    deleted: dict[int, str] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Give the title and the paragraphs."""
        return [self.title, *self.paragraphs]


LEAKER = "qorlim-desk"  # the fictional source; their traces are traps for a release
SPEECH_TITLES = {
    "zh": "在岫岭地区登记工作会议上的讲话",
    "en": "Address to the Xiuling Prefecture Conference on Registration",
    "ug": "رايونلۇق تىزىملاش يىغىنىدا سۆزلەنگەن نۇتۇق",
}
_CLAUSES = (
    "各楼层实行二十四小时值班，交接班须有书面记录。",
    "人员进出一律登记，登记表由值班长签字后存档。",
    "每日早晚各清点人数一次，人数不符立即上报。",
    "不得擅自离开指定楼层，就医须经批准并有两人陪同。",
    "来信来访由办公室统一处理，任何人不得私自转交。",
    "夜间照明不得关闭，监控须保持完好。",
    "本规定自下发之日起执行，原有规定与本规定不一致的，以本规定为准。",
)
_SPEECH = (
    "同志们：今天召开这次会议，目的是统一思想，把登记工作做细做实。",
    "登记是一切工作的基础，名单不清，底数不明，任务就落不到人。",
    "各乡镇要在月底前完成核对，每一户、每一人都要见面，不得漏登。",
    "对不配合登记的，要耐心说服；说服不了的，送集中学习。",
    "名单一律不得上网，不得拍照，不得带出办公室。",
    "谁登记，谁负责；谁签字，谁负责。",
)


def protocol(population: Population) -> Prose:
    """Give a protocol of the first training centre, signed by the first official."""
    clauses = [f"第{number}条　{text}" for number, text in zip("一二三四五六七", _CLAUSES, strict=True)]
    signed = f"签发人：{population.officials[0]}"
    return Prose(
        "第一集训中心管理规定（试行）",
        [*clauses, signed, "二〇一五年三月二十日"],
        date(2015, 3, 20),
        header="内部资料　注意保管",
        footer="第一集训中心办公室印发",
        note="本规定由办公室负责解释。",
    )


def protocol_copy(population: Population) -> Prose:
    """Give a copy of the protocol in which one clause differs."""
    copy = protocol(population)
    copy.paragraphs[3] = copy.paragraphs[3].replace("须经批准并有两人陪同", "须经中心主任批准并有三人陪同")
    copy.day, copy.header = date(2015, 4, 2), ""
    return copy


def minutes(population: Population, victim: str) -> Prose:
    """Give minutes of a meeting: a tracked deletion, a comment, and the name of whoever last opened it."""
    present = "、".join(population.officials[:4])
    return Prose(
        "岫岭地区登记工作例会纪要",
        [
            "时间：2015年6月12日上午　地点：地区办公楼三层会议室",
            f"参加人员：{present}",
            "一、通报五月份名单核对情况，砚月县石笙镇、曙坪乡已完成，檐桥镇尚有差额。",
            f"二、关于{victim}等人的情况，由砚月县登记办公室复核后上报。",
            f"三、学习《{SPEECH_TITLES['zh']}》，各单位写出体会。",
            "四、下次会议时间另行通知。",
        ],
        date(2015, 6, 12),
        edited_by=LEAKER,
        header="会议纪要",
        footer="共一页",
        deleted={3: "差额三人系重复登记，"},
        comments={4: "此处人名发布前须隐去"},
        table=[["单位", "应登记", "已登记"], ["石笙镇", "412", "412"], ["檐桥镇", "398", "395"]],
    )


def notice() -> Prose:
    """Give a notice that tells everybody the password of the locked lists, as notices do."""
    return Prose(
        "关于更换名单登录口令的通知",
        [
            "各单位：自本月起，集训人员名单一律加密报送。",
            "三月份名单口令见附件，请妥善保管，不得外传。",
            "口令请勿与名单同时发送。",
        ],
        date(2015, 4, 1),
    )


def duty() -> Prose:
    """Give a letter about who is on duty, in which somebody struck out a line and remarked on another."""
    return Prose(
        "关于节日值班安排的函",
        [
            "各科室：节日期间实行双人值班，值班表附后。",
            "值班人员不得将名单带离办公室。",
            "遇有来人询问，一律不予答复。",
        ],
        date(2015, 9, 24),
        header="内部函件",
        footer="岫岭地区办公室",
        note="值班电话另行通知。",
        table=[["日期", "带班"], ["十月一日", "办公室主任"], ["十月二日", "登记科科长"]],
        deleted={3: "必要时可送集训中心说明情况。"},
        comments={4: "此句不要印出"},
    )


def study_report() -> Prose:
    """Give a report that cites the speech in three languages."""
    return Prose(
        "学习讲话精神情况报告",
        [
            f"我单位于六月组织学习《{SPEECH_TITLES['zh']}》，参加四十二人。",
            f"英文译本题为“{SPEECH_TITLES['en']}”，供对外联络组参考。",
            f"本族文译本题为《{SPEECH_TITLES['ug']}》，已发至各村。",
            "学习中个别人员态度不端，已另行登记。",
        ],
        date(2015, 6, 25),
    )


def handover(names: list[str]) -> Prose:
    """Give a hand-over note with a table of names."""
    rows = [["序号", "姓名", "交接日期"]] + [
        [str(number), name, "2015.7.6"] for number, name in enumerate(names, 1)
    ]
    return Prose(
        "人员交接单",
        ["砚月县看守所将下列人员移交霜渡监狱，双方核对无误。", "移交人、接收人签字附后。"],
        date(2015, 7, 6),
        table=rows,
    )


def speech(population: Population) -> Prose:
    """Give the speech that others cite."""
    speaker = population.officials[1]
    return Prose(
        SPEECH_TITLES["zh"], [f"（二〇一五年五月八日）{speaker}", *_SPEECH], date(2015, 5, 8), author=speaker
    )


def second_speech(population: Population) -> Prose:
    """Give a shorter speech of another official, at the opening of the second training centre."""
    speaker = population.officials[2]
    return Prose(
        "在第二集训中心启用仪式上的讲话",
        [
            f"（二〇一五年三月一日）{speaker}",
            "第二集训中心今天正式启用，这是全县的一件大事。",
            *_SPEECH[4:],
            "希望大家珍惜机会，早日结业，早日回家。",
        ],
        date(2015, 3, 1),
        author=speaker,
    )
