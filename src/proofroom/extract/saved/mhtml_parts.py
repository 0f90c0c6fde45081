"""Take a saved page (MHTML, RFC 2557) apart: the page itself is read as text, all else are members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from proofroom.extract.containers.giving import MOST_FACTS, give, text_of
from proofroom.extract.containers.mail_transfer import Transfer
from proofroom.extract.containers.mail_walk import MessageWalk, Part
from proofroom.extract.containers.mail_words import decoded
from proofroom.extract.encoding import find_encoding
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.saved.addresses import name_of_address
from proofroom.extract.saved.page import LARGEST_PAGE, give_page, held
from proofroom.model.states import Reason, State

_MOST_HEADERS: Final = 1_000
_LONGEST_KEY: Final = 64
_LONGEST_VALUE: Final = 1 << 16
_PAGES: Final = ("text/html", "application/xhtml+xml")


class SavedPage:
    """One saved page on its way to the sink."""

    def __init__(self, source: Source, sink: Sink) -> None:
        """Read from the beginning of the source."""
        self._source = source
        self._sink = sink
        self._start = b""
        self._number = 0
        self._page: tuple[bytes, str] | None = None

    def read(self) -> None:
        """Give every part; one whose parts never end has arrived cut short."""
        self._source.untrusted.seek(0)
        walk = MessageWalk(self._source.untrusted)
        has_headers = False
        for number, part in enumerate(walk.parts()):
            if not number:
                has_headers = bool(part.headers)
                self._headers(part)
                self._start = part.said.get("start", b"").strip()
                if part.media_type.startswith("multipart/") and part.said.get("boundary"):
                    continue
            self._part(part)
        if self._page is not None:
            give_page(self._source, self._sink, *self._page)
        if walk.damaged:
            self._sink.partly(Reason.DAMAGED_PART)
        if walk.cut:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        if not has_headers:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)

    def _headers(self, part: Part) -> None:
        """Keep what stands above all parts: who saved the page, when, from where."""
        raw = b"\n".join(value for _, value in part.headers if not value.isascii())
        guessed = find_encoding(raw, True).encoding if raw else ""
        for name, value in part.headers[:_MOST_HEADERS]:
            text = decoded(value[:_LONGEST_VALUE], guessed)
            self._sink.meta(f"mail:{name[:_LONGEST_KEY]}", text.untrusted_text)
        if len(part.headers) > _MOST_HEADERS:
            self._sink.partly(Reason.UNREAD_PART)

    def _part(self, part: Part) -> None:
        """Keep the page that is shown, and hand out anything else."""
        self._number += 1
        self._facts(part)
        transfer = Transfer(part.header("content-transfer-encoding"))
        blocks: Iterable[bytes] = transfer.blocks(part.body)
        if self._is_page(part):
            data, blocks = held(blocks)
            if len(data) <= LARGEST_PAGE:
                self._page = (data, part.charset)
            else:
                self._give(part, chain((data,), blocks))
        else:
            self._give(part, blocks)
        if transfer.damaged:
            self._sink.partly(Reason.DAMAGED_PART)

    def _is_page(self, part: Part) -> bool:
        """Tell whether a part is what a browser shows: the one the saver names, else the first page."""
        if self._page is not None or part.media_type not in _PAGES:
            return False
        return not self._start or part.header("content-id").strip() == self._start

    def _give(self, part: Part, blocks: Iterable[bytes]) -> None:
        """Hand out one part under the address from which it was saved."""
        plain = b"part-%d" % self._number
        location = part.header("content-location") or part.untrusted_filename
        name = part.untrusted_filename or name_of_address(location, plain)
        give(self._sink, name, -1, _all(blocks))

    def _facts(self, part: Part) -> None:
        """Keep how a part is declared."""
        if self._number > MOST_FACTS:
            return
        told = {
            "type": part.media_type.encode(),
            "charset": part.said.get("charset", b""),
            "id": part.header("content-id"),
            "location": part.header("content-location"),
        }
        facts = " ".join(f"{key}={text_of(value)}" for key, value in told.items() if value)
        self._sink.meta(f"mail:part:{self._number}", facts)


def _all(blocks: Iterable[bytes]) -> Iterator[bytes]:
    yield from blocks
