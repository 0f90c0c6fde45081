"""Every failure Proofroom can explain to the person at the desk, each with a code and a remedy.

    ProofroomError            code, remedy
    ├─ WrongUse               the command was called in a way that cannot work  (exit 2)
    │  ├─ BadQuery            the search words cannot be read
    │  ├─ BadCondition        a condition (`state=damaged and size>10MB`) cannot be read
    │  ├─ BadWhere            an address is malformed or points nowhere
    │  ├─ BadIntake           the intake statement cannot be taken as written
    │  ├─ BadRendering        a translation or transcript cannot be taken in as given
    │  ├─ PlainDisk           the case would lie on an unencrypted disk
    │  └─ WeakSandbox         a mandatory layer of the sandbox is missing
    ├─ BadSource              what was to be received is missing or cannot be read  (exit 2)
    │  └─ SourceLost          it went away in the middle (a stick was pulled out)  (exit 1)
    ├─ BadCase                the folder is no case, or cannot be worked on  (exit 2)
    │  ├─ CaseTooNew          it was made by a newer version
    │  ├─ CaseBusy            another process is working on it
    │  ├─ CaseFull            its disk is full  (exit 1)
    │  ├─ BadJournal          the journal (rebuildable) is corrupt  (exit 1)
    │  ├─ BadSegment          a segment or spool (rebuildable) is corrupt  (exit 1)
    │  └─ StaleIndex          the search index (rebuildable) has another schema  (exit 1)
    ├─ BrokenEvidence         a digest, a signature or a proof fails
    ├─ LockedKeys             the keys need a passphrase, or got a wrong one  (exit 2)
    ├─ BadMember              a handle or a member's key cannot be used  (exit 2)
    ├─ RefusedSql             a query was not exactly one SELECT over the views
    ├─ SystemRefused          the system refused to open, read or write something  (exit 2)
    └─ MissingTool            a tool without which the command cannot run  (exit 4)

The exit status is 1 where none is named: what was asked for could not be done, or a check failed.
A file that cannot be read is *not* an error here: it ends in a stored state with a reason
(`proofroom.model.states`), is counted in every report, and the work goes on.
"""

from __future__ import annotations

from typing import ClassVar


class ProofroomError(Exception):
    """Something went wrong that we can explain: what happened, its code, and what to do now."""

    code: ClassVar[str] = "proofroom-error"
    remedy: ClassVar[str] = "Run the command again with --help, or report this with its code."
    exit_status: ClassVar[int] = 1

    def __init__(self, what: str, *, remedy: str | None = None) -> None:
        """Keep the sentence that says what happened, and a remedy more exact than the class's own."""
        super().__init__(what)
        self.what = what
        self.advice = remedy or self.remedy


class WrongUse(ProofroomError):
    """The command or call cannot work as it was given."""

    code = "wrong-use"
    remedy = "See the command's --help for its form and examples."
    exit_status = 2


class BadQuery(WrongUse):
    """The search words cannot be read as a query."""

    code = "bad-query"
    remedy = "Mend the query at the marked character, or put the words in quotes."

    def __init__(self, what: str, *, at: int = 0, remedy: str | None = None) -> None:
        """Keep the position (in characters, from 0) where reading stopped."""
        super().__init__(what, remedy=remedy)
        self.at = at


class BadCondition(WrongUse):
    """A condition that chooses artifacts cannot be read."""

    code = "bad-condition"
    remedy = (
        "Write comparisons such as state=damaged, format=pdf, size>10MB, path='lists/*', joined by `and`."
    )

    def __init__(self, what: str, *, at: int = 0, remedy: str | None = None) -> None:
        """Keep the position (in characters, from 0) where reading stopped."""
        super().__init__(what, remedy=remedy)
        self.at = at


class BadWhere(WrongUse):
    """An address is malformed, or nothing stands at it."""

    code = "bad-where"
    remedy = "Write it as DIGEST#sheet=NAME&cell=B2 or DIGEST#page=3&line=7; copy it from a search hit."


class BadRendering(WrongUse):
    """A translation or transcript cannot be taken in as it is given."""

    code = "bad-rendering"
    remedy = "See `proofroom renderings --help` for the forms and what each needs."


class BadIntake(WrongUse):
    """The intake statement cannot be taken as it is written."""

    code = "bad-intake"
    remedy = 'Mend the named line; every question may be answered with "unknown".'


class PlainDisk(WrongUse):
    """The case would lie on a disk that is not encrypted, or in a folder that is synced elsewhere."""

    code = "plain-disk"
    remedy = "Put the case on an encrypted volume, or give --plain-disk REASON; the reason goes into custody."


class WeakSandbox(WrongUse):
    """A mandatory layer of the sandbox is missing on this machine."""

    code = "weak-sandbox"
    remedy = (
        "Run `proofroom doctor` to see which layer is missing, mend it, "
        "or give --allow-weak-sandbox REASON; the reason goes into custody."
    )


class BadSource(ProofroomError):
    """What was to be received does not exist or cannot be read at all."""

    code = "bad-source"
    remedy = "Check the path and that you may read it."
    exit_status = 2


class SourceLost(BadSource):
    """The source went away while it was being read; what was received is safe."""

    code = "source-lost"
    remedy = "Plug it in again and run the same command: the delivery continues where it stopped."
    exit_status = 1


class BadCase(ProofroomError):
    """The folder is not a case, or the case is damaged."""

    code = "bad-case"
    remedy = "Give the folder that holds case.toml; restore it from a copy if it is damaged."
    exit_status = 2


class CaseTooNew(BadCase):
    """The case was made by a newer version of Proofroom."""

    code = "case-too-new"
    remedy = "Install the newer version; this one would damage what it does not know."


class CaseBusy(BadCase):
    """Another process is working on this case."""

    code = "case-busy"
    remedy = "Wait until it ends, or stop it; reading commands work meanwhile."


class CaseFull(BadCase):
    """The disk of the case is full; nothing half-written was left behind."""

    code = "case-full"
    remedy = "Free space on the disk of the case and run the same command again: it resumes."
    exit_status = 1


class BadJournal(BadCase):
    """The journal is corrupt; it is rebuildable."""

    code = "bad-journal"
    remedy = (
        "Delete the folder derived/ of the case and run `proofroom run CASE`: everything in it is rebuilt."
    )
    exit_status = 1


class BadSegment(BadCase):
    """A segment or spool file is corrupt; it is rebuildable."""

    code = "bad-segment"
    remedy = (
        "Delete the folder derived/ of the case and run `proofroom run CASE`: everything in it is rebuilt."
    )
    exit_status = 1


class StaleIndex(BadCase):
    """The search index was made by another version; it is rebuildable."""

    code = "stale-index"
    remedy = "Run `proofroom run CASE search`: the index is rebuilt from the segments."
    exit_status = 1


class BrokenEvidence(ProofroomError):
    """A digest, a signature or a proof does not hold: something was changed."""

    code = "broken-evidence"
    remedy = "Stop, change nothing, and compare with a copy or a head kept elsewhere (`verify --seen`)."


class LockedKeys(ProofroomError):
    """The keys of the case are under a passphrase that was not given or is wrong."""

    code = "locked-keys"
    remedy = "Give the passphrase when asked, or --passphrase-file FILE."
    exit_status = 2


class BadMember(ProofroomError):
    """A member's handle or key cannot be used."""

    code = "bad-member"
    remedy = "See `proofroom member CASE list`."
    exit_status = 2


class RefusedSql(ProofroomError):
    """A query is not exactly one SELECT over the documented views."""

    code = "refused-sql"
    remedy = "Write one SELECT over the views cells, pieces and occurrences."


class SystemRefused(ProofroomError):
    """The system refused to open, read or write something."""

    code = "system-refused"
    remedy = "Check that the named path exists, is of the right kind, and that you may read and write it."
    exit_status = 2


class MissingTool(ProofroomError):
    """A tool without which this command cannot run at all is missing."""

    code = "missing-tool"
    remedy = "Run `proofroom doctor`: it names what is missing and how to install it."
    exit_status = 4
