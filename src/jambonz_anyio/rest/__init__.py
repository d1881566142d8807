"""The REST API of jambonz: place calls, steer them, and manage what an account has.

httpx carries it and is an optional dependency: ``pip install 'jambonz-anyio[rest]'``. This package imports
without it; using a client then says so. Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jambonz_anyio.rest._exchange import ClientClosed
    from jambonz_anyio.rest._resources import Calls, Conferences, Queues
    from jambonz_anyio.rest.client import JambonzClient, SyncJambonzClient
    from jambonz_core.rest.fields import CLEAR
    from jambonz_core.rest.retry import NO_RETRIES, RetryPolicy
    from jambonz_core.rest.settings import Timeouts
    from jambonz_core.rest.targets import phone, sip, teams, user
else:
    from jambonz_core.lazy_exports import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "jambonz_anyio.rest._exchange": "ClientClosed",
            "jambonz_anyio.rest._resources": "Calls Conferences Queues",
            "jambonz_anyio.rest.client": "JambonzClient SyncJambonzClient",
            "jambonz_core.rest.fields": "CLEAR",
            "jambonz_core.rest.retry": "NO_RETRIES RetryPolicy",
            "jambonz_core.rest.settings": "Timeouts",
            "jambonz_core.rest.targets": "phone sip teams user",
        },
    )

__all__ = [
    "JambonzClient",
    "SyncJambonzClient",
    "Calls",
    "Conferences",
    "Queues",
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
