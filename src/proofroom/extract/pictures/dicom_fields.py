"""Walk through the fields of a DICOM file (PS3.5, PS3.10), into sequences too, and decode their texts."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.pictures.short_texts import LONGEST, decode_short

_START: Final = 132
_LONG: Final = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"))
_TEXTS: Final = frozenset(
    ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT")
)
_NUMBERS: Final = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d", "AT": "I"}
_UNBOUNDED: Final = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = (0xFFFE, 0xE000), (0xFFFE, 0xE00D), (0xFFFE, 0xE0DD)
_PIXELS: Final = (0x7FE0, 0x0010)
_CODES: Final = (0x0008, 0x0005)
_SYNTAX: Final = (0x0002, 0x0010)
_IMPLICIT, _BIG, _DEFLATED = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
_MOST: Final = 100_000
_MOST_VALUES: Final = 64
_CODECS: Final = {
    "": "ascii", "ISO_IR 100": "latin-1", "ISO_IR 101": "iso8859-2", "ISO_IR 144": "iso8859-5",
    "ISO_IR 192": "utf-8", "GB18030": "gb18030", "GBK": "gbk", "ISO 2022 IR 58": "gb18030",
    "ISO_IR 13": "shift_jis", "ISO_IR 127": "iso8859-6", "ISO_IR 148": "iso8859-9",
}  # fmt: skip
_NAMES: Final = {
    0x00020010: "TransferSyntaxUID", 0x00020012: "ImplementationClassUID",
    0x00020013: "ImplementationVersionName", 0x00020016: "SourceApplicationEntityTitle",
    0x00080005: "SpecificCharacterSet", 0x00080012: "InstanceCreationDate",
    0x00080013: "InstanceCreationTime", 0x00080016: "SOPClassUID", 0x00080018: "SOPInstanceUID",
    0x00080020: "StudyDate", 0x00080021: "SeriesDate", 0x00080022: "AcquisitionDate",
    0x00080023: "ContentDate", 0x00080030: "StudyTime", 0x00080050: "AccessionNumber",
    0x00080060: "Modality", 0x00080070: "Manufacturer", 0x00080080: "InstitutionName",
    0x00080081: "InstitutionAddress", 0x00080090: "ReferringPhysicianName", 0x00081010: "StationName",
    0x00081030: "StudyDescription", 0x0008103E: "SeriesDescription",
    0x00081040: "InstitutionalDepartmentName", 0x00081048: "PhysiciansOfRecord",
    0x00081050: "PerformingPhysicianName", 0x00081060: "NameOfPhysiciansReadingStudy",
    0x00081070: "OperatorsName", 0x00081090: "ManufacturerModelName", 0x00100010: "PatientName",
    0x00100020: "PatientID", 0x00100030: "PatientBirthDate", 0x00100040: "PatientSex",
    0x00101000: "OtherPatientIDs", 0x00101001: "OtherPatientNames", 0x00101010: "PatientAge",
    0x00101020: "PatientSize", 0x00101030: "PatientWeight", 0x00101040: "PatientAddress",
    0x00102154: "PatientTelephoneNumbers", 0x00102160: "EthnicGroup", 0x00102180: "Occupation",
    0x001021B0: "AdditionalPatientHistory", 0x00104000: "PatientComments", 0x00180015: "BodyPartExamined",
    0x00181000: "DeviceSerialNumber", 0x00181020: "SoftwareVersions", 0x00181030: "ProtocolName",
    0x0020000D: "StudyInstanceUID", 0x0020000E: "SeriesInstanceUID", 0x00200010: "StudyID",
    0x00200011: "SeriesNumber", 0x00200013: "InstanceNumber", 0x00204000: "ImageComments",
    0x00280008: "NumberOfFrames", 0x00280010: "Rows", 0x00280011: "Columns",
    0x00321060: "RequestedProcedureDescription", 0x00321032: "RequestingPhysician",
    0x00324000: "StudyComments", 0x0040A160: "TextValue", 0x0040A123: "PersonName",
    0x00400254: "PerformedProcedureStepDescription", 0x00401001: "RequestedProcedureID",
    0x00880140: "StorageMediaFileSetUID",
}  # fmt: skip

for _codec in _CODECS.values():
    codecs.lookup(_codec)  # a sealed worker can load no codec any more


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name and kind, its text, and of pixels the bytes; `cut` when the file ends inside it."""

    name: str
    kind: str
    untrusted_text: str
    raw: bytes = b""
    is_pixels: bool = False
    cut: bool = False


def fields(data: bytes) -> Iterator[Field]:
    """Give the fields in order; what stands in a sequence follows it, by its own name."""
    walk = _Walk(data)
    for _ in range(_MOST):
        field = walk.next()
        if field is None:
            return
        yield field
        if field.cut:
            return


class _Walk:
    """Goes from field to field; sequences and items are entered, not skipped."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = _START
        self._syntax, self._codec = "", "ascii"
        self._in_pixels = False

    def next(self) -> Field | None:
        """Give the next field, None at the end."""
        if self._at >= len(self._data):
            return None
        if self._at + 8 > len(self._data):
            return Field("", "", "", cut=True)
        main = int.from_bytes(self._data[self._at : self._at + 2], "little") == 2
        if self._syntax == _DEFLATED and not main:
            self._at = len(self._data)
            return Field("", "OB", "", is_pixels=True)
        order = ">" if self._syntax == _BIG and not main else "<"
        group, element = struct.unpack_from(f"{order}HH", self._data, self._at)
        kind, size, at = self._head(group, element, order, implicit=self._syntax == _IMPLICIT and not main)
        if (group, element) in (_ITEM, _ITEM_END, _SEQUENCE_END):
            return self._item((group, element), size, at)
        if size == _UNBOUNDED or kind == "SQ":
            self._at = at
            self._in_pixels = (group, element) == _PIXELS
            return Field("", kind, "")
        raw = self._data[at : at + size]
        self._at = at + size
        return self._field(group, element, kind, order, raw, cut=len(raw) < size)

    def _head(self, group: int, element: int, order: str, *, implicit: bool) -> tuple[str, int, int]:
        """Give kind, length and place of a field's value."""
        at = self._at + 4
        if group == 0xFFFE or implicit:
            known = "SQ" if not implicit else _kind_of(group, element)
            return known, struct.unpack_from(f"{order}I", self._data, at)[0], at + 4
        kind = self._data[at : at + 2].decode("latin-1")
        if kind in _LONG:
            size = int.from_bytes(self._data[at + 4 : at + 8], "big" if order == ">" else "little")
            return kind, size, at + 8
        return kind, struct.unpack_from(f"{order}H", self._data, at + 2)[0], at + 4

    def _item(self, which: tuple[int, int], size: int, at: int) -> Field:
        """Enter or leave an item; a piece of pixels is given as it stands."""
        self._at = at
        if which == _SEQUENCE_END:
            self._in_pixels = False
        elif which == _ITEM and self._in_pixels and size != _UNBOUNDED:
            raw = self._data[at : at + size]
            self._at = at + size
            # The first piece only lists where the others begin.
            listed = (
                size % 4 == 0 and raw[:2] != b"\xff\xd8" and size <= 4 * _MOST and raw[:4] in (b"", bytes(4))
            )
            return Field("", "OB", "", raw, is_pixels=not listed, cut=len(raw) < size)
        return Field("", "", "")

    def _field(self, group: int, element: int, kind: str, order: str, raw: bytes, *, cut: bool) -> Field:
        """Decode one field."""
        number = group << 16 | element
        name = _NAMES.get(number, f"{group:04x},{element:04x}")
        if (group, element) == _PIXELS:
            return Field(name, kind, "", raw, is_pixels=True, cut=cut)
        text = ""
        if kind in _NUMBERS:
            one = struct.Struct(order + _NUMBERS[kind])
            whole = raw[: min(len(raw), _MOST_VALUES * one.size) // one.size * one.size]
            text = "\\".join(str(value) for (value,) in one.iter_unpack(whole))
        elif kind in _TEXTS:
            text = self._text(raw)
        elif raw:
            text = f"{raw[:32].hex()} ({len(raw)} bytes)"
        if (group, element) == _SYNTAX:
            self._syntax = text
        elif (group, element) == _CODES:
            known = [_CODECS[one.strip()] for one in text.split("\\") if one.strip() in _CODECS]
            self._codec = known[-1] if known else "ascii"
        return Field(name, kind, text[:LONGEST], cut=cut)

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode(self._codec).strip("\0 ").replace("\r\n", "\n")
        except UnicodeDecodeError:
            return decode_short(raw).strip("\0 ")


def _kind_of(group: int, element: int) -> str:
    """Give the kind of a field that does not say it: numbers of a few, text of any other known one, else unknown."""
    if group == 0x0028 and element in (0x0010, 0x0011):
        return "US"
    return "LO" if group << 16 | element in _NAMES else "UN"
