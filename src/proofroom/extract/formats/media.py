"""Read sound and film: what their containers say of themselves; what is spoken in them nobody has written down.

Properties are `media:NAME` (duration, created, location, tracks …) and tags under the names of their format.
Texts are `lyrics=N`; subtitles `track=T&cue=N` with `from` and `to`, chapters `outline=1&cue=N`. Covers and attached
files are members. A recording ends `partly`, reason `no-transcript`: transcripts are brought in beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from proofroom.extract.detection.mpeg_frames import frame_length
from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.media.chunks import read_chunks
from proofroom.extract.media.flac_ogg import read_flac, read_ogg
from proofroom.extract.media.giving import Recording
from proofroom.extract.media.id3 import tag_length
from proofroom.extract.media.matroska import Matroska
from proofroom.extract.media.mp4 import read_mp4
from proofroom.extract.media.mpeg import read_mpeg
from proofroom.extract.media.others import read_amr, read_nothing, read_windows_media
from proofroom.model.states import Reason

_ASF: Final = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def read(source: Source, sink: Sink) -> None:
    """Read a recording; what is damaged in it is said before that nobody has listened to it."""
    with LineBatch(sink) as lines:
        recording = Recording(source, sink, lines)
        _reader(recording)(recording)
    if recording.damaged:
        sink.partly(Reason.DAMAGED_PART)
    sink.partly(Reason.NO_TRANSCRIPT)


def _reader(recording: Recording) -> Callable[[Recording], None]:
    """Find who reads a recording by its first bytes."""
    head = recording.at(0, 16)
    behind = recording.at(tag_length(head), 4) if tag_length(head) else head[:4]
    for mark, reader in (
        (b"RIFF", read_chunks),
        (b"RF64", read_chunks),
        (b"FORM", read_chunks),
        (b"OggS", read_ogg),
        (b"\x1a\x45\xdf\xa3", lambda one: Matroska(one).read()),
        (_ASF, read_windows_media),
        (b"#!AMR", read_amr),
    ):
        if head.startswith(mark):
            return reader
    if behind == b"fLaC":
        return lambda one: read_flac(one, tag_length(head))
    if head[4:8] in _BOXES:
        return read_mp4
    return read_mpeg if head.startswith(b"ID3") or frame_length(head[:4]) else read_nothing


FORMAT = Format(
    name="media",
    media_types=frozenset(
        (
            *(
                "audio/mpeg",
                "audio/mp4",
                "audio/x-wav",
                "audio/aiff",
                "audio/flac",
                "audio/amr",
                "application/ogg",
            ),
            *("video/mp4", "video/quicktime", "video/3gpp", "video/x-msvideo", "video/x-matroska"),
            *("video/x-ms-asf", "video/mpeg", "video/mp2t", "video/x-flv"),
        )
    ),
    read=read,
    sample="media.m4a",
)
