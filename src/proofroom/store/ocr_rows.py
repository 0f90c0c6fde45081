"""Which of several readings of a page counts: the preferred one where it has the page, else the first there is."""

from __future__ import annotations

import pyarrow as pa

from proofroom.store.journal import Journal
from proofroom.store.reading import Reading
from proofroom.store.schemas import OCR_SLOT


def preferred_rows(reading: Reading, journal: Journal, artifact: str) -> pa.Table:
    """Give what engines read of an artifact, one reading for each page, in their order."""
    table = reading.of_artifact("ocr", artifact)
    slots = [seq // OCR_SLOT for seq in table["seq"].to_pylist()]
    if not any(slots):
        return table
    wanted = journal.value(
        "select l.slot from ocr_preferred p join ocr_layers l on l.artifact = p.artifact and l.stage = p.stage "
        "where p.artifact = ?",
        (artifact,),
    )
    pages = table["page"].to_pylist()
    readings: dict[int, set[int]] = {}
    for page, slot in zip(pages, slots, strict=True):
        readings.setdefault(page, set()).add(slot)
    chosen = {page: wanted if wanted in some else min(some) for page, some in readings.items()}
    keep = [slot == chosen[page] for page, slot in zip(pages, slots, strict=True)]
    return table.filter(pa.array(keep, pa.bool_()))
