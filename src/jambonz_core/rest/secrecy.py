"""What must not be shown: passwords, keys and tokens that travel through the REST API.

The API returns several of them in clear: carrier passwords, webhook secrets, API keys. Rows are therefore
dicts of a class of their own, `Record`, whose values are what the server sent and whose repr covers what is
secret, so that a `print(account)` or a log line with a row in it gives nothing away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MASK = "***"

_SECRET_NAME = re.compile(
    r"(password|secret|token|api_?key|access_?key(_id)?|service_?key|client_?key|private_?key|credential|"
    r"connection_string|authorization|env_vars)$",
    re.IGNORECASE,
)
_SHORTEST = 4
"""Values shorter than this are not searched for in messages: masking every "1" would hide the message."""


def is_secret(name: str) -> bool:
    """Whether a field of this name holds something that must not be shown."""
    return _SECRET_NAME.search(name) is not None


def masked(value: Any) -> Any:
    """A copy of a JSON value in which secrets are covered."""
    if isinstance(value, Mapping):
        return {
            key: _covered(item) if isinstance(key, str) and is_secret(key) else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [masked(item) for item in value]
    return value


def _covered(value: Any) -> Any:
    # What is inside a credential object is told field by field; names alone give nothing away.
    if isinstance(value, Mapping):
        return {key: _covered(item) for key, item in value.items()}
    return value if value is None or value == "" or isinstance(value, bool) else MASK


def secret_values(value: Any) -> Iterator[str]:
    """Every secret string inside a JSON value."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str) and is_secret(key):
                yield from _strings(item)
            else:
                yield from secret_values(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from secret_values(item)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)


def redacted(value: Any, secrets: Iterable[str]) -> Any:
    """A JSON value or a text without those strings in it, and with secret fields covered."""
    # Longest first: a secret that contains another one must go as a whole.
    known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)
    return _without(masked(value), known)


def _without(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, dict):
        return {key: _without(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, secrets) for item in value]
    return value


class Record(dict[str, Any]):
    """A row of the API: a plain dict, but that its repr covers secrets.

    >>> Record(name="main", webhook_secret="wh_s3cr3t")
    {'name': 'main', 'webhook_secret': '***'}
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(masked(self))

    __str__ = __repr__
