"""What a PDF would do by itself or when somebody clicks: scripts, programs, forms sent away. Told, never done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pages.tree import LONGEST, entries, entry, is_dictionary, items, key_of, words
from proofroom.model.evidence import PieceKind
from proofroom.model.where import Parts

_MOST_IN_A_ROW: Final = 1_000
_MOST: Final = 10_000
_QUIET: Final = ("GoTo", "URI", "Named", "Thread")
"""What only leads to a place: links are told as links, places inside the document are not."""


@dataclass(slots=True)
class Actions:
    """Sends actions as pieces, numbered at the place that starts them, and remembers which it has seen."""

    seen: set[tuple[int, int]] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    _numbers: Counter[Parts] = field(default_factory=Counter)

    def of(self, thing: Any, where: Parts, lines: LineBatch) -> None:
        """Send what a page, annotation, field, bookmark or document would do, by itself or when used."""
        self.send(entry(thing, "/A"), "", where, lines)
        for trigger, action in entries(entry(thing, "/AA")):
            self.send(action, trigger[1:], where, lines)

    def send(self, action: Any, trigger: str, where: Parts, lines: LineBatch) -> None:
        """Send an action and those that follow it."""
        waiting = [action]
        for _ in range(_MOST_IN_A_ROW):
            if not waiting or self.kinds.total() >= _MOST:
                return
            one = waiting.pop(0)
            key = key_of(one)
            if not is_dictionary(one) or (key is not None and (key, where) in self._told):
                continue
            if key is not None:
                self.seen.add(key)
                self._told.add((key, where))
            kind = words(entry(one, "/S"))
            following = entry(one, "/Next")
            waiting += items(following) or [following]
            if not kind or kind in _QUIET:
                continue
            self.kinds[kind] += 1
            self._numbers[where] += 1
            text = f"{trigger} {kind}: {_target(one)}".strip().rstrip(":")
            number = ("action", str(self._numbers[where]))
            lines.put((*where, number), PieceKind.META, text[:LONGEST])

    _told: set[tuple[tuple[int, int], Parts]] = field(default_factory=set)


def _target(action: Any) -> str:
    """Give what an action would run, open or send to."""
    script = words(entry(action, "/JS"))
    if script:
        return script
    file = entry(action, "/F")
    named = words(entry(file, "/UF")) or words(entry(file, "/F")) or words(file)
    windows = entry(action, "/Win")
    said = [named, *(words(entry(windows, key)) for key in ("/F", "/P", "/D", "/O"))]
    destination = entry(action, "/D")
    if not items(destination):
        said.append(words(destination))
    said += [words(entry(action, key)) for key in ("/URI", "/N", "/Base")]
    target = entry(action, "/T")
    if is_dictionary(target):
        said += [words(entry(target, "/N")), words(entry(target, "/P"))]
    return " ".join(filter(None, said))
