"""Names planted at random places, found again or not: `python benchmarks/names.py [DOCUMENTS]`.

The truth is a brute-force scan for the substring in every document. Times are of a whole search:
the exact total, and the first 50 hits with their snippets and marks.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from measure import head, percentile, report
from prose import Prose

from proofroom.language.reading import read_text
from proofroom.search.find import find
from proofroom.search.query import parse
from proofroom.store.index import Index, IndexDoc, IndexHit

PLACES = 1_500
NAMES = 300
LIMIT = 50


def planted(prose: Prose, documents: int) -> tuple[list[str], list[str]]:
    """Make documents with names of two to four characters at random places, some across a line break."""
    texts = [prose.document(1_200) for _ in range(documents)]
    names = [prose.name(2 + number % 3) for number in range(NAMES)]
    for number in range(PLACES):
        name = names[number % NAMES]
        if number % 5 == 0:
            cut = prose.chance.randrange(1, len(name))
            name = f"{name[:cut]}\n{name[cut:]}"
        which = prose.chance.randrange(documents)
        at = prose.chance.randrange(len(texts[which]))
        texts[which] = texts[which][:at] + name + texts[which][at:]
    return texts, names


def by_lines(text: str) -> tuple[tuple[str, int], ...]:
    """Address a document by lines of 40 characters, so that every total must be resolved to lines."""
    return tuple((f"page=1&line={n + 1}", at) for n, at in enumerate(range(0, len(text), 40)))


def measure(documents: int, *, lines: bool) -> None:
    """Plant, index, search, compare, and print."""
    texts, names = planted(Prose(3), documents)
    plain = [read_text(text) for text in texts]
    queries = names + [name[:2] for name in names if len(name) > 2] + [f"不{name}" for name in names[:50]]
    missed = extra = wanted = 0
    ours: dict[int, list[float]] = {}
    scans: dict[int, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, Index.open(Path(folder)) as index:
        parts = [by_lines(text) if lines else (("para=1", 0),) for text in texts]
        index.put(IndexDoc(str(n), "line", parts[n], text) for n, text in enumerate(texts))
        index.commit()

        def texts_of(hits: Sequence[IndexHit]) -> list[str]:
            return [texts[int(hit.artifact)] for hit in hits]

        for query in queries:
            start = time.perf_counter()
            truth = {number for number, text in enumerate(plain) if read_text(query) in text}
            scans.setdefault(len(query), []).append((time.perf_counter() - start) * 1e3)
            found = {int(hit.artifact) for hit in find(index, parse(query), texts_of, limit=0).hits}
            wanted, missed, extra = (
                wanted + len(truth),
                missed + len(truth - found),
                extra + len(found - truth),
            )
            for _ in range(5):
                start = time.perf_counter()
                find(index, parse(query), texts_of, limit=LIMIT)
                ours.setdefault(len(query), []).append((time.perf_counter() - start) * 1e3)
    kind = "addressed by lines" if lines else "one address each"
    print(
        f"| {documents} documents, {kind}: {PLACES} places planted, {len(queries)} queries, {wanted} hits by the scan |"
        f" recall {1 - missed / wanted:.3f} | 1.000 (scan) | | false hits {extra} | |"
    )
    for length in (2, 3, 4):
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            mine, scan = percentile(ours[length], share), percentile(scans[length], share)
            report(
                f"{length}-character names, {name}", [mine], [scan], "ms", of="scan of folded texts in memory"
            )


if __name__ == "__main__":
    head()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    measure(count, lines=False)
    measure(count, lines=True)
