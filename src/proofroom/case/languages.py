"""In which languages and scripts what is shown is written."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from proofroom.language.scripts import languages_of, scripts_and_languages
from proofroom.model.evidence import PieceKind

_MOST: Final = 20_000
"""Pieces of an artifact that are looked at: those at its beginning."""


def spoken(untrusted_text: str) -> dict[str, str]:
    """Say in which script and language one text is; "" where it is not clear."""
    script, language = scripts_and_languages([untrusted_text])[0]
    return {"script": script, "language": language}


def languages_in(*tables: pa.Table) -> dict[str, int]:
    """Count the texts of an artifact by their language, most first; properties and what is not clear are left out."""
    found: Counter[str] = Counter()
    for table in tables:
        texts = table.filter(pc.not_equal(table["kind"], int(PieceKind.META)))["text"].slice(0, _MOST)
        found.update(filter(None, languages_of(texts.to_pylist())))
    return dict(found.most_common())
