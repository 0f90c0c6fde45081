"""Open Office documents under a password (docx, xlsx, xlsb, pptx and others, MS-OFFCRYPTO): a member `decrypted`.

The defaults of Excel and PowerPoint are tried first, then the passwords that were given, one key derivation
each (0.1 s where the file asks for the usual 100,000 rounds; more rounds count as more attempts). The
package in the clear goes to the member `decrypted`, which is read by its own format; the locked original
ends `read`, reason `decrypted`. Agile encryption carries an HMAC; where it does not fit, the file ends
`partly`, reason `bad-checksum`. Rights management and certificates end `locked`, `unsupported-encryption`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
from msoffcrypto.format.ooxml import OOXMLFile

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.ole.compound import BROKEN, Compound
from proofroom.extract.ole.properties import send_ole_properties
from proofroom.extract.ole.unlocking import unlock
from proofroom.extract.tabular.agile import USUAL_SPINS, Unsupported, read_agile
from proofroom.extract.trying import CHEAP
from proofroom.model.states import Reason, State

_BROKEN: Final = (*BROKEN, DecryptionError, FileFormatError, ParseError)
_LARGEST_INFO: Final = 1 << 20
_AGILE: Final = (4, 4)
_STANDARD: Final = ((2, 2), (3, 2), (4, 2))
_SIZE: Final = 8
_COST_OF_2007: Final = 0.5
_BLOCK: Final = 16
_CHUNK: Final = 1 << 20


def read(source: Source, sink: Sink) -> None:
    """Find the password and hand out the document; without one the file ends `locked`."""
    compound = Compound(source)
    send_ole_properties(compound, sink)
    info, package = compound.stream("EncryptionInfo"), compound.stream("EncryptedPackage")
    if compound.has("EncryptedPackage") and not compound.has("EncryptionInfo"):
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    if info is None or package is None or len(package) < _SIZE or not 4 <= len(info) <= _LARGEST_INFO:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    version = struct.unpack_from("<HH", info)
    if version == _AGILE:
        whole = _read_agile(source, sink, info[8:], package)
    elif version in _STANDARD:
        whole = _read_standard(source, sink, package)
    else:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    if not whole:
        sink.partly(Reason.BAD_CHECKSUM)
    elif struct.unpack_from("<Q", package)[0] > len(package) - _SIZE:
        sink.partly(Reason.CUT_SHORT)
    else:
        raise Unreadable(State.READ, Reason.DECRYPTED)


def _read_agile(source: Source, sink: Sink, info: bytes, package: bytes) -> bool:
    """Decrypt a document of Office 2010 and later; gives whether its HMAC fits."""
    try:
        agile = read_agile(info)
        key = unlock(source, sink, agile.key, cost=max(agile.spins / USUAL_SPINS, CHEAP))
        _hand_out(sink, package, agile.decrypted(key, package))
        return agile.is_whole(key, package)
    except Unsupported:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION) from None
    except BROKEN:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None


def _read_standard(source: Source, sink: Sink, package: bytes) -> bool:
    """Decrypt a document of Office 2007, which carries nothing to check its integrity with."""
    try:
        office = OOXMLFile(source.untrusted)

        def key_of(password: str) -> bytes | None:
            try:
                office.load_key(password=password, verify_password=True)
            except InvalidKeyError:
                return None
            return bytes(office.secret_key)

        key = unlock(source, sink, key_of, cost=_COST_OF_2007)
        _hand_out(sink, package, _standard_decrypted(key, package))
    except _BROKEN:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
    return True


def _standard_decrypted(key: bytes, package: bytes) -> Iterator[bytes]:
    """Give the package in the clear (MS-OFFCRYPTO 2.3.4.7), as far as it is there."""
    left = struct.unpack_from("<Q", package)[0]
    end = len(package) - (len(package) - _SIZE) % _BLOCK
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305 - what Office 2007 used
    for start in range(_SIZE, end, _CHUNK):
        piece = decryptor.update(package[start : min(start + _CHUNK, end)])[:left]
        left -= len(piece)
        yield piece


def _hand_out(sink: Sink, package: bytes, pieces: Iterable[bytes]) -> None:
    """Give the document in the clear as a member, to be read by its own format."""
    stated = struct.unpack_from("<Q", package)[0]
    with sink.member(b"decrypted", stated if stated <= len(package) else -1) as out:
        for piece in pieces:
            out.write(piece)


FORMAT = Format(
    name="office_locked",
    media_types=frozenset(("application/x-ole-encrypted",)),
    read=read,
    sample="office_locked.xlsx",
)
