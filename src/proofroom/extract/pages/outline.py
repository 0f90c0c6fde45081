"""What a PDF says about itself in order: its outline, the labels of its pages, descriptions of what pages show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pages.actions import Actions
from proofroom.extract.pages.tree import (
    entry,
    is_dictionary,
    items,
    key_of,
    tree_leaves,
    whole,
    words,
)
from proofroom.model.evidence import PieceKind
from proofroom.model.where import Parts

_MOST_HEADINGS: Final = 50_000
_MOST_ELEMENTS: Final = 300_000
_MOST_LABELS: Final = 1_000
_LETTERS: Final = 26
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST_ROMAN: Final = 4_000
_LEAST_DESCRIPTION: Final = 2
_DESCRIPTIONS: Final = ("/Alt", "/E", "/ActualText")

Pages = Mapping[tuple[int, int] | None, int]


def send_outline(
    root: Any, pages: Pages, names: Mapping[str, Any], actions: Actions, lines: LineBatch
) -> int:
    """Send the headings of the outline in order, and where each leads; gives their number."""
    count = 0
    for count, heading in enumerate(_headings(entry(root, "/Outlines", "/First")), 1):
        where: Parts = (("outline", str(count)),)
        lines.put(where, PieceKind.NAME, words(entry(heading, "/Title")))
        lines.put((*where, ("link", "1")), PieceKind.META, _leads_to(heading, pages, names))
        actions.of(heading, where, lines)
        if count >= _MOST_HEADINGS:
            break
    return count


def _headings(first: Any) -> Iterator[Any]:
    """Go through an outline in reading order, each heading once."""
    waiting, seen = [first], set()
    while waiting:
        heading = waiting.pop()
        key = key_of(heading)
        if not is_dictionary(heading) or key is None or key in seen:
            continue
        seen.add(key)
        yield heading
        waiting += [entry(heading, "/Next"), entry(heading, "/First")]


def _leads_to(heading: Any, pages: Pages, names: Mapping[str, Any]) -> str:
    action = entry(heading, "/A")
    uri = words(entry(action, "/URI"))
    if uri:
        return uri
    goal = entry(heading, "/Dest")
    if goal is None and words(entry(action, "/S")) == "GoTo":
        goal = entry(action, "/D")
    if not items(goal):
        goal = names.get(words(goal))
        goal = entry(goal, "/D") if is_dictionary(goal) else goal
    goals = items(goal)
    number = pages.get(key_of(goals[0])) if goals and key_of(goals[0]) else None
    return f"page={number}" if number else ""


def destinations(root: Any) -> dict[str, Any]:
    """Give the named places of a document."""
    found = {words(name): goal for name, goal in tree_leaves(entry(root, "/Names", "/Dests"), "/Names")}
    old = entry(root, "/Dests")
    if is_dictionary(old):
        found |= {name[1:]: goal for name, goal in old.items()}
    return found


def page_labels(root: Any) -> str:
    """Give how pages are labelled: for each run of pages the number of its first page and that one's label."""
    found = []
    for first, style in tree_leaves(entry(root, "/PageLabels"), "/Nums"):
        begins = whole(entry(style, "/St"), 1)
        number = _numeral(words(entry(style, "/S")), begins)
        found.append(f"{whole(first) + 1}={words(entry(style, '/P'))}{number}")
        if len(found) >= _MOST_LABELS:
            break
    return "; ".join(found)


def _numeral(style: str, value: int) -> str:
    """Write a page's number in the style of its run."""
    if style in ("R", "r") and 0 < value < _LARGEST_ROMAN:
        text = ""
        for worth, letters in _ROMAN:
            text, value = text + letters * (value // worth), value % worth
        return text.upper() if style == "R" else text
    if style in ("A", "a") and 0 < value < _LARGEST_ROMAN:
        letter = chr(ord(style) + (value - 1) % _LETTERS)
        return letter * ((value - 1) // _LETTERS + 1)
    return str(value) if style else ""


def send_descriptions(root: Any, pages: Pages, lines: LineBatch) -> None:
    """Send what the structure of a document says of its pictures and formulas for those who cannot see them."""
    numbers: Counter[int] = Counter()
    for element, page in _elements(entry(root, "/StructTreeRoot")):
        for key in _DESCRIPTIONS:
            text = words(entry(element, key))
            # One character is a bullet or a letter that says how it is read aloud.
            if len(text.strip()) < _LEAST_DESCRIPTION:
                continue
            number = pages.get(page, 0) if page else 0
            numbers[number] += 1
            alt = ("alt", str(numbers[number]))
            lines.put((("page", str(number)), alt) if number else (alt,), PieceKind.NAME, text)


def _elements(root: Any) -> Iterator[tuple[Any, tuple[int, int] | None]]:
    """Go through the structure in order, each element once, with the page that it or one above it names."""
    waiting: list[tuple[Any, tuple[int, int] | None]] = [(root, None)]
    seen: set[tuple[int, int]] = set()
    left = _MOST_ELEMENTS
    while waiting and left > 0:
        left -= 1
        element, page = waiting.pop()
        key = key_of(element)
        if not is_dictionary(element) or (key is not None and key in seen):
            continue
        if key is not None:
            seen.add(key)
        page = key_of(entry(element, "/Pg")) or page
        yield element, page
        kids = entry(element, "/K")
        below = [kid for kid in (items(kids) or [kids]) if is_dictionary(kid)]
        waiting += [(kid, page) for kid in reversed(below)]
