"""What a PDF carries: attached files, pictures, and the revisions that it was once."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from typing import TYPE_CHECKING

import pytest
from pdf_by_hand import at, edited, updated, written
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, Pdf, String
from PIL import Image

from proofroom.extract.formats.pdf import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

PAGE = written((at(50, 700, b"text"), b""))
LONG = at(50, 700, b"a page with more than enough text on it that nobody takes it for a scan of a page")


def test_an_attached_file_says_when_it_was_made_and_whether_it_is_whole(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        held = AttachedFileSpec(document, b"data", filename="a.txt", description="一份名单")
        stream = held.obj.EF.F
        stream.Params = Dictionary(
            Size=5,
            CheckSum=String(hashlib.md5(b"other", usedforsecurity=False).digest()),
            ModDate="D:20200101000000Z",
        )
        document.attachments["a.txt"] = held

    found = read_with(FORMAT, edited(PAGE, edit))
    assert found.members == {"a.txt": b"data"}
    told = found.properties["pdf:attachment"][0].split("; ")
    assert told[0] == "a.txt"
    assert {"bytes=4", "stated-bytes=5", "modified=D:20200101000000Z", "checksum=does not fit"} <= set(told)
    assert "description=一份名单" in told


def test_files_that_no_list_names_and_the_folders_of_a_portfolio_are_read(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        def file(name: str, data: bytes) -> Dictionary:
            return document.make_indirect(
                Dictionary(Type=Name.Filespec, F=name, EF=Dictionary(F=document.make_stream(data)))
            )

        in_folder = file("b.txt", b"in a folder")
        in_folder.CI = Dictionary(Type=Name.CollectionItem, status="draft")
        document.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=[String("<3>b.txt"), in_folder]))
        sub = document.make_indirect(Dictionary(ID=3, Name="sub"))
        top = document.make_indirect(Dictionary(ID=1, Name="top", Child=sub))
        root = document.make_indirect(Dictionary(ID=0, Name="root", Child=top))
        document.Root.Collection = Dictionary(View=Name.T, Folders=root)
        document.pages[0].obj.AF = Array([file("c.txt", b"associated")])
        document.Root.Lost = file("d.txt", b"hangs nowhere")

    found = read_with(FORMAT, edited(PAGE, edit))
    assert found.members == {
        "top/sub/b.txt": b"in a folder",
        "c.txt": b"associated",
        "d.txt": b"hangs nowhere",
    }
    assert "status=draft" in found.properties["pdf:attachment"][0]
    assert found.properties["pdf:portfolio"] == ["T"]


def test_a_bomb_among_the_files_is_cut_by_the_limit(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        document.attachments["big"] = AttachedFileSpec(document, bytes(64 << 20), filename="big")

    data = edited(PAGE, edit, compress_streams=True)
    assert len(data) < 1 << 20
    found = read_with(FORMAT, data, dataclasses.replace(DEFAULT, member_bytes=3 << 20))
    assert found.partial == [Reason.LIMIT_MEMBER_BYTES]
    assert len(found.members["big"]) <= 4 << 20


def pictured(document: Pdf, content: bytes, **pictures: tuple[bytes, dict[str, object]]) -> None:
    """Put pictures on the first page."""
    page = document.pages[0].obj
    page.Resources.XObject = Dictionary(
        {
            f"/{name}": document.make_stream(
                data, Subtype=Name.Image, Width=20, Height=10, BitsPerComponent=8, **entries
            )
            for name, (data, entries) in pictures.items()
        }
    )
    page.Contents = document.make_stream(LONG + content)


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), (200, 10, 10)).save(out, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    return out.getvalue()


def test_a_picture_is_handed_out_as_it_is_with_its_page_and_place(read_with: Read) -> None:
    photo = (jpeg(), {"Filter": Name.DCTDecode, "ColorSpace": Name.DeviceRGB})
    grey = (bytes(range(200)), {"ColorSpace": Name.DeviceGray})
    content = b"q 100 0 0 50 300 400 cm /P Do Q q 20 0 0 10 0 0 cm /G Do Q q 20 0 0 10 90 90 cm /P Do Q"
    data = edited(PAGE, lambda document: pictured(document, content, P=photo, G=grey))
    found = read_with(FORMAT, data)
    assert list(found.members) == ["page-1/picture-1.jpg", "page-1/picture-2.png"]
    assert found.members["page-1/picture-1.jpg"] == photo[0]
    image = Image.open(io.BytesIO(found.members["page-1/picture-2.png"]))
    assert (image.size, image.convert("L").tobytes()) == ((20, 10), grey[0])
    assert found.said["page=1&picture=1"] == found.said["page=1&picture=3"] == "page-1/picture-1.jpg"
    assert found.boxes["page=1&picture=1"] == (3000, 3500, 4000, 4000)
    assert found.kinds["page=1&picture=1"] is PieceKind.NAME
    assert found.partial == []


@pytest.mark.parametrize(
    "content",
    [
        b"q 600 0 0 800 0 0 cm /G Do Q",
        b"q 600 0 0 400 0 0 cm /G Do Q q 600 0 0 400 0 400 cm /G Do Q",
        b"q 580 0 0 700 10 50 cm /G Do Q",
    ],
)
def test_a_scan_of_a_page_is_left_to_ocr(content: bytes, read_with: Read) -> None:
    grey = (bytes(200), {"ColorSpace": Name.DeviceGray})
    found = read_with(FORMAT, edited(PAGE, lambda document: pictured(document, content, G=grey)))
    assert found.members == {}
    assert found.properties["pdf:full-page-pictures"] == ["1"]


def test_pictures_that_cannot_be_unpacked_and_too_many_of_them_are_said(
    read_with: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    lie = (b"short", {"Filter": Name.JBIG2Decode, "ColorSpace": Name.DeviceGray})
    grey = (bytes(range(200)), {"ColorSpace": Name.DeviceGray})
    content = b"q 20 0 0 10 0 0 cm /L Do Q q 20 0 0 10 50 50 cm /G Do Q"
    data = edited(PAGE, lambda document: pictured(document, content, L=lie, G=grey))
    found = read_with(FORMAT, data)
    assert len(found.members["page-1/picture-2.png"]) > 50
    monkeypatch.setattr("proofroom.extract.pages.pictures._MOST_PICTURES", 1)
    assert Reason.LIMIT_MEMBERS in read_with(FORMAT, data).partial


TWO = written((at(50, 700, b"first version of it"), b""))
CONTENT = b"<< /Length %d >>\nstream\n%s\nendstream"


def changed(data: bytes, text: bytes) -> bytes:
    drawn = at(50, 700, text)
    return updated(data, {4: CONTENT % (len(drawn), drawn)})


def test_text_that_only_an_earlier_revision_holds_is_read_in_that_revision(read_with: Read) -> None:
    data = changed(changed(TWO, b"second"), b"third")
    found = read_with(FORMAT, data)
    assert found.said == {"page=1&line=1": "third"}
    second = changed(TWO, b"second")
    assert found.members == {"revision-2.pdf": second}
    again = read_with(FORMAT, second)
    assert again.members == {"revision-1.pdf": TWO}
    assert read_with(FORMAT, TWO).members == {}
    told = found.properties["pdf:revision"]
    assert [one.split("; ")[0] for one in told] == [f"end={len(one)}" for one in (TWO, second, data)]
    assert "pages=1" in told[0]


def test_a_revision_that_only_adds_is_told_and_not_repeated(read_with: Read) -> None:
    both = at(50, 700, b"first version of it") + at(50, 600, b"and more")
    found = read_with(FORMAT, updated(TWO, {4: CONTENT % (len(both), both)}))
    assert found.members == {}
    assert len(found.properties["pdf:revision"]) == 2
    assert read_with(FORMAT, updated(TWO, {})).members == {}


def test_a_picture_exchanged_in_an_update_is_found_in_the_revision_before(read_with: Read) -> None:
    grey = (bytes(range(200)), {"ColorSpace": Name.DeviceGray})
    content = b"q 20 0 0 10 0 0 cm /G Do Q"
    first = edited(PAGE, lambda document: pictured(document, content, G=grey), compress_streams=False)
    number = int(first.partition(b"/Subtype /Image")[0].rpartition(b" 0 obj")[0].split()[-1])
    image = (
        b"<< /Subtype /Image /Width 20 /Height 11 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length 220 >>\n"
        b"stream\n" + bytes(220) + b"\nendstream"
    )
    root = int(first.partition(b"/Root ")[2].split()[0])
    second = updated(first, {number: image}).replace(b"/Root 1 0 R /Prev", b"/Root %d 0 R /Prev" % root)
    assert list(read_with(FORMAT, second).members) == ["page-1/picture-1.png", "revision-1.pdf"]


def test_the_end_mark_of_a_file_inside_is_no_revision(read_with: Read) -> None:
    inner = CONTENT % (len(TWO), TWO)
    data = written((at(50, 700, b"outer"), b""), extra=(inner,))
    found = read_with(FORMAT, data)
    assert found.members == {}
    assert "state=does not open" in found.properties["pdf:revision"][0]


def test_a_document_cut_short_in_its_update_keeps_the_revision_before(read_with: Read) -> None:
    whole = changed(TWO, b"second")
    found = read_with(FORMAT, whole[: len(TWO) + 60])
    assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert found.said == {"page=1&line=1": "first version of it"}
