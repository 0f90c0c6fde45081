"""The two ways of reading a sheet, by regexes and by a parser, give the same cells for whatever is fed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hypothesis import example, given
from hypothesis import strategies as st

from proofroom.extract.format import Cells, Line, Texts
from proofroom.extract.ooxml.cell_kinds import CellKinds
from proofroom.extract.ooxml.number_formats import NumberFormats
from proofroom.extract.ooxml.shared_strings import SharedStrings, read_shared_strings
from proofroom.extract.ooxml.sheet import SheetReader
from proofroom.extract.ooxml.text_table import TextTable
from proofroom.model.states import Reason
from proofroom.model.where import column_letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS = SharedStrings(TextTable([b"", b"one", "二".encode(), b"rich", b"a\nb"]), {b"3"})


@dataclass
class Gathered:
    """A sink that keeps the cells of one sheet in their order, and what was said of damage."""

    kept: list[tuple[object, ...]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    partial: set[Reason] = field(default_factory=set)

    def cells(self, sheet: int, cells: Cells) -> None:
        count = len(cells.rows)
        columns = [cells.rows, cells.columns, cells.types, cells.flags, cells.formats]
        texts = [unpacked(one, count) for one in (cells.raw, cells.shown, cells.formulas)]
        self.kept.extend(zip(*columns, *texts, strict=True))

    def merges(self, sheet: int, ranges: Sequence[tuple[int, int, int, int]]) -> None:
        self.merged.extend(ranges)

    def partly(self, reason: Reason) -> None:
        self.partial.add(reason)

    def lines(self, lines: Sequence[Line]) -> None:
        raise AssertionError


def unpacked(column: Texts | None, count: int) -> list[bytes]:
    if column is None:
        return [b""] * count
    ends = column.offsets
    assert len(ends) == count + 1
    return [column.blob[start:end] for start, end in itertools.pairwise(ends)]


def read(blocks: Sequence[bytes], *, fast: bool) -> tuple[object, ...]:
    formats = NumberFormats()
    formats.styles = [formats.add(code) for code in ("General", "0.00", "yyyy-mm-dd", "@", ";;;", "h:mm")]
    sink = Gathered()
    outside = SheetReader(sink, CellKinds(formats), STRINGS, fast=fast).read(1, 0, iter(blocks))  # type: ignore[arg-type]
    pinned = (outside.links, outside.in_cells, outside.headers, outside.shown_pictures)
    return sink.kept, sink.merged, sink.partial, pinned, outside.hidden_at(3, 3), outside.hidden_at(10, 1)


texts = st.sampled_from(
    ["", "0", "1", "3", "7", "42", "-0.5", "1.50", "0.1234567890123456", "123456789012345678", "1E+3", "名单",
     "a&amp;b", "&lt;v&gt;", "&#20108;", "&#x1F600;", "_x000D_", "_x005F_x000D_", "_xD83D__xDE00_", " x ",
     "a\r\nb", "true", "<![CDATA[<c>]]>", "a<!-- c -->b", "]]&gt;", "\u00a0", "&bad;", "&#0;", "]]>", "\x01",
     "\ufffe", 'DISPIMG("ID_1",1)', "0.0", "007", "1_0", "+1", "9" * 40]
)  # fmt: skip
styles = st.sampled_from(
    ["", ' s="0"', ' s="1"', ' s="2"', ' s="3"', ' s="4"', ' s="5"', ' s="99"', ' s="x"']
)
types = st.sampled_from(
    [
        "",
        "",
        ' t="n"',
        ' t="s"',
        ' t="s"',
        ' t="str"',
        ' t="inlineStr"',
        ' t="b"',
        ' t="e"',
        ' t="d"',
        ' t="q"',
    ]
)
odd = st.sampled_from(
    ["", "", "", "", ' vm="1"', ' cm="1"', ' ph="1"', ' xml:space="preserve"', ' s="1"', "\n", " "]
)
formulas = st.sampled_from(
    ["<f>A1+1</f>", "<f>&quot;x&quot;&amp;A1</f>", '<f t="shared" si="0" ref="A1:A9">A1*$B$2</f>',
     '<f t="shared" si="0"/>', '<f t="shared" si="7"/>', '<f t="array" ref="A1">SUM(A1:A2)</f>', "<f/>", "<f></f>",
     '<f ca="1">NOW()</f>', '<f t="dataTable" r1="A1" r2="B1"/>', "<f>", "<f t='shared' si='0'/>"]
)  # fmt: skip


@st.composite
def bodies(draw: st.DrawFn) -> str:
    text = draw(texts)
    formula = draw(st.one_of(st.just(""), st.just(""), formulas))
    value = draw(
        st.sampled_from(
            [f"<v>{text}</v>"] * 6
            + [
                "",
                "<v/>",
                "<v />",
                "<v></v>",
                f'<v xml:space="preserve">{text}</v>',
                f"<is><t>{text}</t></is>",
            ]
            + [
                f'<is><t xml:space="preserve">{text}</t></is>',
                "<is><t/></is>",
                "<is/>",
                text,
                f"<v>{text}</v>\n",
            ]
            + [f"<is><r><rPr><b/></rPr><t>{text}</t></r><rPh sb='0' eb='1'><t>ph</t></rPh></is>"]
            + [f"<v>{text}<x/></v>", f"<v>{text}</v><v>2</v>", f"<is><t>{text}</t><t>b</t></is>"]
            + [f"<v>{text}</v><extLst><ext><v>9</v></ext></extLst>", f"<c>{text}</c>"]
        )
    )
    return formula + value


@st.composite
def cells(draw: st.DrawFn, row: int, column: int) -> str:
    name = f"{column_letters(column)}{row}"
    address = draw(
        st.sampled_from(
            [f' r="{name}"'] * 12 + ["", f" r='{name}'", f' r="{name.lower()}"', ' r="A0"', ' r="ZZZZZ1"']
        )
    )
    attributes = [address, draw(styles), draw(types), draw(odd)]
    if draw(st.integers(0, 12)) == 0:
        attributes = draw(st.permutations(attributes))
    start = "<c" + "".join(attributes)
    body = draw(bodies())
    return f"{start}/>" if not body and draw(st.booleans()) else f"{start}>{body}</c>"


@st.composite
def blocks_of_rows(draw: st.DrawFn, first: int) -> str:
    """Write some rows of the same forms, as programs do, so that the learned regex has its day."""
    count = draw(st.sampled_from([1, 1, 2, 12, 30]))
    columns = draw(st.lists(st.integers(1, 30), max_size=4, unique=True).map(sorted))
    template = [
        (column, draw(styles), draw(types), draw(st.sampled_from(["v", "f", "is"]))) for column in columns
    ]
    attributes = draw(
        st.sampled_from(
            ["", "", ' spans="1:3"', ' hidden="1"', ' ht="0"', ' x14ac:dyDescent="0.2"', ' q:z="1"', "\t"]
        )
    )
    rows = []
    for number in range(first, first + count):
        inside = []
        for column, style, kind, how in template:
            name, text = f"{column_letters(column)}{number}", draw(texts) if count < 3 else str(number)
            body = {
                "v": f"<v>{text}</v>",
                "f": f"<f>A{number}+1</f><v>{text}</v>",
                "is": f"<is><t>{text}</t></is>",
            }[how]
            inside.append(f'<c r="{name}"{style}{kind}>{body}</c>')
        rows.append(f'<row r="{number}"{attributes}>{"".join(inside)}</row>')
    return "".join(rows)


@st.composite
def rows(draw: st.DrawFn, number: int) -> str:
    columns = draw(st.lists(st.integers(1, 30), max_size=5))
    inside = "".join(draw(cells(number, column)) for column in columns)
    address = draw(
        st.sampled_from(
            [f' r="{number}"'] * 8 + ["", ' r="0"', ' r="-3"', f' r="0{number}"', ' r="99999999"', ' r="x"']
        )
    )
    more = draw(st.sampled_from(["", "", ' hidden="1"', ' hidden="true"', ' hidden="0"', ' r="5"', " s='1'"]))
    closed = f"<row{address}{more}/>"
    return closed if not inside and draw(st.booleans()) else f"<row{address}{more}>{inside}</row>"


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    parts, number = [], 1
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.integers(0, 9))
        if kind < 5:
            parts.append(draw(blocks_of_rows(number)))
        elif kind < 9:
            parts.append(draw(rows(number)))
        else:
            parts.append(
                draw(st.sampled_from(["\n", "<!-- no -->", "<?p?>", "x", "<c r='B2'><v>1</v></c>", "</row>"]))
            )
        number += parts[-1].count("</row>") or 1
    data = "".join(parts)
    head = draw(st.sampled_from(["", '<cols><col min="2" max="3" hidden="1"/></cols>', "<sheetPr/>"]))
    tail = draw(
        st.sampled_from(["", '<mergeCells><mergeCell ref="B2:A1"/></mergeCells>', "</sheetData>", "<row/>"])
    )
    names = f'xmlns="{MAIN}" xmlns:x14ac="urn:a"' if draw(st.integers(0, 9)) else f"xmlns='{MAIN}'"
    text = f"<worksheet {names}>{head}<sheetData>{data}</sheetData>{tail}</worksheet>"
    if not draw(st.integers(0, 9)):
        text = text.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    encoding = draw(st.sampled_from(["utf-8"] * 8 + ["utf-16", "iso-8859-1"]))
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding, "xmlcharrefreplace")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    sheet = bytearray(draw(sheets()))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(sheet) - 1))
        sheet[at : at + draw(st.integers(0, 3))] = draw(
            st.sampled_from([b"", b"<", b">", b'"', b"/", b"\0", b"&", b"1"])
        )
    return bytes(sheet)


def cut(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


HEAD = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()
END = b"</sheetData></worksheet>"


@given(damaged(), st.sampled_from([1 << 20, 4_000, 700, 97]))
@example(HEAD + b'<row r="1"><c r="A1"><v>5</c></row>' + END, 97)
@example(HEAD + b'<row r="1"><c r="A1" t="s">5</c></row>' + END, 97)
@example(HEAD + b'<row r="1" hidden="1"><c r="A1" s="1"><v>5</v></c></row>' + END, 97)
@example(HEAD + b'<row r="1"><c r="A1"><f>A1<v>3</v></c></row>' + END, 97)
def test_both_paths_give_the_same_cells(sheet: bytes, size: int) -> None:
    assert read(list(cut(sheet, size)), fast=True) == read(list(cut(sheet, size)), fast=False)


items = st.sampled_from(
    [
        "<si><t>a</t></si>", "<si><t/></si>", "<si/>", '<si><t xml:space="preserve"> b </t></si>', "t", "\n",
        "<si><t>&amp;_x000A_</t></si>", '<si><r><rPr><b/><sz val="9"/></rPr><t>c</t></r><r><t>d</t></r></si>',
        '<si><t>e</t><phoneticPr fontId="1"/></si>', '<si><t>課</t><rPh sb="0" eb="1"><t>カ</t></rPh></si>',
        "<si><t>a</t><t>b</t></si>", "<si>x</si>", "<!-- -->", "<si><t>a<x/>b</t></si>", "<si><t>]]></t></si>",
        "<si><t>\x02</t></si>", "<si><t>&x;</t></si>", "<si><r><t>y</t></si>", "<si ><t>g</t></si>", "<foo/>",
        "<si><t><![CDATA[<si>]]></t></si>", "<si><t>a\r\nb</t></si>", "<si><rPh><t>z</t></rPh></si>",
    ]
)  # fmt: skip


@given(st.lists(items, max_size=12), st.sampled_from([1 << 20, 97, 41]))
def test_both_paths_give_the_same_shared_strings(chosen: list[str], size: int) -> None:
    table = f'<sst xmlns="{MAIN}" count="1">{"".join(chosen)}</sst>'.encode()
    answers = []
    for fast in (True, False):
        failures: list[Reason] = []
        found = read_shared_strings(cut(table, size), failures.append, fast=fast)
        answers.append((found.texts, found.rich, found.hints, found.longest, failures))
    assert answers[0] == answers[1]
