"""The two clients of the REST API: `JambonzClient` for event loops, `SyncJambonzClient` for plain threads."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import anyio

from jambonz_anyio.rest._exchange import Exchange
from jambonz_anyio.rest._performing import AsyncPerformer, SyncPerformer
from jambonz_anyio.rest._resources import Resources
from jambonz_core.rest.fields import Scope
from jambonz_core.rest.request import Request, Steps
from jambonz_core.rest.retry import RetryPolicy
from jambonz_core.rest.settings import Connection, Timeouts
from jambonz_core.verbs.profiles import V10, Profile

if TYPE_CHECKING:
    import httpx
    import httpx2

T = TypeVar("T")


class JambonzClient(Resources[AsyncPerformer]):
    """The REST API, on asyncio and trio.

        async with JambonzClient(
            base_url="https://jambonz.example.com", account_sid="…", api_key="…"
        ) as client:
            call_sid = await client.calls.create(
                from_="+15085551212", to="+15085551213", application_sid="…"
            )
            await client.calls.hang_up(call_sid)

    One client has one pool of connections, and belongs to the event loop that used it first. It is closed
    by leaving its block, or by `close()`. Requests that surely were not carried out are sent again
    (`retries`), others never.

    Args:
        base_url: Where the API is, with or without ``/v1`` at the end; else `JAMBONZ_REST_API_BASE_URL` or
            `JAMBONZ_BASE_URL` in the environment.
        account_sid: The account; else `JAMBONZ_ACCOUNT_SID`. `client.account.list()` works without.
        api_key: The key; else `JAMBONZ_API_KEY`. It is in no repr, no log line and no error.
        profile: The server's kind. Under ``V0_9`` what only v10 has is refused, with a hint.
        retries: When to ask again; False switches it off.
        timeouts: How long each step may take.
        http: What carries the requests: the module `httpx2` or the module `httpx`; else the one that
            `transport` is made with, else the one that is installed, httpx2 before httpx.
        transport: A transport of that library instead of the network: for proxies, for TLS of your own, and
            for tests.
        environ: Instead of the process's environment.
        sleep: What waits between tries.
        chance: Random numbers from 0 to 1, which spread the waits.
    """

    def __init__(
        self,
        base_url: str | None = None,
        account_sid: str | None = None,
        api_key: str | None = None,
        *,
        profile: Profile = V10,
        retries: RetryPolicy | bool = True,
        timeouts: Timeouts | None = None,
        http: ModuleType | None = None,
        transport: httpx2.AsyncBaseTransport | httpx.AsyncBaseTransport | None = None,
        environ: Mapping[str, str] | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._connection = Connection.choose(
            os.environ if environ is None else environ,
            base_url=base_url,
            account_sid=account_sid,
            api_key=api_key,
        )
        self.profile = profile
        """The version of the server, as far as it decides what may be asked."""
        exchange = Exchange(
            self._connection,
            timeouts=timeouts,
            retries=retries,
            chance=chance,
            http=http,
            transport=transport,
        )
        self._performer = AsyncPerformer(exchange, sleep)
        super().__init__(Scope(self._connection.account_sid, profile), self._performer)

    @property
    def account_sid(self) -> str:
        """The account that is worked on."""
        return self._connection.account_sid

    async def send(self, described: Request[T] | Steps[T]) -> T:
        """Perform a request of `jambonz_core.rest`, or one of your own making."""
        return await self._performer.perform(described)

    async def close(self) -> None:
        """Close the connections. Using the client afterwards is an error."""
        await self._performer.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<JambonzClient {self._connection.base_url} account {self.account_sid or 'unknown'}>"


class SyncJambonzClient(Resources[SyncPerformer]):
    """The REST API for programs without an event loop: the same methods, which block.

        with SyncJambonzClient(base_url="https://jambonz.example.com", account_sid="…", api_key="…") as
        client: for call in client.recent_calls.iterate(days=1): print(call["from"], call["duration"])

    The arguments are those of `JambonzClient`. One client may be used by several threads.
    """

    def __init__(
        self,
        base_url: str | None = None,
        account_sid: str | None = None,
        api_key: str | None = None,
        *,
        profile: Profile = V10,
        retries: RetryPolicy | bool = True,
        timeouts: Timeouts | None = None,
        http: ModuleType | None = None,
        transport: httpx2.BaseTransport | httpx.BaseTransport | None = None,
        environ: Mapping[str, str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._connection = Connection.choose(
            os.environ if environ is None else environ,
            base_url=base_url,
            account_sid=account_sid,
            api_key=api_key,
        )
        self.profile = profile
        """The version of the server, as far as it decides what may be asked."""
        exchange = Exchange(
            self._connection,
            timeouts=timeouts,
            retries=retries,
            chance=chance,
            http=http,
            transport=transport,
        )
        self._performer = SyncPerformer(exchange, sleep)
        super().__init__(Scope(self._connection.account_sid, profile), self._performer)

    @property
    def account_sid(self) -> str:
        """The account that is worked on."""
        return self._connection.account_sid

    def send(self, described: Request[T] | Steps[T]) -> T:
        """Perform a request of `jambonz_core.rest`, or one of your own making."""
        return self._performer.perform(described)

    def close(self) -> None:
        """Close the connections. Using the client afterwards is an error."""
        self._performer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SyncJambonzClient {self._connection.base_url} account {self.account_sid or 'unknown'}>"
