"""What every typed payload shares: the raw dict, and reading it without ever failing.

A payload wraps the dict that came over the wire and reads a field when it is asked for. Making one costs the
same whether it has three fields or thirty, and nothing that a server sends can make it fail: a field that is
missing, or of another kind than documented, reads as None, as an empty object, or as an empty tuple. What no
class knows is in `raw`.

A field is a property that `text` and its like make: ``digits: Field[str | None] = text("digits")``, where
type checkers see a descriptor.

Payloads are frozen. Their `repr` shows field names and no values, because values are what callers said and
dialled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Never, Protocol, Self, TypeVar, overload

PayloadT = TypeVar("PayloadT", bound="Payload")
ValueT = TypeVar("ValueT")
ValueT_co = TypeVar("ValueT_co", covariant=True)


class CutSpeech(Protocol):
    """What is known of a speech that was cut off."""

    @property
    def accepted(self) -> str:
        """What the server had taken: the caller has heard a beginning of this."""
        ...

    @property
    def discarded(self) -> str:
        """The text that the server had not taken; the caller has heard none of this."""
        ...

    @property
    def spoken(self) -> str | None:
        """What the caller heard, where the server reported it (`trackTtsPlayout`), else None."""
        ...


class Payload:
    """The base of all typed payloads."""

    __slots__ = ("_cut", "_raw")

    def __init__(self, raw: Mapping[str, Any] | None = None, *, cut: CutSpeech | None = None) -> None:
        self._raw: Mapping[str, Any] = raw if raw is not None else {}
        self._cut = cut

    @classmethod
    def from_payload(cls, payload: object, *, cut: CutSpeech | None = None) -> Self:
        """Wrap the `data` of a message; anything that is not an object counts as an empty one."""
        # The exact type first: it is the usual one, and to ask for a mapping takes much longer.
        return cls(payload if type(payload) is dict or isinstance(payload, Mapping) else {}, cut=cut)

    @property
    def raw(self) -> Mapping[str, Any]:
        """The payload as it came, every field included."""
        return self._raw

    @property
    def cut(self) -> CutSpeech | None:
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


if TYPE_CHECKING:

    class Field(Generic[ValueT_co]):
        """A field of a payload, which cannot be assigned to."""

        def __init__(self, read: Callable[[Any], ValueT_co], /) -> None: ...
        @overload
        def __get__(self, payload: None, kind: type, /) -> Self: ...
        @overload
        def __get__(self, payload: Payload, kind: type, /) -> ValueT_co: ...
        def __get__(self, payload: Any, kind: Any, /) -> Any: ...
        def __set__(self, payload: Payload, value: Never, /) -> None: ...

else:
    Field = property


def field(name: str, read: Callable[[Any], ValueT]) -> Field[ValueT]:
    """The field of this name, made what it is to be by `read`, which gets None where it is missing."""
    return Field(lambda payload: read(payload._raw.get(name)))


def text(name: str) -> Field[str | None]:
    """A field that holds a string."""
    return field(name, as_text)


def number(name: str) -> Field[float | None]:
    """A field that holds a number."""
    return field(name, as_number)


def whole(name: str) -> Field[int | None]:
    """A field that holds a whole number."""
    return field(name, as_whole)


def flag(name: str) -> Field[bool | None]:
    """A field that holds true or false."""
    return field(name, as_flag)


def free(name: str) -> Field[dict[str, Any]]:
    """An object with names of its own."""
    return field(name, as_object)


def items(name: str) -> Field[tuple[Any, ...]]:
    """A field that holds an array, read as a tuple of its items."""
    return field(name, as_items)


def nested(name: str, kind: type[PayloadT]) -> Field[PayloadT]:
    """An object with a class of its own; an empty one when there is none."""
    return field(name, kind.from_payload)


def nested_items(name: str, kind: type[PayloadT]) -> Field[tuple[PayloadT, ...]]:
    """The items of an array of objects."""
    return field(name, lambda value: tuple(map(kind.from_payload, as_items(value))))


def anything(name: str) -> Field[Any]:
    """Whatever it is; None when it is missing."""
    return field(name, lambda value: value)


def as_text(value: object) -> str | None:
    """A string; a number is read as one, because digits come as either from some servers."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def as_number(value: object) -> float | None:
    """A number, also one that came as a string."""
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


def as_whole(value: object) -> int | None:
    """A whole number, also one that came as a string."""
    read = as_number(value)
    return int(read) if read is not None and read % 1 == 0 else None


def as_flag(value: object) -> bool | None:
    """The value if it is true or false, else None."""
    return value if isinstance(value, bool) else None


def as_object(value: object) -> dict[str, Any]:
    """An object; an empty one when it is none."""
    return value if isinstance(value, dict) else {}


def as_items(value: object) -> tuple[Any, ...]:
    """The items of an array; none when it is no array."""
    return tuple(value) if isinstance(value, list) else ()
