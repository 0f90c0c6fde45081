"""Icons and pointers: every picture in them is a member, and one that lies about its place costs only itself."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from proofroom.extract.detection.magic import media_type_of_beginning
from proofroom.extract.formats.icons import FORMAT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read


def png(side: int = 16) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (side, side), (10, 200, 30, 255)).save(out, "PNG")
    return out.getvalue()


def bitmap(side: int = 8) -> bytes:
    """Give pixels as an icon keeps them: twice as high, for the mask, and without the head of a file."""
    head = struct.pack("<IiiHHIIiiII", 40, side, 2 * side, 1, 24, 0, 0, 0, 0, 0, 0)
    return head + bytes((0, 0, 255)) * side * side + bytes(4 * side)


def icon(*pictures: bytes, kind: int = 1) -> bytes:
    out, at = struct.pack("<HHH", 0, kind, len(pictures)), 6 + 16 * len(pictures)
    for picture in pictures:
        out += struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(picture), at)
        at += len(picture)
    return out + b"".join(pictures)


def test_every_picture_of_an_icon_is_a_member_that_can_be_read(read_with: Read) -> None:
    data = icon(png(), bitmap())
    assert media_type_of_beginning(data) == "image/vnd.microsoft.icon"
    found = read_with(FORMAT, data)
    assert (found.ended, found.partial) == (None, [])
    assert found.members["icon-1.png"] == png()
    drawn = Image.open(io.BytesIO(found.members["icon-2.bmp"])).convert("RGB")
    assert (drawn.size, drawn.getpixel((4, 4))) == ((8, 8), (255, 0, 0))
    assert found.properties["icon:entry"][0].startswith("1: 16x16 colours=0 planes=1 bits=32")


def test_a_pointer_tells_its_hot_spot(read_with: Read) -> None:
    assert "hot=1,32" in read_with(FORMAT, icon(png(), kind=2)).properties["icon:entry"][0]


def test_a_macintosh_icon_gives_its_pictures_and_says_what_is_not_read(read_with: Read) -> None:
    part = b"ic07" + struct.pack(">I", 8 + len(png())) + png()
    old = b"il32" + struct.pack(">I", 12) + b"abcd"
    data = b"icns" + struct.pack(">I", 8 + len(part) + len(old)) + part + old
    assert media_type_of_beginning(data) == "image/x-icns"
    found = read_with(FORMAT, data)
    assert found.members == {"icon-1.png": png()}
    assert (found.partial, found.ended) == ([Reason.UNREAD_PART], None)
    cut = read_with(FORMAT, data[:-3])
    assert cut.ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_a_cut_anywhere_ends_in_a_state(read_with: Read) -> None:
    data = icon(png(), bitmap())
    for cut in range(6, len(data), 7):
        assert read_with(FORMAT, data[:cut]).ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_the_sample_is_read_whole(read_with: Read) -> None:
    folder = Path(__file__).parents[3] / "src" / "proofroom" / "extract" / "formats" / "samples"
    assert len(read_with(FORMAT, (folder / FORMAT.sample).read_bytes()).members) == 2
