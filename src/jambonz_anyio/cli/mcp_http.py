"""`jambonz mcp --http`: the same tools over streamable HTTP.

The server runs code of a project, so not everybody who reaches its port may use it: each request has to show
a token, and has to name a host that the server is known by. The second keeps out web pages in a browser on
this machine, which can be made to believe that this address is theirs."""

from __future__ import annotations

import gc
import hmac
import os
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .errors import CommandFailed, ExitCode
from .mcp_runs import TOKEN
from .mcp_server import made_server

if TYPE_CHECKING:
    from mcp.server import MCPServer

FEWEST_CHARACTERS = 16

PATH = "/mcp"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """What `jambonz mcp --http` was told."""

    folder: Path
    host: str = "127.0.0.1"
    port: int = 3100
    allowed_hosts: Sequence[str] = ()


class TokenCheck:
    """Lets requests through that show the token, as a bearer."""

    def __init__(self, app: Asgi, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._shown(scope["headers"]):
            headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send(
                {"type": "http.response.body", "body": b"Authorization: Bearer with the token is needed."}
            )
            return
        await self._app(scope, receive, send)

    def _shown(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        given = [value for name, value in headers if name.lower() == b"authorization"]
        scheme, _, token = (given[0] if len(given) == 1 else b"").partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), self._token)


def http_app(server: MCPServer[Any], settings: HttpSettings, token: str, port: int) -> Asgi:
    """The ASGI application that serves the tools on this port to who knows the token."""
    from mcp.server.transport_security import TransportSecuritySettings

    names = [
        _in_url(name) for name in ("127.0.0.1", "localhost", "::1", settings.host, *settings.allowed_hosts)
    ]
    # Behind a proxy, what is named has another port, or none.
    hosts = [f"{name}:{port}" for name in names] + [_in_url(name) for name in settings.allowed_hosts]
    security = TransportSecuritySettings(
        allowed_hosts=hosts,
        allowed_origins=[f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")],
    )
    app: Asgi = server.streamable_http_app(streamable_http_path=PATH, transport_security=security)
    return TokenCheck(app, token)


def chosen_token() -> tuple[str, bool]:
    """The token of the environment, or a new one; and whether it is new.

    There is no option for it, because the arguments of a program can be read by others.
    """
    token = os.environ.get(TOKEN, "")
    if not token:
        return secrets.token_urlsafe(32), True
    if len(token) < FEWEST_CHARACTERS or not token.isascii() or not token.isprintable() or " " in token:
        raise CommandFailed(
            f"{TOKEN} has to be {FEWEST_CHARACTERS} characters of ASCII at least, without blanks.",
            ExitCode.USAGE,
        )
    return token, False


def serve_http(settings: HttpSettings) -> None:
    """Serve until a signal ends it."""
    import socket

    token, is_new = chosen_token()
    server = made_server(settings.folder)
    import uvicorn

    gc.enable()
    try:
        listener = socket.create_server((settings.host, settings.port), family=_family(settings.host))
    except OSError as error:
        raise CommandFailed(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}.", ExitCode.NOT_REACHED
        ) from error
    with listener:
        port = listener.getsockname()[1]
        shown = f"{_in_url(settings.host)}:{port}"
        typer.echo(f"Serving tools on {shown} at http://{shown}{PATH}", err=True)
        if is_new:
            typer.echo(f"Authorization: Bearer {token}", err=True)
        app: Any = http_app(server, settings, token, port)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


def _family(host: str) -> int:
    import socket

    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _in_url(host: str) -> str:
    """How a host is written in front of a port: an address of IPv6 stands in brackets.

    >>> _in_url("::1"), _in_url("[::1]"), _in_url("tools.example:8443"), _in_url("localhost")
    ('[::1]', '[::1]', 'tools.example:8443', 'localhost')
    """
    return f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host
