"""Checkpoints as in C2SP: fixed vectors, and every way in which a note may be bent."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from proofroom.base import merkle, notes
from proofroom.base.notes import Checkpoint

# RFC 8032, 7.1, test 1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
HEAD = Checkpoint("example.com/log42", 1, merkle.root([merkle.leaf_hash(b"\x01")]))
NOTE = notes.sign(HEAD, KEY)


def test_a_key_id_is_that_of_the_published_example() -> None:
    # The example key of the signed-note documentation: its name, its id and its key.
    name, key_id, key = "PeterNeumann", "c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    decoded = base64.b64decode(key)
    assert decoded[0] == 1
    assert notes.key_id(name, decoded[1:]).hex() == key_id
    text = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = base64.b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    assert signature[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(decoded[1:]).verify(signature[4:], text)


def test_a_checkpoint_is_written_as_specified() -> None:
    key_hash = hashlib.sha256(b"example.com/log42\n\x01" + PUBLIC).digest()[:4]
    body = f"example.com/log42\n1\n{base64.b64encode(HEAD.root).decode()}\n"
    signature = base64.b64encode(key_hash + KEY.sign(body.encode())).decode()
    assert f"{body}\n\u2014 example.com/log42 {signature}\n" == NOTE


def test_a_checkpoint_comes_out_as_this_vector() -> None:
    assert NOTE == (
        "example.com/log42\n"
        "1\n"
        "tBP0fRPuL+bIRbLuFBr4HehY307FSaWLeXC7lmRbyNI=\n"
        "\n"
        "\u2014 example.com/log42 "
        "HMlJKtvj8rgNRIHSQEsNoleVrdDBvUTxP7+rGksNKvGHOexCnJilJQdSKx6qdJx1p++XD+wi1y8pNUKK2MQ2kFEJrQA=\n"
    )


def test_a_signed_checkpoint_is_read_back() -> None:
    assert notes.verify(NOTE, PUBLIC) == HEAD
    assert notes.parse(NOTE) == HEAD


def test_the_example_of_the_specification_can_be_read() -> None:
    example = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "\u2014 example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    assert notes.parse(example).size == 20852163


BENT = {
    "another size": NOTE.replace("\n1\n", "\n2\n"),
    "a leading zero": NOTE.replace("\n1\n", "\n01\n"),
    "a plus": NOTE.replace("\n1\n", "\n+1\n"),
    "a blank": NOTE.replace("\n1\n", "\n 1\n"),
    "a negative size": NOTE.replace("\n1\n", "\n-1\n"),
    "another digit": NOTE.replace("\n1\n", "\n\u0661\n"),
    "an endless size": NOTE.replace("\n1\n", f"\n{'1' * 5000}\n"),
    "another origin": NOTE.replace("log42\n", "log43\n", 1),
    "another name": NOTE.replace(" example.com/log42 ", " example.com/log43 "),
    "an origin with a plus": NOTE.replace("log42", "log+42"),
    "an origin with a control character": NOTE.replace("log42", "log\x0042"),
    "no origin": NOTE.replace("example.com/log42\n", "\n", 1),
    "an extension line": NOTE.replace("\n\n", "\nmore\n\n"),
    "two signatures": NOTE + NOTE.splitlines()[-1] + "\n",
    "no signature": "\n".join(NOTE.splitlines()[:4]) + "\n",
    "a hyphen for the dash": NOTE.replace("\u2014", "-"),
    "no last line end": NOTE.rstrip("\n"),
    "one more line end": NOTE + "\n",
    "windows line ends": NOTE.replace("\n", "\r\n"),
    "unpadded base64": NOTE.replace("=\n", "\n", 1),
    "base64 with a blank": NOTE.replace("tBP0", "tBP 0"),
    "url-safe base64": NOTE.replace("+", "-", 1),
    "base64 with loose bits": NOTE.replace("yNI=\n", "yNJ=\n"),
    "a short root": NOTE.replace("tBP0", ""),
    "another root": NOTE.replace("tBP0", "tBP1"),
}


@pytest.mark.parametrize("bent", BENT.values(), ids=BENT.keys())
def test_a_bent_note_is_refused(bent: str) -> None:
    assert bent != NOTE
    with pytest.raises(ValueError, match=r"\w"):
        notes.verify(bent, PUBLIC)


def test_every_changed_byte_of_a_signature_is_noticed() -> None:
    start = NOTE.rindex(" ") + 1
    signature = base64.b64decode(NOTE[start:])
    for place in range(len(signature)):
        changed = bytearray(signature)
        changed[place] ^= 1
        with pytest.raises(ValueError, match=r"signature|another key"):
            notes.verify(NOTE[:start] + base64.b64encode(changed).decode() + "\n", PUBLIC)


def test_a_note_of_another_key_is_refused() -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(ValueError, match="another key"):
        notes.verify(NOTE, other)
