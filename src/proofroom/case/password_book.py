"""The passwords of a case as people see them: which are kept, what each opened, what was tried; always masked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final

from proofroom.receive.passwords import Passwords, pseudonym_of
from proofroom.store.tries import Tries

if TYPE_CHECKING:
    from proofroom.case.viewing import View
    from proofroom.case.working import Work
    from proofroom.receive.keys import Keys

Scope = Callable[[str | None, str, str | None], "AbstractContextManager[View]"]

_FILES: Final = """select a.digest, a.state, a.reason, t.tried, t.sources, t.offered, t.is_cut,
    (select o.path from occurrences o where o.digest = a.digest order by o.id limit 1) as path,
    (select min(o.id) from occurrences o where o.digest = a.digest) as first
  from artifacts a left join tries t on t.artifact = a.digest
  where t.artifact is not null or a.digest in (select artifact from fitted) order by first limit ?"""


class PasswordBook:
    """What a person may want of the passwords of a case: look at them, add some, take some back."""

    def __init__(self, scope: Scope, keys: Callable[[], Keys], work: Callable[[], Work]) -> None:
        """Look through the scopes of a case; `keys` opens its keys, `work` gives its working side."""
        self._scope = scope
        self._keys = keys
        self._work = work

    def kept(self, reason: str | None = None, member: str | None = None) -> list[dict[str, Any]]:
        """Give one line per password: its pseudonym, or itself for a reason that is entered into custody."""
        passwords = Passwords(self._keys())
        given = dict.fromkeys(passwords.given())
        opened = Counter(word for words in passwords.fitted().values() for word in words)
        shown = passwords.pseudonym if reason is None else None
        lines = [
            {
                "password": {"withheld": "password", "as": shown(word)} if shown else word,
                "given": word in given,
                "opened": opened[word],
            }
            for word in dict.fromkeys((*given, *sorted(opened)))
        ]
        with self._scope(reason, "passwords", member) as view:
            return list(view.given({"passwords": "kept"}, lines))

    def files(
        self, reason: str | None = None, member: str | None = None, limit: int = 0
    ) -> list[dict[str, Any]]:
        """Give one line per file that was opened, or on which something was tried."""
        with self._scope(reason, "passwords", member) as view:
            journal = view.looking.journal
            tries = Tries(journal)
            lines = (
                {
                    "digest": row["digest"],
                    "path": view.mask.text(row["path"] or ""),
                    "state": row["state"] or "pending",
                    "reason": row["reason"],
                }
                | tried_line(row)
                | {"opened_by": _opened_by(tries, row["digest"])}
                for row in journal.rows(_FILES, (limit or -1,))
            )
            return list(view.given({"passwords": "files"}, lines))

    def add(self, words: list[str]) -> None:
        """Keep further passwords; the next run tries them on what is locked. Raises WrongUse for too many."""
        self._work().unlock(words)

    def remove(self, names: list[str]) -> dict[str, int]:
        """Forget passwords by their pseudonyms, or `all` that were given; what they opened is read again."""
        return self._work().forget_passwords(names)


def tried_line(row: Any) -> dict[str, Any]:
    """Say of one file how many passwords were tried, of which sorts, how many were left, and whether a limit cut it."""
    return {
        "tried": row["tried"] or 0,
        "tried_by": json.loads(row["sources"] or "{}"),
        "left": row["offered"] or 0,
        "cut": bool(row["is_cut"]),
    }


def tried_on(tries: Tries, digest: str) -> dict[str, Any]:
    """Say what was tried on one file and what opened it; nothing of one that was never locked."""
    row, opened = tries.row(digest), _opened_by(tries, digest)
    return (
        {}
        if row is None and not opened
        else {"passwords": tried_line(row or _NOTHING) | {"opened_by": opened}}
    )


_NOTHING: Final = {"tried": 0, "sources": "{}", "offered": 0, "is_cut": 0}


def _opened_by(tries: Tries, digest: str) -> list[dict[str, Any]]:
    """Name what opened a file; what a program itself uses is no secret and has no name."""
    return [
        {
            "password": None if source == "default" else {"withheld": "password", "as": pseudonym_of(mark)},
            "source": source,
        }
        for mark, source in sorted(tries.fitted_of(digest).items())
    ]
