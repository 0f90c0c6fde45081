"""Finding: every address that holds the words and no other, with the words marked."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from proofroom.errors import StaleIndex
from proofroom.language.han import simplify
from proofroom.search.find import Hit, Result, find
from proofroom.search.query import literal, parse
from proofroom.store.index import Index, IndexDoc, IndexHit

HAN = "[\u4e00-\u9fff]"
LETTER = r"[^\W\u4e00-\u9fff]"
MATERIALS = [
    *("张", "三", "张三", "李四", "王小明", "艾力·买买提", "張", "阿", "座", "号", "楼", "欧阳"),
    *("A座3号", "abc", "Abc", "x1", "3", "ＡＢＣ", "2017-05", "a.b"),
    *("ئۇيغۇر", "مۇھەممەد", "ئا", "\u064a\u0654"),
    *("，", "。", " ", " ", "\n", "\n", "\u2029", "…", "“", "-", "·"),
]


class Shelf:
    """Texts by document, as a store would give them; counts how many were asked for."""

    def __init__(self, index: Index) -> None:
        """Stand beside an index."""
        self.index = index
        self.texts: dict[tuple[str, str], str] = {}
        self.asked = 0

    def put(self, artifact: str, text: str, parts: tuple[tuple[str, int], ...] = (("para=1", 0),)) -> None:
        self.texts[artifact, parts[0][0]] = text
        self.index.put([IndexDoc(artifact, "paragraph", parts, text)])

    def put_cells(self, artifact: str, texts: list[str]) -> None:
        for row, text in enumerate(texts, start=1):
            self.texts[artifact, f"sheet=s&cell=A{row}"] = text
        rows = np.arange(1, len(texts) + 1)
        self.index.put_cells(artifact, "s", rows, np.ones_like(rows), texts)

    def texts_of(self, hits: Sequence[IndexHit]) -> list[str]:
        self.asked += len(hits)
        return [self.texts[hit.artifact, hit.parts[0][0]] for hit in hits]

    def find(self, query: str, *, limit: int = 0, exact: bool = False) -> Result:
        self.index.commit()
        return find(self.index, parse(query), self.texts_of, limit=limit, exact=exact)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with Index.open(tmp_path) as index:
        yield Shelf(index)


@cache
def plain(text: str, *, simple: bool = True) -> str:
    """Read a text as the contract says, by other means than the code."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = simplify(text) if simple else text
    before, *rest = re.split(r"[ \t]*\n[ \t\n]*", text)
    for after in rest:
        chinese = re.search(f"{HAN}$", before) or re.match(HAN, after)
        before += after if chinese else f" {after}"
    return before


def holds(text: str, words: str, *, simple: bool = True) -> bool:
    """Say by a plain scan whether a text holds the words."""
    wanted = re.escape(plain(words.strip(), simple=simple))
    before = rf"(?<!{LETTER})" if re.match(LETTER, plain(words.strip())) else ""
    after = rf"(?!{LETTER})" if re.search(rf"{LETTER}$", plain(words.strip())) else ""
    return re.search(f"{before}{wanted}{after}", plain(text, simple=simple)) is not None


def random_texts(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices(MATERIALS, k=chance.randrange(1, 14))) for _ in range(count)]


def random_queries(texts: list[str], count: int, seed: int) -> list[str]:
    """Cut queries of one to six characters out of the texts themselves."""
    chance = random.Random(seed)
    queries = [
        "张三",
        "张",
        "三",
        "A座3号",
        "a座",
        "座3号",
        "艾力·买买提",
        "abc",
        "2017-05",
        "مۇھەممەد",
        "王小明",
    ]
    while len(queries) < count:
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        query = text[start : start + chance.randrange(1, 7)].strip()
        if re.search(r"\w", query) and '"' not in query and "\n" not in query and "\u2029" not in query:
            queries.append(query)
    return queries


@pytest.mark.parametrize("exact", [False, True])
def test_everything_a_scan_finds_is_found_and_nothing_else(shelf: Shelf, *, exact: bool) -> None:
    texts = random_texts(600, seed=1)
    shelf.put_cells("c", texts[:300])
    for number, text in enumerate(texts[300:]):
        shelf.put(f"p{number}", text)
    shelf.index.commit()
    wrong = {}
    for query in random_queries(texts, 250, seed=2):
        if unicodedata.combining(query[0]):
            continue
        result = find(shelf.index, literal(query), shelf.texts_of, limit=0, exact=exact)
        found = {(hit.artifact, hit.part) for hit in result.hits}
        truth = {key for key, text in shelf.texts.items() if holds(text, query, simple=not exact)}
        if found != truth or result.total != len(truth):
            wrong[query] = (found - truth, truth - found)
    assert wrong == {}


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("张三", "他叫张\n三。", True),
        ("张三", "他叫张 \r\n  三。", True),
        ("张三", "他叫张，三。", False),
        ("张三", "他叫张\u2029三。", False),
        ("张三", "张 三", False),
        ("A座3号", "在A座3号楼", True),
        ("A座3号", "在A座 3号楼", False),
        ("A座3号", "在A座\n3号楼", True),
        ("A座3号", "在BA座3号楼", False),
        ("A座 3号", "在3号A座", True),
        ('"A座 3号"', "在A座 3号", True),
        ('"A座 3号"', "在A座3号", False),
        ('"张三，李四"', "张三，李四", True),
        ('"张三，李四"', "张三。李四", False),
        ('"张三，李四"', "张三,李四", True),
        ('"hello, world"', "Hello, World!", True),
        ('"hello, world"', "hello world", False),
        ('"hello world"', "hello\nworld", True),
        ("艾力·买买提", "艾力·买买提江", True),
        ("艾力·买买提", "艾力 买买提", False),
        ("cat", "concatenate", False),
        ("سىن", "سىنجاڭ", False),
        ("c++", "C++ code", True),
        ("c++", "c code", False),
    ],
)
def test_a_literal_is_found_as_it_stands(shelf: Shelf, query: str, text: str, *, found: bool) -> None:
    shelf.put("a", text)
    result = shelf.find(query)
    assert (result.total, len(result.hits)) == ((1, 1) if found else (0, 0))


def test_the_total_counts_an_address_in_every_place_of_its_artifact(shelf: Shelf) -> None:
    shelf.put("a", "王小明")
    shelf.put("b", "王小明和王小明", (("page=1&line=1", 0), ("page=1&line=2", 4)))
    shelf.put_cells("c", ["王小明", "别人", "王小明"])
    shelf.index.commit()
    wanted = parse("王小明")
    for limit in (0, 1):
        places = {"b": 3, "c": 2}
        result = find(shelf.index, wanted, shelf.texts_of, limit=limit, places=places)
        assert result.total == 1 + 2 * 3 + 2 * 2


def marked(hit: Hit) -> list[str]:
    return [hit.snippet[start:end] for start, end in hit.highlights]


def test_the_match_is_marked_in_the_original_text(shelf: Shelf) -> None:
    shelf.put("a", "前言" * 100 + "ＡＢＣ见張\n三，又见张三" + "后记" * 100)
    (hit,) = shelf.find("张三").hits
    assert marked(hit) == ["張\n三", "张三"]
    assert hit.snippet.startswith("前言")
    assert hit.snippet.endswith("后记")
    assert len(hit.snippet) == 120
    (hit,) = shelf.find("abc").hits
    assert marked(hit) == ["ＡＢＣ"]


def test_overlapping_matches_are_marked_as_one(shelf: Shelf) -> None:
    shelf.put("a", "哈哈哈，哈哈")
    (hit,) = shelf.find("哈哈").hits
    assert marked(hit) == ["哈哈哈", "哈哈"]


def test_a_hit_by_simplification_alone_says_so(shelf: Shelf) -> None:
    for artifact, text in (("a", "張三"), ("b", "张三"), ("c", "張三和张三")):
        shelf.put(artifact, text)
    variants = {hit.artifact: hit.variant for hit in shelf.find("张三").hits}
    assert variants == {"a": "simplified", "b": None, "c": None}
    assert {hit.artifact for hit in shelf.find("张三", exact=True).hits} == {"b", "c"}
    assert {hit.artifact: hit.variant for hit in shelf.find("張三").hits} == {
        "a": None,
        "b": "simplified",
        "c": None,
    }


LINES = (("page=1&line=1", 0), ("page=1&line=2", 4), ("page=1&line=3", 7))


def test_a_match_across_lines_belongs_to_the_line_where_it_begins(shelf: Shelf) -> None:
    shelf.put("a", "见张三\n和张\n三丰，张三", LINES)
    result = shelf.find("张三")
    assert result.total == 3
    assert [(hit.part, hit.continues) for hit in result.hits] == [
        ("page=1&line=1", ()),
        ("page=1&line=2", ("page=1&line=3",)),
        ("page=1&line=3", ()),
    ]
    assert [marked(hit) for hit in result.hits] == [["张三"], ["张\n三"], ["张三"]]


def test_the_total_counts_addresses_also_beyond_the_limit(shelf: Shelf) -> None:
    for number in range(5):
        shelf.put(f"a{number}", "张三，\n张三\n张三", LINES)
        shelf.put(f"b{number}", "张三")
    for limit in (1, 2, 7, 20, 0):
        result = shelf.find("张三", limit=limit)
        assert result.total == 20
        assert len(result.hits) == (limit or 20)
        assert len({(hit.artifact, hit.part) for hit in result.hits}) == len(result.hits)


def test_words_in_different_lines_of_a_page_are_one_hit(shelf: Shelf) -> None:
    shelf.put("a", "李四见\n张三\nabc", LINES)
    shelf.put("b", "张三")
    result = shelf.find("张三 李四")
    assert [(hit.artifact, hit.part, hit.continues) for hit in result.hits] == [
        ("a", "page=1&line=1", ("page=1&line=2",))
    ]
    assert marked(result.hits[0]) == ["李四", "张三"]
    assert result.total == 1


def test_counting_cells_reads_no_more_texts_than_are_shown(shelf: Shelf) -> None:
    shelf.put_cells("a", ["张三"] * 200)
    result = shelf.find("张三", limit=10)
    assert (result.total, len(result.hits), shelf.asked) == (200, 10, 10)


def test_more_continuations_than_the_engine_takes_still_give_no_false_hit(shelf: Shelf) -> None:
    shelf.put("a", "".join(f"座{chr(code)} " for code in range(0x4E00, 0x9FA6)))
    shelf.put("b", "A座楼")
    shelf.put("c", "A楼 座楼")
    assert [hit.artifact for hit in shelf.find("A座").hits] == ["b"]


def test_a_deleted_artifact_gives_no_hit(shelf: Shelf) -> None:
    shelf.put("a", "张三")
    shelf.put_cells("b", ["张三"])
    assert shelf.find("张三").total == 2
    shelf.index.delete_artifacts(["a", "b"])
    assert shelf.find("张三") == Result(0, ())


def test_an_index_that_disagrees_with_the_text_is_stale(shelf: Shelf) -> None:
    shelf.put("a", "张三")
    shelf.texts["a", "para=1"] = "李四"
    with pytest.raises(StaleIndex):
        shelf.find("张三")


def test_a_snippet_cuts_no_number(shelf: Shelf) -> None:
    before, after = "13912345678", "990101 19800101 1234"
    shelf.put("a", f"head {before} {'，' * 33} 艾力·买买提 {'。' * 60} {after} tail")
    (hit,) = shelf.find("艾力·买买提").hits
    assert hit.snippet.startswith(before)
    assert hit.snippet.endswith(after)
