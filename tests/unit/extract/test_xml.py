"""XML: the text and attributes of every element, in any encoding; bombs refused, nothing fetched."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proofroom.extract.formats.xml import FORMAT
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.world import hostile

if TYPE_CHECKING:
    from conftest import Read


def test_texts_and_attributes_stand_under_the_number_of_their_element(read_with: Read) -> None:
    page = '<list year="2015"><person id="1"><name>张三</name><id>17</id></person><empty/><!-- c --></list>'
    found = read_with(FORMAT, page.encode())
    assert found.said == {
        "para=1&attribute=year": "2015",
        "para=2&attribute=id": "1",
        "para=3": "张三",
        "para=4": "17",
        "comment=1": "c",
    }
    assert found.kinds["comment=1"] == PieceKind.COMMENT
    assert found.properties["xml:root"] == ["list"]
    assert (found.ended, found.partial) == (None, [])


@pytest.mark.parametrize(
    "encoding", ["gb18030", "gbk", "big5", "utf-16", "utf-16-le", "utf-8-sig", "shift_jis"]
)
def test_encodings_that_the_parser_does_not_know_are_read(read_with: Read, encoding: str) -> None:
    text = "登記人員名簿"
    page = f'<?xml version="1.0" encoding="{encoding}"?>\n<a><b>{text}</b></a>'
    assert read_with(FORMAT, page.encode(encoding)).said == {"para=1": text}


def test_a_wrong_declaration_loses_no_text(read_with: Read) -> None:
    page = '<?xml version="1.0" encoding="UTF-8"?><a>各单位要在月底前完成核对，谁登记，谁负责。</a>'
    assert read_with(FORMAT, page.encode("gbk")).said == {
        "para=1": "各单位要在月底前完成核对，谁登记，谁负责。"
    }


def test_a_sentence_with_tags_in_it_stays_together(read_with: Read) -> None:
    page = (
        "<d><t>See <b>the</b> <i>list</i> here</t><t><b>First</b> word</t><r><c>1</c> <c>2</c></r>"
        '<w:p xmlns:w="u"><w:r><w:t>un</w:t></w:r><w:r><w:tab/><w:t>known</w:t></w:r></w:p></d>'
    )
    assert list(read_with(FORMAT, page.encode()).said.values()) == [
        *("See the list here", "First word", "1", "2", "un\tknown"),
    ]


def test_a_paragraph_inside_another_and_its_attributes_keep_their_numbers(read_with: Read) -> None:
    page = '<p a="1">before<p b="2">inner</p>after</p>'
    assert read_with(FORMAT, page.encode()).said == {
        "para=1&attribute=a": "1",
        "para=1": "before",
        "para=2&attribute=b": "2",
        "para=2": "inner",
        "para=3": "after",
    }


def test_two_attributes_of_one_local_name_are_told_apart(read_with: Read) -> None:
    page = '<a xmlns:x="u:x" xmlns:y="u:y" x:n="1" y:n="2">t</a>'
    assert read_with(FORMAT, page.encode()).said == {
        "para=1&attribute=n": "1",
        "para=1&attribute=u:y%20n": "2",
        "para=1": "t",
    }


def test_base64_of_office_and_pictures_of_drawings_are_members(read_with: Read) -> None:
    data = base64.b64encode(b"picture").decode()
    page = (
        f'<s><binData name="wordml://1.png">{data[:4]}\n{data[4:]}</binData>'
        f'<image href="data:image/jpeg;base64,{data}"/><text>data: a, b</text></s>'
    )
    found = read_with(FORMAT, page.encode())
    assert found.members == {"data-1.png": b"picture", "image-1.jpg": b"picture"}
    assert found.said["para=3"] == "data: a, b"


@pytest.mark.parametrize("made", [hostile.external_entity(), hostile.entity_bomb()])
def test_a_document_of_the_world_whose_entities_multiply_or_lie_elsewhere_is_refused(
    read_with: Read, made: hostile.Made
) -> None:
    assert read_with(FORMAT, made.data or b"").ended == (State.REFUSED, Reason.ENTITY_EXPANSION)


@pytest.mark.parametrize("elsewhere", ["", 'PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://a.example/svg.dtd" '])
def test_short_entities_as_illustrator_writes_them_are_resolved(read_with: Read, elsewhere: str) -> None:
    page = (
        f'<!DOCTYPE svg {elsewhere}[<!ENTITY ns_svg "http://www.w3.org/2000/svg"><!ENTITY gap "&#160;">'
        f"<!ENTITY long '{'x' * 256}'>]>"
        '<svg xmlns="&ns_svg;"><text id="a&gap;b">第一&gap;集训</text>'
        "<text>see &ns_svg;</text><text>&long;</text></svg>"
    )
    found = read_with(FORMAT, page.encode())
    assert found.said == {
        "para=1&attribute=id": "a\xa0b",
        "para=1": "第一\xa0集训",
        "para=2": "see http://www.w3.org/2000/svg",
        "para=3": "x" * 256,
    }
    assert (found.ended, found.partial) == (None, [])


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY z "z"><!ENTITY e "&z;&z;">',
        '<!ENTITY z "z"><!ENTITY e "&#38;z;&#38;z;">',
        f'<!ENTITY e "{"x" * 257}">',
        '<!ENTITY % z "z"><!ENTITY e "e">',
        '<!ENTITY e "&#37;z;">',
        '<!ENTITY e SYSTEM "file:///etc/passwd">',
        '<!ENTITY e PUBLIC "x" "http://a.example/x">',
        '<!NOTATION n SYSTEM "n"><!ENTITY e SYSTEM "http://a.example/x" NDATA n>',
        "".join(f'<!ENTITY e{number} "x">' for number in range(201)),
    ],
)
def test_entities_that_nest_or_are_long_or_many_or_lie_elsewhere_are_refused(
    read_with: Read, entities: str
) -> None:
    page = f"<!DOCTYPE r [{entities}]><r>&e;</r>"
    found = read_with(FORMAT, page.encode())
    assert (found.ended, found.said) == ((State.REFUSED, Reason.ENTITY_EXPANSION), {})


def test_an_entity_defined_elsewhere_is_a_gap_and_everybodys_is_a_sign(read_with: Read) -> None:
    found = read_with(
        FORMAT, b'<!DOCTYPE a SYSTEM "http://a.example/x.dtd"><a>one&nbsp;two &unknown; three</a>'
    )
    assert found.said == {"para=1": "one\xa0two &unknown; three"}
    assert found.properties["xml:external"] == ["http://a.example/x.dtd"]
    assert (found.ended, found.partial) == (None, [Reason.EXTERNAL_PART])


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<a><b>one</b><c>two</a></c><d>three</d>", Reason.NOT_WELL_FORMED),
        ("<a><b>one</b> two & three <d>three</d></a>", Reason.NOT_WELL_FORMED),
        ("<a><x:b>one</x:b><d>three</d></a>", Reason.NOT_WELL_FORMED),
        ("<a>one</a><a>three</a>", Reason.NOT_WELL_FORMED),
        ("<a><b>one</b><d>three", Reason.CUT_SHORT),
    ],
)
def test_what_follows_a_damage_is_read_all_the_same(read_with: Read, page: str, reason: Reason) -> None:
    found = read_with(FORMAT, page.encode())
    assert {"one", "three"} <= set(" ".join(found.said.values()).split())
    assert found.ended == (State.DAMAGED, reason)


def test_characters_that_no_xml_may_hold_cost_only_themselves(read_with: Read) -> None:
    found = read_with(FORMAT, b"<a><b>one\x0btwo</b><c>three\x1f</c></a>")
    assert found.said == {"para=1": "one\ufffdtwo", "para=2": "three\ufffd"}
    assert (found.ended, found.partial) == (None, [Reason.DAMAGED_PART])


def test_elements_nested_too_deep_are_cut_by_the_limit(read_with: Read) -> None:
    found = read_with(FORMAT, b"<r>text" + b"<a>" * 100_000)
    assert found.said == {"para=1": "text"}
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_DEPTH)


def test_a_text_and_an_attribute_of_megabytes_are_whole(read_with: Read) -> None:
    found = read_with(FORMAT, b'<a b="' + b"x" * 5_000_000 + b'">' + b"y" * 5_000_000 + b"</a>")
    assert len(found.said["para=1&attribute=b"]) + len(found.said["para=1&attribute=b&part=2"]) == 5_000_000
    assert len(found.said["para=1"]) + len(found.said["para=1&part=2"]) == 5_000_000


def test_a_drawing_gives_its_texts(read_with: Read) -> None:
    page = b'<svg xmlns="http://www.w3.org/2000/svg"><title>plan</title><text x="1">floor <tspan>2</tspan></text></svg>'
    assert [text for part, text in read_with(FORMAT, page).said.items() if "attribute" not in part] == [
        *("plan", "floor 2"),
    ]


@pytest.mark.parametrize(
    "page", [b"<a", b"<", b"<?xml", b"<!DOCTYPE a [", b"<a b=c>x</a>", b"\xff\xfe<\0", b"<a>\0"]
)
def test_a_stump_ends_in_a_state(read_with: Read, page: bytes) -> None:
    assert read_with(FORMAT, page).ended is not None


def test_the_sample_is_read_whole(read_with: Read, root: Path) -> None:
    found = read_with(FORMAT, (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes())
    assert (found.ended, found.partial, len(found.said)) == (None, [], 6)


@pytest.mark.corpora
def test_a_word_document_in_xml_reads_paragraph_by_paragraph(read_with: Read, corpora: Path) -> None:
    found = read_with(FORMAT, (corpora / "tika/testWORD2003.xml").read_bytes())
    assert {"R1 c1", "Text box", "Mycomment", "myEndNote"} <= set(found.said.values())
    assert any(name.endswith(".jpg") and data[:2] == b"\xff\xd8" for name, data in found.members.items())
