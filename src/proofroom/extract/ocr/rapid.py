"""rapidocr behind three calls: where lines stand, cut one out, read some. Only this file imports an engine.

Its models lie in its wheel; with one thread and loaded before the fork it works in every child. Its own cut
turns every high line by 90 degrees, also a lone digit: ours does not, since the page stands upright already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import proofroom.extract.ocr.quiet  # noqa: F401 - before the engines, which report and start threads otherwise

# isort: split
import cv2
import numpy as np
import numpy.typing as npt
from rapidocr import RapidOCR

from proofroom.extract.ocr.pixels import Pixels

_PARAMETERS: Final = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.log_level": "critical",
    "Global.text_score": 0.0,
    "Global.max_side_len": 1 << 14,
}
_UPRIGHT: Final = 3.0
"""From so many times as high as wide on a line is taken for one that is written downwards, and turned."""


class Rapid:
    """The loaded engine."""

    def __init__(self) -> None:
        """Load the models, and use them once."""
        cv2.setNumThreads(1)
        self._engine: Any = RapidOCR(params=_PARAMETERS)
        page = np.full((64, 320, 3), 255, np.uint8)
        cv2.putText(page, "Proofroom 17", (8, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 2)
        quads = self.find(page)
        self.read([self.cut(page, quad) for quad in quads] or [page])

    def find(self, page: Pixels) -> npt.NDArray[np.float32]:
        """Give the four corners of every line on a page, from the top left clockwise."""
        found = self._engine(
            np.ascontiguousarray(page[..., ::-1]), use_det=True, use_cls=False, use_rec=False
        )
        if found.boxes is None or not len(found.boxes):
            return np.zeros((0, 4, 2), np.float32)
        return np.asarray(found.boxes, np.float32).reshape(-1, 4, 2)

    def cut(self, page: Pixels, quad: npt.NDArray[np.float32]) -> Pixels:
        """Cut a line out of a page and make it level."""
        width = max(2, int(max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[2] - quad[3]))))
        height = max(2, int(max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2]))))
        level = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = cv2.getPerspectiveTransform(np.ascontiguousarray(quad, np.float32), level)
        line = cv2.warpPerspective(
            page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC
        )
        if height >= _UPRIGHT * width:
            line = np.rot90(line)
        return np.ascontiguousarray(line, np.uint8)

    def read(self, lines: Sequence[Pixels]) -> list[tuple[str, float]]:
        """Read lines that were cut out; gives the text and the confidence of each."""
        if not lines:
            return []
        found = self._engine.recognize_txt([np.ascontiguousarray(line[..., ::-1]) for line in lines])
        return [(str(text), float(score)) for text, score in zip(found.txts, found.scores, strict=True)]
