"""The OCR worker: a warm zygote in the sandbox that forks one child for every decoded page it is handed.

    python -m proofroom.extract.ocr.worker DESCRIPTOR FORM MEMORY CPU

Like `proofroom.extract.worker`, with the same layers and the same words on the control socket; but what a child gets
is no file: it is rows of pixels, in memory that nobody can change. The models are loaded before the fork, with one
thread. Where the engine is not installed the child only prepares pages for the other one.
"""

from __future__ import annotations

import proofroom.extract.ocr.quiet  # noqa: F401 - before numpy and the engines

# isort: split
import mmap
import os
import sys
from typing import NoReturn

import numpy as np

from proofroom.extract.ocr.looked import SCRIPTS, pack
from proofroom.extract.ocr.looking import Engine, look
from proofroom.extract.sandbox.zygote import connect, serve
from proofroom.run.wire import Order

try:
    from proofroom.extract.ocr.rapid import Rapid
except ImportError:
    _RAPID: type[Engine] | None = None
else:
    _RAPID = Rapid


def main() -> NoReturn:
    """Load, seal, and fork until the parent goes away."""
    descriptor, form, memory, cpu = sys.argv[1:5]
    control = connect(descriptor)
    engine = _RAPID() if _RAPID is not None else None
    look(np.full((64, 64, 3), 255, np.uint8), engine, frozenset(SCRIPTS))

    def answer(order: Order, page: int, output: int) -> None:
        _answer(order, page, output, engine)

    serve(control, answer, (int(memory), int(cpu)), sandboxed=form != "none")


def _answer(order: Order, page: int, output: int, engine: Engine | None) -> None:
    """Look at the page of an order, and write what was seen."""
    width, height, others = order.limits["width"], order.limits["height"], order.limits["others"]
    untrusted = mmap.mmap(page, order.size, access=mmap.ACCESS_READ)
    rgb = np.frombuffer(untrusted, np.uint8, width * height * 3).reshape(height, width, 3)
    wanted = frozenset(script for number, script in enumerate(SCRIPTS) if others >> number & 1)
    for piece in pack(look(rgb, engine if order.limits["engine"] else None, wanted)):
        view = memoryview(piece)
        while view:
            view = view[os.write(output, view) :]


if __name__ == "__main__":
    main()
