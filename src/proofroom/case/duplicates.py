"""What was found several times: the same bytes in several places, and texts that are nearly the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from proofroom.store.journal import Journal
from proofroom.values.masking import Mask

_MOST_PATHS: Final = 20
_MOST_NEAR: Final = 20
_SEVERAL: Final = """select digest, count(*) as places from occurrences
  where digest is not null and state is not 'refused' group by digest having places > 1
  order by places desc, digest"""


def near_lines(journal: Journal, artifact: str, mask: Mask) -> list[dict[str, Any]]:
    """Give the artifacts whose texts are nearly that of one, the most alike first."""
    from proofroom.search.near import near

    return [
        {"digest": digest, "likeness": round(alike, 2), "paths": _paths(journal, digest, mask)}
        for digest, alike in near(journal, artifact)[:_MOST_NEAR]
    ]


def duplicate_lines(journal: Journal, mask: Mask, least: float) -> Iterator[dict[str, Any]]:
    """Give what was found several times: first the same bytes, then groups of texts that are nearly the same."""
    from proofroom.search.near import groups, near

    for row in journal.rows(_SEVERAL):
        paths = _paths(journal, row["digest"], mask)
        yield {"kind": "same", "places": row["places"], "digest": row["digest"], "paths": paths}
    for members in groups(journal, least):
        alike = {members[0]: 1.0} | dict(near(journal, members[0], 0.0))
        yield {
            "kind": "near",
            "places": len(members),
            "artifacts": [
                {
                    "digest": digest,
                    "likeness": round(alike.get(digest, 0.0), 2),
                    "paths": _paths(journal, digest, mask),
                }
                for digest in members
            ],
        }


def _paths(journal: Journal, digest: str, mask: Mask) -> list[str]:
    rows = journal.rows(
        "select path from occurrences where digest = ? order by id limit ?", (digest, _MOST_PATHS)
    )
    return [mask.text(row["path"]) for row in rows]
