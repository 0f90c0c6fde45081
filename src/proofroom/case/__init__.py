"""The case: the one door through which command line, web and notebook reach a leak."""

from __future__ import annotations

from proofroom.case.door import Case
from proofroom.receive.intake import QUESTIONS as INTAKE_QUESTIONS

__all__ = ["INTAKE_QUESTIONS", "Case"]
