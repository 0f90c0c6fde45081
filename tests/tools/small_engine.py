"""An engine for tests: reads nothing, and always says the same of the same picture; real ones take seconds."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from proofroom.extract.ocr.page import OcrCell, OcrLine, PagePicture, PageReading


@dataclass
class SmallEngine:
    """Says of each page how large it is and what its checksum is; `hook` is called before each page is told."""

    name: str = "small 1.0 none"
    confidence: float = 0.9
    blind: bool = False
    fails: bool = False
    hook: Callable[[int], None] = lambda _: None
    seen: list[tuple[int, int]] = field(default_factory=list)

    def read(self, pictures: Iterator[PagePicture], done: Callable[[int, PageReading | None], None]) -> None:
        """Take one picture after the other."""
        for picture in pictures:
            assert len(picture.untrusted_rgb) == 3 * picture.width * picture.height
            self.seen.append((picture.width, picture.height))
            self.hook(len(self.seen))
            done(picture.key, None if self.fails else self.reading(picture))

    def reading(self, picture: PagePicture) -> PageReading:
        """Give what this engine always says of a picture."""
        if self.blind:
            return PageReading("", "Arab", 0, 0.0, 0.0, ())
        wide, high = picture.width, picture.height
        box = (
            (wide // 10, high // 10),
            (wide // 2, high // 10),
            (wide // 2, high // 5),
            (wide // 10, high // 5),
        )
        said = (f"扫描 {zlib.crc32(picture.untrusted_rgb):08x}", "希约·文", "姆约菲 990121199001011234")
        lines = tuple(OcrLine(text, self.confidence, box) for text in said)
        cells = (OcrCell(1, 1, 1, 1, 2, "合计", 0.8), OcrCell(1, 2, 2, 1, 1, "17", 0.7))
        return PageReading(self.name, "Han", 90, 0.25, self.confidence, lines, cells)
