"""The one place where evidence becomes output: every value passes the mask here, or does not get out.

Faces (CLI, web, notebook) get plain dictionaries from here and nothing else. What is withheld stands as
`{"withheld": "id", "as": "ID-7F2QX"}` or, inside a longer text, as its pseudonym.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from proofroom.model.evidence import Piece, PieceKind
from proofroom.model.where import Parts, Where, format_parts
from proofroom.store.evidence import parse_or_none
from proofroom.values.masking import Mask

if TYPE_CHECKING:
    from proofroom.search.find import Hit


def artifact_line(row: Any, mask: Mask) -> dict[str, Any]:
    """Render one occurrence as a line of `artifacts`; a masked path comes without its bytes."""
    path = mask.text(row["path"])
    line: dict[str, Any] = {"digest": row["digest"], "path": path}
    if mask.secret is None and _needs_bytes(row["path_bytes"], row["path"]):
        line["path_bytes"] = base64.b64encode(row["path_bytes"]).decode()
    return line | {
        "parent": None if row["parent_path"] is None else mask.text(row["parent_path"]),
        "media_type": row["media_type"] or None,
        "bytes": row["size"],
        "state": row["state"],
        "reason": row["reason"],
    }


def piece_line(piece: Piece, mask: Mask, neighbours: Sequence[Piece] | None = None) -> dict[str, Any]:
    """Render one piece as a line of `show`, with its neighbours in short where they are given."""
    line: dict[str, Any] = {
        "where": masked_where(piece.where, mask),
        "kind": piece.kind.name.lower(),
        "value": _value(piece.value, mask),
        "raw": mask.text(piece.untrusted_raw),
        "shown": mask.text(piece.shown),
        "formula": None if piece.formula is None else mask.text(piece.formula),
        "hidden": list(piece.hidden) or None,
        "merged": piece.merged,
        "warnings": list(piece.warnings),
    }
    if piece.kind is PieceKind.CELL and piece.value is None:
        line["raw"] = line["shown"] = None
    if neighbours is not None:
        line["neighbours"] = [
            {
                "where": masked_where(one.where, mask),
                "shown": mask.text(one.shown),
                "hidden": list(one.hidden) or None,
            }
            for one in neighbours
        ]
    return line


def hit_line(hit: Hit, digest: str | None, path: str, mask: Mask) -> dict[str, Any]:
    """Render one search hit; the match itself is shown, everything around it is masked."""
    snippet, highlights = mask.around(hit.snippet, [(start, end) for start, end in hit.highlights])
    where = None if digest is None else masked_where(Where(digest, parse_or_none(hit.part) or ()), mask)
    return {
        "where": where,
        "digest": digest,
        "path": mask.text(path),
        "kind": hit.kind,
        "score": round(hit.score, 4),
        "variant": hit.variant,
        "snippet": snippet,
        "highlights": [list(span) for span in highlights],
        "continues": [format_parts(_masked(parse_or_none(part) or (), mask)) for part in hit.continues],
    }


def masked_where(where: Where, mask: Mask) -> str:
    """Write an address with masked names; digests are the house's own and stay."""
    return str(Where(where.artifact, _masked(where.parts, mask), where.outside))


def _masked(parts: Parts, mask: Mask) -> Parts:
    """Mask what an address quotes from the evidence; row, cell, page and line numbers are ours and stay."""
    return tuple((key, mask.text(value) if key in _QUOTED else value) for key, value in parts)


_QUOTED = ("sheet", "meta", "pointer")


def _value(value: str | float | None, mask: Mask) -> Any:  # a truth value is an int to Python
    """Mask a typed value; a number that looks like an ID is withheld as a whole."""
    if isinstance(value, str):
        return mask.text(value)
    if value is None or isinstance(value, bool):
        return value
    # A long ID stored as a number has become a float without a fraction, such as 1.1010119e+17.
    digits = f"{abs(value):.0f}" if float(value).is_integer() else ""
    shown = mask.text(digits)
    return value if shown == digits else {"withheld": "id", "as": shown}


def _needs_bytes(untrusted_path: bytes, path: str) -> bool:
    """Say whether a path's text does not hold all of its bytes."""
    return path.encode("utf-8", "surrogatepass") != untrusted_path
