"""Word documents: every paragraph at its number, and what hides beside it under its own address."""

from __future__ import annotations

import dataclasses
import warnings
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from proofroom.extract.formats.docx import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State
from proofroom.world import docx, hostile
from proofroom.world.prose import Prose

if TYPE_CHECKING:
    from conftest import Read

    Zipped = Callable[[Mapping[str, str | bytes]], bytes]

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:v="urn:v"'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(*arrows: tuple[str, str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="{number}" Type="{KIND}/{kind}" Target="{target}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if '://' in target else ''}/>"
        for number, kind, target in arrows
    )
    return f'<Relationships xmlns="{RELATIONS}">{inner}</Relationships>'


def parts(body: str, *arrows: tuple[str, str, str]) -> dict[str, str | bytes]:
    return {
        "_rels/.rels": relations(("a", "officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": relations(*arrows),
        "word/document.xml": f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
    }


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


PROSE = Prose(
    "通知",
    ["第一段", "第二段"],
    date(2015, 6, 12),
    author="办公室",
    header="页眉",
    footer="页脚",
    note="脚注",
    table=[["姓名", "编号"], ["甲", "17"]],
    deleted={2: "删去的话"},
    comments={3: "批注"},
)


def test_a_document_of_the_world_is_read_at_its_addresses(read_with: Read) -> None:
    found = read_with(FORMAT, docx.write(PROSE, blind=False).data or b"")
    assert found.said == {
        "para=1": "通知",
        "para=2": "第一段",
        "para=2&deleted=1": "删去的话",
        "para=2&deleted=1&author=1": "办公室",
        "para=2&deleted=1&date=1": "2015-06-12T16:00:00Z",
        "para=3": "第二段",
        "para=3&comment=1&author=1": "办公室",
        "para=3&comment=1&date=1": "2015-06-12T16:05:00Z",
        "para=3&comment=1": "批注",
        **{f"para={number}": text for number, text in enumerate(("姓名", "编号", "甲", "17"), 4)},
        "header=1": "页眉",
        "footer=1": "页脚",
        "note=1": "脚注",
    }
    assert found.flags["para=2&deleted=1"] == Flag.DELETED
    assert found.kinds["note=1"] == PieceKind.NOTE
    assert (found.ended, found.partial, found.members) == (None, [], {})
    assert found.properties["ooxml:creator"] == ["办公室"]
    assert found.properties["ooxml:comment-author"] == ["办公室"]


def test_empty_paragraphs_count_and_are_not_given(read_with: Read, zipped: Zipped) -> None:
    body = paragraph() + paragraph(run(" ")) + paragraph(run("a"), "<w:r><w:tab/><w:br/></w:r>", run("b"))
    assert read_with(FORMAT, zipped(parts(body))).said == {"para=3": "a\t\nb"}


def test_hidden_and_inserted_text_is_flagged(read_with: Read, zipped: Zipped) -> None:
    styles = (
        f'<w:styles {NAMES}><w:style w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="I"><w:basedOn w:val="H"/></w:style>'
        '<w:style w:styleId="J"><w:basedOn w:val="J"/></w:style></w:styles>'
    )
    body = (
        paragraph(run("seen"), run("not", "<w:vanish/>"))
        + paragraph(run("seen", '<w:vanish w:val="0"/>'))
        + paragraph('<w:pPr><w:pStyle w:val="I"/></w:pPr>', run("by style"))
        + paragraph(run("by run", '<w:rStyle w:val="H"/>'))
        + paragraph("<w:ins>", run("new"), "</w:ins>")
        + paragraph("<w:moveFrom>", run("moved"), "</w:moveFrom>")
    )
    found = read_with(
        FORMAT, zipped(parts(body, ("s", "styles", "styles.xml")) | {"word/styles.xml": styles})
    )
    hidden = [part for part, flags in found.flags.items() if flags & Flag.HIDDEN_TEXT]
    assert hidden == ["para=1", "para=3", "para=4"]
    assert found.flags["para=5"] == Flag.INSERTED
    assert found.said["para=6&deleted=1"] == "moved"


def test_a_text_box_counts_after_the_paragraph_it_hangs_on_and_once(read_with: Read, zipped: Zipped) -> None:
    box = f"<w:txbxContent>{paragraph(run('in the box'))}</w:txbxContent>"
    both = (
        f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent>"
    )
    body = paragraph(run("before "), f"<w:r>{both}</w:r>", run("after")) + paragraph(run("next"))
    said = read_with(FORMAT, zipped(parts(body))).said
    assert said == {"para=1": "before after", "para=2": "in the box", "para=3": "next"}
    assert list(said) == ["para=1", "para=2", "para=3"]


def test_links_fields_and_descriptions_stand_beside_their_paragraph(read_with: Read, zipped: Zipped) -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>INCLUDETEXT </w:instrText>'
        '<w:instrText>"c:\\\\x"</w:instrText><w:fldChar w:fldCharType="end"/></w:r>'
    )
    link = f'<w:hyperlink r:id="h" w:anchor="top">{run("here")}</w:hyperlink>'
    body = paragraph(field, link, '<w:r><v:shape alt="a photo"/></w:r>')
    arrows = (("h", "hyperlink", "http://a.example/"), ("t", "attachedTemplate", "http://b.example/t"))
    found = read_with(FORMAT, zipped(parts(body, *arrows)))
    assert found.said == {
        "para=1": "here",
        "para=1&field=1": 'INCLUDETEXT "c:\\\\x"',
        "para=1&link=1": "http://a.example/#top",
        "para=1&alt=1": "a photo",
    }
    assert found.properties["ooxml:external:attachedTemplate"] == ["http://b.example/t"]


def test_what_is_not_text_of_the_document_becomes_a_member(read_with: Read, zipped: Zipped) -> None:
    more = {"word/media/image1.png": b"png", "word/embeddings/a.bin": b"ole", "word/vbaProject.bin": b"vba"}
    found = read_with(FORMAT, zipped(parts(paragraph(run("x"))) | more))
    assert found.members == more


def test_a_body_that_breaks_off_gives_what_came_before(read_with: Read, zipped: Zipped) -> None:
    broken = parts(paragraph(run("one")) + paragraph(run("two")))
    broken["word/document.xml"] = (
        str(broken["word/document.xml"]).partition("</w:p><w:p>")[0] + "</w:p><w:p><w:r>"
    )
    found = read_with(FORMAT, zipped(broken | {"word/media/a.png": b"a"}))
    assert found.said == {"para=1": "one"}
    assert found.members == {"word/media/a.png": b"a"}
    assert found.ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_a_file_that_arrived_cut_short_gives_what_arrived(read_with: Read) -> None:
    whole = docx.write(PROSE, blind=False).data or b""
    found = read_with(FORMAT, whole[: whole.index(b"PK\1\2")])
    assert found.said["para=3"] == "第二段"
    assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert read_with(FORMAT, b"PK\3\4").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_entities_refuse_the_document(read_with: Read) -> None:
    found = read_with(FORMAT, hostile.entity_document(blind=False).data or b"")
    assert found.ended == (State.REFUSED, Reason.ENTITY_EXPANSION)
    assert found.said == {}


def test_a_bomb_in_the_body_is_cut_by_the_limit(read_with: Read, zipped: Zipped) -> None:
    limits = dataclasses.replace(DEFAULT, expanded_bytes=3 << 20)
    body = paragraph(run("first")) + paragraph(run("x" * 4_000)) * 1_000
    found = read_with(FORMAT, zipped(parts(body)), limits)
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_EXPANDED_BYTES)
    assert found.said["para=1"] == "first"


def test_elements_nested_too_deep_are_cut_by_the_limit(read_with: Read, zipped: Zipped) -> None:
    found = read_with(FORMAT, zipped(parts(paragraph(run("x")) + "<w:sdt>" * 1_000)))
    assert found.said == {"para=1": "x"}
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_DEPTH)


def test_damage_to_a_note_costs_only_the_note(read_with: Read) -> None:
    whole = docx.write(PROSE, blind=False).data or b""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<broken" if name == "word/footnotes.xml" else old.read(name))
    found = read_with(FORMAT, out.getvalue())
    assert "para=3" in found.said
    assert (found.partial, found.ended) == ([Reason.DAMAGED_PART], None)


def test_the_sample_is_read_whole(read_with: Read, root: Path) -> None:
    data = (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes()
    found = read_with(FORMAT, data)
    assert (found.ended, found.partial, len(found.said)) == (None, [], 16)


def test_of_two_parts_with_one_name_neither_is_lost(read_with: Read) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the name is there already is what this is about
        archive.writestr("word/document.xml", parts(paragraph(run("first")))["word/document.xml"])
        for name, data in parts(paragraph(run("second"))).items():
            archive.writestr(name, data)
    found = read_with(FORMAT, out.getvalue())
    assert "second" in found.said.values()
    assert b"first" in found.members["word/document.xml"]


NUMBERING = (
    f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:numFmt w:val="lowerRoman"/><w:isLgl/><w:lvlText w:val="%1.%2)"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:numFmt w:val="bullet"/><w:lvlText w:val="*"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/>'
    "</w:lvlOverride></w:num></w:numbering>"
)


def listed(text: str, use: int | str, level: int | str = 0) -> str:
    marks = f'<w:ilvl w:val="{level}"/><w:numId w:val="{use}"/>'
    return paragraph(f"<w:pPr><w:numPr>{marks}</w:numPr></w:pPr>", run(text))


def test_paragraphs_of_lists_stand_under_the_number_word_shows(read_with: Read, zipped: Zipped) -> None:
    styles = (
        f'<w:styles {NAMES}><w:style w:type="paragraph" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/>'
        '</w:numPr></w:pPr></w:style><w:style w:styleId="M"><w:basedOn w:val="L"/></w:style></w:styles>'
    )
    body = (
        listed("a", 1) + listed("b", 1, 1) + listed("c", 1, 2) + listed("d", 1, 1) + listed("e", 1)
        + paragraph('<w:pPr><w:pStyle w:val="M"/></w:pPr>', run("by style"))
        + listed("again", 2) + listed("none", 0) + listed("odd", "x", "y") + listed("far", 1, 8)
    )  # fmt: skip
    more = {"word/numbering.xml": NUMBERING, "word/styles.xml": styles}
    arrows = (("n", "numbering", "numbering.xml"), ("s", "styles", "styles.xml"))
    found = read_with(FORMAT, zipped(parts(body, *arrows) | more))
    labels = {part: text for part, text in found.said.items() if part.endswith("&label=1")}
    assert labels == {
        "para=1&label=1": "第一条",
        "para=2&label=1": "1.1)",
        "para=4&label=1": "1.2)",
        "para=5&label=1": "第二条",
        "para=6&label=1": "第三条",
        "para=7&label=1": "第七条",
    }
    assert found.ended is None


def test_a_numbering_that_goes_in_circles_ends(read_with: Read, zipped: Zipped) -> None:
    circle = (
        f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="L"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    styles = (
        f'<w:styles {NAMES}><w:style w:styleId="L"><w:basedOn w:val="L"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>'
    )
    more = {"word/numbering.xml": circle, "word/styles.xml": styles}
    arrows = (("n", "numbering", "numbering.xml"), ("s", "styles", "styles.xml"))
    found = read_with(FORMAT, zipped(parts(listed("a", 1), *arrows) | more))
    assert (found.said, found.ended) == ({"para=1": "a"}, None)


def test_a_change_names_who_made_it_and_when(read_with: Read, zipped: Zipped) -> None:
    by = 'w:author="甲" w:date="2016-01-02T03:04:00Z"'
    gone = f"<w:del {by}><w:r><w:delText>one</w:delText></w:r></w:del>"
    other = '<w:del w:author="乙"><w:r><w:delText>two</w:delText></w:r></w:del>'
    body = paragraph(gone, gone, other, f"<w:ins {by}>", run("new"), "</w:ins>")
    found = read_with(FORMAT, zipped(parts(body)))
    assert found.said == {
        "para=1": "new",
        "para=1&author=1": "甲",
        "para=1&date=1": "2016-01-02T03:04:00Z",
        "para=1&deleted=1": "oneone",
        "para=1&deleted=1&author=1": "甲",
        "para=1&deleted=1&date=1": "2016-01-02T03:04:00Z",
        "para=1&deleted=2": "two",
        "para=1&deleted=2&author=1": "乙",
    }
    assert found.properties["ooxml:revision-author"] == ["甲", "乙"]


def test_a_reply_names_the_comment_it_answers_and_the_time_in_utc(read_with: Read, zipped: Zipped) -> None:
    comments = (
        f'<w:comments {NAMES} xmlns:x="urn:x"><w:comment w:id="0" w:author="甲" w:initials="J">'
        f'<w:p x:paraId="A">{run("first")}</w:p></w:comment>'
        f'<w:comment w:id="1" w:author="乙"><w:p x:paraId="B">{run("answer")}</w:p></w:comment></w:comments>'
    )
    extended = '<e xmlns="urn:x"><commentEx paraId="A" done="1"/><commentEx paraId="B" paraIdParent="A"/></e>'
    body = paragraph('<w:commentRangeStart w:id="0"/><w:commentRangeStart w:id="1"/>', run("text"))
    more = {
        "word/c.xml": comments,
        "word/e.xml": extended,
        "word/i.xml": '<e xmlns="urn:x"><commentId paraId="B" durableId="7"/></e>',
        "word/u.xml": '<e xmlns="urn:x"><commentExtensible durableId="7" dateUtc="2020-01-01T00:00:00Z"/></e>',
        "word/p.xml": (
            '<p xmlns="urn:x"><person author="甲"><presenceInfo providerId="AD" userId="S-1-5"/></person></p>'
        ),
    }
    arrows = (
        ("c", "comments", "c.xml"),
        ("e", "commentsExtended", "e.xml"),
        ("i", "commentsIds", "i.xml"),
        ("u", "commentsExtensible", "u.xml"),
        ("p", "people", "p.xml"),
    )
    found = read_with(FORMAT, zipped(parts(body, *arrows) | more))
    assert found.said == {
        "para=1": "text",
        "para=1&comment=1": "first",
        "para=1&comment=1&author=1": "甲",
        "para=1&comment=1&initials=1": "J",
        "para=1&comment=1&done=1": "1",
        "para=1&comment=2": "answer",
        "para=1&comment=2&author=1": "乙",
        "para=1&comment=2&answers=1": "para=1&comment=1",
        "para=1&comment=2&utc=1": "2020-01-01T00:00:00Z",
    }
    assert found.properties["ooxml:person"] == ["甲 AD:S-1-5"]


def test_settings_tell_revision_ids_variables_and_fonts(read_with: Read, zipped: Zipped) -> None:
    settings = (
        f'<w:settings {NAMES}><w:rsids><w:rsidRoot w:val="00AA"/><w:rsid w:val="00AA"/><w:rsid w:val="00BB"/>'
        '</w:rsids><w:docVars><w:docVar w:name="path" w:val="d:\\x"/></w:docVars></w:settings>'
    )
    body = (
        '<w:p w:rsidR="00aa" w:rsidRDefault="00CC">'
        + run("abc", '<w:rFonts w:ascii="Arial" w:eastAsia="宋体"/><w:lang w:val="zh-CN"/>')
        + run("县", '<w:rFonts w:ascii="Arial" w:eastAsia="宋体"/>')
        + '<w:bookmarkStart w:id="0" w:name="_GoBack"/></w:p>'
    )
    more = {"word/settings.xml": settings}
    found = read_with(FORMAT, zipped(parts(body, ("s", "settings", "settings.xml")) | more))
    told = found.properties
    assert told["ooxml:rsid"] == ["00AA", "00BB"]
    assert (told["ooxml:rsid-root"], told["ooxml:rsid-unlisted"]) == (["00AA"], ["00CC"])
    assert told["ooxml:variable"] == ["path=d:\\x"]
    assert told["font:used"] == [
        "Arial (3 characters, first para=1)",
        "宋体 (1 characters, first para=1)",
    ]
    assert (told["ooxml:language"], told["ooxml:bookmark"]) == (["zh-CN"], ["_GoBack"])


def test_building_blocks_fields_for_entries_and_pictures_have_their_places(
    read_with: Read, zipped: Zipped
) -> None:
    blocks = (
        f'<w:glossaryDocument {NAMES}><w:docParts><w:docPart><w:docPartPr><w:name w:val="greeting"/></w:docPartPr>'
        f"<w:docPartBody>{paragraph(run('Dear'))}</w:docPartBody></w:docPart></w:docParts></w:glossaryDocument>"
    )
    choice = '<w:sdt><w:sdtPr><w:alias w:val="Sex"/><w:dropDownList><w:listItem w:displayText="男"/>'
    body = (
        f"{choice}</w:dropDownList></w:sdtPr><w:sdtContent>{paragraph(run('选'))}</w:sdtContent></w:sdt>"
        + paragraph('<w:r><w:drawing><a:blip xmlns:a="urn:a" r:embed="i"/></w:drawing></w:r>')
        + paragraph(
            '<w:r><w:object><o:OLEObject xmlns:o="urn:o" ProgID="Package" r:id="o"/></w:object></w:r>'
        )
    )
    arrows = (
        ("g", "glossaryDocument", "glossary/document.xml"),
        ("i", "image", "media/a.png"),
        ("o", "oleObject", "embeddings/a.bin"),
    )
    members: dict[str, str | bytes] = {"word/media/a.png": b"png", "word/embeddings/a.bin": b"ole"}
    found = read_with(FORMAT, zipped(parts(body, *arrows) | members | {"word/glossary/document.xml": blocks}))
    assert found.said == {
        "para=1": "选",
        "para=1&value=1": "Sex",
        "para=1&value=2": "男",
        "para=2&picture=1": "word/media/a.png",
        "para=3&object=1": "Package word/embeddings/a.bin",
        "autotext=1&para=1": "Dear",
        "autotext=1&para=1&value=1": "greeting",
    }
    assert found.members == members
