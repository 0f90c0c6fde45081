"""Walk through a message part by part (RFC 5322, RFC 2046), however deep it nests, holding no part in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from proofroom.extract.containers.mail_words import parameters, unfolded
from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

_LONGEST_LINE: Final = 1 << 16
_LARGEST_HEAD: Final = 4 << 20
_BATCH: Final = 1 << 16
_DEEPEST: Final = 10_000
_LONGEST_ASIDE: Final = 4_096
_HEADER: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_LONGEST_BOUNDARY: Final = 1_000
_CONTENT: Final = re.compile(rb"content-[a-z-]{2,40}[ \t]*:", re.IGNORECASE)
_STANDARD_ASIDE: Final = b"This is a multi"
_MOST_WITHIN: Final = 3


@dataclass(slots=True)
class Part:
    """One part: its headers in their order with raw values, and its bytes as they stand in the message."""

    headers: list[tuple[str, bytes]]
    level: int
    body: Iterator[bytes] = field(default_factory=lambda: iter(()))
    media_type: str = "text/plain"
    said: dict[str, bytes] = field(default_factory=dict)
    disposition: str = ""
    disposed: dict[str, bytes] = field(default_factory=dict)
    within: str = ""

    def header(self, name: str) -> bytes:
        """Give the first header of a name, or nothing."""
        return next((value for found, value in self.headers if found == name), b"")

    @property
    def charset(self) -> str:
        """Give the charset that the part declares, or ""."""
        return self.said.get("charset", b"").decode("ascii", "replace")

    @property
    def untrusted_filename(self) -> bytes:
        """Give the file name that the part has, or nothing."""
        return self.disposed.get("filename") or self.said.get("name") or b""


class MessageWalk:
    """One message; `cut` is set when a multipart never ends, `damaged` when its structure is broken."""

    def __init__(self, stream: BinaryIO) -> None:
        """Walk from where the stream stands."""
        self.cut = False
        self.damaged = False
        self.aside: list[bytes] = []
        self._stream = stream
        self._waiting: bytes | None = None
        self._open: list[bytes] = []
        self._places: dict[bytes, list[int]] = {}
        self._stop: tuple[int, bool] | None = None
        self._around: list[str] = []
        self._multiparts = 0

    def parts(self) -> Iterator[Part]:
        """Give the parts that are no containers, the outermost headers always first (then with no body to read)."""
        level = 0
        while True:
            part = self._part(level)
            if part.media_type.startswith("multipart/"):
                if not level:
                    yield part
                yield from self._multipart(part)
            else:
                part.body = self._body()
                yield part
                for _ in part.body:
                    pass
            if not self._next_part():
                return
            level = len(self._open)

    def _multipart(self, part: Part) -> Iterator[Part]:
        """Go in behind the first boundary; where none comes, what stands there is text and given as such."""
        boundary = part.said.get("boundary", b"")[:_LONGEST_BOUNDARY].rstrip()
        self.damaged = self.damaged or not boundary
        self._multiparts += 1
        self._enter(boundary, f"{part.media_type.partition('/')[2][:40]}:{self._multiparts}")
        start = self._stream.tell() - len(self._waiting or b"")
        if self._preamble():
            return
        self.damaged = True
        self._waiting = None
        self._stream.seek(start)
        text = Part([], len(self._open), self._body(), within=self._within())
        yield text
        for _ in text.body:
            pass

    def _preamble(self) -> bool:
        """Pass over what stands before the first part; false when none comes, and text stands there instead."""
        place = len(self._open) - 1
        kept = b""
        self._stop = None
        while line := self._line():
            if line.startswith(b"--"):
                if self._is_stop(line):
                    break
                following = self._line()
                self._waiting = following or None
                if _CONTENT.match(following) and len(line) < _LONGEST_BOUNDARY:
                    self._adopt(line[2:].strip())
                    self._stop = (place, False)
                    break
            kept += line[: max(_LONGEST_ASIDE - len(kept), 0)]
        plain = kept.strip()
        if plain and (self._stop is None or self._stop[0] < place) and not plain.startswith(_STANDARD_ASIDE):
            return False
        self._keep_aside(kept)
        return True

    def _adopt(self, boundary: bytes) -> None:
        """Take a boundary that nothing declared for that of the innermost multipart."""
        self.damaged = True
        around = self._around[-1]
        self._leave(len(self._open) - 1)
        self._enter(boundary, around)

    def _within(self) -> str:
        """Name the innermost multiparts that hold a part, by kind and number."""
        return "/".join(self._around[-_MOST_WITHIN:])

    def _next_part(self) -> bool:
        """Go on behind the line that ended a part, out of what it closes; false at the end of the message."""
        while self._stop is not None:
            place, closes = self._stop
            self._leave(place + (not closes))
            if not closes:
                return True
            if not self._open:
                self._set_aside()
                return False
            self._set_aside()
        self.cut = bool(self._open)
        return False

    def _enter(self, boundary: bytes, around: str) -> None:
        if len(self._open) >= _DEEPEST:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_DEPTH)
        self._places.setdefault(boundary, []).append(len(self._open))
        self._open.append(boundary)
        self._around.append(around)

    def _leave(self, remaining: int) -> None:
        while len(self._open) > remaining:
            boundary = self._open.pop()
            self._around.pop()
            places = self._places[boundary]
            places.pop()
            if not places:
                del self._places[boundary]

    def _set_aside(self) -> None:
        """Pass over what stands between parts, where programs show nothing; its beginning is kept."""
        kept = b""
        for block in self._body():
            kept += block[: max(_LONGEST_ASIDE - len(kept), 0)]
        self._keep_aside(kept)

    def _keep_aside(self, kept: bytes) -> None:
        if kept.strip() and sum(map(len, self.aside)) < _LARGEST_HEAD:
            self.aside.append(kept)

    def _line(self) -> bytes:
        if self._waiting is not None:
            line, self._waiting = self._waiting, None
            return line
        return self._stream.readline(_LONGEST_LINE)

    def _part(self, level: int) -> Part:
        """Read the headers of a part; a line that is none ends them."""
        headers: list[tuple[str, bytes]] = []
        size, whole = 0, True
        while line := self._line():
            size += len(line)
            continues = headers and (line[:1] in b" \t" or not whole)
            whole = line.endswith(b"\n")
            if not line.strip(b"\r\n"):
                if headers or level:
                    break
                continue
            found = _HEADER.match(line)
            if continues and size < _LARGEST_HEAD:
                headers[-1] = (headers[-1][0], headers[-1][1] + line)
            elif found and size < _LARGEST_HEAD:
                headers.append((found.group(1).decode("ascii").lower(), found.group(2)))
            elif not (line.startswith((b"From ", b">From ")) and not headers):
                self.damaged = True
                self._waiting = line
                break
        part = Part([(name, unfolded(value)) for name, value in headers], level, within=self._within())
        kind, said = parameters(part.header("content-type"))
        part.media_type, part.said = kind if "/" in kind else "text/plain", said
        part.disposition, part.disposed = parameters(part.header("content-disposition"))
        return part

    def _body(self) -> Iterator[bytes]:
        """Give the lines up to the next boundary, some at a time; the line end before it belongs to it."""
        self._stop = None
        batch: list[bytes] = []
        size = 0
        fresh, held = True, b""
        while line := self._line():
            if fresh and line.startswith(b"--") and self._is_stop(line):
                break
            batch += (held, line)
            fresh = line.endswith(b"\n")
            held = (b"\r\n" if line.endswith(b"\r\n") else b"\n") if fresh else b""
            batch[-1] = line[: len(line) - len(held)]
            size += len(line)
            if size >= _BATCH:
                yield b"".join(batch)
                batch, size = [], 0
        if self._stop is None:
            batch.append(held)
        yield b"".join(batch)

    def _is_stop(self, line: bytes) -> bool:
        """Tell whether a line is the boundary of an open part, and remember of which."""
        mark = line[2:].rstrip()
        for boundary, closes in ((mark, False), (mark.removesuffix(b"--"), mark.endswith(b"--"))):
            if boundary and boundary in self._places and (not closes or mark != boundary):
                self._stop = (self._places[boundary][-1], closes)
                return True
        return False
