"""The worker: a warm zygote in the sandbox that forks one child for every artifact it is handed.

    python -m proofroom.extract.worker DESCRIPTOR FORM MEMORY CPU [MODULE...]

It is started by `sandbox.launch` and never imported by the package. The zygote imports every format, reads
one small sample of each (what is imported lazily would fail silently once the sandbox is shut), seals
itself, and then only forks: the order and the descriptors of a job are received by the child itself, so the
zygote never holds a file or an answer pipe. The child seals itself once more before it touches a byte.
`proofroom.run.wire` says what crosses the control socket.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from proofroom.extract.detect import detect
from proofroom.extract.detection.extensions import extension_of
from proofroom.extract.format import Format, Source, Unreadable
from proofroom.extract.formats import BUILT_IN
from proofroom.extract.sandbox import landlock, seccomp, syscalls
from proofroom.extract.sink import FrameSink
from proofroom.limits import DEFAULT, Limits
from proofroom.model.states import Reason, State
from proofroom.run.wire import ENDED, FORK, OUT_OF_MEMORY, READY, STARTED, Order, receive_order, send_report

_SAMPLES: Final = Path(__file__).parent / "formats" / "samples"
_EMPTY: Final = "application/x-empty"
_FILES: Final = 16
_UNEXPECTED: Final = 70


class Formats:
    """The formats of this worker, by the media types that they claim."""

    def __init__(self, modules: Iterable[str]) -> None:
        """Import the modules of the formats."""
        self.all: list[Format] = [importlib.import_module(name).FORMAT for name in modules]
        self._by_type = {media_type: one for one in self.all for media_type in one.media_types}
        self._by_name = {one.name: one for one in self.all}

    @classmethod
    def built_in(cls, more: Sequence[str] = ()) -> Formats:
        """Import our own formats and, for tests, more of them by their modules' full names."""
        return cls([f"proofroom.extract.formats.{name}" for name in BUILT_IN] + list(more))

    def find(self, media_type: str, detected: str | None) -> Format | None:
        """Give the format that claims a media type, or that detection names for it."""
        return self._by_type.get(media_type) or self._by_name.get(detected or "")

    def warm_up(self, output: int) -> None:
        """Read the sample of every format once, so that nothing is left to be imported."""
        for one in self.all:
            sample = _SAMPLES / one.sample
            if sample.is_file():
                data = sample.read_bytes()
                source = Source(io.BytesIO(data), len(data), DEFAULT, one.sample.encode())
                read_artifact(source, output, self)


def read_artifact(source: Source, output: int, formats: Formats) -> None:
    """Read one artifact with the format its content asks for; every way it can end is the last frame.

    Raises only what no format expects: such an artifact ends `crashed`.
    """
    sink = FrameSink(output, source.limits, source.size)
    cut: Unreadable | None = None
    try:
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
    found = detect(source)
    chosen = formats.find(found.media_type, found.format)
    sink.format(chosen.name if chosen else "", found.media_type)
    if found.media_type == _EMPTY:
        raise Unreadable(State.EMPTY, Reason.NO_CONTENT)
    if found.extension_disagrees:
        sink.meta("file:extension-disagrees", extension_of(source.untrusted_name))
    if chosen is None:
        raise Unreadable(State.UNKNOWN, Reason.NO_FORMAT)
    source.untrusted.seek(0)
    chosen.read(source, sink)


def main() -> NoReturn:
    """Warm up, seal, and fork until the parent goes away."""
    descriptor, form, memory, cpu, *modules = sys.argv[1:]
    sandboxed = form != "none"
    # Before the seal: a socket object asks the kernel what it is.
    control = socket.socket(fileno=int(descriptor))
    if sys.platform == "linux":
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    formats = Formats.built_in(modules)
    formats.warm_up(sys.stdout.fileno())
    if sandboxed:
        _seal_zygote()
    gc.collect()
    gc.freeze()
    send_report(control, READY)
    zygote = os.getpid()
    while control.recvmsg(1)[0] == FORK:
        child = os.fork()
        if not child:
            _be_child(zygote, control, formats, (int(memory), int(cpu)), sandboxed=sandboxed)
        watch = _watch(child)
        send_report(control, STARTED, child, watch)
        if watch is not None:
            os.close(watch)
        _, status, used = os.wait4(child, 0)
        cpu_seconds = used.ru_utime + used.ru_stime
        send_report(control, ENDED, os.waitstatus_to_exitcode(status), None, cpu_seconds, used.ru_maxrss)
    os._exit(0)


def _watch(child: int) -> int | None:
    """Open a descriptor by which the pool can kill the child and nobody else; an old system has none."""
    try:
        return os.pidfd_open(child)
    except (AttributeError, OSError):
        return None


def _seal_zygote() -> None:
    """Give up everything but forking: no dump, no capability, no file to write, no call off the list."""
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    syscalls.drop_capabilities()
    landlock.restrict()
    seccomp.restrict_worker()


def _be_child(
    zygote: int, control: socket.socket, formats: Formats, bounds: tuple[int, int], *, sandboxed: bool
) -> NoReturn:
    """Take one job from the socket, seal, read, and end; nothing of this process survives the artifact."""
    status = _UNEXPECTED
    try:
        if sys.platform == "linux":
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != zygote:
            os._exit(status)
        order, (artifact, output) = receive_order(control)
        control.close()
        syscalls.close_all_but(artifact, output)
        _limit(*bounds)
        if sandboxed:
            landlock.restrict()
            seccomp.restrict_parser()
        read_artifact(_source(order, artifact), output, formats)
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY
    except Exception:  # noqa: BLE001, S110 - a border: no message leaves the child, its status says that it failed
        pass
    finally:
        os._exit(status)


def _limit(memory: int, cpu: int) -> None:
    """Bound memory, work, files and processes of this child, for good."""
    for what, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, _FILES, _FILES),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):
            # A hard limit that is lower already stays; another system may not know this one.
            continue


def _source(order: Order, artifact: int) -> Source:
    """Make the source of a job from its order."""
    stream: BinaryIO = open(artifact, "rb", buffering=1 << 16)  # noqa: SIM115 - a descriptor, kept to the end
    return Source(stream, order.size, Limits(**order.limits), order.untrusted_name, order.passwords)


if __name__ == "__main__":
    main()
