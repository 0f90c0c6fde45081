"""Read rich text: every paragraph in the encoding of its font, and what hides beside it.

`para=N` counts paragraphs and table cells from 1, empty ones included; text boxes count after the paragraph
they hang on. Beside a paragraph stand `deleted`, `comment`, `field`, `link` and `alt` lines; `header`,
`footer` and `note` number the headers, footers and notes. Pictures and objects are members.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.markup.rtf_facts import COMMENT_FACTS
from proofroom.extract.markup.rtf_objects import Members
from proofroom.extract.markup.rtf_story import RtfStory
from proofroom.extract.markup.rtf_tokens import RtfTokens
from proofroom.extract.markup.word_paragraph import Paragraph
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

_SIDES: Final = {"header": PieceKind.HEADER, "footer": PieceKind.FOOTER, "note": PieceKind.NOTE}
_ASIDE: Final = {
    "deleted": (PieceKind.PARAGRAPH, Flag.DELETED),
    "comment": (PieceKind.COMMENT, Flag.NONE),
    "field": (PieceKind.META, Flag.NONE),
    "link": (PieceKind.META, Flag.NONE),
    "alt": (PieceKind.NAME, Flag.NONE),
    **dict.fromkeys(COMMENT_FACTS, (PieceKind.META, Flag.NONE)),
}


def read(source: Source, sink: Sink) -> None:
    """Read a document; one that was cut short is given as far as it goes."""
    tokens, members = RtfTokens(source), Members(sink)
    with LineBatch(sink) as lines:
        out = _Document(lines)
        story = RtfStory(tokens, members, out.take, lambda key, value: sink.meta(f"rtf:{key}", value))
        try:
            broken = story.read()
        finally:
            story.finish()
    members.send_rest(tokens.take(tokens.left))
    if story.undecodable:
        sink.meta("text:undecodable", str(story.undecodable))
    if story.undecodable or story.lying:
        sink.partly(Reason.DAMAGED_PART)
    if broken:
        raise Unreadable(State.DAMAGED, broken)


class _Document:
    """Numbers paragraphs, headers, footers and notes, and gives them."""

    def __init__(self, lines: LineBatch) -> None:
        self._lines = lines
        self._counts: Counter[str] = Counter()

    def take(self, kind: str, paragraphs: list[Paragraph]) -> None:
        """Take paragraphs of the body, or a whole header, footer or note."""
        if kind == "body":
            for paragraph in paragraphs:
                self._counts["para"] += 1
                where = f"para={self._counts['para']}"
                text = _joined(paragraph.untrusted_text)
                put_whole(self._lines, where, PieceKind.PARAGRAPH, text, paragraph.flags)
                self._hanging(where, [paragraph])
            return
        self._counts[kind] += 1
        flags = Flag.NONE
        for paragraph in paragraphs:
            flags |= paragraph.flags
        text = "\n".join(filter(None, (_joined(one.untrusted_text) for one in paragraphs)))
        where = f"{kind}={self._counts[kind]}"
        put_whole(self._lines, where, _SIDES[kind], text, flags)
        self._hanging(where, paragraphs)

    def _hanging(self, where: str, paragraphs: list[Paragraph]) -> None:
        """Give what hangs on paragraphs."""
        counts: Counter[str] = Counter()
        for paragraph in paragraphs:
            for name, texts in paragraph.aside.items():
                kind, flags = _ASIDE[name]
                for text in texts:
                    counts[name] += 1
                    place = f"{where}&{name}={counts[name]}"
                    if name in COMMENT_FACTS:
                        fact = name.removeprefix("comment-")
                        place = f"{where}&comment={counts[name]}&{fact}=1"
                    put_whole(self._lines, place, kind, _joined(text), flags)


def _joined(text: str) -> str:
    """Join the halves of characters that were written as two numbers; a half alone becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


FORMAT = Format(name="rtf", media_types=frozenset(("application/rtf",)), read=read, sample="rtf.rtf")
