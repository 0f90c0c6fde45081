"""Send cards and calendar entries: each field with its parameters at its own address, each file in them as a member."""

from __future__ import annotations

from collections import Counter
from typing import Final

from proofroom.extract.encoding import HEAD
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.letters.content_lines import ContentLine, ContentLines, Values
from proofroom.extract.letters.message import give_member
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import format_parts

_DEEPEST: Final = 64
_KINDS: Final = {
    "jpeg": "jpg",
    "svg+xml": "svg",
    "plain": "txt",
    "x-vcard": "vcf",
    "pkcs7-mime": "p7m",
    "pgp": "asc",
}
_FILE_NAMES: Final = ("FILENAME", "X-FILENAME", "X-APPLE-FILENAME", "X-ORACLE-FILENAME", "X-NAME")


def read_entries(source: Source, sink: Sink, kind: str) -> None:
    """Read a file of entries that begins with `BEGIN:kind`; one that never ends has arrived cut short."""
    source.untrusted.seek(0)
    values = Values(source.untrusted.read(HEAD))
    content = ContentLines(source.untrusted)
    with LineBatch(sink) as lines:
        entries = _Entries(sink, lines, values)
        for line in content:
            entries.take(line)
    sink.meta("text:encoding", values.encoding)
    if not entries.count:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    sink.meta(f"{kind}:entries", str(entries.count))
    if values.undecodable:
        sink.meta("text:undecodable", str(values.undecodable))
    if content.odd or entries.damaged:
        sink.partly(Reason.DAMAGED_PART)
    if content.cut:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
    if entries.open:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


class _Entries:
    """Numbers entries from 1 in the order in which they begin, and sends their fields."""

    def __init__(self, sink: Sink, lines: LineBatch, values: Values) -> None:
        self.count = 0
        self.damaged = False
        self.open: list[tuple[int, str, Counter[str]]] = []
        self._outside: Counter[str] = Counter()
        self._sink = sink
        self._lines = lines
        self._values = values

    def take(self, line: ContentLine) -> None:
        """Take the next line: the beginning or end of an entry, or a field of it."""
        if line.name == "BEGIN":
            self._begin(line)
        elif line.name == "END":
            self._end(line)
        else:
            self._field(line)

    def _begin(self, line: ContentLine) -> None:
        if len(self.open) >= _DEEPEST:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_DEPTH)
        self.count += 1
        kind = self._values.text(line).strip().upper()
        self.open.append((self.count, kind, Counter()))
        where = (("entry", str(self.count)),)
        self._lines.put((*where, ("field", "BEGIN")), PieceKind.META, kind)

    def _end(self, line: ContentLine) -> None:
        """End an entry; one that ends before those inside it ends them too."""
        kind = self._values.text(line).strip().upper()
        if not any(kind == one for _, one, _ in self.open):
            self.damaged = True
            return
        while self.open:
            _, closed, _ = self.open.pop()
            if closed == kind:
                return
            self.damaged = True

    def _field(self, line: ContentLine) -> None:
        """Send a field and its parameters; a file inside it becomes a member."""
        entry, _, counts = self.open[-1] if self.open else (0, "", self._outside)
        self.damaged = self.damaged or not self.open
        counts[line.name] += 1
        number = counts[line.name]
        where = [("entry", str(entry)), ("field", line.name)]
        if number > 1:
            where.append(("value", str(number)))
        held = line.binary()
        if held is not None:
            name = self._file_name(line, entry, number, held[1])
            give_member(self._sink, name, held[0])
            text = name.decode("utf-8", "replace")
        else:
            text = self._values.text(line)
        put_whole(self._lines, format_parts(tuple(where)), PieceKind.PARAGRAPH, text)
        if line.group:
            self._lines.put((*where, ("parameter", "group")), PieceKind.META, line.group)
        told: Counter[str] = Counter()
        for key, raw in line.parameters:
            told[key] += 1
            again = (("value", str(told[key])),) if told[key] > 1 else ()
            said = self._values.parameter(raw) or key
            self._lines.put((*where, ("parameter", key), *again), PieceKind.META, said)

    def _file_name(self, line: ContentLine, entry: int, number: int, kind: str) -> bytes:
        """Name a file inside a field by what it brings, or by its field and number."""
        for key, raw in line.parameters:
            if key in _FILE_NAMES and raw:
                return self._values.parameter(raw).encode("utf-8", "replace")
        ending = kind.rpartition("/")[2] or "bin"
        ending = _KINDS.get(ending, ending)
        ending = ending if ending.isalnum() else "bin"
        again = f"-{number}" if number > 1 else ""
        return f"entry-{entry}-{line.name.lower()}{again}.{ending}".encode()
