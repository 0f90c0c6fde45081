"""Name the later files of a set into which one archive was cut (`.002`, `.z01`): alone they cannot be read.

The first file of a set, and each file of a RAR, begin like an archive and are read by the reader of their kind.
"""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.containers.set_names import PART
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_MEDIA_TYPE: Final = "application/x-part-of-set"
_BINARY: Final = re.compile(rb"[\0-\x08\x0e-\x1a]")
_LOOKED_AT: Final = 4_096


def read(_source: Source, _sink: Sink) -> None:
    """Say that this is one part of a set."""
    raise Unreadable(State.UNKNOWN, Reason.PART_OF_SET)


def recognise(head: bytes, extension: str) -> str:
    """Recognise bytes that are no text, begin like nothing we know, and bear the name of a part."""
    is_ours = PART.match(extension) is not None and _BINARY.search(head, 0, _LOOKED_AT) is not None
    return _MEDIA_TYPE if is_ours else ""


FORMAT = Format("set_part", frozenset({_MEDIA_TYPE}), read, sample="set_part.z01", recognise=recognise)
