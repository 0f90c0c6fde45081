"""Send a message kept as MAPI properties: facts, headers, recipients and bodies, whatever file it stood in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from proofroom.extract.containers.giving import MOST_FACTS
from proofroom.extract.containers.mail_text import BodyText
from proofroom.extract.format import Sink
from proofroom.extract.letters.headers import parse_headers, send_headers, send_thread
from proofroom.extract.letters.mapi_bag import Bag, send_long
from proofroom.extract.letters.mapi_values import Kind, Texts
from proofroom.extract.letters.quotes import Quotes
from proofroom.extract.letters.rtf_packed import unpack_rtf
from proofroom.extract.letters.rtf_unwrapped import unwrap
from proofroom.extract.markup.batches import LineBatch
from proofroom.model.states import Reason

_BODY, _RTF, _HTML, _HEADERS = 0x1000, 0x1009, 0x1013, 0x007D
_LEFT_OUT: Final = frozenset((_BODY, _RTF, _HTML, _HEADERS))
_CONVERSATION: Final = 0x0071
_TEXT_HEADERS: Final = {
    "subject": (0x0037, 0x0E1D),
    "message-id": (0x1035,),
    "in-reply-to": (0x1042,),
    "references": (0x1039,),
}
_DATES: Final = (0x0039, 0x0E06)
_FROM: Final = ((0x0042,), (0x5D02,), (0x0065,))
_SENDER: Final = ((0x0C1A,), (0x5D01,), (0x0C1F,))
_RECIPIENT: Final = ((0x3001, 0x5FF6, 0x3A20), (0x39FE,), (0x3003,))
_KIND_OF_RECIPIENT: Final = 0x0C15
_KINDS: Final = {0: "from", 1: "to", 2: "cc", 3: "bcc"}
_DISPLAYED: Final = {"to": 0x0E04, "cc": 0x0E03, "bcc": 0x0E02}
_MARK: Final = b"\xff\xfe"
_UTF8_MARK: Final = b"\xef\xbb\xbf"


def send_message(sink: Sink, bag: Bag, recipients: Sequence[Bag]) -> Texts:
    """Send what a message says of itself, to whom it went, and its bodies; gives its decoder for what hangs on it."""
    texts = bag.texts()
    for key, value in bag.facts(texts, _LEFT_OUT):
        sink.meta(f"mapi:{key}", value)
    if texts.codec and any(one.kind == Kind.STRING for one in bag.properties):
        sink.meta("text:encoding", texts.codec)
    send_long(bag, sink, _LEFT_OUT)
    _send_headers(sink, bag, recipients, texts)
    for number, one in enumerate(recipients[:MOST_FACTS], 1):
        sink.meta(f"mapi:recipient:{number}", joined_facts(one, one.texts(texts), frozenset()))
    _send_bodies(sink, bag, texts)
    if texts.undecodable:
        sink.meta("text:undecodable", str(texts.undecodable))
    if bag.damaged or any(one.damaged for one in recipients):
        sink.partly(Reason.DAMAGED_PART)
    return texts


def joined_facts(bag: Bag, texts: Texts, leave: frozenset[int]) -> str:
    """Write all properties of a recipient or an attachment as one text, in the order in which they stand."""
    return "; ".join(f"{key}={value}" for key, value in bag.facts(texts, leave))


def _send_headers(sink: Sink, bag: Bag, recipients: Sequence[Bag], texts: Texts) -> None:
    """Send the headers with which a message came, and under their names what only the properties know."""
    raw = bag.text(texts, _HEADERS)
    headers = parse_headers(raw.encode("utf-8", "surrogatepass")) if raw else []
    first = send_headers(sink, headers)
    for name, value in _derived(bag, recipients, texts):
        if name not in first or (name == "bcc" and value):
            sink.meta(f"mail:{name}", value)
    known = {name: bag.text(texts, *tags) for name, tags in _TEXT_HEADERS.items()}
    send_thread(sink, {**known, **first}, bag.raw(_CONVERSATION))


def _derived(bag: Bag, recipients: Sequence[Bag], texts: Texts) -> list[tuple[str, str]]:
    """Give headers as the properties would write them."""
    found = [(name, bag.text(texts, *tags)) for name, tags in _TEXT_HEADERS.items()]
    sender, represented = _address(bag, texts, _SENDER), _address(bag, texts, _FROM)
    found += [("from", represented or sender), ("sender", sender if sender != represented else "")]
    for one in recipients:
        kind = _KINDS.get(one.number(_KIND_OF_RECIPIENT) & 0xF, "to")
        found.append((kind, _address(one, one.texts(texts), _RECIPIENT)))
    told = {name for name, value in found if value}
    found += [(name, bag.text(texts, tag)) for name, tag in _DISPLAYED.items() if name not in told]
    facts = dict(bag.facts(texts, frozenset(one.tag for one in bag.properties if one.tag not in _DATES)))
    found.append(("date:utc", facts.get("client-submit-time") or facts.get("message-delivery-time", "")))
    return [(name, value) for name, value in found if value]


def _address(bag: Bag, texts: Texts, tags: tuple[tuple[int, ...], ...]) -> str:
    """Write a person as `Name <address>`; the address of the internet before that of a directory."""
    name, smtp, address = (bag.text(texts, *some).strip() for some in tags)
    place = smtp or address
    if not place or place == name:
        return name
    return f"{name} <{place}>" if name else place


def _send_bodies(sink: Sink, bag: Bag, texts: Texts) -> None:
    """Send the plain text as lines, a web page and rich text as members; rich text that wraps one gives it back."""
    plain = bag.get(_BODY)
    if plain is not None:
        _send_plain(
            sink, plain.values[0], "utf-16-le" if plain.kind == Kind.UNICODE else texts.codec or "cp1252"
        )
    page = bag.get(_HTML)
    if page is not None:
        give_member(sink, b"body.html", (_MARK if page.kind == Kind.UNICODE else b"") + page.values[0])
    packed = bag.raw(_RTF)
    if not packed:
        return
    rich = unpack_rtf(packed)
    wrapped = unwrap(rich.rtf)
    if wrapped.kind == "html":
        name = b"body-rtf.html" if page is not None else b"body.html"
        give_member(sink, name, _UTF8_MARK + wrapped.untrusted_text.encode())
    elif wrapped.kind == "text" and plain is None:
        _send_plain(sink, wrapped.untrusted_text.encode(), "utf-8")
    if rich.rtf and (not wrapped.kind or not wrapped.whole or not rich.whole):
        give_member(sink, b"body.rtf", rich.rtf)
    if not rich.whole:
        sink.partly(Reason.DAMAGED_PART)


def _send_plain(sink: Sink, data: bytes, charset: str) -> None:
    quotes = Quotes()
    with LineBatch(sink) as lines:
        body = BodyText(lines, quotes.take)
        body.begin(charset)
        body.write(
            data.rstrip(b"\0") + (b"\0" if charset == "utf-16-le" and len(data.rstrip(b"\0")) % 2 else b"")
        )
        body.end()
    quotes.send(sink)
    if body.undecodable:
        sink.meta("mail:undecodable", str(body.undecodable))


def give_member(sink: Sink, name: bytes, data: bytes) -> None:
    """Hand out bytes at hand as a member."""
    with sink.member(name, len(data)) as out:
        out.write(data)
