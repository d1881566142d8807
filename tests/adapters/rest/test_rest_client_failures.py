"""When requests fail: what is tried again and what never is, time-outs, cancellation, closing."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import httpx2
import pytest

from jambonz_anyio.rest import ClientClosed, JambonzClient, RetryPolicy, Timeouts
from jambonz_anyio.testing.rest_server import RestServer
from jambonz_core.rest import (
    InvalidRequest,
    NoAnswer,
    NoFeatureServer,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Request,
    ServerFailed,
    UnexpectedAnswer,
)
from jambonz_core.rest.reading import json_of
from jambonz_core.wire.errors import RestError

pytestmark = pytest.mark.anyio

Make = Callable[..., JambonzClient]
DOUBTFUL: list[dict[str, Any]] = [
    {"drop": True},
    {"cut": 5},
    {"hang": True},
    {"hang_after": 5},
    {"status": 500},
    {"status": 503},
]
"""Failures after which nobody knows whether the request was carried out."""

FAST = Timeouts(connect=0.5, write=0.5, read=0.05, slow=0.05, pool=0.05, total=5.0)


# what is tried again, and what never is ----------------------------------------------------------------------------


async def test_a_rate_limit_is_waited_out(server: RestServer, async_client: Make, waits: list[float]) -> None:
    server.requests_left, server.retry_after = 0, 55
    server.fail(429, "Too many requests", "text/plain", headers={"retry-after": "7"})
    server.fail(429, "Too many requests", "text/plain", headers={"ratelimit-reset": "3"})
    async with async_client() as client:
        with pytest.raises(RateLimited) as caught:
            await client.calls.count()
        assert waits == [7.25, 3.5], "the third answer asks for more than is left of a minute's patience"
        assert caught.value.retry_after == 55
        server.requests_left = None
        server.fail(429, headers={"retry-after": "1"})
        assert await client.calls.count() == {"inbound": 0, "outbound": 0}


async def test_no_feature_server_is_tried_again(
    server: RestServer, async_client: Make, waits: list[float]
) -> None:
    server.calls.feature_servers = 0
    async with async_client() as client:
        with pytest.raises(NoFeatureServer, match="no feature server is connected") as caught:
            await client.calls.create(from_="+1", to="+12", application_sid=server.application())
        assert len(server.requests) == 4
        assert waits == [0.25, 0.5, 1.0]
        assert caught.value.__notes__ == ["tried 4 times, waiting 1.8 s"]
        server.fail(480, '{"msg": "none"}', "application/json", times=2)
        server.calls.feature_servers = 1
        assert await client.calls.create(from_="+1", to="+12", application_sid=server.application())
    assert len(server.calls.records) == 1


@pytest.mark.parametrize("carried_out", [True, False])
async def test_a_call_is_never_placed_twice(
    server: RestServer, async_client: Make, carried_out: bool
) -> None:
    async with async_client(timeouts=FAST) as client:
        for number, fault in enumerate(DOUBTFUL, 1):
            server.fail(carried_out=carried_out, **fault)
            with pytest.raises(RestError):
                await client.calls.create(from_="+1", to="+12", application_sid=server.application())
            assert len(server.requests) == number, fault


async def test_nothing_is_tried_again_when_that_is_off(server: RestServer, async_client: Make) -> None:
    server.fail(429, times=2)
    async with async_client(retries=False) as client:
        with pytest.raises(RateLimited):
            await client.calls.count()
    assert len(server.requests) == 1
    async with async_client(retries=RetryPolicy(attempts=1)) as client:
        with pytest.raises(RateLimited):
            await client.calls.count()
    assert len(server.requests) == 2


async def test_rotating_a_secret_is_never_tried_again(server: RestServer, async_client: Make) -> None:
    server.fail(429)
    async with async_client() as client:
        with pytest.raises(RateLimited):
            await client.account.rotate_webhook_secret()
    assert len(server.requests) == 1


async def test_a_server_that_is_not_there(waits: list[float]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        # Bound and not listening: connections are refused, and nobody else can take the port.

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        client = JambonzClient(
            f"http://127.0.0.1:{port}", api_key="key-1234", sleep=sleep, chance=lambda: 0.5
        )
        async with client:
            with pytest.raises(
                NotSent, match=f"no connection to http://127.0.0.1:{port}: ConnectError"
            ) as caught:
                await client.account.list()
    assert waits == [0.125, 0.25, 0.5]
    assert "key-1234" not in repr(caught.value)


async def test_time_outs_are_named(server: RestServer, async_client: Make) -> None:
    async with async_client(timeouts=FAST) as client:
        server.fail(hang=True)
        with pytest.raises(OutcomeUnknown, match=r"no answer within 0\.05 s") as read:
            await client.calls.count()
        server.fail(hang=True)
        with pytest.raises(OutcomeUnknown) as slow:
            await client.speech_credentials.test(server.new_sid())
        server.fail(hang_after=5)
        with pytest.raises(OutcomeUnknown) as in_the_middle:
            await client.calls.count()
    assert (read.value.timed_out, slow.value.timed_out, in_the_middle.value.timed_out) == (
        "read",
        "slow",
        "read",
    )
    async with async_client(timeouts=Timeouts(total=0.05)) as client:
        server.fail(hang=True)
        with pytest.raises(OutcomeUnknown, match=r"not finished within 0\.05 s") as total:
            await client.calls.count()
    assert total.value.timed_out == "total"


async def test_answers_that_are_cut_off(server: RestServer, async_client: Make) -> None:
    async with async_client() as client:
        faults: list[dict[str, Any]] = [{"drop": True}, {"cut": 0}, {"cut": 7}]
        for fault in faults:
            server.fail(**fault)
            with pytest.raises(OutcomeUnknown, match="the connection broke before the answer was complete"):
                await client.calls.count()
        assert await client.calls.count() == {"inbound": 0, "outbound": 0}


async def test_an_answer_without_end_is_not_read(
    server: RestServer, async_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jambonz_anyio.rest._exchange.ANSWER_BYTES", 1000)
    server.captures["a"] = b"x" * 2000
    async with async_client() as client:
        with pytest.raises(UnexpectedAnswer, match="the answer is larger than 1000 bytes"):
            await client.recent_calls.pcap("a")
        assert await client.calls.count() == {"inbound": 0, "outbound": 0}


# cancelling, closing, not being there ------------------------------------------------------------------------------


async def test_cancelled_while_waiting_for_the_next_try(server: RestServer, async_client: Make) -> None:
    server.fail(429, times=9)
    waiting = anyio.Event()

    async def sleep(seconds: float) -> None:
        waiting.set()
        await anyio.sleep_forever()

    async with async_client(sleep=sleep) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(client.calls.count)
        await waiting.wait()
        tasks.cancel_scope.cancel()
    assert len(server.requests) == 1


async def test_cancelled_while_waiting_for_the_answer(server: RestServer, async_client: Make) -> None:
    server.fail(hang=True)
    async with async_client() as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.calls.count)
            while not server.requests:
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        # The connection that was cut off is not used again.
        assert await client.calls.count() == {"inbound": 0, "outbound": 0}


async def test_many_at_once_share_one_pool(
    server: RestServer, async_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jambonz_anyio.rest._exchange.CONNECTIONS", 1)
    async with async_client(timeouts=Timeouts(pool=0.05, read=5.0), retries=False) as client:
        server.fail(hang=True)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_fails_unknown, client)
            while not server.requests:
                await anyio.lowlevel.checkpoint()
            with pytest.raises(NotSent, match=r"all 1 connections were busy for 0\.05 s") as caught:
                await client.calls.count()
            assert caught.value.timed_out == "pool"
            server.release()


async def _fails_unknown(client: JambonzClient) -> None:
    with pytest.raises(OutcomeUnknown):
        await client.calls.count()


async def test_connections_that_the_server_closed_meanwhile(server: RestServer, async_client: Make) -> None:
    async with async_client(retries=False) as client:
        for _ in range(3):
            await client.calls.count()
            server.drop_idle()
    assert len(server.requests) == 3


async def test_a_closed_client_says_so(async_client: Make) -> None:
    client = async_client()
    async with client:
        await client.calls.count()
    with pytest.raises(ClientClosed, match=r"calls\.count: the client is closed"):
        await client.calls.count()
    await client.close()


async def test_closing_is_not_cut_short_by_cancellation(server: RestServer, async_client: Make) -> None:
    client = async_client()
    with anyio.CancelScope() as scope:
        async with client:
            await client.calls.count()
            scope.cancel()
    with pytest.raises(ClientClosed):
        await client.calls.count()


async def test_the_account_can_be_found_out(server: RestServer) -> None:
    async with JambonzClient(server.url, api_key=server.api_key, environ={}) as client:
        assert client.account_sid == ""
        with pytest.raises(InvalidRequest, match="set JAMBONZ_ACCOUNT_SID"):
            await client.calls.count()
        [account] = await client.account.list()
        assert account["account_sid"] == server.account_sid
        assert "unknown" in repr(client)


async def test_settings_from_the_environment(server: RestServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAMBONZ_REST_API_BASE_URL", f"{server.url}/v1")
    monkeypatch.setenv("JAMBONZ_ACCOUNT_SID", server.account_sid)
    monkeypatch.setenv("JAMBONZ_API_KEY", server.api_key)
    async with JambonzClient() as client:
        assert await client.conferences.list() == []
        assert server.api_key not in repr(client)


async def test_the_key_is_in_no_log_line(
    server: RestServer, async_client: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.fail(500, f"who is Bearer {server.api_key}?", "text/plain")
    async with async_client() as client:
        with pytest.raises(ServerFailed) as caught:
            await client.calls.count()
        await client.calls.count()
    assert caplog.records, "the library says something at this level"
    assert server.api_key not in caplog.text
    assert "who is Bearer ***?" in str(caught.value)


async def test_a_url_that_the_library_does_not_take(server: RestServer, async_client: Make) -> None:
    async with async_client() as client:
        for target in ("/v1/x\x00", "/v1/" + "x" * 70_000):
            with pytest.raises(InvalidRequest, match=r"bad: .* in the URL"):
                await client.send(Request("bad", "GET", target, json_of))
    assert server.requests == []


@pytest.mark.parametrize(
    ("raised", "kind", "named"),
    [
        ("ConnectTimeout", NotSent, "connect"),
        ("PoolTimeout", NotSent, "pool"),
        ("ConnectError", NotSent, ""),
        ("ProxyError", NotSent, ""),
        ("UnsupportedProtocol", NotSent, ""),
        ("WriteTimeout", OutcomeUnknown, "write"),
        ("ReadTimeout", OutcomeUnknown, "read"),
        ("ReadError", OutcomeUnknown, ""),
        ("RemoteProtocolError", OutcomeUnknown, ""),
        ("DecodingError", OutcomeUnknown, ""),
        ("StreamError", OutcomeUnknown, ""),
        ("InvalidURL", OutcomeUnknown, ""),
        ("OSError", OutcomeUnknown, ""),
    ],
)
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("raises", [httpx2, httpx], ids=["raised-by-httpx2", "raised-by-httpx"])
async def test_every_failure_of_the_network_is_one_of_ours(
    raised: str, kind: type[NoAnswer], named: str, raises: Any, library: Any
) -> None:
    """Whichever library it comes from: a transport may be built on the other one."""
    error = getattr(raises, raised, OSError)("x")

    def fail(request: Any) -> Any:
        raise error

    client = JambonzClient("https://a.b", api_key="k", transport=library.MockTransport(fail), retries=False)
    async with client:
        with pytest.raises(kind) as caught:
            await client.account.list()
    assert caught.value.timed_out == named
    assert caught.value.operation == "account.list"
    assert caught.value.__cause__ is error
