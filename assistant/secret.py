"""A value that must not be seen: it shows itself as stars wherever it is printed."""

from __future__ import annotations

from typing import Final

_MASK: Final = "***"


class Secret:
    """A key or a password. Only ``reveal`` gives it away.

    No dataclass, so that ``dataclasses.asdict`` doesn't open it; ``json.dumps`` refuses it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one place that sends it."""
        return self._value

    def scrub(self, text: str) -> str:
        """``text`` with the value masked: a server may repeat a key in what it says."""
        return text.replace(self._value, _MASK) if self._value else text

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return f"Secret({_MASK!r})" if self._value else "Secret()"

    __str__ = __repr__
