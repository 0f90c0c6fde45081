"""Web pages: every block in reading order, hidden ones with a flag, and nothing ever fetched."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proofroom.extract.formats.html import FORMAT
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason
from proofroom.world import texts
from proofroom.world.prose import Prose

if TYPE_CHECKING:
    from conftest import Found, Read

PROSE = Prose("关于登记工作的通知", ["各单位要在月底前完成<核对>。", "谁登记，谁负责。"], date(2015, 6, 12))


def said(read_with: Read, page: str) -> dict[str, str]:
    return read_with(FORMAT, page.encode()).said


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_page_of_the_world_is_read_at_its_addresses(read_with: Read, encoding: str) -> None:
    made = texts.page(PROSE, encoding=encoding, blind=False)
    found = read_with(FORMAT, made.data or b"")
    assert found.said == {fact.part: fact.raw for fact in made.facts}
    assert found.properties["html:title"] == ["关于登记工作的通知"]
    assert found.properties["html:generator"] == ["SYNTHETIC-FICTION"]
    assert found.properties["html:scripts"] == ["1"]
    assert (found.ended, found.partial, found.members) == (None, [], {})


def test_blocks_are_set_as_a_browser_sets_them(read_with: Read) -> None:
    page = (
        "<h1>One</h1>text<p>a <b>bold</b>\n word<br>next<ul><li>x<li>y</ul>"
        "<table><tr><td>r1<td>r2<tr><td>r3</table><pre>  keep\n  this</pre><select><option>o1<option>o2</select>"
    )
    assert list(said(read_with, page).values()) == [
        *("One", "text", "a bold word\nnext", "x", "y", "r1", "r2", "r3", "  keep\n  this", "o1", "o2"),
    ]


def test_a_line_broken_between_han_characters_is_one_word(read_with: Read) -> None:
    assert said(read_with, "<p>第一集训\n   中心 编号\n 17") == {"para=1": "第一集训中心 编号 17"}


def test_hidden_text_stays_with_a_flag_and_only_it(read_with: Read) -> None:
    page = (
        "<p style='DISPLAY : None'>one<p>two<p hidden>three</p><div style='visibility:hidden'><p>four</div>"
        "<template>five</template><p style='mso-hide:all'>six</p><p style='font-size:0.9em'>seven<p>eight"
        "<svg><path style='display:none'/></svg><p>nine"
    )
    found = read_with(FORMAT, page.encode())
    assert [found.said[part] for part, flags in found.flags.items() if flags & Flag.HIDDEN_TEXT] == [
        *("one", "three", "four", "five", "six"),
    ]
    assert list(found.said.values())[-3:] == ["seven", "eight", "nine"]


def test_links_descriptions_and_values_stand_beside_their_block(read_with: Read) -> None:
    page = (
        '<p>see <a href="a.html?x=1&amp;y=2&copy=3">here</a><img alt="a photo" src=p.jpg></p>'
        '<form><input type=hidden name=k value="secret"><input value="张三"></form>'
        "<p>kept <del>gone</del></p><p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字</p>"
    )
    found = read_with(FORMAT, page.encode())
    assert found.said == {
        "para=1": "see here",
        "para=1&link=1": "a.html?x=1&y=2&copy=3",
        "para=1&alt=1": "a photo",
        "para=2&value=1": "secret",
        "para=2&value=2": "张三",
        "para=3": "kept",
        "para=3&deleted=1": "gone",
        "para=4": "漢字",
        "para=4&ruby=1": "かん",
    }
    assert found.flags["para=2&value=1"] == Flag.HIDDEN_TEXT
    assert found.flags["para=3&deleted=1"] == Flag.DELETED
    assert found.properties["html:external"] == ["p.jpg"]


def test_comments_are_pieces_and_scripts_are_not(read_with: Read) -> None:
    page = "<!--[if mso]>old <b>name</b><![endif]--><p>a<script>if (1<2) '<p>no'</script><style>p{}</style><!---->b"
    found = read_with(FORMAT, page.encode())
    assert found.said == {"comment=1": "[if mso]>old <b>name</b><![endif]", "para=1": "ab"}
    assert found.kinds["comment=1"] == PieceKind.COMMENT
    assert found.properties["html:scripts"] == ["1"]


def test_what_lies_elsewhere_is_told_and_what_lies_inside_is_a_member(read_with: Read) -> None:
    picture = base64.b64encode(b"\x89PNG picture").decode()
    page = (
        "<base href='http://a.example/'><iframe src='f.html' srcdoc='<p>inner'></iframe><body background=b.gif>"
        f"<img src='data:image/png;base64,{picture}'><img srcset='1.jpg 1x, 2.jpg 2x'>"
        f"<style>p{{background:url(data:image/gif;base64,{picture})}}</style>"
        '<script type="application/ld+json">{"a":1}</script><p>x'
    )
    found = read_with(FORMAT, page.encode())
    assert found.properties["html:external"] == ["http://a.example/", "f.html", "b.gif", "1.jpg", "2.jpg"]
    assert found.members == {
        "frame-1.html": b"<p>inner",
        "image-1.png": b"\x89PNG picture",
        "image-2.gif": b"\x89PNG picture",
        "script-1.json": b'{"a":1}',
    }


def test_base64_with_a_sign_missing_is_handed_out_as_far_as_it_goes(read_with: Read) -> None:
    found = read_with(FORMAT, b"<img src='data:image/png;base64,QUJDR'>x")
    assert found.members == {"image-1.png": b"ABC"}
    assert found.partial == [Reason.DAMAGED_PART]


@pytest.mark.parametrize(
    "declared", ["iso-8859-1", "utf-8", "windows-1251", "no-such", "unicode_escape", "zlib"]
)
def test_a_wrong_declaration_loses_no_text(read_with: Read, declared: str) -> None:
    text = "各单位要在月底前完成核对，谁登记，谁负责。第一集训中心管理规定，自下发之日起执行。"
    page = f'<meta http-equiv=Content-Type content="text/html; charset={declared}"><p>{text}'
    assert text in read_with(FORMAT, page.encode("gb18030")).said.values()
    assert text in read_with(FORMAT, page.encode()).said.values()


def test_a_right_declaration_decides_where_the_bytes_leave_it_open(read_with: Read) -> None:
    found = read_with(FORMAT, "<meta charset=windows-1257><p>ąžuolas".encode("cp1257"))
    assert found.said == {"para=1": "ąžuolas"}
    found = read_with(FORMAT, "<meta charset=windows-1251><p>Список лиц, ёлка".encode("cp1251"))
    assert found.said == {"para=1": "Список лиц, ёлка"}
    found = read_with(FORMAT, "<meta charset=iso-8859-1><p>été à Zürich, où çà".encode("latin-1"))
    assert found.said == {"para=1": "été à Zürich, où çà"}
    found = read_with(FORMAT, "<meta charset=iso-2022-jp><p>日本語".encode("iso2022_jp"))
    assert found.said == {"para=1": "日本語"}


def test_entities_are_decoded_once(read_with: Read) -> None:
    page = "<p>&lt;b&gt; &amp;lt; &#24352;&#x4e09; &nbsp;&hellip;&nosuch; &#99999999999999; &"
    assert said(read_with, page) == {"para=1": "<b> &lt; 张三 \xa0…&nosuch; \ufffd &"}


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>a<title>never <p>closed", "never"),
        ("<p>a<script>x <p>never closed", "never closed"),
        ("<p>a<a href='never closed>b</a><p>tail", "tail"),
        ("<p>a<b never closed", "never closed"),
        ("<p>a<!-- never closed", "never closed"),
        ("<p>a < b and 1<2 c", "a < b and 1<2 c"),
        ("<script src='x'/><p>after", "after"),
        ("</nothing><p>after</p></p></div>", "after"),
    ],
)
def test_what_never_ends_swallows_nothing(read_with: Read, page: str, text: str) -> None:
    assert text in "\n".join(said(read_with, page).values())


@pytest.mark.parametrize(
    "page",
    [
        b"<div>" * 110_000 + b"x",
        b"<p>" + b"<font>" * 5_000 + b"</p>" * 5_000 + b"x",
        b'<a x="' * 60_000 + b"x",
        b"<a<" * 60_000 + b"x",
        b"<script><title><style>" * 20_000 + b"x",
        b"<!" * 60_000 + b"x",
        b"&#" + b"9" * 100_000 + b";x",
        b"<a " + b"b=c " * 50_000 + b">x",
    ],
)
def test_a_hostile_page_is_read_in_linear_time(read_with: Read, page: bytes) -> None:
    found: Found = read_with(FORMAT, page)
    assert found.ended is None
    assert "x" in "".join(found.said.values())


def test_a_tag_cut_by_a_block_is_one_tag(read_with: Read) -> None:
    page = "<p>" + "x" * ((1 << 18) - 12) + '<a href="a>b' + "c" * 40 + '">link</a><p>after'
    found = read_with(FORMAT, page.encode())
    assert found.said["para=1&link=1"] == "a>b" + "c" * 40
    assert found.said["para=2"] == "after"


def test_the_sample_is_read_whole(read_with: Read, root: Path) -> None:
    found = read_with(FORMAT, (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes())
    assert (found.ended, found.partial, len(found.said)) == (None, [], 10)
    assert list(found.members) == ["image-1.gif"]


@pytest.mark.corpora
def test_public_pages_read_as_people_see_them(read_with: Read, corpora: Path) -> None:
    arabic = read_with(FORMAT, (corpora / "tika/testHTMLNoisyMetaEncoding_1.html").read_bytes())
    assert any("الاتحاد الجزائري" in text for text in arabic.said.values())
    spaced = read_with(FORMAT, (corpora / "tika/boilerplate-whitespace.html").read_bytes())
    assert "有什么需要我帮你的?" in spaced.said["para=4"]


def test_what_a_page_says_to_programs_only_is_kept_with_a_flag(read_with: Read) -> None:
    page = (
        b'<p><span itemprop="name" content="A. Name">x</span><time datetime="2017-03-01">1 March</time>'
        b'<math alttext="a+b"></math><i data-original-title="tip"></i></p>'
    )
    found = read_with(FORMAT, page)
    assert found.said["para=1&value=1"] == "A. Name"
    assert found.said["para=1&value=2"] == "2017-03-01"
    assert found.flags["para=1&value=1"] == Flag.HIDDEN_TEXT
    assert [found.said["para=1&alt=1"], found.said["para=1&alt=2"]] == ["a+b", "tip"]
