"""Merkle trees as in RFC 6962 and RFC 9162: roots, and proofs that an entry or an older tree is inside.

Leaves are hashed with a 00 before them and nodes with a 01, so that neither passes as the other. Checks
raise `ValueError` and never return False: a caller cannot forget to look. Pure functions over bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

HASH: Final = 32
"""Bytes in a hash; a proof with any other length is refused."""

EMPTY: Final = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash a log entry as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows: it keeps one hash per complete subtree, O(log n) in all."""

    def __init__(self) -> None:
        """Begin with no leaves."""
        self.size = 0
        self._complete: list[bytes] = []

    def copy(self) -> Tree:
        """Give a tree that grows on its own from here."""
        other = Tree()
        other.size, other._complete = self.size, list(self._complete)
        return other

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the right."""
        place = self.size
        self.size += 1
        while place & 1:
            leaf = node_hash(self._complete.pop(), leaf)
            place >>= 1
        self._complete.append(leaf)

    def root(self) -> bytes:
        """Give the root over all leaves so far."""
        if not self._complete:
            return EMPTY
        root = self._complete[-1]
        for left in reversed(self._complete[:-1]):
            root = node_hash(left, root)
        return root


def root(leaves: Iterable[bytes]) -> bytes:
    """Give the root over leaf hashes."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Give the proof that the leaf at `index` is in the tree over all leaves (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < len(leaves):
        raise ValueError("the leaf is outside the tree")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Check that a leaf hash stands at `index` of a tree of `size` with that root (RFC 9162, 2.1.3.2)."""
    _check_lengths([leaf, expected, *proof])
    if not 0 <= index < size:
        raise ValueError("the leaf is outside the tree")
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ValueError("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ValueError("the proof is too short")
    if found != expected:
        raise ValueError("the leaf is not in the tree")


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """Give the proof that the tree over the first `old` leaves is the beginning of this one (2.1.4.1)."""
    if not 0 <= old <= len(leaves):
        raise ValueError("the older tree is larger than the newer")
    if old in (0, len(leaves)):
        return []
    return _subproof(leaves, old, whole=True)


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that a tree of `old` leaves is the beginning of one of `new` leaves (RFC 9162, 2.1.4.2)."""
    _check_lengths([old_root, new_root, *proof])
    if not 0 <= old <= new:
        raise ValueError("the older tree is larger than the newer")
    if old in (0, new):
        _check_trivial(old, new, old_root, new_root, proof)
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise ValueError("the proof is empty")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ValueError("the proof is too long")
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ValueError("the proof is too short")
    if first != old_root or second != new_root:
        raise ValueError("the older tree is not the beginning of the newer")


def _check_trivial(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check the two cases that need no proof: an empty older tree, and equal trees."""
    if proof:
        raise ValueError("a proof where none is needed")
    if old == 0 and old_root != EMPTY:
        raise ValueError("an empty tree has another root")
    if old == new and old_root != new_root:
        raise ValueError("two roots for one size")


def _subproof(leaves: Sequence[bytes], old: int, *, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if old <= split:
        return [*_subproof(leaves[:split], old, whole=whole), root(leaves[split:])]
    return [*_subproof(leaves[split:], old - split, whole=False), root(leaves[:split])]


def _split(size: int) -> int:
    """Give the largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def _check_lengths(hashes: Sequence[bytes]) -> None:
    if any(len(one) != HASH for one in hashes):
        raise ValueError("a hash that is not 32 bytes long")
