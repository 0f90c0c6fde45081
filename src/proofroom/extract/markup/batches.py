"""Collect lines and hand them to the sink some thousand at a time."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

from proofroom.extract.format import Line, Sink
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import format_parts

_AT_A_TIME: Final = 2_048
_CHARACTERS: Final = 1 << 20


class LineBatch:
    """A sink's lines in batches; as a context it sends what is left, also when reading fails."""

    def __init__(self, sink: Sink) -> None:
        """Send to the sink."""
        self._sink = sink
        self._lines: list[Line] = []
        self._characters = 0

    def add(self, line: Line) -> None:
        """Take one line; one without a visible character is not kept."""
        if not line.untrusted_text.strip():
            return
        self._lines.append(line)
        self._characters += len(line.untrusted_text)
        if len(self._lines) >= _AT_A_TIME or self._characters >= _CHARACTERS:
            self.flush()

    def put(
        self,
        parts: tuple[tuple[str, str], ...],
        kind: PieceKind,
        untrusted_text: str,
        flags: Flag = Flag.NONE,
    ) -> None:
        """Take one line at an address given by its parts."""
        self.add(Line(format_parts(parts), kind, untrusted_text, flags))

    def flush(self) -> None:
        """Send what waits."""
        lines, self._lines, self._characters = self._lines, [], 0
        if lines:
            self._sink.lines(lines)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what is left."""
        self.flush()
