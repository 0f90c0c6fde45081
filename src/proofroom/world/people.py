"""Invents the people of Veshkara: households with parents and children, and what befell those detained."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from proofroom.world import country, ids, names
from proofroom.world.names import Name
from proofroom.world.streams import share, stream

REGISTER_DAY = date(2015, 12, 31)
COMMON_WORD = "希望"  # a victim whose name is a common word
LIFE = -1
OPEN_END = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that befell a person: what, when, where, and for how long (months; LIFE, or OPEN_END)."""

    kind: str  # arrest, admission, transfer, sentence, release
    day: date
    facility: str = ""
    months: int = OPEN_END


@dataclass(frozen=True, slots=True)
class Person:
    """One inhabitant as the truth knows them; the paperwork may say otherwise."""

    number: int
    name: Name
    sex: str
    birth: date
    id_number: str
    town: str
    village: str
    household: int
    relation: str
    group: str
    phone: str
    moved_to: str = ""
    twin_of: int | None = None
    same_as: int | None = None  # a different person with the same name and birth date
    han_only: str = ""  # a name that has no other form: an official's, or a common word
    events: tuple[Event, ...] = ()

    @property
    def han(self) -> str:
        """The name as the paperwork should write it."""
        return self.han_only or self.name.han

    def age_on(self, day: date) -> int:
        """Give the age in full years on a day."""
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))

    def status_on(self, day: date) -> str | None:
        """Give the true status on a day (a key of `statuses.SPELLINGS`), or None before anything happened."""
        status: str | None = None
        for event in self.events:
            if event.day <= day:
                status = _STATUS_AFTER[event.kind] or status_in(event.facility)
        return status

    def facility_on(self, day: date) -> str:
        """Give the place where the person was held on a day, or an empty text."""
        place = ""
        for event in self.events:
            if event.day <= day:
                place = event.facility or ("" if event.kind == "release" else place)
        return place


_STATUS_AFTER = {
    "arrest": "custody",
    "admission": "",
    "transfer": "",
    "sentence": "sentenced",
    "release": "released",
}


def status_in(facility: str) -> str:
    """Give the status that being held in a place means."""
    kinds = {place.name: place.kind for place in country.FACILITIES}
    return {"training": "training", "custody": "custody", "prison": "sentenced"}[kinds[facility]]


@dataclass(slots=True)
class Population:
    """Everybody, and the officials who sign the papers."""

    people: list[Person] = field(default_factory=list)
    officials: list[str] = field(default_factory=list)

    def detained(self) -> list[Person]:
        """Give those who were ever taken in."""
        return [person for person in self.people if person.events]


def populate(seed: int, count: int, detained: int) -> Population:
    """Invent `count` people in households, and take `detained` of the adults in."""
    rng = stream(seed, "people")
    population = Population(officials=_officials(rng))
    households = 0
    while len(population.people) < count:
        households += 1
        population.people.extend(_household(rng, households, len(population.people)))
    del population.people[count:]
    _add_lookalikes(population, rng)
    _detain(population, rng, detained)
    return population


def _officials(rng: random.Random) -> list[str]:
    found: list[str] = []
    while len(found) < 8:
        name = names.official(rng)
        if name not in found:
            found.append(name)
    return found


def _household(rng: random.Random, household: int, first: int) -> list[Person]:
    """Invent a couple and up to four children; children take the father's given name."""
    town = rng.choice(country.TOWNS)
    village = rng.choice(town.villages)
    group = rng.choices(country.GROUPS, (7, 3))[0]
    year = rng.randint(1938, 1992)
    father = _person(rng, first, "男", _birthday(rng, year), town, names.invent(rng))
    mother = _person(rng, first + 1, "女", _birthday(rng, year + rng.randint(-3, 6)), town, names.invent(rng))
    members = [replace(father, relation="户主"), replace(mother, relation="妻")]
    for order in range(rng.choice((0, 1, 2, 2, 3, 4))):
        born = _birthday(rng, min(2015, year + 21 + 2 * order + rng.randint(0, 2)))
        sex = rng.choice("男女")
        child = _person(rng, first + len(members), sex, born, town, names.invent(rng, father.name.given))
        members.append(replace(child, relation="子" if sex == "男" else "女"))
        if share(rng, 1.2):
            twin = _person(rng, first + len(members), sex, born, town, names.invent(rng, father.name.given))
            members.append(replace(twin, relation=members[-1].relation, twin_of=child.number))
    return [replace(person, village=village, household=household, group=group) for person in members]


def _person(rng: random.Random, number: int, sex: str, birth: date, town: country.Town, name: Name) -> Person:
    serial = rng.randrange(1, 998, 2) + (sex == "女")
    id_number = ids.make_id(country.region_for(town, birth, rng), birth, serial)
    moved = rng.choice(country.TOWNS).name if share(rng, 2.2) else ""
    return Person(
        number,
        name,
        sex,
        birth,
        id_number,
        town.name,
        "",
        0,
        "",
        "",
        country.phone(rng),
        moved_to="" if moved == town.name else moved,
    )


def _birthday(rng: random.Random, year: int) -> date:
    if year < 1965 and rng.random() < 0.25:
        return date(year, 1, 1)  # the register heaps on 1 January, innocently
    return date(year, 1, 1) + timedelta(days=rng.randrange(365))


def _add_lookalikes(population: Population, rng: random.Random) -> None:
    """Plant different people with one name and birth date, an official's name, and a common word."""
    people = population.people
    grown = [place for place, person in enumerate(people) if person.age_on(REGISTER_DAY) >= 20]
    for left, right in zip(*[iter(rng.sample(grown, min(12, len(grown) // 2 * 2)))] * 2, strict=True):
        original, double = people[left], people[right]
        body = double.id_number[:6] + f"{original.birth:%Y%m%d}" + double.id_number[14:17]
        people[right] = replace(
            double,
            name=original.name,
            birth=original.birth,
            sex=original.sex,
            same_as=original.number,
            id_number=body + ids.check_character(body),
        )
    official, word = rng.sample(grown, 2)
    people[official] = replace(people[official], han_only=population.officials[0])
    people[word] = replace(people[word], han_only=COMMON_WORD)


def _detain(population: Population, rng: random.Random, detained: int) -> None:
    people = population.people
    named = [place for place, person in enumerate(people) if person.han_only or person.same_as is not None]
    grown = [place for place, person in enumerate(people) if 17 <= person.age_on(date(2014, 6, 1)) <= 72]
    chosen = [place for place in named if place in set(grown)]
    rest = [place for place in grown if place not in set(chosen)]
    chosen += rng.sample(rest, max(0, min(len(rest), detained - len(chosen))))
    for place in chosen[:detained]:
        people[place] = replace(people[place], events=_fate(rng))


def _fate(rng: random.Random) -> tuple[Event, ...]:
    """Draw a course: to training or to custody, perhaps onwards, perhaps a sentence, perhaps release."""
    start = date(2014, 7, 5) + timedelta(days=rng.randrange(430))
    if rng.random() < 0.62:
        opened = [place for place in country.FACILITIES if place.kind == "training" and place.opened <= start]
        events = [Event("admission", start, rng.choice(opened).name)]
        if rng.random() < 0.18:
            moved = start + timedelta(days=rng.randint(60, 200))
            events.append(Event("transfer", moved, "霜渡监狱" if rng.random() < 0.5 else "第二集训中心"))
            if moved < country.FACILITIES[1].opened:
                events[-1] = replace(events[-1], facility="霜渡监狱")
    else:
        events = [Event("arrest", start, "砚月县看守所")]
        if rng.random() < 0.75:
            judged = start + timedelta(days=rng.randint(45, 260))
            months = rng.choices((LIFE, *range(24, 241, 6)), (1.5, *([1] * 37)))[0]
            events.append(Event("sentence", judged, "霜渡监狱", months))
    if events[-1].kind != "sentence" and rng.random() < 0.2:
        events.append(Event("release", events[-1].day + timedelta(days=rng.randint(90, 400))))
    return tuple(events)
