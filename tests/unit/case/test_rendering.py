"""Rendering: a number is withheld or shown in all its forms alike, and a match shows nothing around it."""

from __future__ import annotations

import pytest

from proofroom.base.guarded import UntrustedText
from proofroom.case.rendering import hit_line, piece_line
from proofroom.model.evidence import Piece, PieceKind
from proofroom.model.where import parse_where
from proofroom.search.find import Hit
from proofroom.values.masking import Mask

MASK = Mask(b"a case's secret")
DIGEST = "a" * 64


def cell(raw: str, value: str | float, shown: str | None = None) -> Piece:
    where = parse_where(f"{DIGEST}#sheet=S&cell=B2")
    return Piece(where, PieceKind.CELL, UntrustedText(raw), value, UntrustedText(shown or raw))


@pytest.mark.parametrize(
    ("raw", "value", "shown"),
    [
        ("13912345678", 13912345678, None),
        ("13912345678.5", 13912345678.5, None),
        ("9.90101198001011E+17", 9.90101198001011e17, "990101198001011000"),
        ("990101198001011234", 990101198001011234.0, None),
        ("13912345678", 13912345678, "139-1234-5678"),
    ],
)
def test_a_number_is_withheld_with_the_pseudonym_of_its_stored_text(
    raw: str, value: float, shown: str | None
) -> None:
    line = piece_line(cell(raw, value, shown), MASK)
    assert line["raw"] == line["shown"] == MASK.pseudonym(raw)
    assert line["value"] == {"withheld": "id", "as": line["raw"]}


@pytest.mark.parametrize(
    ("raw", "value", "shown"),
    [
        ("112.93840123456", 112.93840123456, None),
        ("0.21428571428571427", 0.21428571428571427, "21.43%"),
        ("41275.1234567891", "2013-01-01T02:57:46", "2013-01-01 02:57:46"),
        ("41275", 41275, "41,275"),
    ],
)
def test_a_number_with_few_whole_digits_stays_readable_in_all_its_forms(
    raw: str, value: str | float, shown: str | None
) -> None:
    line = piece_line(cell(raw, value, shown), MASK)
    assert (line["value"], line["raw"], line["shown"]) == (value, raw, shown or raw)


def test_a_text_of_digits_and_points_is_masked() -> None:
    line = piece_line(cell("139.12345678", "139.12345678"), MASK)
    assert line["value"] == line["raw"] == line["shown"] == MASK.pseudonym("13912345678")


def test_a_hit_shows_its_match_and_not_the_rest_of_the_number() -> None:
    hit = Hit(DIGEST, "line=1", "line", 1.0, None, "tel 139 1234 5678", ((13, 17),), ())
    line = hit_line(hit, DIGEST, "139 1234 5678.txt", MASK)
    pseudonym = MASK.pseudonym("13912345678")
    assert (line["snippet"], line["highlights"]) == (f"tel {pseudonym} 5678", [[13, 17]])
    assert line["path"] == f"{pseudonym}.txt"
