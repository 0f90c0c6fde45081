"""Classes of cost: which kind of work a file will be, guessed from its name before anybody has looked into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from proofroom.case.meter import Load
from proofroom.store.journal import Journal

TEXT, WORKBOOKS, DOCUMENTS, PDF = "text", "workbooks", "documents", "PDF"
MAIL, PICTURES, CONTAINERS, OTHER = "mail", "pictures", "containers", "other"

_CLASSES: Final = {
    TEXT: "txt csv tsv html htm xml json md log ini rtf vcf ics srt sql",
    WORKBOOKS: "xlsx xlsm xltx xltm xlsb xls xlt ods ots et ett numbers",
    DOCUMENTS: "docx docm dotx dotm doc dot odt ott wps wpt pptx pptm ppsx ppt pps odp dps epub pub vsd",
    PDF: "pdf",
    MAIL: "eml msg mht mhtml",
    PICTURES: "jpg jpeg png gif bmp tif tiff webp heic heif avif emf wmf ico",
    CONTAINERS: "zip 7z rar tar gz tgz bz2 xz zst cab iso arj lzh mbox pst ost dmg img vhd e01 jar apk",
}
_BY_ENDING: Final = {ending: name for name, endings in _CLASSES.items() for ending in endings.split()}

# The ending of a path in SQLite: what is left when everything up to its last point is taken off its front.
_WAITING: Final = """select ending, count(*) as n, sum(size) as size from (
    select a.size, lower(substr(path, length(rtrim(path, replace(path, '.', ''))) + 1)) as ending
    from (select digest, size, (select o.path from occurrences o where o.digest = artifacts.digest
      and o.state is not 'refused' order by o.id limit 1) as path from artifacts where state is null) a
    where path is not null) group by ending"""


def cost_class(untrusted_name: bytes) -> str:
    """Say of which class a file is, by the ending of its name."""
    return _BY_ENDING.get(untrusted_name.rpartition(b".")[2].decode("ascii", "replace").lower(), OTHER)


def waiting_loads(journal: Journal) -> Mapping[str, Load]:
    """Count what waits to be read, by class."""
    loads: dict[str, Load] = {}
    for row in journal.rows(_WAITING):
        name = _BY_ENDING.get(row["ending"], OTHER)
        count, size = loads.get(name, (0, 0))
        loads[name] = (count + row["n"], size + row["size"])
    return loads
