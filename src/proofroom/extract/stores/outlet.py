"""Send what a store holds to the sink: folders as pieces, items as message files under the path of their folder."""

from __future__ import annotations

from typing import Final

from proofroom.extract.containers.giving import MOST_FACTS, give
from proofroom.extract.format import Line, Sink
from proofroom.extract.letters.mapi_bag import Bag
from proofroom.extract.letters.message import joined_facts
from proofroom.extract.stores.as_msg import MessageWriter
from proofroom.extract.stores.items import StoredItem
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

_NAME: Final = 0x3001
_LONGEST_NAME: Final = 200
_DOTS: Final = (".", "..")


class Outlet:
    """Counts folders and items on their way out."""

    def __init__(self, sink: Sink, writer: MessageWriter) -> None:
        """Send to the sink."""
        self._sink = sink
        self._writer = writer
        self._folders = 0

    def store(self, bag: Bag) -> None:
        """Send what the store says of itself."""
        for key, value in bag.facts(bag.texts(), frozenset()):
            self._sink.meta(f"mapi:{key}", value)

    def folder(self, above: str, bag: Bag, number: int, *, hidden: bool) -> str:
        """Send a folder as `folder=N` with its path, and its properties; gives the path for names of members."""
        self._folders += 1
        texts = bag.texts()
        name = bag.text(texts, _NAME).strip()
        path = f"{above}/{_safe(name, number)}" if above else _safe(name, number)
        flags = Flag.HIDDEN_TEXT if hidden else Flag.NONE
        self._sink.lines(
            [Line(f"folder={self._folders}", PieceKind.NAME, f"{above}/{name}" if above else name, flags)]
        )
        if self._folders <= MOST_FACTS:
            facts = joined_facts(bag, texts, frozenset())
            self._sink.meta(f"mapi:folder:{self._folders}", f"number=0x{number:X}; {facts}")
        return path

    def item(self, name: str, item: StoredItem) -> None:
        """Send an item as a message file."""
        give(self._sink, name.encode("utf-8", "replace"), -1, self._writer.blocks(item))
        if item.damaged or item.bag.damaged or any(one.damaged for one in item.recipients):
            self._sink.partly(Reason.DAMAGED_PART)

    def lost(self, name: str, state: State, reason: Reason) -> None:
        """Record an item that could not be read."""
        self._sink.member_without_bytes(name.encode("utf-8", "replace"), state, reason)
        self._sink.partly(Reason.DAMAGED_PART)


def item_name(path: str, place: int, number: int) -> str:
    """Name an item by its folder, its place in it, and its number in the store."""
    # The x keeps the two numbers from looking like one that must be masked.
    name = f"{place:05d}-x{number:x}.msg"
    return f"{path}/{name}" if path else name


def _safe(name: str, number: int) -> str:
    """Give a folder's name as one step of a path."""
    plain = "".join("_" if sign in "/\0" else sign for sign in name[:_LONGEST_NAME])
    return f"folder-{number:x}" if not plain or plain in _DOTS else plain
