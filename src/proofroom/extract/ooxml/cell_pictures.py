"""Find the pictures that stand in cells: Excel's rich values, and the cell images of WPS Office.

Excel: `vm` of a cell counts the value metadata from 1, which names a rich value, whose structure says
where it holds the number of a relationship ([MS-XLSX] 2.2.4.21). WPS: `DISPIMG("ID…",1)` names a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.relationships import relationships, small_part
from proofroom.extract.ooxml.safe_xml import Element, whole_number
from proofroom.extract.ooxml.workbook import Workbook
from proofroom.model.states import Reason

_T = TypeVar("_T")
_KIND: Final = "XLRICHVALUE"
_PICTURE: Final = "LocalImageIdentifier"


class CellPictures:
    """The pictures in the cells of one workbook; read when the first of them is asked for."""

    def __init__(self, package: Package, workbook: Workbook, failed: Callable[[Reason], None]) -> None:
        """Read from the package; damage is said to `failed`."""
        self._package, self._workbook, self._failed = package, workbook, failed
        self._values: list[str] | None = None
        self._images: dict[str, str] | None = None

    def of_value(self, number: str) -> str:
        """Give the part that holds the picture of a cell's `vm` number; "" where that is no picture."""
        if self._values is None:
            self._values = self._read_values()
        place = whole_number(number) or 0
        return self._values[place - 1] if 0 < place <= len(self._values) else ""

    def of_image(self, name: str) -> str:
        """Give the part that holds the cell image of this name; "" where there is none."""
        if self._images is None:
            self._images = self._read_images()
        return self._images.get(name, "")

    def _read_images(self) -> dict[str, str]:
        """Read the cell images of WPS Office by their names."""
        part = self._workbook.target("cellImage", "xl/cellimages.xml")
        targets = self._targets(part)
        images: dict[str, str] = {}
        for picture in self._tree(part).all("pic"):
            for name in picture.all("cNvPr")[:1]:
                for blip in picture.all("blip")[:1]:
                    images[name.get("name")] = targets.get(blip.get("embed"), "")
        return images

    def _read_values(self) -> list[str]:
        """Read the picture of each value metadata, "" for one that is something else."""
        metadata = self._tree(self._workbook.target("sheetMetadata", "xl/metadata.xml"))
        kinds = [one.get("name") for one in metadata.all("metadataType")]
        rich = [
            whole_number(value.get("i"))
            for group in metadata.all("futureMetadata")
            if group.get("name") == _KIND
            for value in group.all("rvb")
        ]
        pictures = self._read_rich_values()
        found: list[str] = []
        for group in metadata.all("valueMetadata"):
            for block in group.children:
                records = block.all("rc")
                kind, place = (
                    (whole_number(records[0].get(name)) for name in "tv") if records else (None, None)
                )
                index = _at(rich, place) if kind and _at(kinds, kind - 1) == _KIND else None
                found.append(_at(pictures, index) or "")
        return found

    def _read_rich_values(self) -> list[str]:
        """Read the picture of each rich value, "" for one that is something else."""
        shapes = self._tree(
            self._workbook.target("rdRichValueStructure", "xl/richData/rdrichvaluestructure.xml")
        )
        keys = [[key.get("n").rpartition(":")[2] for key in shape.all("k")] for shape in shapes.all("s")]
        listed = self._workbook.target("richValueRel", "xl/richData/richValueRel.xml")
        targets = self._targets(listed)
        parts = [targets.get(one.get("id"), "") for one in self._tree(listed).all("rel")]
        values = self._tree(self._workbook.target("rdRichValue", "xl/richData/rdrichvalue.xml"))
        pictures: list[str] = []
        for value in values.all("rv"):
            names = _at(keys, whole_number(value.get("s"))) or []
            texts = [one.untrusted_text for one in value.children if one.name == "v"]
            place = names.index(_PICTURE) if _PICTURE in names else None
            number = whole_number(_at(texts, place) or "-")
            pictures.append(_at(parts, number) or "")
        return pictures

    def _tree(self, part: str) -> Element:
        return small_part(self._package, part, self._failed)

    def _targets(self, part: str) -> dict[str, str]:
        return {one.id: one.untrusted_target for one in relationships(self._package, part, self._failed)}


def _at(values: list[_T], place: int | None) -> _T | None:
    """Give the value at a place that may be none."""
    return values[place] if place is not None and place < len(values) else None
