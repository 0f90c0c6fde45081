"""Name what is attached to a message, tell what is said about it, and record what is only linked."""

from __future__ import annotations

from typing import Final

from proofroom.extract.containers.giving import MOST_FACTS, withhold
from proofroom.extract.format import Sink
from proofroom.extract.letters.mapi_bag import Bag, send_long
from proofroom.extract.letters.mapi_values import Texts
from proofroom.extract.letters.message import joined_facts
from proofroom.model.states import Reason, State

DATA: Final = 0x3701
_RENDERING: Final = 0x3709
_METHOD: Final = 0x3705
_LINKS: Final = (0x370D, 0x3708)
_NAMES: Final = (0x3707, 0x3704, 0x3001)
_ENDING: Final = 0x3703
_NONE: Final = 0
_LINKED: Final = (2, 3, 4, 7)
OLE: Final = 6
MESSAGE: Final = 5
_LONGEST_NAME: Final = 1_000


def attachment_name(bag: Bag, texts: Texts, number: int, ending: str = "") -> bytes:
    """Give the name of an attachment as its sender wrote it, or one by its number, with `ending` at its end."""
    name = bag.text(texts, *_NAMES)
    if not name:
        own = bag.text(texts, _ENDING)
        name = f"attachment-{number}{own if own.startswith('.') else ''}"
    name = name[:_LONGEST_NAME]
    if ending and not name.lower().endswith(ending):
        name += ending
    return name.encode("utf-8", "replace")


def method(bag: Bag) -> int:
    """Give in which way something is attached (MS-OXCMSG 2.2.2.9)."""
    return bag.number(_METHOD)


def send_attachment_facts(sink: Sink, bag: Bag, texts: Texts, number: int) -> None:
    """Send all that is said about an attachment, and the icon it was shown as."""
    leave = frozenset((DATA, _RENDERING))
    if number <= MOST_FACTS:
        sink.meta(f"mapi:attachment:{number}", joined_facts(bag, texts, leave))
    send_long(bag, sink, leave)
    icon = bag.raw(_RENDERING)
    if icon:
        with sink.member(f"attachment-{number}-icon.wmf".encode(), len(icon)) as out:
            out.write(icon)
    if bag.damaged:
        sink.partly(Reason.DAMAGED_PART)


def send_without_data(sink: Sink, bag: Bag, texts: Texts, number: int) -> None:
    """Record an attachment that has no bytes here: a link, one that was never filled, or one that is lost."""
    name = attachment_name(bag, texts, number)
    link = bag.text(texts, *_LINKS)
    if method(bag) in _LINKED or (link and method(bag) != 1):
        sink.meta("mapi:attachment-link", link or name.decode("utf-8", "replace"))
        withhold(sink, name, State.REFUSED, Reason.EXTERNAL_PART)
    elif method(bag) == _NONE:
        withhold(sink, name, State.EMPTY, Reason.NO_CONTENT)
    else:
        withhold(sink, name, State.DAMAGED, Reason.CUT_SHORT)
