"""PowerPoint before 2007: every shape at its slide, what is hidden, and what an earlier save left behind."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import ppt_by_hand as by_hand
import pytest
from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI
from ppt_by_hand import (
    BODY,
    TITLE,
    anchor,
    blip,
    box,
    click,
    comment,
    document,
    drawing,
    embedded,
    holder,
    hyperlink,
    listed,
    notes_page,
    ole_storage,
    options,
    rec,
    saved,
    shape,
    slide,
    store,
    string,
    text,
    wide,
)

from proofroom.extract.formats.mspowerpoint import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State
from proofroom.world import compound

if TYPE_CHECKING:
    from conftest import Read


def one_slide(*shapes: bytes, parts: tuple[bytes, ...] = ()) -> bytes:
    return saved([slide(drawing(*shapes))], *parts).file()


def test_slides_stand_in_the_order_of_the_list_not_of_the_file(read_with: Read) -> None:
    deck = by_hand.Saved()
    deck.put(7, slide(drawing(shape(said=text("written first, shown second")))))
    deck.put(8, slide(drawing(shape(said=text("第一页")))))
    deck.put(1, document(listed(0, (8, 256, b""), (7, 257, b""))))
    deck.save()
    found = read_with(FORMAT, deck.file())
    assert found.said == {"slide=1&shape=1": "第一页", "slide=2&shape=1": "written first, shown second"}
    assert (found.ended, found.partial) == (None, [])


def test_text_of_one_byte_a_sign_keeps_its_typographic_signs(read_with: Read) -> None:
    said = rec(3999, struct.pack("<I", 4)) + rec(4008, b"it\x92s 50 \x80\rnext\x0bline")
    assert read_with(FORMAT, one_slide(shape(said=said))).said == {"slide=1&shape=1": "it’s 50 €\nnext\nline"}


def test_a_text_of_the_outline_stands_in_the_shape_that_refers_to_it(read_with: Read) -> None:
    refers = shape(said=rec(3998, struct.pack("<i", 1)))
    deck = by_hand.Saved()
    outline = text("标题", TITLE) + text("point", BODY) + click(3)
    deck.put(1, document(hyperlink(3, "https://example.org/a"), listed(0, (2, 256, outline))))
    deck.put(2, slide(drawing(refers)))
    deck.save()
    assert read_with(FORMAT, deck.file()).said == {
        "slide=1&shape=1": "point",
        "slide=1&shape=1&link=1": "https://example.org/a",
        "slide=1&shape=2": "标题",
    }


def test_a_link_in_a_text_and_one_on_a_shape_are_kept(read_with: Read) -> None:
    data = one_slide(
        shape(said=text("press") + click(1)),
        shape(client=click(2)),
        parts=(hyperlink(1, "https://example.org/1"), hyperlink(2, "https://example.org/2")),
    )
    found = read_with(FORMAT, data)
    assert found.said["slide=1&shape=1&link=1"] == "https://example.org/1"
    assert found.said["slide=1&link=1"] == "https://example.org/2"


def test_a_macro_that_a_click_starts_is_named(read_with: Read) -> None:
    action = box(4082, rec(4083, bytes(16)), string("Wipe", 2))
    assert read_with(FORMAT, one_slide(shape(client=action))).said == {"slide=1&field=1": "Wipe"}


def test_descriptions_word_art_and_hidden_shapes_are_read(read_with: Read) -> None:
    hidden = options((0x3BF, 1 << 1 | 1 << 17))
    found = read_with(
        FORMAT,
        one_slide(
            shape(options((0x381, wide("照片说明")))),
            shape(options((0xC0, wide("WordArt")))),
            shape(hidden, said=text("unseen")),
        ),
    )
    assert found.said == {
        "slide=1&alt=1": "照片说明",
        "slide=1&shape=1": "WordArt",
        "slide=1&shape=2": "unseen",
    }
    assert found.flags["slide=1&shape=2"] == Flag.HIDDEN_TEXT
    assert found.kinds["slide=1&alt=1"] is PieceKind.NAME


def test_a_table_is_one_shape_with_rows_as_lines(read_with: Read) -> None:
    head = box(0xF004, rec(0xF00A, bytes(8), 0, 2), options((0x39F, 1)))
    cells = [shape(anchor(x, y), said=text(f"{x}{y}")) for x, y in ((5, 9), (1, 3), (5, 3), (1, 9))]
    found = read_with(FORMAT, one_slide(box(0xF003, head, *cells), shape(said=text("after"))))
    assert found.said == {"slide=1&shape=1": "13\t53\n19\t59", "slide=1&shape=2": "after"}


def test_groups_are_opened(read_with: Read) -> None:
    group = box(0xF003, shape(), shape(said=text("inner")), box(0xF003, shape(), shape(said=text("深"))))
    assert list(read_with(FORMAT, one_slide(group)).said.values()) == ["inner", "深"]


def test_a_hidden_slide_is_flagged(read_with: Read) -> None:
    found = read_with(FORMAT, saved([slide(drawing(shape(said=text("passed over"))), hidden=True)]).file())
    assert found.flags == {"slide=1&shape=1": Flag.HIDDEN_TEXT}


def test_notes_stand_with_their_slide_and_its_number_field_does_not(read_with: Read) -> None:
    deck = by_hand.Saved()
    deck.put(1, document(listed(0, (2, 256, b"")), listed(2, (3, 700, b""))))
    deck.put(2, slide(drawing(shape(said=text("shown"))), notes=700))
    page = drawing(
        shape(client=holder(8), said=text("*")),
        shape(client=holder(12), said=text("说的话")),
        shape(said=text("a box on the page")),
    )
    deck.put(3, notes_page(page))
    deck.save()
    assert read_with(FORMAT, deck.file()).said == {
        "slide=1&shape=1": "shown",
        "slide=1&notes=1": "说的话",
        "slide=1&notes=2": "a box on the page",
    }


def test_a_comment_has_its_author_and_date_beside_it(read_with: Read) -> None:
    found = read_with(FORMAT, saved([slide(drawing(), comment("甲", "check this"))]).file())
    assert found.said == {
        "slide=1&comment=1": "check this",
        "slide=1&comment=1&author=1": "甲",
        "slide=1&comment=1&date=1": "2015-06-12T08:30:00",
    }


def test_headers_and_footers_are_read_and_those_switched_off_are_hidden(read_with: Read) -> None:
    margins = box(
        4057, rec(4058, struct.pack("<HH", 0, 1 << 5)), string("脚", 2), string("old head", 1), instance=3
    )
    found = read_with(FORMAT, saved([slide(drawing(), margins)], margins).file())
    assert found.said["slide=1&footer=1"] == found.said["footer=1"] == "脚"
    assert found.flags["slide=1&footer=1"] == Flag.NONE
    assert found.flags["slide=1&header=1"] == Flag.HIDDEN_TEXT


def test_masters_are_read_and_their_prompts_are_hidden(read_with: Read) -> None:
    deck = by_hand.Saved()
    deck.put(1, document(listed(1, (5, 300, b"")), listed(0, (2, 256, b"")), notes_master=6))
    deck.put(2, slide(drawing()))
    master = drawing(shape(client=holder(1), said=text("Click here")), shape(said=text("内部资料")))
    deck.put(5, slide(master, kind=1016))
    deck.put(6, notes_page(drawing(shape(said=text("on every page of notes")))))
    deck.save()
    found = read_with(FORMAT, deck.file())
    assert found.said == {
        "master=1&shape=1": "Click here",
        "master=1&shape=2": "内部资料",
        "master=2&shape=1": "on every page of notes",
    }
    assert found.flags["master=1&shape=1"] == Flag.HIDDEN_TEXT


def test_what_only_an_earlier_edit_says_stands_under_that_edit(read_with: Read) -> None:
    deck = saved([slide(drawing(shape(said=text("the same")), shape(said=text("被删的名字"))))])
    deck.put(10, slide(drawing(shape(said=text("the same")))))
    deck.save()
    found = read_with(FORMAT, deck.file())
    assert found.said == {"slide=1&shape=1": "the same", "edit=1&slide=1&shape=2": "被删的名字"}
    assert found.flags["edit=1&slide=1&shape=2"] == Flag.DELETED


def test_a_slide_taken_out_of_the_list_is_read_as_hidden(read_with: Read) -> None:
    deck = by_hand.Saved()
    deck.put(1, document(listed(0, (2, 256, b""))))
    deck.put(2, slide(drawing(shape(said=text("shown")))))
    deck.put(3, slide(drawing(shape(said=text("taken out")))))
    deck.save()
    found = read_with(FORMAT, deck.file())
    assert found.said["slide=2&shape=1"] == "taken out"
    assert found.flags["slide=2&shape=1"] == Flag.HIDDEN_TEXT


def test_a_page_that_no_edit_names_is_left_over(read_with: Read) -> None:
    deck = by_hand.Saved()
    deck.data += slide(drawing(shape(said=text("forgotten"))))
    deck.put(1, document(listed(0, (2, 256, b""))))
    deck.put(2, slide(drawing(shape(said=text("shown")))))
    deck.save()
    found = read_with(FORMAT, deck.file())
    assert found.said["leftover=1&shape=1"] == "forgotten"
    assert found.flags["leftover=1&shape=1"] == Flag.DELETED


def test_pictures_are_members_and_slides_name_them(read_with: Read) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"p" * 20
    bitmap = struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0) + b"\1\2\3\0"
    first = blip(0xF01F, 0x7A8, b"\xff" + bitmap)
    pictures = first + blip(0xF01E, 0x6E0, b"\xff" + png)
    deck = saved([slide(drawing(shape(options((0x104, 1)))))], store(len(first), 0))
    found = read_with(FORMAT, deck.file(("Pictures", pictures)))
    assert found.members["pictures/2.png"].startswith(png)
    assert found.members["pictures/1.bmp"] == struct.pack("<2sIHHI", b"BM", 58, 0, 0, 54) + bitmap
    assert found.said == {"slide=1&picture=1": "pictures/2.png"}


def test_a_drawn_picture_is_unpacked(read_with: Read) -> None:
    drawn = b"\1\0\0\0" + b"emf" * 50
    head = struct.pack("<I16s8sIBB", len(drawn), b"", b"", 0, 0, 0xFE)
    pictures = blip(0xF01A, 0x3D4, head + zlib.compress(drawn))
    assert read_with(FORMAT, saved([slide()]).file(("Pictures", pictures))).members == {
        "pictures/1.emf": drawn
    }


def test_embedded_objects_are_members_with_their_program(read_with: Read) -> None:
    inner = compound.write([("Workbook", b"book")])
    deck = by_hand.Saved()
    deck.put(1, document(embedded(4, 3, "Excel.Sheet.8"), listed(0, (2, 256, b""))))
    deck.put(2, slide(drawing(shape(client=rec(3009, struct.pack("<I", 4))))))
    deck.put(3, ole_storage(inner))
    deck.save()
    found = read_with(FORMAT, deck.file())
    assert found.members == {"objects/1.ole": inner}
    assert found.said == {"slide=1&object=1": "objects/1.ole"}
    assert found.properties["ole:object"] == ["objects/1.ole Excel.Sheet.8"]


def test_macros_and_an_object_of_an_earlier_edit_are_members(read_with: Read) -> None:
    info = box(2000, box(1023, rec(1024, struct.pack("<III", 3, 1, 2), 0, 2), instance=1))
    deck = by_hand.Saved()
    deck.put(1, document(info))
    deck.put(3, ole_storage(b"old macros"))
    deck.save()
    deck.put(3, ole_storage(b"macros"))
    deck.save()
    assert read_with(FORMAT, deck.file()).members == {
        "objects/earlier-1.ole": b"old macros",
        "macros.ole": b"macros",
    }


def test_a_damaged_object_is_given_as_far_as_it_goes(read_with: Read) -> None:
    packed = bytearray(ole_storage(b"content" * 9))
    packed[-1] ^= 1
    deck = by_hand.Saved()
    deck.put(1, document())
    deck.put(3, bytes(packed))
    deck.save()
    found = read_with(FORMAT, deck.file())
    assert found.members == {"objects/earlier-1.ole": b"content" * 9}
    assert Reason.DAMAGED_PART in found.partial


def test_sounds_and_fonts_are_members(read_with: Read) -> None:
    sounds = box(2020, box(2022, string("clap/../x.wav"), string(".wav", 1), rec(2023, b"RIFF")), instance=5)
    fonts = box(1010, box(2005, rec(4023, wide("宋体").ljust(68, b"\0")), rec(4024, b"font")))
    found = read_with(FORMAT, saved([slide()], sounds, fonts).file())
    assert found.members == {"sounds/1-clap-..-x.wav": b"RIFF", "fonts/1.fntdata": b"font"}
    assert found.properties["font:name"] == ["宋体"]


def test_linked_films_named_shows_tags_and_the_last_user_are_properties(read_with: Read) -> None:
    film = box(1033, box(4102, box(4101, rec(4100, bytes(8)), string(r"\\server\film.avi"))))
    show = box(1040, box(1041, string("short")))
    tag = box(2000, box(5000, box(5001, string("OWNER"), string("办", 1))))
    found = read_with(FORMAT, saved([slide()], film, show, tag).file()).properties
    assert found["ole:external"] == [r"\\server\film.avi"]
    assert (found["ole:named-show"], found["ole:tag:OWNER"]) == (["short"], ["办"])
    assert found["ole:current-user"] == ["办公室"]


def test_a_routing_slip_names_whom_it_was_sent_to(read_with: Read) -> None:
    names = b"".join(struct.pack("<HH", 1, len(name)) + name + b"\0" for name in (b"A. Person", b"B. Person"))
    found = read_with(FORMAT, saved([slide()], rec(1030, bytes(24) + names)).file())
    assert found.properties["ole:routing-slip"] == ["A. Person", "B. Person"]


def locked(deck: by_hand.Saved, password: str, pictures: bytes = b"", summary: str = "") -> bytes:
    """Lock a saved presentation by hand, record by record."""
    salt, verifier = bytes(range(16)), b"v" * 16

    def turn(data: bytes, block: int) -> bytes:
        return DocumentRC4CryptoAPI.decrypt(
            password, salt, 128, io.BytesIO(data), max(len(data), 1), block
        ).read()

    both = turn(verifier + hashlib.sha1(verifier).digest(), 0)
    head = struct.pack("<8I", 4, 0, 0x6801, 0x8004, 128, 1, 0, 0) + wide("provider")
    session = struct.pack("<HHII", 2, 2, 4, len(head)) + head
    session += struct.pack("<I16s16sI20s", 16, salt, both[:16], 20, both[16:])
    deck.put(50, rec(12052, session, version=0xF))
    ends = sorted((*deck.places.values(), len(deck.data)))
    for number, at in deck.places.items():
        if number != 50:
            end = ends[ends.index(at) + 1]
            deck.data[at:end] = turn(bytes(deck.data[at:end]), number)
    deck.save(session=50)
    streams = []
    if pictures:
        fields = [8, 16, 1, len(pictures) - 25]
        out, at = b"", 0
        for width in fields:
            out, at = out + turn(pictures[at : at + width], 0), at + width
        streams = [("Pictures", out)]
    if summary:
        inner, name = compound.summary(summary), "\x05SummaryInformation"
        line = struct.pack("<IIHBBI", 8, len(inner), 3, len(name), 1, 0) + wide(name)
        directory = turn(struct.pack("<I", 1) + line, 0)
        streams.append(
            (
                "EncryptedSummary",
                struct.pack("<II", 8 + len(inner), len(directory)) + turn(inner, 3) + directory,
            )
        )
    return deck.file(*streams, token=by_hand.LOCKED)


def unsaved() -> by_hand.Saved:
    deck = by_hand.Saved()
    deck.put(1, document(listed(0, (2, 256, b""))))
    deck.put(2, slide(drawing(shape(said=text("秘密")))))
    return deck


def test_a_locked_presentation_is_decrypted_with_the_password(read_with: Read) -> None:
    picture = blip(0xF01E, 0x6E0, b"\xff" + b"\x89PNG" + b"p" * 30)
    data = locked(unsaved(), "letmein", picture)
    found = read_with(FORMAT, data, passwords=("wrong", "letmein"))
    assert found.ended == (State.READ, Reason.DECRYPTED)
    clear = read_with(FORMAT, found.members["decrypted"])
    assert clear.said == {"slide=1&shape=1": "秘密"}
    assert clear.members["pictures/1.png"][:4] == b"\x89PNG"
    assert (clear.ended, clear.partial) == (None, [])


def test_locked_properties_are_read_with_the_password(read_with: Read) -> None:
    found = read_with(FORMAT, locked(unsaved(), "letmein", summary="who wrote it"), passwords=("letmein",))
    assert found.properties["ole:comments"] == ["who wrote it"]


def test_a_locked_presentation_without_its_password_stays_locked(read_with: Read) -> None:
    assert read_with(FORMAT, locked(unsaved(), "x1")).ended == (State.LOCKED, Reason.PASSWORD_UNKNOWN)


def test_without_the_way_to_the_last_edit_slides_are_found_in_the_stream(read_with: Read) -> None:
    deck = saved([slide(drawing(shape(said=text("one")))), slide(drawing(shape(said=text("two"))))])
    found = read_with(FORMAT, compound.write([("PowerPoint Document", bytes(deck.data))]))
    assert list(found.said.values()) == ["one", "two"]
    assert found.partial == [Reason.DAMAGED_PART]


def test_without_any_edit_slides_stand_in_the_order_of_the_file(read_with: Read) -> None:
    deck = saved([slide(drawing(shape(said=text("one")))), slide(drawing(shape(said=text("two"))))])
    cut = bytes(deck.data[: deck.edits[-1] - 30])
    found = read_with(FORMAT, compound.write([("PowerPoint Document", cut)]))
    assert found.said == {"slide=1&shape=1": "one", "slide=2&shape=1": "two"}
    assert Reason.DAMAGED_PART in found.partial


def test_edits_that_lead_in_a_circle_end(read_with: Read) -> None:
    deck = saved([slide(drawing(shape(said=text("one"))))])
    struct.pack_into("<I", deck.data, deck.edits[0] + 16, deck.edits[0])
    found = read_with(FORMAT, deck.file())
    assert found.said == {"slide=1&shape=1": "one"}
    assert found.partial == [Reason.DAMAGED_PART]


def test_a_record_longer_than_the_stream_is_read_as_far_as_it_goes(read_with: Read) -> None:
    deck = saved([slide(drawing(shape(said=text("one"))))])
    struct.pack_into("<I", deck.data, deck.places[10] + 4, 0x7FFFFFFF)
    found = read_with(FORMAT, deck.file())
    assert found.said == {"slide=1&shape=1": "one"}
    assert Reason.DAMAGED_PART in found.partial


def test_edits_that_all_name_one_huge_directory_cost_little(read_with: Read) -> None:
    deck = saved([slide(drawing(shape(said=text("one"))))])
    huge = len(deck.data)
    deck.data += rec(
        6002, b"".join(struct.pack("<I4095I", 4095 << 20 | 5000 * run, *[0] * 4095) for run in range(64))
    )
    for _ in range(300):
        deck.save()
        struct.pack_into("<I", deck.data, deck.edits[-1] + 20, huge)
    found = read_with(FORMAT, deck.file())
    assert found.partial


def test_groups_nested_without_end_end(read_with: Read) -> None:
    inner = shape(said=text("deep"))
    for _ in range(2_000):
        inner = box(0xF003, inner)
    found = read_with(FORMAT, one_slide(shape(said=text("top")), inner))
    assert found.said == {"slide=1&shape=1": "top"}
    assert found.partial == [Reason.DAMAGED_PART]


def test_more_slides_than_allowed_are_truncated(read_with: Read) -> None:
    data = saved([slide(drawing(shape(said=text(str(number))))) for number in range(4)]).file()
    found = read_with(FORMAT, data, dataclasses.replace(DEFAULT, pages=2))
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_PAGES)
    assert len(found.said) == 2


def test_of_an_older_presentation_the_texts_are_given_and_the_rest_is_said_to_be_unread(
    read_with: Read,
) -> None:
    found = read_with(FORMAT, compound.write([("PP40", b"\0Old presentation of the bureau\0" * 3)]))
    assert found.said == {"para=1": "Old presentation of the bureau"}
    assert found.partial == [Reason.UNREAD_PART]


def test_a_file_cut_anywhere_ends_in_a_state(read_with: Read, root: Path) -> None:
    data = (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes()
    for end in range(0, len(data), 997):
        found = read_with(FORMAT, data[:end])
        assert found.ended or found.partial, end


@pytest.mark.corpora
def test_presentations_of_the_corpora_are_read(read_with: Read, corpora: Path) -> None:
    found = read_with(FORMAT, (corpora / "tika" / "testPPT_various.ppt").read_bytes())
    assert found.said["slide=1&shape=1"].startswith("Row 1 Col 1\tRow 1 Col 2")
    assert found.said["slide=1&shape=3&link=2"] == "http://tika.apache.org/"
