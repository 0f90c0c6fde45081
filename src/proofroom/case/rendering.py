"""The one place where evidence becomes output: every value passes the mask here, or does not get out.

Faces (CLI, web, notebook) get plain dictionaries from here and nothing else. What is withheld stands as
`{"withheld": "id", "as": "ID-7F2QX"}` or, inside a longer text, as its pseudonym.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from proofroom.model.evidence import Piece, PieceKind, Recognised
from proofroom.model.where import Parts, Where, format_parts
from proofroom.store.addresses import masked_parts, parse_or_none
from proofroom.values.masking import Mask

if TYPE_CHECKING:
    from proofroom.search.find import Hit
    from proofroom.store.cells import Stored


_CELL_PARTS = 2
_MOST_SURE = 100
_KINDS = {kind: kind.name.lower() for kind in PieceKind}


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


def cell_lines(sheet: Where, cells: Iterable[Stored], mask: Mask) -> list[dict[str, Any]]:
    """Render the cells of one sheet as lines of `show`."""
    head = _sheet_head(sheet.artifact, sheet.parts, sheet.outside, mask.secret)
    cell = PieceKind.CELL
    return [_line(f"{head}cell={name}", cell, rest, mask) for name, *rest in cells]


def piece_line(piece: Piece, mask: Mask, neighbours: Sequence[Piece] | None = None) -> dict[str, Any]:
    """Render one piece as a line of `show`, with its neighbours in short where they are given."""
    what = (piece.value, piece.untrusted_raw, piece.shown, piece.formula)
    beside = (piece.hidden, piece.merged, piece.warnings)
    line = _line(masked_where(piece.where, mask), piece.kind, (*what, *beside), mask)
    if piece.recognised is not None:
        line["ocr"] = _recognised(piece.recognised)
    if neighbours is not None:
        line["neighbours"] = [
            {
                "where": masked_where(one.where, mask),
                "shown": _shown(one, mask),
                "hidden": list(one.hidden) or None,
            }
            for one in neighbours
        ]
    return line


def _line(where: str, kind: PieceKind, held: Sequence[Any], mask: Mask) -> dict[str, Any]:
    """Render what stands at an address: value, stored and shown text, formula, hiding, merge, warnings."""
    value, stored, seen, formula, hidden, merged, warnings = held
    number = _is_number(kind, value, stored)
    hide = mask.number if number else mask.text
    raw = hide(stored)
    shown = raw if seen == stored else hide(seen)
    if isinstance(value, str):
        typed: Any = raw if value == stored else mask.text(value)
    elif not number or (raw == stored and shown == seen):
        typed = value
    else:
        typed = {"withheld": "id", "as": mask.pseudonym(stored)}
    nothing = value is None and kind is PieceKind.CELL
    return {
        "where": where,
        "kind": _KINDS[kind],
        "value": typed,
        "raw": None if nothing else raw,
        "shown": None if nothing else shown,
        "formula": None if formula is None else mask.text(formula),
        "hidden": list(hidden) or None,
        "merged": merged,
        "warnings": list(warnings),
    }


def hit_line(
    hit: Hit, digest: str | None, path: str, mask: Mask, recognised: Recognised | None = None
) -> dict[str, Any]:
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
        "continues": [format_parts(masked_parts(parse_or_none(part) or (), mask)) for part in hit.continues],
        "ocr": None if recognised is None else _recognised(recognised),
    }


def _recognised(how: Recognised) -> dict[str, Any]:
    """Render by which engine something was read, how surely, and where it stands on its page."""
    return {
        "engine": how.engine,
        "confidence": how.confidence if how.confidence <= _MOST_SURE else None,
        "box": None if how.box is None else list(how.box),
    }


def masked_where(where: Where, mask: Mask) -> str:
    """Write an address with masked names; digests are the house's own and stay."""
    parts = where.parts
    if parts and parts[-1][0] == "cell" and len(parts) <= _CELL_PARTS:
        # Thousands of these stand on a page: what they share is masked and written once.
        name = parts[-1][1]
        if name.isalnum() and name.isascii():
            return f"{_sheet_head(where.artifact, parts[:-1], where.outside, mask.secret)}cell={name}"
    return str(Where(where.artifact, masked_parts(parts, mask), where.outside))


@lru_cache(maxsize=64)
def _sheet_head(artifact: str, sheet: Parts, outside: bool, secret: bytes | None) -> str:  # noqa: FBT001 - a key
    """Write the beginning that the addresses of a sheet's cells share."""
    where = str(Where(artifact, masked_parts(sheet, Mask(secret)), outside))
    return f"{where}&" if sheet else f"{where}#"


def _is_number(kind: PieceKind, value: Any, untrusted_raw: str) -> bool:
    """Say whether a piece is a cell that holds a number, or a date, which is stored as one."""
    if isinstance(value, str):
        return kind is PieceKind.CELL and value != untrusted_raw
    return value is not None and value is not True and value is not False


def _shown(piece: Piece, mask: Mask) -> str:
    """Give the shown text of a neighbour through the mask."""
    number = _is_number(piece.kind, piece.value, piece.untrusted_raw)
    return mask.number(piece.shown) if number else mask.text(piece.shown)


def _needs_bytes(untrusted_path: bytes, path: str) -> bool:
    """Say whether a path's text does not hold all of its bytes."""
    return path.encode("utf-8", "surrogatepass") != untrusted_path
