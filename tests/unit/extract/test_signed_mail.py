"""Signed messages: the content is a member, who vouches for it and whether that fits are facts, the rest is locked."""

from __future__ import annotations

import base64
import io
import zlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from container_sink import Kept, read_container, sample
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.signed_mail import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nsigned text\r\n"
DETACHED, BINARY = pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary


@cache
def signer(kind: str) -> tuple[x509.Certificate, Key]:
    """Make a certificate of somebody who does not exist, with its key."""
    key: Key = (
        ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65_537, 2_048)
    )
    name = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "VK"), x509.NameAttribute(NameOID.COMMON_NAME, "档案室")]
    )
    mail = x509.SubjectAlternativeName([x509.RFC822Name("a@veshkara.example")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(0x1234).add_extension(mail, critical=False)
    built = built.not_valid_before(datetime(2015, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2052, 1, 1, tzinfo=UTC)
    )
    return built.sign(key, hashes.SHA256()), key


def signed(content: bytes, kind: str = "ec", *options: pkcs7.PKCS7Options) -> bytes:
    certificate, key = signer(kind)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [BINARY, *options])


def read(data: bytes, name: bytes = b"smime.p7m") -> Kept:
    return read_container(FORMAT, data, name=name)


def der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body).to_bytes(4, "big")
    return bytes((tag, 0x84)) + size + body


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_the_content_is_a_member_and_the_signature_is_checked(kind: str) -> None:
    kept = read(signed(ENTITY, kind))
    assert kept.data == {b"content.eml": ENTITY}
    assert (kept.properties["pkcs7:digest-fits"], kept.properties["pkcs7:signature-fits"]) == (
        ["TRUE"],
        ["TRUE"],
    )
    told = kept.properties["pkcs7:certificate"][0]
    assert "subject=C=VK, CN=档案室" in told
    assert "serial=1234" in told
    assert "not-before=2015-01-01T00:00:00Z; not-after=2052-01-01T00:00:00Z; also=a@veshkara.example" in told
    assert kept.properties["pkcs7:signing-time"][0].startswith("20")
    assert "subject=C=VK, CN=档案室" in kept.properties["pkcs7:signer:1"][0]
    assert (kept.said["name=1"], kept.partial, kept.ended) == ("C=VK, CN=档案室", [], None)


def test_a_changed_content_does_not_fit() -> None:
    kept = read(signed(ENTITY).replace(b"signed text", b"forged text"))
    assert kept.properties["pkcs7:digest-fits"] == ["FALSE"]
    assert kept.properties["pkcs7:signature-fits"] == ["TRUE"]
    assert b"forged text" in (kept.data[b"content.eml"] or b"")


def test_a_detached_signature_says_so_and_has_no_member() -> None:
    kept = read(signed(ENTITY, "ec", DETACHED), b"smime.p7s")
    assert kept.properties["pkcs7:detached"] == ["TRUE"]
    assert "pkcs7:digest-fits" not in kept.properties
    assert (kept.members, kept.ended) == ([], None)


def test_the_content_keeps_the_name_of_what_was_signed() -> None:
    assert read(signed(b"<x/>"), b"a/report.xml.p7m").names == [b"report.xml"]
    assert read(signed(b"<x/>"), b"smime.p7m").names == [b"content"]


def test_armoured_text_and_strings_cut_by_ber_are_read() -> None:
    text = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(signed(ENTITY)) + b"-----END PKCS7-----\n"
    assert read(text).data == {b"content.eml": ENTITY}
    data = bytes.fromhex("06092a864886f70d010701")
    pieces = b"\x24\x80" + b"".join(b"\x04\x04" + piece for piece in (b"abcd", b"efgh")) + b"\0\0"
    kept = read(b"\x30\x80" + data + b"\xa0\x80" + pieces + b"\0\0\0\0")
    assert (kept.data, kept.ended) == ({b"content": b"abcdefgh"}, None)


def test_certificates_alone_are_told() -> None:
    certificate, _ = signer("ec")
    kept = read(pkcs7.serialize_certificates([certificate], Encoding.DER), b"chain.p7b")
    assert kept.said == {"name=1": "C=VK, CN=档案室"}
    assert kept.members == []


def test_what_is_encrypted_is_locked_and_says_for_whom() -> None:
    certificate, _ = signer("rsa")
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(b"secret").add_recipient(certificate)
    kept = read(builder.encrypt(Encoding.DER, [BINARY]))
    assert kept.ended == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    assert kept.properties["pkcs7:locked-for"] == ["issuer=C=VK, CN=档案室; serial=1234"]
    assert kept.properties["pkcs7:cipher"] == ["2.16.840.1.101.3.4.1.2"]


def test_compressed_content_is_inflated_and_a_bomb_is_cut() -> None:
    def packed(content: bytes) -> bytes:
        inner = der(0x30, bytes.fromhex("06092a864886f70d010701"), der(0xA0, der(4, zlib.compress(content))))
        body = der(0x30, b"\2\1\0", der(0x30, bytes.fromhex("060b2a864886f70d0109100308")), inner)
        return der(0x30, bytes.fromhex("060b2a864886f70d0109100109"), der(0xA0, body))

    assert read(packed(ENTITY)).data == {b"content.eml": ENTITY}
    cut = read(packed(ENTITY)[:-9])
    assert Reason.DAMAGED_PART in cut.partial
    assert detect(_source(packed(ENTITY))).media_type == "application/pkcs7-mime"


def test_bytes_behind_the_structure_are_a_member() -> None:
    kept = read(signed(ENTITY) + b"hidden behind")
    assert kept.data[b"behind-the-signature"] == b"hidden behind"


def test_a_chinese_envelope_is_recognised() -> None:
    kind = bytes.fromhex("060a2a811ccf550601040202")
    body = der(
        0x30, b"\2\1\1", der(0x31), der(0x30, kind[:-1] + b"\1", der(0xA0, der(4, b"text"))), der(0x31)
    )
    data = der(0x30, kind, der(0xA0, body))
    assert detect(_source(data)).media_type == "application/pkcs7-mime"
    assert read(data).data == {b"content": b"text"}


def test_depth_and_loops_of_nothing_end() -> None:
    deep = b"\x30\x80" * 5_000
    assert read(deep).ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    head = bytes.fromhex("3080 06092a864886f70d010701 a080")
    assert read(head + b"\x24\x80" * 5_000).ended is not None


def test_no_cut_and_no_flipped_byte_raises_anything_else() -> None:
    whole = signed(ENTITY)
    for at in range(len(whole)):
        read(whole[:at])
        for flip in (0xFF, 0x01):
            read(whole[:at] + bytes((whole[at] ^ flip,)) + whole[at + 1 :])
    assert read(whole[:-20]).ended == (State.DAMAGED, Reason.CUT_SHORT)


def _source(data: bytes) -> Source:
    return Source(io.BytesIO(data), len(data), DEFAULT)


def test_the_sample_is_recognised_and_read_whole(root: Path) -> None:
    data = sample(root, FORMAT)
    assert detect(_source(data)).media_type == "application/pkcs7-mime"
    kept = read(data)
    assert (kept.names, kept.properties["pkcs7:signature-fits"]) == ([b"content.eml"], ["TRUE"])
    assert (kept.ended, kept.partial) == (None, [])
