"""Plain JSON out of what programs hand in, detached from it.

A verb waits in a chain until it is sent. So it is copied when it is given: what the program does to its dict
afterwards no longer reaches it. The copy is also where everything that JSON cannot hold is refused, with its
path, because the place that would notice it otherwise is the encoder, long after the line that made the
mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from math import isfinite
from typing import Any

SCALARS = frozenset({str, bool})
"""Exact types that are already plain. Numbers are not: some are none, some too large for the server."""

LARGEST = 1.7976931348623157e308
"""The server is JavaScript, where a larger integer becomes Infinity."""


_KINDS: dict[type, str] = {
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def json_kind(value: Any) -> str:
    """What JSON calls a value, for messages to whoever wrote it.

    >>> json_kind(None), json_kind([]), json_kind(object())
    ('null', 'an array', 'object')
    """
    return _KINDS.get(type(value), type(value).__name__)


class NotPlain(Exception):
    """Something that JSON cannot hold; `path` leads to it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path: list[str | int] = []


def plain(value: Any) -> Any:
    """A copy of a value that consists of JSON's types alone; `NotPlain` if there is none.

    Tuples become arrays, members of an `Enum` their value, other mappings objects; nothing else is converted.
    """
    kind = type(value)
    if kind in SCALARS or value is None:
        return value
    if kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise NotPlain("the integer is larger than any number of the server")
        return value
    if kind is list or kind is tuple:
        return _array(value)
    if kind is dict:
        return _object(value)
    if kind is float:
        if not isfinite(value):
            raise NotPlain(f"{value} is not a number in JSON")
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return _object(value)
    for base in (str, int, float):
        if isinstance(value, base):
            return plain(base(value))
    raise NotPlain(f"a {kind.__name__} has no form in JSON")


def _object(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    copy: dict[str, Any] = {}
    for name, value in mapping.items():
        if type(name) is not str:
            raise NotPlain(f"the key {name!r} is not a string")
        if type(value) in SCALARS:
            copy[name] = value
            continue
        try:
            copy[name] = plain(value)
        except NotPlain as error:
            error.path.insert(0, name)
            raise
    return copy


def _array(items: list[Any] | tuple[Any, ...]) -> list[Any]:
    copy = list(items)
    for index, value in enumerate(copy):
        if type(value) in SCALARS:
            continue
        try:
            copy[index] = plain(value)
        except NotPlain as error:
            error.path.insert(0, index)
            raise
    return copy
