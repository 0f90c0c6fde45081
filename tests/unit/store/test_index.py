"""The index: what is put in is found, what is deleted is gone, and what does not fit says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from proofroom.errors import CaseBusy, StaleIndex
from proofroom.store.index import STAMP_NAME, Index, IndexDoc
from proofroom.store.index_query import Phrase, Query

ONE, TWO, THREE = "1" * 64, "2" * 64, "3" * 64


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "index") as opened:
        yield opened


def paragraph(artifact: str, text: str, part: str = "para=1") -> IndexDoc:
    return IndexDoc(artifact, "paragraph", ((part, 0),), text)


def phrase(*tokens: str, open_end: bool = False) -> Query:
    return Query((Phrase(tokens, open_end),), (Phrase(tokens, open_end),))


def addresses(index: Index, query: Query, **how: bool) -> list[tuple[str, str]]:
    hits, total = index.search(query, limit=0, **how)
    assert total == len(hits) == index.search(query, limit=1, **how)[1]
    return sorted((hit.artifact, hit.parts[0][0]) for hit in hits)


def test_cells_and_paragraphs_are_found_at_their_addresses(index: Index) -> None:
    index.put([paragraph(ONE, "张三丰来了")])
    index.put_cells(
        TWO, "名单&1", np.array([1, 2, 2_000_000]), np.array([1, 28, 20_000]), ["张三", "李四", "张三"]
    )
    index.put_cells(THREE, None, np.array([7]), np.array([2]), ["见张三"])
    index.commit()
    assert addresses(index, phrase("张三")) == [
        (ONE, "para=1"),
        (TWO, "sheet=名单%261&cell=A1"),
        (TWO, "sheet=名单%261&cell=ACOF2000000"),
        (THREE, "cell=B7"),
    ]
    assert index.count() == 5


def test_several_pieces_in_one_document_keep_their_places(index: Index) -> None:
    parts = (("page=1&line=1", 0), ("page=1&line=2", 4))
    index.put([IndexDoc(ONE, "line", parts, "张三丰\n来了"), paragraph(TWO, "张三")])
    index.commit()
    hits, _ = index.search(phrase("张三"), limit=5, grouped=True)
    assert [(hit.artifact, hit.kind, hit.parts, hit.grouped) for hit in hits] == [(ONE, "line", parts, True)]
    assert addresses(index, phrase("张三"), grouped=False) == [(TWO, "para=1")]


def test_what_has_no_word_is_not_put_in(index: Index) -> None:
    assert index.put([paragraph(ONE, "……"), paragraph(ONE, "")]) == 0
    assert index.put_cells(ONE, "a", np.array([1, 1]), np.array([1, 2]), ["—", "x"]) == 1
    index.commit()
    assert index.count() == 1


def test_nothing_is_found_before_it_is_committed(index: Index) -> None:
    index.put([paragraph(ONE, "张三")])
    assert addresses(index, phrase("张三")) == []
    index.commit()
    assert addresses(index, phrase("张三")) == [(ONE, "para=1")]


def test_a_deleted_artifact_is_found_no_more(index: Index) -> None:
    for artifact in (ONE, TWO):
        index.put([paragraph(artifact, "张三")])
        index.put_cells(artifact, "名单", np.array([1]), np.array([1]), ["张三"])
    index.commit()
    index.delete_artifact(ONE)
    assert not index.holds(ONE)
    assert addresses(index, phrase("张三")) == [(TWO, "para=1"), (TWO, "sheet=名单&cell=A1")]


def test_a_deleted_artifact_can_be_put_in_again(index: Index) -> None:
    for text in ("张三", "李四"):
        index.delete_artifacts([ONE, TWO])
        index.put_cells(ONE, "名单", np.array([1]), np.array([1]), [text])
        index.commit()
    assert addresses(index, phrase("张三")) == []
    assert addresses(index, phrase("李四")) == [(ONE, "sheet=名单&cell=A1")]


def test_sheets_keep_apart_over_several_openings(tmp_path: Path) -> None:
    for number, sheet in enumerate(("甲", "乙", "丙"), start=1):
        with Index.open(tmp_path) as index:
            index.put_cells(ONE, sheet, np.array([number]), np.array([1]), ["张三"])
            index.commit()
    with Index.open(tmp_path, create=False) as index:
        expected = [(ONE, "sheet=丙&cell=A3"), (ONE, "sheet=乙&cell=A2"), (ONE, "sheet=甲&cell=A1")]
        assert addresses(index, phrase("张三")) == expected


def test_a_lone_character_at_the_end_of_a_phrase_may_go_on_in_more_than_fifty_ways(index: Index) -> None:
    # The engine's own phrase-prefix query stops silently at 50 continuations.
    texts = [f"A座{chr(0x4E00 + number)}" for number in range(300)]
    index.put([paragraph(ONE, text, f"para={n}") for n, text in enumerate([*texts, "A座", "A", "座"])])
    index.commit()
    assert index.search(phrase("a", "座", open_end=True), limit=1)[1] == 301
    assert index.search(phrase("座", open_end=True), limit=1)[1] == 302


def test_more_continuations_than_the_engine_takes_are_asked_wider_and_called_uncertain(index: Index) -> None:
    codes = range(0x4E00, 0x9FA6)
    index.put([paragraph(ONE, "".join(f"座{chr(code)} " for code in codes)), paragraph(TWO, "A座楼")])
    index.put([paragraph(THREE, "A楼 座楼")])
    index.commit()
    query = phrase("a", "座", open_end=True)
    assert not index.is_certain(query)
    assert addresses(index, query) == [(TWO, "para=1"), (THREE, "para=1")]
    assert index.is_certain(phrase("a", "楼", open_end=True))


def test_exact_asks_for_what_is_written(index: Index) -> None:
    index.put([paragraph(ONE, "张三"), paragraph(TWO, "張三"), paragraph(THREE, "張三见张三")])
    index.put_cells(ONE, "a", np.array([1]), np.array([1]), ["張三"])
    index.commit()
    simplified, traditional = Phrase(("张三",)), Phrase(("張三",))
    everywhere = Query((simplified,), (simplified,))
    assert index.search(everywhere, limit=1)[1] == 4
    assert addresses(index, everywhere, exact=True) == [(ONE, "para=1"), (THREE, "para=1")]
    asked = Query((simplified,), (traditional,))
    found = [(ONE, "sheet=a&cell=A1"), (TWO, "para=1"), (THREE, "para=1")]
    assert addresses(index, asked, exact=True) == found


def test_a_window_of_the_hits_can_be_asked_for(index: Index) -> None:
    index.put_cells(ONE, "a", np.arange(1, 31), np.ones(30, dtype=np.int32), ["张三"] * 30)
    index.commit()
    first, total = index.search(phrase("张三"), limit=20)
    second, _ = index.search(phrase("张三"), limit=20, offset=20)
    assert (len(first), len(second), total) == (20, 10, 30)
    assert len({hit.parts for hit in first + second}) == 30
    assert index.search(phrase("张三"), limit=5, offset=30) == ([], 30)


def test_two_writers_do_not_meet_in_one_index(index: Index, tmp_path: Path) -> None:
    index.put([])
    with Index.open(tmp_path / "index") as other, pytest.raises(CaseBusy):
        other.put([])


def test_a_reader_sees_what_another_process_has_committed(index: Index, tmp_path: Path) -> None:
    with Index.open(tmp_path / "index") as reader:
        index.put([paragraph(ONE, "张三")])
        index.commit()
        reader.refresh()
        assert reader.search(phrase("张三"), limit=1)[1] == 1


@pytest.mark.parametrize("field", ["schema", "tokens", "engine"])
def test_an_index_of_another_version_must_be_rebuilt(tmp_path: Path, field: str) -> None:
    Index.open(tmp_path).close()
    stamp = json.loads((tmp_path / STAMP_NAME).read_text())
    (tmp_path / STAMP_NAME).write_text(json.dumps({**stamp, field: "older"}))
    with pytest.raises(StaleIndex) as raised:
        Index.open(tmp_path)
    assert raised.value.code == "stale-index"


@pytest.mark.parametrize("harm", ["no stamp", "broken stamp", "broken engine file"])
def test_a_damaged_index_must_be_rebuilt(tmp_path: Path, harm: str) -> None:
    Index.open(tmp_path).close()
    if harm == "no stamp":
        (tmp_path / STAMP_NAME).unlink()
    else:
        (tmp_path / (STAMP_NAME if harm == "broken stamp" else "meta.json")).write_text("{")
    with pytest.raises(StaleIndex):
        Index.open(tmp_path)


def test_a_missing_index_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(StaleIndex):
        Index.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_what_was_put_and_not_committed_is_dropped_on_closing(tmp_path: Path) -> None:
    with Index.open(tmp_path) as index:
        index.put([paragraph(ONE, "张三")])
    with Index.open(tmp_path) as index:
        assert index.count() == 0
