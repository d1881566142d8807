"""Key casing on the way from the server to an application.

The server names things in camelCase and rewrites every key of a payload to snake_case before it leaves.
That goes through objects and arrays to any depth, and so it also rewrites keys that were never the
server's: SIP header names and the fields of speech and LLM vendors. Only what hangs under four keys is left
alone, key and value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

UNTOUCHED = frozenset({"customerData", "sip", "env_vars", "args"})
"""Keys that keep their spelling and their whole value, at any depth."""

_SPACE = re.compile(r"\s")
_SEPARATOR = re.compile(r"[_\-.:]")
_CAMEL = re.compile(r"[a-z][A-Z]|[A-Z][a-z]")
_HUMP = re.compile(r"(.)([A-Z]+)")
_BREAK = re.compile(r"[\W_]+(.|$)", re.ASCII)


def snake_case(key: str) -> str:
    """One key, as the server spells it on the wire.

    A run of capitals is taken apart letter by letter, except in a key that has separators already.

    >>> [snake_case(key) for key in ("sbcCallid", "X-CID", "content-type", "NBest", "callID")]
    ['sbc_callid', 'x_cid', 'content_type', 'n_best', 'call_i_d']
    """
    if _SPACE.search(key):
        words = key
    elif _SEPARATOR.search(key):
        words = _spread(key) or key
    elif _CAMEL.search(key):
        words = _HUMP.sub(lambda hump: f"{hump[1]} {' '.join(hump[2])}", key)
    else:
        words = key
    return _SPACE.sub("_", _spread(words.lower()).strip())


def snake_keys(value: Any) -> Any:
    """A payload with its keys as they travel; values are never changed.

    >>> snake_keys({"callSid": "c1", "customerData": {"userName": "x"}, "speech": [{"NBest": None}]})
    {'call_sid': 'c1', 'customerData': {'userName': 'x'}, 'speech': [{'n_best': None}]}
    """
    if isinstance(value, Mapping):
        return {
            key if key in UNTOUCHED else snake_case(key): item if key in UNTOUCHED else snake_keys(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [snake_keys(item) for item in value]
    return value


def _spread(text: str) -> str:
    return _BREAK.sub(lambda gap: f" {gap[1]}" if gap[1] else "", text)
