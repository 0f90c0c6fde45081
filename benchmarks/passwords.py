"""Which locked files open, and how fast passwords are tried: `python benchmarks/passwords.py`.

A made cache in which every kind of lock stands under a password of every sort of source: a program's own, one from
a list, one in a notice, beside a label in a table, in a mail, in the name of the file or its folder, in a password
file, one that opened a neighbour, and one that stands nowhere. All but the last must open; originals stay. Then the
attempts per second of each lock, bare and in one process on both sides, against the library that others use for
it, in turn; where there is none, against the bare derivation that the format asks for.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msoffcrypto
import pikepdf
import py7zr
from measure import ROOT, head, in_turn, report

sys.path.insert(0, str(ROOT / "tests" / "unit" / "extract"))
import odf_by_hand
from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from msoffcrypto.method.rc4 import DocumentRC4
from rar_by_hand import Five, Four, New, Old
from test_mspowerpoint import locked as locked_ppt
from test_mspowerpoint import unsaved
from test_msword_files import Doc, Node, stream_file
from test_office_locked import standard_by_hand
from test_xls_locked import by_crypto_api, by_rc4, by_xor
from test_zip_locked import aes_locked, old_locked

from proofroom.extract.format import Format, Source, Unreadable
from proofroom.extract.formats import calamine, office_locked, pdf, sevenzip
from proofroom.extract.formats import zip as zip_format
from proofroom.extract.sink import FrameSink
from proofroom.limits import DEFAULT
from proofroom.store.journal import Journal

NEVER: Final = "k7!Tq-9042-xw"
GIVEN: Final = "Given-55#list"
DEFAULT_OF_EXCEL: Final = "VelvetSweatshop"
REFUSALS: Final = (
    RuntimeError,
    ValueError,
    EOFError,
    # What py7zr runs into when it takes noise for a header.
    TypeError,
    LookupError,
    AttributeError,
    OSError,
    struct.error,
    zipfile.BadZipFile,
    lzma.LZMAError,
    pikepdf.PasswordError,
    py7zr.exceptions.ArchiveError,
)
"""What peers raise for a wrong password."""


def package() -> bytes:
    """Make a small package."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("note.txt"), "a text " * 900)
    return out.getvalue()


def agile(password: str) -> bytes:
    """Lock as Office 2010 and later do, with the usual 100,000 rounds."""
    return bytes(ECMA376Agile.encrypt(password, io.BytesIO(package())))


def seven(password: str) -> bytes:
    """Lock as 7-Zip does, the names too."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password, header_encryption=True) as archive:
        archive.writestr(b"a text " * 99, "note.txt")
    return out.getvalue()


def locked_pdf(revision: int) -> Callable[[str], bytes]:
    """Lock as the revisions of the standard handler say."""

    def lock(password: str) -> bytes:
        document, out = pikepdf.new(), io.BytesIO()
        document.add_blank_page()
        weak = revision < 4
        how = pikepdf.Encryption(owner=password, user=password, R=revision, aes=not weak, metadata=not weak)
        document.save(out, encryption=how)
        return out.getvalue()

    return lock


def locked_odt(way: str) -> Callable[[str], bytes]:
    """Lock as a version of OpenDocument does."""
    parts: dict[str, str | bytes] = {
        "content.xml": odf_by_hand.content("text", odf_by_hand.p("a text " * 99))
    }
    kind = odf_by_hand.ODT
    return lambda word: odf_by_hand.packed(kind, odf_by_hand.locked(kind, parts, word, way))


def locked_doc(password: str) -> bytes:
    """Lock as Word 97 does."""
    salt = bytes(range(16))

    def crypt(data: bytes) -> bytes:
        return bytes(DocumentRC4.decrypt(password, salt, io.BytesIO(data), 0x200).read())

    clear = bytes(16) + hashlib.md5(bytes(16), usedforsecurity=False).digest()
    head = struct.pack("<HH", 1, 1) + salt + crypt(clear)
    streams = Doc({"main": "a text\r"}, flags=0x1300, key=len(head), before_tables=head).streams_of()
    out = {name: crypt(data) for name, data in streams.items()}
    out["WordDocument"] = streams["WordDocument"][:0x44] + out["WordDocument"][0x44:]
    out["1Table"] = head + out["1Table"][len(head) :]
    return stream_file(*(Node.of_bytes(name, data) for name, data in out.items()))


LOCKS: Final[dict[str, tuple[str, Callable[[str], bytes]]]] = {
    "OOXML agile": ("xlsx", agile),
    "OOXML standard": ("docx", lambda word: standard_by_hand(package(), word)),
    "xls RC4": ("xls", by_rc4),
    "xls CryptoAPI": ("xls", by_crypto_api),
    "xls XOR": ("xls", by_xor),
    "doc RC4": ("doc", locked_doc),
    "ppt CryptoAPI": ("ppt", lambda word: locked_ppt(unsaved(), word)),
    "ODF Blowfish": ("odt", locked_odt("blowfish")),
    "ODF AES-CBC": ("odt", locked_odt("aes-cbc")),
    "ODF AES-GCM": ("odt", locked_odt("aes-gcm")),
    "RAR 5": ("rar", lambda word: Five(word).written(New("a", b"a text " * 99))),
    "RAR 5, names too": ("rar", lambda word: Five(word, names=True).written(New("a", b"a text " * 99))),
    "RAR 4": ("rar", lambda word: Four(word).written(Old(b"a", b"a text " * 99))),
    "zip ZipCrypto": ("zip", lambda word: old_locked(b"a text " * 99, word.encode())),
    "zip AES-256": ("zip", lambda word: aes_locked(b"a text " * 99, word.encode())),
    "7z AES-256": ("7z", seven),
    "PDF R3": ("pdf", locked_pdf(3)),
    "PDF R4": ("pdf", locked_pdf(4)),
    "PDF R6": ("pdf", locked_pdf(6)),
}
OF_OFFICE: Final = ("OOXML agile", "OOXML standard", "xls RC4", "xls CryptoAPI", "xls XOR")
OF_POWERPOINT: Final = "ppt CryptoAPI"


def write_cache(folder: Path) -> dict[str, list[str]]:
    """Write the cache; gives the paths of the locked files by the sort of source of their password."""
    paths: dict[str, list[str]] = {}

    def put(sort: str, path: str, data: bytes) -> None:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        paths.setdefault(sort, []).append(path)

    for number, (name, (suffix, lock)) in enumerate(LOCKS.items()):
        at = f"{number:02}"
        # At most fifteen characters of one byte: the oldest lock takes no more.
        for sort in ("notice", "table", "mail", "file"):
            put(f"in a {sort}", f"{at}/{sort}.{suffix}", lock(f"{sort}-{number}#Xy"))
        put("in its name", f"{at}/list (password name-{number}#Z).{suffix}", lock(f"name-{number}#Z"))
        put("in its folder's name", f"{at}/密码 fold-{number}/x.{suffix}", lock(f"fold-{number}"))
        put("a word of its name", f"{at}/Word{number}only and more.{suffix}", lock(f"Word{number}only"))
        put("of a neighbour", f"{at}/neighbour.{suffix}", lock(f"Word{number}only"))
        put("from a list", f"{at}/given.{suffix}", lock(GIVEN))
        put("nowhere", f"{at}/never.{suffix}", lock(NEVER))
        if name in OF_OFFICE:
            put("the program's own", f"{at}/default.{suffix}", lock(DEFAULT_OF_EXCEL))
        if name == OF_POWERPOINT:
            put("the program's own", f"{at}/default.{suffix}", lock("/01Hannes Ruescher/01"))
    numbers = range(len(LOCKS))
    (folder / "notice.txt").write_text("\n".join(f"本月名单口令：notice-{n}#Xy，请勿外传" for n in numbers))
    (folder / "table.csv").write_text("名单,密码\n" + "\n".join(f"{n} 号,table-{n}#Xy" for n in numbers))
    (folder / "passwords.txt").write_text("\n".join(f"file-{n}#Xy" for n in numbers))
    (folder / "mail.eml").write_text(
        "From: a@b\nTo: c@d\nSubject: lists\nContent-Type: text/plain; charset=utf-8\n\n"
        + "\n".join(f"The password of list {n} is mail-{n}#Xy" for n in numbers)
    )
    return paths


def run(*words: str | Path) -> None:
    """Run one command of ours as a user does."""
    command = [sys.executable, "-m", "proofroom.cli", *map(str, words), "--plain-disk", "a benchmark"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr


def what_opens(folder: Path) -> None:
    """Open the cache, give the list, and print for each sort of source how many of how many open."""
    cache, case = folder / "cache", folder / "case"
    paths = write_cache(cache)
    before = {
        path: hashlib.sha256((cache / path).read_bytes()).hexdigest()
        for some in paths.values()
        for path in some
    }
    (folder / "words.txt").write_text(f"a guess\n{GIVEN}\n")
    run("open", cache, "--case", case, "--no-ocr")
    run("unlock", case, "--passwords", folder / "words.txt")
    journal = Journal(case / "derived" / "journal.sqlite", reading_only=True)
    rows = journal.rows("select o.path, a.state, o.digest from occurrences o join artifacts a using (digest)")
    states = {row["path"]: row["state"] for row in rows}
    kept = all(row["digest"] == before.get(row["path"], row["digest"]) for row in rows)
    sealed = all((case / "originals").rglob(f"*{digest[4:]}*") for digest in before.values())
    print("\n| password | locked files | opened | locked |\n|---|---|---|---|")
    for sort, some in paths.items():
        shut = sum(states[path] == "locked" or states[path] == "partly" for path in some)
        print(f"| {sort} | {len(some)} | {len(some) - shut} | {shut} |")
        assert shut == (len(some) if sort == "nowhere" else 0), sort
    after = {path: hashlib.sha256((cache / path).read_bytes()).hexdigest() for path in before}
    print(f"\noriginals unchanged: {kept and sealed and after == before}; {json.dumps(tries(journal))}")


def tries(journal: Journal) -> dict[str, int]:
    """Count the attempts by the sort of source."""
    counts: dict[str, int] = {}
    for row in journal.rows("select sources from tries"):
        for sort, count in json.loads(row["sources"]).items():
            counts[sort] = counts.get(sort, 0) + count
    return counts


def ours(form: Format, data: bytes, words: tuple[str, ...]) -> Callable[[], None]:
    """Try wrong passwords with a format of ours."""

    def work() -> None:
        with Path("/dev/null").open("wb") as nowhere, suppress(Unreadable):
            sink = FrameSink(nowhere.fileno(), DEFAULT, len(data))
            form.read(Source(io.BytesIO(data), len(data), DEFAULT, b"", words), sink)

    return work


def by_msoffcrypto(name: str, data: bytes, words: tuple[str, ...]) -> Callable[[], None]:
    """Try wrong passwords with msoffcrypto-tool, which tells of old workbooks without being asked to verify."""

    def work() -> None:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        more = {"verify_password": True} if name.startswith("OOXML") else {}
        for word in words:
            with suppress(InvalidKeyError):
                file.load_key(password=word, **more)

    return work


def each(attempt: Callable[[str], object], words: tuple[str, ...]) -> Callable[[], None]:
    """Try wrong passwords with an attempt that raises what the peer raises then."""

    def work() -> None:
        for word in words:
            with suppress(*REFUSALS):
                attempt(word)

    return work


def how_fast() -> None:
    """Print attempts per second of each lock, ours and the peer's."""
    made = {name: lock(NEVER) for name, (_, lock) in LOCKS.items()}

    def unzipped(name: str) -> Callable[[str], object]:
        return lambda word: zipfile.ZipFile(io.BytesIO(made[name])).read("locked", word.encode())

    def opened(name: str) -> Callable[[str], object]:
        return lambda word: pikepdf.open(io.BytesIO(made[name]), password=word)

    peers: dict[str, tuple[Format, int, str, Callable[[tuple[str, ...]], Callable[[], None]]]] = {
        name: (
            office_locked.FORMAT if name.startswith("OOXML") else calamine.FORMAT,
            40 if name.startswith("OOXML") else 2_000,
            "msoffcrypto-tool",
            lambda words, name=name: by_msoffcrypto(name, made[name], words),
        )
        for name in OF_OFFICE
    }
    peers["zip ZipCrypto"] = (
        zip_format.FORMAT,
        5_000,
        "zipfile",
        lambda words: each(unzipped("zip ZipCrypto"), words),
    )
    peers["zip AES-256"] = (
        zip_format.FORMAT,
        1_000,
        "PBKDF2 alone",
        lambda words: each(
            lambda word: hashlib.pbkdf2_hmac("sha1", word.encode(), b"s" * 16, 1_000, 66), words
        ),
    )
    peers["7z AES-256"] = (
        sevenzip.FORMAT,
        40,
        "py7zr",
        lambda words: each(
            lambda word: py7zr.SevenZipFile(io.BytesIO(made["7z AES-256"]), password=word), words
        ),
    )
    for revision, count in ((3, 1_000), (4, 1_000), (6, 100)):
        name = f"PDF R{revision}"
        peers[name] = (pdf.FORMAT, count, "pikepdf", lambda words, name=name: each(opened(name), words))
    head()
    for name, (form, count, peer, tried) in peers.items():
        words = tuple(f"wrong-{number}" for number in range(count))
        sides = in_turn(ours(form, made[name], words), tried(words))
        rates = [[count / took for took in side] for side in sides]
        report(f"attempts on {name}", *rates, "per s", of=peer)


def main() -> None:
    """Say what opens, then how fast."""
    with tempfile.TemporaryDirectory() as folder:
        what_opens(Path(folder))
    how_fast()


if __name__ == "__main__":
    main()
