"""What a walk through a picture file finds: facts, pictures inside the picture, its EXIF block, and where it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

MOST_INNER: Final = 256
"""Pictures inside one picture that are given at the most."""


@dataclass(slots=True)
class Inner:
    """Facts and inner pictures of one file; `end` is where it ends, -1 when it has no end, None when none is known.

    covered: stretches behind the end that are given as inner pictures. text_cut: a text was longer than allowed.
    """

    facts: list[tuple[str, str]] = field(default_factory=list)
    pictures: list[tuple[str, bytes]] = field(default_factory=list)
    exif: bytes = b""
    end: int | None = None
    covered: list[tuple[int, int]] = field(default_factory=list)
    text_cut: bool = False

    def add(self, untrusted_name: str, data: bytes) -> None:
        """Keep an inner picture under a name of its own, the same bytes once."""
        if not data or len(self.pictures) >= MOST_INNER or any(data == held for _, held in self.pictures):
            return
        taken = {name for name, _ in self.pictures}
        stem, _, ending = untrusted_name.rpartition(".")
        name, number = untrusted_name, 1
        while name in taken:
            number += 1
            name = f"{stem}-{number}.{ending}"
        self.pictures.append((name, data))
