"""Names of members as text: the container's own bytes, decoded together, nothing lost silently."""

from __future__ import annotations

from urllib.parse import quote_from_bytes

from proofroom.extract.encoding import find_encoding

_SAMPLE = 1 << 16


def name_texts(untrusted_names: list[bytes]) -> list[str]:
    """Decode the names of one container; those without a Unicode flag by detection over all of them.

    A name that its encoding cannot read whole keeps its odd bytes as %XX; the raw bytes stand beside it.
    """
    odd = [name for name in untrusted_names if not _is_utf8(name)]
    encoding = find_encoding(b"\n".join(odd)[:_SAMPLE], len(odd) < _SAMPLE).encoding if odd else "utf-8"
    return [name.decode() if _is_utf8(name) else _decode(name, encoding) for name in untrusted_names]


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decode(name: bytes, encoding: str) -> str:
    try:
        return name.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return quote_from_bytes(name, safe="/ !\"#$&'()*+,:;<=>?@[]^`{|}~")
