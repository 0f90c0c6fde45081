"""Works out the gold answers: what an investigation of this cache should find, from the truth alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from statistics import median

from proofroom.world import demo, lists, photos, prose, summaries, truth
from proofroom.world.cache import Cache
from proofroom.world.lists import Roll
from proofroom.world.people import LIFE, Event, Person, Population
from proofroom.world.photos import Shot

ADULT = 18
DAY = date(2015, 6, 30)
PERIOD = (date(2015, 1, 1), date(2015, 12, 31))


def answers(
    seed: int, population: Population, rolls: list[Roll], cache: Cache, shots: Sequence[Shot]
) -> dict[str, object]:
    """Give every answer that stands at this size, by the name of its question."""
    return {
        "files_by_kind": dict(Counter(seen.made.kind for seen in cache.occurrences if seen.parent is None)),
        "locked": [_lock(seen.line()) for seen in cache.occurrences if seen.made.password is not None],
        "content_dates": {"first": min(roll.day for roll in rolls), "last": date(2016, 1, 4)},
        "register_persons": len(population.people),
        "listed_persons": len({entry.person.number for roll in rolls for entry in roll.entries}),
        "detained": _detained(population),
        "photos": _photos(shots),
        "occupants": [
            {"facility": place, "building": building, "floor": floor, "count": count}
            for (place, building, floor), count in summaries.occupancy(seed, population, DAY).items()
        ],
        "sentences": _sentences(population),
        "delay_days": _delay(population),
        "transfers": sum(event.kind == "transfer" for person in population.people for event in person.events),
        "protocol": {"signed_by": population.officials[0], "copies": 2, "differs_in": "para=5"},
        "speech": {
            "titles": prose.SPEECH_TITLES,
            "cited_by": ["文件/学习情况报告.rtf", "文件/6月例会纪要.docx"],
        },
        "missing": [{"facility": place, "month": month} for place, month in lists.MISSING],
        "scanned_total": {"path": "扫描/统计表.pdf", "page": 1, "total": demo.scan_table(population)[1]},
        "devices": [
            {"serial": camera.serial, "offset_seconds": camera.offset.total_seconds(), "reset": camera.reset}
            for camera in dict.fromkeys(shot.camera for shot in shots)
        ],
        "source_traces": [seen.path for seen in cache.occurrences if seen.group == "trace"],
    }


def _lock(line: dict[str, object]) -> dict[str, object]:
    return {key: line[key] for key in ("path", "password", "password_from", "decrypted_digest")}


def held_on(person: Person, day: date) -> bool:
    """Say whether a person was held on a day: in training, in custody or serving a sentence."""
    return person.status_on(day) in ("training", "custody", "sentenced")


def _detained(population: Population) -> dict[str, object]:
    """Count the adults held on a day and at any time in a period, in all and by group."""
    adults = [person for person in population.people if person.age_on(DAY) >= ADULT]
    born = [person for person in population.people if person.birth <= DAY]
    over = [person for person in adults if _held_within(person)]
    now = [person for person in adults if held_on(person, DAY)]
    return {
        "day": DAY,
        "period": PERIOD,
        "adults": len(adults),
        "everybody": len(born),
        "on_day": len(now),
        "in_period": len(over),
        "by_group": {
            group: sum(person.group == group for person in now)
            for group in sorted({person.group for person in adults})
        },
    }


def _held_within(person: Person) -> bool:
    if held_on(person, PERIOD[0]):
        return True
    return any(PERIOD[0] <= event.day <= PERIOD[1] and event.kind != "release" for event in person.events)


def _photos(shots: Sequence[Shot]) -> dict[str, object]:
    ages = [
        shot.person.age_on(shot.taken.date()) for shot in shots if shot.person and shot.link == "detained"
    ]
    return {
        "count": len(shots),
        "by_link": dict(Counter(shot.link for shot in shots)),
        "by_way": dict(Counter(shot.way for shot in shots if shot.way)),
        "reset_clock": sum(shot.camera.reset for shot in shots),
        "resaved": demo.RESAVED,
        "ages": {"youngest": min(ages), "oldest": max(ages), "minors": sum(age < ADULT for age in ages)},
    }


def _sentences(population: Population) -> dict[str, object]:
    terms = sorted(event.months for event in _events(population, lambda event: event.kind == "sentence"))
    finite = [months for months in terms if months != LIFE]
    return {
        "count": len(terms),
        "life": terms.count(LIFE),
        "median_months": median(finite) if finite else None,
    }


def _delay(population: Population) -> dict[str, object]:
    days = [
        (judged.day - person.events[0].day).days
        for person in population.people
        for judged in person.events
        if judged.kind == "sentence"
    ]
    return {"count": len(days), "median": median(days) if days else None}


def _events(population: Population, wanted: Callable[[Event], bool]) -> list[Event]:
    return [event for person in population.people for event in person.events if wanted(event)]


def photo_rows(box: demo.PhotoBox, cache: Cache) -> list[dict[str, object]]:
    """Give every photo: its path, whom it shows, how that can be shown, its camera, and both clocks."""
    rows: list[dict[str, object]] = []
    entries = _entries(cache)
    for shot in box.shots:
        proof = entries.get(shot.person.number, []) if shot.person else []
        rows.append(
            {
                "path": box.paths[shot.number],
                "person": shot.person.number if shot.person else None,
                "link": shot.link,
                "way": shot.way,
                "written_id": shot.written_id or None,
                "device": shot.camera.serial,
                "taken": shot.taken.isoformat(),
                "clock": photos.clock_of(shot).isoformat(),
                "resaved_as": next((path for path, number in box.copies if number == shot.number), None),
                "rows": proof,
            }
        )
    return rows


def _entries(cache: Cache) -> dict[int, list[dict[str, str]]]:
    """Give the rows about each person."""
    found: dict[int, list[dict[str, str]]] = {}
    for path, sheet, row, entry in cache.entries:
        at = {"path": path, "part": truth.entry_part(sheet, row)}
        found.setdefault(entry.person.number, []).append(at)
    return found


def roll_rows(rolls: list[Roll], paths: list[str]) -> list[dict[str, object]]:
    """Give every monthly list: its place, true day, where that day stands, and what the file name says."""
    return [
        {
            "path": path,
            "facility": roll.facility,
            "day": roll.day.isoformat(),
            "stands": roll.stands,
            "claimed": roll.claimed.isoformat(),
            "rows": len(roll.entries),
        }
        for roll, path in zip(rolls, paths, strict=True)
    ]
