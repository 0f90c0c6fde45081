"""How passwords are tried on the locked files of a case: in which rounds, how often, and what stays where."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from test_zip_locked import old_locked
from zip_by_hand import joined

from proofroom.extract.format import Source
from proofroom.extract.passwords import harvest, offers
from proofroom.extract.passwords.keyring import LooseKeyring
from proofroom.extract.stage import Extraction
from proofroom.extract.worker import Formats, read_artifact
from proofroom.limits import DEFAULT, Limits
from proofroom.model.states import Reason
from proofroom.run.jobs import Ended, Job
from proofroom.store.journal import Journal
from proofroom.store.members import Members
from proofroom.store.occurrences import Occurrences, Received
from proofroom.store.results import Results
from proofroom.store.tries import Tries

FORMATS = Formats([f"proofroom.extract.formats.{name}" for name in ("office_locked", "zip", "text", "mail")])


def locked(password: str, inside: str = "nothing", spins: int = 20) -> bytes:
    """Lock a package that holds one text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("note.txt"), inside + " " * 6_000)
    return bytes(ECMA376Agile.encrypt(password, io.BytesIO(out.getvalue()), spin_count=spins))


class InProcess:
    """Runs jobs here and now, and keeps what was tried on which file."""

    def __init__(self, limits: Limits, folder: Path) -> None:
        """Read within the limits."""
        self.tried: dict[str, list[tuple[str, ...]]] = {}
        self._limits = limits
        self._folder = folder

    def run(
        self,
        jobs: Iterator[Job],
        consume: Callable[[Job, bytes], bool],
        ended: Callable[[Job, Ended], None],
        restart: Callable[[Job], None],
    ) -> None:
        for job in jobs:
            if job.passwords:
                self.tried.setdefault(job.untrusted_name.decode(), []).append(job.passwords)
            answer = self._folder / "answer"
            with job.path.open("rb") as untrusted, answer.open("wb") as out:
                source = Source(untrusted, job.size, self._limits, job.untrusted_name, job.passwords)
                read_artifact(source, out.fileno(), FORMATS)
            assert consume(job, answer.read_bytes())
            assert consume(job, b"")
            ended(job, Ended(None, Reason.NONE, 0.0))


class Quiet:
    def begin(self, stage: str, total: int, size: int) -> None:
        """Say nothing."""

    def advance(self, done: int, size: int) -> None:
        """Say nothing."""


class Case:
    """Some files, read as often as a test wants."""

    def __init__(self, folder: Path, files: dict[str, bytes], limits: Limits = DEFAULT) -> None:
        """Enter the files."""
        self.folder = folder
        self.limits = limits
        self.paths: dict[str, Path] = {}
        self.journal = Journal(folder / "journal.sqlite", writing=True)
        found = []
        for path, data in files.items():
            digest = hashlib.sha256(data).hexdigest()
            self.paths[digest] = folder / digest
            self.paths[digest].write_bytes(data)
            found.append(
                Received("d", path.encode(), path, digest, len(data), "file", None, None, Reason.NONE)
            )
        with self.journal.transaction():
            Occurrences(self.journal, limits).enter(found)

    def read(self, keyring: LooseKeyring, limits: Limits | None = None) -> InProcess:
        results = Results(self.folder, self.journal)
        workers = InProcess(limits or self.limits, self.folder)
        stage = Extraction(
            self.journal, results, Members(self.folder), self.paths.__getitem__, limits or self.limits
        )
        try:
            stage.run(workers, keyring, Quiet())
        finally:
            results.abandon()
        return workers

    def states(self) -> dict[str, tuple[str, str]]:
        """Give state and reason of each received file and of what was inside, by path."""
        rows = self.journal.rows(
            "select o.path, coalesce(o.state, a.state) as state, case when o.state is null then a.reason else "
            "o.reason end as reason from occurrences o left join artifacts a using (digest) order by o.id"
        )
        return {row["path"]: (row["state"], row["reason"]) for row in rows}

    def sorts(self) -> dict[str, str]:
        """Give by what sort of source each file was opened."""
        rows = self.journal.rows(
            "select o.path, f.source from fitted f join occurrences o on o.digest = f.artifact order by 1"
        )
        return {row["path"]: row["source"] for row in rows}


OPENED = ("read", "decrypted")
LOCKED = ("locked", "password-unknown")


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Callable[..., Case]]:
    made: list[Case] = []

    def make(files: dict[str, bytes], limits: Limits = DEFAULT) -> Case:
        made.append(Case(tmp_path, files, limits))
        return made[-1]

    yield make
    for one in made:
        one.journal.close()


def test_every_sort_of_source_opens_a_file_and_nothing_opens_what_nobody_knows(
    case: Callable[..., Case],
) -> None:
    mail = (
        "From: a@b\nTo: c@d\nSubject: list\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
        "The password is Mail-77x\n"
    )
    made = case(
        {
            "default.xlsx": locked("VelvetSweatshop"),
            "given.xlsx": locked("from a person"),
            "名单(密码in-name9).xlsx": locked("in-name9"),
            "密码 folder-8/x.xlsx": locked("folder-8"),
            "text.xlsx": locked("Yanyue#2015"),
            "mailed.xlsx": locked("Mail-77x"),
            "named-elsewhere.xlsx": locked("other-5"),
            "list (password other-5).txt": b"about something else",
            "never.xlsx": locked("k7!Tq-9042"),
            "note.txt": "三月份名单口令：Yanyue#2015，看后删除".encode(),
            "list.eml": mail.encode(),
        }
    )
    made.read(LooseKeyring("from a person"))
    assert made.states()["never.xlsx"] == LOCKED
    assert made.sorts() == {
        "default.xlsx": "default",
        "given.xlsx": "given",
        "mailed.xlsx": "text",
        "named-elsewhere.xlsx": "name",
        "text.xlsx": "text",
        "名单(密码in-name9).xlsx": "name",
        "密码 folder-8/x.xlsx": "name",
    }
    assert all(made.states()[path] == OPENED for path in made.sorts())


def test_what_opened_a_file_is_tried_on_its_neighbours_first_and_then_everywhere(
    case: Callable[..., Case],
) -> None:
    files = {
        "a/第一集训中心名单.xlsx": locked("第一集训中心"),
        "a/next.xlsx": locked("第一集训中心", "a second"),
        "b/far.xlsx": locked("第一集训中心", "a third"),
    }
    made = case(files)
    workers = made.read(LooseKeyring())
    assert made.sorts() == {
        "a/第一集训中心名单.xlsx": "name",
        "a/next.xlsx": "fitted",
        "b/far.xlsx": "fitted",
    }
    assert workers.tried["next.xlsx"][-1][0] == workers.tried["far.xlsx"][-1][0] == "第一集训中心"


def test_what_stands_in_an_opened_file_opens_the_next(case: Callable[..., Case]) -> None:
    made = case(
        {
            "1.xlsx": locked("first-1", "密码：second-2"),
            "2.xlsx": locked("second-2", "密码：third-3"),
            "3.xlsx": locked("third-3"),
            "note.txt": b"password: first-1",
        }
    )
    made.read(LooseKeyring())
    assert {path: made.states()[path] for path in ("1.xlsx", "2.xlsx", "3.xlsx")} == dict.fromkeys(
        ("1.xlsx", "2.xlsx", "3.xlsx"), OPENED
    )


def test_a_string_is_tried_once_however_often_the_case_is_read(case: Callable[..., Case]) -> None:
    made = case({"x.xlsx": locked("nobody-knows"), "note.txt": b"password: wrong-1\npassword: wrong-2"})
    keyring = LooseKeyring()
    first = made.read(keyring).tried
    tried = [word for words in first["x.xlsx"] for word in words]
    assert "wrong-1" in tried
    assert len(tried) == len(set(tried))
    assert made.read(keyring).tried == {}
    summary = Tries(made.journal).summary()
    assert (summary["locked"], summary["opened"], summary["cut"]) == (1, 0, 0)
    assert summary["tried"]["text"] >= 2


def test_a_file_whose_password_stands_nowhere_costs_the_others_nothing(case: Callable[..., Case]) -> None:
    made = case({"plain.txt": b"nothing", "x.xlsx": locked("nobody-knows")})
    assert set(made.read(LooseKeyring("a", "b")).tried) == {"x.xlsx"}


def test_the_limit_cuts_says_so_and_goes_on_when_asked(case: Callable[..., Case]) -> None:
    few = dataclasses.replace(DEFAULT, password_attempts=4)
    made = case({"x.xlsx": locked("right", spins=100_000)}, few)
    keyring = LooseKeyring("w1", "w2", "w3", "right")
    workers = made.read(keyring)
    assert made.states()["x.xlsx"] == ("locked", "limit-passwords")
    summary = Tries(made.journal).summary()
    assert (summary["tried"], summary["cut"]) == ({"given": 2}, 1)
    assert made.read(keyring).tried == {}
    with made.journal.transaction():
        Tries(made.journal).go_on()
    assert made.read(keyring).tried["x.xlsx"][0][:2] == ("w3", "right")
    assert made.states()["x.xlsx"] == OPENED
    assert len(workers.tried["x.xlsx"]) == 1


def test_no_attempt_at_all_ends_as_well(case: Callable[..., Case]) -> None:
    made = case({"x.xlsx": locked("right")}, dataclasses.replace(DEFAULT, password_attempts=0))
    made.read(LooseKeyring("right"))
    assert made.states()["x.xlsx"] == ("locked", "limit-passwords")


def test_each_member_of_a_zip_opens_with_its_own_password(case: Callable[..., Case]) -> None:
    one, two = old_locked(b"first" * 9, b"pw-one"), old_locked(b"second" * 9, b"pw-two")
    made = case(
        {
            "a.zip": one,
            "b.zip": two,
            "half.zip": joined(one, two),
            "note.txt": b"password: pw-one",
        }
    )
    keyring = LooseKeyring()
    made.read(keyring)
    assert made.states()["half.zip"] == ("partly", "locked-part")
    with_both = LooseKeyring("pw-two")
    made.read(with_both)
    assert made.states()["half.zip"] == ("read", "")
    half = hashlib.sha256(joined(one, two)).hexdigest()
    assert sorted(with_both.fitted()[half]) == ["pw-one", "pw-two"]


def test_a_locked_member_behind_a_damaged_one_is_tried_too(case: Callable[..., Case]) -> None:
    broken = old_locked(b"x" * 40, b"pw-one").replace(b"x" * 8, b"y" * 8)
    made = case({"half.zip": joined(broken, old_locked(b"second" * 9, b"pw-two")), "n.txt": b"pass: pw-two"})
    made.read(LooseKeyring())
    assert made.sorts() == {"half.zip": "text"}


def test_neither_the_journal_nor_the_store_holds_a_password(
    case: Callable[..., Case], tmp_path: Path
) -> None:
    made = case({"x.xlsx": locked("Str4nge-Word"), "never.xlsx": locked("another")})
    made.read(LooseKeyring("Str4nge-Word", "W0rthless-Word"))
    assert made.states()["x.xlsx"] == OPENED
    made.journal.execute("pragma wal_checkpoint(truncate)")
    received = set(made.paths.values())
    for path in tmp_path.rglob("*"):
        if path.is_file() and path not in received:
            assert b"Str4nge-Word" not in path.read_bytes(), path.name
            assert b"W0rthless-Word" not in path.read_bytes(), path.name


def test_a_password_that_is_lost_from_the_keys_is_found_again(case: Callable[..., Case]) -> None:
    made = case({"x.xlsx": locked("Yanyue#2015"), "note.txt": "密码：Yanyue#2015".encode()})
    made.read(LooseKeyring())
    empty = LooseKeyring()
    made.read(empty)
    assert made.states()["x.xlsx"] == OPENED
    assert list(empty.fitted().values()) == [("Yanyue#2015",)]


def test_tries_are_no_history(case: Callable[..., Case]) -> None:
    made = case({"x.xlsx": locked("nobody"), "note.txt": b"password: wrong-1"})
    made.read(LooseKeyring())
    assert made.journal.value("select count(*) from history") == 0


def test_more_strings_than_are_tried_are_counted(
    case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest, "MOST_WORDS", 50)
    lines = "\n".join(f"密码：Word{number:04d}!x" for number in range(300)).encode()
    made = case({"x.xlsx": locked("nobody"), "note.txt": lines})
    made.read(LooseKeyring())
    assert Tries(made.journal).summary()["dropped"] > 0
    assert made.states()["x.xlsx"] == LOCKED


def test_a_long_list_is_tried_to_its_end_on_a_cheap_lock(
    case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "MOST_SENT", 200)
    words = [f"wrong{number}" for number in range(700)]
    made = case({"a.zip": old_locked(b"data" * 20, b"right")})
    workers = made.read(LooseKeyring(*words, "right"))
    assert made.sorts() == {"a.zip": "given"}
    assert max(map(len, workers.tried["a.zip"])) <= 200
    assert (made.folder / "journal.sqlite").stat().st_size < 1 << 20


def test_a_redo_tries_everything_once_more(case: Callable[..., Case]) -> None:
    made, keyring = case({"x.xlsx": locked("nobody"), "note.txt": b"password: wrong-1"}), LooseKeyring()
    first = made.read(keyring).tried
    made.journal.execute("update artifacts set state = null where state = 'locked'")
    assert made.read(keyring).tried == first


def test_what_is_cut_among_the_members_of_an_archive_begins_anew_when_asked(
    case: Callable[..., Case],
) -> None:
    parts = [old_locked(b"data" * 20, f"pw-{number}".encode()) for number in range(3)]
    none = dataclasses.replace(DEFAULT, password_attempts=0)
    made = case({"a.zip": joined(*parts)}, none)
    keyring = LooseKeyring("pw-0", "pw-1", "pw-2")
    made.read(keyring)
    assert Tries(made.journal).summary()["cut"] == 1
    with made.journal.transaction():
        Tries(made.journal).go_on()
    made.read(keyring, DEFAULT)
    assert made.states()["a.zip"] == ("read", "")
