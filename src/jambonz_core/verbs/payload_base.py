"""What every typed payload shares: the raw dict, and reading it without ever failing.

A payload wraps the dict that came over the wire and reads a field when it is asked for. Making one costs the
same whether it has three fields or thirty, and nothing that a server sends can make it fail: a field that is
missing, or of another kind than documented, reads as None, as an empty object, or as an empty tuple. What no
class knows is in `raw`.

Payloads are frozen. Their `repr` shows field names and no values, because values are what callers said and
dialled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

P = TypeVar("P", bound="Payload")


class Payload:
    """The base of all typed payloads."""

    __slots__ = ("_cut", "_raw")

    def __init__(self, raw: Mapping[str, Any] | None = None, *, cut: Any = None) -> None:
        self._raw: Mapping[str, Any] = raw if raw is not None else {}
        self._cut = cut

    @classmethod
    def from_payload(cls, payload: object, *, cut: Any = None) -> Self:
        """Wrap the `data` of a message; anything that is not an object counts as an empty one."""
        # The exact type first: it is the usual one, and to ask for a mapping takes much longer.
        return cls(payload if type(payload) is dict or isinstance(payload, Mapping) else {}, cut=cut)

    @property
    def raw(self) -> Mapping[str, Any]:
        """The payload as it came, every field included."""
        return self._raw

    @property
    def cut(self) -> Any:
        """The speech that this interrupted, when it is the hook of a barge-in during one; else None."""
        return self._cut

    def __bool__(self) -> bool:
        """Whether there was anything in it: an object that was left out reads as an empty one."""
        return bool(self._raw)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._raw == self._raw if isinstance(other, Payload) else False

    def __hash__(self) -> int:
        return hash((type(self), *sorted(self._raw)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._raw)})"


def text(raw: Mapping[str, Any], name: str) -> str | None:
    """A string; a number is read as one, because digits come as either from some servers."""
    value = raw.get(name)
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def number(raw: Mapping[str, Any], name: str) -> float | None:
    """A number, also one that came as a string."""
    value = raw.get(name)
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return None


def whole(raw: Mapping[str, Any], name: str) -> int | None:
    """A whole number, also one that came as a string."""
    value = number(raw, name)
    return int(value) if value is not None and value % 1 == 0 else None


def flag(raw: Mapping[str, Any], name: str) -> bool | None:
    """True or false."""
    value = raw.get(name)
    return value if isinstance(value, bool) else None


def free(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object with names of its own."""
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def nested(raw: Mapping[str, Any], name: str, kind: type[P]) -> P:
    """An object with a class of its own; an empty one when there is none."""
    return kind.from_payload(raw.get(name))


def items(raw: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    """The items of an array."""
    value = raw.get(name)
    return tuple(value) if isinstance(value, list) else ()


def nested_items(raw: Mapping[str, Any], name: str, kind: type[P]) -> tuple[P, ...]:
    """The items of an array of objects."""
    return tuple(kind.from_payload(item) for item in items(raw, name))
