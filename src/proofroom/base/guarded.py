"""Two guarded types: text and bytes nobody trusts, and values that must not be shown by accident.

`UntrustedText` and `UntrustedBytes` are names the type checker sees: they may not travel unnoticed.
`Sensitive` is a plain slotted class and no dataclass, because `dataclasses.asdict` opens dataclasses
(measured): it cannot be printed, logged, pickled, copied into JSON or formatted.
"""

from __future__ import annotations

from typing import Generic, NewType, NoReturn, TypeVar

UntrustedText = NewType("UntrustedText", str)
UntrustedBytes = NewType("UntrustedBytes", bytes)

T = TypeVar("T")
WITHHELD = "<withheld>"


class Sensitive(Generic[T]):
    """A value that identifies somebody: it prints as <withheld> and is opened only on purpose."""

    __slots__ = ("_held",)

    def __init__(self, held: T) -> None:
        """Take the value in."""
        self._held = held

    def open_for_reveal(self) -> T:
        """Give the value out; only the case's one rendering function may call this."""
        return self._held

    def __repr__(self) -> str:
        """Show that something is withheld, never what."""
        return WITHHELD

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        """Show that something is withheld, whatever format was asked for."""
        return WITHHELD

    def __eq__(self, other: object) -> bool:
        """Compare the held values, so that rooms can group and join."""
        return isinstance(other, Sensitive) and bool(self._held == other._held)

    def __hash__(self) -> int:
        """Hash the held value, so that rooms can group and join."""
        return hash((Sensitive, self._held))

    def __reduce__(self) -> NoReturn:
        """Refuse pickling and deep copying (which `dataclasses.asdict` does)."""
        message = "a sensitive value is not pickled or copied"
        raise TypeError(message)

    def __copy__(self) -> NoReturn:
        """Refuse copying."""
        message = "a sensitive value is not pickled or copied"
        raise TypeError(message)
