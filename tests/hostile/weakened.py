"""A program: the real worker with one of its layers taken away, to see that the others hold by themselves.

python weakened.py LAYER DESCRIPTOR FORM MEMORY CPU MODULE...
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "attacks"))

import proofroom.extract.formats

proofroom.extract.formats.BUILT_IN = ()

from proofroom.extract import worker  # noqa: E402 - only now, so that it finds no built-in formats
from proofroom.extract.sandbox import zygote  # noqa: E402 - with it


def nothing() -> None:
    """Take a layer's place."""


LAYERS = {
    "calls": (zygote.seccomp, ("restrict_worker", "restrict_parser")),
    "calls of the child": (zygote.seccomp, ("restrict_parser",)),
    "landlock": (zygote.landlock, ("restrict",)),
}

if __name__ == "__main__":
    module, names = LAYERS[sys.argv.pop(1)]
    for name in names:
        setattr(module, name, nothing)
    worker.main()
