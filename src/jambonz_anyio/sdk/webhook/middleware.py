"""Signatures, and the variables that the portal asks for. Of the Node SDK's `envVarsMiddleware` there is one
for each kind of Python web framework.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

from jambonz_core.webhooks.environment import Environment
from jambonz_core.webhooks.signature import verify_signature
from jambonz_core.wire.errors import InvalidWebhook

Message = MutableMapping[str, Any]
AsgiApp = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]
"""An application of Starlette, FastAPI, Quart, Django, …"""
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""An application of Flask, Bottle, Django, …"""


def verify_signature_middleware(
    payload: bytes, signature_header: str | None, secret: str, tolerance: int = 300
) -> bool:
    """True for a request that jambonz has signed; `ValueError` says what is wrong with any other.

    `payload` is the body as it came, `signature_header` the value of ``Jambonz-Signature``.
    """
    try:
        verify_signature(signature_header, payload, secret, now=time.time(), tolerance=tolerance)
    except InvalidWebhook as invalid:
        raise ValueError(str(invalid)) from invalid
    return True


def env_vars_middleware(env_vars: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The JSON body with which to answer OPTIONS, by which the portal learns of the variables.

    It is the bare object of declarations, checked: the server refuses any other.
    """
    declarations = Environment(env_vars).declarations
    return {name: dict(declared) for name, declared in declarations.items()}


class EnvVarsMiddleware:
    """Answers OPTIONS with the application's variables, in front of an ASGI application.

    ```python
    app.add_middleware(EnvVarsMiddleware, env_vars={"GREETING": {"type": "string", "description": "…"}})
    ```

    Every other request passes through, and so do the preflight requests of browsers, which have an
    ``Access-Control-Request-Method``.
    """

    def __init__(self, app: AsgiApp, env_vars: Mapping[str, Mapping[str, Any]]) -> None:
        self._app = app
        self._body = Environment(env_vars).body

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        body = self._body
        asked = scope["type"] == "http" and scope["method"] == "OPTIONS"
        if body is None or not asked or _PREFLIGHT in dict(scope["headers"]):
            await self._app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class WsgiEnvVarsMiddleware:
    """Answers OPTIONS with the application's variables, in front of a WSGI application.

    ```python
    app.wsgi_app = WsgiEnvVarsMiddleware(app.wsgi_app, env_vars={…})
    ```

    What passes through is as for `EnvVarsMiddleware`.
    """

    def __init__(self, app: WsgiApp, env_vars: Mapping[str, Mapping[str, Any]]) -> None:
        self._app = app
        self._body = Environment(env_vars).body

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = self._body
        asked = environ["REQUEST_METHOD"] == "OPTIONS"
        if body is None or not asked or "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            return self._app(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


_PREFLIGHT = b"access-control-request-method"
