"""Takes the photographs: geometric figures by four invented cameras, tied to people in known ways."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image

from proofroom.model.states import State
from proofroom.world import country, drawing, exif, ids
from proofroom.world.exif import Exif
from proofroom.world.parts import MARKER, Made
from proofroom.world.people import Person
from proofroom.world.streams import number_seed, stream

SIZE = (800, 600)
QUALITY = 88
RESET_CLOCK = datetime(2010, 1, 1, 0, 0)
# How a photo is tied to a person, and its share of all photos in the model case (of 5,074).
SHARES = {"detained": 2884, "not detained": 1610, "candidate": 380, "unlinkable": 200}
WAYS = (("file name", 70), ("sheet cell", 20), ("text beside", 10))


@dataclass(frozen=True, slots=True)
class Camera:
    """A device: its serial, firmware, how far its clock is off, and where its counter stood."""

    serial: str
    model: str
    firmware: str
    offset: timedelta
    counter: int
    reset: bool = False


CAMERAS = (
    Camera("FC-100231", "FX-20", "1.04", timedelta(seconds=14), 212),
    Camera("FC-100418", "FX-20", "1.10", timedelta(hours=-8), 4711),
    Camera("FC-207733", "PX-3", "2.00", timedelta(seconds=-41), 33),
    Camera("FC-300019", "FX-9", "0.98", timedelta(0), 9),
)
_RESET = Camera("FC-300020", "FX-9", "0.98", timedelta(0), 1, reset=True)


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo as planned: whom it shows, how it is tied, by which camera, when, and its file name."""

    number: int
    person: Person | None
    link: str  # a key of SHARES
    way: str  # file name, sheet cell, text beside, or nothing
    camera: Camera
    taken: datetime
    file_name: str
    written_id: str = ""


def plan(seed: int, held: list[Person], free: list[Person], count: int) -> list[Shot]:
    """Plan `count` photos in the shares of the model case; each person is shown once."""
    rng = stream(seed, "photos")
    total = sum(SHARES.values())
    kinds = [kind for kind, part in SHARES.items() for _ in range(round(count * part / total))]
    kinds = (kinds + ["detained"] * count)[:count]
    subjects = {"detained": rng.sample(held, kinds.count("detained"))}
    others = rng.sample(free, kinds.count("not detained") + kinds.count("candidate"))
    subjects["not detained"], subjects["candidate"] = (
        others[: kinds.count("not detained")],
        others[kinds.count("not detained") :],
    )
    people = {kind: iter(found) for kind, found in subjects.items()}
    ways = {kind: iter(_ways(kinds.count(kind))) for kind in ("detained", "not detained")}
    shots = []
    for number, kind in enumerate(kinds):
        person = next(people[kind]) if kind in people else None
        way = next(ways[kind]) if kind in ways else ("typo in name" if kind == "candidate" else "")
        shots.append(_shot(rng, number, person, kind, way))
    return shots


def _ways(count: int) -> list[str]:
    ways = [way for way, part in WAYS for _ in range(round(count * part / 100))]
    return (ways + ["file name"] * count)[:count]


def _shot(rng: random.Random, number: int, person: Person | None, link: str, way: str) -> Shot:
    camera = _RESET if number % 41 == 7 else CAMERAS[number % len(CAMERAS)]
    day = datetime(2015, 2, 3, 9) + timedelta(days=rng.randrange(480), minutes=rng.randrange(480))
    written = person.id_number if person and way == "file name" else ""
    if person and link == "candidate":
        written = ids.with_typo(person.id_number, rng)
    name = f"{written}.jpg" if written else f"IMG_{camera.counter + number:04d}.JPG"
    return Shot(number, person, link, way, camera, day, name, written)


def take(seed: int, shot: Shot, *, blind: bool) -> Made:
    """Take a planned photo: JPEG with full EXIF, a thumbnail of itself, and the device's own pattern."""
    label = shot.camera.serial
    words = ("SYNTHETIC", f"NO {seed:03d}-{shot.number:04d}")
    width, height = SIZE
    drawn = drawing.figure(SIZE, 3 + shot.number % 7, 40 + shot.number * 37 % 190, words)
    pattern = drawing.sensor(number_seed(0, "sensor", label), height, width)
    picture = drawing.exposed(drawn, pattern, number_seed(seed, "shot", str(shot.number)))
    facts = _facts(shot, picture, blind=blind)
    stream_out = io.BytesIO()
    picture.save(
        stream_out, "JPEG", quality=QUALITY, exif=facts.block(), comment=b"" if blind else MARKER.encode()
    )
    return Made(
        stream_out.getvalue(),
        "photo",
        also=(State.PARTLY,),
        written=shot.taken,
        extra={"shot": shot.number},
    )


def resaved(made: Made, *, blind: bool) -> Made:
    """Save a photo again as a phone does: smaller, other tables, most of the metadata gone."""
    picture = Image.open(io.BytesIO(made.data or b""))
    stream_out = io.BytesIO()
    picture.resize((640, 480)).save(stream_out, "JPEG", quality=72, comment=b"" if blind else MARKER.encode())
    return Made(stream_out.getvalue(), "photo", also=(State.PARTLY,), note="saved again, metadata lost")


def clock_of(shot: Shot) -> datetime:
    """Give the time the camera wrote, which is not always the time it was."""
    if shot.camera.reset:
        return RESET_CLOCK + timedelta(minutes=shot.number)
    return shot.taken + shot.camera.offset


def _facts(shot: Shot, picture: Image.Image, *, blind: bool) -> Exif:
    camera, clock = shot.camera, clock_of(shot)
    when = clock.strftime("%Y:%m:%d %H:%M:%S")
    main = {
        0x010F: exif.text("FICTICAM"),
        0x0110: exif.text(camera.model),
        0x0112: exif.short(1),
        0x011A: exif.rationals((72, 1)),
        0x011B: exif.rationals((72, 1)),
        0x0128: exif.short(2),
        0x0131: exif.text(f"FICTICAM {camera.firmware}"),
        0x0132: exif.text(when),
    }
    if not blind:
        main[0x010E] = exif.text(MARKER)
    photo = {
        0x829A: exif.rationals((1, 60 + shot.number % 60)),
        0x829D: exif.rationals((28, 10)),
        0x8827: exif.short(200),
        0x9000: exif.undefined(b"0230"),
        0x9003: exif.text(when),
        0x9004: exif.text(when),
        0x9290: exif.text(f"{shot.number * 7 % 100:02d}"),
        0x9291: exif.text(f"{shot.number * 7 % 100:02d}"),
        0x920A: exif.rationals((85, 10)),
        0xA002: exif.long(SIZE[0]),
        0xA003: exif.long(SIZE[1]),
        0xA431: exif.text(camera.serial),
        0x927C: exif.undefined(b"FICTICAM\0" + f"DSC{camera.counter + shot.number:05d}".encode()),
    }
    small = io.BytesIO()
    picture.resize((160, 120)).save(small, "JPEG", quality=70)
    return Exif(main, photo, _place(shot), small.getvalue())


def _place(shot: Shot) -> dict[int, exif.Value]:
    """Give the position for every third photo: a facility's, in the open ocean."""
    if shot.number % 3:
        return {}
    place = country.FACILITIES[shot.number % len(country.FACILITIES)]
    return {
        0: exif.version(2, 3, 0, 0),
        1: exif.text("S"),
        2: exif.degrees(place.latitude),
        3: exif.text("W"),
        4: exif.degrees(place.longitude),
    }
