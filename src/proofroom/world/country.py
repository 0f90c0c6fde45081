"""Holds the invented country of Veshkara: its counties, towns, region codes, places of detention, phones."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

COUNTRY = ("韦什卡拉", "Veshkara", "ۋېشكارا")
GROUPS = ("玛尔族", "阿申族")
PHONE_PREFIX = "129"  # no mobile network of the PRC numbers its subscribers 129
OCEAN = (-47.31, -128.42)  # South Pacific, some 2,000 km from any coast


@dataclass(frozen=True, slots=True)
class Town:
    """A town: its name, its county, and the villages in it."""

    name: str
    county: str
    region: str
    villages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facility:
    """A place where people are held, with the day it opened and the buildings it has."""

    name: str
    kind: str  # training, custody, prison
    county: str
    opened: date
    buildings: int
    floors: int
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Region:
    """A region code with the years in which it was given out (`until` None: still)."""

    code: str
    name: str
    since: int
    until: int | None


REGIONS = (
    Region("990000", "韦什卡拉", 1950, None),
    Region("990100", "岫岭地区", 1950, None),
    Region("990101", "岫岭市", 1984, None),
    Region("990121", "砚月县", 1950, None),
    Region("990122", "霜渡县", 1950, None),
    Region("990123", "汀坪县", 1992, None),
    Region("990131", "老汀坪县", 1950, 1991),
)
TOWNS = (
    Town("石笙镇", "砚月县", "990121", ("上笙村", "下笙村", "笙桥村")),
    Town("曙坪乡", "砚月县", "990121", ("东曙村", "西曙村")),
    Town("檐桥镇", "砚月县", "990121", ("檐头村", "檐尾村", "桥北村")),
    Town("苔溪乡", "霜渡县", "990122", ("苔源村", "苔口村")),
    Town("渚湾镇", "霜渡县", "990122", ("渚东村", "渚西村", "湾里村")),
    Town("砾台乡", "汀坪县", "990123", ("砾上村", "砾下村")),
    Town("禾屿镇", "汀坪县", "990123", ("禾田村", "屿前村")),
    Town("澜门街道", "岫岭市", "990101", ("一社区", "二社区", "三社区")),
)
FACILITIES = (
    Facility("第一集训中心", "training", "砚月县", date(2014, 7, 1), 3, 4, OCEAN[0] + 0.11, OCEAN[1] - 0.07),
    Facility("第二集训中心", "training", "霜渡县", date(2015, 3, 1), 2, 3, OCEAN[0] - 0.09, OCEAN[1] + 0.12),
    Facility("砚月县看守所", "custody", "砚月县", date(2006, 5, 1), 2, 2, OCEAN[0] + 0.02, OCEAN[1] + 0.03),
    Facility("霜渡监狱", "prison", "霜渡县", date(1998, 9, 1), 4, 3, OCEAN[0] - 0.21, OCEAN[1] - 0.16),
)


def region_for(town: Town, birth: date, rng: random.Random) -> str:
    """Give the region code a person born in a town carries: the old code where the new one came later."""
    region = next(entry for entry in REGIONS if entry.code == town.region)
    if birth.year >= region.since:
        return region.code
    return "990131" if town.county == "汀坪县" else rng.choice(("990121", "990122"))


def phone(rng: random.Random) -> str:
    """Make an eleven-digit number under the prefix that no network uses."""
    return f"{PHONE_PREFIX}{rng.randrange(10**8):08d}"


def regions_csv() -> str:
    """Write the region table that `open --regions FILE` takes: code, name, first and last year of use."""
    lines = ["code,name,valid_from,valid_to"]
    lines += [f"{entry.code},{entry.name},{entry.since},{entry.until or ''}" for entry in REGIONS]
    return "\n".join(lines) + "\n"


def place_names() -> list[str]:
    """Give every invented place name, for the check against real ones."""
    names = [*COUNTRY, *(town.name for town in TOWNS), *(town.county for town in TOWNS)]
    names += [village for town in TOWNS for village in town.villages]
    return names + [entry.name for entry in REGIONS] + [place.name for place in FACILITIES]
