"""A REST API server on loopback for each test, and clients that wait without waiting, over both libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import httpx2
import pytest

from jambonz_anyio.rest import JambonzClient, SyncJambonzClient
from jambonz_anyio.testing.rest_server import RestServer


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """Those that the libraries know which carry the requests: to them, uvloop is asyncio."""
    return request.param


@pytest.fixture
def server() -> Iterator[RestServer]:
    with RestServer() as running:
        yield running


@pytest.fixture(params=[httpx2, httpx], ids=["httpx2", "httpx"])
def library(request: pytest.FixtureRequest) -> Any:
    """The library that carries the requests: each test runs with both."""
    return request.param


@pytest.fixture
def waits() -> list[float]:
    """How long clients waited between tries."""
    return []


@pytest.fixture
def async_client(server: RestServer, waits: list[float], library: Any) -> Callable[..., JambonzClient]:
    """Makes an async client of the server; its waits take no time and are noted."""

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    def make(**options: Any) -> JambonzClient:
        options = {"http": library, "sleep": sleep, "chance": lambda: 1.0, **options}
        return JambonzClient(server.url, server.account_sid, server.api_key, **options)

    return make


@pytest.fixture
def sync_client(
    server: RestServer, waits: list[float], library: Any
) -> Iterator[Callable[..., SyncJambonzClient]]:
    """Makes a sync client of the server; closed after the test."""
    made: list[SyncJambonzClient] = []

    def make(**options: Any) -> SyncJambonzClient:
        options = {"http": library, "sleep": waits.append, "chance": lambda: 1.0, **options}
        client = SyncJambonzClient(server.url, server.account_sid, server.api_key, **options)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
