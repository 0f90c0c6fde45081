"""The process in which other people's SQL runs: it may read the segments and write nothing.

It is started by `run_sql`, takes the case's folder and the query on standard input, gives an Arrow stream
on standard output, and is ended when it takes too long. Before the query is read it gives up the right to
write any file (a file size of 0) and, where the machine allows it, the network.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

import pyarrow as pa

from proofroom.errors import BadJournal, BadSegment, ProofroomError, RefusedSql
from proofroom.store.journal import Journal
from proofroom.values.masking import Mask

SECONDS: Final = 120
"""How long one query may take: the last guard against a join of everything with everything."""

_FAILURES: Final[dict[str, type[ProofroomError]]] = {
    one.code: one for one in (BadJournal, BadSegment, RefusedSql)
}
"""What can go wrong in the process, by the code in which it tells."""
_NEW_USER: Final = 0x10000000
_NEW_NET: Final = 0x40000000
_ADDRESS_SPACE: Final = 8 << 30


def run_sql(derived: Path, query: str, mask: Mask, seconds: float = SECONDS) -> pa.Table:
    """Run one SELECT in a process of its own; raises RefusedSql, or BadSegment when the store is damaged."""
    secret = None if mask.secret is None else base64.b64encode(mask.secret).decode()
    order = json.dumps({"derived": str(derived), "query": query, "secret": secret})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "proofroom.store.sql"],
            input=order.encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"the query took longer than {seconds:g} seconds"
        raise RefusedSql(message, remedy="Choose fewer artifacts or columns, or add a limit.") from None
    if done.returncode == 1 and done.stdout:
        answer = json.loads(done.stdout)
        kind = _FAILURES.get(answer["code"], RefusedSql)
        raise kind(answer["what"])
    if done.returncode:
        message = "the query needed more memory than it may take, or broke the process it ran in"
        raise RefusedSql(message)
    return pa.ipc.open_stream(done.stdout).read_all()


def leave_network() -> None:
    """Move into an empty network, while this process has one thread; where that is refused, DuckDB's lock stands."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER | _NEW_NET)


def give_up_writing() -> None:
    """Give up writing any file, and bound memory, for the rest of this process's life."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))


def main() -> int:
    """Read the order, run it, and give the result or the reason on standard output."""
    leave_network()
    order = json.loads(sys.stdin.buffer.read())
    derived = Path(order["derived"])
    secret = None if order["secret"] is None else base64.b64decode(order["secret"])
    from proofroom.store import tables  # noqa: PLC0415 - DuckDB starts threads; the network is left before

    journal = Journal(derived / "journal.sqlite", reading_only=True)
    try:
        database = tables.connect(derived, journal, Mask(secret))
        give_up_writing()
        table = tables.select(database, order["query"])
    except ProofroomError as refused:
        sys.stdout.write(json.dumps({"code": refused.code, "what": refused.what}))
        return 1
    with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
        writer.write_table(table)
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    status = main()
    # DuckDB's threads need no farewell; an exit handler of theirs must not change the status.
    os._exit(status)
