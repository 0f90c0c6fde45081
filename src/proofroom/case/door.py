"""Case, the one door: open it, look, work, and leave; faces hold no logic beyond calling this."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from proofroom.case.folder import CaseFile
from proofroom.case.looking import Looking
from proofroom.case.tables import Accounting, Lines, Rows
from proofroom.case.viewing import Revealing, View
from proofroom.errors import BadCase, WrongUse
from proofroom.receive.keys import Keys, is_locked
from proofroom.store.journal import Journal
from proofroom.values.masking import OPEN, Mask

if TYPE_CHECKING:
    from proofroom.case import working
    from proofroom.case.ocr_wishes import OcrWishes
    from proofroom.case.password_book import PasswordBook
    from proofroom.case.rendering_work import RenderingWork
    from proofroom.run.pausing import Pausing


class Case:
    """One cache in one folder: sealed, read, accounted for and searchable."""

    def __init__(
        self, folder: Path, file: CaseFile, journal: Journal, keys: Keys | None, member: str | None
    ) -> None:
        """Use `Case.open` or `Case.new`."""
        self.folder = folder
        self.file = file
        self.looking = Looking(folder, journal, file.limits, self._doc_id)
        self._journal = journal
        self._keys = keys
        self._member = member
        self._work: working.Work | None = None

    @classmethod
    def new(
        cls,
        folder: Path | str,
        *,
        passphrase: str | None = None,
        member: str = "desk",
        regions: Path | None = None,
        plain_disk: str | None = None,
        weak_sandbox: str | None = None,
    ) -> Case:
        """Make an empty case; raises PlainDisk on an unencrypted disk unless a reason is given."""
        from proofroom.case import making

        making.make(Path(folder), passphrase, member, regions, plain_disk)
        return cls.open(
            folder,
            writing=True,
            passphrase=passphrase,
            member=member,
            plain_disk=plain_disk,
            weak_sandbox=weak_sandbox,
        )

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        writing: bool = False,
        passphrase: str | None = None,
        member: str | None = None,
        plain_disk: str | None = None,
        weak_sandbox: str | None = None,
    ) -> Case:
        """Open a case to look at it, or (`writing`) to work on it; raises BadCase, LockedKeys or CaseBusy.

        `member` is who works, or reveals; without it that is the only member there is, else BadMember.
        """
        folder = Path(folder)
        file = CaseFile.read(folder)
        derived = folder / "derived"
        derived.mkdir(mode=0o700, exist_ok=True)
        if not writing and not (derived / "journal.sqlite").exists():
            raise BadCase("nothing has been read in this case yet", remedy=f"Run `proofroom run {folder}`.")
        unopened = not writing and passphrase is None and is_locked(folder / "keys")
        keys = None if unopened else Keys.open(folder / "keys", passphrase)
        journal = Journal(derived / "journal.sqlite", writing=writing)
        case = cls(folder, file, journal, keys, member)
        if writing:
            try:
                from proofroom.case import making, working

                making.check_disk(folder, plain_disk if plain_disk is not None else file.plain_disk or None)
                case._work = working.Work(case.folder, file, journal, case._opened_keys(), member)
                case._work.note_reasons(plain_disk, weak_sandbox)
            except BaseException:
                case.close()
                raise
        return case

    @staticmethod
    def is_locked(folder: Path | str) -> bool:
        """Say whether the keys of a case are under a passphrase; raises BadCase when it is no case."""
        CaseFile.read(Path(folder))
        return is_locked(Path(folder) / "keys")

    @staticmethod
    def verify(folder: Path | str, seen: str | None = None, progress: Any = None) -> dict[str, Any]:
        """Recompute every digest and proof of a case; gives the verdict, changes nothing."""
        from proofroom.case import checking

        return checking.verify(Path(folder), seen, progress)

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Sign the head of what was done and let go of the case."""
        if self._work is not None:
            self._work.close()
            self._work = None
        self._journal.close()

    # ── looking ──────────────────────────────────────────────────────────────────────────────────

    def status(self) -> Accounting:
        """Give the accounting."""
        return Accounting(self.looking.accounting().status())

    def unread(self) -> list[dict[str, Any]]:
        """Count what is neither read nor empty, by state and reason."""
        return self.looking.accounting().unread()

    @contextmanager
    def scope(self, reason: str | None, what: str, member: str | None = None) -> Iterator[View]:
        """Look through the mask; with a reason, look without it.

        Each list, query or address opened then is one event in the custody log: who, why, which, how many
        lines. It stands there before anybody sees them. `member` is who looks, where there are several.
        """
        if reason is None:
            yield View(self.looking, Mask(self._secret()))
            return
        if not reason.strip():
            raise WrongUse("the reason to reveal is empty", remedy="Say why, in a few words.")
        from proofroom.case.making import now
        from proofroom.receive.custody import CustodyLog

        by = self.file.author(member or self._member)
        log = CustodyLog.open(self.folder, self._opened_keys())
        yield View(self.looking, OPEN, Revealing(log, now, by, reason, what))

    def sql(self, query: str) -> Rows:
        """Give the rows of one SELECT over masked views."""
        return View(self.looking, Mask(self._secret())).sql(query)

    def search(self, query: str, limit: int = 50, *, exact: bool = False) -> Lines:
        """Give the hits of a query through the mask, the total last."""
        return Lines(View(self.looking, Mask(self._secret())).search(query, limit, exact=exact))

    def show(self, address: str) -> Lines:
        """Give what stands at an address, through the mask."""
        return Lines(self.looking.show(address, Mask(self._secret())))

    def artifacts(self, state: str | None = None, limit: int = 0, *, where: str | None = None) -> Lines:
        """Give one line per occurrence, in one state or in any, or chosen by a condition, through the mask."""
        return Lines(View(self.looking, Mask(self._secret())).artifacts(state, limit, where=where))

    def window(self, address: str, rows: int = 100) -> list[dict[str, Any]]:
        """Give the cells of so many rows from a cell's row on, through the mask."""
        return self.looking.window(address, Mask(self._secret()), rows)

    def members(self) -> list[dict[str, Any]]:
        """Give the members: handle and public key."""
        return self.file.member_lines()

    # ── working ──────────────────────────────────────────────────────────────────────────────────

    def receive(
        self,
        source: Path,
        intake: Path | None,
        progress: Any,
        answers: dict[str, str] | None = None,
        pausing: Pausing | None = None,
    ) -> dict[str, Any]:
        """Take a delivery in; one of the same source that was interrupted goes on.

        `answers` are those to the intake questions, where no file holds them.
        """
        return self._working().receive(source, intake, progress, answers, pausing)

    def resumes(self, source: Path) -> bool:
        """Say whether a delivery of this source was begun and not ended."""
        return self._working().resumes(source)

    def is_waiting(self, source: Path, intake: Path | None = None) -> bool:
        """Say whether this source was taken in to its end, and only the run is missing; raises BadIntake."""
        return self._working().is_waiting(source, intake)

    def intake_defaults(self) -> dict[str, str]:
        """Give what stands for each intake question that nobody answers."""
        return self._working().intake_defaults()

    def run(
        self,
        stages: tuple[str, ...],
        workers: int | None,
        progress: Any,
        pausing: Pausing | None = None,
        *,
        ocr: bool = True,
    ) -> None:
        """Do what is not done yet, in all stages or those named; without `ocr` that is left for later.

        Raises Paused when `pausing` was asked to stop: everything that was under way is done and kept.
        """
        self._working().run(stages, workers, progress, pausing, ocr=ocr)

    def ocr(self, pausing: Pausing | None = None) -> OcrWishes:
        """Give what a person may want of OCR: other pages, another version, a reading from elsewhere."""
        from proofroom.case.ocr_wishes import OcrWishes

        return OcrWishes(self.looking, self._working().ocr(pausing))

    def redo(self, condition: str, stages: tuple[str, ...] = ()) -> int:
        """Let the next run do again what a condition chooses (`state=damaged`); gives how many artifacts."""
        return self._working().redo(condition, stages)

    def take_back(self) -> int:
        """Take back the wish to read again whatever was not read again yet; gives how many artifacts."""
        return self._working().take_back()

    def redone(self) -> list[dict[str, Any]]:
        """Tell what came of the last redo: what was, what is, whether the content is the same, and how many."""
        return self.looking.accounting().compared()

    def would_redo(self, condition: str, stages: tuple[str, ...] = ()) -> int:
        """Count what a redo would do again; changes nothing."""
        return self.looking.accounting().would_redo(condition, stages)

    def renderings(self) -> RenderingWork:
        """Give what a person may want of renderings: take in, judge, have made by an engine."""
        return self._working().renderings(self.looking)

    def passwords(self) -> PasswordBook:
        """Give the passwords of the case: which are kept, what each opened, what was tried; shown masked."""
        from proofroom.case.password_book import PasswordBook

        return PasswordBook(self.scope, self._opened_keys, self._working)

    def add_member(self, handle: str) -> dict[str, str]:
        """Make a key for a handle and enter it."""
        return self._working().add_member(handle)

    def retire_member(self, handle: str) -> dict[str, Any]:
        """Let a member leave: what was signed until now counts."""
        return self._working().retire_member(handle)

    def missing_layers(self) -> tuple[str, ...]:
        """Name the layers of the sandbox that this machine lacks."""
        from proofroom.case import working

        return working.missing_layers()

    def head(self) -> str:
        """Give the signed head of the custody log."""
        return self._working().head()

    def _working(self) -> working.Work:
        if self._work is None:
            raise WrongUse("the case is open for looking only")
        return self._work

    def _opened_keys(self) -> Keys:
        if self._keys is None:
            self._keys = Keys.open(self.folder / "keys")
        return self._keys

    def _secret(self) -> bytes:
        """Give the secret under which pseudonyms are made; a locked case gets one that lasts this run only."""
        return self._keys.secret if self._keys is not None else _ONE_RUN

    def _doc_id(self, digest: str) -> str:
        return self._opened_keys().doc_id(digest)


_ONE_RUN = secrets.token_bytes(32)
