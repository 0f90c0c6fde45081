"""The parent's end of a page picture: checks the frames of one child before it believes in a picture."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import MOST_PICTURE_PIXELS
from proofroom.extract.frame_rules import check_values
from proofroom.extract.frames import Kind
from proofroom.extract.inbox import BadFrame, Frame, FrameReader
from proofroom.extract.ocr.page import PAGE_EXTENT, PagePicture
from proofroom.extract.ocr.readings import PageSize
from proofroom.model.states import Reason, State

_EXTENT: Final = re.compile(r"([1-9][0-9]{0,8}) ([1-9][0-9]{0,8})\Z")
_ALLOWED: Final = (Kind.FORMAT, Kind.META, Kind.PIXELS, Kind.END)
_NOT_HERE: Final = "a frame that is no part of a picture"
_TWICE: Final = "a picture given twice, or too large"
_NO_END: Final = "no last frame, or frames behind it"


class PictureInbox:
    """Takes the bytes of one child that draws a page; at the end there is a picture, or a reason for none."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._reader = FrameReader()
        self._picture: tuple[int, int, bytes] | None = None
        self._extent: tuple[int, int] | None = None
        self._ended = False
        self.reason = Reason.NONE

    def feed(self, untrusted: bytes) -> None:
        """Take the next bytes; none at all say that the child ended well. Raises BadFrame."""
        if not untrusted:
            self._reader.finish()
            if not self._ended:
                raise BadFrame(_NO_END)
        for frame in self._reader.feed(untrusted):
            if self._ended or frame.kind not in _ALLOWED:
                raise BadFrame(_NO_END if self._ended else _NOT_HERE)
            check_values(frame)
            self._take(frame)

    def _take(self, frame: Frame) -> None:
        if frame.kind is Kind.PIXELS:
            width, height = frame.number("width"), frame.number("height")
            if self._picture is not None or width * height > MOST_PICTURE_PIXELS:
                raise BadFrame(_TWICE)
            self._picture = width, height, frame.blob("rgb")
        elif frame.kind is Kind.META:
            told = dict(
                zip(frame.columns["key"].to_pylist(), frame.columns["value"].to_pylist(), strict=True)
            )
            found = _EXTENT.match(told.get(PAGE_EXTENT, ""))
            self._extent = (int(found[1]), int(found[2])) if found else self._extent
        elif frame.kind is Kind.END:
            self._ended = True
            if State(frame.text("state")) is not State.READ:
                self.reason = Reason(frame.text("reason")) or Reason.DAMAGED_PART

    def picture(self, key: int) -> tuple[PagePicture, PageSize] | None:
        """Give the picture under the caller's key, and the size of what it shows; None when there is none."""
        if not self._ended or self.reason or self._picture is None:
            return None
        width, height, rgb = self._picture
        size = PageSize((width, height), self._extent or (width, height))
        return PagePicture(key, width, height, rgb), size
