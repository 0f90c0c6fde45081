"""Hand out what a text carries inside itself as base64 or `data:` addresses (RFC 2397): members of their own."""

from __future__ import annotations

import binascii
import re
from typing import Final
from urllib.parse import unquote_to_bytes

from proofroom.extract.format import Sink
from proofroom.model.states import Reason

_DATA: Final = re.compile(r"\s*data:([^,]{0,256}),", re.IGNORECASE)
_IN_STYLE: Final = re.compile(
    r"url\(\s*+(?:\"(data:[^\"]*+)\"|'(data:[^']*+)'|(data:[^)\"']*+))", re.IGNORECASE
)
_IN_SCRIPT: Final = re.compile(r"data:image/[a-z0-9.+-]{1,64};base64,[A-Za-z0-9+/=]++", re.IGNORECASE)
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_ENDING: Final = re.compile(r"[a-z0-9]{1,8}\Z")
_ENDINGS: Final = {
    "jpeg": "jpg",
    "pjpeg": "jpg",
    "svg+xml": "svg",
    "x-icon": "ico",
    "vnd.microsoft.icon": "ico",
    "tiff": "tif",
    "plain": "txt",
    "javascript": "js",
    "octet-stream": "bin",
}
_CHUNK: Final = 1 << 20


class EmbeddedData:
    """Numbers what is embedded in one artifact, from 1, by its kind: `image-1.png`, `data-1.bin`."""

    def __init__(self, sink: Sink) -> None:
        """Hand out to the sink."""
        self._sink = sink
        self._counts: dict[str, int] = {}

    def take_address(self, untrusted_address: str) -> bool:
        """Hand out a `data:` address; false when it is another one."""
        found = _DATA.match(untrusted_address)
        if not found:
            return False
        media_type, *options = found.group(1).lower().split(";")
        content = untrusted_address[found.end() :]
        if any(option.strip() == "base64" for option in options):
            self.take_base64(content, media_type)
        else:
            self._take(unquote_to_bytes(content), media_type)
        return True

    def take_base64_address(self, untrusted_text: str) -> bool:
        """Hand out a text if it is a `data:` address in base64; a sentence that begins like one is none."""
        found = _DATA.match(untrusted_text)
        return found is not None and "base64" in found.group(1).lower() and self.take_address(untrusted_text)

    def take_style(self, untrusted_style: str) -> None:
        """Hand out every `data:` address in a style sheet."""
        for found in _IN_STYLE.finditer(untrusted_style):
            self.take_address(next(filter(None, found.groups())))

    def take_script(self, untrusted_script: str) -> None:
        """Hand out every picture that a script carries."""
        for found in _IN_SCRIPT.finditer(untrusted_script):
            self.take_address(found.group())

    def take_base64(self, untrusted_text: str, media_type: str = "") -> None:
        """Hand out base64; what does not decode to its end is handed out as far as it does."""
        raw = unquote_to_bytes(untrusted_text.encode("ascii", "replace"))
        url_safe = raw.replace(b"-", b"+").replace(b"_", b"/")
        clean = _NOT_BASE64.sub(b"", url_safe)
        if len(clean) % 4 == 1:
            # A single sign of a group of four holds no byte: something is missing.
            self._sink.partly(Reason.DAMAGED_PART)
            clean = clean[:-1]
        self._take(binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)), media_type)

    def take_bytes(self, data: bytes, kind: str, ending: str) -> None:
        """Hand out bytes under the next name of their kind."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        with self._sink.member(f"{kind}-{self._counts[kind]}.{ending}".encode(), len(data)) as out:
            for start in range(0, len(data), _CHUNK):
                out.write(data[start : start + _CHUNK])

    def _take(self, data: bytes, media_type: str) -> None:
        """Hand out bytes of a declared media type."""
        main, _, sub = media_type.strip().partition("/")
        ending = _ENDINGS.get(sub, sub.removeprefix("x-"))
        kind = main if main in ("image", "audio", "video", "text") else "data"
        self.take_bytes(data, kind, ending if _ENDING.match(ending) else "bin")
