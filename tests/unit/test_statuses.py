"""The exit status of every failure is the one that `docs/spec/json.md` promises."""

from __future__ import annotations

import pytest

from proofroom import errors

STATUSES = {
    2: (
        "WrongUse BadQuery BadCondition BadRendering BadWhere BadIntake "
        "PlainDisk WeakSandbox BadSource BadCase CaseTooNew CaseBusy LockedKeys BadMember SystemRefused"
    ),
    1: "ProofroomError SourceLost CaseFull BadJournal BadSegment StaleIndex BrokenEvidence RefusedSql",
    4: "MissingTool",
}


@pytest.mark.parametrize("status", STATUSES)
def test_every_failure_has_the_status_that_is_promised(status: int) -> None:
    for name in STATUSES[status].split():
        assert getattr(errors, name).exit_status == status, name


def test_no_failure_is_without_a_promise() -> None:
    promised = {name for names in STATUSES.values() for name in names.split()}
    failures = {
        name
        for name, one in vars(errors).items()
        if isinstance(one, type) and issubclass(one, errors.ProofroomError)
    }
    assert failures == promised
