"""The client of the REST API, and the names of its parts: what `client.calls`, `client.conferences` and
`client.queues` are. The client makes them."""

from __future__ import annotations

from ...rest import Calls as CallsResource
from ...rest import Conferences as ConferencesResource
from ...rest import JambonzClient
from ...rest import Queues as QueuesResource

__all__ = ["JambonzClient", "CallsResource", "ConferencesResource", "QueuesResource"]
