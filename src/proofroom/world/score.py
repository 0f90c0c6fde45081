"""Compares what a case says with the truth of its world: precision and recall for each kind of fact.

The functions take plain iterables, so that the world needs to know no room: whoever owns a case hands
over its cells, lines, occurrences or search. What only OCR or an unknown password could show is not
expected unless `needs` names it, and what is found there all the same is compared like the rest.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from proofroom.errors import BadSource
from proofroom.model.where import Parts, parse_parts

Address = tuple[str, Parts]
_SHOWN_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Score:
    """How well one kind of fact was found: expected by the truth, found by the case, right among these."""

    kind: str
    expected: int
    found: int
    right: int
    problems: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 when nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what was expected that was found right; 1 when nothing was expected."""
        return self.right / self.expected if self.expected else 1.0

    def line(self) -> dict[str, object]:
        """Give it as a line of `world score --json`."""
        return {
            "kind": self.kind,
            "expected": self.expected,
            "found": self.found,
            "right": self.right,
            "precision": self.precision,
            "recall": self.recall,
            "problems": list(self.problems),
        }


def score_cells(
    truth: Path, cells: Iterable[tuple[str, str, str, str, str | None]], *, needs: Collection[str] = ("",)
) -> list[Score]:
    """Score cells given as (path, part, raw, shown, formula), for each of raw, shown and formula.

    A cell counts when the text at exactly this address is exactly the one stored. Cells of files the
    truth knows no cells of are left out of the precision. Raises BadSource when the truth is missing.
    """
    known = facts(truth, "cells")
    given = {(path, parse_parts(part)): (raw, shown, formula) for path, part, raw, shown, formula in cells}
    covered = {path for path, _ in known}
    scores = []
    for place, kind in enumerate(("raw", "shown", "formula")):
        wanted = {at: row[kind] for at, row in known.items() if row["needs"] in needs and row[kind]}
        allowed = {at: row[kind] for at, row in known.items() if row[kind]}
        found = {at: given[at][place] for at in given if at[0] in covered and given[at][place]}
        scores.append(_compare(f"cells:{kind}", wanted, allowed, found))
    return scores


def score_lines(
    truth: Path, lines: Iterable[tuple[str, str, str]], *, needs: Collection[str] = ("",)
) -> list[Score]:
    """Score lines and paragraphs given as (path, part, text): at the exact address, and anywhere in the file.

    What stands at kinds of address that the truth does not list for a file (its properties, say) is left out of
    the precision; what lies so deep that it may be refused is not expected. The second score (`lines:text`)
    asks only whether the text was found in the right file.
    """
    known = facts(truth, "lines")
    covered = {path for path, _ in known}
    kinds = {(path, _kind(parts)) for path, parts in known}
    kept = [(path, parse_parts(part), text) for path, part, text in lines if path in covered]
    given = {(path, parts): text for path, parts, text in kept if (path, _kind(parts)) in kinds}
    deep = {str(line["path"]) for line in _json(truth, "files") if "optional" in line}
    wanted = {at: row["raw"] for at, row in known.items() if row["needs"] in needs and at[0] not in deep}
    allowed = {at: row["raw"] for at, row in known.items()}
    exact = _compare("lines:address", wanted, allowed, given)
    texts: dict[str, str] = {}
    for path, _, text in kept:
        texts[path] = texts.get(path, "") + "\n" + text
    missed = [at for at, text in wanted.items() if str(text) not in texts.get(at[0], "")]
    right = len(wanted) - len(missed)
    return [exact, Score("lines:text", len(wanted), right, right, _problems("missing", missed))]


def _kind(parts: Parts) -> tuple[str, ...]:
    """Give the names of an address's parts: `page` and `line`, say."""
    return tuple(name for name, _ in parts)


def score_states(truth: Path, artifacts: Iterable[tuple[str, str | None, str]]) -> list[Score]:
    """Score occurrences given as (path, digest, state): found at all, with the right bytes, in a right state.

    Occurrences the truth does not list (parts of documents, say) are left out of the precision.
    """
    lines = {str(line["path"]): line for line in _json(truth, "files")}
    given = {path: (digest, state) for path, digest, state in artifacts}
    must = {path: line for path, line in lines.items() if "optional" not in line}
    known = [path for path in given if path in lines]
    here = [path for path in must if path in given]
    same = [path for path in here if must[path]["digest"] == given[path][0]]
    ended = [path for path in here if given[path][1] in _right_states(must[path])]
    lost = [path for path in must if path not in given]
    wrong = [
        f"{path}: {given[path][1]}, not {must[path]['state']}" for path in here if path not in set(ended)
    ]
    changed = [path for path in here if path not in set(same)]
    return [
        Score(
            "occurrences",
            len(must),
            len(here),
            len(here),
            tuple(f"missing {path}" for path in lost[:_SHOWN_PROBLEMS]),
        ),
        Score("digests", len(must), len(here), len(same), tuple(changed[:_SHOWN_PROBLEMS])),
        Score("states", len(must), len(here), len(ended), tuple(wrong[:_SHOWN_PROBLEMS])),
        Score("optional", len(lines) - len(must), len(known) - len(here), len(known) - len(here)),
    ]


def score_search(
    truth: Path, search: Callable[[str], Iterable[tuple[str, str]]], *, names: int = 60
) -> Score:
    """Score a search for planted names against a scan of the truth; hits are (path, part).

    Names are persons' names in Han and Arabic script and officials', spread evenly over the register.
    A hit is wrong when its cell or line, folded to letters, does not hold the name; hits outside cells
    and lines (properties, file names) are left out.
    """
    said = {
        at: str(row["raw"])
        for at, row in (facts(truth, "cells") | facts(truth, "lines")).items()
        if row["raw"] and row["needs"] == ""
    }
    folded = {at: _letters(text) for at, text in said.items()}
    expected = found = right = 0
    problems: list[str] = []
    for name in _planted(truth, names):
        letters = _letters(name)
        wanted = {at for at, text in said.items() if name in text}
        hits = {at for at in ((path, parse_parts(part)) for path, part in search(name)) if at in said}
        false = {at for at in hits if letters not in folded[at]}
        expected += len(wanted)
        found += len(hits - (hits - wanted - false))  # a spelling that only folds to the name is neither
        right += len(hits & wanted)
        problems += [f"{name}: missing {at}" for at in sorted(wanted - hits)[:2]]
        problems += [f"{name}: false {at}" for at in sorted(false)[:2]]
    return Score("search:names", expected, found, right, tuple(problems[:_SHOWN_PROBLEMS]))


def _planted(truth: Path, count: int) -> list[str]:
    people = _json(truth, "persons")
    step = max(1, len(people) // count)
    picked = [str(person["han"]) for person in people[::step]]
    picked += [str(person["arabic"]) for person in people[:: step * 6]]
    return picked + [str(person["han"]) for person in people if "·" not in str(person["han"])]


def _letters(text: str) -> str:
    """Fold to letters and digits alone, so that another dot between two names makes no difference."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _compare(
    kind: str,
    wanted: Mapping[Address, object],
    allowed: Mapping[Address, object],
    found: Mapping[Address, object],
) -> Score:
    """Compare texts address by address; what was not expected but is true counts neither way."""
    judged = {
        at: text for at, text in found.items() if at in wanted or at not in allowed or allowed[at] != text
    }
    right = sum(wanted.get(at) == text for at, text in judged.items())
    missing = [at for at in wanted if at not in found]
    wrong = [at for at, text in judged.items() if wanted.get(at) != text]
    problems = _problems("missing", missing) + _problems("wrong", wrong)
    return Score(kind, len(wanted), len(judged), right, problems[:_SHOWN_PROBLEMS])


def _right_states(line: Mapping[str, object]) -> set[object]:
    also = line["also"]
    return {line["state"], *(also if isinstance(also, list) else ())}


def _problems(word: str, places: Sequence[Address]) -> tuple[str, ...]:
    return tuple(f"{word} {path}#{parts}" for path, parts in sorted(places)[:_SHOWN_PROBLEMS])


def facts(truth: Path, name: str) -> dict[Address, dict[str, object]]:
    """Give the facts of a table of the truth by path and part; raises BadSource when it is missing."""
    path = truth / f"{name}.parquet"
    if not path.is_file():
        raise BadSource(f"{path} is missing", remedy="Name the truth folder of a world.")
    rows = pq.read_table(path).to_pylist()
    return {(row["path"], parse_parts(row["part"])): row for row in rows}


def _json(truth: Path, name: str) -> list[dict[str, object]]:
    path = truth / f"{name}.json"
    if not path.is_file():
        raise BadSource(f"{path} is missing", remedy="Name the truth folder of a world.")
    found: list[dict[str, object]] = json.loads(path.read_text("utf-8"))
    return found
