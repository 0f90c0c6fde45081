"""PDF: lines where a reader would count them, what hangs beside them, and pages that wait for OCR."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from pdf_by_hand import at, written

from proofroom.extract.formats.pdf import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State
from proofroom.world import hostile, pdf
from proofroom.world.parts import MARKER

if TYPE_CHECKING:
    from conftest import Read


def test_a_document_of_the_world_is_read_line_by_line(read_with: Read) -> None:
    pages = [["关于名单的通知", "一、第一项 abc", "12-34"], ["𠮷野家"]]
    found = read_with(FORMAT, pdf.text(pages, title="通知", blind=False).data or b"")
    assert found.said == {
        "page=1&line=1": "关于名单的通知",
        "page=1&line=2": "一、第一项 abc",
        "page=1&line=3": "12-34",
        "page=2&line=1": "𠮷野家",
    }
    assert found.kinds["page=1&line=1"] is PieceKind.LINE
    assert found.properties["pdf:Title"] == ["通知"]
    assert found.properties["pdf:Subject"] == [MARKER]
    assert found.properties["pdf:Producer"] == ["FICTISCAN 3.1"]
    assert found.properties["pdf:CreationDate"] == ["D:20150703101500+08'00'"]
    assert found.properties["pdf:pages"] == ["2"]
    assert len(found.properties["pdf:id"][0].split()) == 2
    assert (found.ended, found.partial) == (None, [])


def test_a_scanned_page_waits_for_ocr(read_with: Read) -> None:
    found = read_with(FORMAT, pdf.scan([["第一行"]], seed=3, title="扫描", blind=False).data or b"")
    assert (found.said, found.ended, found.partial) == ({}, None, [Reason.OCR_PENDING])
    assert found.properties["pdf:pages-for-ocr"] == ["1"]


def test_a_stamp_on_a_scan_does_not_make_it_read(read_with: Read) -> None:
    picture = b"/XObject << /Im 4 0 R >>"
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray "
        b"/Length 1 >>\nstream\n0\nendstream"
    )
    entries = b"/Resources << /Font << /F1 3 0 R >> " + picture + b" >>"
    drawn = b"q 600 0 0 800 0 0 cm /Im Do Q " + at(20, 20, b"Scanned with FICTISCAN")
    small = b"q 60 0 0 80 0 0 cm /Im Do Q " + at(20, 20, b"A letter head")
    found = read_with(FORMAT, written((drawn, entries), extra=(image,)))
    assert found.said == {"page=1&line=1": "Scanned with FICTISCAN"}
    assert found.partial == [Reason.OCR_PENDING]
    assert read_with(FORMAT, written((small, entries), extra=(image,))).partial == []


def test_text_drawn_as_curves_waits_for_ocr(read_with: Read) -> None:
    strokes = b"".join(b"%d 10 m %d 20 l S\n" % (x, x + 3) for x in range(40))
    assert read_with(FORMAT, written((strokes, b""))).partial == [Reason.OCR_PENDING]


def test_text_of_a_font_that_names_no_character_waits_for_ocr(read_with: Read) -> None:
    nameless = (
        b"<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Odd "
        b"/Encoding << /Differences [65 /g1 /g2 /g3] >> >>"
    )
    extra = (nameless,)
    entries = b"/Resources << /Font << /F1 4 0 R >> >>"
    found = read_with(FORMAT, written((at(50, 700, b"ABCABC"), entries), extra=extra))
    assert found.partial == [Reason.OCR_PENDING]


def test_lines_are_ordered_as_they_are_read_not_as_they_are_drawn(read_with: Read) -> None:
    drawn = (
        at(50, 30, b"footer")
        + at(50, 700, b"left one")
        + at(50, 685, b"left two")
        + at(300, 700, b"right one")
        + at(300, 685, b"right two")
        + at(50, 780, b"header over all of the columns of this page and more of it")
    )
    said = list(read_with(FORMAT, written((drawn, b""))).said.values())
    assert [line.split()[0] for line in said] == ["header", "left", "left", "right", "right", "footer"]


def test_a_page_shown_upside_down_is_read_as_it_is_shown(read_with: Read) -> None:
    def turned(x: int, y: int, text: bytes) -> bytes:
        return b"BT /F1 12 Tf -1 0 0 -1 %d %d Tm (%s) Tj ET\n" % (x, y, text)

    drawn = turned(550, 700, b"last") + turned(550, 400, b"middle") + turned(550, 100, b"first")
    found = read_with(FORMAT, written((drawn, b"/Rotate 180")))
    assert list(found.said.values()) == ["first", "middle", "last"]


def test_a_hyphen_at_the_end_of_a_line_stays_and_ends_it(read_with: Read) -> None:
    drawn = at(50, 700, b"an exam-") + at(50, 685, b"ple of self-made text")
    assert list(read_with(FORMAT, written((drawn, b""))).said.values()) == [
        "an exam-",
        "ple of self-made text",
    ]


def test_text_under_a_black_box_is_given(read_with: Read) -> None:
    drawn = at(50, 700, b"a hidden name") + b"0 0 0 rg 40 690 200 30 re f\n"
    assert read_with(FORMAT, written((drawn, b""))).said == {"page=1&line=1": "a hidden name"}


def test_notes_fields_and_links_stand_beside_the_lines(read_with: Read) -> None:
    extra = (
        b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (check this) /T (editor) >>",
        b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /F 2 /Contents <FEFF5220> >>",
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://a.example/) >> >>",
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /Rect [0 0 9 9] /T (name) /V (filled in) >>",
        b"<< /Type /Annot /Subtype /Movie /Rect [0 0 9 9] >>",
    )
    entries = b"/Annots [4 0 R 5 0 R 6 0 R 7 0 R 8 0 R]"
    catalog = b"/AcroForm << /Fields [7 0 R] >>"
    found = read_with(FORMAT, written((at(50, 700, b"text"), entries), extra=extra, catalog=catalog))
    assert found.said == {
        "page=1&line=1": "text",
        "page=1&annotation=1": "check this",
        "page=1&annotation=1&kind=1": "Text",
        "page=1&annotation=1&author=1": "editor",
        "page=1&annotation=2": "删",
        "page=1&annotation=2&kind=1": "Text",
        "page=1&link=1": "http://a.example/",
        "page=1&annotation=4": "filled in",
        "page=1&annotation=4&name=1": "name",
        "page=1&annotation=5&kind=1": "Movie",
    }
    assert found.flags["page=1&annotation=2"] == Flag.HIDDEN_TEXT
    assert found.kinds["page=1&annotation=1"] is PieceKind.COMMENT
    assert found.properties["pdf:annotation-author"] == ["editor"]
    assert found.partial == [Reason.UNREAD_PART]


def test_attached_files_are_members(read_with: Read) -> None:
    document = pypdfium2.PdfDocument(pdf.text([["信"]], title="信", blind=False).data)
    for name, data in (("名单.txt", b"first"), ("b.txt", b"second")):
        document.new_attachment(name).set_data(data)
    out = io.BytesIO()
    document.save(out)
    document.close()
    found = read_with(FORMAT, out.getvalue())
    assert found.members == {"名单.txt": b"first", "b.txt": b"second"}
    small = dataclasses.replace(DEFAULT, member_bytes=5)
    assert read_with(FORMAT, out.getvalue(), small).partial == [Reason.LIMIT_MEMBER_BYTES]


def test_files_of_one_name_are_told_apart_and_one_that_is_pinned_twice_is_given_once(read_with: Read) -> None:
    extra = (
        b"<< /Type /EmbeddedFile /Length 1 >>\nstream\na\nendstream",
        b"<< /Type /Filespec /F (a.txt) /UF (a.txt) /EF << /F 4 0 R >> >>",
        b"<< /Type /EmbeddedFile /Length 1 >>\nstream\nb\nendstream",
        b"<< /Type /Filespec /F (a.txt) /EF << /F 6 0 R >> >>",
        b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 5 0 R >>",
        b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 5 0 R >>",
        b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 7 0 R >>",
    )
    found = read_with(FORMAT, written((b"", b"/Annots [8 0 R 9 0 R 10 0 R]"), extra=extra))
    assert found.members == {"a.txt": b"a", "file-2/a.txt": b"b"}
    files = {part: text for part, text in found.said.items() if "file=1" in part}
    assert list(files.values()) == ["a.txt", "a.txt", "file-2/a.txt"]
    assert found.ended is None


def test_one_character_in_a_font_nobody_has_is_kept(read_with: Read) -> None:
    assert read_with(FORMAT, pdf.text([["女"]], title="表", blind=False).data or b"").said == {
        "page=1&line=1": "女"
    }


def test_revisions_and_what_follows_the_end_are_told(read_with: Read) -> None:
    first = pdf.text([["一"]], title="信", blind=False).data or b""
    update = b"8 0 obj\n<< /Title (x) >>\nendobj\nstartxref\n0\n%%EOF\n"
    found = read_with(FORMAT, first + update)
    assert found.properties["pdf:revisions"] == ["2"]
    assert found.properties["pdf:revision-ends"] == [f"{len(first) - 1} {len(first + update) - 1}"]
    found = read_with(FORMAT, first + b"more bytes that belong to nobody")
    assert found.properties["pdf:trailing-bytes"] == ["33"]
    assert found.ended is None


def test_a_mark_across_two_blocks_is_found_once(read_with: Read) -> None:
    data = written((at(50, 700, b"text"), b""))
    filled = data[: -len(b"%%EOF\n")]
    padded = filled + b"%" * ((1 << 20) - len(filled) - 4) + b"\n%%EOF\n"
    assert padded.index(b"%%EOF") == (1 << 20) - 3
    assert read_with(FORMAT, padded).properties["pdf:revisions"] == ["1"]


# Made with RC4 by hand: the owner's and the user's entries of ISO 32000-1, 7.6.3, for "secret".
def locked(password: bytes = b"secret") -> bytes:
    import hashlib

    pad = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")

    def rc4(key: bytes, data: bytes) -> bytes:
        box, j, out = list(range(256)), 0, bytearray()
        for i in range(256):
            j = (j + box[i] + key[i % len(key)]) & 255
            box[i], box[j] = box[j], box[i]
        i = j = 0
        for byte in data:
            i = (i + 1) & 255
            j = (j + box[i]) & 255
            box[i], box[j] = box[j], box[i]
            out.append(byte ^ box[(box[i] + box[j]) & 255])
        return bytes(out)

    def md5(data: bytes) -> bytes:
        return hashlib.md5(data, usedforsecurity=False).digest()

    user = (password + pad)[:32]
    owner = rc4(md5(user)[:5], user)
    key = md5(user + owner + (-4 & 0xFFFFFFFF).to_bytes(4, "little") + b"ID")[:5]
    content = rc4(md5(key + (4).to_bytes(3, "little") + b"\0\0")[:10], at(50, 700, b"locked text"))
    data = written((b"x" * len(content), b""))
    data = data.replace(b"x" * len(content), content)
    entries = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<4944> <4944>] " % (
        owner.hex().encode(),
        rc4(key, pad).hex().encode(),
    )
    return data.replace(b"/Size", entries + b"/Size")


@pytest.mark.parametrize(
    ("password", "encoding"), [("名单密码", "gb18030"), ("Осень", "cp1251"), ("Öl", "latin-1")]
)
def test_a_password_in_an_encoding_of_its_time_opens_a_document(
    read_with: Read, password: str, encoding: str
) -> None:
    data = locked(password.encode(encoding))
    assert read_with(FORMAT, data, passwords=("wrong",)).ended == (State.LOCKED, Reason.PASSWORD_UNKNOWN)
    found = read_with(FORMAT, data, passwords=("wrong", password))
    assert found.said == {"page=1&line=1": "locked text"}
    assert found.properties["pdf:password-index"] == ["1"]


def test_a_locked_document_opens_with_a_password_it_was_given(read_with: Read) -> None:
    assert read_with(FORMAT, locked()).ended == (State.LOCKED, Reason.PASSWORD_UNKNOWN)
    found = read_with(FORMAT, locked(), passwords=("wrong", "\udcff", "secret"))
    assert (found.ended, found.said) == (None, {"page=1&line=1": "locked text"})
    assert found.properties["pdf:password-index"] == ["2"]
    assert found.properties["pdf:security-revision"] == ["2"]
    none = dataclasses.replace(DEFAULT, password_attempts=0)
    assert read_with(FORMAT, locked(), none, ("wrong", "secret")).ended == (
        State.LOCKED,
        Reason.LIMIT_PASSWORDS,
    )


def test_a_page_tree_that_holds_itself_ends(read_with: Read) -> None:
    found = read_with(FORMAT, hostile.looping_pdf().data or b"")
    assert found.ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_pages_that_cannot_be_loaded_cost_only_themselves(read_with: Read) -> None:
    data = written((at(50, 700, b"one"), b""), (at(50, 700, b"two"), b""), (at(50, 700, b"three"), b""))
    assert b"/Kids [5 0 R 7 0 R 9 0 R]" in data
    found = read_with(FORMAT, data.replace(b"/Kids [5 0 R 7 0 R 9 0 R]", b"/Kids [5 0 R 77 0 R 9 0 R]"))
    assert found.said["page=1&line=1"] == "one"
    assert (found.ended, found.partial) == (None, [Reason.DAMAGED_PART])


def test_a_document_cut_short_gives_what_arrived(read_with: Read) -> None:
    data = pdf.text([["第一页"], ["第二页"]], title="信", blind=False).data or b""
    found = read_with(FORMAT, data[: data.index(b"xref\n")])
    assert found.said["page=1&line=1"] == "第一页"
    assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)
    broken = hostile.broken(blind=False)["断.pdf"]
    assert read_with(FORMAT, broken.data or b"").ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_a_document_of_blank_pages_is_empty(read_with: Read) -> None:
    assert read_with(FORMAT, written((b"", b""))).ended == (State.EMPTY, Reason.NO_TEXT)


def test_too_many_pages_are_cut_by_the_limit(read_with: Read) -> None:
    few = dataclasses.replace(DEFAULT, pages=2)
    found = read_with(FORMAT, written(*[(at(50, 700, b"a page"), b"")] * 3), few)
    assert (found.ended, len(found.said)) == ((State.TRUNCATED, Reason.LIMIT_PAGES), 2)


def test_a_page_of_too_many_characters_is_cut_and_said(
    read_with: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proofroom.extract.pages.lines.MOST_CHARACTERS", 10)
    found = read_with(FORMAT, written((at(50, 700, b"more than ten characters"), b"")))
    assert found.said == {"page=1&line=1": "more than "}
    assert found.partial == [Reason.LIMIT_TEXT_BYTES]


def test_every_cut_and_every_wrong_byte_ends_in_a_state(read_with: Read) -> None:
    data = written((at(50, 700, b"text"), b"/Annots [4 0 R]"), extra=(b"<< /Subtype /Text /Contents (x) >>",))
    for place in range(0, len(data), 9):
        read_with(FORMAT, data[:place])
        broken = bytearray(data)
        broken[place] ^= 0x15
        read_with(FORMAT, bytes(broken))
    assert read_with(FORMAT, data).said["page=1&annotation=1"] == "x"


def test_the_sample_is_read_whole(read_with: Read, root: Path) -> None:
    data = (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes()
    found = read_with(FORMAT, data)
    assert (found.ended, found.partial) == (None, [])
    assert len(found.said) > 2


@pytest.mark.corpora
def test_public_documents_are_read(read_with: Read, corpora: Path) -> None:
    found = read_with(FORMAT, (corpora / "tika" / "testPDFVarious.pdf").read_bytes())
    assert found.said["page=1&line=20"] == "ゾルゲと尾崎、淡々と最期"
    assert found.said["page=2&line=9"] == "This is the footer text."
    found = read_with(FORMAT, (corpora / "tika" / "testPDFFileEmbInAnnotation.pdf").read_bytes())
    assert list(found.members) == ["Excel.xlsx"]
