"""Reading answers: strictly about their shape, loosely about their values.

One and the same number is a number on one endpoint and text on another, a flag is 0, 1, true or "true", and
rows may be empty. What a field should be stands once, in the TypedDicts of `shapes`; the converters here are
made from those. A value that cannot be read as what it should be is left as it came, because one odd column
must not make a whole list unreadable. But an answer of another shape altogether (a text where a list belongs)
is an `UnexpectedAnswer` to the caller: there is nothing to go on with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

from jambonz_core.rest.errors import Misshapen
from jambonz_core.rest.request import Response
from jambonz_core.rest.secrecy import Record

T = TypeVar("T")

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_FLAGS: Mapping[Any, bool] = {"0": False, "1": True, "false": False, "true": True}


def _to_int(value: Any) -> Any:
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _to_bool(value: Any) -> Any:
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    return _FLAGS.get(value.strip().lower(), value) if isinstance(value, str) else value


def _to_str(value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _as_it_is(value: Any) -> Any:
    if isinstance(value, dict):
        return Record({key: _as_it_is(item) for key, item in value.items()})
    return [_as_it_is(item) for item in value] if isinstance(value, list) else value


@cache
def converter(hint: Any) -> Callable[[Any], Any]:
    """A function that brings a JSON value as near to the type `hint` as its content allows."""
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not NoneType]
        return converter(kinds[0]) if len(kinds) == 1 else _as_it_is
    if hint is int:
        return _to_int
    if hint is bool:
        return _to_bool
    if hint is str:
        return _to_str
    if get_origin(hint) is list:
        item = converter(get_args(hint)[0])
        return lambda value: [item(each) for each in value] if isinstance(value, list) else value
    if is_typeddict(hint):
        fields = {name: converter(kind) for name, kind in get_type_hints(hint).items()}
        return lambda value: (
            Record({key: fields.get(key, _as_it_is)(item) for key, item in value.items()})
            if isinstance(value, dict)
            else value
        )
    return _as_it_is


def json_of(response: Response) -> Any:
    """The JSON value of an answer."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        what = f"{len(response.content)} bytes of {response.content_type or 'unknown type'}"
        raise Misshapen(f"{what} instead of JSON") from None


def one(shape: type[T]) -> Callable[[Response], T]:
    """Make a reader of an answer that is one object of that shape."""
    kind: Any = shape
    read = converter(kind)

    def parse(response: Response) -> T:
        value = json_of(response)
        if not isinstance(value, dict):
            raise misshapen(value, "an object")
        return cast(T, read(value))

    return parse


def many(shape: type[T]) -> Callable[[Response], list[T]]:
    """Reads a list. Objects with nothing in them, which stand for records that have expired, are left out."""
    kind: Any = shape
    read = converter(kind)

    def parse(response: Response) -> list[T]:
        value = json_of(response)
        if not isinstance(value, list):
            raise misshapen(value, "a list")
        return rows_of(value, kind, read)

    return parse


def rows_of(values: list[Any], shape: Any, read: Callable[[Any], Any]) -> list[Any]:
    """The rows of a list: objects where objects belong, and none that are empty."""
    if is_typeddict(shape):
        for value in values:
            if not isinstance(value, dict):
                raise misshapen(value, "an object in the list")
    return [read(value) for value in values if value != {}]


def sid(response: Response) -> str:
    """Reads the answer to a creation: ``{"sid": …}``."""
    value = json_of(response)
    found = value.get("sid") if isinstance(value, dict) else None
    if not isinstance(found, str) or not found:
        raise misshapen(value, 'an object with "sid"')
    return found


def nothing(response: Response) -> None:
    """Reads an answer whose status says it all. What the body holds differs from server to server."""


def binary(response: Response) -> bytes:
    """The answer's body, as it came."""
    return response.content


def misshapen(value: Any, wanted: str) -> Misshapen:
    """The fault of an answer that is JSON of another shape."""
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "a flag", NoneType: "null"}
    return Misshapen(f"{kinds.get(type(value), 'a number')} instead of {wanted}")
