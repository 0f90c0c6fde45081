"""Merkle trees: the roots of RFC 6962, the public vectors, another implementation, and every proof there is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofroom.base import merkle
from proofroom.base.merkle import Tree, consistency_proof, inclusion_proof, leaf_hash, root

# The entries and roots that the implementations of Certificate Transparency are tested with.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
leaves_of = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


@pytest.mark.parametrize("size", ROOTS)
def test_the_root_is_that_of_certificate_transparency(size: int) -> None:
    assert root(leaf_hash(entry) for entry in ENTRIES[:size]).hex() == ROOTS[size]


def vector_of(corpora: Path, kind: str) -> list[tuple[str, dict[str, Any]]]:
    folder = corpora / "merkle-vectors" / kind
    found = [(str(path.relative_to(folder)), json.loads(path.read_text())) for path in folder.rglob("*.json")]
    assert found
    return found


def agrees(check: Callable[[], None], *, wanted: bool) -> bool:
    try:
        check()
    except ValueError:
        return not wanted
    return wanted


@pytest.mark.corpora
def test_the_public_inclusion_vectors_agree(corpora: Path) -> None:
    def check(vector: dict[str, Any]) -> None:
        proof = [base64.b64decode(one) for one in vector["proof"] or ()]
        leaf, expected = base64.b64decode(vector["leafHash"]), base64.b64decode(vector["root"])
        merkle.verify_inclusion(leaf, vector["leafIdx"], vector["treeSize"], proof, expected)

    wrong = [
        name
        for name, vector in vector_of(corpora, "inclusion")
        if not agrees(lambda vector=vector: check(vector), wanted=not vector["wantErr"])  # type: ignore[misc]
    ]
    assert wrong == []


@pytest.mark.corpora
def test_the_public_consistency_vectors_agree(corpora: Path) -> None:
    def check(vector: dict[str, Any]) -> None:
        proof = [base64.b64decode(one) for one in vector["proof"] or ()]
        old, new = base64.b64decode(vector["root1"]), base64.b64decode(vector["root2"])
        merkle.verify_consistency(vector["size1"], vector["size2"], old, new, proof)

    wrong = [
        name
        for name, vector in vector_of(corpora, "consistency")
        if not agrees(lambda vector=vector: check(vector), wanted=not vector["wantErr"])  # type: ignore[misc]
    ]
    assert wrong == []


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=40))
def test_another_implementation_gives_the_same_root(entries: list[bytes]) -> None:
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        other.append_entry(entry)
    assert root(leaf_hash(entry) for entry in entries) == other.get_root()


@given(leaves_of)
def test_a_tree_that_grows_has_the_root_of_the_whole_at_every_size(leaves: list[bytes]) -> None:
    tree = Tree()
    for size, leaf in enumerate(leaves, 1):
        before = tree.copy()
        tree.append(leaf)
        assert tree.root() == root(leaves[:size])
        assert before.root() == root(leaves[: size - 1])


@given(leaves_of, st.data())
def test_an_inclusion_proof_holds_for_its_leaf_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, top = inclusion_proof(leaves, index), root(leaves)
    merkle.verify_inclusion(leaves[index], index, len(leaves), proof, top)
    other = bytes([leaves[index][0] ^ 1]) + leaves[index][1:]
    with pytest.raises(ValueError, match="not in the tree"):
        merkle.verify_inclusion(other, index, len(leaves), proof, top)


@given(leaves_of, st.data())
def test_a_consistency_proof_holds_for_its_trees_and_no_others(
    leaves: list[bytes], data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, len(leaves)))
    proof, first, second = consistency_proof(leaves, old), root(leaves[:old]), root(leaves)
    merkle.verify_consistency(old, len(leaves), first, second, proof)
    changed = bytes([first[0] ^ 1]) + first[1:]
    with pytest.raises(ValueError, match=r"\w"):
        merkle.verify_consistency(old, len(leaves), changed, second, proof)


@given(leaves_of, st.data())
def test_a_bent_proof_is_refused(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, top = inclusion_proof(leaves, index), root(leaves)
    bent = [[*proof, bytes(32)], [bytes(32), *proof], [*proof, b""], [*proof, b"\x00" * 33]]
    bent += [proof[:-1], proof[1:], [*proof[:-1], bytes(31)]] if proof else []
    for one in bent:
        with pytest.raises(ValueError, match=r"\w"):
            merkle.verify_inclusion(leaves[index], index, len(leaves), one, top)


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (0, 0), (5, 3)])
def test_a_leaf_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        merkle.verify_inclusion(bytes(32), index, size, [], bytes(32))
    with pytest.raises(ValueError, match="outside"):
        inclusion_proof([bytes(32)] * size, index)


def test_a_node_does_not_pass_as_a_leaf() -> None:
    first, second = leaf_hash(b"one"), leaf_hash(b"two")
    node = merkle.node_hash(first, second)
    assert leaf_hash(first + second) != node
    with pytest.raises(ValueError, match="not in the tree"):
        merkle.verify_inclusion(leaf_hash(first + second), 0, 1, [], node)


def test_an_older_tree_that_is_larger_is_refused() -> None:
    with pytest.raises(ValueError, match="larger"):
        merkle.verify_consistency(2, 1, bytes(32), bytes(32), [])
    with pytest.raises(ValueError, match="larger"):
        consistency_proof([bytes(32)], 2)
