"""Which library carries the requests: httpx2 or httpx.

httpx2 continues httpx under another name; the two are the same to this package. Neither is needed to import
it: a client looks for them when it is used first.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

from jambonz_core.wire.errors import JambonzError, LocalProtocolError

NAMES = ("httpx2", "httpx")
"""The one that is maintained comes first."""

_FAILURES = ("HTTPError", "StreamError", "InvalidURL")
"""The roots of what both raise: the latter two are not of the tree of the first."""


def http_library(http: ModuleType | None = None, *, transport: object = None) -> ModuleType:
    """The library `http`; else the one that `transport` is made with; else what is installed."""
    if http is not None:
        return http
    names = _names_in(transport) or NAMES
    for name in names:
        try:
            return import_module(name)
        except ImportError:
            continue
    raise JambonzError(
        "the REST client needs httpx2 or httpx, and neither is installed: pip install 'jambonz-anyio[rest]'"
    )


def checked_library(http: ModuleType | None) -> ModuleType | None:
    """The HTTP library that a client was given, if it has what a client needs."""
    if http is not None and not all(hasattr(http, name) for name in ("AsyncClient", "Client", "HTTPError")):
        raise LocalProtocolError(f"http must be the module httpx2 or the module httpx, not {http!r}")
    return http


def network_errors() -> tuple[type[Exception], ...]:
    """What a request may raise for reasons of the network or of the other side.

    Of both libraries, as far as they are loaded, because a transport may pass on what the other one raised.
    `OSError` is what TLS set-up lets through.
    """
    libraries = [library for name in NAMES if (library := sys.modules.get(name)) is not None]
    # Another thread may be just importing one of them, which then cannot have raised anything yet.
    kinds = [getattr(library, name, None) for library in libraries for name in _FAILURES]
    return (OSError, *(kind for kind in kinds if kind is not None))


def _names_in(transport: object) -> tuple[str, ...]:
    """The library that the class of a transport comes from."""
    homes = [kind.__module__.partition(".")[0] for kind in type(transport).__mro__]
    return tuple(name for name in homes if name in NAMES)[:1]
