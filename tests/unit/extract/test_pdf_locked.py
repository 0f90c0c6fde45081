"""Locked and signed PDF: every cipher of the standard handler, either password, and what a signature covers."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from pdf_by_hand import at, edited, updated, written
from pikepdf import Array, AttachedFileSpec, Dictionary, Encryption, Name, Pdf, Permissions, String

from proofroom.extract.formats.pdf import FORMAT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

PAGE = written((at(50, 700, b"locked text"), b""))
CIPHERS = {
    (2, False): "R=2",
    (3, False): "R=3",
    (4, False): "V2",
    (4, True): "AESV2",
    (5, True): "AESV3",
    (6, True): "AESV3",
}


def locked(revision: int, *, aes: bool, user: str = "open", owner: str = "master") -> bytes:
    how = Encryption(
        user=user, owner=owner, R=revision, aes=aes, metadata=aes, allow=Permissions(extract=False)
    )

    def edit(document: Pdf) -> None:
        document.attachments["a.txt"] = AttachedFileSpec(document, b"attached", filename="a.txt")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that some of these ciphers are weak is what they are for
        return edited(PAGE, edit, encryption=how)


@pytest.mark.parametrize(("revision", "aes"), CIPHERS)
def test_every_cipher_opens_with_either_password(revision: int, aes: bool, read_with: Read) -> None:  # noqa: FBT001 - a parameter of the test
    data = locked(revision, aes=aes)
    shut = read_with(FORMAT, data, passwords=("wrong",))
    assert (shut.ended, shut.said) == ((State.LOCKED, Reason.PASSWORD_UNKNOWN), {})
    assert "Standard" in shut.properties["pdf:encryption"][0]
    assert CIPHERS[revision, aes] in shut.properties["pdf:encryption"][0]
    for password, kind in (("open", "user"), ("master", "owner")):
        found = read_with(FORMAT, data, passwords=("wrong", password))
        assert found.said["page=1&line=1"] == "locked text"
        assert found.members == {"a.txt": b"attached"}
        assert found.properties["pdf:password-index"] == ["1"]
        assert found.properties["pdf:opened-as"] == [kind]
        assert found.properties["pdf:security-revision"] == [str(revision)]
        assert (found.ended, found.partial) == (None, [])
        whole = ["yes"] if revision > 4 else None
        assert found.properties.get("pdf:permissions-whole") == whole


def test_a_document_that_only_its_owner_locked_opens_without_a_password(read_with: Read) -> None:
    found = read_with(FORMAT, locked(6, aes=True, user=""))
    assert found.said["page=1&line=1"] == "locked text"
    assert "pdf:password-index" not in found.properties
    assert found.properties["pdf:opened-as"] == ["user"]


def test_permissions_that_somebody_changed_are_said(read_with: Read) -> None:
    data = locked(6, aes=True, user="")
    before, _, rest = data.rpartition(b"/P -")
    stated = rest.split()[0]
    flipped = b"%d" % (int(stated) ^ 16)
    assert len(flipped) == len(stated)
    found = read_with(FORMAT, before + b"/P -" + flipped + rest[len(stated) :])
    assert found.properties["pdf:permissions-whole"] == ["no"]
    assert found.partial == [Reason.BAD_CHECKSUM]


@pytest.mark.parametrize("reference", [True, False])
def test_a_handler_that_nobody_has_is_named(reference: bool, read_with: Read) -> None:  # noqa: FBT001 - a parameter of the test
    handler = b"<< /Filter /FopN_fLock /SubFilter /Two /V 9 /R 7 /O (/V 1 \\) >>) >>"
    data = written((at(50, 700, b"text"), b""), extra=(handler,))
    entry = b"/Encrypt 4 0 R" if reference else b"/Encrypt " + handler
    found = read_with(FORMAT, data.replace(b"/Size", entry + b" /ID [<00> <00>] /Size"))
    assert found.ended == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    assert found.properties["pdf:encryption"] == ["FopN_fLock Two V=9 R=7"]


def test_every_wrong_byte_in_a_locked_document_ends_in_a_state(read_with: Read) -> None:
    data = locked(6, aes=True)
    start = data.index(b"/Encrypt") - 600
    for place in range(max(start, 0), len(data), 17):
        broken = bytearray(data)
        broken[place] ^= 0x11
        read_with(FORMAT, bytes(broken), passwords=("open",))


def certificate() -> bytes:
    """Make a signature of nothing, by somebody who does not exist."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fictitious Signer")])
    begins = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=366))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"").add_signer(signed, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [])


def signed() -> bytes:
    """Make a document with a signature whose range covers all but itself."""
    sealed = certificate() + bytes(100)

    def edit(document: Pdf) -> None:
        signature = Dictionary(
            Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), SubFilter=Name("/adbe.pkcs7.detached"),
            Name="王某", M="D:20200101000000Z", Reason="approved", Contents=String(sealed),
            ByteRange=Array([0, 1111111111, 2222222222, 3333333333]),
        )  # fmt: skip
        field = Dictionary(FT=Name.Sig, T="sign here", V=document.make_indirect(signature))
        document.Root.AcroForm = Dictionary(Fields=[document.make_indirect(field)], SigFlags=3)

    data = edited(PAGE, edit)
    place = data.index(b"/Contents <") + len(b"/Contents ")
    end = data.index(b">", place) + 1
    numbers = (place, end, len(data) - end)
    for old, new in zip((1111111111, 2222222222, 3333333333), numbers, strict=True):
        data = data.replace(b"%d" % old, b"%-10d" % new)
    return data


def test_a_signature_says_who_signed_and_that_all_is_covered(read_with: Read) -> None:
    data = signed()
    told = read_with(FORMAT, data).properties["pdf:signature"][0].split("; ")
    assert told[:5] == [
        "field=sign here",
        "name=王某",
        "date=D:20200101000000Z",
        "reason=approved",
        "filter=Adobe.PPKLite",
    ]
    assert {"all=yes", "certificate=CN=Fictitious Signer", "valid=2020-01-01 to 2021-01-01"} <= set(told)
    later = updated(data, {90: b"(added behind the signature)"})
    root = data.partition(b"/Root ")[2].split()[0]
    later = later.replace(b"/Root 1 0 R /Prev", b"/Root %s 0 R /Prev" % root)
    assert "all=no" in read_with(FORMAT, later).properties["pdf:signature"][0].split("; ")


def test_a_signature_of_nonsense_is_told_as_it_stands(read_with: Read) -> None:
    def edit(document: Pdf) -> None:
        for number, contents in enumerate((b"", b"\x30\x82\xff\xff", b"\x30\x84" + b"\xff" * 20, bytes(9))):
            sig = Dictionary(Contents=String(contents), ByteRange=Array([-5, 0, Name.X, 3][: number + 1]))
            field = document.make_indirect(Dictionary(FT=Name.Sig, T=f"s{number}", V=sig))
            document.Root.AcroForm.Fields.append(field)

    def prepared(document: Pdf) -> None:
        document.Root.AcroForm = Dictionary(Fields=Array())
        edit(document)

    told = read_with(FORMAT, edited(PAGE, prepared)).properties["pdf:signature"]
    assert [one.split("; ")[0] for one in told] == ["field=s0", "field=s1", "field=s2", "field=s3"]
    assert all("all=no" in one for one in told)


def test_the_password_itself_is_told_nowhere(read_with: Read) -> None:
    found = read_with(FORMAT, locked(4, aes=True, user="Xk7!pw99"), passwords=("Xk7!pw99",))
    said = io.StringIO()
    said.write(repr((found.said, found.properties, found.members)))
    assert "Xk7!pw99" not in said.getvalue()
