"""Read what hangs on a PDF page or document beside its text: notes, form fields, links, attachments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ctypes import byref, c_ulong, create_string_buffer
from dataclasses import dataclass
from typing import Any, Final

from pypdfium2 import raw as pdfium

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.pages.box import NOWHERE, Box
from proofroom.limits import Limits
from proofroom.model.states import Reason, State

_MOST_ON_A_PAGE: Final = 10_000
_LONGEST: Final = 4 << 20
_MEDIA: Final = (
    pdfium.FPDF_ANNOT_SOUND,
    pdfium.FPDF_ANNOT_MOVIE,
    pdfium.FPDF_ANNOT_SCREEN,
    pdfium.FPDF_ANNOT_THREED,
    pdfium.FPDF_ANNOT_RICHMEDIA,
)
_HIDDEN: Final = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW


@dataclass(slots=True)
class Annotation:
    """One annotation: its place in the page's list from 1, its text, and what belongs to it."""

    number: int
    untrusted_text: str = ""
    untrusted_author: str = ""
    untrusted_name: str = ""
    untrusted_link: str = ""
    is_field: bool = False
    hidden: bool = False
    unread: bool = False
    attachment: Any = None
    box: Box = NOWHERE


def page_annotations(document: Any, form: Any, page: Any) -> Iterator[Annotation]:
    """Give the annotations of a loaded page; `form` is the form environment, or None. All are raw handles."""
    count = min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_ON_A_PAGE)
    for number in range(count):
        handle = pdfium.FPDFPage_GetAnnot(page, number)
        if not handle:
            continue
        try:
            yield _annotation(document, form, handle, number + 1)
        finally:
            pdfium.FPDFPage_CloseAnnot(handle)


def _annotation(document: Any, form: Any, handle: Any, number: int) -> Annotation:
    kind = pdfium.FPDFAnnot_GetSubtype(handle)
    found = Annotation(number, box=_box(handle), hidden=bool(pdfium.FPDFAnnot_GetFlags(handle) & _HIDDEN))
    if kind == pdfium.FPDF_ANNOT_POPUP:
        return found
    found.untrusted_text = _value(handle, b"Contents")
    if kind == pdfium.FPDF_ANNOT_WIDGET:
        found.is_field = True
        found.untrusted_name = _field(pdfium.FPDFAnnot_GetFormFieldName, form, handle) or _value(handle, b"T")
        found.untrusted_text = _field(pdfium.FPDFAnnot_GetFormFieldValue, form, handle) or _value(
            handle, b"V"
        )
        return found
    found.untrusted_author = _value(handle, b"T")
    if kind == pdfium.FPDF_ANNOT_LINK:
        found.untrusted_link = _target(document, handle)
    elif kind == pdfium.FPDF_ANNOT_FILEATTACHMENT:
        found.attachment = pdfium.FPDFAnnot_GetFileAttachment(handle) or None
    found.unread = kind in _MEDIA
    return found


def _box(handle: Any) -> Box:
    rect = pdfium.FS_RECTF()
    if not pdfium.FPDFAnnot_GetRect(handle, byref(rect)):
        return NOWHERE
    across, up = sorted((rect.left, rect.right)), sorted((rect.bottom, rect.top))
    return Box(across[0], up[0], across[1], up[1])


def _value(handle: Any, key: bytes) -> str:
    return wide_text(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(handle, key, buffer, size))


def _field(ask: Callable[..., int], form: Any, handle: Any) -> str:
    return wide_text(lambda buffer, size: ask(form, handle, buffer, size)) if form else ""


def _target(document: Any, handle: Any) -> str:
    """Give where a link leads outside the document: an address or a file; places inside are none."""
    link = pdfium.FPDFAnnot_GetLink(handle)
    action = pdfium.FPDFLink_GetAction(link) if link else None
    if not action:
        return ""
    kind = pdfium.FPDFAction_GetType(action)
    if kind == pdfium.PDFACTION_URI:
        return _narrow_text(lambda buffer, size: pdfium.FPDFAction_GetURIPath(document, action, buffer, size))
    if kind in (pdfium.PDFACTION_LAUNCH, pdfium.PDFACTION_REMOTEGOTO):
        return _narrow_text(lambda buffer, size: pdfium.FPDFAction_GetFilePath(action, buffer, size))
    return ""


def wide_text(ask: Callable[[Any, int], int]) -> str:
    """Get a UTF-16 text from PDFium, which says its length in bytes when it is given no buffer."""
    raw = _bytes(lambda buffer, size: ask(_as_wide(buffer), size))
    return raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace").strip("\0")


def meta_text(document: Any, key: str) -> str:
    """Give one of the document's own properties."""
    name = key.encode("ascii") + b"\0"
    return wide_text(lambda buffer, size: pdfium.FPDF_GetMetaText(document, name, buffer, size)).replace(
        "\0", ""
    )


def _narrow_text(ask: Callable[[Any, int], int]) -> str:
    return _bytes(ask).strip(b"\0").decode("utf-8", "replace")


def _as_wide(buffer: Any) -> Any:
    return None if buffer is None else pdfium.cast(buffer, pdfium.POINTER(pdfium.FPDF_WCHAR))


def _bytes(ask: Callable[[Any, int], int]) -> bytes:
    size = ask(None, 0)
    if not 0 < size <= _LONGEST:
        return b""
    buffer = create_string_buffer(size)
    ask(buffer, size)
    return buffer.raw


def send_attachments(document: Any, sink: Sink, limits: Limits, names: set[str]) -> None:
    """Hand out the files that a document carries as members; `names` are those that are taken."""
    for number in range(max(pdfium.FPDFDoc_GetAttachmentCount(document), 0)):
        handle = pdfium.FPDFDoc_GetAttachment(document, number)
        if handle:
            send_attachment(handle, f"attachment-{number + 1}", names, sink, limits)
        else:
            sink.partly(Reason.DAMAGED_PART)


def send_attachment(handle: Any, fallback: str, names: set[str], sink: Sink, limits: Limits) -> None:
    """Hand out one attached file; one without a name, or with one that was used, gets `fallback`."""
    name = wide_text(lambda buffer, size: pdfium.FPDFAttachment_GetName(handle, buffer, size))
    name = f"{fallback}/{name}".rstrip("/") if not name or name in names else name
    names.add(name)
    size = c_ulong()
    known = pdfium.FPDFAttachment_GetFile(handle, None, 0, byref(size))
    with sink.member(name.encode("utf-8", "replace"), size.value if known else -1) as out:
        if not known and not size.value:
            raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART)
        if size.value > limits.member_bytes:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
        buffer = create_string_buffer(max(size.value, 1))
        if not pdfium.FPDFAttachment_GetFile(handle, buffer, size.value, byref(size)):
            raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART)
        out.write(buffer.raw[: size.value])


def send_form_packets(document: Any, sink: Sink) -> None:
    """Hand out the XML of an XFA form, which pages do not show, as members."""
    for number in range(min(max(pdfium.FPDF_GetXFAPacketCount(document), 0), _MOST_ON_A_PAGE)):
        name = _narrow_text(
            lambda buffer, size, at=number: pdfium.FPDF_GetXFAPacketName(document, at, buffer, size)  # type: ignore[misc]
        )
        size = c_ulong()
        pdfium.FPDF_GetXFAPacketContent(document, number, None, 0, byref(size))
        if not 0 < size.value <= _LONGEST:
            continue
        buffer = create_string_buffer(size.value)
        pdfium.FPDF_GetXFAPacketContent(document, number, buffer, size.value, byref(size))
        with sink.member(
            f"xfa/{number + 1}-{name or 'form'}.xml".encode("utf-8", "replace"), size.value
        ) as out:
            out.write(buffer.raw)
