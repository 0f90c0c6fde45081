"""What hangs on a PDF beside its lines: annotations, fields, outline, labels, layers, descriptions, actions, XMP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pdf_by_hand import at, edited, written
from pikepdf import Array, Dictionary, Name, Pdf, String

from proofroom.extract.formats.pdf import FORMAT
from proofroom.extract.pages.outline import _numeral
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason

if TYPE_CHECKING:
    from conftest import Read

PAGE = written((at(50, 700, b"a hidden name"), b""), (at(50, 700, b"second"), b""))


def annotated(*notes: dict[str, object]) -> bytes:
    """Put annotations on the first page."""

    def edit(document: Pdf) -> None:
        made = [
            document.make_indirect(Dictionary(Type=Name.Annot, **{"Rect": [40, 690, 240, 720], **note}))
            for note in notes
        ]
        document.pages[0].obj.Annots = Array(made)

    return edited(PAGE, edit)


def test_an_annotation_says_who_wrote_it_when_and_about_what(read_with: Read) -> None:
    note = {
        "Subtype": Name.Highlight,
        "Contents": "说明",
        "T": "王",
        "Subj": "Markup",
        "M": "D:20200102030405Z",
        "CreationDate": "D:20200101000000Z",
        "RC": "<body><p>a <b>rich</b> text</p></body>",
        "State": "Rejected",
    }
    found = read_with(FORMAT, annotated(note))
    about = "page=1&annotation=1"
    assert found.said[about] == "说明"
    assert {part: text for part, text in found.said.items() if part.startswith(f"{about}&")} == {
        f"{about}&kind=1": "Highlight",
        f"{about}&author=1": "王",
        f"{about}&subject=1": "Markup",
        f"{about}&modified=1": "D:20200102030405Z",
        f"{about}&created=1": "D:20200101000000Z",
        f"{about}&state=1": "Rejected",
        f"{about}&rich=1": "a rich text",
    }
    assert found.boxes[about] == (400, 800, 2400, 1100)


def test_a_reply_names_the_annotation_it_replies_to_and_a_popup_that_says_more_is_told(
    read_with: Read,
) -> None:
    def edit(document: Pdf) -> None:
        first = document.make_indirect(Dictionary(Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents="first"))
        popup = document.make_indirect(Dictionary(Subtype=Name.Popup, Rect=[0, 0, 9, 9], Contents="other"))
        second = Dictionary(Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents="no", IRT=first, Popup=popup)
        document.pages[0].obj.Annots = Array([first, document.make_indirect(second), popup])

    found = read_with(FORMAT, edited(PAGE, edit))
    assert found.said["page=1&annotation=2&reply=1"] == "1"
    assert found.said["page=1&annotation=2&popup=1"] == "other"


@pytest.mark.parametrize(
    ("note", "hidden"),
    [
        ({"Subtype": Name.Redact}, True),
        ({"Subtype": Name.Redact, "QuadPoints": [40, 720, 240, 720, 40, 690, 240, 690]}, True),
        ({"Subtype": Name.Square, "IC": [0, 0, 0]}, True),
        ({"Subtype": Name.Square, "IC": [0, 0, 0], "CA": 0.3}, False),
        ({"Subtype": Name.Square}, False),
        ({"Subtype": Name.Redact, "F": 2}, False),
        ({"Subtype": Name.Highlight, "QuadPoints": [40, 720, 240, 720, 40, 690, 240, 690]}, False),
    ],
)
def test_text_under_an_opaque_annotation_is_flagged(
    note: dict[str, object], *, hidden: bool, read_with: Read
) -> None:
    found = read_with(FORMAT, annotated(note))
    assert found.flags["page=1&line=1"] == (Flag.HIDDEN_TEXT if hidden else Flag.NONE)
    assert found.properties.get("pdf:covered-text", []) == (["1"] if hidden else [])


def test_a_field_offers_choices_and_one_that_no_page_shows_is_told(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        shown = document.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Ch, Rect=[0, 0, 9, 9], T="choice", V="b",
                DV="a", TU="Choose", Opt=[String("a"), Array([String("b"), String("Second")])],
            )
        )  # fmt: skip
        unseen = Dictionary(
            FT=Name.Tx, T="group", Kids=[document.make_indirect(Dictionary(T="secret", V="值", DV="0"))]
        )
        document.pages[0].obj.Annots = Array([shown])
        document.Root.AcroForm = Dictionary(Fields=[shown, document.make_indirect(unseen)])

    found = read_with(FORMAT, edited(PAGE, edit))
    assert found.said["page=1&annotation=1"] == "b"
    assert found.said["page=1&annotation=1&default=1"] == "a"
    assert found.said["page=1&annotation=1&tip=1"] == "Choose"
    assert found.said["page=1&annotation=1&option=2"] == "b = Second"
    assert found.said["field=1"] == "值"
    assert found.said["field=1&name=1"] == "group.secret"
    assert found.flags["field=1"] == Flag.HIDDEN_TEXT
    assert "field=2" not in found.said


def test_the_packets_of_an_xfa_form_are_members(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        packets = [String("datasets"), document.make_stream(b"<data>filled in</data>")]
        document.Root.AcroForm = Dictionary(Fields=Array(), XFA=Array(packets))

    found = read_with(FORMAT, edited(PAGE, edit))
    assert found.members == {"xfa/1-datasets.xml": b"<data>filled in</data>"}
    assert found.properties["pdf:form"] == ["XFA"]


def test_the_outline_stands_in_order_and_says_where_it_leads(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        with document.open_outline() as outline:
            from pikepdf import OutlineItem

            first = OutlineItem("第一章", 0)
            first.children.append(OutlineItem("inner", 1))
            outline.root.extend([first, OutlineItem("named", "place")])
        document.Root.Names = Dictionary(
            Dests=Dictionary(Names=[String("place"), Array([document.pages[1].obj, Name.Fit])])
        )

    found = read_with(FORMAT, edited(PAGE, edit))
    assert [text for part, text in found.said.items() if part.startswith("outline")] == [
        "第一章", "page=1", "inner", "page=2", "named", "page=2",
    ]  # fmt: skip


def test_an_outline_and_a_structure_that_hold_themselves_end(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        heading = document.make_indirect(Dictionary(Title="again"))
        heading.Next = heading.First = heading
        document.Root.Outlines = Dictionary(First=heading)
        element = document.make_indirect(Dictionary(Alt="loop"))
        element.K = element
        document.Root.StructTreeRoot = Dictionary(K=element)
        fields = document.make_indirect(Dictionary(T="loop"))
        fields.Kids = Array([fields])
        fields.Parent = fields
        document.Root.AcroForm = Dictionary(Fields=[fields])
        names = document.make_indirect(Dictionary())
        names.Kids = Array([names, names])
        document.Root.Names = Dictionary(EmbeddedFiles=names, JavaScript=names, Dests=names)
        action = document.make_indirect(Dictionary(S=Name.JavaScript, JS="f()"))
        action.Next = Array([action, action])
        document.Root.OpenAction = action

    found = read_with(FORMAT, edited(PAGE, edit))
    assert found.said["outline=1"] == "again"
    assert found.said["alt=1"] == "loop"
    assert found.said["action=1"] == "OpenAction JavaScript: f()"
    assert "outline=2" not in found.said
    assert found.ended is None


def test_labels_of_pages_and_descriptions_of_what_they_show_are_told(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        document.Root.PageLabels = Dictionary(
            Nums=[0, Dictionary(S=Name.r), 1, Dictionary(S=Name.D, P="A-", St=7)]
        )
        figure = Dictionary(S=Name.Figure, Alt="一张照片", Pg=document.pages[1].obj, K=0)
        document.Root.StructTreeRoot = Dictionary(K=Array([document.make_indirect(figure)]))

    found = read_with(FORMAT, edited(PAGE, edit))
    assert found.properties["pdf:page-labels"] == ["1=i; 2=A-7"]
    assert found.said["page=2&alt=1"] == "一张照片"
    assert [_numeral("R", 1999), _numeral("a", 28), _numeral("", 3)] == ["MCMXCIX", "bb", ""]


def layered(document: Pdf) -> None:
    """Give a document a hidden layer, on which text, a form and a group of layers stand."""
    page = document.pages[0].obj
    on = document.make_indirect(Dictionary(Type=Name.OCG, Name="shown"))
    off = document.make_indirect(Dictionary(Type=Name.OCG, Name="草稿"))
    group = document.make_indirect(Dictionary(Type=Name.OCMD, OCGs=[off, on], P=Name.AllOn))
    form = document.make_stream(
        at(50, 500, b"in a form"), Subtype=Name.Form, BBox=[0, 0, 600, 800], OC=off, Resources=page.Resources
    )
    page.Resources.Properties = Dictionary(A=on, B=off, C=group)
    page.Resources.XObject = Dictionary(Fm=form)
    page.Contents = document.make_stream(
        b"/OC /A BDC " + at(50, 700, b"seen") + b"EMC /OC /B BDC " + at(50, 650, b"in a layer")
        + b"EMC /OC /C BDC " + at(50, 600, b"in a group") + b"EMC /Fm Do"
    )  # fmt: skip
    document.Root.OCProperties = Dictionary(OCGs=[on, off], D=Dictionary(OFF=[off]))


def test_text_on_a_hidden_layer_is_given_and_flagged(read_with: Read) -> None:
    found = read_with(FORMAT, edited(PAGE, layered))
    lines = {text: found.flags[part] for part, text in found.said.items() if part.startswith("page=1")}
    assert lines == {
        "seen": Flag.NONE,
        "in a layer": Flag.HIDDEN_TEXT,
        "in a group": Flag.HIDDEN_TEXT,
        "in a form": Flag.HIDDEN_TEXT,
    }
    assert found.properties["pdf:layer"] == ["shown", "草稿 (hidden)"]
    assert found.properties["pdf:hidden-layer-text"] == ["1"]


def test_what_a_document_would_do_is_told_and_never_done(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        script = Dictionary(S=Name.JavaScript, JS=document.make_stream(b"app.alert('run')"))
        launch = Dictionary(S=Name.Launch, Win=Dictionary(F="cmd.exe", P="/c calc"), Next=script)
        document.Root.OpenAction = document.make_indirect(launch)
        document.Root.Names = Dictionary(JavaScript=Dictionary(Names=[String("init"), script]))
        button = Dictionary(
            Subtype=Name.Widget, FT=Name.Btn, T="send", Rect=[0, 0, 9, 9],
            A=Dictionary(S=Name.SubmitForm, F="http://collect.example/"),
        )  # fmt: skip
        page = document.pages[0].obj
        page.Annots = Array([document.make_indirect(button)])
        document.Root.AcroForm = Dictionary(Fields=page.Annots)
        page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS="opened()"))
        document.Root.Unused = document.make_indirect(Dictionary(S=Name.JavaScript, JS="hangs nowhere"))

    found = read_with(FORMAT, edited(PAGE, edit))
    assert found.said["action=1"] == "OpenAction Launch: cmd.exe /c calc"
    assert found.said["action=2"] == "OpenAction JavaScript: app.alert('run')"
    assert found.said["action=3"] == "init JavaScript: app.alert('run')"
    assert found.said["action=4"] == "unused JavaScript: hangs nowhere"
    assert found.said["page=1&action=1"] == "O JavaScript: opened()"
    assert found.said["page=1&annotation=1&action=1"] == "SubmitForm: http://collect.example/"
    assert found.kinds["action=1"] is PieceKind.META
    assert found.properties["pdf:actions"] == ["JavaScript 4", "SubmitForm 1", "Launch 1"]


XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdf:Producer="Other" xmp:CreateDate="2015-07-03T10:15:00+08:00" '
    'xmp:ModifyDate="2016-01-01T00:00:00Z" pdfaid:part="2" pdfaid:conformance="B"/></rdf:RDF></x:xmpmeta>'
)


def test_properties_packets_and_where_they_disagree_are_told(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        document.docinfo["/Producer"] = "One"
        document.docinfo["/CreationDate"] = "D:20150703101500+08'00'"
        document.docinfo["/ModDate"] = "D:20170101000000Z"
        document.docinfo["/Company"] = "单位"
        document.Root.Metadata = document.make_stream(XMP.encode(), Type=Name.Metadata, Subtype=Name.XML)
        document.Root.Lang = String("zh-CN")

    found = read_with(FORMAT, edited(PAGE, edit, compress_streams=True, recompress_flate=True))
    assert found.properties["pdf:Producer"] == ["One"]
    assert found.properties["xmp:Producer"] == ["Other"]
    assert found.properties["pdf:info:Company"] == ["单位"]
    assert found.properties["pdf:disagrees"] == [
        "Producer: One | XMP: Other",
        "ModDate: D:20170101000000Z | XMP: 2016-01-01T00:00:00Z",
    ]
    assert found.properties["pdf:claims"] == ["PDF/A-2b"]
    assert found.properties["pdf:language"] == ["zh-CN"]
    assert found.properties["pdf:font"] == ["Helvetica (Type1, not embedded)"]


def test_a_subset_of_a_font_keeps_its_letters(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        font = document.pages[0].obj.Resources.Font.F1
        font.BaseFont = Name("/ABCDEF+SimSun")
        font.FontDescriptor = Dictionary(FontName=Name("/ABCDEF+SimSun"), FontFile2=document.make_stream(b""))

    assert read_with(FORMAT, edited(PAGE, edit)).properties["pdf:font"] == ["ABCDEF+SimSun (Type1, embedded)"]


def test_a_document_whose_objects_are_too_damaged_still_gives_its_lines(
    read_with: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proofroom.extract.formats.pdf.open_structure", lambda *_: None)
    found = read_with(FORMAT, PAGE)
    assert found.said == {"page=1&line=1": "a hidden name", "page=2&line=1": "second"}
    assert found.partial == [Reason.DAMAGED_PART]


@pytest.mark.parametrize("key", ["Annots", "AA", "Resources", "Parent"])
@pytest.mark.parametrize(
    "value", [b"5", b"(text)", b"[1 (x) null [] << >>]", b"<< /Kids 3 /A [] /S << >> >>"]
)
def test_entries_that_are_something_else_cost_nothing_else(key: str, value: bytes, read_with: Read) -> None:
    data = written((b"", b""), (at(50, 700, b"second"), b""))
    broken = data.replace(b"/Contents 4 0 R", b"/Contents 4 0 R /%s %s" % (key.encode(), value), 1)
    assert read_with(FORMAT, broken).said["page=2&line=1"] == "second"


@pytest.mark.parametrize(
    "key",
    [
        "Outlines",
        "Names",
        "AcroForm",
        "StructTreeRoot",
        "OCProperties",
        "PageLabels",
        "Metadata",
        "OpenAction",
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        b"5",
        b"(text)",
        b"[1 (x) null [] << >>]",
        b"<< /Names 7 /K [5] /D 5 /Fields [5 [] 1 0 R] /First 1 0 R >>",
    ],
)
def test_a_catalog_of_anything_costs_nothing_else(key: str, value: bytes, read_with: Read) -> None:
    data = written((at(50, 700, b"text"), b""), catalog=b"/%s %s" % (key.encode(), value))
    assert read_with(FORMAT, data).said["page=1&line=1"] == "text"


def test_what_a_stamp_shows_and_a_field_shows_otherwise_is_read(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        resources = document.pages[0].obj.Resources

        def drawn(text: bytes) -> Dictionary:
            form = document.make_stream(
                b"BT /F1 12 Tf 2 2 Td (%s) Tj ET" % text,
                Subtype=Name.Form,
                BBox=[0, 0, 90, 20],
                Resources=resources,
            )
            return Dictionary(N=form)

        notes = [
            Dictionary(Subtype=Name.Stamp, Rect=[0, 0, 90, 20], AP=drawn(b"APPROVED")),
            Dictionary(
                Subtype=Name.FreeText, Rect=[0, 30, 90, 50], Contents="the same", AP=drawn(b"the same")
            ),
            Dictionary(
                Subtype=Name.Widget, FT=Name.Tx, T="f", V="stored", Rect=[0, 60, 90, 80], AP=drawn(b"shown")
            ),
            Dictionary(Subtype=Name.Stamp, Rect=[0, 0, 90, 20], AP=Dictionary(N=5)),
        ]
        document.pages[0].obj.Annots = Array([document.make_indirect(note) for note in notes])
        document.Root.AcroForm = Dictionary(Fields=[document.pages[0].obj.Annots[2]])

    found = read_with(FORMAT, edited(PAGE, edit))
    assert {part: text for part, text in found.said.items() if part.endswith("shown=1")} == {
        "page=1&annotation=1&shown=1": "APPROVED",
        "page=1&annotation=3&shown=1": "shown",
    }
    assert found.partial == []
