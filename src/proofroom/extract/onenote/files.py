"""Hand out the files and pictures that a section holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from proofroom.extract.containers.giving import give, stored, withhold
from proofroom.extract.format import Sink
from proofroom.extract.onenote.notebook import Notebook
from proofroom.model.states import Reason, State

_INSIDE: Final = "<ifndf>"
_OUTSIDE: Final = "<file>"
_LONGEST: Final = 255


class Files:
    """The files of one notebook; each is handed out once, at its first place."""

    def __init__(self, notebook: Notebook, stream: BinaryIO, sink: Sink) -> None:
        """Hand out to the sink."""
        self._notebook = notebook
        self._stream = stream
        self._sink = sink
        self._given: set[str] = set()
        self._count = 0

    def take(self, reference: str, extension: str, untrusted_name: str) -> str:
        """Hand out the file that a reference means; gives the name it has got, or "" when it had one before."""
        if reference in self._given or not reference:
            return ""
        self._given.add(reference)
        self._count += 1
        plain = untrusted_name.replace("\\", "/").rpartition("/")[2][:_LONGEST]
        name = f"{self._count:03}-{plain or 'file' + extension[:16]}"
        key = reference.removeprefix(_INSIDE).strip("{}").lower()
        if key in self._notebook.files:
            at, length = self._notebook.files[key]
            give(self._sink, name.encode("utf-8", "replace"), length, stored(self._stream, at, length))
        elif reference in self._notebook.blobs:
            data = self._notebook.blobs[reference]
            give(self._sink, name.encode("utf-8", "replace"), len(data), _once(data))
        elif reference.startswith(_OUTSIDE):
            self._sink.meta("onenote:external", reference.removeprefix(_OUTSIDE))
            withhold(self._sink, name.encode("utf-8", "replace"), State.REFUSED, Reason.EXTERNAL_PART)
        else:
            withhold(self._sink, name.encode("utf-8", "replace"), State.DAMAGED, Reason.CUT_SHORT)
        return name

    def rest(self) -> None:
        """Hand out the files that no object means any more."""
        for key in [*self._notebook.files, *self._notebook.blobs]:
            known = (key, f"{_INSIDE}{{{key}}}", f"{_INSIDE}{{{key.upper()}}}")
            if not self._given.intersection(known):
                self.take(key, ".bin", "")


def _once(data: bytes) -> Iterator[bytes]:
    yield data
