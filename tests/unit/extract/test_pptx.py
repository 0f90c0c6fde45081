"""Slide decks: every shape at its number, and what hides beside it under its own address."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pptx
import pytest
from pptx.util import Inches

from proofroom.extract.formats.pptx import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State
from proofroom.world import slides, zips

if TYPE_CHECKING:
    from conftest import Read

    Zipped = Callable[[Mapping[str, str | bytes]], bytes]

KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    f'xmlns:r="{KIND}"'
)


def relations(*arrows: tuple[str, str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="{number}" Type="{KIND}/{kind}" Target="{target}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if '://' in target else ''}/>"
        for number, kind, target in arrows
    )
    return f'<Relationships xmlns="{RELATIONS}">{inner}</Relationships>'


def shape(text: str, properties: str = "", inside: str = "", holder: str = "") -> str:
    lines = "".join(f"<a:p><a:r>{inside}<a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    kind = f'<p:nvPr><p:ph type="{holder}"/></p:nvPr>' if holder else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="n" {properties}/>{kind}</p:nvSpPr>'
        f"<p:txBody>{lines}</p:txBody></p:sp>"
    )


def page(shapes: str, root: str = "p:sld", attributes: str = "") -> str:
    return f"<{root} {NAMES} {attributes}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></{root}>"


def deck(*shown: str, arrows: tuple[tuple[str, str, str], ...] = ()) -> dict[str, str | bytes]:
    """Give the parts of a deck of these slides; `arrows` lead from its first slide."""
    numbers = range(1, len(shown) + 1)
    ids = "".join(f'<p:sldId id="{255 + number}" r:id="r{number}"/>' for number in numbers)
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(("a", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {NAMES}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            *[(f"r{number}", "slide", f"slides/slide{number}.xml") for number in numbers]
        ),
        "ppt/slides/_rels/slide1.xml.rels": relations(*arrows),
    }
    return parts | {f"ppt/slides/slide{number}.xml": one for number, one in enumerate(shown, 1)}


WORLD = slides.write(
    [
        slides.Slide(["登记工作", "第一条\n第二条"], notes="不要念出来", alternative="说明", picture=b"png"),
        slides.Slide(["第二页"], hidden=True),
    ],
    title="登记",
    blind=False,
)


def test_a_deck_of_the_world_is_read_at_its_addresses(read_with: Read) -> None:
    found = read_with(FORMAT, WORLD.data or b"")
    assert found.said == {
        "slide=1&shape=1": "登记工作",
        "slide=1&shape=2": "第一条\n第二条",
        "slide=1&shape=2&alt=1": "说明",
        "slide=1&notes=1": "不要念出来",
        "slide=2&shape=1": "第二页",
    }
    assert found.flags["slide=2&shape=1"] == Flag.HIDDEN_TEXT
    assert found.flags["slide=1&shape=1"] == Flag.NONE
    assert found.kinds["slide=1&notes=1"] is PieceKind.NOTE
    assert found.members == {"ppt/media/image1.png": b"png"}
    assert found.properties["ooxml:creator"] == ["统计科"]
    assert (found.ended, found.partial) == (None, [])


def test_another_writer_s_deck_reads_the_same(read_with: Read) -> None:
    written = pptx.Presentation()
    slide = written.slides.add_slide(written.slide_layouts[1])
    slide.shapes.title.text = "标题"
    slide.placeholders[1].text = "甲\n乙"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "in a group"
    table = slide.shapes.add_table(2, 2, 0, 0, Inches(2), Inches(1)).table
    for row, texts in enumerate((("姓名", "编号"), ("", "17"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    slide.notes_slide.notes_text_frame.text = "备注"
    out = io.BytesIO()
    written.save(out)
    found = read_with(FORMAT, out.getvalue())
    assert {part: text for part, text in found.said.items() if part.startswith("slide=")} == {
        "slide=1&shape=1": "标题",
        "slide=1&shape=2": "甲\n乙",
        "slide=1&shape=3": "in a group",
        "slide=1&shape=4": "姓名\t编号\n\t17",
        "slide=1&notes=1": "备注",
    }
    assert not any(part.startswith(("layout", "master")) for part in found.said)
    assert (found.ended, found.partial) == (None, [])


def test_links_and_descriptions_stand_beside_their_shape_or_slide(read_with: Read, zipped: Zipped) -> None:
    link = '<a:rPr><a:hlinkClick r:id="h"/></a:rPr>'
    picture = (
        '<p:pic><p:nvPicPr><p:cNvPr id="4" name="x" descr="a photo">'
        '<a:hlinkClick r:id="" action="ppaction://macro?name=Go"/></p:cNvPr></p:nvPicPr></p:pic>'
    )
    jump = '<a:rPr><a:hlinkClick r:id="j" action="ppaction://hlinksldjump"/></a:rPr>'
    shapes = picture + shape("here", 'title="t" descr="d"', link) + shape("next", "", jump)
    arrows = (
        ("h", "hyperlink", "http://a.example/"),
        ("j", "slide", "slide2.xml"),
        ("i", "image", "http://b.example/x.png"),
    )
    found = read_with(FORMAT, zipped(deck(page(shapes), page(shape("two")), arrows=arrows)))
    assert found.said == {
        "slide=1&alt=1": "a photo",
        "slide=1&link=1": "ppaction://macro?name=Go",
        "slide=1&shape=1": "here",
        "slide=1&shape=1&alt=1": "t",
        "slide=1&shape=1&alt=2": "d",
        "slide=1&shape=1&link=1": "http://a.example/",
        "slide=1&shape=2": "next",
        "slide=2&shape=1": "two",
    }
    assert found.properties["ooxml:external:image"] == ["http://b.example/x.png"]


def test_hidden_shapes_and_groups_are_flagged(read_with: Read, zipped: Zipped) -> None:
    group = (
        '<p:grpSp><p:nvGrpSpPr><p:cNvPr id="9" name="g" hidden="1" descr="of a group"/></p:nvGrpSpPr>'
        + shape("inside")
        + "</p:grpSp>"
    )
    found = read_with(FORMAT, zipped(deck(page(shape("a", 'hidden="1"') + group + shape("seen")))))
    assert found.said["slide=1&alt=1"] == "of a group"
    hidden = [found.said[part] for part, flags in found.flags.items() if flags & Flag.HIDDEN_TEXT]
    assert hidden == ["a", "of a group", "inside"]


def test_a_choice_is_read_once_and_a_fallback_when_it_is_all_there_is(
    read_with: Read, zipped: Zipped
) -> None:
    def either(choice: str, fallback: str) -> str:
        return (
            f"<mc:AlternateContent><mc:Choice>{choice}</mc:Choice>"
            f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"
        )

    shapes = either(shape("new"), shape("old")) + either("", shape("only"))
    assert list(read_with(FORMAT, zipped(deck(page(shapes)))).said.values()) == ["new", "only"]


def test_a_diagram_is_one_more_shape_and_its_drawing_is_not_doubled(read_with: Read, zipped: Zipped) -> None:
    frame = '<p:graphicFrame><a:graphic><dgm:relIds r:dm="d" r:lo="l"/></a:graphic></p:graphicFrame>'
    point = "<dgm:pt><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>"
    arrows = (
        ("d", "diagramData", "../diagrams/data1.xml"),
        ("l", "diagramLayout", "../diagrams/layout1.xml"),
        ("x", "diagramDrawing", "../diagrams/drawing1.xml"),
    )
    points = point.format("步骤一") + "<dgm:pt><dgm:t><a:p/></dgm:t></dgm:pt>" + point.format("步骤二")
    more = {
        "ppt/diagrams/data1.xml": f"<dgm:dataModel {NAMES}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>",
        "ppt/diagrams/layout1.xml": "<l/>",
        "ppt/diagrams/drawing1.xml": page(shape("步骤一"), "p:drawing"),
    }
    parts = deck(page(frame + shape("after")), arrows=arrows)
    found = read_with(FORMAT, zipped(parts | more))
    assert found.said == {"slide=1&shape=1": "after", "slide=1&shape=2": "步骤一\n步骤二"}
    assert found.members == {}
    broken = read_with(FORMAT, zipped(parts | more | {"ppt/diagrams/data1.xml": "<dgm"}))
    assert "ppt/diagrams/drawing1.xml" in broken.members
    assert broken.partial == [Reason.DAMAGED_PART]


def test_words_typed_beside_a_page_number_of_the_notes_are_kept(read_with: Read, zipped: Zipped) -> None:
    number = '<a:p><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p></p:txBody>'
    typed = shape("机密 ", holder="sldNum").replace("</p:txBody>", number)
    alone = shape("", holder="sldNum").replace("<a:r><a:t></a:t></a:r>", "").replace("</p:txBody>", number)
    arrows = (("n", "notesSlide", "../notesSlides/notesSlide1.xml"),)
    for shapes, expected in ((typed, ["机密 \n7"]), (alone, [])):
        parts = deck(page(shape("x")), arrows=arrows)
        parts["ppt/notesSlides/notesSlide1.xml"] = page(shapes, root="p:notes")
        found = read_with(FORMAT, zipped(parts))
        assert [text for part, text in found.said.items() if "notes" in part] == expected


def test_comments_of_both_kinds_are_read_with_their_authors(read_with: Read, zipped: Zipped) -> None:
    arrows = (("c", "comments", "../comments/comment1.xml"), ("m", "comments", "../comments/modern.xml"))
    body = "<a:p><a:r><a:t>{}</a:t></a:r></a:p>"
    more = {
        "ppt/comments/comment1.xml": (
            f'<p:cmLst {NAMES}><p:cm authorId="0" dt="2019-03-13T15:04:00">'
            '<p:pos x="1" y="1"/><p:text>旧批注</p:text></p:cm></p:cmLst>'
        ),
        "ppt/comments/modern.xml": (
            f'<m:cmLst xmlns:m="urn:m" {NAMES}><m:cm authorId="{{1}}"><m:replyLst><m:reply authorId="0"><m:txBody>'
            f"{body.format('answer')}</m:txBody></m:reply></m:replyLst><m:txBody>{body.format('one')}"
            f"{body.format('two')}</m:txBody></m:cm></m:cmLst>"
        ),
        "ppt/commentAuthors.xml": f'<p:cmAuthorLst {NAMES}><p:cmAuthor id="0" name="甲" initials="J"/></p:cmAuthorLst>',
        "ppt/authors.xml": '<m:authorLst xmlns:m="urn:m"><m:author id="{1}" name="乙"/></m:authorLst>',
    }
    parts = deck(page(shape("x")), arrows=arrows) | more
    parts["ppt/_rels/presentation.xml.rels"] = relations(
        ("r1", "slide", "slides/slide1.xml"),
        ("r2", "commentAuthors", "commentAuthors.xml"),
        ("r3", "authors", "authors.xml"),
    )
    found = read_with(FORMAT, zipped(parts))
    assert found.said == {
        "slide=1&shape=1": "x",
        "slide=1&comment=1&author=1": "甲",
        "slide=1&comment=1&initials=1": "J",
        "slide=1&comment=1&date=1": "2019-03-13T15:04:00",
        "slide=1&comment=1": "旧批注",
        "slide=1&comment=2&author=1": "乙",
        "slide=1&comment=2": "one\ntwo",
        "slide=1&comment=3&author=1": "甲",
        "slide=1&comment=3&initials=1": "J",
        "slide=1&comment=3": "answer",
    }
    assert found.properties["ooxml:comment-author"] == ["甲", "乙"]
    assert found.members == {}


def test_own_texts_of_masters_and_layouts_come_without_their_prompts(read_with: Read, zipped: Zipped) -> None:
    parts = deck(page(shape("x")))
    parts["ppt/_rels/presentation.xml.rels"] = relations(
        ("r1", "slide", "slides/slide1.xml"), ("r2", "slideMaster", "slideMasters/slideMaster1.xml")
    )
    date = shape("2016/7/1", holder="dt")
    field = date.replace("a:r>", "a:fld>")
    master = (
        shape("click to edit", holder="title")
        + shape("内部资料")
        + shape("机密", holder="ftr")
        + field
        + date
    )
    parts |= {
        "ppt/slideMasters/slideMaster1.xml": page(master, "p:sldMaster"),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": relations(
            ("l", "slideLayout", "../slideLayouts/slideLayout1.xml")
        ),
        "ppt/slideLayouts/slideLayout1.xml": page(shape("第一局"), "p:sldLayout"),
    }
    found = read_with(FORMAT, zipped(parts))
    assert found.said == {
        "slide=1&shape=1": "x",
        "master=1&shape=1": "内部资料",
        "master=1&shape=2": "机密",
        "master=1&shape=3": "2016/7/1",
        "layout=1&shape=1": "第一局",
    }
    assert found.kinds["master=1&shape=2"] is PieceKind.FOOTER


def test_slides_are_in_the_order_shown_and_dropped_ones_follow(read_with: Read, zipped: Zipped) -> None:
    parts = deck(page(shape("first in the file")), page(shape("second in the file")), page(shape("third")))
    parts["ppt/presentation.xml"] = (
        f'<p:presentation {NAMES}><p:sldIdLst><p:sldId r:id="r3"/><p:sldId r:id="r1"/></p:sldIdLst></p:presentation>'
    )
    found = read_with(FORMAT, zipped(parts))
    assert list(found.said.values()) == ["third", "first in the file", "second in the file"]
    assert found.flags["slide=3&shape=1"] == Flag.HIDDEN_TEXT
    assert found.flags["slide=2&shape=1"] == Flag.NONE


def test_breaks_fields_and_formulas_are_part_of_the_text(read_with: Read, zipped: Zipped) -> None:
    body = (
        "<p:sp><p:txBody><a:p><a:r><a:t>one</a:t></a:r><a:br/><a:fld><a:t>2016</a:t></a:fld>"
        '<a:pPr><a:tabLst><a:tab pos="1"/></a:tabLst></a:pPr></a:p>'
        '<a:p><m:r xmlns:m="urn:m"><m:t>x+y</m:t></m:r></a:p></p:txBody></p:sp>'
    )
    assert read_with(FORMAT, zipped(deck(page(body)))).said == {"slide=1&shape=1": "one\n2016\nx+y"}


def test_embedded_files_and_macros_are_members(read_with: Read, zipped: Zipped) -> None:
    more = {
        "ppt/embeddings/a.xlsx": b"book",
        "ppt/vbaProject.bin": b"macro",
        "ppt/charts/chart1.xml": b"<c/>",
        "ppt/media/a.mp3": b"sound",
    }
    found = read_with(FORMAT, zipped(deck(page(shape("x"))) | more | {"ppt/presProps.xml": "<p/>"}))
    assert found.members == more


def test_a_slide_that_breaks_off_costs_only_its_rest(read_with: Read, zipped: Zipped) -> None:
    whole = page(shape("one") + shape("two"))
    broken = whole[: whole.index("two")]
    found = read_with(FORMAT, zipped(deck(broken, page(shape("three")))))
    assert list(found.said.values()) == ["one", "three"]
    assert (found.ended, found.partial) == (None, [Reason.DAMAGED_PART])


def test_a_deck_that_arrived_cut_short_gives_what_arrived(read_with: Read) -> None:
    data = WORLD.data or b""
    found = read_with(FORMAT, data[: data.index(b"PK\1\2")])
    assert found.said["slide=1&shape=1"] == "登记工作"
    assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert read_with(FORMAT, b"PK\3\4").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_a_broken_list_of_slides_still_gives_the_slides(read_with: Read, zipped: Zipped) -> None:
    parts = deck(page(shape("one")), page(shape("two")))
    parts["ppt/presentation.xml"] = "<p:presentation"
    found = read_with(FORMAT, zipped(parts))
    assert list(found.said.values()) == ["one", "two"]
    assert set(found.flags.values()) == {Flag.NONE}
    assert found.ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_entities_refuse_the_deck(read_with: Read) -> None:
    inside = zips.entries(WORLD.data or b"")
    text = inside["ppt/slides/slide1.xml"].decode()
    head, rest = text.split("\n", 1)
    inside["ppt/slides/slide1.xml"] = (
        f'{head}\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>{rest.replace("第一条", "&e;")}'.encode()
    )
    found = read_with(FORMAT, zips.pack(list(inside.items())))
    assert found.ended == (State.REFUSED, Reason.ENTITY_EXPANSION)


def test_a_bomb_in_a_slide_and_too_many_slides_are_cut_by_the_limits(read_with: Read, zipped: Zipped) -> None:
    bomb = deck(page(shape("first")), page(shape("x" * 4_000) * 1_000))
    found = read_with(FORMAT, zipped(bomb), dataclasses.replace(DEFAULT, expanded_bytes=3 << 20))
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_EXPANDED_BYTES)
    assert found.said["slide=1&shape=1"] == "first"
    many = zipped(deck(*[page(shape("x"))] * 3))
    found = read_with(FORMAT, many, dataclasses.replace(DEFAULT, pages=2))
    assert (found.ended, len(found.said)) == ((State.TRUNCATED, Reason.LIMIT_PAGES), 2)


def test_groups_nested_too_deep_cost_the_rest_of_their_slide(read_with: Read, zipped: Zipped) -> None:
    found = read_with(FORMAT, zipped(deck(page(shape("x") + "<p:grpSp>" * 1_000), page(shape("y")))))
    assert list(found.said.values()) == ["x", "y"]
    assert found.partial == [Reason.LIMIT_DEPTH]


def test_the_sample_is_read_whole(read_with: Read, root: Path) -> None:
    data = (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes()
    found = read_with(FORMAT, data)
    assert (found.ended, found.partial, len(found.said)) == (None, [], 4)


@pytest.mark.corpora
def test_a_public_deck_with_everything_is_read(read_with: Read, corpora: Path) -> None:
    found = read_with(FORMAT, (corpora / "tika" / "testPPT_various2.pptx").read_bytes())
    assert found.said["slide=4&shape=3"] == "SmartList1\nSmartList2"
    assert found.said["slide=1&comment=2"] == "This is a reply to the initial comment"
    assert found.flags["slide=9&shape=1"] == Flag.HIDDEN_TEXT
    assert (found.ended, found.partial) == (None, [])
