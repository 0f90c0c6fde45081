"""Writes the monthly detention lists: who is held where, in the words of a dozen different clerks."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from proofroom.world import country, statuses
from proofroom.world.layout import Column
from proofroom.world.people import LIFE, Person, Population
from proofroom.world.slips import Entry, slip
from proofroom.world.streams import stream

COLUMNS = (
    Column("number", "序号"),
    Column("name", "姓名", "人员信息"),
    Column("sex", "性别", "人员信息"),
    Column("id", "身份证号", "人员信息"),
    Column("birth", "出生日期", "人员信息"),
    Column("group", "族别", "人员信息"),
    Column("town", "户籍地", "人员信息"),
    Column("status", "目前状态"),
    Column("facility", "所在单位", "关押（集训）位置"),
    Column("building", "楼", "关押（集训）位置"),
    Column("floor", "层", "关押（集训）位置"),
    Column("room", "室", "关押（集训）位置"),
    Column("admitted", "入所日期"),
    Column("sentence", "刑期"),
    Column("reason", "原因"),
    Column("note", "备注"),
)
REASONS = (
    "未按时登记",
    "外出未报备",
    "违反集市规定",
    "疑似串联",
    "持有未登记书籍",
    "多次拒绝谈话",
    "与在训人员有亲属关系",
    "手机卡非本人",
)
DATE_STANDS = ("title", "file name", "property", "nowhere")


@dataclass(slots=True)
class Roll:
    """One monthly list: the place, its true day, where that day stands, and its rows."""

    facility: str
    day: date
    stands: str  # one of DATE_STANDS, or "disagree"
    claimed: date  # the day the file name says
    entries: list[Entry] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The title row, with the day where the title carries it."""
        kind = next(place.kind for place in country.FACILITIES if place.name == self.facility)
        noun = {"training": "集训人员名单", "custody": "羁押人员名单", "prison": "服刑人员名单"}[kind]
        return f"{self.facility}{noun}" + (
            f"（{self.day:%Y年%m月%d日}）" if self.stands in ("title", "disagree") else ""
        )

    @property
    def file_name(self) -> str:
        """The file's name without its extension."""
        said = f"_{self.claimed:%Y%m}" if self.stands in ("file name", "disagree") else ""
        return self.title.split("（")[0] + said


_PLAN = (
    ("第一集训中心", date(2014, 6, 28), "title"),  # dated before the place opened
    ("第一集训中心", date(2014, 9, 30), "file name"),
    ("第一集训中心", date(2014, 12, 31), "disagree"),
    ("第一集训中心", date(2015, 3, 31), "property"),
    ("第一集训中心", date(2015, 6, 30), "title"),
    ("第一集训中心", date(2015, 9, 30), "title"),
    ("第二集训中心", date(2015, 4, 30), "nowhere"),
    ("第二集训中心", date(2015, 6, 30), "file name"),
    ("第二集训中心", date(2015, 12, 31), "disagree"),  # 2015-09 is missing: a gap in coverage
    ("砚月县看守所", date(2015, 1, 31), "file name"),
    ("砚月县看守所", date(2015, 6, 30), "title"),
    ("霜渡监狱", date(2015, 12, 31), "title"),
)
MISSING = (("第二集训中心", "2015-09"), ("砚月县看守所", "2015-12"), ("霜渡监狱", "2015-06"))


def rolls(seed: int, population: Population, rows: int) -> list[Roll]:
    """Spread `rows` rows over the monthly lists: everybody held once where possible, then again."""
    rng = stream(seed, "lists")
    plan = [_roll(facility, day, stands) for facility, day, stands in _PLAN]
    wanted: list[tuple[Roll, Person]] = []
    again: list[tuple[Roll, Person]] = []
    for person in population.detained():
        eligible = [roll for roll in plan if _held(person, roll)]
        rng.shuffle(eligible)
        eligible.sort(key=lambda roll: sum(first is roll for first, _ in wanted))
        wanted += [(roll, person) for roll in eligible[:1]]
        again += [(roll, person) for roll in eligible[1:]]
    rng.shuffle(again)
    wanted = (wanted + again)[:rows]
    wanted.sort(key=lambda pair: pair[1].number)
    for roll, person in wanted:
        roll.entries.append(_entry(seed, roll, person))
    return plan


def _roll(facility: str, day: date, stands: str) -> Roll:
    claimed = date(day.year + (day.month == 12), day.month % 12 + 1, 28) if stands == "disagree" else day
    return Roll(facility, day, stands, claimed)


def _held(person: Person, roll: Roll) -> bool:
    """Say whether a list should name a person; one dated before its place opened names the planned."""
    if roll.day < date(2014, 7, 1):
        first = person.events[0]
        return first.facility == roll.facility and first.day <= roll.day + timedelta(days=90)
    return person.facility_on(roll.day) == roll.facility


def room_of(seed: int, person: Person, facility: str) -> tuple[int, int, int]:
    """Give the building, floor and room of a person in a place."""
    place = next(entry for entry in country.FACILITIES if entry.name == facility)
    rng = stream(seed, "room", str(person.number), facility)
    return rng.randint(1, place.buildings), rng.randint(1, place.floors), rng.randint(1, 12)


def sentence_text(months: int, rng: random.Random) -> str:
    """Write a sentence as a clerk would: in years, in months, in words; life as 无期徒刑."""
    if months == LIFE:
        return "无期徒刑"
    years, rest = divmod(months, 12)
    return rng.choice((f"{months}个月", f"{years}年" + (f"{rest}个月" if rest else "")))


def _entry(seed: int, roll: Roll, person: Person) -> Entry:
    rng = stream(seed, "list", roll.facility, str(roll.day), str(person.number))
    building, floor, room = room_of(seed, person, roll.facility)
    judged = next(
        (event for event in person.events if event.kind == "sentence" and event.day <= roll.day), None
    )
    status = person.status_on(roll.day) or "training"
    came = next(
        (event.day for event in person.events if event.facility == roll.facility), person.events[0].day
    )
    entry = Entry(
        person,
        "detention",
        {
            "name": person.han,
            "sex": person.sex,
            "id": person.id_number,
            "birth": person.birth,
            "group": person.group,
            "town": person.town,
            "status": statuses.spell(status, rng),
            "facility": roll.facility,
            "building": f"{building}号楼",
            "floor": floor,
            "room": f"{floor}{room:02d}",
            "admitted": came,
            "sentence": "" if judged is None else sentence_text(judged.months, rng),
            "reason": rng.choice(REASONS),
            "note": "",
        },
        status=status,
    )
    slip(entry, rng, seen=roll.day)
    return entry
