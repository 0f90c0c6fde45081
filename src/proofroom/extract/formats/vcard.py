"""Read cards of people and places (vCard 2.1 to 4.0, many in one file): every field with its group and parameters.

`entry=N&field=TEL` is the first telephone number of card N, `&value=2` the next one, `&parameter=TYPE` what is
said about it. Photos, sounds and keys inside a card are members.
"""

from __future__ import annotations

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.letters.entries import read_entries


def read(source: Source, sink: Sink) -> None:
    """Read all cards of a file."""
    read_entries(source, sink, "vcard")


FORMAT = Format(name="vcard", media_types=frozenset(("text/vcard",)), read=read, sample="vcard.vcf")
