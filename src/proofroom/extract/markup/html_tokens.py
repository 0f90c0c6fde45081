"""Cut HTML into tags, comments and text as browsers do (HTML Living Standard, 13.2.5), in linear time.

No tree is built and nothing recurses, so nesting has no limit here. Where a browser would swallow the rest
of a page (a tag, a quote, a script or a title that never ends), what follows is read as text instead.
Attribute names are lower case, entities are decoded.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from proofroom.extract.markup.text_stream import Readable, TextBuffer

_TAG: Final = re.compile(r"</?([A-Za-z][^\s/>\x00]*)")
_ATTRIBUTE: Final = re.compile(
    r"[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'][^\s>]*+)?))?"
)
_QUOTED: Final = r"=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"']))"
_TAG_END: Final = re.compile(rf"[^>\"'=]*+(?:{_QUOTED}[^>\"'=]*+|[\"'][^>\"'=]*+)*+>")
_TAG_END_AFTER_OPEN_QUOTE: Final = re.compile(rf"[^>\"'=]*+(?:(?:{_QUOTED}|=)[^>\"'=]*+|[\"'][^>\"'=]*+)*+>")
_LONGEST_WAIT: Final = 64 << 20
_RAW: Final = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "xmp", "textarea", "title")
}
_DECODED: Final = frozenset(("textarea", "title"))
_REFERENCE: Final = re.compile(r"&(?:#[xX][0-9A-Fa-f]+|#[0-9]+|[A-Za-z][A-Za-z0-9]{1,31});?")
_LONGEST_NUMBER: Final = 12
_MOST_ATTRIBUTES: Final = 4_096
_COMMENT: Final = "<!--"
_COMMENT_END: Final = re.compile(r"--!?>")
_CDATA: Final = "<![CDATA["
_CDATA_END: Final = re.compile(r"\]\]>")
_CLOSE: Final = re.compile(">")
_OVERLAP: Final = 16


class Token(NamedTuple):
    """A piece of a page: its kind (`start`, `end`, `text`, `raw`, `comment`, `declaration`), name and value."""

    kind: str
    name: str
    untrusted_text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    closed: bool = False


def tokens(stream: Readable) -> Iterator[Token]:
    """Give the pieces of a page in order; the text of `script`, `style` and the like is one `raw` piece."""
    buffer = TextBuffer(stream)
    raw = dict(_RAW)
    while True:
        text, at = buffer.untrusted_text, buffer.at
        mark = text.find("<", at)
        if mark == at:
            found = _markup(buffer)
            yield found
            if found.kind == "start" and found.name in raw and not found.closed:
                inner = _up_to(buffer, 0, raw[found.name], past=False)
                if inner is None:
                    # No such end tag follows anywhere, so that it need not be looked for again.
                    del raw[found.name]
                else:
                    inner = decode_references(inner) if found.name in _DECODED else inner
                    yield Token("raw", found.name, inner)
            continue
        run = text[at:] if mark < 0 else text[at:mark]
        cut = len(run) if mark >= 0 or buffer.ended else _safe_cut(run)
        if cut:
            yield Token("text", "", decode_references(run[:cut]))
            buffer.at += cut
        elif not buffer.more() and buffer.at == len(buffer.untrusted_text):
            return


def decode_references(text: str) -> str:
    """Decode the entities in running text."""
    return _REFERENCE.sub(lambda found: _character(found.group()), text) if "&" in text else text


def decode_attribute(text: str) -> str:
    """Decode the entities in an attribute, where `&copy=1` is part of an address and no sign."""
    return _REFERENCE.sub(_in_attribute, text) if "&" in text else text


def _in_attribute(found: re.Match[str]) -> str:
    following = found.string[found.end() : found.end() + 1]
    named = not found.group().startswith("&#")
    if named and not found.group().endswith(";") and (following == "=" or following.isalnum()):
        return found.group()
    return _character(found.group())


def _character(reference: str) -> str:
    """Decode one reference; a number too long for any character is none."""
    if reference.startswith("&#") and len(reference.lstrip("&#xX0")) > _LONGEST_NUMBER:
        return "\ufffd"
    return html.unescape(reference)


def _safe_cut(run: str) -> int:
    """Find where a run of text may be cut without cutting a reference."""
    ampersand = run.rfind("&", max(len(run) - 64, 0))
    return len(run) if ampersand < 0 else ampersand


def _markup(buffer: TextBuffer) -> Token:
    """Read what begins with `<`."""
    while len(buffer.untrusted_text) - buffer.at < len(_CDATA) and buffer.more():
        pass
    text, at = buffer.untrusted_text, buffer.at
    if _TAG.match(text, at):
        return _tag(buffer)
    for kind, mark, end in (
        ("comment", "<!-->", None),
        ("comment", "<!--->", None),
        ("comment", _COMMENT, _COMMENT_END),
        ("text", _CDATA, _CDATA_END),
        ("declaration", "<!", _CLOSE),
        ("declaration", "<?xml", _CLOSE),
        ("comment", "<?", _CLOSE),
        ("comment", "</", _CLOSE),
    ):
        if text.startswith(mark, at):
            inner = _up_to(buffer, len(mark), end) if end else ""
            if not end:
                buffer.at += len(mark)
            if inner is None:
                inner = buffer.untrusted_text[buffer.at + len(mark) :]
                buffer.at = len(buffer.untrusted_text)
                return Token("text" if kind == "declaration" else kind, "", inner)
            return Token(kind, "", inner)
    buffer.at += 1
    return Token("text", "", "<")


def _up_to(buffer: TextBuffer, skip: int, end: re.Pattern[str], *, past: bool = True) -> str | None:
    """Take everything up to an end mark (and that too, if `past`); None, taking nothing, when there is none."""
    searched = skip
    while True:
        found = end.search(buffer.untrusted_text, buffer.at + searched)
        if found:
            inner = buffer.untrusted_text[buffer.at + skip : found.start()]
            buffer.at = found.end() if past else found.start()
            return inner
        # What was searched is not searched again; an end mark may lie across the border.
        searched = max(len(buffer.untrusted_text) - buffer.at - _OVERLAP, skip)
        if not buffer.more():
            return None


def _tag(buffer: TextBuffer) -> Token:
    """Read a start or end tag; at a `<` after which no tag ends, all that is left is text."""
    end = _TAG_END.match(buffer.untrusted_text, buffer.at)
    while not end and len(buffer.untrusted_text) - buffer.at < _LONGEST_WAIT and buffer.more():
        end = _TAG_END.match(buffer.untrusted_text, buffer.at)
    end = end or _TAG_END_AFTER_OPEN_QUOTE.match(buffer.untrusted_text, buffer.at)
    text, at = buffer.untrusted_text, buffer.at
    named = _TAG.match(text, at)
    if not end or not named:
        buffer.at = len(text)
        return Token("text", "", text[at:])
    buffer.at = end.end()
    name = named.group(1).lower()
    if text.startswith("</", at):
        return Token("end", name)
    attributes = _attributes(text, named.end(), end.end() - 1)
    return Token("start", name, "", attributes, closed=text[end.end() - 2] == "/")


def _attributes(text: str, at: int, end: int) -> tuple[tuple[str, str], ...]:
    """Read the attributes of a tag, in order."""
    out: list[tuple[str, str]] = []
    for found in _ATTRIBUTE.finditer(text, at, end):
        value = next((one for one in found.groups()[1:] if one is not None), "")
        out.append((found.group(1).lower(), decode_attribute(value)))
        if len(out) >= _MOST_ATTRIBUTES:
            break
    return tuple(out)
