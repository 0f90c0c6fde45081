"""Shuts itself in and becomes a separate program: started inside the sandbox by `tool`, for one answer.

    python -m proofroom.extract.sandbox.become FORM MEMORY CPU PROGRAM ARGUMENT...

The program inherits the limits, the domain and the list of calls; it starts no process and opens no socket.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

from proofroom.extract.sandbox import landlock, seccomp, syscalls
from proofroom.extract.sandbox.bounds import bound

ENVIRONMENT = {"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"}


def main() -> NoReturn:
    """Give up what the program must not have, and become it."""
    form, memory, cpu, *program = sys.argv[1:]
    syscalls.close_all_but()
    if sys.platform == "linux":
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    bound(int(memory), int(cpu))
    if form != "none":
        syscalls.drop_capabilities()
        landlock.restrict(run=True)
        seccomp.restrict_tool()
    os.execve(program[0], program, ENVIRONMENT)  # noqa: S606 - the program was named by its full path


if __name__ == "__main__":
    main()
