"""Read Outlook items (msg, oft): every property, the headers, the bodies, the recipients, and what is attached.

Properties stand as `mapi:NAME`, headers as `mail:NAME` (from the properties where none came with the message);
the lines of the plain text as `para=N`. A web page or rich text is a member `body.html`, `body.rtf`. Attachments
are members; an attached item is written as an item of its own and read as one; what is only linked is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.containers.giving import give
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.letters import attachments
from proofroom.extract.letters.mapi_bag import Bag
from proofroom.extract.letters.mapi_values import Texts
from proofroom.extract.letters.message import send_message
from proofroom.extract.letters.msg_storage import (
    PART_HEAD,
    PROPERTIES,
    TOP_HEAD,
    as_file,
    attach_data,
    find_inside,
    read_bag,
    read_names,
    stream_blocks,
)
from proofroom.extract.ole.directory import STORAGE, Entry, told
from proofroom.extract.ole.streams import Streams
from proofroom.model.states import Reason, State

_ATTACHMENT: Final = "__attach_version1.0_#"
_RECIPIENT: Final = "__recip_version1.0_#"
_MOST_TOLD: Final = 1_000


def read(source: Source, sink: Sink) -> None:
    """Read an item; what its lists promise and the file does not hold is said."""
    streams = Streams.of(source)
    names = read_names(streams)
    bag = read_bag(streams, streams.root, TOP_HEAD, names)
    recipients = [read_bag(streams, one, PART_HEAD, names) for one in _parts(streams, _RECIPIENT)]
    _send_container(streams, sink)
    texts = send_message(sink, bag, recipients)
    attached = list(_parts(streams, _ATTACHMENT))
    for number, storage in enumerate(attached, 1):
        _attachment(streams, storage, sink, (read_bag(streams, storage, PART_HEAD, names), texts, number))
    if any(
        said > there for said, there in zip(_promised(streams), (len(recipients), len(attached)), strict=True)
    ):
        sink.partly(Reason.DAMAGED_PART)
    if not streams.whole:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _parts(streams: Streams, name: str) -> Iterator[Entry]:
    """Give the storages of recipients or attachments in the order of their numbers."""
    for entry in streams.inside(streams.root):
        if entry.kind == STORAGE and entry.name.lower().startswith(name):
            yield entry


def _promised(streams: Streams) -> tuple[int, int]:
    """Give how many recipients and attachments the list of properties counts."""
    entry = find_inside(streams, streams.root, PROPERTIES)
    head = streams.read(entry, TOP_HEAD) if entry else b""
    return int.from_bytes(head[16:20], "little"), int.from_bytes(head[20:24], "little")


def _attachment(streams: Streams, storage: Entry, sink: Sink, known: tuple[Bag, Texts, int]) -> None:
    """Send one attachment: its facts, and its bytes or what stands for them."""
    bag, above, number = known
    texts = bag.texts(above)
    attachments.send_attachment_facts(sink, bag, texts, number)
    data = attach_data(streams, storage)
    if data is None:
        attachments.send_without_data(sink, bag, texts, number)
    elif data.is_stream:
        name = attachments.attachment_name(bag, texts, number)
        give(sink, name, data.size, stream_blocks(streams, data))
    else:
        is_item = find_inside(streams, data, PROPERTIES) is not None
        name = attachments.attachment_name(bag, texts, number, ".msg" if is_item else "")
        give(sink, name, -1, as_file(streams, data))


def _send_container(streams: Streams, sink: Sink) -> None:
    """Send what the compound file says of itself: times of its storages, and entries that nothing leads to."""
    for key, value in zip(("root-created", "root-saved"), streams.root_times(), strict=True):
        if value:
            sink.meta(f"ole:{key}", value)
    if streams.root.class_id:
        sink.meta("ole:class", streams.root.class_id)
    dated = [entry for entry in streams.entries[1:] if entry.created or entry.changed]
    for entry in dated[:_MOST_TOLD]:
        sink.meta("ole:entry", told(entry))
    for entry in streams.unreachable[:_MOST_TOLD]:
        sink.meta("ole:unreachable-entry", told(entry))


FORMAT = Format(
    name="outlook_msg",
    media_types=frozenset(("application/vnd.ms-outlook",)),
    read=read,
    sample="outlook_msg.msg",
)
