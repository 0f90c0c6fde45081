"""Read MPEG sound (mp3): tags before and behind it, and what its first frame says."""

from __future__ import annotations

from typing import Final

from proofroom.extract.detection.mpeg_frames import frame_length, frame_rate
from proofroom.extract.media.giving import Recording
from proofroom.extract.media.id3 import read_old_tag, read_tag

_REACH: Final = 1 << 16
_MOST_TAGS: Final = 100


def read_mpeg(recording: Recording) -> None:
    """Read the tags and the first frame."""
    at = 0
    for _ in range(_MOST_TAGS):
        length = read_tag(recording, at)
        if not length:
            break
        at += length
    read_old_tag(recording)
    head = recording.at(at, _REACH)
    start = next((place for place in range(len(head) - 4) if frame_length(head[place : place + 4])), -1)
    if start < 0:
        recording.damaged = True
        return
    _facts(recording, head[start : start + 512], recording.size - at - start)


def _facts(recording: Recording, frame: bytes, left: int) -> None:
    """Tell rate, channels, duration and the program that made it."""
    version, layer = frame[1] >> 3 & 3, 4 - (frame[1] >> 1 & 3)
    rate, mono = frame_rate(frame), frame[3] >> 6 == 3
    samples = 384 if layer == 1 else 576 if layer == 3 and version != 3 else 1152
    recording.fact("media:codec", f"MPEG layer {layer}")
    recording.fact("media:rate", str(rate))
    recording.fact("media:channels", "1" if mono else "2")
    place = max(frame.find(b"Xing"), frame.find(b"Info"))
    frames = int.from_bytes(frame[place + 8 : place + 12], "big") if place > 0 and frame[place + 7] & 1 else 0
    frames = frames or left // max(frame_length(frame[:4]), 1)
    recording.fact("media:duration", f"{frames * samples / rate:.1f}")
    if place > 0:
        recording.fact(
            "media:encoder", frame[place + 120 : place + 129].decode("ascii", "replace").rstrip("\0\ufffd")
        )
