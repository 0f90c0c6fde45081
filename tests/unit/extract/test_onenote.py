"""Sections of OneNote: pages in their order, who wrote what when, files, and what a page does not show any more."""

from __future__ import annotations

import struct
import uuid
from typing import TYPE_CHECKING

import pytest
from one_by_hand import Store, Thing, node, package

from proofroom.extract.formats.onenote import FORMAT
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

FILE = uuid.UUID(int=0xF00)
AUTHOR = Thing(9, 0x120001, {0x1C001D75: "甲"})
SECTION = (
    [
        Thing(1, 0x60007, {0x24001C20: [2], 0x1C001D69: "Section"}),
        Thing(2, 0x60008, {0x2C001D63: [5, 4]}),
    ],
    {1: 1},
)


def page(title: str, *below: Thing, first: str = "第一段") -> tuple[list[Thing], dict[int, int]]:
    """Make a page: its title, one box, and in it what is given after a first paragraph."""
    things = [
        Thing(1, 0x60037, {0x24001C1F: [2]}),
        Thing(2, 0x6000B, {0x24001C20: [3], 0x1C001D75: "乙"}),
        Thing(3, 0x6000C, {0x24001C20: [4, *(one.number for one in below if one.kind == 0x6000D)]}),
        Thing(4, 0x6000D, {0x24001C1F: [5], 0x20001D79: [9]}),
        Thing(5, 0x6000E, {0x1C001C22: first, 0x14001D7A: 86_400}),
        Thing(8, 0x20030, {0x1C001CF3: title, 0x18001C65: 130_000_000_000_000_000}),
    ]
    return [*things, AUTHOR, *below], {1: 1, 2: 8}


def section(*revisions: list[Thing], extra: tuple[bytes, ...] = ()) -> bytes:
    """Make a section of two pages; the revisions are those of the second one, which is listed first."""
    store = Store()
    things, roots = page("One")
    nodes = [store.space(3, [SECTION[0]], SECTION[1]), store.space(4, [things], roots, *extra)]
    nodes.append(store.space(5, revisions or [page("Two")[0]], {1: 1, 2: 8}, *extra))
    nodes.append(store.file(FILE, b"embedded"))
    return store.end(nodes)


def test_pages_stand_in_the_order_of_the_section(read_with: Read) -> None:
    found = read_with(FORMAT, section())
    assert found.ended is None
    assert [found.said[f"page={n}&name=1"] for n in (1, 2)] == ["Two", "One"]
    assert found.said["page=1&para=1"] == "第一段"
    assert found.properties["onenote:section"] == ["Section"]


def test_who_wrote_it_and_when_is_kept(read_with: Read) -> None:
    found = read_with(FORMAT, section())
    assert found.said["page=1&para=1&author=1"] == "甲"
    assert found.said["page=1&para=1&modified=1"] == "1980-01-02T00:00:00Z"
    assert found.said["page=1&author=1"] == "乙"
    assert found.said["page=1&created=1"] == "2012-12-14T23:06:40Z"


def test_what_a_page_does_not_show_any_more_is_left_over(read_with: Read) -> None:
    dropped = Thing(20, 0x6000E, {0x1C003498: b"dropped"})
    found = read_with(
        FORMAT, section([*page("Two", first="before")[0], dropped], page("Two", first="after")[0])
    )
    assert found.said["page=1&para=1"] == "after"
    assert found.said["page=1&leftover=1"] == "before"
    assert found.said["page=1&leftover=2"] == "dropped"
    assert found.flags["page=1&leftover=1"] == Flag.DELETED


def test_links_files_and_pictures_are_kept(read_with: Read) -> None:
    more = (
        Thing(10, 0x6000D, {0x24001C1F: [11]}),
        Thing(11, 0x6000E, {0x1C001C22: '\ufddfHYPERLINK "https://example.org/"the page'}),
        Thing(12, 0x6000D, {0x24001C1F: [13]}),
        Thing(13, 0x60035, {0x1C001D9C: "a list.xlsx", 0x20001D9B: [14], 0x1C001D9D: "C:\\old\\a list.xlsx"}),
        Thing(14, 0x80036, file=f"<ifndf>{{{FILE}}}"),
        Thing(15, 0x6000D, {0x24001C1F: [16]}),
        Thing(16, 0x60011, {0x20001C3F: [17], 0x1C001E58: "a map"}),
        Thing(17, 0x80039, file="<file>elsewhere.png"),
    )
    found = read_with(FORMAT, section(page("Two", *more)[0]))
    assert (found.said["page=1&para=2"], found.said["page=1&para=2&link=1"]) == (
        "the page",
        "https://example.org/",
    )
    assert found.said["page=1&para=3&object=1"] == "001-a list.xlsx"
    assert found.said["page=1&para=3&source=1"] == "C:\\old\\a list.xlsx"
    assert found.members == {"001-a list.xlsx": b"embedded", "002-file.bin": b""}
    assert found.said["page=1&para=4&alt=1"] == "a map"
    assert found.properties["onenote:external"] == ["elsewhere.png"]


def test_drawings_that_nobody_reads_are_said(read_with: Read) -> None:
    ink = Thing(10, 0x6000D, {0x24001C1F: [11]})
    found = read_with(FORMAT, section(page("Two", ink, Thing(11, 0x60014))[0]))
    assert found.partial == [Reason.UNREAD_PART]


def test_a_package_of_a_server_is_read_alike(read_with: Read) -> None:
    data = package({3: SECTION, 4: page("One"), 5: page("Two")})
    found = read_with(FORMAT, data)
    assert found.ended is None
    assert not found.partial
    assert [found.said[f"page={n}&name=1"] for n in (1, 2)] == ["Two", "One"]
    assert found.said["page=2&para=1&author=1"] == "甲"


def test_a_section_under_a_password_is_locked(read_with: Read) -> None:
    store = Store()
    things, roots = page("One")
    key = node(0x07C, b"", (1024, 4), 1)
    locked = store.end([store.space(4, [things], roots, key)])
    assert read_with(FORMAT, locked).ended == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    both = read_with(FORMAT, section(page("Two")[0], extra=(key,)))
    assert Reason.LOCKED_PART in both.partial


def test_a_table_of_contents_names_its_files(read_with: Read) -> None:
    store = Store()
    things = [Thing(1, 0x20001, {0x1C001D6B: "One.one"}), Thing(2, 0x20001, {0x1C001D6B: "Two.one"})]
    found = read_with(FORMAT, store.end([store.space(4, [things], {1: 1})]))
    assert (found.said["outline=1"], found.said["outline=2"]) == ("One.one", "Two.one")


def test_nodes_that_were_never_saved_are_no_part_of_it(read_with: Read) -> None:
    store = Store()
    things, roots = page("One")
    spaces = [store.space(4, [things], roots), store.space(5, [things], roots)]
    assert "page=2&para=1" not in read_with(FORMAT, store.end(spaces, saved=1)).said
    assert "page=2&para=1" in read_with(FORMAT, store.end(spaces)).said


@pytest.mark.parametrize("data", [section(), package({3: SECTION, 4: page("One")})], ids=["store", "package"])
def test_sections_cut_or_altered_end_in_a_state(read_with: Read, data: bytes) -> None:
    for cut in range(64, len(data), max(len(data) // 60, 1)):
        found = read_with(FORMAT, data[:cut])
        assert found.ended or found.partial
    for at in range(64, len(data), max(len(data) // 150, 1)):
        for flip in (0xFF, 1):
            read_with(FORMAT, data[:at] + bytes((data[at] ^ flip,)) + data[at + 1 :])


def test_lists_that_lead_into_themselves_end(read_with: Read) -> None:
    store = Store()
    at = len(store.data)
    loop = node(0x0B0, b"\0" * 20, (at, 100), 2)
    first = store.list([loop])
    manifest = store.list([node(0x00C, b"\0" * 20), node(0x010, b"", first, 2)])
    found = read_with(FORMAT, store.end([node(0x008, b"\0" * 20, manifest, 2)]))
    assert found.ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_chunks_that_many_nodes_share_are_not_read_without_end(read_with: Read) -> None:
    store = Store()
    things, roots = page("One")
    first = store.space(4, [things], roots)
    shared = store.chunk(bytes(1 << 20))
    nodes = [node(0x0A4, struct.pack("<II", n | 0x100, 0x2000D) + b"\0\1", shared, 1) for n in range(200)]
    revisions = store.list(nodes)
    manifest = store.list([node(0x00C, b"\1" * 20), node(0x010, b"", revisions, 2)])
    found = read_with(FORMAT, store.end([first, node(0x008, b"\1" * 20, manifest, 2)]))
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_EXPANSION)
    assert found.said["page=1&para=1"] == "第一段"
