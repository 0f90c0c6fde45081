"""Proofroom turns a leaked document cache into evidence anyone can check."""

from __future__ import annotations

__version__ = "0.1.0.dev0"
