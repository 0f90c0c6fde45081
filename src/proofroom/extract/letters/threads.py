"""Say to which conversation a message belongs: one key for all of its messages, whatever program kept them."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from typing import Final

from proofroom.extract.letters.mapi_named import guid_text
from proofroom.extract.ole.filetime import iso_time

_ID: Final = re.compile(r"<([^<>\s]{1,998})>")
_PREFIX: Final = re.compile(
    r"\A(?:\s*+(?:re|fw|fwd|aw|wg|tr|sv|vs|rv|antw|答复|回复|转发|轉寄|回覆|答覆|轉發|отв|пересл)"
    r"(?:\[\d{1,3}\])?\s*+[:：]\s*+)+",
    re.IGNORECASE,
)
_HEAD: Final = 22
_CHILD: Final = 5
_MOST_CHILDREN: Final = 500


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a conversation index (MS-OXOMSG 2.2.1.3) holds: the conversation's id, and when each reply was begun."""

    id: str = ""
    times: tuple[str, ...] = ()


def thread_keys(references: str, in_reply_to: str, message_id: str, index: bytes, subject: str) -> list[str]:
    """Give the keys of a conversation: the id of its first message, Outlook's id of it, the plain subject."""
    ids = _ID.findall(references) or _ID.findall(in_reply_to) or _ID.findall(message_id)
    bare = message_id.strip()
    keys = [ids[0]] if ids else [bare] if bare and not bare.isspace() else []
    known = conversation(index).id
    if known:
        keys.append(f"conversation:{known}")
    plain = " ".join(_PREFIX.sub("", subject, count=1).split()).casefold() if subject else ""
    if plain:
        keys.append(f"subject:{plain}")
    return keys


def conversation(index: bytes) -> Conversation:
    """Read a conversation index; one that is too short says nothing."""
    if len(index) < _HEAD:
        return Conversation()
    # Five bytes of the time stand here, behind the 1 that is the time's own first byte.
    moment = int.from_bytes(index[:6], "big") << 16
    times = [iso_time(moment)]
    for at in range(_HEAD, min(len(index), _HEAD + _CHILD * _MOST_CHILDREN) - _CHILD + 1, _CHILD):
        bits = int.from_bytes(index[at : at + _CHILD], "big")
        coarse = bits >> 39 & 1
        # The 31 bits that follow leave out the lowest 18 or 23 bits of the time that went by.
        moment += (bits >> 8 & 0x7FFFFFFF) << (23 if coarse else 18)
        times.append(iso_time(moment))
    return Conversation(guid_text(index[6:_HEAD]), tuple(filter(None, times)))


def index_of_header(untrusted_value: str) -> bytes:
    """Decode the header Thread-Index, which holds a conversation index; b"" when it is none."""
    try:
        return binascii.a2b_base64(untrusted_value.encode("ascii", "ignore"))
    except binascii.Error:
        return b""
