"""Writes the population register: one row for each inhabitant, split over files as towns keep them."""

from __future__ import annotations

from datetime import date, timedelta

from proofroom.world.layout import Column
from proofroom.world.people import Person, Population
from proofroom.world.slips import SHARES, Entry, plant, slip
from proofroom.world.streams import stream

SEEN = date(2015, 12, 31)
COLUMNS = (
    Column("number", "序号"),
    Column("name", "姓名", "基本信息"),
    Column("arabic", "本族文姓名", "基本信息"),
    Column("sex", "性别", "基本信息"),
    Column("group", "族别", "基本信息"),
    Column("id", "身份证号码", "基本信息"),
    Column("birth", "出生日期", "基本信息"),
    Column("household", "户号", "户籍"),
    Column("relation", "与户主关系", "户籍"),
    Column("town", "乡镇（街道）", "住址"),
    Column("village", "村（社区）", "住址"),
    Column("phone", "联系电话"),
    Column("registered", "登记日期"),
    Column("note", "备注"),
)


def entries(seed: int, population: Population, count: int) -> list[Entry]:
    """Make `count` rows: everybody once, then the people who moved a second time, in their new town."""
    found = [_entry(seed, person, moved=False) for person in population.people]
    movers = [person for person in population.people if person.moved_to]
    found += [_entry(seed, person, moved=True) for person in movers[: max(0, count - len(found))]]
    del found[count:]
    found.sort(
        key=lambda entry: (str(entry.fields["town"]).strip(), entry.person.household, entry.person.number)
    )
    _at_least_one_of_each(seed, found)
    return found


def _entry(seed: int, person: Person, *, moved: bool) -> Entry:
    rng = stream(seed, "register", str(person.number), str(moved))
    registered = date(2013, 1, 7) + timedelta(days=rng.randrange(1050))
    note = ""
    if person.moved_to:
        note = f"由{person.town}迁入" if moved else f"迁往{person.moved_to}"
    entry = Entry(
        person,
        "register",
        {
            "name": person.han,
            "arabic": "" if person.han_only else person.name.arabic,
            "sex": person.sex,
            "group": person.group,
            "id": person.id_number,
            "birth": person.birth,
            "household": person.household,
            "relation": person.relation,
            "town": person.moved_to if moved else person.town,
            "village": person.village,
            "phone": person.phone if rng.random() < 0.7 else "",
            "registered": registered,
            "note": note,
        },
    )
    slip(entry, rng, seen=SEEN)
    return entry


def _at_least_one_of_each(seed: int, found: list[Entry]) -> None:
    """Plant the rare mistakes that chance left out, so that a small world has every kind."""
    rng = stream(seed, "register", "plant")
    made = {mistake.kind for entry in found for mistake in entry.slips}
    for kind in SHARES:
        if kind == "stale-status" or kind in made:
            continue
        clean = [entry for entry in found if not entry.slips and entry.person.birth.day <= 12]
        for entry in rng.sample(clean, min(40, len(clean))):
            plant(entry, rng, kind)
            if entry.slips:
                break
