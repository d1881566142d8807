"""JSON at the edge: one way in, one way out.

Measured with CPython 3.11 on one core, in microseconds:

| | `json` | `msgspec` 0.22 | `orjson` 3.13 |
| --- | --- | --- | --- |
| parse a `verb:hook` of 1.2 KB | 9.3 | 2.6 | 2.5 |
| write an ack with three verbs | 5.9 | 0.65 | 0.44 |

The two fast ones are alike, and both refuse what is not strictly JSON. `msgspec` was chosen because events
and saved state are its structs anyway (`wire/events.py` tells why), so one library serves for all of it.

Coming in, the strict parser is tried first and the standard library second. The second try is for what
JavaScript legally sends and a strict parser refuses: strings with half a surrogate pair (a transcript cut in
the middle of an emoji) and numbers without bound. Going out we are strict: a string that cannot be UTF-8 has
its broken characters replaced, because one such character would otherwise make a whole verb array unsendable.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import msgspec

from jambonz_core.wire.errors import LocalProtocolError, RemoteProtocolError
from jambonz_core.wire.limits import MESSAGE_MARKS

_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()

_NOT_COUNTED = 64 * 1024
"""A message of so many characters takes at most as long to parse as a larger one within `MESSAGE_MARKS`."""

_FIELDS_WEIGHED = 256
"""How many fields of an object that is too large are looked at. A `session:new` has about thirty."""


def decode(text: str | bytes, *, bounded: bool = True) -> dict[str, Any]:
    """Parse one message; `RemoteProtocolError` for anything that is not a JSON object.

    So is a large one that has more than `MESSAGE_MARKS`, unless `bounded` is false: what this side has saved
    is read whatever it is.

    >>> decode('{"type": "verb:hook"}')
    {'type': 'verb:hook'}
    """
    if len(text) > _NOT_COUNTED and bounded:
        _check_marks(text)
    try:
        message = _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        message = _decode_tolerantly(text)
    except RecursionError:
        raise RemoteProtocolError("a message is nested too deeply to be parsed") from None
    if type(message) is not dict:
        raise RemoteProtocolError(
            f"a message must be a JSON object, and this one is a {type(message).__name__}"
        )
    return message


def encode(message: Any) -> str:
    """Write one message as compact JSON that is always valid UTF-8.

    >>> encode({"type": "ack", "msgid": "1", "data": []})
    '{"type":"ack","msgid":"1","data":[]}'
    """
    try:
        return _encoder.encode(message).decode()
    except UnicodeEncodeError:
        return _encoder.encode(_repair(message)).decode()
    except (TypeError, OverflowError, ValueError, RecursionError) as error:
        raise LocalProtocolError(f"this cannot be written as JSON: {error}") from error


def _check_marks(text: str | bytes) -> None:
    """Raise where a message has too many brackets, braces and commas: they tell how much there is to parse.

    Those in strings count for nothing: a string may be a document of its own.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    if _marks(text) <= MESSAGE_MARKS:
        return
    # No string that is opened has a backslash before its quote, so there are at least so many. Few enough,
    # they can be taken out.
    strings = (text.count('"') - text.count('\\"')) // 2
    if strings <= MESSAGE_MARKS:
        pieces = text.replace("\\\\", "").replace('\\"', "").split('"')
        if _marks("".join(pieces[::2])) <= MESSAGE_MARKS:
            return
    raise RemoteProtocolError(
        f"a message has more brackets, braces and commas than MESSAGE_MARKS ({MESSAGE_MARKS})"
    )


def _marks(text: str) -> int:
    """What opens an array or an object, and what stands between two values."""
    return text.count("[") + text.count("{") + text.count(",")


def _decode_tolerantly(text: str | bytes) -> Any:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise RemoteProtocolError(f"this is not JSON: {error}") from None


def _repair(value: Any) -> Any:
    """The same value with every string sendable: halves of a pair joined, a lone half replaced."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_repair(key): _repair(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_repair(item) for item in value]
    return value


def encoded_size(value: Any) -> int:
    """How many bytes of UTF-8 a value takes as JSON.

    >>> encoded_size("é")
    4
    """
    return len(encode(value).encode())


def size_as_json(value: Any, *, otherwise: int = 0) -> int:
    """The same for what came in: where it could just so be read, and cannot be written, it is `otherwise`."""
    try:
        return encoded_size(value)
    except LocalProtocolError:
        return otherwise


def fields_that_fit(data: dict[str, Any], room: int) -> tuple[dict[str, Any], str]:
    """As many fields as take no more than `room` bytes as JSON, the smallest first; and the others' names.

    Of an object with very many fields only the first are looked at, because each is measured by itself.

    >>> fields_that_fit({"a": 1, "b": "too long", "c": 2}, 12)
    ({'a': 1, 'c': 2}, 'b')
    """
    weighed = islice(data.items(), _FIELDS_WEIGHED)
    sizes = {name: size_as_json({name: value}, otherwise=room + 2) for name, value in weighed}
    kept: set[str] = set()
    for name in sorted(sizes, key=sizes.__getitem__):
        room -= sizes[name] - 1
        if room < 0:
            break
        kept.add(name)
    fitting = {name: value for name, value in data.items() if name in kept}
    return fitting, ", ".join(name for name in data if name not in kept)
