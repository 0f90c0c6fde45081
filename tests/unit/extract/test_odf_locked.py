"""OpenDocument under a password: opened with one that fits, locked without, whatever the encryption claims."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from odf_by_hand import ODT, SPACES, TYPE, WAYS, content, locked, p, packed, styles
from workbook_sink import keep

from proofroom.extract.formats.opendocument import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

PARTS: dict[str, str | bytes] = {
    "content.xml": content("text", "".join(p(f"第{n}段 under a password") for n in range(1, 200))),
    "styles.xml": styles(f"<style:master-page><style:header>{p('页眉')}</style:header></style:master-page>"),
    "Pictures/1.png": b"png" * 999,
}
PASSWORDS = ("wrong", "密码 über", "other")


@pytest.mark.parametrize("way", WAYS)
def test_a_password_that_fits_opens_it_and_the_copy_is_read(read_with: Read, way: str) -> None:
    data = packed(ODT, locked(ODT, PARTS, PASSWORDS[1], way))
    found = read_with(FORMAT, data, passwords=PASSWORDS)
    assert (found.said, found.ended, found.partial) == ({}, (State.READ, Reason.DECRYPTED), [])
    assert (list(found.members), found.properties["odf:password-index"]) == (["decrypted"], ["1"])
    copy = read_with(FORMAT, found.members["decrypted"])
    assert (copy.said["para=199"], copy.said["header=1"]) == ("第199段 under a password", "页眉")
    assert (copy.members, copy.ended, copy.partial) == ({"Pictures/1.png": b"png" * 999}, None, [])
    again = read_with(FORMAT, data, passwords=PASSWORDS).members["decrypted"]
    assert again == found.members["decrypted"]


@pytest.mark.parametrize("way", WAYS)
def test_without_one_it_is_locked(read_with: Read, way: str) -> None:
    data = packed(ODT, locked(ODT, PARTS, "secret", way))
    for passwords in ((), ("wrong", "Secret", "")):
        found = read_with(FORMAT, data, passwords=passwords)
        assert (found.ended, found.members) == ((State.LOCKED, Reason.PASSWORD_UNKNOWN), {})


def test_a_locked_sheet_is_opened_too() -> None:
    kind = f"{TYPE}spreadsheet"
    row = f"<table:table-row><table:table-cell>{p('x')}</table:table-cell></table:table-row>"
    table = f'<table:table table:name="T">{row}'
    parts: dict[str, str | bytes] = {"content.xml": content("spreadsheet", f"{table}</table:table>")}
    keeper = keep(FORMAT.read, packed(kind, locked(kind, parts, "secret", "aes-cbc")), passwords=("secret",))
    copy = keep(FORMAT.read, keeper.members["decrypted"])
    assert copy.raw() == {(1, 1): "x"}


def test_an_old_file_may_be_under_a_password_in_the_old_encoding(read_with: Read) -> None:
    class Western(str):
        __slots__ = ()

        def encode(self, encoding: str = "cp1252", errors: str = "strict") -> bytes:
            return super().encode("cp1252" if encoding == "utf-8" else encoding, errors)

    data = packed(ODT, locked(ODT, PARTS, Western("über"), "blowfish"))
    assert read_with(FORMAT, data, passwords=("über",)).ended == (State.READ, Reason.DECRYPTED)


def test_a_part_whose_checksum_does_not_fit_makes_it_partly(read_with: Read) -> None:
    parts = locked(ODT, PARTS, "secret", "aes-cbc")
    noise = bytes(parts["styles.xml"])  # type: ignore[arg-type] # an encrypted part is bytes
    parts["styles.xml"] = noise[:16] + bytes(16) + noise[32:]
    found = read_with(FORMAT, packed(ODT, parts), passwords=("secret",))
    assert found.ended == (State.PARTLY, Reason.BAD_CHECKSUM)
    assert read_with(FORMAT, found.members["decrypted"]).said["para=1"] == "第1段 under a password"


def test_damage_to_what_is_sealed_as_a_whole_opens_nothing(read_with: Read) -> None:
    parts = locked(ODT, PARTS, "secret", "aes-gcm")
    sealed = bytes(parts["encrypted-package"])  # type: ignore[arg-type] # an encrypted part is bytes
    parts["encrypted-package"] = sealed[:-1] + bytes((sealed[-1] ^ 1,))
    assert read_with(FORMAT, packed(ODT, parts), passwords=("secret",)).ended == (
        State.LOCKED,
        Reason.PASSWORD_UNKNOWN,
    )


@pytest.mark.parametrize(
    ("way", "before", "after"),
    [
        ("aes-cbc", 'iteration-count="1000"', 'iteration-count="999999999"'),
        ("aes-cbc", 'iteration-count="1000"', 'iteration-count="0"'),
        ("aes-cbc", "aes256-cbc", "serpent"),
        ("aes-cbc", 'derivation-name="PBKDF2"', 'derivation-name="PGP"'),
        ("aes-cbc", 'key-size="32" manifest:iteration', 'key-size="7" manifest:iteration'),
        ("aes-gcm", 'argon2-memory="64"', 'argon2-memory="999999999"'),
        ("aes-gcm", 'argon2-lanes="4"', 'argon2-lanes="0"'),
        ("blowfish", 'vector="AAECAwQFBgc="', 'vector="AA"'),
    ],
)
def test_what_asks_for_too_much_or_is_unknown_is_locked_as_such(
    read_with: Read, way: str, before: str, after: str
) -> None:
    parts = locked(ODT, PARTS, "secret", way)
    manifest = str(parts["META-INF/manifest.xml"])
    assert before in manifest
    parts["META-INF/manifest.xml"] = manifest.replace(before, after)
    found = read_with(FORMAT, packed(ODT, parts), passwords=("secret",))
    assert (found.ended, found.members) == ((State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION), {})


def test_only_as_many_passwords_are_tried_as_the_limit_allows(read_with: Read) -> None:
    data = packed(ODT, locked(ODT, PARTS, "secret", "aes-cbc", 200_000))
    words = (*(f"w{n}" for n in range(60)), "secret")
    limits = DEFAULT.__class__(password_attempts=10)
    assert read_with(FORMAT, data, limits, words).ended == (State.LOCKED, Reason.LIMIT_PASSWORDS)


def test_a_single_part_under_a_password_is_a_locked_member(read_with: Read) -> None:
    parts = {"content.xml": content("text", p("seen")), "Basic/L/x.pba": b"sealed"}
    _, told = WAYS["aes-cbc"][0](b"", "secret", 1000)
    entry = f'<manifest:file-entry manifest:full-path="Basic/L/x.pba">{told}</manifest:file-entry>'
    manifest = f"<manifest:manifest {SPACES}>{entry}</manifest:manifest>"
    found = read_with(FORMAT, packed(ODT, parts | {"META-INF/manifest.xml": manifest}))
    assert (found.said, found.members) == ({"para=1": "seen"}, {"Basic/L/x.pba": b""})


def test_a_locked_file_cut_short_ends_in_a_state(read_with: Read) -> None:
    data = packed(ODT, locked(ODT, PARTS, "secret", "aes-cbc"))
    for share in (3, 2):
        ended = read_with(FORMAT, data[: len(data) * share // 4], passwords=("secret",)).ended
        assert ended is not None
        assert ended[0] in (State.DAMAGED, State.PARTLY, State.LOCKED)


@pytest.mark.corpora
def test_a_sheet_that_libreoffice_locked_is_opened(read_with: Read, corpora: Path) -> None:
    data = (corpora / "calamine/pass_protected.ods").read_bytes()
    found = read_with(FORMAT, data, passwords=("1234",))
    assert found.ended == (State.READ, Reason.DECRYPTED)
    copy = zipfile.ZipFile(io.BytesIO(found.members["decrypted"]))
    assert copy.testzip() is None
    assert keep(FORMAT.read, found.members["decrypted"]).ended is None
