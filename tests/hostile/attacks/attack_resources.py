"""Attacks on what a machine has: memory, time, room for output, descriptors, processes."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import threading
import time
from typing import Any

from system_calls import attempt, call

from proofroom.extract.format import Line, Sink, Source
from proofroom.model.evidence import PieceKind

MIB = 1 << 20


def heap(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Eat memory until there is none, and let it show."""
    held = []
    while len(held) < 4096:
        held.append(bytearray(b"\1") * MIB)
    sink.meta("eaten", str(len(held)))


def heap_counted(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Eat memory until there is none, free it and say how much it was."""
    held = []
    try:
        while len(held) < 4096:
            held.append(bytearray(b"\1") * MIB)
    except MemoryError:
        eaten, held = len(held), []
        sink.meta("eaten", str(eaten))


def shared_memory(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Fill memory that is shared with nobody, 16 MiB at a time; it is not counted as data of this process."""
    maps: list[mmap.mmap] = []
    try:
        while len(maps) < 256:
            one = mmap.mmap(-1, 16 * MIB)
            maps.append(one)
            for page in range(0, 16 * MIB, 4096):
                one[page] = 1
    except OSError as refused:
        sink.meta("refused", refused.__class__.__name__)
    sink.meta("eaten", str(16 * len(maps)))


def reservation(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Reserve 64 GiB of address space without touching it."""
    nothing, private_anonymous_no_reserve = 0, 0x4022
    sink.meta("mmap", call(9, None, 64 << 30, nothing, private_anonymous_no_reserve, -1, 0))


def memory_file(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Make a file in memory and fill it: nothing of it is mapped, so no limit on memory counts it."""
    sink.meta("memfd_create", attempt(os.memfd_create, "x"))
    sink.meta("memfd_secret", call(447, 0))


def loop(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Work without end."""
    while True:
        pass


def loop_ignoring(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Work without end and do not listen to the warning."""
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True:
        pass


def sleep(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Do nothing, for long."""
    time.sleep(3_600)


def close_and_sleep(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Close the answer pipe, so that it seems to be over, and stay."""
    os.close(order_output(sink))
    time.sleep(3_600)


def output(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Say much, without end."""
    text = [Line("para=1", PieceKind.PARAGRAPH, "x" * MIB)]
    while True:
        sink.lines(text)


def recursion(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Call itself without end."""
    recursion(source, sink, order)


def descriptors(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Open as many descriptors as it gets."""
    got = 0
    try:
        while got < 4096:
            os.dup(0)
            got += 1
    except OSError as refused:
        sink.meta("dup", refused.strerror)
    sink.meta("got", str(got))


def processes(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Fork, in every way there is; a child that comes to be ends at once."""
    clone_thread = 0x3D0F00
    ways = {"fork": (57,), "vfork": (58,), "clone": (56, 17, 0), "clone thread": (56, clone_thread, 0)}
    for name, arguments in ways.items():
        before = os.getpid()
        sink.meta(name, call(*arguments))
        if os.getpid() != before:
            os._exit(0)
    sink.meta("clone3", call(435, ctypes.create_string_buffer(88), 88))
    sink.meta("bomb", str(sum(_forked() for _ in range(2_000))))


def _forked() -> bool:
    try:
        if not os.fork():
            os._exit(0)
    except OSError:
        return False
    return True


def threads(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Start threads."""
    begun = 0
    for _ in range(100):
        try:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        except (RuntimeError, OSError):
            continue
        begun += 1
    sink.meta("begun", str(begun))


def programs(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Become another program."""
    for program in ("/usr/bin/env", "/bin/sh", "/usr/bin/python3"):
        sink.meta(f"exec {program}", attempt(os.execve, program, [program], {}))
    sink.meta("execveat", call(322, -100, b"/usr/bin/env", None, None, 0))


def dies(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Crash as native code does, after a first word."""
    sink.lines([Line("para=1", PieceKind.PARAGRAPH, "said before death" * 10)])
    ctypes.string_at(0)


def dies_unless_first(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Crash unless it is the first child of its worker, as it is at the second try (needs a pid namespace)."""
    if os.getpid() != 2:
        dies(source, sink, order)
    sink.lines([Line("para=1", PieceKind.PARAGRAPH, "alive at last")])


def raises(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Raise what no format expects; its text must not leave the child."""
    sink.lines([Line("para=1", PieceKind.PARAGRAPH, "said before")])
    raise ZeroDivisionError("a secret text")


def panics(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Raise what `except Exception` lets through, as panics of native libraries do."""
    raise _PanicError("a secret text")


class _PanicError(BaseException):
    pass


def exits_well(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """End with status 0 and without a last frame."""
    sink.lines([Line("para=1", PieceKind.PARAGRAPH, "said before")])
    os._exit(0)


def order_output(sink: Any) -> int:
    """Give the descriptor of the answer pipe, as a child that was taken over would find it."""
    return int(sink._output)


ATTACKS = (
    heap, heap_counted, shared_memory, reservation, memory_file, loop, loop_ignoring, sleep, close_and_sleep,
    output, recursion, descriptors, processes, threads, programs, dies, dies_unless_first, raises, panics,
    exits_well,
)  # fmt: skip
