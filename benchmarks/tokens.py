"""Fold, token stream and indexing against their plain peers: `python benchmarks/tokens.py [MEGABYTES]`."""

from __future__ import annotations

import os
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tantivy
import xlsxwriter
from measure import head, in_turn, report
from prose import Prose

from proofroom.language.fold import fold_pieces, join_pieces, text_of
from proofroom.language.tokens import stream_batch
from proofroom.store.index import Index, IndexDoc

BATCH = 500
COLUMNS = 20


def batched(texts: Sequence[str], work: Callable[[Sequence[str]], object]) -> None:
    """Do the work on batches of pieces."""
    for first in range(0, len(texts), BATCH):
        work(texts[first : first + BATCH])


def naive_stream(texts: Sequence[str]) -> list[str]:
    """Make the token stream as one writes it first: fold, then look at one character after the other."""
    streams = []
    for text in texts:
        tokens: list[tuple[str, int]] = []
        word = ""
        folded = f"{unicodedata.normalize('NFKC', text).casefold()} "
        for place, character in enumerate(folded):
            han = "\u4e00" <= character <= "\u9fff"
            if word and (han or not character.isalnum()):
                tokens.append((word, place - len(word)))
                word = ""
            if han:
                after = folded[place + 1]
                tokens.append((character + after if "\u4e00" <= after <= "\u9fff" else character, place))
            elif character.isalnum():
                word += character
        streams.append(" ".join(token for token, _ in tokens))
    return streams


def index_ours(texts: Sequence[str]) -> None:
    """Index raw text to a committed index with our stream."""
    with tempfile.TemporaryDirectory() as folder, Index.open(Path(folder)) as index:
        index.put(IndexDoc("a" * 64, "paragraph", ((f"para={n}", 0),), text) for n, text in enumerate(texts))
        index.commit()


def index_by_engine(texts: Sequence[str], analyse: Callable[[str], str], tokenizer: str) -> None:
    """Index raw text with the engine alone."""
    schema = tantivy.SchemaBuilder().add_text_field("body", tokenizer_name=tokenizer).build()
    with tempfile.TemporaryDirectory() as folder:
        writer = tantivy.Index(schema, path=folder).writer(128 << 20, 2)
        for text in texts:
            writer.add_document(tantivy.Document(body=analyse(text)))
        writer.commit()
        writer.wait_merging_threads()


def per_second(size: float, times: Sequence[float]) -> list[float]:
    """Turn seconds into amounts per second."""
    return [size / time for time in times]


def of_texts(megabytes: float) -> None:
    """Measure fold, stream and index on prose."""
    prose = Prose(1)
    texts = [prose.document(1_000) for _ in range(int(megabytes * 480))]
    size = sum(len(text.encode()) for text in texts) / 1e6
    few = texts[: len(texts) // 8]
    part = sum(len(text.encode()) for text in few) / 1e6
    whole = [text.replace("\n", "") for text in few]  # the plain loop does not join lines nor mark gaps
    assert [s.replace("| ", "").split() for s in stream_batch(whole)] == [
        s.split() for s in naive_stream(whole)
    ]
    ours, peer = in_turn(
        lambda: batched(texts, lambda some: text_of(fold_pieces(join_pieces(some)).codes)),
        lambda: [unicodedata.normalize("NFKC", text).casefold() for text in texts],
    )
    report(
        "fold", per_second(size, ours), per_second(size, peer), "MB/s", of="unicodedata, NFKC and casefold"
    )
    ours, peer = in_turn(lambda: batched(texts, stream_batch), lambda: naive_stream(few))
    report("token stream", per_second(size, ours), per_second(part, peer), "MB/s", of="loop per character")
    ours, naive, engine = in_turn(
        lambda: index_ours(texts),
        lambda: index_by_engine(few, lambda text: naive_stream([text])[0], "whitespace"),
        lambda: index_by_engine(texts, str, "default"),
    )
    mine = per_second(size, ours)
    report("raw text to committed index", mine, per_second(part, naive), "MB/s", of="loop per character")
    report(
        "the same",
        mine,
        per_second(size, engine),
        "MB/s",
        of="the engine's own tokenizer, useless for Chinese",
    )


def of_cells(count: int) -> None:
    """Measure the way in for cells, and the size of their index against the workbook's."""
    prose = Prose(2)
    texts = [prose.cell() for _ in range(count)]
    rows, cols = np.divmod(np.arange(count), COLUMNS)
    sizes: list[float] = []

    def put() -> None:
        with tempfile.TemporaryDirectory() as folder:
            with Index.open(Path(folder)) as index:
                index.put_cells("a" * 64, "名单", rows + 1, cols + 1, texts)
                index.commit()
            sizes.append(sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        book = xlsxwriter.Workbook(str(path), {"in_memory": True})
        sheet = book.add_worksheet()
        for place, text in enumerate(texts):
            sheet.write(place // COLUMNS, place % COLUMNS, text)
        book.close()
        workbook = os.path.getsize(path) / 1e6  # noqa: PTH202 - of a path given as text to the writer
    ours, peer = in_turn(put, lambda: index_by_engine(texts, str, "default"))
    report(
        "cells to committed index",
        per_second(count, ours),
        per_second(count, peer),
        "cells/s",
        of="the engine's own tokenizer",
    )
    report("index of the cells", sizes, [workbook], "MB", of="the same cells as xlsx")


if __name__ == "__main__":
    head()
    stream_batch(["warm"])  # the tables are built once a process
    amount = float(sys.argv[1]) if len(sys.argv) > 1 else 24.0
    of_texts(amount)
    of_cells(int(amount * 25_000))
