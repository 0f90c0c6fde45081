"""The case: the one door through which command line, web and notebook reach a leak."""

from __future__ import annotations

from proofroom.case.door import Case

__all__ = ["Case"]
