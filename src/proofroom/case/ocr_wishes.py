"""What a person may want of OCR: named pages read, pages read again, a version preferred or brought in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from proofroom.errors import BadWhere, WrongUse
from proofroom.store.ocr_pages import page_numbers

if TYPE_CHECKING:
    from proofroom.case.looking import Looking
    from proofroom.case.recognising import Recognising

_READABLE = "(media_type = 'application/pdf' or media_type like 'image/%')"


@dataclass(frozen=True, slots=True)
class OcrWishes:
    """OCR as a person speaks of it: by addresses and names of files."""

    looking: Looking
    recognising: Recognising

    def read(
        self, addresses: Sequence[str], workers: int | None, progress: Any, *, again: bool = False
    ) -> None:
        """Read what stands at some addresses, `DIGEST` or `DIGEST#page=3`, or for none what waits; raises BadWhere.

        `again` reads anew what was read before.
        """
        if again:
            self.recognising.redo(self._artifacts(addresses))
        wanted: dict[str, set[int]] = {}
        for artifact, pages in self._pages(addresses):
            self.recognising.ask(artifact, pages)
            wanted.setdefault(artifact, set()).update(pages)
        count = workers or os.cpu_count() or 1
        self.recognising.run(count, progress, asked=True, only=wanted or None)

    def _pages(self, addresses: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Give the artifact and the pages that each address means."""
        for address in addresses:
            where = self.looking.resolve(address)
            row = self.looking.journal.rows(
                f"select digest from artifacts where digest = ? and {_READABLE}", (where.artifact,)
            )
            if not row:
                raise BadWhere(
                    f"{address} is neither a PDF nor a picture", remedy="Only those have pages to read."
                )
            page = where.part("page")
            pages = page_numbers(page, self.looking.limits.pages) if page else self._all_pages(where.artifact)
            if not pages:
                raise BadWhere(f"{page!r} is no page")
            yield where.artifact, pages

    def _all_pages(self, artifact: str) -> tuple[int, ...]:
        """Give the pages of a PDF, by what it says of itself, or the one of a picture."""
        table = self.looking.reading().of_artifact("pieces", artifact, columns=("part", "text"))
        told = dict(zip(table["part"].to_pylist(), table["text"].to_pylist(), strict=True))
        count = told.get("meta=pdf:pages", "1")
        most = self.looking.limits.pages
        return page_numbers(f"1-{count}", most) or (1,)

    def prefer(self, engine: str, addresses: Sequence[str]) -> int:
        """Let a version count before the others; gives for how many artifacts."""
        return self.recognising.prefer(engine, self._artifacts(addresses))

    def bring(self, files: Sequence[Path], engine: str, address: str | None) -> list[dict[str, Any]]:
        """Take versions from elsewhere in: for the artifact at an address, or each for the one of its name."""
        if address is not None and len(files) > 1:
            raise WrongUse(
                "several files were given for one address",
                remedy="Give them one by one, or without --for: then each belongs to the file of its name.",
            )
        if address is not None:
            return self.recognising.bring([(files[0], self.looking.resolve(address).artifact)], engine)
        return self.recognising.bring([(path, self._by_name(path)) for path in files], engine)

    def _artifacts(self, addresses: Sequence[str]) -> list[str]:
        return [self.looking.resolve(address).artifact for address in addresses]

    def _by_name(self, path: Path) -> str:
        """Find the one artifact whose file name, with or without its ending, is that of a text layer."""
        wanted = {path.name.rpartition(".")[0] or path.name}
        rows = self.looking.journal.each(
            "select o.path, o.digest from occurrences o join artifacts a on a.digest = o.digest "
            f"where {_READABLE} order by o.id"
        )
        names = ((PurePosixPath(row["path"]), row["digest"]) for row in rows)
        found: set[str] = {digest for name, digest in names if {name.name, name.stem} & wanted}
        if len(found) != 1:
            what = "several files are" if found else "no PDF or picture is"
            raise WrongUse(
                f"{what} named as {path.name} says",
                remedy="Say for which it is: --for DIGEST, one file at a time.",
            )
        return found.pop()
