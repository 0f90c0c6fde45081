"""Working on a case: receive deliveries, run the stages, keep passwords and members; every act is logged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from proofroom.case.folder import CaseFile
from proofroom.case.making import now
from proofroom.case.recognising import OCR_ACTS, Acting, Recognising
from proofroom.case.running import Means, Running
from proofroom.case.told import Told, received_of
from proofroom.case.watching import Pausable
from proofroom.errors import BadMember, WeakSandbox, WrongUse
from proofroom.extract.sandbox import Sandbox, probe
from proofroom.model.custody import Act, Event
from proofroom.model.renderings import FILE
from proofroom.receive.begin import begin, end, is_interrupted, is_waiting
from proofroom.receive.custody import CustodyLog
from proofroom.receive.delivery import Delivery, Receiving, check_source
from proofroom.receive.hand_file import HandFile
from proofroom.receive.intake import Intake, intake_of
from proofroom.receive.keys import Keys
from proofroom.receive.passwords import Passwords
from proofroom.receive.vault import Vault
from proofroom.run.pausing import Pausing
from proofroom.store.journal import Journal
from proofroom.store.occurrences import Occurrences, Received
from proofroom.store.tries import Tries

if TYPE_CHECKING:
    from proofroom.case.looking import Looking
    from proofroom.case.rendering_work import RenderingWork

_IMPORT_AT_ONCE: Final = 5_000


class Work:
    """The working side of one case; holds its log and its journal for writing."""

    def __init__(
        self, folder: Path, file: CaseFile, journal: Journal, keys: Keys, member: str | None
    ) -> None:
        """Open the log, and enter into the journal what the log has and the journal does not.

        Raises BadMember when it is not clear who acts.
        """
        self._folder = folder
        self._file = file
        self._journal = journal
        self._keys = keys
        self._weak_sandbox: str | None = None
        self._passwords = Passwords(keys)
        self._log = CustodyLog.open(folder, keys)
        self._vault = Vault(folder)
        self._vault.recover(self._digests)
        self._by = self._compare_file(member)
        self._catch_up()

    def _compare_file(self, member: str | None) -> str:
        """Enter into `case.toml` what it lacks of the log, and what changed in it into the log; says who acts."""
        told = Told()
        for event in self._log.acts():
            told.note(event)
        if told.restore(self._file):
            self._file.write(self._folder)
        by = self._file.author(member)
        settings = self._file.settings(self._folder)
        if settings != told.settings:
            self._log.append([Event(Act.CASE_SETTINGS, now(), by, settings)])
        return by

    def close(self) -> None:
        """Sign the head of everything that was done."""
        self._log.sign_head()

    def head(self) -> str:
        """Sign and give the head of the log."""
        return self._log.sign_head()

    def note_reasons(self, plain_disk: str | None, weak_sandbox: str | None) -> None:
        """Log the reasons given for an unencrypted disk or a weak sandbox, each once."""
        if weak_sandbox is not None and not weak_sandbox.strip():
            raise WrongUse("the reason for a weak sandbox is empty", remedy="Say why, in a few words.")
        self._weak_sandbox = weak_sandbox
        if plain_disk and plain_disk != self._file.plain_disk:
            self._note(Act.PLAIN_DISK, {"why": plain_disk})
            self._file.plain_disk = plain_disk
            self._note(Act.CASE_SETTINGS, self._file.settings(self._folder))
            self._file.write(self._folder)

    # ── receive ──────────────────────────────────────────────────────────────────────────────────

    def resumes(self, source: Path) -> bool:
        """Say whether a delivery of this source was begun and not ended."""
        return is_interrupted(self._log, self._keys.secret, source)

    def is_waiting(self, source: Path, intake_file: Path | None) -> bool:
        """Say whether this source was taken in to its end, and only the run is missing; raises BadIntake."""
        return is_waiting(self._log, self._keys.secret, source, intake_file)

    def intake_defaults(self) -> dict[str, str]:
        """Give what stands for each intake question that nobody answers."""
        return Intake(taken_by=self._by, when=now()[:7]).facts()

    def receive(
        self,
        source: Path,
        intake_file: Path | None,
        progress: Any,
        answers: dict[str, str] | None = None,
        pausing: Pausing | None = None,
    ) -> dict[str, Any]:
        """Take a delivery in, or go on with an interrupted one of the same source."""
        if pausing is not None:
            pausing.clear()
            progress = Pausable(progress, pausing)
        check_source(self._folder, source)
        default = intake_of(self.intake_defaults() | (answers or {}))
        begun = begin(self._log, self._keys.secret, source, intake_file, default, (now(), self._by))
        self._file.deliveries[begun.id] = begun.intake.facts()
        self._file.write(self._folder)
        receiving = Receiving(self._vault, self._log, self._by, now)
        try:
            result = receiving.receive(source, Delivery(begun.id), begun.done, progress)
        finally:
            self._catch_up()
        end(self._log, begun, result.found, (now(), self._by))
        return {"delivery": begun.id, "found": result.found, "new": result.new, "bytes": result.bytes}

    def _digests(self) -> Iterator[str]:
        """Give the digest of every original that the log names."""
        for event in self._log.events():
            if event.act in (Act.RECEIVED, Act.OCR_IMPORTED) and event.facts["digest"] is not None:
                yield event.facts["digest"]

    def _catch_up(self) -> None:
        """Enter into the journal every received occurrence that the log has beyond what was entered."""
        entered = int(self._journal.value("select value from meta where key = 'custody'") or 0)
        if entered >= self._log.size:
            return
        occurrences = Occurrences(self._journal, self._file.limits)
        batch: list[Received] = []
        for place, event in enumerate(self._log.events()):
            if place >= entered and event.act is Act.RECEIVED:
                batch.append(received_of(event.facts))
            elif place >= entered and event.act in OCR_ACTS:
                self.ocr().enter(event.act, event.facts)
            if len(batch) >= _IMPORT_AT_ONCE:
                self._enter(occurrences, batch, place + 1)
                batch = []
        self._enter(occurrences, batch, self._log.size)

    def _enter(self, occurrences: Occurrences, batch: list[Received], upto: int) -> None:
        with self._journal.transaction():
            occurrences.enter(batch)
            self._journal.execute("insert or replace into meta values ('custody', ?)", (str(upto),))

    # ── run ──────────────────────────────────────────────────────────────────────────────────────

    def run(
        self,
        names: tuple[str, ...],
        workers: int | None,
        progress: Any,
        pausing: Pausing | None,
        *,
        ocr: bool = True,
    ) -> None:
        """Do what is not done yet, in all stages or those named; resumes after any interruption."""
        self._running(pausing or Pausing()).run(names, workers, progress, ocr=ocr)

    def redo(self, condition: str, stages: tuple[str, ...]) -> int:
        """Let the next run do again what a condition chooses; gives how many artifacts."""
        return self._running().redo(condition, stages)

    def take_back(self) -> int:
        """Take back the wish to read again whatever was not read again yet; gives how many artifacts."""
        return self._running().take_back()

    def ocr(self, pausing: Pausing | None = None) -> Recognising:
        """Give the OCR of the case."""
        acting = Acting(self._note, lambda: self._passwords, self._sandbox, pausing or Pausing())
        return Recognising(self._folder, self._journal, self._file.limits, acting)

    def _running(self, pausing: Pausing | None = None) -> Running:
        pausing = pausing or Pausing()
        means = Means(
            self._note, lambda: self._passwords, self._log_fitted, self._sandbox, lambda: self.ocr(pausing)
        )
        return Running(self._folder, self._journal, self._file.limits, means, pausing)

    def _log_fitted(self) -> None:
        """Log which password opened what, each pair once: the password as a keyed hash, never itself."""
        fitted = list(Tries(self._journal).fitted())
        if not fitted:
            return
        known = {
            (event.facts["artifact"], event.facts["password"])
            for event in self._log.events()
            if event.act is Act.PASSWORD_FITTED
        }
        new = [one for one in fitted if one[:2] not in known]
        for artifact, password, source in new:
            facts = {"artifact": artifact, "password": password, "source": source}
            self._note(Act.PASSWORD_FITTED, facts)

    def _sandbox(self) -> Sandbox:
        """Give the strongest sandbox here; raises WeakSandbox when a layer is missing and no reason was given."""
        layers = probe()
        if layers.missing:
            if not self._weak_sandbox:
                raise WeakSandbox(f"the sandbox lacks {', '.join(layers.missing)}")
            self._note(Act.WEAK_SANDBOX, {"why": self._weak_sandbox, "missing": list(layers.missing)})
        return Sandbox.best()

    # ── passwords and members ────────────────────────────────────────────────────────────────────

    def unlock(self, passwords: list[str]) -> None:
        """Keep further passwords with the keys; the next run tries them, and goes on where a limit cut."""
        added = self._passwords.add(passwords)
        if added:
            self._note(Act.PASSWORDS_ADDED, {"count": added})
        with self._journal.transaction():
            Tries(self._journal).go_on()

    def forget_passwords(self, names: list[str]) -> dict[str, int]:
        """Forget passwords by their pseudonyms, or all that were given; what they opened is read again."""
        count, opened = self._passwords.remove(names)
        self._note(Act.PASSWORDS_REMOVED, {"count": count, "artifacts": len(opened)})
        Tries(self._journal).start_over(opened)
        return {"removed": count, "to_be_read_again": len(opened)}

    def add_member(self, handle: str) -> dict[str, str]:
        """Make a member's key and enter it into `case.toml`."""
        if handle in self._file.members:
            raise BadMember(f"there is a member {handle} already")
        key = self._keys.new_member(handle)
        # Custody first: `verify` asks that each key in case.toml stands there.
        self._note(Act.MEMBER_ADDED, {"member": handle, "public_key": key})
        self._file.members[handle] = key
        self._file.write(self._folder)
        return {"handle": handle, "public_key": key}

    def retire_member(self, handle: str) -> dict[str, Any]:
        """Let a member leave: the lines signed until now count, none that comes later does."""
        if handle not in self._file.members:
            raise BadMember(f"there is no member {handle}")
        if handle in self._file.retired:
            raise BadMember(f"{handle} has left already")
        if len(self._file.members) - len(self._file.retired) == 1:
            raise BadMember(f"{handle} is the last member", remedy="Add another member first.")
        signers = self._file.signers()
        files = sorted((self._folder / "hand").glob("*.jsonl"))
        tips = [HandFile(self._folder, path.stem, signers).tip(handle) for path in files]
        last = [tip for tip in tips if tip is not None]
        self._note(Act.MEMBER_RETIRED, {"member": handle, "last_lines": last})
        self._file.retired[handle] = last
        self._file.write(self._folder)
        return {"handle": handle, "last_lines": last}

    def renderings(self, looking: Looking) -> RenderingWork:
        """Give the renderings of the case, for whoever signs as the member who works."""
        from proofroom.case.rendering_work import RenderingWork, Signing

        file = HandFile(self._folder, FILE, self._file.signers())
        signing = Signing(file, self._by, self._keys.member(self._by))
        return RenderingWork(looking, signing, self._sandbox, self._file.limits, self._folder)

    def _note(self, act: Act, facts: Mapping[str, Any]) -> None:
        self._log.append([Event(act, now(), self._by, facts)])


def missing_layers() -> tuple[str, ...]:
    """Name the layers of the sandbox that this machine lacks."""
    return probe().missing
