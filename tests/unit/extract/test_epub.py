"""Electronic books: chapters in their order at their places, contents, facts, and what is under a lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from proofroom.extract.formats.epub import FORMAT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

    Zipped = Callable[[Mapping[str, str | bytes]], bytes]

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
OPF = (
    '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
    "<dc:title>名册</dc:title><dc:creator>办公室</dc:creator>"
    '<meta property="dcterms:modified">2016-05-04T03:02:01Z</meta><meta name="cover" content="pic"/></metadata>'
    '<manifest><item id="a" href="one.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="b" href="two%20b.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    '<item id="pic" href="pic.png" media-type="image/png"/></manifest>'
    '<spine><itemref idref="b"/><itemref idref="a" linear="no"/></spine></package>'
)
NAV = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol><li><a href="two%20b.xhtml#x">First</a></li>'
    '<li><a href="one.xhtml">Second</a></li></ol></nav></body></html>'
)
PARTS: dict[str, str | bytes] = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OPS/book.opf": OPF,
    "OPS/one.xhtml": "<html><head><title>Aside</title></head><body><p>last words</p></body></html>",
    "OPS/two b.xhtml": '<html><body><p>first</p><img src="pic.png" alt="a map"/><p>第二段</p></body></html>',
    "OPS/nav.xhtml": NAV,
    "OPS/pic.png": b"\x89PNG",
}


def lock(algorithm: str, path: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
        f'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="{algorithm}"/><CipherData>'
        f'<CipherReference URI="{path}"/></CipherData></EncryptedData></encryption>'
    )


def test_chapters_stand_in_reading_order(read_with: Read, zipped: Zipped) -> None:
    found = read_with(FORMAT, zipped(PARTS))
    assert found.ended is None
    assert found.said["chapter=1&para=1"] == "first"
    assert found.said["chapter=1&para=3"] == "第二段"
    assert found.said["chapter=2&para=1"] == "last words"
    assert found.said["chapter=2&name=1"] == "Aside"
    assert found.properties["epub:chapter:2"] == ["OPS/one.xhtml linear=no"]


def test_contents_facts_and_other_files_are_kept(read_with: Read, zipped: Zipped) -> None:
    found = read_with(FORMAT, zipped(PARTS))
    assert (found.said["outline=1"], found.said["outline=1&link=1"]) == ("First", "OPS/two b.xhtml")
    assert found.properties["epub:title"] == ["名册"]
    assert found.properties["epub:meta:dcterms:modified"] == ["2016-05-04T03:02:01Z"]
    assert found.members["OPS/pic.png"] == b"\x89PNG"
    assert set(found.members) == {"OPS/book.opf", "OPS/nav.xhtml", "OPS/pic.png"}
    assert "html:external" not in found.properties


def test_older_contents_are_read(read_with: Read, zipped: Zipped) -> None:
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Part</text>'
        '</navLabel><content src="one.xhtml"/><navPoint><navLabel><text>Below</text></navLabel>'
        '<content src="two%20b.xhtml#b"/></navPoint></navPoint></navMap></ncx>'
    )
    opf = (
        OPF.replace('properties="nav"', "")
        .replace("nav.xhtml", "toc.ncx")
        .replace(
            '<item id="n" href="toc.ncx" media-type="application/xhtml+xml"',
            '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"',
        )
    )
    found = read_with(FORMAT, zipped({**PARTS, "OPS/book.opf": opf, "OPS/toc.ncx": ncx}))
    assert [found.said[f"outline={n}"] for n in (1, 2)] == ["Part", "Below"]


def test_a_chapter_under_a_lock_is_told_and_a_masked_font_is_no_lock(read_with: Read, zipped: Zipped) -> None:
    aes = lock("http://www.w3.org/2001/04/xmlenc#aes256-cbc", "OPS/one.xhtml")
    found = read_with(FORMAT, zipped({**PARTS, "META-INF/encryption.xml": aes}))
    assert found.partial == [Reason.LOCKED_PART]
    assert found.members["OPS/one.xhtml"] == b""
    assert "chapter=2&para=1" not in found.said
    font = lock("http://www.idpf.org/2008/embedding", "OPS/f.otf")
    found = read_with(FORMAT, zipped({**PARTS, "META-INF/encryption.xml": font, "OPS/f.otf": b"masked"}))
    assert not found.partial
    assert found.members["OPS/f.otf"] == b"masked"
    assert found.properties["epub:masked-font"] == ["OPS/f.otf"]


def test_a_missing_chapter_and_a_missing_package_are_said(read_with: Read, zipped: Zipped) -> None:
    without = {name: data for name, data in PARTS.items() if name != "OPS/one.xhtml"}
    assert read_with(FORMAT, zipped(without)).partial == [Reason.DAMAGED_PART]
    found = read_with(FORMAT, zipped({"a.html": "<p>x"}))
    assert found.ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    assert found.members["a.html"] == b"<p>x"


def test_a_book_cut_short_keeps_what_arrived(read_with: Read, zipped: Zipped) -> None:
    whole = zipped(PARTS)
    for cut in range(0, len(whole), 97):
        found = read_with(FORMAT, whole[:cut])
        assert found.ended is not None
        assert found.ended[0] is State.DAMAGED


def test_entities_are_refused(read_with: Read, zipped: Zipped) -> None:
    bomb = '<!DOCTYPE package [<!ENTITY a SYSTEM "file:///etc/hostname">]><package><metadata>&a;</metadata></package>'
    found = read_with(FORMAT, zipped({**PARTS, "OPS/book.opf": bomb}))
    assert Reason.ENTITY_EXPANSION in found.partial
