"""Make a member's name of the web address from which it was saved."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

_SCHEME: Final = re.compile(rb"[a-z][a-z0-9+.-]*:/*", re.IGNORECASE)
_LONGEST: Final = 255
_CONTROL: Final = re.compile(rb"[\x00-\x1f\x7f]")


def name_of_address(untrusted_address: bytes, otherwise: bytes) -> bytes:
    """Give `host/path?query` of an address, steps like `..` taken out; `otherwise` where nothing is left."""
    plain = _SCHEME.sub(b"", untrusted_address.strip().partition(b"#")[0], count=1)
    path, question, query = plain.partition(b"?")
    steps = (_CONTROL.sub(b"_", step) for step in unquote_to_bytes(path).replace(b"\\", b"/").split(b"/"))
    name = b"/".join(step[:_LONGEST] for step in steps if step not in (b"", b".", b".."))
    if not name:
        return otherwise
    if question:
        name += b"?" + _CONTROL.sub(b"_", query.replace(b"/", b"_"))[:_LONGEST]
    elif path.endswith(b"/"):
        name += b"/" + otherwise
    return name[:4_000]
