"""Digests, Merkle trees, canonical JSON, signed notes and guarded types: they know nothing of leaks."""
