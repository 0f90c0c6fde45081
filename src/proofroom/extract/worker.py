"""The worker: a warm zygote in the sandbox that forks one child for every artifact it is handed.

    python -m proofroom.extract.worker DESCRIPTOR FORM MEMORY CPU [MODULE...]

It is started by `sandbox.launch` and never imported by the package. The zygote imports every format, reads
one small sample of each (what is imported lazily would fail silently once the sandbox is shut), seals
itself, and then only forks (`sandbox.zygote`). The child seals itself once more before it touches a byte.
"""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from proofroom.extract.detect import detect
from proofroom.extract.detection.extensions import extension_of
from proofroom.extract.format import Format, Source, Unreadable
from proofroom.extract.formats import BUILT_IN
from proofroom.extract.ocr.layers import TEXT_LAYERS, read_text_layer
from proofroom.extract.ocr.page import PAGE_EXTENT
from proofroom.extract.sandbox.processors import one_processor
from proofroom.extract.sandbox.zygote import connect, serve
from proofroom.extract.sink import FrameSink
from proofroom.limits import DEFAULT, Limits
from proofroom.model.states import Reason, State
from proofroom.run.jobs import Task
from proofroom.run.wire import Order

_SAMPLES: Final = Path(__file__).parent / "formats" / "samples"
_EMPTY: Final = "application/x-empty"
_OUTSIDE: Final = "outside:"
_PDF: Final = "application/pdf"
_SMALL_DPI: Final = 36


class Formats:
    """The formats of this worker, by the media types that they claim."""

    def __init__(self, built_in: Iterable[str], outside: Iterable[str] = ()) -> None:
        """Import the modules of our own formats, then those from outside, which never replace one of ours."""
        self.all: list[Format] = []
        self._by_type: dict[str, Format] = {}
        self._by_beginning: dict[str, Format] = {}
        for modules, ours in ((built_in, True), (outside, False)):
            for name in modules:
                one: Format = importlib.import_module(name).FORMAT
                self._add(one if ours else replace(one, name=f"{_OUTSIDE}{one.name}"))

    @classmethod
    def built_in(cls, more: Sequence[str] = ()) -> Formats:
        """Import our own formats and those from outside by their modules' full names."""
        return cls([f"proofroom.extract.formats.{name}" for name in BUILT_IN], more)

    def _add(self, one: Format) -> None:
        """Take one format in; what another one claims already stays with that one."""
        self.all.append(one)
        for media_type in one.media_types:
            if media_type.endswith("*"):
                self._by_beginning.setdefault(media_type[:-1], one)
            else:
                self._by_type.setdefault(media_type, one)

    def find(self, media_type: str) -> Format | None:
        """Give the format that claims a media type, whole or by its beginning."""
        whole = self._by_type.get(media_type)
        if whole is not None:
            return whole
        fitting = [beginning for beginning in self._by_beginning if media_type.startswith(beginning)]
        return self._by_beginning[max(fitting, key=len)] if fitting else None

    def warm_up(self, output: int) -> None:
        """Read the sample of every format once, so that nothing is left to be imported."""
        for one in self.all:
            sample = _SAMPLES / one.sample
            if sample.is_file():
                data = sample.read_bytes()
                source = Source(io.BytesIO(data), len(data), DEFAULT, one.sample.encode())
                read_artifact(source, output, self)
                if one.picture is not None:
                    do_task(Task.PICTURE, source, output, self, (1, _SMALL_DPI))
        for name in TEXT_LAYERS:
            data = (_SAMPLES / name).read_bytes()
            do_task(Task.TEXT_LAYER, Source(io.BytesIO(data), len(data), DEFAULT), output, self)


def read_artifact(source: Source, output: int, formats: Formats) -> None:
    """Read one artifact with the format its content asks for; see `do_task`."""
    do_task(Task.READ, source, output, formats)


def do_task(task: str, source: Source, output: int, formats: Formats, page: tuple[int, int] = (1, 0)) -> None:
    """Do with one artifact what an order asks for; every way it can end is the last frame.

    Raises only what no format expects: such an artifact ends `crashed`. `page` is a number and dots per inch.
    """
    sink = FrameSink(output, source.limits, source.size)
    cut: Unreadable | None = None
    try:
        if task == Task.PICTURE:
            _draw(source, sink, formats, *page)
        elif task == Task.TEXT_LAYER:
            _read_text_layer(source, sink, formats)
        else:
            _read(source, sink, formats)
    except Unreadable as ended:
        cut = Unreadable(ended.state, ended.reason)
    except MemoryError:
        cut = Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
    except RecursionError:
        cut = Unreadable(State.TRUNCATED, Reason.LIMIT_DEPTH)
    # Only here, where no exception holds its frames any more, is free again what the format held.
    sink.end(cut)


def _read(source: Source, sink: FrameSink, formats: Formats) -> None:
    """Detect, tell what was detected, and let the format read."""
    found = detect(source, formats.all)
    chosen = formats.find(found.media_type)
    sink.format(chosen.name if chosen else "", found.media_type)
    if found.media_type == _EMPTY:
        raise Unreadable(State.EMPTY, Reason.NO_CONTENT)
    if found.extension_disagrees:
        sink.meta("file:extension-disagrees", extension_of(source.untrusted_name))
    if chosen is None:
        raise Unreadable(State.UNKNOWN, Reason.NO_FORMAT)
    source.untrusted.seek(0)
    chosen.read(source, sink)


def _draw(source: Source, sink: FrameSink, formats: Formats, number: int, dpi: int) -> None:
    """Give one page as a picture, with the size of the page itself as a property."""
    found = detect(source, formats.all)
    chosen = formats.find(found.media_type)
    sink.format(chosen.name if chosen else "", found.media_type)
    if chosen is None or chosen.picture is None:
        raise Unreadable(State.UNKNOWN, Reason.NO_FORMAT)
    source.untrusted.seek(0)
    picture = chosen.picture(source, number, dpi)
    sink.meta(PAGE_EXTENT, "{} {}".format(*picture.extent))
    sink.pixels(picture.width, picture.height, picture.rgb)


def _read_text_layer(source: Source, sink: FrameSink, formats: Formats) -> None:
    """Give the lines of pages that another engine has left in a file: of a PDF those that stand in it."""
    media_type = detect(source, formats.all).media_type
    chosen = formats.find(media_type) if media_type == _PDF else None
    sink.format(chosen.name if chosen else "", media_type)
    source.untrusted.seek(0)
    if chosen is not None:
        chosen.read(source, sink)
    else:
        read_text_layer(source, sink)


def main() -> NoReturn:
    """Warm up, seal, and fork until the parent goes away."""
    descriptor, form, memory, cpu, *modules = sys.argv[1:]
    control = connect(descriptor)
    with one_processor():
        formats = Formats.built_in(modules)
    formats.warm_up(sys.stdout.fileno())

    def read(order: Order, artifact: int, output: int) -> None:
        do_task(order.task, _source(order, artifact), output, formats, (order.page, order.dpi))

    serve(control, read, (int(memory), int(cpu)), sandboxed=form != "none")


def _source(order: Order, artifact: int) -> Source:
    """Make the source of a job from its order."""
    stream: BinaryIO = open(artifact, "rb", buffering=1 << 16)  # noqa: SIM115 - a descriptor, kept to the end
    return Source(stream, order.size, Limits(**order.limits), order.untrusted_name, order.passwords)


if __name__ == "__main__":
    main()
