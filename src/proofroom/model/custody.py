"""Events of the custody log: every act that touched a case, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Act(StrEnum):
    """What was done; the words stand in the log and never change their meaning."""

    CASE_CREATED = "case-created"
    CASE_SETTINGS = "case-settings"
    NO_PASSPHRASE = "no-passphrase"  # noqa: S105 - the name of an act
    PLAIN_DISK = "plain-disk"
    WEAK_SANDBOX = "weak-sandbox"
    MEMBER_ADDED = "member-added"
    MEMBER_RETIRED = "member-retired"
    DELIVERY_BEGUN = "delivery-begun"
    DELIVERY_RESUMED = "delivery-resumed"
    RECEIVED = "received"
    DELIVERY_ENDED = "delivery-ended"
    RUN_STARTED = "run-started"
    RUN_RESUMED = "run-resumed"
    RUN_ENDED = "run-ended"
    PASSWORDS_ADDED = "passwords-added"
    PASSWORDS_REMOVED = "passwords-removed"
    PASSWORD_FITTED = "password-fitted"  # noqa: S105 - the name of an act
    REVEAL = "reveal"
    REDO = "redo"
    OCR_ASKED = "ocr-asked"
    OCR_IMPORTED = "ocr-imported"
    OCR_PREFERRED = "ocr-preferred"
    OCR_REDO = "ocr-redo"


@dataclass(frozen=True, slots=True)
class Event:
    """One act: what, when (RFC 3339, UTC, to the second), by which handle, and the facts that belong to it."""

    act: Act
    time: str
    by: str
    facts: Mapping[str, Any]
