"""Several readers of pages side by side, each with a warm sandbox of its own; the parent's end of the OCR engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from proofroom.extract.ocr.engines import EngineSet
from proofroom.extract.ocr.looker import Looker
from proofroom.extract.ocr.page import PagePicture, PageReading
from proofroom.extract.ocr.page_reader import PageReader
from proofroom.extract.ocr.tesseract import Tesseract
from proofroom.extract.sandbox.launch import Sandbox
from proofroom.run.pausing import Paused


class Readers:
    """So many readers; as a context it leaves no process behind, however it ends.

    A thread waits for each reader's processes; pictures are taken and answers told in the caller's thread alone.
    """

    def __init__(
        self,
        workers: int,
        engines: EngineSet | None = None,
        sandbox: Sandbox | None = None,
        looker: Callable[[Sandbox], Looker] = Looker,
    ) -> None:
        """Read so many pages at once, with the engines of this machine where none are named."""
        self._engines = engines or EngineSet.here()
        self._sandbox = sandbox or Sandbox.best()
        self._count = workers
        self._make_looker = looker
        self._free: SimpleQueue[PageReader] = SimpleQueue()
        self._lookers: list[Looker] = []
        self._threads = ThreadPoolExecutor(workers)
        self._tesseract = Tesseract(self._engines, self._sandbox)

    def __enter__(self) -> Self:
        """Begin; the workers start with their first page."""
        for _ in range(self._count):
            looker = self._make_looker(self._sandbox)
            self._lookers.append(looker)
            self._free.put(PageReader(self._engines, looker, self._tesseract))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process, so that no thread waits for one, then the threads."""
        self._tesseract.stop()
        for looker in self._lookers:
            looker.close()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for looker in self._lookers:
            looker.end()

    def read(self, pictures: Iterator[PagePicture], done: Callable[[int, PageReading | None], None]) -> None:
        """Take each picture when a reader is free for it, and tell of each as soon as it is read.

        When the run is asked to stop, the pages under way are read to their end.
        """
        under_way: dict[Future[PageReading | None], int] = {}
        try:
            for picture in pictures:
                under_way[self._threads.submit(self._one, picture)] = picture.key
                if len(under_way) >= self._count:
                    _tell(under_way, done)
        except Paused:
            _tell_all(under_way, done)
            raise
        _tell_all(under_way, done)

    def _one(self, picture: PagePicture) -> PageReading | None:
        reader = self._free.get()
        try:
            return reader.read(picture)
        finally:
            self._free.put(reader)


def _tell_all(
    under_way: dict[Future[PageReading | None], int], done: Callable[[int, PageReading | None], None]
) -> None:
    """Wait for every page, and tell of each."""
    while under_way:
        _tell(under_way, done)


def _tell(
    under_way: dict[Future[PageReading | None], int], done: Callable[[int, PageReading | None], None]
) -> None:
    """Wait until a page is read, and tell of all that are."""
    ready, _ = wait(under_way, return_when=FIRST_COMPLETED)
    for one in ready:
        done(under_way.pop(one), one.result())
