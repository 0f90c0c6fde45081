"""Find text in a Word file that the document does not show any more (MS-DOC 2.4.1: what no piece points to).

A quick save only writes what changed, so that what was taken out stays in the file. Only runs that read as
text are given: everything else between the pieces is tables and pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from proofroom.extract.ole.text_runs import narrow_runs, wide_runs
from proofroom.extract.ole.word_document import Document
from proofroom.extract.ole.word_runs import PAGE
from proofroom.extract.ole.word_tables import WordFile

_WORDS: Final = re.compile(r"[^\W\d_]{3}|[\u3400-\u9fff]{2}")
_SHORTEST: Final = 8
_MOST: Final = 10_000
_LONGEST_GAP: Final = 64 << 20


def leftovers(word: WordFile, documents: Sequence[Document]) -> Iterator[str]:
    """Give the texts that stand in the stream and in no piece, in the order of the file."""
    yield from islice(_texts(word, documents), _MOST)


def _texts(word: WordFile, documents: Sequence[Document]) -> Iterator[str]:
    for start, end in _gaps(word, documents):
        data = word.main[start : min(end, start + _LONGEST_GAP)]
        if not word.fib.old or word.fib.wide:
            yield from filter(_WORDS.search, wide_runs(data))
        for text in narrow_runs(data):
            if len(text) >= _SHORTEST and _WORDS.search(text):
                yield text


def _gaps(word: WordFile, documents: Sequence[Document]) -> Iterator[tuple[int, int]]:
    """Give the bytes behind the block that neither pieces nor pages of properties use."""
    used: list[tuple[int, int]] = []
    for one in documents:
        used += [(piece.at, piece.until) for piece in one.pieces.all]
        pages = (*one.looks.characters.pages, *one.looks.paragraphs.pages)
        used += [(page * PAGE, (page + 1) * PAGE) for page in pages]
    at = max(word.fib.text_start, PAGE)
    end = min(word.fib.text_end, len(word.main)) if word.fib.old else len(word.main)
    for start, until in sorted(used):
        if start > at:
            yield at, min(start, end)
        at = max(at, until)
    if at < end:
        yield at, end
