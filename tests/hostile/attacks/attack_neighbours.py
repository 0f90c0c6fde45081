"""Attacks on other processes and on the kernel: signals, tracing, foreign memory, namespaces, own limits."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
from typing import Any

from system_calls import LIBC, attempt, call

from proofroom.extract.format import Sink, Source
from proofroom.extract.sandbox import seccomp

_KERNEL = {
    "unshare": (272, 0x10000000), "setns": (308, 0, 0), "mount": (165, b"none", b"/", b"tmpfs", 0, None),
    "umount2": (166, b"/", 2), "pivot_root": (155, b"/", b"/"), "chroot": (161, b"/"), "bpf": (321, 0, None, 0),
    "io_uring_setup": (425, 1, None), "io_uring_enter": (426, 0, 0, 0), "userfaultfd": (323, 0),
    "add_key": (248, b"user", b"x", b"x", 1, -4), "request_key": (249, b"user", b"x", None, 0),
    "keyctl": (250, 0, -4, 0), "perf_event_open": (298, None, 0, -1, -1, 0), "setuid": (105, 0),
    "setgid": (106, 0), "setgroups": (116, 0, None), "capset": (126, None, None), "personality": (135, 8),
    "modify_ldt": (154, 1, None, 0), "arch_prctl": (158, 0x1001, 0), "iopl": (172, 3), "ioperm": (173, 0, 1, 1),
    "init_module": (175, None, 0, b""), "reboot": (169, 0, 0, 0), "syslog": (103, 2, None, 0),
    "settimeofday": (164, None, None), "sethostname": (170, b"x", 1), "swapon": (167, b"/", 0),
    "acct": (163, None), "quotactl": (179, 0, None, 0, None), "open_by_handle_at": (304, -100, None, 0),
    "name_to_handle_at": (303, -100, b"/", None, None, 0), "kexec_load": (246, 0, 0, None, 0),
    "open_tree": (428, -100, b"/", 1), "move_mount": (429, -100, b"/", -100, b"/", 0), "fsopen": (430, b"tmpfs", 0),
    "mount_setattr": (442, -100, b"/", 0, None, 0), "landlock_create_ruleset": (444, None, 0, 1),
    "landlock_restrict_self": (446, 0, 0), "seccomp": (317, 0, 0, None), "kcmp": (312, 1, 1, 0, 0, 0),
    "sched_setaffinity": (203, 0, 8, None), "setpriority": (141, 0, 0, -20), "mlockall": (151, 3),
    "setsid": (112,), "setpgid": (109, 0, 0), "setitimer": (38, 0, None, None), "alarm": (37, 1),
}  # fmt: skip


def kernel(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Ask the kernel for what no parser needs."""
    for name, arguments in _KERNEL.items():
        sink.meta(name, call(*arguments))


def every_call(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Make every call that is not on the parsers' list, by its number and as an x32 call."""
    # 335 and 336 (uretprobe, uprobe) pass every filter by the kernel's own rule, and end whoever calls them.
    uprobes, told_apart = {335, 336}, {16, 72, 435}
    allowed = {seccomp._X86_64[name] for name in seccomp._PARSER} | told_apart | uprobes
    answers = {n: call(n, -1, -1, -1, -1, -1, -1) for n in range(600) if n not in allowed}
    x32 = {n: call(n | 0x40000000, -1, -1, -1, -1, -1, -1) for n in range(600)}
    sink.meta("let through", str([n for n, said in answers.items() if said != "EPERM"]))
    sink.meta("let through as x32", str([n for n, said in x32.items() if said != "EPERM"]))
    sink.meta("refused", str(len(answers)))


def signals(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Signal the worker, the parent, the group and everybody, in every way there is."""
    for name, pid in (("worker", 1), ("group", 0), ("everybody", -1)):
        for what in (0, signal.SIGKILL, signal.SIGSTOP):
            sink.meta(f"kill {name} {what}", attempt(os.kill, pid, what))
    sink.meta("tkill", call(200, 1, 9))
    sink.meta("tgkill", call(234, 1, 1, 9))
    sink.meta("rt_sigqueueinfo", call(129, 1, 9, ctypes.create_string_buffer(128)))
    sink.meta("pidfd_open", call(434, 1, 0))
    sink.meta("pidfd_send_signal", call(424, 0, 9, None, 0))
    sink.meta(
        "all pids", str(sum(call(62, pid, 9) == "done 0" for pid in range(1, 4_000) if pid != os.getpid()))
    )


def signals_by_pipe(source: Source, sink: Any, order: dict[str, Any]) -> None:
    """Let the kernel kill the worker for us: as the owner of our pipe it is told when there is room."""
    set_flags, set_owner, set_signal, asynchronous = 4, 8, 10, 0o20000
    for descriptor in (sink._output, 0, 1):
        sink.meta(f"owner {descriptor}", call(72, descriptor, set_owner, 1))
        sink.meta(f"signal {descriptor}", call(72, descriptor, set_signal, 9))
        sink.meta(f"flags {descriptor}", call(72, descriptor, set_flags, asynchronous | os.O_WRONLY))


def memory(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Read and write the memory of the worker, from which every later child is forked."""
    local = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(local), 8)
    here = ctypes.addressof(vector)
    for name, pid in (("worker", 1), ("self", os.getpid())):
        sink.meta(f"process_vm_readv {name}", call(310, pid, here, 1, here, 1, 0))
        sink.meta(f"process_vm_writev {name}", call(311, pid, here, 1, here, 1, 0))
        sink.meta(f"ptrace attach {name}", call(101, 16, pid, 0, 0))
        sink.meta(f"ptrace seize {name}", call(101, 0x4206, pid, 0, 0))
        sink.meta(f"/proc/mem {name}", attempt(os.open, f"/proc/{pid}/mem", os.O_RDWR))
        sink.meta(f"pidfd_open {name}", call(434, pid, 0))
        sink.meta(f"pidfd_getfd {name}", call(438, 0, 0, 0))
        sink.meta(f"process_madvise {name}", call(440, 0, here, 1, 4, 0))


def weak_spots(source: Source, sink: Any, order: dict[str, Any]) -> None:
    """Try only what one layer alone must stop, and what does not end ourselves where it is not stopped."""
    local = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(local), 8)
    here = ctypes.addressof(vector)
    for what in (0, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
        sink.meta(f"signal {what}", attempt(os.kill, 1, what))
    sink.meta("signal, queued", call(129, 1, 9, ctypes.create_string_buffer(128)))
    sink.meta("read", call(310, 1, here, 1, here, 1, 0))
    sink.meta("write", call(311, 1, here, 1, here, 1, 0))
    sink.meta("trace", call(101, 16, 1, 0, 0))
    sink.meta("seize", call(101, 0x4206, 1, 0, 0))
    sink.meta("mem", attempt(os.open, "/proc/1/mem", os.O_RDWR))
    watch = call(434, 1, 0)
    for descriptor in range(8):
        held = int(watch.partition(" ")[2]) if watch.startswith("done") else 0
        sink.meta(f"descriptor {descriptor}", call(438, held, descriptor, 0))
    for name in ("/", "/usr/left-by-a-child", "/left-by-a-child", *order.get("places", ())):
        sink.meta(f"write {name}", attempt(os.open, name, os.O_CREAT | os.O_WRONLY))
    sink.meta("mount", call(165, b"none", b"/", b"tmpfs", 0, None))
    sink.meta("fork", attempt(os.fork))


def own_limits(source: Source, sink: Sink, order: dict[str, Any]) -> None:
    """Raise its own limits, become dumpable, and put another filter before ours."""
    for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_CORE"):
        which = getattr(resource, name)
        highest = (ctypes.c_uint64 * 2)(1 << 62, 1 << 62)
        sink.meta(f"setrlimit {name}", call(160, which, ctypes.addressof(highest)))
        sink.meta(f"prlimit64 {name}", call(302, 0, which, ctypes.addressof(highest), None))
        sink.meta(f"Python {name}", _python_raises(which))
    for name, option in (
        ("dumpable", 4),
        ("seccomp", 22),
        ("death signal", 1),
        ("keepcaps", 8),
        ("ptracer", 0x59616D61),
    ):
        LIBC.prctl(option, 1, 0, 0, 0)
        sink.meta(f"prctl {name}", errno.errorcode.get(ctypes.get_errno(), "done"))


def _python_raises(which: int) -> str:
    try:
        resource.setrlimit(which, (1 << 40, 1 << 40))
    except (ValueError, OSError) as refused:
        return type(refused).__name__
    return "done"


ATTACKS = (kernel, every_call, signals, signals_by_pipe, memory, weak_spots, own_limits)
