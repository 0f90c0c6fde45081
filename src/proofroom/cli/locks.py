"""What was tried on a locked file, in words for people."""

from __future__ import annotations

from typing import Any

_SORTS = {
    "default": "the program's own",
    "fitted": "opened another file",
    "given": "given by a person",
    "name": "in a name",
    "text": "in a text",
}


def told(line: dict[str, Any]) -> str:
    """Say of one file in words what opened it, how many passwords were tried, and what was left."""
    said = [f"opened by {shown(one['password'])} ({_SORTS[one['source']]})" for one in line["opened_by"]]
    if line["tried"]:
        sorts = [f"{count:,} {_SORTS[sort]}" for sort, count in line["tried_by"].items()]
        said.append(f"{line['tried']:,} tried ({', '.join(sorts) or 'in vain'})")
    if line["cut"]:
        said.append(f"{line['left']:,} left by the limit password_attempts: `proofroom unlock` goes on")
    return "; ".join(said) or "nothing was tried"


def shown(password: Any) -> str:
    """Give what stands for a password on a screen."""
    name: str = password["as"] if isinstance(password, dict) else password or "a default"
    return name
