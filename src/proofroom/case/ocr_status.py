"""The accounting of OCR: pages that wait, are done or failed, by which engines, and a digest of what they read."""

from __future__ import annotations

import hashlib
from typing import Any

from proofroom.base import canonical
from proofroom.store.journal import Journal
from proofroom.store.ocr_pages import DONE, FAILED, OcrPages


def waiting_pages(journal: Journal, most_pages: int) -> int:
    """Count the pages that are pictures and that no engine has read."""
    return OcrPages(journal, most_pages).counts()["waiting"]


def ocr_status(journal: Journal, most_pages: int) -> dict[str, Any]:
    """Give the counts of pages, and for each engine how many it read and how surely (of 100, the mean)."""
    rows = journal.rows(
        "select engine, sum(state = ?) as done, sum(state = ?) as failed, "
        "avg(case when lines > 0 and confidence <= 100 then confidence end) as confidence, sum(seconds) as seconds "
        "from ocr_pages where state in (?, ?) group by engine order by engine",
        (DONE, FAILED, DONE, FAILED),
    )
    engines = {
        row["engine"]: {
            "done": row["done"],
            "failed": row["failed"],
            "confidence": None if row["confidence"] is None else round(row["confidence"]),
            "seconds": round(row["seconds"], 1),
        }
        for row in rows
        if row["engine"]
    }
    return {"pages": OcrPages(journal, most_pages).counts(), "engines": engines}


def ocr_digest(journal: Journal) -> str | None:
    """Give the SHA-256 over what engines read, each artifact and version; None when they have read nothing.

    What was read names engine, model and class of CPU, so the digest covers them too.
    """
    rows = journal.rows(
        "select artifact, stage, content from results where stage >= 'ocr' and stage < 'ocs' order by artifact, stage"
    )
    if not rows:
        return None
    whole = hashlib.sha256()
    for row in rows:
        whole.update(canonical.dumps({name: row[name] for name in ("artifact", "content", "stage")}) + b"\n")
    return whole.hexdigest()
