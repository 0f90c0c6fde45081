"""Makes the mistakes of a genuine bureaucracy, in the shares it makes them, and keeps a ledger of each."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from proofroom.world import country, ids, names, statuses
from proofroom.world.people import Person
from proofroom.world.sheets import Value
from proofroom.world.streams import share

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
DATE_TEXTS = (
    "{0.year}.{0.month}.{0.day}",
    "{0.year}年{0.month}月{0.day}日",
    "{0:%Y%m%d}",
    "{0.year}-{0.month}-{0.day}",
)

# Per cent of the rows in which each slip happens.
SHARES = {
    "name-variant": 8.0,
    "id-missing": 1.5,
    "id-typo": 0.3,
    "id-swapped": 0.05,
    "day-month-swapped": 0.2,
    "stale-status": 4.0,
    "id-as-number": 0.8,
    "id-fifteen": 0.6,
    "id-full-width": 0.6,
    "id-apostrophe": 0.8,
    "trailing-blank": 2.0,
    "date-as-text": 5.0,
    "date-as-serial": 2.0,
    "group-blank": 3.0,
    "group-contradicts": 0.6,
}


@dataclass(slots=True)
class Slip:
    """One mistake: its kind, the field, what is true and what was written."""

    kind: str
    field: str
    true: str
    written: str


@dataclass(slots=True)
class Entry:
    """One row about one person: the values as they will be written, and the mistakes in them."""

    person: Person
    kind: str  # register or detention
    fields: dict[str, Value]
    styles: dict[str, str] = field(default_factory=dict)
    slips: list[Slip] = field(default_factory=list)
    status: str = ""

    def change(self, kind: str, name: str, written: Value) -> None:
        """Write something else into a field and enter it in the ledger."""
        self.slips.append(Slip(kind, name, _text(self.fields.get(name)), _text(written)))
        self.fields[name] = written


def slip(entry: Entry, rng: random.Random, *, seen: date) -> None:
    """Let the clerk who wrote this row slip, independently for each kind of mistake."""
    for kind, act in _ACTS.items():
        if share(rng, SHARES[kind]):
            act(entry, rng, kind)
    if entry.kind == "detention" and share(rng, SHARES["stale-status"]):
        _stale(entry, rng, seen)


def plant(entry: Entry, rng: random.Random, kind: str) -> None:
    """Make one named mistake for certain, so that a small world has at least one of each."""
    _ACTS[kind](entry, rng, kind)


def _variant(entry: Entry, rng: random.Random, kind: str) -> None:
    if not entry.person.han_only:
        entry.change(kind, "name", names.variant(entry.person.name, rng))


def _id(entry: Entry, kind: str, make: Callable[[str], str]) -> None:
    """Change the ID once: a row has one mistake in its ID at most."""
    number = entry.fields.get("id")
    if isinstance(number, str) and number == entry.person.id_number and "id" not in entry.styles:
        entry.change(kind, "id", make(number))


def _missing(entry: Entry, _rng: random.Random, kind: str) -> None:
    _id(entry, kind, lambda _number: "")


def _typo(entry: Entry, rng: random.Random, kind: str) -> None:
    _id(entry, kind, lambda number: ids.with_typo(number, rng))


def _swap(entry: Entry, rng: random.Random, kind: str) -> None:
    _id(entry, kind, lambda number: ids.with_swap(number, rng))


def _fifteen(entry: Entry, _rng: random.Random, kind: str) -> None:
    if entry.person.birth.year < 1984:  # numbers of 18 characters came in 1999; older cards lived on
        _id(entry, kind, ids.fifteen)


def _full_width(entry: Entry, _rng: random.Random, kind: str) -> None:
    _id(entry, kind, lambda number: number.translate(FULL_WIDTH))


def _apostrophe(entry: Entry, _rng: random.Random, kind: str) -> None:
    _id(entry, kind, lambda number: "'" + number)


def _as_number(entry: Entry, _rng: random.Random, kind: str) -> None:
    number = entry.fields.get("id")
    if isinstance(number, str) and number == entry.person.id_number and number.isdigit():
        entry.change(kind, "id", float(number[:15] + "000"))
        entry.styles["id"] = "number"


def _day_month(entry: Entry, _rng: random.Random, kind: str) -> None:
    birth = entry.person.birth
    if birth.day <= 12 and birth.day != birth.month:
        entry.change(kind, "birth", date(birth.year, birth.day, birth.month))


def _trailing(entry: Entry, rng: random.Random, kind: str) -> None:
    name = rng.choice([key for key in ("name", "town", "village", "reason") if entry.fields.get(key)])
    entry.change(kind, name, f"{entry.fields[name]}{rng.choice((' ', '　', chr(160)))}")


def _date_text(entry: Entry, rng: random.Random, kind: str) -> None:
    day = entry.fields.get("birth")
    if isinstance(day, date):
        entry.change(kind, "birth", rng.choice(DATE_TEXTS).format(day))


def _date_serial(entry: Entry, _rng: random.Random, kind: str) -> None:
    if isinstance(entry.fields.get("birth"), date):
        entry.slips.append(
            Slip(kind, "birth", _text(entry.fields["birth"]), "serial number without a date format")
        )
        entry.styles["birth"] = "serial"


def _group_blank(entry: Entry, _rng: random.Random, kind: str) -> None:
    entry.change(kind, "group", "")


def _group_contradicts(entry: Entry, _rng: random.Random, kind: str) -> None:
    other = next(group for group in country.GROUPS if group != entry.person.group)
    entry.change(kind, "group", other)


def _stale(entry: Entry, rng: random.Random, seen: date) -> None:
    """Write the status of some months before, where it was another one."""
    earlier = entry.person.status_on(seen - timedelta(days=150)) or "supervised"
    if earlier == entry.status:
        earlier = "supervised"
    entry.change("stale-status", "status", statuses.spell(earlier, rng))


def _text(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.16G}"
    return "" if value is None else str(value)


_ACTS: dict[str, Callable[[Entry, random.Random, str], None]] = {
    "id-missing": _missing,
    "id-typo": _typo,
    "id-swapped": _swap,
    "id-fifteen": _fifteen,
    "id-full-width": _full_width,
    "id-apostrophe": _apostrophe,
    "id-as-number": _as_number,
    "name-variant": _variant,
    "day-month-swapped": _day_month,
    "trailing-blank": _trailing,
    "date-as-text": _date_text,
    "date-as-serial": _date_serial,
    "group-blank": _group_blank,
    "group-contradicts": _group_contradicts,
}
