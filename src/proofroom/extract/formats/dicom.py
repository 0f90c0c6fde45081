"""Read what a medical picture (DICOM) says: patient, dates, devices, reports, one property per field.

Texts of reports stand at `field=N` as lines. Pixels are not decoded (`partly`), unless they are a JPEG, which is a
member. Fields are named by the standard's names where they are frequent, otherwise by their numbers.
"""

from __future__ import annotations

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pictures.dicom_fields import Field, fields
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_MOST_IN_MEMORY = 256 << 20
_JPEG = b"\xff\xd8\xff"
_JPEG_2000 = b"\xff\x4f\xff\x51"
_REPORT = ("UT", "LT", "ST")


def read(source: Source, sink: Sink) -> None:
    """Give every field; a file cut short gives what arrived."""
    source.untrusted.seek(0)
    data = source.untrusted.read(_MOST_IN_MEMORY)
    pixels = pictures = number = 0
    with LineBatch(sink) as lines:
        for field in fields(data):
            if field.is_pixels:
                pixels += 1
                pictures += _give(sink, field, pictures + 1)
            elif field.kind in _REPORT and field.untrusted_text.strip():
                number += 1
                where = (("field", str(number)),)
                lines.put((*where, ("name", "1")), PieceKind.NAME, field.name)
                lines.put(where, PieceKind.PARAGRAPH, field.untrusted_text)
            elif field.untrusted_text.strip():
                sink.meta(f"dicom:{field.name}", field.untrusted_text)
            if field.cut:
                raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if pixels > pictures:
        sink.partly(Reason.UNREAD_PART)


def _give(sink: Sink, field: Field, number: int) -> int:
    """Give a piece of pixels that is a file of its own; tells how many were given."""
    ending = {_JPEG: "jpg", _JPEG_2000: "jp2"}.get(field.raw[:3], "") or (
        "jp2" if field.raw.startswith(_JPEG_2000) else ""
    )
    if not ending:
        return 0
    with sink.member(f"picture-{number}.{ending}".encode(), len(field.raw)) as out:
        out.write(field.raw)
    return 1


FORMAT = Format(name="dicom", media_types=frozenset(("application/dicom",)), read=read, sample="dicom.dcm")
