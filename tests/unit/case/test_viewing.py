"""Looking behind the mask: who, why, which and how many stand in the log before anybody sees a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proofroom.case import Case, viewing
from proofroom.model.custody import Act
from proofroom.receive.custody import CustodyLog
from proofroom.receive.keys import Keys


def test_every_look_behind_the_mask_is_on_record_before_it_is_given(
    case: Path, tmp_path: Path, receive: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stick").mkdir()
    for number in range(297):
        (tmp_path / "stick" / f"{number:03}.txt").write_text(f"file {number}")
    receive(case, tmp_path / "stick")
    Case.open(case, writing=True, plain_disk="a test").close()
    log = CustodyLog.open(case, Keys.open(case / "keys"))

    def looks() -> list[dict[str, Any]]:
        return [dict(event.facts) for event in log.events() if event.act is Act.REVEAL]

    with Case.open(case) as opened, opened.scope("checking a list", "artifacts") as view:
        lines = view.artifacts(limit=7)
        assert looks() == []
        next(lines)
        assert looks() == [
            {
                "what": "artifacts",
                "why": "checking a list",
                "selection": {"state": None, "limit": 7},
                "lines": 7,
            }
        ]
        monkeypatch.setattr(viewing, "_TOGETHER", 100)
        assert len(list(view.artifacts())) == 300
        assert [look["lines"] for look in looks()] == [7, 100, 100, 100]
        assert list(view.artifacts("locked")) == []
    assert looks()[-1]["selection"] == {"state": "locked", "limit": 0}
    assert looks()[-1]["lines"] == 0
    assert Case.verify(case)["ok"]
