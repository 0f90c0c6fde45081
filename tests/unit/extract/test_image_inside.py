"""Pictures inside pictures, frames one by one, blocks of other programs, and what is appended behind the end."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import pytest
from PIL import Image, TiffImagePlugin

from proofroom.extract.detection.magic import media_type_of_beginning
from proofroom.extract.formats.image import FORMAT
from proofroom.extract.pictures.jpeg_inner import further_pictures
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read


def gradient(side: int = 64) -> Image.Image:
    return Image.linear_gradient("L").resize((side, side)).convert("RGB")


def saved(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)  # type: ignore[arg-type]
    return out.getvalue()


def with_segment(jpeg: bytes, code: int, body: bytes) -> bytes:
    return jpeg[:2] + bytes((0xFF, code)) + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def resource(number: int, body: bytes, name: bytes = b"") -> bytes:
    held = bytes((len(name),)) + name + bytes((len(name) + 1) % 2)
    return (
        b"8BIM"
        + struct.pack(">H", number)
        + held
        + struct.pack(">I", len(body))
        + body
        + bytes(len(body) % 2)
    )


def wide(text: str) -> bytes:
    return struct.pack(">I", len(text)) + text.encode("utf-16-be")


def photoshop() -> bytes:
    small = saved(gradient(16), "JPEG")
    head = struct.pack(">IIIIIIHH", 1, 16, 16, 48, 768, len(small), 24, 1)
    dataset = b"\x1c\x02\x69" + struct.pack(">H", 12) + "头条新闻".encode()
    long = b"\x1c\x02\x78\x80\x04" + struct.pack(">I", 5) + b"Words"
    return (
        resource(0x0404, dataset + long)
        + resource(0x040C, head + small)
        + resource(0x0421, bytes(4) + b"\1" + wide("Adobe Photoshop") + wide("Adobe Photoshop CC"))
        + resource(0x0425, bytes(range(16)))
        + resource(0x0415, wide("通道"))
        + resource(0x07D0, b"", b"Path 1")
    )


def test_photoshops_resources_are_read_one_by_one(read_with: Read) -> None:
    found = read_with(FORMAT, with_segment(saved(gradient(), "JPEG"), 0xED, b"Photoshop 3.0\0" + photoshop()))
    told = {key: values[0] for key, values in found.properties.items()}
    assert told["iptc:Headline"] == "头条新闻"
    assert told["iptc:Caption"] == "Words"
    assert (told["photoshop:writer"], told["photoshop:reader"]) == ("Adobe Photoshop", "Adobe Photoshop CC")
    assert told["photoshop:caption-digest"] == bytes(range(16)).hex()
    assert (told["photoshop:channel"], told["photoshop:path"]) == ("通道", "Path 1")
    assert Image.open(io.BytesIO(found.members["photoshop-thumbnail.jpg"])).size == (16, 16)


def test_a_tiff_keeps_the_same_resources_in_a_tag(read_with: Read) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[34377] = photoshop()
    tags.tagtype[34377] = 7
    found = read_with(FORMAT, saved(gradient(), "TIFF", tiffinfo=tags))
    assert found.properties["iptc:Headline"] == ["头条新闻"]
    assert "photoshop-thumbnail.jpg" in found.members


def test_every_kind_of_jfif_thumbnail_is_a_member(read_with: Read) -> None:
    plain, small = saved(gradient(), "JPEG"), saved(gradient(16), "JPEG")
    for code, body, name in (
        (0x10, small, "jfxx-thumbnail.jpg"),
        (0x11, bytes((2, 2)) + bytes(range(256)) * 3 + bytes(4), "jfxx-thumbnail.png"),
        (0x13, bytes((2, 2)) + bytes(12), "jfxx-thumbnail.png"),
    ):
        found = read_with(FORMAT, with_segment(plain, 0xE0, b"JFXX\0" + bytes((code,)) + body))
        assert list(found.members) == [name]
    naked = plain[:4] + struct.pack(">H", 16 + 12) + plain[6:18] + bytes((2, 2)) + bytes(12) + plain[20:]
    assert Image.open(io.BytesIO(read_with(FORMAT, naked).members["jfif-thumbnail.png"])).size == (2, 2)


def test_further_pictures_behind_an_index_are_members(read_with: Read) -> None:
    data = saved(gradient(), "MPO", save_all=True, append_images=[gradient(32)])
    found = read_with(FORMAT, data)
    assert [Image.open(io.BytesIO(one)).size for one in found.members.values()] == [(32, 32)]
    assert found.properties["mpf:picture"][0].startswith("1: primary at 0 of ")
    assert "jpeg:trailing-bytes" in found.properties
    loaded = read_with(FORMAT, data + b"PK\3\4 hidden")
    assert loaded.members["behind-the-end-1.bin"] == b"PK\3\4 hidden"


def test_a_broken_index_names_no_picture() -> None:
    assert (
        further_pictures(b"II*\0\xff\xff\xff\xff")
        == further_pictures(b"MM\0*")
        == further_pictures(b"")
        == []
    )
    lying = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0xB002, 7, 0xFFFFFFF0, 0x1A)
    assert further_pictures(lying) == []


def test_a_film_behind_a_photo_is_a_member_of_its_own(read_with: Read) -> None:
    film = struct.pack(">I", 24) + b"ftypmp42" + bytes(20)
    found = read_with(FORMAT, saved(gradient(), "JPEG") + b"MotionPhoto_Data" + film)
    assert found.members == {"behind-the-end-1.bin": b"MotionPhoto_Data", "behind-the-end-2.bin": film}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_what_is_appended_is_a_member_unless_it_is_mere_filling(read_with: Read, form: str) -> None:
    data = saved(gradient(), form)
    assert read_with(FORMAT, data).members == {}
    found = read_with(FORMAT, data + b"a hidden load")
    assert found.members == {"behind-the-end-1.bin": b"a hidden load"}
    assert found.properties[f"{form.lower()}:trailing-bytes"] == ["13"]
    filled = read_with(FORMAT, data + bytes(5_000))
    assert (filled.members, filled.properties[f"{form.lower()}:trailing-bytes"]) == ({}, ["5000"])


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_frames_of_an_animation_are_told_one_by_one(read_with: Read, form: str) -> None:
    frames = [gradient(), gradient().rotate(90), gradient().rotate(180)]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:], duration=[100, 200, 300])
    found = read_with(FORMAT, data)
    assert (found.ended, found.partial) == (None, [])
    assert found.properties["image:frames"] == ["3"]
    assert [told.split(":")[0] for told in found.properties["image:frame"]] == ["1", "2", "3"]
    assert "64x64" in found.properties["image:frame"][2]


def test_pages_of_a_tiff_tell_their_own_tags(read_with: Read) -> None:
    pages = [gradient(), gradient(32)]
    for number, page in enumerate(pages, 1):
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[285], tags[306] = f"Page {number}", f"2017:01:0{number} 10:00:00"
        page.encoderinfo = {"tiffinfo": tags}  # type: ignore[attr-defined]
    out = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(out, True) as writer:
        for page in pages:
            page.save(writer, "TIFF", **page.encoderinfo)  # type: ignore[attr-defined]
            writer.newFrame()
    found = read_with(FORMAT, out.getvalue())
    assert found.properties["tiff:page-2:PageName"] == ["Page 2"]
    assert found.properties["tiff:page-2:DateTime"] == ["2017:01:02 10:00:00"]
    assert [told.split(" ")[1] for told in found.properties["image:frame"]] == ["64x64", "32x32"]


def test_comments_and_texts_of_a_gif_are_read_wherever_they_stand(read_with: Read) -> None:
    data = saved(gradient().quantize(16), "GIF")
    said = b"\x21\xfe\x06second\x00" + b"\x21\x01\x0c" + bytes(12) + b"\x05plain\x00"
    found = read_with(FORMAT, data[:-1] + said + data[-1:])
    assert found.properties["gif:comment"] == ["second"]
    assert found.properties["gif:text"] == ["plain"]
    assert found.properties["gif:blocks"][0].endswith("image comment text")


def test_a_long_xmp_packet_is_joined_from_its_parts(read_with: Read) -> None:
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description a="1"><t>late words</t>'
    )
    packet += b"</rdf:Description></rdf:RDF></x:xmpmeta>"
    mark, guid, data = b"http://ns.adobe.com/xmp/extension/\0", b"A" * 32, saved(gradient(), "JPEG")
    for start in (0, 60):
        part = packet[start : start + 60] if start == 0 else packet[60:]
        data = with_segment(data, 0xE1, mark + guid + struct.pack(">II", len(packet), start) + part)
    assert read_with(FORMAT, data).properties["xmp:t"] == ["late words"]


def test_a_colour_profile_tells_its_maker_and_date(read_with: Read) -> None:
    profile = bytearray(128 + 4)
    profile[4:8], profile[24:36] = b"lcms", struct.pack(">6H", 2017, 3, 1, 9, 30, 0)
    profile[8:10] = b"\x04\x20"
    told = read_with(FORMAT, saved(gradient(), "PNG", icc_profile=bytes(profile))).properties
    assert (told["icc:program"], told["icc:created"], told["icc:version"]) == (
        ["lcms"],
        ["2017-03-01T09:30:00"],
        ["4.2"],
    )


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def heic() -> bytes:
    xmp = b'<x:xmpmeta xmlns:x="a"><note>said</note></x:xmpmeta>'
    jpeg = saved(gradient(16), "JPEG")

    def infe(number: int, kind: bytes, rest: bytes) -> bytes:
        return box(b"infe", b"\2\0\0\0" + struct.pack(">HH", number, 0) + kind + rest)

    names = (
        infe(1, b"hvc1", b"Main\0") + infe(2, b"mime", b"\0application/rdf+xml\0") + infe(3, b"jpeg", b"\0")
    )
    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(at: int) -> bytes:
        places = b"".join(
            struct.pack(">HHHII", number, 0, 1, start, size)
            for number, start, size in ((2, at, len(xmp)), (3, at + len(xmp), len(jpeg)))
        )
        body = box(b"pitm", bytes(4) + struct.pack(">H", 1))
        body += box(b"iinf", bytes(4) + struct.pack(">H", 3) + names)
        body += box(b"iloc", bytes(4) + b"\x44\0" + struct.pack(">H", 2) + places)
        body += box(b"iref", bytes(4) + box(b"thmb", struct.pack(">HHH", 3, 1, 1)))
        sizes = box(b"ispe", bytes(4) + struct.pack(">II", 640, 480)) + box(b"irot", b"\1")
        return box(b"meta", bytes(4) + body + box(b"iprp", box(b"ipco", sizes)))

    at = len(head) + len(meta(0)) + 8
    return head + meta(at) + box(b"mdat", xmp + jpeg)


def test_things_in_a_heic_file_are_listed_and_those_we_can_read_are_read(read_with: Read) -> None:
    found = read_with(FORMAT, heic())
    told = {key: values[0] for key, values in found.properties.items()}
    assert told["heif:items"] == "hvc1:1 jpeg:1 mime:1"
    assert (told["heif:primary"], told["heif:name"], told["heif:thmb"]) == ("1", "1: Main", "3 of 1")
    assert (told["heif:size"], told["heif:turned"], told["xmp:note"]) == ("640 x 480", "90", "said")
    assert Image.open(io.BytesIO(found.members["item-3.jpg"])).size == (16, 16)
    assert found.partial == [Reason.UNREAD_PART]


def test_a_heic_file_whose_list_lies_ends_in_a_state(read_with: Read) -> None:
    data = heic()
    for cut in range(16, len(data), 9):
        read_with(FORMAT, data[:cut])
    for at in range(16, 400):
        read_with(FORMAT, data[:at] + b"\xff" + data[at + 1 :])


def psd(*, words: bool = True) -> bytes:
    def layer(name: str, flags: int, extra: bytes = b"") -> bytes:
        short = bytes((1,)) + b"L" + bytes(2)
        body = (
            bytes(4)
            + bytes(4)
            + short
            + b"8BIMluni"
            + struct.pack(">I", 4 + 2 * len(name))
            + wide(name)
            + extra
        )
        return (
            bytes(16) + bytes(2) + b"8BIMnorm\xff\0" + bytes((flags, 0)) + struct.pack(">I", len(body)) + body
        )

    said = b"Txt TEXT" + wide("机密\r文件\0")
    text = b"8BIMTySh" + struct.pack(">I", len(said) + len(said) % 2) + said + bytes(len(said) % 2)
    records = struct.pack(">h", 2) + layer("背景", 0) + layer("Secret", 2, text if words else b"")
    info = struct.pack(">I", len(records)) + records
    head = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 8, 8, 8, 3) + bytes(4)
    kept = photoshop()
    return (
        head
        + struct.pack(">I", len(kept))
        + kept
        + struct.pack(">I", len(info))
        + info
        + b"\0\0"
        + bytes(192)
    )


def test_layers_of_a_photoshop_file_tell_their_names_and_words(read_with: Read) -> None:
    assert media_type_of_beginning(psd()) == "image/vnd.adobe.photoshop"
    found = read_with(FORMAT, psd())
    assert found.said["layer=1&name=1"] == "背景"
    assert found.said["layer=2"] == "机密\n文件"
    assert found.flags["layer=2"] == Flag.HIDDEN_TEXT
    assert found.properties["photoshop:mode"] == ["RGB"]
    assert "photoshop-thumbnail.jpg" in found.members
    assert found.pictures


def test_a_photoshop_file_cut_anywhere_ends_in_a_state(read_with: Read) -> None:
    data = psd()
    for cut in range(14, len(data), 41):
        read_with(FORMAT, data[:cut])


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("JPEG2000", "image/jp2"),
        ("PPM", "image/x-portable-anymap"),
        ("PCX", "image/x-pcx"),
        ("SGI", "image/x-sgi"),
        ("DDS", "image/vnd.ms-dds"),
        ("QOI", "image/qoi"),
    ],
)
def test_rarer_pictures_are_known_and_decoded(read_with: Read, form: str, media_type: str) -> None:
    data = saved(gradient(), form)
    assert media_type_of_beginning(data.ljust(2_048, b"\0")) == media_type
    found = read_with(FORMAT, data)
    assert (found.ended, found.partial, found.pictures[0][:2]) == (None, [], (64, 64))


def test_a_tga_is_known_by_its_name(read_with: Read) -> None:
    data = saved(gradient(), "TGA")
    assert FORMAT.recognise is not None
    assert (FORMAT.recognise(data, "tga"), FORMAT.recognise(data, "bin")) == ("image/x-tga", "")
    assert read_with(FORMAT, data).pictures[0][:2] == (64, 64)


def test_pictures_no_library_decodes_are_said_to_be_unread(read_with: Read) -> None:
    # Written bit by bit: not small, height 100 (9 bits), no ratio, width 300 (9 bits).
    bits = 0 | 0 << 1 | 99 << 3 | 0 << 12 | 0 << 15 | 299 << 17
    naked = b"\xff\x0a" + bits.to_bytes(16, "little")
    packed = box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"jxlc", naked)
    packed += box(b"xml ", b"<x:xmpmeta xmlns:x='a'><d>inside</d></x:xmpmeta>")
    assert media_type_of_beginning(packed) == "image/jxl"
    for data in (naked, packed):
        found = read_with(FORMAT, data)
        assert (found.properties["image:width"], found.properties["image:height"]) == (["300"], ["100"])
        assert (found.ended, found.partial) == (None, [Reason.UNREAD_PART])
    assert found.properties["xmp:d"] == ["inside"]
    for data in (b"gimp xcf v011\0" + bytes(40), b"AT&TFORM" + bytes(40), b"II\xbc\1" + bytes(40)):
        assert read_with(FORMAT, data).partial == [Reason.UNREAD_PART]


def test_noise_behind_a_rare_mark_ends_in_a_state(read_with: Read) -> None:
    for mark in (b"8BPS\0\1" + bytes(6), b"qoif", b"DDS |\0\0\0", b"P6\n9 9\n255\n", b"\x01\xda\1\1\0\3"):
        ended = read_with(FORMAT, mark + b"\xa7" * 300).ended
        assert ended is None or ended[0] in (State.DAMAGED, State.TRUNCATED)
