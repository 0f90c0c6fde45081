"""Read what is drawn in OpenDocument files: frames, pictures, objects, form controls, shapes, pages.

In texts a shape's paragraphs count with the others; on pages (slides, drawings) each shape holds its own.
"""

from __future__ import annotations

from typing import Final, Protocol

from proofroom.extract.markup.word_paragraph import Paragraph
from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.extract.opendocument.flow import End, Flow, Receiver, Start
from proofroom.model.evidence import Flag

_SHAPES: Final = tuple(
    f"draw:{name}"
    for name in (
        *("frame", "custom-shape", "rect", "circle", "ellipse", "polygon", "polyline", "path", "line"),
        *("connector", "caption", "measure", "control", "regular-polygon"),
    )
)
_BARE: Final = ("draw:text-box", "draw:image", "draw:object", "draw:object-ole", "draw:plugin", "draw:applet")
"""What stands in a frame, and before ODF 1.0 was a shape by itself."""

_OBJECTS: Final = ("draw:object", "draw:object-ole", "draw:applet", "draw:plugin", "draw:floating-frame")
_DESCRIBED: Final = ("svg:title", "svg:desc", "table:title", "table:desc")
_SOUNDS: Final = ("presentation:sound", "anim:audio", "draw:sound")
_EVENTS: Final = (
    "script:event-listener",
    "script:event",
    "presentation:event-listener",
    "presentation:event",
)
_FORM_TEXTS: Final = ("label", "value", "current-value", "title", "text", "image-data", "href", "command")
_EVENT_TEXTS: Final = ("event-name", "language", "action", "macro-name", "href")
_MARGINS: Final = {
    f"style:{margin}{which}": margin
    for margin in ("header", "footer")
    for which in ("", "-left", "-first", "-even")
}
_MASTERS: Final = ("style:master-page", "style:handout-master")
_LONGEST: Final = 65_536
_MOST: Final = 65_536


class PageReceiver(Receiver, Protocol):
    """Takes pages too."""

    def begin_page(self, kind: str, untrusted_name: str, flags: Flag) -> None:
        """Take the start of a slide, a drawing's page, or a master."""

    def notes(self, *, inside: bool) -> None:
        """Take the start and the end of the notes of a page."""

    def end_page(self, hung: Paragraph) -> None:
        """Take the end of a page and what hangs on it as a whole."""


class Drawn:
    """Reads for one flow; `pages` is given where the file consists of pages."""

    def __init__(self, flow: Flow, pages: PageReceiver | None = None) -> None:
        """Register what is read here."""
        self._flow = flow
        self._pages = pages
        self._controls: dict[str, list[str]] = {}
        self._control: list[str] = []
        self._used: set[str] = set()
        self._shapes: list[bool] = []
        start: dict[str, Start] = {
            **dict.fromkeys(_DESCRIBED, lambda _name, _attributes: flow.capture(self._described)),
            "draw:image": self._picture,
            "draw:a": lambda _name, attributes: flow.hang("link", attribute(attributes, "href")),
            "draw:control": self._shown_control,
            "form:form": self._form_itself,
            "office:document": lambda _name, _attributes: self._begin_inner(),
            "math:math": lambda _name, _attributes: flow.capture(self._formula),
            "office:binary-data": lambda _name, _attributes: flow.capture(self._binary),
            **dict.fromkeys(_OBJECTS, self._object),
            **dict.fromkeys(
                _SOUNDS, lambda _name, attributes: flow.hang("link", attribute(attributes, "href"))
            ),
            **dict.fromkeys(_EVENTS, self._event),
            **dict.fromkeys(_MARGINS, self._margin),
        }
        end: dict[str, End] = {
            "office:document": lambda _name: self._end_inner(),
            **dict.fromkeys(_MARGINS, lambda _name: self._end_margin()),
        }
        if pages is not None:
            self._with_pages(pages, start, end)
        flow.register(start, end)
        flow.register({f"form:{name}": self._form for name in _FORMS}, {})
        flow.register(dict.fromkeys(_FORM_PARTS, self._form_part), {})

    def rest(self) -> None:
        """Hang the texts of controls that are shown nowhere on the file as a whole."""
        for number, texts in self._controls.items():
            if number not in self._used:
                for text in texts:
                    self._flow.hang("value", text)

    def _with_pages(
        self,
        pages: PageReceiver,
        start: dict[str, Start],
        end: dict[str, End],
    ) -> None:
        """Read shapes and pages as such."""
        for name in (*_SHAPES, *_BARE):
            start[name] = self._shape_by(start.get(name))
            end[name] = lambda _name: self._end_shape()
        for name in ("draw:page", *_MASTERS):
            start[name] = self._page
            end[name] = lambda _name: self._end_page(pages)
        start["presentation:notes"] = lambda _name, _attributes: pages.notes(inside=True)
        end["presentation:notes"] = lambda _name: pages.notes(inside=False)
        start["presentation:show"] = self._show

    def _page(self, name: str, attributes: Attributes) -> None:
        style = attribute(attributes, "style-name")
        hidden = self._flow.styles.hides("drawing-page", style)
        kind = "master" if name in _MASTERS else "page"
        if self._pages is not None:
            title = attribute(attributes, "display-name") or attribute(attributes, "name")
            self._pages.begin_page(kind, title, Flag.HIDDEN_TEXT if hidden else Flag.NONE)

    def _end_page(self, pages: PageReceiver) -> None:
        self.rest()
        self._controls.clear()
        hung = self._flow.holder.hung
        self._flow.holder.hung = Paragraph(0, "")
        pages.end_page(hung)

    def _shape_by(self, inner: Start | None) -> Start:
        """Open a shape, and read its element as what it is besides."""

        def start(name: str, attributes: Attributes) -> None:
            opens = name not in _BARE or self._flow.holder.kind != "shape"
            self._shapes.append(opens)
            if opens:
                holder = self._flow.begin_holder("shape")
                holder.facts = {"class": attribute(attributes, "class")}
                if attribute(attributes, "display") in ("none", "printer"):
                    holder.flags |= Flag.HIDDEN_TEXT
            if inner is not None:
                inner(name, attributes)

        return start

    def _end_shape(self) -> None:
        if self._shapes and self._shapes.pop():
            self._flow.end_holder()

    def _show(self, _name: str, attributes: Attributes) -> None:
        told = f"{attribute(attributes, 'name')}={attribute(attributes, 'pages')}"
        self._flow.receiver.tell("odf:custom-show", told[:_LONGEST])

    def _described(self, text: str) -> None:
        self._flow.hang("alt", " ".join(text.split()))

    def _picture(self, _name: str, attributes: Attributes) -> None:
        target = member_name(attribute(attributes, "href"))
        self._flow.hang("picture", target)
        self._elsewhere("image", target)

    def _object(self, name: str, attributes: Attributes) -> None:
        """Hang an embedded object: what kind it says it is, and its member or where it lies."""
        kind = attribute(attributes, "class-id") or attribute(attributes, "mime-type")
        kind = kind or attribute(attributes, "code") or ("" if name == "draw:object" else name[5:])
        target = member_name(attribute(attributes, "href"))
        self._flow.hang("object", f"{kind} {target}".strip())
        self._elsewhere("object", target)

    def _elsewhere(self, kind: str, target: str) -> None:
        """Tell what lies outside of the file: whoever opens it fetches it."""
        if "://" in target:
            self._flow.receiver.tell(f"odf:external:{kind}", target[:_LONGEST])

    def _binary(self, untrusted_base64: str) -> None:
        name = self._flow.receiver.binary(untrusted_base64)
        self._flow.hang("picture", name)

    def _begin_inner(self) -> None:
        self._flow.begin_holder("inner")

    def _end_inner(self) -> None:
        if self._flow.holder.kind == "inner":
            self._flow.end_holder()

    def _formula(self, text: str) -> None:
        self._flow.hang("value", " ".join(text.split()))

    def _event(self, _name: str, attributes: Attributes) -> None:
        told = " ".join(filter(None, (attribute(attributes, key) for key in _EVENT_TEXTS)))
        self._flow.receiver.tell("odf:event", told[:_LONGEST])

    def _margin(self, name: str, attributes: Attributes) -> None:
        holder = self._flow.begin_holder(_MARGINS[name])
        if attribute(attributes, "display") == "false":
            holder.flags |= Flag.HIDDEN_TEXT

    def _end_margin(self) -> None:
        if self._flow.holder.kind in ("header", "footer"):
            self._flow.end_holder()

    def _form_itself(self, _name: str, attributes: Attributes) -> None:
        """Tell where a form takes its data from and sends it to."""
        told = [attribute(attributes, key) for key in ("name", "datasource", "command", "href")]
        if any(told[1:]):
            self._flow.receiver.tell("odf:form", " ".join(filter(None, told))[:_LONGEST])

    def _form(self, name: str, attributes: Attributes) -> None:
        """Keep what a control of a form is called, shows and holds."""
        number = attribute(attributes, "id") or f"\0{len(self._controls)}"
        self._control = []
        if len(self._controls) < _MOST:
            self._controls[number] = self._control
        called = attribute(attributes, "name")
        self._control.append(f"{name.removeprefix('form:')} {called}".strip())
        self._add(attributes, _FORM_TEXTS)
        if name == "form:hidden":
            self._flow.receiver.tell(
                "odf:hidden-field", f"{called}={attribute(attributes, 'value')}"[:_LONGEST]
            )

    def _form_part(self, name: str, attributes: Attributes) -> None:
        """Keep a choice or a property of a control, or where a form's data comes from."""
        if name == "form:connection-resource":
            self._flow.receiver.tell("odf:external:database", attribute(attributes, "href")[:_LONGEST])
        elif name == "form:property":
            if attribute(attributes, "property-name") in ("HelpText", "DefaultText", "Tag"):
                self._add(attributes, ("string-value",))
        else:
            self._add(attributes, ("label", "value"))

    def _add(self, attributes: Attributes, keys: tuple[str, ...]) -> None:
        for key in keys:
            text = attribute(attributes, key)
            if text.strip() and text not in self._control:
                self._control.append(text[:_LONGEST])

    def _shown_control(self, _name: str, attributes: Attributes) -> None:
        number = attribute(attributes, "control")
        if number not in self._used:
            self._used.add(number)
            for text in self._controls.get(number, []):
                self._flow.hang("value", text)


_FORMS: Final = (
    *("text", "textarea", "password", "file", "formatted-text", "number", "date", "time", "fixed-text"),
    *("combobox", "listbox", "button", "image", "checkbox", "radio", "frame", "image-frame", "hidden"),
    *("grid", "value-range", "generic-control", "column"),
)
_FORM_PARTS: Final = ("form:option", "form:item", "form:property", "form:connection-resource")


def member_name(untrusted_target: str) -> str:
    """Give the name of the member that a link inside the package means; a link out of it stays as it is."""
    return (
        untrusted_target.removeprefix("#").removeprefix("./")
        if "://" not in untrusted_target
        else untrusted_target
    )
