"""Documents of Pages, Numbers and Keynote: tables cell by cell, slides, texts, and what hangs on them."""

from __future__ import annotations

import gzip
import struct
from io import BytesIO
from pathlib import Path

import pytest
from iwork_by_hand import archived, iwa, message, numbers, to, varint, zipped
from workbook_sink import Keeper, keep

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.iwork import FORMAT
from proofroom.extract.iwork.snappy import Broken, unpack_block
from proofroom.limits import DEFAULT
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason, State

NAMES = (
    'xmlns:sfa="http://developer.apple.com/namespaces/sfa" xmlns:sf="http://developer.apple.com/namespaces/sf" '
    'xmlns:key="http://developer.apple.com/namespaces/keynote2" xmlns:sl="urn:sl" '
    'xmlns:ls="http://developer.apple.com/namespaces/ls"'
)
HISTORY = {"buildVersionHistory.plist": "<plist/>"}


def read(data: bytes) -> Keeper:
    return keep(FORMAT.read, data)


def storage(text: str, kind: str = "textbox") -> str:
    inner = "".join(f"<sf:p>{one}</sf:p>" for one in text.split("|"))
    return f'<sf:text-storage sf:kind="{kind}"><sf:text-body>{inner}</sf:text-body></sf:text-storage>'


def test_cells_of_numbers_stand_at_their_places_with_their_kinds() -> None:
    found = read(numbers())
    assert found.ended is None
    assert found.sheets == {1: ("名单/Table", Flag.HIDDEN_SHEET)}
    expected = {
        (1, 1): (CellType.STRING, "姓名"),
        (1, 2): (CellType.NUMBER, "42.5"),
        (1, 4): (CellType.NUMBER, "-7"),
        (3, 1): (CellType.BOOLEAN, "TRUE"),
        (3, 2): (CellType.DATE, "2001-01-02T00:00:00"),
        (3, 3): (CellType.DURATION, "PT90.5S"),
        (3, 4): (CellType.STRING, "rich\ntext"),
        (3, 5): (CellType.NUMBER, "12"),
    }
    assert {(r, c): (kept.type, kept.raw) for (_, r, c), kept in found.kept.items()} == expected
    assert found.ranges == {1: [(5, 2, 7, 3)]}


def test_what_is_computed_is_marked_and_said_to_be_unread() -> None:
    found = read(numbers())
    assert found.kept[1, 3, 5].flags == Flag.HAS_FORMULA
    assert found.properties["iwork:formulas"] == ["1"]
    assert found.partial == [Reason.UNREAD_PART]


def test_comments_and_boxes_stand_beside_the_cells() -> None:
    found = read(numbers())
    place = "sheet=名单/Table&cell=E3"
    assert found.said[f"{place}&comment=1"] == "ask him"
    assert found.said[f"{place}&comment=1&author=1"] == "甲"
    assert found.said[f"{place}&comment=1&created=1"] == "2001-01-01T01:00:00Z"
    assert found.said[f"{place}&comment=2"] == "done"
    assert found.said["sheet=名单&shape=1"] == "beside the table"
    assert found.said["sheet=名单&alt=1"] == "a box"
    assert not any(part.startswith("leftover") for part in found.said)
    assert set(found.members) == {"Metadata/Properties.plist", "preview.jpg"}


def test_slides_of_keynote_stand_in_the_order_of_the_show() -> None:
    def slide(number: int, title: str, *more: tuple[int, list[tuple[int, int]]]) -> list[bytes]:
        return [
            archived(number, 5, (5, to(number + 1)), *more),
            archived(number + 1, 7, (1, []), refers=(number + 2,)),
            archived(number + 2, 2001, (1, 3), (3, title)),
        ]

    show = [
        archived(1, 1, (2, to(2))),
        archived(2, 2, (3, [(2, to(3)), (2, to(4))])),
        archived(3, 4, (2, to(30))),
        archived(4, 4, (2, to(20)), (4, 1)),
        archived(40, 15, (1, to(41))),
        archived(41, 2001, (1, 4), (3, "say this")),
    ]
    slides = [*slide(20, "last"), *slide(30, "first", (27, to(40))), *slide(50, "Click to edit")]
    found = read(zipped({"Index/Document.iwa": iwa(*show), "Index/Slide-1.iwa": iwa(*slides)}))
    assert found.properties["iwork:program"] == ["Keynote"]
    assert found.said == {
        "slide=1&shape=1": "first",
        "slide=1&notes=1": "say this",
        "slide=2&shape=1": "last",
        "layout=1&shape=1": "Click to edit",
    }
    assert found.properties["iwork:skipped-slide"] == ["2"]


def test_texts_of_pages_keep_links_comments_and_deletions() -> None:
    at = [(1, [(1, 0)]), (1, [(1, 4), (2, to(5))]), (1, [(1, 8)])]
    gone = [(1, [(1, 10), (2, to(6))]), (1, [(1, 14)])]
    body = archived(
        2,
        2001,
        (1, 0),
        (3, "see here\nnew gone end"),
        (11, at),
        (22, gone),
        (23, [(1, [(1, 9), (2, to(7))])]),
    )
    things = [
        archived(1, 10_000),
        body,
        archived(5, 2032, (1, []), (2, "https://example.org/")),
        archived(6, 2060, (1, 2)),
        archived(7, 2013, (1, to(8))),
        archived(8, 3056, (1, "why?")),
        archived(9, 2001, (1, 1), (3, "a header")),
    ]
    found = read(
        zipped({"Index.zip": zipped({"Index/Document.iwa": iwa(*things)}), "Data/a.png": b"\x89PNG"})
    )
    assert found.said == {
        "para=1": "see here",
        "para=1&link=1": "https://example.org/",
        "para=2": "none end",
        "para=2&deleted=1": "ew g",
        "para=2&comment=1": "why?",
        "header=1": "a header",
    }
    assert set(found.members) == {"Data/a.png"}


def test_slides_of_the_older_kind_are_read() -> None:
    table = (
        '<sf:tabular-model sf:name="T"><sf:grid sf:numcols="2"><sf:datasource>'
        '<sf:t sf:s="x" sf:ct="0"><sf:ct sfa:s="one"/></sf:t><sf:n sf:v="7"/><sf:g sf:ct="255"/>'
        '<sf:f><sf:fo sf:fs="=A1+1"/><sf:r><sf:rn sf:v="8"/></sf:r></sf:f>'
        '<sf:d sf:ct="256" sf:cell-date="86400"/></sf:datasource></sf:grid></sf:tabular-model>'
    )
    note = f"<sf:sticky-note><sf:text>{storage('a comment')}</sf:text></sf:sticky-note>"
    slide = (
        f"<key:slide><key:title-placeholder>{storage('Title')}</key:title-placeholder><key:page>{note}{table}"
        f"</key:page><key:notes>{storage('say this', 'note')}</key:notes></key:slide>"
    )
    xml = f"<key:presentation {NAMES}><key:slide-list>{slide}{slide}</key:slide-list></key:presentation>"
    found = read(zipped({"index.apxl.gz": gzip.compress(xml.encode()), **HISTORY}))
    assert found.ended is None
    assert found.said["slide=2&shape=1"] == "Title"
    assert found.said["slide=2&comment=1"] == "a comment"
    assert found.said["slide=1&notes=1"] == "say this"
    assert [name for name, _ in found.sheets.values()] == ["slide 1/T", "slide 2/T"]
    assert found.raw() == {(1, 1): "one", (1, 2): "7", (2, 2): "8", (3, 2): "2001-01-02T00:00:00"}
    assert found.kept[1, 2, 2].formula == "A1+1"


def test_texts_of_the_older_kind_are_read() -> None:
    headers = f"<sf:headers><sf:header>{storage('top', 'header')}</sf:header></sf:headers>"
    link = '<sf:link href="https://example.org/">site</sf:link><sf:br/>'
    xml = f"<sl:document {NAMES}>{headers}{storage('one|see ' + link, 'body')}</sl:document>"
    found = read(zipped({"index.xml": xml, **HISTORY}))
    assert found.said == {
        "header=1": "top",
        "para=1": "one",
        "para=2": "see site",
        "para=2&link=1": "https://example.org/",
    }


def test_names_and_labels_of_older_charts_are_read() -> None:
    label = '<sf:chart-row_names><sf:string sfa:string="{}"/></sf:chart-row_names>'
    charts = "".join(
        f'<sf:chart>{label.format(row)}<sf:chart-name sfa:string="{name}"/></sf:chart>'
        for row, name in (("Home", "Expenditure"), ("2017", "Second"))
    )
    found = read(zipped({"index.xml": f"<sl:document {NAMES}>{charts}</sl:document>", **HISTORY}))
    assert found.said == {
        "chart=1&label=1": "Home",
        "chart=1": "Expenditure",
        "chart=2&label=1": "2017",
        "chart=2": "Second",
    }


def test_a_document_under_a_password_is_locked_and_gives_its_hint() -> None:
    found = read(zipped({".iwpv2": b"\2\0", ".iwph": "the usual", "Index/Document.iwa": b"\x93" * 40}))
    assert found.ended is not None
    assert (found.ended.state, found.ended.reason) == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    assert found.properties["iwork:password-hint"] == ["the usual"]


def test_snappy_repeats_what_came_before_and_nothing_else() -> None:
    assert unpack_block(varint(9) + b"\x08abc" + bytes((2 << 2 | 1, 3))) == b"abcabcabc"
    assert unpack_block(varint(7) + b"\0a" + bytes((5 << 2 | 2, 1, 0))) == b"a" * 7
    for bad in (
        varint(9) + b"\x08abc" + bytes((1, 4)),
        varint(2) + b"\x08abc",
        b"\xff" * 12,
        varint(1 << 30),
    ):
        with pytest.raises(Broken):
            unpack_block(bad)


def test_documents_cut_or_altered_end_in_a_state() -> None:
    whole = numbers()
    for cut in range(30, len(whole), 61):
        found = read(whole[:cut])
        assert found.ended is not None
    for at in range(30, len(whole), 17):
        keep(FORMAT.read, whole[:at] + bytes((whole[at] ^ 0xFF,)) + whole[at + 1 :], repeats=True)


def test_a_part_that_cannot_be_read_is_kept_as_it_is() -> None:
    good = archived(1, 2001, (1, 0), (3, "kept"))
    found = read(zipped({"Index/Document.iwa": iwa(good), "Index/Other.iwa": b"\1noise"}))
    assert found.partial == [Reason.DAMAGED_PART]
    assert found.members == {"Index/Other.iwa": b"\1noise"}
    assert found.said == {"leftover=1": "kept"}


def test_references_that_lead_in_circles_end() -> None:
    group = archived(3, 3008, (2, to(3)), refers=(3, 4))
    other = archived(4, 3008, refers=(3,))
    comment = archived(5, 3056, (1, "x"), (4, to(5)))
    note = archived(6, 2013, (1, to(5)))
    text = archived(7, 2001, (1, 0), (3, "a"), (23, [(1, [(1, 0), (2, to(6))])]))
    found = read(zipped({"Index/Document.iwa": iwa(archived(1, 10_000), group, other, comment, note, text)}))
    assert found.said == {"para=1": "a", "para=1&comment=1": "x"}


def test_entities_are_refused() -> None:
    bomb = f'<!DOCTYPE d [<!ENTITY z "z"><!ENTITY a "&z;&z;">]><sl:document {NAMES}>&a;</sl:document>'
    found = read(zipped({"index.xml": bomb, **HISTORY}))
    assert found.ended is not None
    assert found.ended.state is State.REFUSED


@pytest.mark.corpora
def test_public_files_are_told_from_other_zips(corpora: Path) -> None:
    for path in sorted(
        [*corpora.glob("tika/*.key"), *corpora.glob("tika/*.pages"), *corpora.glob("tika/*.numbers")]
    ):
        data = path.read_bytes()
        assert (
            detect(Source(BytesIO(data), len(data), DEFAULT, b"x")).media_type
            == "application/vnd.apple.iwork"
        )
        assert keep(FORMAT.read, data).ended is None


def test_a_message_that_breaks_off_keeps_what_came_before() -> None:
    broken = message((1, 0), (3, "kept")) + b"\x12\x7f"
    head = message((1, 9), (2, [(1, 2001), (3, len(broken))]))
    found = read(zipped({"Index/Document.iwa": iwa(varint(len(head)) + head + broken)}))
    assert found.said == {"leftover=1": "kept"}
    assert found.partial == [Reason.DAMAGED_PART]


def test_cells_as_older_documents_keep_them_are_read() -> None:
    def older(kind: int, flags: int, values: bytes) -> bytes:
        return struct.pack("<BBBBII", 3, 0, kind, 0, flags, 0) + values

    cells = [
        older(3, 0x12, struct.pack("<II", 99, 1)),
        older(2, 0x1020, struct.pack("<Id", 98, 42.5)),
        older(5, 0x40, struct.pack("<d", 86_400.0)),
        older(6, 0x20, struct.pack("<d", 0.0)),
    ]
    places = struct.pack("<4h", 0, len(cells[0]), len(cells[0] + cells[1]), len(b"".join(cells[:3])))
    row = [(1, 0), (3, b"".join(cells)), (4, places)]
    things = [
        archived(4, 6001, (8, "Table"), (4, [(3, [(1, [(1, 0), (2, to(5))])]), (4, to(6))])),
        archived(5, 6002, (5, row)),
        archived(6, 6005, (3, [(1, 1), (3, "姓名")])),
    ]
    found = read(zipped({"Index/Document.iwa": iwa(*things)}))
    assert found.raw() == {(1, 1): "姓名", (1, 2): "42.5", (1, 3): "2001-01-02T00:00:00", (1, 4): "FALSE"}
