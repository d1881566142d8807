"""Requests of the ready tools: JSON over HTTP, bounded in time and size, with a cache and plain failures.

A failure is a `ToolError`, whose words are for the model; what a person has to mend is logged as well.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import anyio
import msgspec

from jambonz_core.wire.codec import encode
from jambonz_core.wire.errors import JambonzError, LocalProtocolError

from ..rest.http_library import http_library, network_errors
from .tool_functions import ToolError

REQUEST_SECONDS = 6.0
"""How long one request may take, from the first byte to the last."""

ANSWER_BYTES = 1024 * 1024
"""The largest answer that is read."""

CACHED = 256
"""Answers that a tool remembers; the one that was not asked for for longest goes first."""

_logger = logging.getLogger("jambonz_anyio.tools")

_REFUSED = frozenset({401, 402, 403, 432, 433})
"""Statuses that a person has to mend: a key that is wrong, or used up."""


class JsonRequests:
    """Requests to one service."""

    def __init__(
        self,
        what: str,
        base_url: str,
        *,
        seconds: float = REQUEST_SECONDS,
        cache_seconds: float = 0.0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise LocalProtocolError(
                f"the address of the {what} begins with http:// or https://: {base_url!r}"
            )
        self._what = what
        self._base_url = base_url.rstrip("/")
        self._seconds = seconds
        self._cache_seconds = cache_seconds
        self._headers = {"User-Agent": "jambonz-anyio (voice agent)", **(headers or {})}
        self._cache: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._tls: ssl.SSLContext | None = None

    async def get(self, path: str, **params: Any) -> Any:
        """What is at an address, parsed."""
        return await self._cached("GET", path, params, None)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer to a body, parsed."""
        return await self._cached("POST", path, None, body)

    async def _cached(self, method: str, path: str, params: Any, body: Any) -> Any:
        key = encode([method, path, params, body])
        now = time.monotonic()
        known = self._cache.get(key)
        if known is not None and now < known[0]:
            self._cache.move_to_end(key)
            return known[1]
        answer = await self._request(method, path, params, body)
        if self._cache_seconds > 0:
            self._cache[key] = (now + self._cache_seconds, answer)
            self._cache.move_to_end(key)
            if len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        return answer

    async def _request(self, method: str, path: str, params: Any, body: Any) -> Any:
        with anyio.move_on_after(self._seconds):
            return await self._exchange(method, path, params, body)
        raise ToolError(f"the {self._what} did not answer within {self._seconds:g} seconds")

    async def _exchange(self, method: str, path: str, params: Any, body: Any) -> Any:
        try:
            library = http_library()
        except JambonzError:
            raise LocalProtocolError(
                f"the {self._what} needs httpx2 or httpx, which the extra 'tools' of jambonz-anyio installs"
            ) from None
        content = bytearray()
        try:
            async with library.AsyncClient(
                verify=self._verified(), headers=self._headers, timeout=self._seconds
            ) as client:
                request = client.build_request(method, f"{self._base_url}{path}", params=params, json=body)
                response = await client.send(request, stream=True)
                try:
                    if response.status_code == 200:
                        await _read(response, content)
                finally:
                    with anyio.CancelScope(shield=True):
                        await response.aclose()
            status = response.status_code
            if len(content) > ANSWER_BYTES:
                raise ToolError(f"the {self._what} answered more than {ANSWER_BYTES} bytes")
            if status == 200:
                return msgspec.json.decode(content)
        except ToolError:
            raise
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ToolError(f"the {self._what} answered what is no JSON") from None
        except network_errors() as error:
            _logger.warning("The %s cannot be reached: %r", self._what, error)
            raise ToolError(f"the {self._what} cannot be reached") from None
        if status in _REFUSED:
            _logger.error("The %s refuses the request with status %d: look at its key", self._what, status)
        raise ToolError(f"the {self._what} answered with status {status}")

    def _verified(self) -> Any:
        """What proves the peer; made once, because that takes long."""
        if not self._base_url.startswith("https://"):
            return False
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls


async def _read(response: Any, content: bytearray) -> None:
    """Read an answer, or the beginning of one that is too large."""
    with anyio.CancelScope() as enough:
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > ANSWER_BYTES:
                # Not a `break`: httpx stacks generators here, and only an exception that comes out of the
                # innermost one ends them all properly.
                enough.cancel()
