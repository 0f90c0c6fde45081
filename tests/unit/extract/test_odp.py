"""OpenDocument slides and drawings: every shape of every page, and what hides beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odf_by_hand import ODP, TYPE, content, deck, p, packed, styles

from proofroom.extract.formats.opendocument import FORMAT
from proofroom.model.evidence import Flag, PieceKind

if TYPE_CHECKING:
    from conftest import Read


def box(*texts: str, more: str = "") -> str:
    return f"<draw:frame {more}><draw:text-box>{''.join(map(p, texts))}</draw:text-box></draw:frame>"


def page(inside: str, name: str = "", more: str = "") -> str:
    return f'<draw:page draw:name="{name}" {more}>{inside}</draw:page>'


def test_slides_give_their_shapes_notes_and_comments(read_with: Read) -> None:
    inside = box("Sag es", "laut", more='presentation:class="notes"')
    notes = f"<presentation:notes>{inside}</presentation:notes>"
    by = "<dc:creator>甲</dc:creator><dc:date>2015-06-12</dc:date>"
    comment = f"<office:annotation>{by}{p('stimmt nicht')}</office:annotation>"
    group = f"<draw:g><draw:custom-shape>{p('kreis')}</draw:custom-shape></draw:g>"
    found = read_with(
        FORMAT, deck(page(box("标题", "zwei") + group + comment + notes, "Deckblatt") + page("", "Ende"))
    )
    assert found.said == {
        "slide=1&name=1": "Deckblatt",
        "slide=1&shape=1": "标题\nzwei",
        "slide=1&shape=2": "kreis",
        "slide=1&comment=1&author=1": "甲",
        "slide=1&comment=1&date=1": "2015-06-12",
        "slide=1&comment=1": "stimmt nicht",
        "slide=1&notes=1": "Sag es\nlaut",
        "slide=2&name=1": "Ende",
    }
    assert found.kinds["slide=1&notes=1"] == PieceKind.NOTE
    assert (found.ended, found.partial) == (None, [])


def test_what_a_hidden_slide_says_is_hidden(read_with: Read) -> None:
    hide = (
        '<style:style style:name="off" style:family="drawing-page"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style>'
    )
    pages = page(box("seen")) + page(box("not"), more='draw:style-name="off"')
    found = read_with(FORMAT, deck(pages, hide))
    assert (found.flags["slide=1&shape=1"], found.flags["slide=2&shape=1"]) == (Flag.NONE, Flag.HIDDEN_TEXT)


def test_tables_links_pictures_and_objects_stand_with_their_shape_or_slide(read_with: Read) -> None:
    def row(*texts: str) -> str:
        cells = "".join(f"<table:table-cell>{p(one)}</table:table-cell>" for one in texts)
        return f"<table:table-row>{cells}</table:table-row>"

    rows = row("a", "b") + row("c", "d")
    table = f"<draw:frame><table:table>{rows}</table:table><draw:image xlink:href='P/t.svm'/></draw:frame>"
    picture = "<draw:frame><draw:image xlink:href='P/1.png'/><svg:desc>a face</svg:desc></draw:frame>"
    chart = "<draw:frame><draw:object xlink:href='./Object 1'/></draw:frame>"
    film = "<draw:frame><draw:plugin xlink:href='file:///c:/film.avi' draw:mime-type='video/x'/></draw:frame>"
    link = box('<text:a xlink:href="http://a.example/">here</text:a>')
    found = read_with(FORMAT, deck(page(table + picture + chart + film + link)))
    assert found.said == {
        "slide=1&shape=1": "a\tb\nc\td",
        "slide=1&shape=1&picture=1": "P/t.svm",
        "slide=1&picture=1": "P/1.png",
        "slide=1&alt=1": "a face",
        "slide=1&object=1": "Object 1",
        "slide=1&object=2": "video/x file:///c:/film.avi",
        "slide=1&shape=2": "here",
        "slide=1&shape=2&link=1": "http://a.example/",
    }


def test_own_texts_of_masters_and_declared_headers_are_given(read_with: Read) -> None:
    masters = (
        f'<style:master-page style:name="Haus">{box("Amt für Statistik")}'
        f"{box('<text:page-number>&lt;number&gt;</text:page-number>')}"
        f"<presentation:notes>{box('internal')}</presentation:notes></style:master-page>"
    )
    declared = '<presentation:footer-decl presentation:name="f">nur für den Dienst</presentation:footer-decl>'
    parts: dict[str, str | bytes] = {
        "content.xml": content("presentation", declared + page(box("x"))),
        "styles.xml": styles(masters),
    }
    found = read_with(FORMAT, packed(ODP, parts))
    assert found.said == {
        "footer=1": "nur für den Dienst",
        "slide=1&shape=1": "x",
        "master=1&name=1": "Haus",
        "master=1&shape=1": "Amt für Statistik",
        "master=1&notes=1": "internal",
    }
    assert found.kinds["footer=1"] == PieceKind.FOOTER


def test_a_drawing_has_pages(read_with: Read) -> None:
    body = page(f"<draw:rect>{p('Raum 17')}</draw:rect><draw:line/>", "Plan")
    found = read_with(FORMAT, packed(f"{TYPE}graphics", {"content.xml": content("drawing", body)}))
    assert found.said == {"page=1&name=1": "Plan", "page=1&shape=1": "Raum 17"}


def test_slides_of_openoffice_1_have_text_boxes_without_frames(read_with: Read) -> None:
    spaces = 'xmlns:draw="http://openoffice.org/2000/drawing" ' + " ".join(
        f'xmlns:{one}="http://openoffice.org/2000/{one}"'
        for one in ("office", "text", "style", "presentation")
    )
    xml = (
        f'<office:document-content {spaces} office:class="presentation"><office:body><draw:page draw:name="eins">'
        f"<draw:text-box>{p('alt')}</draw:text-box></draw:page></office:body></office:document-content>"
    )
    found = read_with(FORMAT, packed("application/vnd.sun.xml.impress", {"content.xml": xml}))
    assert found.said == {"slide=1&name=1": "eins", "slide=1&shape=1": "alt"}


def test_a_deck_cut_short_gives_what_came_before(read_with: Read) -> None:
    whole = content("presentation", page(box("eins")) + page(box("zwei")))
    found = read_with(FORMAT, packed(ODP, {"content.xml": whole[: whole.index("zwei") + 2]}))
    assert found.said == {"slide=1&shape=1": "eins", "slide=2&shape=1": "zw"}
    assert found.ended is not None
