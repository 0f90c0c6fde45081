"""Write OpenDocument packages by hand, in the clear and under passwords."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
import zlib

from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        *(("office", "office"), ("table", "table"), ("text", "text"), ("style", "style")),
        *(("draw", "drawing"), ("meta", "meta"), ("svg", "svg-compatible"), ("manifest", "manifest")),
        *(
            ("presentation", "presentation"),
            ("form", "form"),
            ("script", "script"),
            ("fo", "xsl-fo-compatible"),
        ),
        *(("config", "config"), ("chart", "chart"), ("number", "datastyle"), ("db", "database")),
    )
)
SPACES += (
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:math="http://www.w3.org/1998/Math/MathML"'
)
TYPE = "application/vnd.oasis.opendocument."
ODT = f"{TYPE}text"
ODP = f"{TYPE}presentation"


def content(kind: str, body: str, styles: str = "", scripts: str = "") -> str:
    """Give a `content.xml` whose body is of a kind such as `text`."""
    return (
        f"<office:document-content {SPACES}>{scripts}<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )


def styles(masters: str = "", named: str = "") -> str:
    """Give a `styles.xml`."""
    return (
        f"<office:document-styles {SPACES}><office:styles>{named}</office:styles>"
        f"<office:master-styles>{masters}</office:master-styles></office:document-styles>"
    )


def packed(media_type: str, parts: dict[str, str | bytes]) -> bytes:
    """Pack parts as OpenDocument does: its type first, the manifest last."""
    out = io.BytesIO()
    entries = "".join(f'<manifest:file-entry manifest:full-path="{name}"/>' for name in parts)
    manifest = f"<manifest:manifest {SPACES}>{entries}</manifest:manifest>"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", media_type, zipfile.ZIP_STORED)
        for name, data in parts.items():
            archive.writestr(name, data)
        if "META-INF/manifest.xml" not in parts:
            archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def letter(body: str, more: str = "") -> bytes:
    """Give a text document with this body and these automatic styles."""
    return packed(ODT, {"content.xml": content("text", body, more)})


def deck(pages: str, more: str = "") -> bytes:
    """Give a presentation with these pages and automatic styles."""
    return packed(ODP, {"content.xml": content("presentation", pages, more)})


def p(text: str, style: str = "") -> str:
    """Give a paragraph."""
    return f'<text:p text:style-name="{style}">{text}</text:p>' if style else f"<text:p>{text}</text:p>"


SHA256 = "http://www.w3.org/2000/09/xmldsig#sha256"
MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
LOEXT = "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"


def _written(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _deflated(data: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflate.compress(data) + deflate.flush()


def _of_1_1(data: bytes, password: str, rounds: int) -> tuple[bytes, str]:
    """Encrypt with Blowfish as OpenOffice.org did; gives the bytes and what the manifest says."""
    packed, salt, vector = _deflated(data), bytes(range(16)), bytes(range(8))
    key = hashlib.pbkdf2_hmac("sha1", hashlib.sha1(password.encode()).digest(), salt, rounds, 16)
    cipher = Cipher(Blowfish(key), CFB(vector)).encryptor()
    told = (
        f'<manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="'
        f'{_written(hashlib.sha1(packed[:1024]).digest())}"><manifest:algorithm '
        f'manifest:algorithm-name="Blowfish CFB" manifest:initialisation-vector="{_written(vector)}"/>'
        f'<manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:iteration-count="{rounds}" '
        f'manifest:salt="{_written(salt)}"/></manifest:encryption-data>'
    )
    return cipher.update(packed) + cipher.finalize(), told


def _of_1_2(data: bytes, password: str, rounds: int) -> tuple[bytes, str]:
    """Encrypt with AES as ODF 1.2 says."""
    packed, salt, vector = _deflated(data), bytes(range(16)), bytes(16)
    key = hashlib.pbkdf2_hmac("sha1", hashlib.sha256(password.encode()).digest(), salt, rounds, 32)
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    padding = 16 - len(packed) % 16
    told = (
        f'<manifest:encryption-data manifest:checksum-type="{MANIFEST}#sha256-1k" manifest:checksum="'
        f'{_written(hashlib.sha256(packed[:1024]).digest())}"><manifest:algorithm '
        'manifest:algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc" '
        f'manifest:initialisation-vector="{_written(vector)}"/><manifest:start-key-generation '
        f'manifest:start-key-generation-name="{SHA256}" manifest:key-size="32"/><manifest:key-derivation '
        f'manifest:key-derivation-name="PBKDF2" manifest:key-size="32" manifest:iteration-count="{rounds}" '
        f'manifest:salt="{_written(salt)}"/></manifest:encryption-data>'
    )
    return cipher.update(packed + bytes(padding - 1) + bytes((padding,))) + cipher.finalize(), told


def _of_1_4(data: bytes, password: str, memory: int) -> tuple[bytes, str]:
    """Encrypt with AES-GCM and Argon2id as LibreOffice 24.8 does; the vector stands before, the tag behind."""
    salt, vector = bytes(range(16)), bytes(range(12))
    start = hashlib.sha256(password.encode()).digest()
    key = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=memory).derive(start)
    told = (
        "<manifest:encryption-data><manifest:algorithm manifest:algorithm-name="
        f'"http://www.w3.org/2009/xmlenc11#aes256-gcm" manifest:initialisation-vector="{_written(vector)}"/>'
        f'<manifest:start-key-generation manifest:start-key-generation-name="{SHA256}" manifest:key-size="32"/>'
        '<manifest:key-derivation manifest:key-derivation-name="urn:org:documentfoundation:names:experimental:'
        f'office:manifest:argon2id" manifest:key-size="32" manifest:salt="{_written(salt)}" '
        f'loext:argon2-iterations="3" loext:argon2-memory="{memory}" loext:argon2-lanes="4"/>'
        "</manifest:encryption-data>"
    )
    return vector + AESGCM(key).encrypt(vector, data, None), told


WAYS = {"blowfish": (_of_1_1, 1024), "aes-cbc": (_of_1_2, 1000), "aes-gcm": (_of_1_4, 64)}


def locked(
    media_type: str, parts: dict[str, str | bytes], password: str, way: str, work: int = 0
) -> dict[str, str | bytes]:
    """Give the parts of a package whose parts, or which as a whole, is under a password."""
    encrypt, usual = WAYS[way]
    clear = {"encrypted-package": packed(media_type, parts)} if way == "aes-gcm" else parts
    out: dict[str, str | bytes] = {}
    entries = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media_type}"/>'
    for name, data in clear.items():
        whole = data.encode() if isinstance(data, str) else data
        out[name], told = encrypt(whole, password, work or usual)
        entries += (
            f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml" '
            f'manifest:size="{len(whole)}">{told}</manifest:file-entry>'
        )
    spaces = f'xmlns:manifest="{MANIFEST}" xmlns:loext="{LOEXT}"'
    out["META-INF/manifest.xml"] = f"<manifest:manifest {spaces}>{entries}</manifest:manifest>"
    return out
