"""Pictures: every property as it stands, the pixels proven, and damage told from what was read."""

from __future__ import annotations

import dataclasses
import io
import struct
import zlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from proofroom.extract.formats.image import FORMAT
from proofroom.extract.pictures.short_texts import decode_coded, decode_short
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State
from proofroom.world import exif, hostile, photos
from proofroom.world.parts import MARKER

if TYPE_CHECKING:
    from conftest import Read

LIMITED = dataclasses.replace(DEFAULT, pixels=100_000, pages=3)


def drawn(width: int = 320, height: int = 240, shade: int = 90) -> Image.Image:
    picture = Image.new("RGB", (width, height), (210, 200, 190))
    ImageDraw.Draw(picture).ellipse((20, 10, width - 30, height - 20), fill=(shade, 120, 140))
    return picture


def saved(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)  # type: ignore[arg-type]
    return out.getvalue()


def with_exif(main: dict[int, exif.Value], photo: dict[int, exif.Value] | None = None) -> bytes:
    block = exif.Exif(main, photo or {0x9000: exif.undefined(b"0230")})
    return saved(drawn(), "JPEG", exif=block.block())


def test_a_photo_of_the_world_is_read_with_every_field(read_with: Read) -> None:
    shot = photos.Shot(
        3,
        None,
        "unlinkable",
        "",
        photos.CAMERAS[0],
        datetime.fromisoformat("2015-02-03T09:04"),
        "IMG_0215.JPG",
    )
    found = read_with(FORMAT, photos.take(7, shot, blind=False).data or b"")
    assert (found.ended, found.partial) == (None, [])
    told = {key: values[0] for key, values in found.properties.items()}
    assert told["EXIF:Make"] == "FICTICAM"
    assert told["EXIF:DateTimeOriginal"] == "2015:02:03 09:04:14"
    assert told["EXIF:SubSecTimeOriginal"] == "21"
    assert told["EXIF:ExposureTime"] == "1/63"
    assert told["EXIF:BodySerialNumber"] == "FC-100231"
    assert told["EXIF:MakerNote"] == "FICTICAM\nDSC00215"
    assert told["EXIF:GPSLatitudeRef"] == "S"
    assert told["EXIF:GPSLatitude"].endswith("/100")
    assert told["jpeg:comment"] == MARKER
    assert told["jpeg:markers"].startswith("SOI APP0(JFIF) APP1(Exif) COM DQT")
    assert told["jpeg:quantisation"].startswith("0: ")
    assert (told["image:width"], told["image:height"]) == ("800", "600")
    small = Image.open(io.BytesIO(found.members["thumbnail.jpg"]))
    assert small.size == (160, 120)
    assert found.pictures[0][:2] == (256, 192)


def test_the_small_copy_looks_like_the_picture(read_with: Read) -> None:
    for form in ("JPEG", "PNG", "TIFF", "WEBP"):
        width, height, rgb = read_with(FORMAT, saved(drawn(), form)).pictures[0]
        middle = 3 * (height // 2 * width + width // 2)
        assert [
            abs(one - two) < 6 for one, two in zip(rgb[middle : middle + 3], (90, 120, 140), strict=True)
        ] == [True] * 3


@pytest.mark.parametrize("form", ["PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF"])
def test_each_kind_of_picture_is_read(read_with: Read, form: str) -> None:
    found = read_with(FORMAT, saved(drawn(), form))
    assert (found.ended, found.partial) == (None, [])
    assert found.properties["image:format"] == [form]
    assert found.pictures[0][:2] == (256, 192)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F", "YCbCr"])
def test_each_kind_of_pixel_becomes_rgb(read_with: Read, mode: str) -> None:
    picture = drawn().convert("L").convert("I").convert("I;16") if mode == "I;16" else drawn().convert(mode)
    found = read_with(FORMAT, saved(picture, "TIFF" if mode not in ("P", "LA", "RGBA") else "PNG"))
    assert (found.ended, len(found.pictures)) == (None, 1)
    assert len(set(found.pictures[0][2])) > 1


def test_chinese_texts_in_exif_are_decoded(read_with: Read) -> None:
    wide = "通知标题".encode("utf-16-le") + b"\0\0"
    main = {
        0x010E: (2, "转化率名单".encode("gb18030") + b"\0"),
        0x013B: (2, "统计科".encode() + b"\0"),
        0x9C9B: (1, wide),
        0x9C9C: (1, ("长" * 800).encode("utf-16-le")),
    }
    photo = {0x9286: exif.undefined(b"UNICODE\0" + "看守所".encode("utf-16-be"))}
    told = read_with(FORMAT, with_exif(main, photo)).properties
    assert told["EXIF:ImageDescription"] == ["转化率名单"]
    assert told["EXIF:Artist"] == ["统计科"]
    assert told["EXIF:XPTitle"] == ["通知标题"]
    assert told["EXIF:XPComment"] == ["长" * 800]
    assert told["EXIF:UserComment"] == ["看守所"]


def test_a_comment_says_its_encoding_and_often_errs() -> None:
    assert decode_coded(b"UNICODE\0" + "名单 7".encode("utf-16-le"), little=False) == "名单 7"
    assert decode_coded(b"ASCII\0\0\0plain \0", little=True) == "plain"
    assert decode_coded(b"JIS\0\0\0\0\0" + "名".encode("iso2022_jp"), little=True) == "名"
    assert decode_coded(bytes(8) + "名".encode(), little=True) == "名"
    assert decode_coded(b"no code at all", little=True) == "no code at all"
    assert decode_short(b"Caf\xe9") == "Café"


def test_what_follows_the_end_is_told(read_with: Read) -> None:
    found = read_with(FORMAT, saved(drawn(), "JPEG") + b"PK\3\4 hidden")
    assert found.properties["jpeg:trailing-bytes"] == ["11"]
    assert found.properties["jpeg:trailing-begin"] == [b"PK\3\4 hidden".hex()]
    found = read_with(FORMAT, saved(drawn(), "PNG") + b"more")
    assert found.properties["png:trailing-bytes"] == ["4"]


def test_texts_of_a_png_are_read_wherever_they_stand(read_with: Read) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Title", "plain")
    texts.add_itxt("Description", "说明", zip=True)
    texts.add_text("Comment", "packed", zip=True)
    data = saved(drawn(), "PNG", pnginfo=texts, exif=exif.Exif({0x010F: exif.text("FICTICAM")}).block()[6:])
    late = b"tEXt" + b"Late\0after the pixels"
    at = data.index(b"IEND") - 4
    data = (
        data[:at] + struct.pack(">I", len(late) - 4) + late + struct.pack(">I", zlib.crc32(late)) + data[at:]
    )
    told = read_with(FORMAT, data).properties
    assert told["png:Title"] == ["plain"]
    assert told["png:Description"] == ["说明"]
    assert told["png:Comment"] == ["packed"]
    assert told["png:Late"] == ["after the pixels"]
    assert told["EXIF:Make"] == ["FICTICAM"]


def test_xmp_iptc_and_the_colour_profile_are_read(read_with: Read) -> None:
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<r:Description xmlns:a="urn:a" a:CreatorTool="工具"><a:subject><r:Bag><r:li>甲</r:li><r:li>乙</r:li>'
        "</r:Bag></a:subject></r:Description></r:RDF></x:xmpmeta>"
    ).encode()
    record = "县局".encode()
    records = bytes((0x1C, 2, 80)) + struct.pack(">H", len(record)) + record
    resources = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records
    name = "灰".encode("utf-16-be")
    tag = b"mluc" + struct.pack(">IIII", 0, 1, 12, 0) + struct.pack(">II", len(name), 28) + name
    profile = bytes(128) + struct.pack(">I", 1) + b"desc" + struct.pack(">II", 144, len(tag)) + tag
    data = saved(drawn(), "JPEG", xmp=xmp, icc_profile=profile)
    segment = b"Photoshop 3.0\0" + resources
    data = data[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + data[2:]
    told = read_with(FORMAT, data).properties
    assert told["xmp:CreatorTool"] == ["工具"]
    assert told["xmp:subject"] == ["甲", "乙"]
    assert told["xmp:packet"][0].startswith("<x:xmpmeta")
    assert told["iptc:By-line"] == ["县局"]
    assert told["photoshop:resources"] == ["0404"]
    assert told["icc:description"] == ["灰"]


def test_entities_in_xmp_are_not_followed(read_with: Read) -> None:
    xmp = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x:xmpmeta xmlns:x="a"><a>&e;</a></x:xmpmeta>'
    found = read_with(FORMAT, saved(drawn(), "JPEG", xmp=xmp))
    assert found.ended is None
    assert list(found.properties["xmp:packet"]) == [xmp.decode()]
    assert "xmp:a" not in found.properties


def test_pages_of_a_tiff_wait_for_ocr_and_are_all_decoded(read_with: Read) -> None:
    pages = [drawn(shade=shade) for shade in (10, 90, 200)]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    found = read_with(FORMAT, data)
    assert found.properties["image:frames"] == ["3"]
    assert (found.ended, found.partial) == (None, [Reason.OCR_PENDING])
    limits = dataclasses.replace(DEFAULT, pages=2)
    assert read_with(FORMAT, data, limits).ended == (State.TRUNCATED, Reason.LIMIT_PAGES)


def test_an_animation_is_no_document_of_pages(read_with: Read) -> None:
    frames = [drawn(shade=shade) for shade in (10, 90, 200)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=b"by hand")
    found = read_with(FORMAT, data)
    assert found.properties["image:frames"] == ["3"]
    assert found.properties["gif:comment"] == ["by hand"]
    assert (found.ended, found.partial) == (None, [])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF"])
def test_a_picture_cut_short_is_damaged_at_every_place(read_with: Read, form: str) -> None:
    noisy = Image.effect_noise((200, 150), 90).convert("RGB")
    whole = saved(noisy, form)
    for share in (0.05, 0.3, 0.6, 0.9):
        found = read_with(FORMAT, whole[: int(len(whole) * share)])
        assert found.ended is not None
        assert found.ended[0] is State.DAMAGED
        assert found.pictures == []


def test_a_progressive_photo_cut_short_keeps_its_metadata(read_with: Read) -> None:
    noisy = Image.effect_noise((900, 700), 90).convert("RGB")
    block = exif.Exif({0x010F: exif.text("FICTICAM")}).block()
    whole = saved(noisy, "JPEG", progressive=True, exif=block)
    found = read_with(FORMAT, whole[: len(whole) * 3 // 4])
    assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert found.properties["EXIF:Make"] == ["FICTICAM"]


def test_a_picture_of_too_many_pixels_is_not_decoded(read_with: Read) -> None:
    found = read_with(FORMAT, hostile.huge_picture(blind=False).data or b"")
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_PIXELS)
    assert found.properties["png:Comment"] == [MARKER]
    assert found.properties["image:width"] == ["60000"]
    found = read_with(FORMAT, saved(drawn(400, 400), "JPEG"), LIMITED)
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_PIXELS)


def test_frames_count_against_the_pixels_together(read_with: Read) -> None:
    frames = [drawn(200, 200, shade) for shade in (10, 90)] + [drawn(200, 200, 170)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_with(FORMAT, data, LIMITED).ended == (State.TRUNCATED, Reason.LIMIT_PIXELS)


def test_a_text_that_inflates_without_end_is_cut(read_with: Read) -> None:
    packed = zlib.compress(bytes(8 << 20))
    chunk = b"zTXtBomb\0\0" + packed
    data = saved(drawn(), "PNG")
    bomb = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    found = read_with(FORMAT, data[:33] + bomb + data[33:])
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)


def test_a_looping_directory_costs_nothing(read_with: Read) -> None:
    found = read_with(FORMAT, hostile.looping_exif().data or b"")
    assert (found.ended, found.partial) == (None, [])
    assert found.properties["EXIF:Make"] == ["FIC"]


def test_directories_that_ask_for_millions_of_numbers_are_cut(read_with: Read) -> None:
    entries = 3_000
    entry = struct.pack(">HHII", 0xC000, 4, 999, 8)
    block = b"MM\0*\0\0\0\x08" + struct.pack(">H", entries) + entry * entries + bytes(4)
    head = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block
    found = read_with(FORMAT, head + saved(drawn(), "JPEG")[2:])
    assert found.ended is None
    assert found.properties["EXIF:unread"] == ["Image"]
    assert len(found.pictures) == 1


def test_an_odd_maker_note_costs_only_itself(read_with: Read) -> None:
    for make in ("NIKON", "OLYMPUS", "CASIO", "SONY", "FUJIFILM", "Apple", "DJI", "Canon"):
        note = {
            0x927C: exif.undefined(b"Nikon\0\2" + b"\xff" * 300),
            0x9003: exif.text("2015:07:03 10:15:00"),
        }
        found = read_with(FORMAT, with_exif({0x010F: exif.text(make), 0x0110: exif.text("EOS 40D")}, note))
        assert (found.ended, found.partial) == (None, [])
        assert found.properties["EXIF:DateTimeOriginal"] == ["2015:07:03 10:15:00"]
        assert found.properties["EXIF:MakerNote"][0].startswith(b"Nikon\0\2".hex())


def test_exif_that_is_none_is_said_and_the_pixels_are_read(read_with: Read) -> None:
    block = b"Exif\0\0" + b"not a directory at all"
    data = saved(drawn(), "JPEG")
    found = read_with(FORMAT, data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:])
    assert (found.ended, found.partial, len(found.pictures)) == (None, [Reason.DAMAGED_PART], 1)


def test_every_byte_of_the_exif_may_be_wrong(read_with: Read) -> None:
    main = {0x010F: exif.text("Canon"), 0x0110: exif.text("EOS"), 0x9C9B: (1, b"a\0b\0")}
    photo = {0x829A: exif.rationals((1, 60)), 0x927C: exif.undefined(bytes(range(64)))}
    gps = {1: exif.text("S"), 2: exif.degrees(40.5)}
    data = saved(
        drawn(64, 48), "JPEG", exif=exif.Exif(main, photo, gps, saved(drawn(64, 48), "JPEG")).block()
    )
    start, end = data.index(b"MM\0*"), data.index(b"\xff\xdb")
    for at in range(start, min(end, start + 330)):
        broken = bytearray(data)
        broken[at] ^= 0xFF
        found = read_with(FORMAT, bytes(broken))
        assert found.ended is None
        assert len(found.pictures) == 1


def test_heic_gives_its_exif_and_says_that_its_pixels_wait(read_with: Read) -> None:
    def box(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body) + 8) + name + body

    size = box(b"iprp", box(b"ispe", bytes(4) + struct.pack(">II", 4032, 3024)))
    item = box(b"infe", bytes((2, 0, 0, 0)) + struct.pack(">HH", 1, 0) + b"Exif\0")
    listed = box(b"iinf", bytes(4) + struct.pack(">H", 1) + item)
    head = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    block = struct.pack(">I", 6) + exif.Exif({0x010F: exif.text("FICTICAM")}).block()

    def whole(place: int) -> bytes:
        located = bytes(4) + b"\x44\0" + struct.pack(">HHHHII", 1, 1, 0, 1, place, len(block))
        return head + box(b"meta", bytes(4) + listed + box(b"iloc", located) + size)

    data = whole(len(whole(0))) + block
    found = read_with(FORMAT, data)
    assert found.properties["EXIF:Make"] == ["FICTICAM"]
    assert found.properties["image:width"] == ["4032"]
    assert (found.ended, found.partial) == (None, [Reason.UNREAD_PART])
    for cut in range(12, len(data), 7):
        assert Reason.UNREAD_PART in read_with(FORMAT, data[:cut]).partial


def test_a_box_that_points_at_itself_ends(read_with: Read) -> None:
    data = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + struct.pack(">I", 0) + bytes(60)
    assert read_with(FORMAT, data[:24] + struct.pack(">I", 8) + b"free" + data[24:]).ended is None
    loop = data[:24] + struct.pack(">IIQ", 1, 0x66726565, 0)
    assert read_with(FORMAT, loop).ended is None


def test_noise_under_a_true_signature_is_damaged(read_with: Read) -> None:
    noise = bytes(range(256)) * 4
    for head in (
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"BM",
        b"II*\0",
        b"MM\0*",
        b"RIFF\0\0\0\0WEBP",
    ):
        found = read_with(FORMAT, head + noise)
        assert found.ended is not None
        assert found.ended[0] is State.DAMAGED


def test_the_sample_is_read_whole(read_with: Read, root: Path) -> None:
    data = (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes()
    found = read_with(FORMAT, data)
    assert (found.ended, found.partial, list(found.members)) == (None, [], ["thumbnail.jpg"])
    assert found.properties["EXIF:UserComment"] == ["名单"]


@pytest.mark.corpora
def test_public_photos_are_read(read_with: Read, corpora: Path) -> None:
    for name, model in (("DSCN0010.jpg", "COOLPIX P6000"), ("Canon_40D.jpg", "Canon EOS 40D")):
        found = read_with(FORMAT, (corpora / "exif-samples" / name).read_bytes())
        assert (found.ended, found.partial, found.properties["EXIF:Model"]) == (None, [], [model])
