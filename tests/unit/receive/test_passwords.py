"""The passwords of a case: kept with its keys, shown by pseudonyms, and forgotten when that is wished."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proofroom.errors import BadCase, WrongUse
from proofroom.receive.keys import Keys
from proofroom.receive.passwords import LONGEST, MOST_GIVEN, Passwords

ONE, TWO = "a" * 64, "b" * 64


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys.create(tmp_path / "keys", "a passphrase")


def test_what_was_given_and_what_fitted_is_there_again_and_is_encrypted(keys: Keys) -> None:
    passwords = Passwords(keys)
    assert passwords.add(["geheim", "", "密码", "geheim"]) == 2
    passwords.fit(ONE, ["geheim", "found"])
    passwords.settle()
    again = Passwords(Keys.open(keys.folder, "a passphrase"))
    assert list(again.given()) == ["geheim", "密码"]
    assert again.fitted() == {ONE: ("geheim", "found")}
    for path in keys.folder.iterdir():
        assert b"geheim" not in path.read_bytes()


def test_any_sign_may_stand_in_a_password(keys: Keys) -> None:
    odd = ["a\tb", "\x00", "\x1b[31m", "\u2028", "\udcff", "é\u202e"]
    Passwords(keys).add(odd)
    again = Passwords(Keys.open(keys.folder, "a passphrase"))
    assert list(again.given()) == odd
    assert len({again.pseudonym(word) for word in odd}) == len(odd)


def test_what_fits_no_more_is_dropped(keys: Keys) -> None:
    passwords = Passwords(keys)
    passwords.fit(ONE, ["geheim"])
    passwords.fit(ONE, [])
    passwords.settle()
    assert Passwords(keys).fitted() == {}


def test_one_is_forgotten_by_its_pseudonym_and_all_that_were_given_by_one_word(keys: Keys) -> None:
    passwords = Passwords(keys)
    passwords.add(["one", "two", "three"])
    passwords.fit(ONE, ["one"])
    passwords.fit(TWO, ["found"])
    assert passwords.remove([passwords.pseudonym("one")]) == (1, [ONE])
    assert passwords.remove(["all"]) == (2, [])
    assert (list(passwords.given()), passwords.fitted()) == ([], {TWO: ("found",)})
    assert passwords.remove([passwords.pseudonym("found")]) == (1, [TWO])
    again = Passwords(Keys.open(keys.folder, "a passphrase"))
    assert (list(again.given()), again.fitted()) == ([], {})


def test_a_pseudonym_of_nothing_forgets_nothing(keys: Keys) -> None:
    passwords = Passwords(keys)
    passwords.add(["one"])
    with pytest.raises(WrongUse):
        passwords.remove([passwords.pseudonym("one"), "PW-AAAAA"])
    assert list(passwords.given()) == ["one"]


def test_the_same_word_has_another_pseudonym_in_another_case(keys: Keys, tmp_path: Path) -> None:
    other = Passwords(Keys.create(tmp_path / "other", None))
    assert Passwords(keys).mark("geheim") != other.mark("geheim")


def test_too_many_and_too_long_ones_are_refused_before_anything_is_kept(keys: Keys) -> None:
    passwords = Passwords(keys)
    for words in (["x" * (LONGEST + 1)], [f"w{number}" for number in range(MOST_GIVEN + 1)]):
        with pytest.raises(WrongUse):
            passwords.add(words)
        assert list(Passwords(keys).given()) == []


@pytest.mark.parametrize("name", ["passwords", "fitted"])
@pytest.mark.parametrize("content", [b"7", b"{", b'"x"'])
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    keys = Keys.create(tmp_path / "open", None)
    keys._keep(keys.folder / f"{name}.json", content)
    with pytest.raises(BadCase):
        Passwords(keys)
    (keys.folder / f"{name}.json").write_text(json.dumps({"kind": "proofroom key v1"}))
    with pytest.raises(BadCase):
        Passwords(keys)
