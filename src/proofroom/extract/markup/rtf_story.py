"""Walk RTF token by token (RTF 1.9.1) and give paragraphs, what hangs on them, properties and members.

Groups stand on an explicit stack. What a destination holds goes to a story (body, header, footer, note,
comment, text box), to a capture (a property, a field code) or nowhere; an unknown one that may be passed
over goes nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from proofroom.extract.format import Unreadable
from proofroom.extract.markup import rtf_words as words
from proofroom.extract.markup.charsets import codec_of_codepage
from proofroom.extract.markup.rtf_facts import Facts
from proofroom.extract.markup.rtf_group import Capture, Fonts, Group, Story
from proofroom.extract.markup.rtf_objects import Embedded, Members
from proofroom.extract.markup.rtf_tokens import Kind, RtfToken, RtfTokens
from proofroom.extract.markup.word_paragraph import Paragraph
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

_DEEPEST: Final = 100_000
_CHARSETS: Final = {"ansi": "cp1252", "mac": "mac-roman", "pc": "cp437", "pca": "cp850"}
_MOST_WAITING: Final = 4_096
_TOP: Final = 0x110000
_NEGATIVE: Final = 0x10000


class RtfStory:
    """Takes the pieces of a document; gives finished stories and captures to its two callbacks."""

    def __init__(
        self,
        tokens: RtfTokens,
        members: Members,
        take: Callable[[str, list[Paragraph]], None],
        told: Callable[[str, str], None],
    ) -> None:
        """Give stories by their kind to `take`, properties (key, value) to `told`."""
        self._tokens = tokens
        self._members = members
        self._take = take
        self._facts = Facts(told)
        self._fonts = Fonts()
        self._body = Story("body")
        self._group = Group(self._body)
        self._stack: list[Group] = []
        self._bytes = bytearray()
        self._skip = 0
        self.lying = False

    @property
    def undecodable(self) -> int:
        """How many places could not be decoded."""
        return self._fonts.undecodable

    def read(self) -> Reason:
        """Read to the end of the document; says whether it was cut short or never began. Then call `finish`."""
        begun = False
        for token in self._tokens:
            self._take_token(token)
            begun = begun or token.kind is Kind.OPEN
            if begun and not self._stack and token.kind is Kind.CLOSE:
                break
        if not begun:
            return Reason.NOT_WELL_FORMED
        return Reason.CUT_SHORT if self._stack else Reason.NONE

    def finish(self) -> None:
        """Give what is under way: the end of a document, or the place where it was cut."""
        self._flush()
        while self._stack:
            self._close()
        self._group = Group(self._body)
        self._end_paragraph(self._body, begun_only=True)
        self._facts.finish()

    def _take_token(self, token: RtfToken) -> None:
        kind = token.kind
        if kind is Kind.TEXT:
            self._text(token.data)
        elif kind is Kind.BYTE:
            if self._skip:
                self._skip -= 1
            else:
                self._bytes += token.data
        elif kind is Kind.OPEN:
            self._flush()
            self._skip = 0
            self._stack.append(self._group)
            self._group = self._group.inner()
            if len(self._stack) > _DEEPEST:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_DEPTH)
        elif kind is Kind.CLOSE:
            self._flush()
            self._skip = 0
            if self._stack:
                self._close()
        elif kind is Kind.WORD:
            self._flush()
            self._word(token.word, token.number)
        else:
            self._flush()
            self._sign(token.word)

    def _text(self, data: bytes) -> None:
        """Take plain bytes: digits of a picture or object, or text."""
        if self._group.embedded is not None:
            self._group.embedded.add_hex(data)
            return
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self._bytes += data
        if data and data[-1] > 0x7F and self._fonts.waits(bytes(self._bytes), self._group.font):
            self._tokens.take_one = True
        elif len(self._bytes) > _MOST_WAITING:
            self._flush()

    def _flush(self) -> None:
        """Decode the bytes that wait; letters of two bytes come in two escapes."""
        if self._bytes:
            data = bytes(self._bytes)
            self._bytes.clear()
            self._put(self._fonts.decode(data, self._group.font))

    def _put(self, text: str) -> None:
        """Put text where the group's text goes."""
        group = self._group
        group.begun = True
        if group.capture is not None:
            group.capture.pieces.append(text)
        elif group.story is not None:
            paragraph = group.story.current
            if group.deleted:
                paragraph.aside.setdefault("deleted", [""])[0] += text
                return
            paragraph.pieces.append(text)
            if group.hidden:
                paragraph.flags |= Flag.HIDDEN_TEXT
            if group.inserted:
                paragraph.flags |= Flag.INSERTED

    def _sign(self, sign: str) -> None:
        """Take a control sign: one character, a paragraph's end, or the mark of a destination."""
        if sign == "*":
            self._group.starred = True
        elif sign in "\r\n":
            self._end_paragraph(self._group.story)
        elif self._skip:
            self._skip -= 1
        elif sign in words.SYMBOLS:
            self._put(words.SYMBOLS[sign])

    def _word(self, word: str, number: int | None) -> None:
        """Take a control word."""
        group = self._group
        if word == "u":
            self._unicode(number or 0)
            return
        self._skip = 0
        if word == "bin":
            self._binary(max(number or 0, 0))
        elif word in words.ENDS:
            self._end_paragraph(group.story)
        elif word in words.BREAKS:
            self._end_paragraph(group.story, begun_only=True)
        elif word in words.SIGNS:
            self._put(words.SIGNS[word])
        elif group.table == "fonttbl" and number is not None:
            self._fonts.word(word, number)
        elif not self._destination(word) and not group.letters(word, number):
            self._fact(word, number)
        group.starred = False

    def _unicode(self, number: int) -> None:
        """Put a character by its number, which may be written as a negative one; skip its substitute."""
        value = number + _NEGATIVE if number < 0 else number
        if 0 < value < _TOP:
            self._put(chr(value))
        self._skip = self._group.skip_after_unicode

    def _destination(self, word: str) -> bool:
        """Enter a destination; false when the word is none."""
        group = self._group
        if word in words.STORIES:
            story = Story(words.STORIES[word], group.story or self._body)
            group.own(story, None, None)
        elif word in words.CAPTURES:
            group.own(group.story, Capture(words.CAPTURES[word], word), None)
        elif word in ("pict", "objdata") and (group.story or group.capture or word == "objdata"):
            group.own(group.story, None, Embedded("picture" if word == "pict" else "object"))
        elif word in ("fonttbl", "rsidtbl"):
            group.silence()
            group.table = word
        elif word == "upr":
            group.outside = (group.story, group.capture)
            group.silence()
        elif word == "ud" and group.outside is not None:
            group.story, group.capture = group.outside
        elif word in words.SKIPPED or (group.starred and word not in words.THROUGH):
            group.silence()
        elif word in words.SILENT:
            self._enter_silent(word)
        else:
            return word in words.THROUGH
        return True

    def _enter_silent(self, word: str) -> None:
        """Enter a destination whose own text is none, but whose inner ones reach the story around it."""
        if word == "info":
            self._group.silence()
            self._group.table = word
        elif word in ("sp", "picprop", "userprops", "formfield", "hl"):
            self._group.own(self._group.story, Capture("", word), None)

    def _fact(self, word: str, number: int | None) -> None:
        """Take what says something about the document, a date or a picture."""
        group = self._group
        if word in words.PICTURES and group.embedded is not None:
            group.embedded.ending = words.PICTURES[word]
        elif word in _CHARSETS:
            self._fonts.document = _CHARSETS[word]
        elif number is None:
            return
        elif word in words.CLOCK and group.capture is not None:
            group.capture.clock[word] = number
        elif word == "ansicpg":
            self._fonts.document = codec_of_codepage(number) or self._fonts.document
            self._facts.number(word, number, group.table)
        elif word == "deff":
            self._fonts.default = number
        else:
            self._facts.number(word, number, group.table)

    def _binary(self, size: int) -> None:
        """Take bytes as they are; a length that reaches beyond the file is a lie and counts for nothing."""
        if size > self._tokens.left:
            self.lying = True
            return
        embedded = self._group.embedded or Embedded("binary")
        for part in self._tokens.take(size):
            embedded.data += part
        if self._group.embedded is None:
            self._members.send(embedded)

    def _end_paragraph(self, story: Story | None, *, begun_only: bool = False) -> None:
        """End the paragraph that is under way in a story."""
        if self._group.capture is not None:
            self._group.capture.pieces.append("\n")
            return
        if story is None:
            return
        paragraph, waiting = story.current, story.kind == "body" and story.paragraphs
        if begun_only and not paragraph.pieces and not paragraph.aside and not waiting:
            return
        story.current = Paragraph(0, "")
        if story.kind == "body":
            boxes, story.paragraphs = story.paragraphs, []
            self._take("body", [paragraph, *boxes])
        else:
            story.paragraphs.append(paragraph)

    def _close(self) -> None:
        """End a group and what it owns."""
        group, self._group = self._group, self._stack.pop()
        if not group.owns:
            if group.capture is not None and group.capture.kind == "variable" and group.begun:
                group.capture.pieces.append("=")
        elif group.embedded is not None:
            self._members.send(group.embedded)
        elif group.capture is not None:
            self._facts.end(group.capture, (group.story or self._body).current)
        elif group.story is not None:
            self._end_story(group.story)

    def _end_story(self, story: Story) -> None:
        """Give a story that ends, or hang it where it belongs."""
        self._end_paragraph(story, begun_only=True)
        above = story.above or self._body
        if story.kind == "box":
            above.paragraphs.extend(story.paragraphs)
        elif story.kind == "comment":
            said = "\n".join(one.untrusted_text for one in story.paragraphs)
            self._facts.hang_comment(said, above.current)
            for paragraph in story.paragraphs:
                for name, texts in paragraph.aside.items():
                    for text in texts:
                        above.current.hang(name, text)
        else:
            self._take(story.kind, story.paragraphs)
