"""Recognise sound and film by their first bytes."""

from __future__ import annotations

from typing import Final

from proofroom.extract.detection.mpeg_frames import frame_length

_BEGINNINGS: Final = (
    (b"fLaC", "audio/flac"),
    (b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"#!AMR\n", "audio/amr"),
    (b"#!AMR-WB\n", "audio/amr"),
    (b"FLV\1", "video/x-flv"),
    (b"\0\0\1\xba", "video/mpeg"),
    (b"\0\0\1\xb3", "video/mpeg"),
)
_FORMS: Final = {
    (b"RIFF", b"WAVE"): "audio/x-wav",
    (b"RF64", b"WAVE"): "audio/x-wav",
    (b"RIFF", b"AVI "): "video/x-msvideo",
    (b"FORM", b"AIFF"): "audio/aiff",
    (b"FORM", b"AIFC"): "audio/aiff",
}
_BRANDS: Final = {b"qt": "video/quicktime", b"M4A": "audio/mp4", b"M4B": "audio/mp4", b"3g": "video/3gpp"}
_FILM_BRANDS: Final = (
    b"iso",
    b"mp4",
    b"M4V",
    b"avc",
    b"MSNV",
    b"dash",
    b"mmp4",
    b"F4V",
    b"XAVC",
    b"NDX",
    b"f4v",
    b"kddi",
)
_OLD_BOXES: Final = (b"moov", b"mdat", b"wide", b"pnot")
_PACKET: Final = 188
_FRAMES: Final = 3


def recording_media_type(head: bytes) -> str:
    """Name the media type of a recording, or "" for none."""
    for beginning, media_type in _BEGINNINGS:
        if head.startswith(beginning):
            return media_type
    form = _FORMS.get((head[:4], head[8:12]), "")
    if form:
        return form
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        named = next((kind for mark, kind in _BRANDS.items() if brand.startswith(mark)), "")
        return named or ("video/mp4" if brand.startswith(_FILM_BRANDS) else "")
    if head[4:8] in _OLD_BOXES and 8 <= int.from_bytes(head[:4], "big") < 1 << 31:
        return "video/quicktime"
    if len(head) > 4 * _PACKET and all(head[at] == 0x47 for at in range(0, 4 * _PACKET, _PACKET)):
        return "video/mp2t"
    return "audio/mpeg" if _is_frames(head) else ""


def _is_frames(head: bytes) -> bool:
    """Tell whether several frames of MPEG sound follow one another."""
    at = 0
    for _ in range(_FRAMES):
        length = frame_length(head[at : at + 4])
        if not length:
            return False
        at += length
    return True
