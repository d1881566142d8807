"""The REST API of jambonz: place calls, steer them, and manage what an account has.

httpx carries it and is an optional dependency: ``pip install 'jambonz-anyio[rest]'``. This package imports
without it; using a client then says so.
"""

from __future__ import annotations

from jambonz_anyio.rest._exchange import ClientClosed
from jambonz_anyio.rest.client import JambonzClient, SyncJambonzClient
from jambonz_core.rest import CLEAR, NO_RETRIES, RetryPolicy, Timeouts

__all__ = [
    "JambonzClient",
    "SyncJambonzClient",
    "CLEAR",
    "NO_RETRIES",
    "ClientClosed",
    "RetryPolicy",
    "Timeouts",
]
