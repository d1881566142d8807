"""Fixtures for calls: a scripted jambonz on a memory transport, and proof that nothing is left behind."""

from __future__ import annotations

import gc
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

import anyio
import pytest

from jambonz_anyio._net.client import open_websocket
from jambonz_anyio._net.memory import open_memory_websocket
from jambonz_anyio._net.server import Server
from jambonz_anyio._net.transport import Closed
from jambonz_anyio.app import App
from jambonz_anyio.limits import ServerLimits
from jambonz_core.wire.limits import AUDIO_SUBPROTOCOL, CONTROL_SUBPROTOCOL


class Phone:
    """The server's end of a control connection, told by the test what to say."""

    def __init__(self, transport: Any, call_sid: str) -> None:
        self.transport = transport
        self.call_sid = call_sid
        self.received: list[dict[str, Any]] = []
        self.closed_as: Closed | None = None
        self.asked_behind = 0
        """How many messages stood before the last ping."""
        self._read = 0
        self._msgids = 0
        self._news = anyio.Event()

    def frame(self, data: str | bytes) -> None:
        self.received.append(json.loads(data))
        self._wake()

    def receipt(self, count: int) -> None:
        """Do nothing, because nobody asked for receipts."""

    def asked(self) -> None:
        self.asked_behind = len(self.received)
        self._wake()

    async def proves(self) -> None:
        """Wait until the application knows that everything was read which the test has taken.

        It does not ask whether an ack without verbs was.
        """
        taken = enumerate(self.received[: self._read], start=1)
        last = max((count for count, message in taken if message.get("data") != []), default=0)
        with anyio.fail_after(10):
            while self.asked_behind < last:
                await self._news.wait()
        await anyio.wait_all_tasks_blocked()

    def closed(self, closed: Closed) -> None:
        self.closed_as = closed
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = anyio.Event()

    async def next(self) -> dict[str, Any]:
        """The next message of the application."""
        with anyio.fail_after(10):
            while self._read >= len(self.received):
                assert self.closed_as is None, f"closed as {self.closed_as}"
                await self._news.wait()
        self._read += 1
        return self.received[self._read - 1]

    async def ack(self, msgid: str) -> Any:
        """The next message, which must be the ack of `msgid`; its data."""
        message = await self.next()
        assert message["type"] == "ack", message
        assert message["msgid"] == msgid, message
        return message.get("data", [])

    async def command(self, name: str) -> dict[str, Any]:
        """The next message, which must be this command."""
        message = await self.next()
        assert message["type"] == "command", message
        assert message["command"] == name, message
        return message

    async def redirect(self, *, queued: bool) -> list[dict[str, Any]]:
        """The verbs of the next message, which must be a redirect."""
        message = await self.command("redirect")
        assert message["queueCommand"] is queued, message
        verbs: list[dict[str, Any]] = message["data"]
        return verbs

    async def silence(self) -> None:
        """Nothing more is said, after everything that is under way has happened."""
        await anyio.sleep(0.05)
        await anyio.wait_all_tasks_blocked()
        assert self.received[self._read :] == []

    async def wait_closed(self) -> Closed:
        """Wait for the end of the connection."""
        with anyio.fail_after(10):
            while self.closed_as is None:
                await self._news.wait()
        return self.closed_as

    def say(self, type: str, data: Mapping[str, Any] | None = None, **envelope: Any) -> str:
        """Send a message. Returns its msgid."""
        self._msgids += 1
        msgid = f"{self.call_sid}-{id(self) % 1000}-{self._msgids}"
        message = {
            "type": type,
            "msgid": msgid,
            "call_sid": self.call_sid,
            "data": dict(data or {}),
            **envelope,
        }
        self.transport.push(json.dumps(message))
        return msgid

    def hook(self, path: str, data: Mapping[str, Any] | None = None) -> str:
        """Send the hook of a verb, as the server does."""
        return self.say("verb:hook", {"call_sid": self.call_sid, **(data or {})}, hook=path)

    def session(self, **data: Any) -> dict[str, Any]:
        return {"call_sid": self.call_sid, "direction": "inbound", "from": "+1", "to": "+2", **data}

    def begin(self, **data: Any) -> str:
        """Send the first message of a call."""
        return self.say("session:new", self.session(**data))

    async def answered(self, **data: Any) -> list[dict[str, Any]]:
        """A call comes in; the verbs that it is answered with."""
        verbs: list[dict[str, Any]] = await self.ack(self.begin(**data))
        return verbs

    def status(self, status: str, **data: Any) -> None:
        self.say("call:status", {"call_sid": self.call_sid, "call_status": status, **data})

    async def hang_up(self) -> None:
        """The caller hangs up: the server reports it, and closes."""
        self.status("completed")
        await self.transport.close(1000)


Dial = Callable[..., AbstractAsyncContextManager[Phone]]


@asynccontextmanager
async def phone_on(opening: AbstractAsyncContextManager[Any], call_sid: str) -> AsyncIterator[Phone]:
    """The server's end of what is opened, which reads for the duration of the block."""
    async with opening as transport, anyio.create_task_group() as tasks:
        phone = Phone(transport, call_sid)
        tasks.start_soon(transport.run, phone)
        yield phone
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def open_phone(
    app: App, path: str = "/", *, call_sid: str = "call-1", **options: Any
) -> AsyncIterator[Phone]:
    """Connect to `app` as jambonz does."""
    opening = open_memory_websocket(app, path, subprotocols=(CONTROL_SUBPROTOCOL,), **options)
    async with phone_on(opening, call_sid) as phone:
        yield phone


@asynccontextmanager
async def open_phone_on_a_socket(
    app: App, path: str = "/", *, call_sid: str = "call-1", receipts: bool = True, **options: Any
) -> AsyncIterator[Phone]:
    """Serve `app` on a loopback socket, and connect to it as jambonz does."""
    async with anyio.create_task_group() as tasks:
        # A call whose connection is cut waits for the next one: here nobody has the patience.
        limits = ServerLimits(close_seconds=0.1)
        server: Server = await tasks.start(partial(app.serve, port=0, limits=limits, receipts=receipts))
        url = f"ws://127.0.0.1:{server.port}{path}"
        async with open_websocket(url, subprotocols=(CONTROL_SUBPROTOCOL,), **options) as transport:
            phone = Phone(transport, call_sid)
            tasks.start_soon(transport.run, phone)
            yield phone
            transport.abort()
        await server.drain(0)


@asynccontextmanager
async def call_url(url: str, *, call_sid: str = "call-1", **options: Any) -> AsyncIterator[Phone]:
    """Connect to whatever listens at `url` as jambonz does."""
    opening = open_websocket(url, subprotocols=(CONTROL_SUBPROTOCOL,), **options)
    async with phone_on(opening, call_sid) as phone:
        yield phone


MARKER = [{"verb": "gather", "input": ["digits"], "timeout": 0.1, "actionHook": "/~marker"}]
PAUSE = [{"verb": "pause", "length": 0.1}]


@asynccontextmanager
async def open_unknown(app: App, path: str = "/", **options: Any) -> AsyncIterator[Phone]:
    """Come back to `app` with a call that it does not know, and once more when it has cut the connection.

    The reconnect was acked, and no pong was given since: what is to be heard before the second one can be said.
    """
    async with open_phone(app, path, **options) as first:
        assert await first.ack(first.say("session:reconnect", first.session())) == MARKER
        assert (await first.wait_closed()).code == 1006
        async with open_phone(app, path, **options) as second:
            second.transport.connection.hold_pongs()
            assert await second.ack(second.say("session:reconnect", second.session())) == PAUSE
            yield second


@pytest.fixture
def dial_unknown() -> Dial:
    """Comes back to an application with a call that it does not know; its pongs are held."""
    return open_unknown


@pytest.fixture
def dial_url() -> Dial:
    """Connects to a URL as jambonz does."""
    return call_url


@pytest.fixture
def dial() -> Dial:
    """Connects to an application as jambonz does."""
    return open_phone


@pytest.fixture(params=["memory", "socket"])
def dial_anyhow(request: pytest.FixtureRequest) -> Dial:
    """`dial`, in memory and over real sockets."""
    return open_phone if request.param == "memory" else open_phone_on_a_socket


class Host:
    """An application, in memory or on a socket, and ways to connect to it."""

    def __init__(self, app: App, server: Server | None) -> None:
        self.app = app
        self._server = server

    def open(self, path: str, subprotocol: str, query: str, **options: Any) -> Any:
        if self._server is None:
            return open_memory_websocket(self.app, path, query=query, subprotocols=(subprotocol,), **options)
        url = f"ws://127.0.0.1:{self._server.port}{path}" + (f"?{query}" if query else "")
        return open_websocket(url, subprotocols=(subprotocol,), **options)

    @asynccontextmanager
    async def phone(
        self, path: str = "/", *, call_sid: str = "call-1", query: str = "", **options: Any
    ) -> AsyncIterator[Phone]:
        opening = self.open(path, CONTROL_SUBPROTOCOL, query, **options)
        async with phone_on(opening, call_sid) as phone:
            yield phone

    @asynccontextmanager
    async def audio(
        self, path: str = "/audio", *, call_sid: str = "call-1", query: str = "", **options: Any
    ) -> AsyncIterator[Phone]:
        opening = self.open(path, AUDIO_SUBPROTOCOL, query, **options)
        async with phone_on(opening, call_sid) as stream:
            stream.transport.push(json.dumps({"callSid": call_sid, "sampleRate": 8000, "mixType": "mono"}))
            yield stream


@pytest.fixture(params=["memory", "socket"])
def hosting(request: pytest.FixtureRequest) -> Any:
    @asynccontextmanager
    async def host(app: App) -> AsyncIterator[Host]:
        if request.param == "memory":
            yield Host(app, None)
            return
        async with anyio.create_task_group() as tasks:
            limits = ServerLimits(close_seconds=0.1)
            server: Server = await tasks.start(partial(app.serve, port=0, limits=limits))
            yield Host(app, server)
            await server.drain(0)

    return host


@pytest.fixture
async def nothing_left_behind(anyio_backend: Any) -> AsyncIterator[None]:
    """No task of a test outlives it, and no call stays registered."""
    before = {task.id for task in anyio.get_running_tasks()}
    yield
    await anyio.wait_all_tasks_blocked()
    gc.collect()
    left = [task for task in anyio.get_running_tasks() if task.id not in before and not _of_pytest(task)]
    assert left == []


def _of_pytest(task: anyio.TaskInfo) -> bool:
    """Whether it is one of those in which the plugin runs fixtures and tests."""
    return "TestRunner" in str(getattr(task.coro, "__qualname__", "")) or "_call_in_runner_task" in str(
        task.coro
    )
