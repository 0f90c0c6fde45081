"""Take a web archive of Safari apart: its page is read as text, everything else, frames too, are members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from proofroom.extract.containers.giving import MOST_FACTS, give
from proofroom.extract.format import Sink, Source
from proofroom.extract.saved.addresses import name_of_address
from proofroom.extract.saved.page import LARGEST_PAGE, give_page
from proofroom.model.states import Reason

MAIN: Final = "WebMainResource"
_PARTS: Final = "WebSubresources"
_FRAMES: Final = "WebSubframeArchives"
_DATA: Final = "WebResourceData"
_DEEPEST: Final = 32
_PAGES: Final = ("text/html", "application/xhtml+xml")


def give_archive(source: Source, sink: Sink, archive: dict[str, Any]) -> None:
    """Give the page of the archive, then what it is made of."""
    page: tuple[bytes, str] | None = None
    for number, (resource, is_main) in enumerate(_resources(archive, 0), 1):
        data = resource.get(_DATA)
        if not isinstance(data, bytes):
            sink.partly(Reason.DAMAGED_PART)
            continue
        told = {
            key: str(resource.get(f"WebResource{key}", "")) for key in ("URL", "MIMEType", "TextEncodingName")
        }
        if number <= MOST_FACTS:
            facts = " ".join(f"{key}={value}" for key, value in told.items() if value)
            sink.meta(f"webarchive:resource:{number}", facts)
        if is_main and told["MIMEType"] in _PAGES and len(data) <= LARGEST_PAGE:
            page = (data, told["TextEncodingName"])
        else:
            address = told["URL"].encode("utf-8", "replace")
            give(sink, name_of_address(address, b"resource-%d" % number), len(data), iter((data,)))
    if page is not None:
        give_page(source, sink, *page)


def _resources(archive: dict[str, Any], depth: int) -> Iterator[tuple[dict[str, Any], bool]]:
    """Give the resources of an archive and of the frames in it; the first is what is shown."""
    main = archive.get(MAIN)
    if isinstance(main, dict):
        yield main, not depth
    for part in _list(archive.get(_PARTS)):
        yield part, False
    for frame in _list(archive.get(_FRAMES)) if depth < _DEEPEST else ():
        yield from _resources(frame, depth + 1)


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
