"""Holds the status words of the lists: eight meanings, over eighty spellings, three of them ambiguous."""

from __future__ import annotations

import random

SPELLINGS: dict[str, tuple[str, ...]] = {
    "training": (
        "集训",
        "集中培训",
        "培训",
        "在训",
        "收训",
        "已收训",
        "送训",
        "已送训",
        "参训",
        "集训中",
        "培训中",
        "学习",
        "学习班",
        "进班",
        "集中学习",
        "送学",
        "教育培训",
        "集训（在）",
        "训",
        "收训人员",
    ),
    "custody": (
        "羁押",
        "在押",
        "关押",
        "收押",
        "已收押",
        "刑拘",
        "刑事拘留",
        "拘留",
        "行政拘留",
        "逮捕",
        "已逮捕",
        "批捕",
        "看守所",
        "在看守所",
        "押",
        "羁押中",
    ),
    "sentenced": (
        "判刑",
        "已判刑",
        "已判",
        "判决",
        "服刑",
        "在服刑",
        "服刑中",
        "判",
        "收监",
        "已收监",
        "监狱服刑",
        "有期徒刑",
        "送监",
    ),
    "released": (
        "释放",
        "已释放",
        "放回",
        "回家",
        "结业",
        "已结业",
        "出训",
        "解除",
        "解除集训",
        "期满释放",
        "刑满释放",
        "刑释",
        "取保",
        "取保候审",
        "出来",
    ),
    "supervised": ("管控", "社区管控", "在控", "居家", "居家管控", "村管", "重点关注", "纳管"),
    "hospital": ("住院", "就医", "医院", "保外就医", "看病"),
    "absent": ("外出", "在外", "未找到", "失联", "出境", "国外"),
    "deceased": ("死亡", "已故", "病故", "去世"),
}
AMBIGUOUS: dict[str, tuple[str, ...]] = {
    "已处理": ("training", "custody", "sentenced"),
    "在册": ("training", "supervised"),
    "转": ("custody", "sentenced", "hospital"),
}


def spell(code: str, rng: random.Random) -> str:
    """Write a status as some clerk would; now and then with a word that may mean several."""
    unclear = [word for word, codes in AMBIGUOUS.items() if code in codes]
    if unclear and rng.random() < 0.04:
        return rng.choice(unclear)
    common = SPELLINGS[code][:3]
    return rng.choice(common) if rng.random() < 0.4 else rng.choice(SPELLINGS[code])


def code_table() -> list[dict[str, object]]:
    """Give every raw spelling with the codes it may stand for."""
    table: list[dict[str, object]] = [
        {"raw": word, "codes": [code], "ambiguous": False}
        for code, words in SPELLINGS.items()
        for word in words
    ]
    return table + [
        {"raw": word, "codes": list(codes), "ambiguous": True} for word, codes in AMBIGUOUS.items()
    ]
