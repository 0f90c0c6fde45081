"""Read the memo files of dBase and FoxPro (dbt, fpt): each text at the number of its block.

`block=17` is what a cell of the table beside it means by 17. Pictures and objects are members `block/17`.
Blocks that no table names any more are given like the others: the file does not say which they are.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.databases.dbf_memo import Memo, looks_like_memo, memos
from proofroom.extract.databases.dbf_texts import FieldTexts
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_MEDIA_TYPE: Final = "application/x-dbf-memo"
_SAMPLE: Final = 1 << 16


def read(source: Source, sink: Sink) -> None:
    """Read a memo file; a text that is cut off ends it as damaged, and what came before stands."""
    of_foxpro = source.untrusted_name.lower().endswith(b".fpt") or _begins_as_foxpro(source)
    sample = b""
    for memo in memos(source.untrusted, source.size, of_foxpro=of_foxpro):
        if memo.is_text and not memo.untrusted.isascii():
            sample += memo.untrusted[:_SAMPLE]
        if len(sample) >= _SAMPLE:
            break
    texts = FieldTexts("", sample)
    last = Memo(0, b"")
    with LineBatch(sink) as lines:
        for last in memos(source.untrusted, source.size, of_foxpro=of_foxpro):
            if last.is_text:
                text = texts.text(last.untrusted.rstrip(b"\0"))
                put_whole(lines, f"block={last.number}", PieceKind.PARAGRAPH, text)
            else:
                with sink.member(b"block/%d" % last.number, len(last.untrusted)) as out:
                    out.write(last.untrusted)
    texts.tell(sink)
    if not last.is_whole:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _begins_as_foxpro(source: Source) -> bool:
    """Tell the two kinds apart where the name does not: FoxPro writes the high byte of its numbers first."""
    source.untrusted.seek(0)
    head = source.untrusted.read(4)
    return int.from_bytes(head, "big") < int.from_bytes(head, "little")


def recognise(head: bytes, extension: str) -> str:
    """Say whether a file is a memo file by its name and its first block."""
    return _MEDIA_TYPE if looks_like_memo(head, extension) else ""


FORMAT = Format(
    name="dbfmemo",
    media_types=frozenset((_MEDIA_TYPE,)),
    read=read,
    sample="dbfmemo.fpt",
    recognise=recognise,
)
