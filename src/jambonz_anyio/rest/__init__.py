"""The REST API of jambonz: place calls, steer them, and manage what an account has.

httpx carries it and is an optional dependency: ``pip install 'jambonz-anyio[rest]'``. This package imports
without it; using a client then says so. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jambonz_anyio.rest._exchange import ClientClosed
    from jambonz_anyio.rest.client import JambonzClient, SyncJambonzClient
    from jambonz_core.rest.fields import CLEAR
    from jambonz_core.rest.retry import NO_RETRIES, RetryPolicy
    from jambonz_core.rest.settings import Timeouts
    from jambonz_core.rest.targets import phone, sip, teams, user

_HOMES = {
    "JambonzClient": "jambonz_anyio.rest.client",
    "SyncJambonzClient": "jambonz_anyio.rest.client",
    "RetryPolicy": "jambonz_core.rest.retry",
    "NO_RETRIES": "jambonz_core.rest.retry",
    "Timeouts": "jambonz_core.rest.settings",
    "CLEAR": "jambonz_core.rest.fields",
    "phone": "jambonz_core.rest.targets",
    "user": "jambonz_core.rest.targets",
    "sip": "jambonz_core.rest.targets",
    "teams": "jambonz_core.rest.targets",
    "ClientClosed": "jambonz_anyio.rest._exchange",
}
"""The module that each name comes from."""

__all__ = [
    "JambonzClient",
    "SyncJambonzClient",
    "RetryPolicy",
    "NO_RETRIES",
    "Timeouts",
    "CLEAR",
    "phone",
    "user",
    "sip",
    "teams",
    "ClientClosed",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
