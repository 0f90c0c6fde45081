"""Outlook stores: every folder and item, what hangs on items, what was deleted, and stores that lie."""

from __future__ import annotations

import dataclasses
import io
import random
import struct
from contextlib import suppress
from pathlib import Path

import pypff
import pytest
from container_sink import Kept, read_container, sample
from msg_by_hand import TICKS_2016, Attached, Item, Values, wide
from pst_by_hand import Folder, Stored, write

from proofroom.extract.detect import detect
from proofroom.extract.format import Source, Unreadable
from proofroom.extract.formats import outlook_msg, outlook_store
from proofroom.extract.stores.by_libpff import read_by_libpff
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

COMMON = bytes.fromhex("0820060000000000c000000000000046")
SPELLED = bytes.fromhex("2903020000000000c000000000000046")
NAMES: list[tuple[bytes | int, int | str]] = [(COMMON, 0x8503), (SPELLED, "Keywords"), (2, "Unused")]
NOTE: Values = {
    0x001A001F: wide("IPM.Note"),
    0x0037001F: b"\1\0\5\0" + wide("RE: 名单"),
    0x1000001F: wide("第一行\r\n\r\n第三行"),
    0x00390040: TICKS_2016,
}


def read(data: bytes) -> Kept:
    return read_container(outlook_store.FORMAT, data)


def opened(kept: Kept, name: str) -> Kept:
    data = kept.data[name.encode()]
    assert data is not None
    return read_container(outlook_msg.FORMAT, data)


def people(count: int) -> list[Values]:
    return [{0x0C150003: 1, 0x3001001F: wide(f"甲{n}"), 0x39FE001F: wide(f"a{n}@x")} for n in range(count)]


def test_folders_are_pieces_and_items_are_message_files_under_their_path() -> None:
    item = Item(
        {**NOTE, 0x8000000B: 1, 0x8001101F: [wide("甲"), wide("乙丙")], 0x10090102: b"", 0x300B0102: b"\1\2"},
        people(2),
        [Attached({0x37050003: 1, 0x3707001F: wide("名单.csv")}, b"a,b\n" * 5_000)],
    )
    inbox = Folder("收件箱/旧", [item, Item({0x001A001F: wide("IPM.Contact"), 0x3001001F: wide("乙")})])
    kept = read(write([Folder("Top", below=[inbox, Folder("..")])], Stored(NAMES)))
    assert kept.said == {"folder=1": "Top", "folder=2": "Top/收件箱/旧", "folder=3": "Top/.."}
    assert [name.decode() for name in kept.names] == [
        "Top/收件箱_旧/00001-x8064.msg",
        "Top/收件箱_旧/00002-x8084.msg",
    ]
    assert "display-name=收件箱/旧" in kept.properties["mapi:folder:2"][0]
    assert kept.properties["mapi:display-name"] == ["Store"]
    assert (kept.partial, kept.ended) == ([], None)
    letter = opened(kept, "Top/收件箱_旧/00001-x8064.msg")
    assert letter.said == {"para=1": "第一行", "para=3": "第三行"}
    assert letter.properties["mail:subject"] == ["RE: 名单"]
    assert letter.properties["mail:to"] == ["甲0 <a0@x>", "甲1 <a1@x>"]
    assert letter.properties["mapi:common:reminder-set"] == ["TRUE"]
    assert letter.properties["mapi:named:Keywords"] == ["甲", "乙丙"]
    assert letter.properties["mail:date:utc"] == ["2016-07-01T01:30:00Z"]
    assert letter.data == {"名单.csv".encode(): b"a,b\n" * 5_000}
    assert (letter.partial, letter.ended) == ([], None)
    card = opened(kept, "Top/收件箱_旧/00002-x8084.msg")
    assert card.properties["mapi:display-name"] == ["乙"]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("method", [0, 1, 2])
def test_all_forms_and_ways_of_hiding_are_read_as_libpff_reads_them(method: int, *, narrow: bool) -> None:
    data = bytes(range(256)) * 200
    item = Item({**NOTE, 0x10130102: b"<p>" * 4_000}, people(300), [Attached({0x37050003: 1}, data)])
    store = write([Folder("Top", [item])], Stored(NAMES, method=method, narrow=narrow))
    kept = read(store)
    letter = opened(kept, "Top/00001-x8024.msg")
    assert len(letter.properties["mail:to"]) == 300
    assert letter.data == {b"body.html": b"<p>" * 4_000, b"attachment-1": data}
    assert (kept.partial, kept.ended) == ([], None)
    assert kept.properties["pst:encryption"] == [("none", "compressible", "high")[method]]
    oracle = pypff.file()
    oracle.open_file_object(io.BytesIO(store))
    theirs = oracle.root_folder.get_sub_folder(0).get_sub_message(0)
    assert theirs.subject == letter.properties["mail:subject"][0]
    assert theirs.recipients.number_of_record_sets == 300
    assert theirs.get_attachment(0).read_buffer(len(data)) == data


def test_an_item_attached_to_an_item_is_one_at_any_depth() -> None:
    deepest = Item(
        {**NOTE, 0x8000000B: 1}, people(1), [Attached({0x37050003: 1, 0x3707001F: wide("a.txt")}, b"deep")]
    )
    middle = Item(NOTE, [], [Attached({0x37050003: 5, 0x3001001F: wide("inner")}, deepest)])
    outer = Item(NOTE, [], [Attached({0x37050003: 5, 0x3001001F: wide("middle")}, middle)])
    kept = opened(read(write([Folder("Top", [outer])], Stored(NAMES))), "Top/00001-x8024.msg")
    assert kept.names == [b"middle.msg"]
    kept = read_container(outlook_msg.FORMAT, kept.members[0].data or b"")
    kept = read_container(outlook_msg.FORMAT, kept.members[0].data or b"")
    assert kept.data == {b"a.txt": b"deep"}
    assert kept.properties["mapi:common:reminder-set"] == ["TRUE"]
    assert kept.properties["mail:to"] == ["甲0 <a0@x>"]


def test_what_is_deleted_orphaned_or_put_aside_is_kept_and_marked() -> None:
    stored = Stored(
        NAMES,
        {0x67FF0003: 0x1234ABCD, 0x35E00102: bytes(20) + struct.pack("<I", 0x8002)},
        [Item({**NOTE, 0x0037001F: wide("orphan")})],
        [Item({**NOTE, 0x0037001F: wide("deleted")}, people(2), [Attached({0x37050003: 1}, b"gone")])],
    )
    aside = Item({0x001A001F: wide("IPM.Configuration")})
    kept = read(write([Folder("Top", [Item(NOTE)], [aside]), Folder("Views")], stored))
    assert [name.decode() for name in kept.names] == [
        "Top/00001-x8044.msg",
        "Top/associated/00001-x8068.msg",
        "orphaned/00001-x8084.msg",
        "recovered/00001-x80a4.msg",
    ]
    assert kept.properties["pst:orphaned"] == ["orphaned/00001-x8084.msg; folder=0x9F22"]
    assert kept.properties["pst:recovered"] == ["recovered/00001-x80a4.msg; folder=0x8002"]
    assert kept.properties["pst:password-checksum"] == ["1234ABCD"]
    lost = opened(kept, "recovered/00001-x80a4.msg")
    assert lost.properties["mail:subject"] == ["deleted"]
    assert lost.data == {b"attachment-1": b"gone"}
    assert len(lost.properties["mail:to"]) == 2


def test_what_was_overwritten_is_not_made_up() -> None:
    stored = Stored(NAMES, deleted=[Item({**NOTE, 0x0037001F: wide("deleted")})])
    data = bytearray(write([Folder("Top", [Item(NOTE)])], stored))
    at = data.rfind(wide("deleted"))
    block = data.rfind(b"\xec\xbc", 0, at) & ~63
    data[block : block + 512] = bytes(512)
    kept = read(bytes(data))
    assert kept.names == [b"Top/00001-x8024.msg"]


def test_libpff_gives_the_same_of_a_store_but_for_items_in_items() -> None:
    inner = Attached({0x37050003: 5, 0x3001001F: wide("inner")}, Item(NOTE))
    item = Item({**NOTE, 0x8000000B: 1}, people(3), [Attached({0x37050003: 1}, b"data"), inner])
    store = write(
        [Folder("Top", [item], below=[Folder("Below", [Item(NOTE)])])], Stored(NAMES, orphaned=[Item(NOTE)])
    )
    ours, theirs = read(store), Kept()
    read_by_libpff(io.BytesIO(store), theirs)
    assert theirs.names == ours.names
    assert theirs.said == ours.said
    assert theirs.partial == [Reason.UNREAD_PART]
    first, second = (opened(kept, "Top/00001-x8044.msg") for kept in (ours, theirs))
    assert first.said == second.said
    assert first.names == [b"attachment-1", b"inner.msg"]
    assert second.fate(b"inner") == (State.DAMAGED, Reason.CUT_SHORT)
    told = {key: values for key, values in second.properties.items() if not key.startswith("ole:")}
    assert told.items() <= first.properties.items()


def test_a_store_of_the_newest_kind_that_libpff_cannot_open_ends_in_a_state() -> None:
    data = bytearray(write([Folder("Top", [Item(NOTE)])], Stored(NAMES)))
    data[10] = 36
    assert read(bytes(data)).ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_a_store_that_only_its_owner_can_open_is_locked() -> None:
    data = bytearray(write([], Stored(NAMES)))
    data[513] = 0x10
    assert read(bytes(data)).ended == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    assert read(b"!BDN" + bytes(50)).ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert read(b"nothing" * 100).ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_an_item_that_holds_itself_ends_at_a_limit() -> None:
    item = Item(NOTE, [], [Attached({0x37050003: 5, 0x3001001F: wide("inner")}, Item(NOTE, people(1)))])
    data = bytearray(write([Folder("Top", [item, Item(NOTE)])], Stored(NAMES)))
    line = data.find(struct.pack("<Q", 0x9004))
    message = data.find(struct.pack("<Q", 0x671))
    block = message & ~63
    size = 8 + 24 * struct.unpack_from("<H", data, block + 2)[0]
    own = data[block + -(-(size + 16) // 64) * 64 - 8 : block + -(-(size + 16) // 64) * 64]
    data[line + 16 : line + 24] = own
    kept = read(bytes(data))
    assert kept.members[0].ended == (State.TRUNCATED, Reason.LIMIT_DEPTH)
    assert opened(kept, "Top/00002-x8044.msg").said["para=1"] == "第一行"
    assert Reason.DAMAGED_PART in kept.partial


def test_a_store_cut_short_gives_what_can_still_be_found() -> None:
    whole = write([Folder("Top", [Item(NOTE) for _ in range(60)])], Stored(NAMES))
    for missing in (600, 2_000):
        kept = read(whole[:-missing])
        assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT)
        assert len(kept.members) == 60
        for name in kept.names:
            assert opened(kept, name.decode()).said["para=1"] == "第一行"
    assert read(whole[:-8_000]).ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_no_flipped_byte_raises_anything_else() -> None:
    item = Item({**NOTE, 0x8000000B: 1}, people(2), [Attached({0x37050003: 5}, Item(NOTE, people(1)))])
    whole = write([Folder("Top", [item])], Stored(NAMES, orphaned=[Item(NOTE)], deleted=[Item(NOTE)]))
    dice = random.Random(7)
    for _ in range(1_500):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(len(data))] = dice.choice((0, 1, 0xFF, dice.randrange(256)))
        for member in read(bytes(data)).members:
            assert member.ended is None or member.ended[1] != Reason.NONE
    for at in range(0, len(whole), 509):
        read(whole[:at])


def test_no_flipped_byte_makes_libpff_raise_anything_else() -> None:
    item = Item(NOTE, people(2), [Attached({0x37050003: 1}, bytes(9_000))])
    whole = write([Folder("Top", [item])], Stored(NAMES, orphaned=[Item(NOTE)]))
    dice = random.Random(7)
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(len(data))] = dice.choice((0, 1, 0xFF, dice.randrange(256)))
        with suppress(Unreadable):
            read_by_libpff(io.BytesIO(data), Kept())


def test_limits_cut_a_member_and_the_next_one_is_read() -> None:
    big = Item(NOTE, [], [Attached({0x37050003: 1}, bytes(100_000))])
    data = write([Folder("Top", [big, Item(NOTE)])], Stored(NAMES))
    kept = Kept(dataclasses.replace(DEFAULT, member_bytes=50_000))
    outlook_store.read(Source(io.BytesIO(data), len(data), kept.limits), kept)
    assert [member.ended for member in kept.members] == [(State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES), None]
    few = Kept(dataclasses.replace(DEFAULT, members=1))
    with pytest.raises(Unreadable):
        outlook_store.read(Source(io.BytesIO(data), len(data), few.limits), few)


def test_the_sample_is_recognised_and_read_whole(root: Path) -> None:
    data = sample(root, outlook_store.FORMAT)
    assert detect(Source(io.BytesIO(data), len(data), DEFAULT)).media_type in outlook_store.FORMAT.media_types
    kept = read(data)
    assert (kept.ended, kept.partial) == (None, [])
    assert len(kept.members) == 2
