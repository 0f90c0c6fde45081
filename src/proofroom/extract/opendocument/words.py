"""Read what stands in OpenDocument texts: paragraphs, lists, sections, fields, notes, comments, tracked changes."""

from __future__ import annotations

from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, attribute, whole_number
from proofroom.extract.opendocument.changes import KINDS
from proofroom.extract.opendocument.fields import FIELDS, code_of, otherwise
from proofroom.extract.opendocument.flow import End, Flow, Start
from proofroom.model.evidence import Flag

_MOST_BLANKS: Final = 1 << 16
_MOST_TOLD: Final = 65_536
_SIGNS: Final = {
    "text:tab": "\t",
    "text:tab-stop": "\t",
    "text:line-break": "\n",
    "text:soft-hyphen": "\u00ad",
}
_NOTES: Final = ("text:note", "text:footnote", "text:endnote")
_CITATIONS: Final = ("text:note-citation", "text:footnote-citation", "text:endnote-citation")
_BOOKMARKS: Final = (
    "text:bookmark",
    "text:bookmark-start",
    "text:reference-mark",
    "text:reference-mark-start",
)
_DECLARED: Final = ("text:user-field-decl", "text:variable-decl", "text:dde-connection-decl")
_DECLARED_PAGES: Final = (
    "presentation:header-decl",
    "presentation:footer-decl",
    "presentation:date-time-decl",
)
_VALUES: Final = ("string-value", "value", "date-value", "time-value", "boolean-value", "formula")
_SAID: Final = {
    "dc:creator": "author",
    "dc:date": "date",
    "meta:creator-initials": "initials",
    "loext:sender-initials": "initials",
}
_LONGEST: Final = 65_536


class Words:
    """Reads for one flow."""

    def __init__(self, flow: Flow) -> None:
        """Register what is read here."""
        self._flow = flow
        self._lists = flow.styles.lists
        start, end = self._structure()
        inline, inline_end = self._inline()
        flow.register(start | inline, end | inline_end)

    def _structure(self) -> tuple[dict[str, Start], dict[str, End]]:
        """Give the readers of what paragraphs stand in."""
        flow, lists = self._flow, self._lists
        start = {
            "text:p": self._paragraph,
            "text:h": self._paragraph,
            "text:section": self._section,
            "text:section-source": self._section_source,
            "office:dde-source": self._dde,
            "text:list-item": lambda _name, attributes: lists.begin_item(attributes),
            "text:list-header": lambda _name, attributes: lists.begin_item(attributes, header=True),
            "table:table-cell": self._cell,
            "table:covered-table-cell": self._cell,
            "office:annotation": self._comment,
            "text:tracked-changes": lambda _name, _attributes: self._hold("change"),
            "text:changed-region": lambda _name, attributes: flow.changes.begin(attributes),
            **dict.fromkeys(KINDS, self._kind_of_change),
            "office:change-info": self._change_info,
            **dict.fromkeys(_NOTES, lambda _name, _attributes: self._hold("note")),
            **dict.fromkeys(_SAID, self._said),
            **dict.fromkeys(_DECLARED, self._declared),
            **dict.fromkeys(_DECLARED_PAGES, self._declared_page),
        }
        for name in ("text:list", "text:ordered-list", "text:unordered-list"):
            start[name] = lambda _name, attributes: lists.begin_list(attributes)
        end = {
            "text:p": lambda _name: flow.end_paragraph(),
            "text:h": lambda _name: flow.end_paragraph(),
            "text:section": lambda _name: flow.end_section(),
            "table:table-cell": lambda _name: flow.holder.end_cell(),
            "table:covered-table-cell": lambda _name: flow.holder.end_cell(),
            "table:table-row": lambda _name: flow.holder.end_row(),
            "office:annotation": lambda _name: self._release(),
            "text:tracked-changes": lambda _name: self._end_changes(),
            "text:changed-region": lambda _name: flow.changes.end(),
            "text:deletion": lambda _name: self._release(),
            **dict.fromkeys((*_NOTES, *_DECLARED_PAGES), lambda _name: self._release()),
        }
        for name in ("text:list", "text:ordered-list", "text:unordered-list"):
            end[name] = lambda _name: lists.end_list()
        return start, end

    def _inline(self) -> tuple[dict[str, Start], dict[str, End]]:
        """Give the readers of what stands inside a paragraph."""
        flow = self._flow
        start: dict[str, Start] = {
            **dict.fromkeys(FIELDS, self._field),
            **dict.fromkeys(_SIGNS, lambda name, _attributes: flow.sign(_SIGNS[name])),
            **dict.fromkeys(_BOOKMARKS, self._bookmark),
            **dict.fromkeys(_CITATIONS, self._citation),
            "text:span": lambda _name, attributes: flow.look("text", attribute(attributes, "style-name")),
            "text:s": self._blanks,
            "text:a": self._link,
            "text:ruby-text": lambda _name, _attributes: flow.capture(self._ruby),
            "text:number": lambda _name, _attributes: flow.capture(self._number),
            "text:change": self._change,
            "text:change-start": self._change_start,
            "text:change-end": lambda _name, attributes: flow.insert(
                attribute(attributes, "change-id"), None
            ),
            "text:label": lambda _name, attributes: flow.hang("value", attribute(attributes, "value")),
            "text:script": self._script,
        }
        return start, {"text:span": lambda _name: flow.end_look()}

    def _paragraph(self, name: str, attributes: Attributes) -> None:
        flow, lists = self._flow, self._lists
        paragraph = flow.begin_paragraph(attributes)
        label = lists.label(flow.styles.list_of(paragraph.style)) if lists.inside else ""
        if name == "text:h" and not label:
            level = whole_number(attribute(attributes, "outline-level") or attribute(attributes, "level"))
            headed = attribute(attributes, "is-list-header") == "true"
            if level and not headed:
                start = whole_number(attribute(attributes, "start-value"))
                label = lists.outline(level, start)
        paragraph.hang("label", label)

    def _number(self, text: str) -> None:
        """Take the number of a paragraph where the writer stored it."""
        nearest = self._flow.nearest()
        nearest.aside.pop("label", None)
        nearest.hang("label", text)

    def _section(self, _name: str, attributes: Attributes) -> None:
        display = attribute(attributes, "display")
        hidden = display == "none" or attribute(attributes, "is-hidden") == "true"
        self._flow.section(hidden=hidden)
        told = [attribute(attributes, key) for key in ("name", "condition")]
        if display in ("none", "condition"):
            self._tell("odf:hidden-section", " ".join(filter(None, told)))
        if attribute(attributes, "protected") == "true":
            self._tell("odf:protected-section", told[0])

    def _section_source(self, _name: str, attributes: Attributes) -> None:
        self._tell("odf:external:section", attribute(attributes, "href"))

    def _dde(self, _name: str, attributes: Attributes) -> None:
        keys = ("dde-application", "dde-topic", "dde-item")
        self._tell("odf:external:dde", " ".join(attribute(attributes, key) for key in keys).strip())

    def _cell(self, _name: str, attributes: Attributes) -> None:
        """Hang what a cell of a table in a text computes on what stands in it."""
        formula = attribute(attributes, "formula")
        if formula:
            self._flow.hang("field", f"formula={formula[:_LONGEST]}")

    def _field(self, name: str, attributes: Attributes) -> None:
        flow = self._flow
        flow.hang("field", code_of(name, attributes))
        for text in otherwise(name, attributes):
            flow.hang("value", text)
        hides = name in ("text:hidden-paragraph", "text:hidden-text")
        if hides and attribute(attributes, "is-hidden") == "true":
            flow.nearest().flags |= Flag.HIDDEN_TEXT

    def _script(self, _name: str, attributes: Attributes) -> None:
        told = f"script {attribute(attributes, 'language')} {attribute(attributes, 'href')}".strip()
        self._flow.capture(lambda text: self._flow.hang("field", f"{told} {text}".strip()))

    def _bookmark(self, _name: str, attributes: Attributes) -> None:
        if len(self._flow.bookmarks) < _MOST_TOLD:
            self._flow.bookmarks[attribute(attributes, "name")[:_LONGEST]] = None
        if attribute(attributes, "hidden") == "true":
            self._tell("odf:hidden-bookmark", attribute(attributes, "name"))

    def _blanks(self, _name: str, attributes: Attributes) -> None:
        count = whole_number(attribute(attributes, "c"))
        self._flow.sign(" " * min(1 if count is None else count, _MOST_BLANKS))

    def _link(self, _name: str, attributes: Attributes) -> None:
        self._flow.hang("link", attribute(attributes, "href"))

    def _ruby(self, text: str) -> None:
        self._flow.hang("ruby", text)

    def _citation(self, _name: str, attributes: Attributes) -> None:
        holder = self._flow.holder
        holder.facts["label"] = attribute(attributes, "label")
        self._flow.capture(lambda text: holder.facts.update(label=text.strip() or holder.facts["label"]))

    def _comment(self, _name: str, attributes: Attributes) -> None:
        holder = self._flow.begin_holder("comment")
        holder.facts = {
            "name": attribute(attributes, "name"),
            "author": attribute(attributes, "author"),
            "date": attribute(attributes, "create-date"),
            "done": "1" if attribute(attributes, "resolved") == "true" else "",
            "answers": attribute(attributes, "parent-name"),
        }
        if attribute(attributes, "display") == "true":
            holder.facts["open"] = "1"

    def _said(self, name: str, _attributes: Attributes) -> None:
        """Keep who wrote a comment or made a change, and when."""
        flow, fact = self._flow, _SAID[name]
        holder = flow.holder
        if holder.kind == "comment":
            flow.capture(lambda text: holder.facts.update({fact: text.strip()}))
        elif flow.changes.open:
            flow.capture(lambda text: flow.changes.fact(fact, text.strip()))
        else:
            flow.capture(lambda _text: None)

    def _kind_of_change(self, name: str, _attributes: Attributes) -> None:
        self._flow.changes.kind(name)
        if name == "text:deletion":
            self._flow.begin_holder("deleted")

    def _change_info(self, _name: str, attributes: Attributes) -> None:
        """Take who made a change where ODF's forerunner said it: in attributes."""
        for key, fact in (("chg-author", "author"), ("chg-date-time", "date")):
            if attribute(attributes, key):
                self._flow.changes.fact(fact, attribute(attributes, key))

    def _change(self, _name: str, attributes: Attributes) -> None:
        """Hang deleted text on the place that it was deleted from."""
        change = self._flow.changes.find(attributes)
        if change is not None and change.text and not change.used:
            change.used = True
            self._flow.nearest().delete(change.by, change.text)

    def _change_start(self, _name: str, attributes: Attributes) -> None:
        change = self._flow.changes.find(attributes)
        if change is not None and change.kind == "text:insertion":
            self._flow.insert(attribute(attributes, "change-id"), change.by)

    def _end_changes(self) -> None:
        said = self._flow.end_holder().untrusted_text
        if said.strip():
            self._tell("odf:change-comment", said)

    def _declared(self, _name: str, attributes: Attributes) -> None:
        """Tell what a variable holds."""
        value = next(filter(None, (attribute(attributes, key) for key in _VALUES)), "")
        self._tell("odf:variable", f"{attribute(attributes, 'name')}={value}")

    def _declared_page(self, name: str, _attributes: Attributes) -> None:
        """Give a header, footer or date that pages name; they stand beside them."""
        kind = "header" if name == "presentation:header-decl" else "footer"
        holder = self._flow.begin_holder(kind)
        self._flow.capture(holder.pieces.append)

    def _hold(self, kind: str) -> None:
        self._flow.begin_holder(kind)

    def _release(self) -> None:
        self._flow.end_holder()

    def _tell(self, key: str, value: str) -> None:
        if value.strip():
            self._flow.receiver.tell(key, value[:_LONGEST])
