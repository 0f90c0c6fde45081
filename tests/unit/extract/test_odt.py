"""OpenDocument texts: every paragraph at its number, and what hides beside it under its own address."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from odf_by_hand import ODT, SPACES, TYPE, content, letter, p, packed, styles

from proofroom.extract.formats.opendocument import FORMAT
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

HIDDEN = (
    '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="P" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="Q" style:family="paragraph" style:parent-style-name="P"/>'
)
BY = "<dc:creator>办公室</dc:creator><dc:date>2015-06-12T10:00:00</dc:date>"


def test_paragraphs_count_through_headings_tables_and_text_boxes(read_with: Read) -> None:
    body = (
        '<text:h text:outline-level="1">标题</text:h>'
        + p("")
        + p(f"before<draw:frame><draw:text-box>{p('in the box')}</draw:text-box></draw:frame>after")
        + f"<table:table><table:table-row><table:table-cell>{p('A1')}</table:table-cell><table:table-cell>{p('B1')}"
        "</table:table-cell></table:table-row></table:table>" + p("last")
    )
    found = read_with(FORMAT, letter(body))
    assert found.said == {
        "para=1": "标题",
        "para=3": "beforeafter",
        "para=4": "in the box",
        "para=5": "A1",
        "para=6": "B1",
        "para=7": "last",
    }
    assert list(found.said)[1:3] == ["para=3", "para=4"]
    assert (found.ended, found.partial) == (None, [])


def test_white_space_counts_as_the_standard_says(read_with: Read) -> None:
    body = p(
        '\n  one\n  two <text:span> three</text:span><text:s text:c="2"/>x<text:tab/>y<text:line-break/>z  \n'
    )
    assert read_with(FORMAT, letter(body)).said == {"para=1": "one two three  x\ty\nz"}


def test_hidden_text_is_flagged_whatever_hides_it(read_with: Read) -> None:
    body = (
        p("seen")
        + p('seen<text:span text:style-name="H">not</text:span>')
        + p("by paragraph", "P")
        + p("by parent", "Q")
        + f'<text:section text:name="S" text:display="none">{p("in a section")}</text:section>'
        + p('x<text:hidden-paragraph text:condition="ooow:1" text:is-hidden="true"/>')
        + p("seen again")
    )
    found = read_with(FORMAT, letter(body, HIDDEN))
    hidden = [part for part, flags in found.flags.items() if flags & Flag.HIDDEN_TEXT]
    assert hidden == ["para=2", "para=3", "para=4", "para=5", "para=6"]
    assert found.properties["odf:hidden-section"] == ["S"]


def test_fields_give_what_they_show_and_what_they_keep_back(read_with: Read) -> None:
    condition = (
        '<text:conditional-text text:condition="a==1" text:string-value-if-true="yes" '
        'text:string-value-if-false="no">yes</text:conditional-text>'
    )
    hidden = '<text:hidden-text text:condition="1" text:string-value="secret" text:is-hidden="true"/>'
    variable = (
        '<text:user-field-decls><text:user-field-decl office:value-type="string" office:string-value="甲" '
        'text:name="client"/></text:user-field-decls>'
    )
    chosen = (
        '<text:drop-down text:name="D"><text:label text:value="red"/><text:label '
        'text:value="blue"/>red</text:drop-down>'
    )
    body = (
        variable
        + p(f"{condition} {hidden}")
        + p('<text:user-field-get text:name="client">甲</text:user-field-get>')
    )
    found = read_with(FORMAT, letter(body + p(chosen)))
    assert (found.said["para=1"], found.said["para=2"], found.said["para=3"]) == ("yes", "甲", "red")
    assert [found.said[f"para=1&value={n}"] for n in (1, 2, 3)] == ["yes", "no", "secret"]
    assert found.said["para=2&field=1"] == "user-field-get name=client"
    assert [found.said[f"para=3&value={n}"] for n in (1, 2)] == ["red", "blue"]
    assert found.properties["odf:variable"] == ["client=甲"]


def test_comments_stand_at_their_paragraph_with_who_wrote_them_and_when(read_with: Read) -> None:
    first = (
        f"<office:annotation "
        f'office:name="c1">{BY}<meta:creator-initials>办</meta:creator-initials>{p("a")}{p("b")}'
    )
    reply = (
        f'<office:annotation loext:resolved="true" loext:parent-name="c1">{p("answer")}</office:annotation>'
    )
    body = p("one") + p(f"two{first}</office:annotation>{reply} three")
    found = read_with(FORMAT, letter(body))
    assert found.said == {
        "para=1": "one",
        "para=2": "two three",
        "para=2&comment=1&author=1": "办公室",
        "para=2&comment=1&initials=1": "办",
        "para=2&comment=1&date=1": "2015-06-12T10:00:00",
        "para=2&comment=1": "a\nb",
        "para=2&comment=2&done=1": "1",
        "para=2&comment=2&answers=1": "para=2&comment=1",
        "para=2&comment=2": "answer",
    }
    assert found.kinds["para=2&comment=1"] == PieceKind.COMMENT


def test_tracked_changes_keep_what_was_deleted_and_who_did_it(read_with: Read) -> None:
    info = f"<office:change-info>{BY}</office:change-info>"
    tracked = (
        "<text:tracked-changes>"
        f"<text:changed-region "
        f'text:id="d"><text:deletion>{info}{p("删去")}{p("的话")}</text:deletion></text:changed-region>'
        f'<text:changed-region text:id="i"><text:insertion>{info}</text:insertion></text:changed-region>'
        f'<text:changed-region text:id="o"><text:deletion>{info}{p("orphan")}</text:deletion></text:changed-region>'
        "</text:tracked-changes>"
    )
    change = '<text:change text:change-id="d"/>'
    start, end = (f'<text:change-{which} text:change-id="i"/>' for which in ("start", "end"))
    found = read_with(FORMAT, letter(tracked + p(f"one{change}") + p(f"two {start}new{end}")))
    assert found.said == {
        "para=1": "one",
        "para=1&deleted=1": "删去\n的话",
        "para=1&deleted=1&author=1": "办公室",
        "para=1&deleted=1&date=1": "2015-06-12T10:00:00",
        "para=2": "two new",
        "para=2&author=1": "办公室",
        "para=2&date=1": "2015-06-12T10:00:00",
        "deleted=1": "orphan",
        "deleted=1&author=1": "办公室",
        "deleted=1&date=1": "2015-06-12T10:00:00",
    }
    assert found.flags["para=1&deleted=1"] == Flag.DELETED
    assert found.flags["para=2"] == Flag.INSERTED
    assert found.properties["odf:revision-author"] == ["办公室"]


def test_headers_footers_and_notes_have_addresses_of_their_own(read_with: Read) -> None:
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>*</text:note-citation>'
        f"<text:note-body>{p('脚注')}</text:note-body></text:note>"
    )
    master = (
        f'<style:master-page style:name="Standard"><style:header>{p("页眉")}</style:header>'
        f'<style:header-left style:display="false">{p("left")}</style:header-left>'
        f"<style:footer>{p('')}</style:footer><style:footer-first>{p('页脚')}</style:footer-first></style:master-page>"
    )
    parts: dict[str, str | bytes] = {
        "content.xml": content("text", p(f"x{note}y")),
        "styles.xml": styles(master),
    }
    found = read_with(FORMAT, packed(ODT, parts))
    assert found.said == {
        "para=1": "xy",
        "note=1&label=1": "*",
        "note=1": "脚注",
        "header=1": "页眉",
        "header=2": "left",
        "footer=1": "页脚",
    }
    assert found.flags["header=2"] == Flag.HIDDEN_TEXT


def test_lists_and_headings_are_numbered_as_they_are_shown(read_with: Read) -> None:
    numbers = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
        'style:num-suffix="."/><text:list-level-style-number text:level="2" '
        'style:num-format="a" text:display-levels="2" '
        'style:num-prefix="("/></text:list-style><text:list-style style:name="B"><text:list-level-style-bullet '
        'text:level="1" text:bullet-char="*"/></text:list-style>'
    )
    outline = (
        '<text:outline-style><text:outline-level-style text:level="1" '
        'style:num-format="I"/></text:outline-style>'
    )

    def item(inside: str, more: str = "") -> str:
        return f"<text:list-item {more}>{inside}</text:list-item>"

    inner = f"<text:list>{item(p('b1'))}{item(p('b2'))}</text:list>"
    started = item(p("c"), 'text:start-value="7"')
    body = (
        '<text:h text:outline-level="1">H</text:h>'
        f'<text:list text:style-name="L">{item(p("a") + p("more"))}{item(p("b") + inner)}'
        f"{started}<text:list-header>{p('none')}</text:list-header></text:list>"
        f'<text:list text:style-name="B">{item(p("dot"))}</text:list>'
        f'<text:list text:style-name="L" text:continue-numbering="true">{item(p("d"))}</text:list>'
    )
    parts: dict[str, str | bytes] = {
        "content.xml": content("text", body, numbers),
        "styles.xml": styles("", outline),
    }
    said = read_with(FORMAT, packed(ODT, parts)).said
    labels = {said[part.partition("&")[0]]: text for part, text in said.items() if part.endswith("&label=1")}
    assert labels == {"H": "I", "a": "1.", "b": "2.", "b1": "(2.a", "b2": "(2.b", "c": "7.", "d": "8."}


def test_links_pictures_objects_and_descriptions_hang_on_their_paragraph(read_with: Read) -> None:
    picture = (
        "<draw:frame><draw:image "
        'xlink:href="Pictures/1.png"/><svg:title>T</svg:title><svg:desc>D</svg:desc></draw:frame>'
    )
    chart = (
        '<draw:frame><draw:object xlink:href="./Object 1"/><draw:image '
        'xlink:href="./ObjectReplacements/Object 1"/></draw:frame>'
    )
    ruby = "<text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>kan</text:ruby-text></text:ruby>"
    body = p(f'<text:a xlink:href="http://a.example/">here</text:a>{picture}') + p(chart + ruby)
    inner = content("chart", f"<chart:chart><chart:title>{p('Umsatz')}</chart:title></chart:chart>")
    parts: dict[str, str | bytes] = {
        "content.xml": content("text", body),
        "Pictures/1.png": b"png",
        "Object 1/content.xml": inner,
        "ObjectReplacements/Object 1": b"emf",
    }
    found = read_with(FORMAT, packed(ODT, parts))
    assert found.said == {
        "para=1": "here",
        "para=1&link=1": "http://a.example/",
        "para=1&picture=1": "Pictures/1.png",
        "para=1&alt=1": "T",
        "para=1&alt=2": "D",
        "para=2": "漢",
        "para=2&object=1": "Object 1",
        "para=2&picture=1": "ObjectReplacements/Object 1",
        "para=2&ruby=1": "kan",
    }
    assert sorted(found.members) == ["Object 1/content.xml", "ObjectReplacements/Object 1", "Pictures/1.png"]
    assert read_with(FORMAT, found.members["Object 1/content.xml"]).said == {"para=1": "Umsatz"}


def test_form_controls_hang_where_they_are_shown(read_with: Read) -> None:
    forms = (
        '<office:forms><form:form form:name="F"><form:listbox form:id="c1" '
        'form:name="box"><form:option form:label="甲"/>'
        '</form:listbox><form:hidden form:id="c2" form:name="token" form:value="17"/></form:form></office:forms>'
    )
    found = read_with(FORMAT, letter(forms + p('x<draw:control draw:control="c1"/>')))
    assert [found.said[f"para=1&value={n}"] for n in (1, 2)] == ["listbox box", "甲"]
    assert (found.said["value=1"], found.properties["odf:hidden-field"]) == ("hidden token", ["token=17"])


def test_macros_signatures_versions_and_settings_are_told(read_with: Read) -> None:
    module = (
        '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="M">Sub '
        "Main\n\nEnd Sub</script:module>"
    )
    signature = (
        '<document-signatures xmlns="urn:oasis:names:tc:opendocument:xmlns:digitalsignature:1.0"><Signature '
        'xmlns="http://www.w3.org/2000/09/xmldsig#"><Reference '
        'URI="content.xml"/><X509IssuerName>CN=Amt</X509IssuerName>'
        '<date xmlns="http://purl.org/dc/elements/1.1/">2015-06-12</date></Signature></document-signatures>'
    )
    settings = (
        f"<office:document-settings {SPACES}><office:settings><config:config-item "
        f'config:name="PrinterName">\\\\amt\\p1'
        "</config:config-item></office:settings></office:document-settings>"
    )
    versions = (
        '<VL:version-list xmlns:VL="http://openoffice.org/2001/versions-list"><VL:version-entry VL:title="Version1" '
        'VL:comment="before" VL:creator="甲"/></VL:version-list>'
    )
    events = (
        '<office:scripts><office:event-listeners><script:event-listener script:event-name="dom:load" '
        'xlink:href="vnd.sun.star.script:M.Main"/></office:event-listeners></office:scripts>'
    )
    parts: dict[str, str | bytes] = {
        "content.xml": content("text", p("x"), scripts=events),
        "settings.xml": settings,
        "Basic/Standard/M.xml": module,
        "Scripts/python/a.py": b"print()",
        "META-INF/documentsignatures.xml": signature,
        "VersionList.xml": versions,
        "Versions/Version1": b"PK",
    }
    found = read_with(FORMAT, packed(ODT, parts))
    assert found.said == {
        "para=1": "x",
        "macro=1": "M",
        "macro=1&line=1": "Sub Main",
        "macro=1&line=3": "End Sub",
    }
    assert found.properties["odf:macro"] == ["M", "Scripts/python/a.py"]
    assert found.properties["odf:event"] == ["dom:load vnd.sun.star.script:M.Main"]
    assert found.properties["odf:printer"] == ["\\\\amt\\p1"]
    assert found.properties["odf:version"] == ["Version1 甲 before"]
    assert found.properties["odf:signature:issuer"] == ["CN=Amt"]
    assert sorted(found.members) == [
        "META-INF/documentsignatures.xml",
        "Scripts/python/a.py",
        "Versions/Version1",
    ]


def test_a_flat_file_is_read_like_a_package_and_gives_its_pictures(read_with: Read) -> None:
    picture = f"<office:binary-data>{base64.b64encode(b'png').decode()}</office:binary-data>"
    flat = (
        f'<?xml version="1.0"?><office:document {SPACES} office:mimetype="{ODT}"><office:meta>'
        f"<dc:creator>甲</dc:creator></office:meta><office:automatic-styles>{HIDDEN}</office:automatic-styles>"
        f"<office:master-styles><style:master-page><style:header>{p('页眉')}</style:header></style:master-page>"
        f"</office:master-styles><office:body><office:text>{p('hid', 'P')}{p(f'<draw:image>{picture}</draw:image>x')}"
        "</office:text></office:body></office:document>"
    ).encode()
    found = read_with(FORMAT, flat)
    assert found.said == {
        "header=1": "页眉",
        "para=1": "hid",
        "para=2": "x",
        "para=2&picture=1": "embedded/1",
    }
    assert found.flags["para=1"] == Flag.HIDDEN_TEXT
    assert (found.members, found.properties["odf:creator"]) == ({"embedded/1": b"png"}, ["甲"])
    cut = read_with(FORMAT, flat[: flat.index(b"x</text:p>")])
    assert (cut.said["para=1"], cut.ended) == ("hid", (State.DAMAGED, Reason.NOT_WELL_FORMED))


def test_a_text_of_openoffice_1_is_read(read_with: Read) -> None:
    spaces = " ".join(
        f'xmlns:{one}="http://openoffice.org/2000/{one}"' for one in ("office", "text", "style", "table")
    )
    body = (
        "<text:ordered-list "
        'text:style-name="L"><text:list-item><text:p>eins</text:p></text:list-item></text:ordered-list>'
        ""
        "<text:p>zwei<text:footnote><text:footnote-citation>1</text:footnote-citation><text:footnote-body><text:p>fuss"
        '</text:p></text:footnote-body></text:footnote><office:annotation office:author="Amt" '
        'office:create-date="2004-01-02"><text:p>sagt</text:p></office:annotation></text:p>'
    )
    xml = (
        '<!DOCTYPE office:document-content PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "office.dtd">'
        f"<office:document-content {spaces} "
        f'office:class="text"><office:automatic-styles><text:list-style style:name="L">'
        '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/></text:list-style>'
        f"</office:automatic-styles><office:body>{body}</office:body></office:document-content>"
    )
    found = read_with(FORMAT, packed("application/vnd.sun.xml.writer", {"content.xml": xml}))
    assert found.said == {
        "para=1": "eins",
        "para=1&label=1": "1.",
        "para=2": "zwei",
        "para=2&comment=1&author=1": "Amt",
        "para=2&comment=1&date=1": "2004-01-02",
        "para=2&comment=1": "sagt",
        "note=1&label=1": "1",
        "note=1": "fuss",
    }


def test_a_formula_and_a_database_are_read(read_with: Read) -> None:
    formula = (
        f"<math:math {SPACES}><math:semantics><math:mi>E</math:mi><math:mo>=</math:mo><math:mi>m</math:mi>"
        '<math:annotation math:encoding="StarMath 5.0">E = m</math:annotation></math:semantics></math:math>'
    )
    found = read_with(FORMAT, packed(f"{TYPE}formula", {"content.xml": formula}))
    assert found.said == {"para=1": "E = m", "para=1&value=1": "E = m"}
    database = (
        '<db:data-source><db:connection-data><db:server-database db:type="mysql" db:hostname="db.amt.example"/>'
        '<db:login db:user-name="amt"/></db:connection-data></db:data-source>'
        '<db:queries><db:query db:name="all" db:command="SELECT * FROM t"/></db:queries>'
    )
    parts: dict[str, str | bytes] = {
        "content.xml": content("database", database),
        "database/script": b"CREATE",
    }
    found = read_with(FORMAT, packed(f"{TYPE}base", parts))
    assert found.said == {"query=1&name=1": "all", "query=1": "SELECT * FROM t"}
    assert found.properties["odf:database:server-database"] == ["mysql db.amt.example"]
    assert found.members == {"database/script": b"CREATE"}


def test_entities_refuse_a_text_and_a_cut_one_gives_what_came_before(read_with: Read) -> None:
    whole = content("text", p("one") + p("two"))
    bomb = f'<!DOCTYPE x [<!ENTITY z "z"><!ENTITY a "&z;&z;">]>{whole}'
    assert read_with(FORMAT, packed(ODT, {"content.xml": bomb})).ended == (
        State.REFUSED,
        Reason.ENTITY_EXPANSION,
    )
    cut = read_with(FORMAT, packed(ODT, {"content.xml": whole[: whole.index("two") + 2]}))
    assert (cut.said, cut.ended) == (
        {"para=1": "one", "para=2": "tw"},
        (State.DAMAGED, Reason.NOT_WELL_FORMED),
    )
    data = letter(p("one"))
    assert read_with(FORMAT, data[: len(data) // 2]).ended == (State.DAMAGED, Reason.CUT_SHORT)


@pytest.mark.parametrize("depth", [200, 10_000])
def test_deep_nesting_ends_in_a_state(read_with: Read, depth: int) -> None:
    deep = "<text:section>" * depth + p("x") + "</text:section>" * depth
    found = read_with(FORMAT, letter(deep))
    assert found.ended == (None if depth < 250 else (State.TRUNCATED, Reason.LIMIT_DEPTH))


def test_no_two_texts_have_one_address_whatever_stands_on_master_pages(read_with: Read) -> None:
    master = f"<style:master-page>{p('loose')}</style:master-page>"
    parts: dict[str, str | bytes] = {"content.xml": content("text", p("body")), "styles.xml": styles(master)}
    assert read_with(FORMAT, packed(ODT, parts)).said == {"para=1": "body", "para=2": "loose"}


def test_what_lies_elsewhere_is_told_and_never_fetched(read_with: Read) -> None:
    background = (
        '<style:style style:name="B" style:family="paragraph"><style:paragraph-properties>'
        '<style:background-image xlink:href="http://a.example/seen.png"/></style:paragraph-properties></style:style>'
    )
    body = (
        p('<draw:frame><draw:image xlink:href="http://b.example/1.png"/></draw:frame>')
        + '<text:section text:name="S"><text:section-source xlink:href="file:///c:/part.odt"/></text:section>'
        + p('<draw:frame><draw:object xlink:href="file:///c:/chart.ods"/></draw:frame>')
    )
    found = read_with(FORMAT, letter(body, background))
    assert found.properties["odf:external:image"] == ["http://b.example/1.png", "http://a.example/seen.png"]
    assert found.properties["odf:external:section"] == ["file:///c:/part.odt"]
    assert found.properties["odf:external:object"] == ["file:///c:/chart.ods"]
    assert found.members == {}
