"""The seam between a connection and what serves it, for whoever brings connections of another kind.

A server, an ASGI host and a connection in memory all speak to an application through these few names, and so
can a program of yours: give each accepted websocket a `Transport`, ask the `Application` for an `Admission`,
and let that serve it. `memory_connection` is the smallest complete example, and good for tests.

The client's side is here as well: `open_websocket` and `http_request` do what jambonz does to an application.
"""

from __future__ import annotations

from ._net.client import http_request, open_websocket
from ._net.memory import MemoryConnection, MemoryTransport, memory_connection, open_memory_websocket
from ._net.server import Server, ServerSettings, serve
from ._net.transport import (
    AcceptedCall,
    Admission,
    Application,
    Closed,
    FrameSink,
    HttpRequest,
    HttpResponse,
    Peer,
    Transport,
    UpgradeRefused,
)

__all__ = [
    "Application",
    "Admission",
    "AcceptedCall",
    "Transport",
    "FrameSink",
    "Closed",
    "Peer",
    "HttpRequest",
    "HttpResponse",
    "UpgradeRefused",
    "Server",
    "ServerSettings",
    "serve",
    "MemoryTransport",
    "MemoryConnection",
    "memory_connection",
    "open_memory_websocket",
    "open_websocket",
    "http_request",
]
