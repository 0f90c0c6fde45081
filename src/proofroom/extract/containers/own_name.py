"""Name what a compressed file holds: its own name without the ending of its compression."""

from __future__ import annotations

from typing import Final

_ENDINGS: Final = (
    (b".tgz", b".tar"),
    (b".taz", b".tar"),
    (b".tbz", b".tar"),
    (b".tbz2", b".tar"),
    (b".txz", b".tar"),
    (b".svgz", b".svg"),
    (b".emz", b".emf"),
    (b".wmz", b".wmf"),
    (b".gz", b""),
    (b".bz2", b""),
    (b".bz", b""),
    (b".xz", b""),
    (b".tzst", b".tar"),
    (b".tlz", b".tar"),
    (b".zst", b""),
    (b".lzma", b""),
    (b".lz4", b""),
    (b".lz", b""),
    (b".z", b""),
)


def own_name(untrusted_name: bytes) -> bytes:
    """Give the file's own name without the ending of its compression; `content` when nothing is left."""
    name = untrusted_name.rpartition(b"/")[2]
    for ending, instead in _ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: len(name) - len(ending)] + instead
    return b"content"
