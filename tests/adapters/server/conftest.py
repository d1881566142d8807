"""An echoing application, servers of it on real sockets, and a guard against anything that is left behind."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import pytest
import trustme
from anyio.abc import TaskGroup

from jambonz_anyio._limits import ServerLimits
from jambonz_anyio._server import Server, serve
from jambonz_anyio._transport import (
    Admission,
    Closed,
    HttpRequest,
    HttpResponse,
    Transport,
)


class RecordingSink:
    """Keeps what a transport hands over, and lets tests wait for it."""

    def __init__(self) -> None:
        self.frames: list[str | bytes] = []
        self.ends: list[Closed] = []
        self.on_frame: Callable[[], None] = lambda: None
        self._changed = anyio.Event()

    def frame(self, data: str | bytes) -> None:
        assert not self.ends, "a frame came after the end"
        self.frames.append(data)
        self._wake()
        self.on_frame()

    def closed(self, closed: Closed) -> None:
        self.ends.append(closed)
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    async def until(self, true: Callable[[], object], seconds: float = 5) -> None:
        """Wait until that holds; it is looked at whenever something comes in."""
        with anyio.fail_after(seconds):
            while not true():
                await self._changed.wait()


@pytest.fixture
async def recording_sink(anyio_backend: Any) -> RecordingSink:
    """A sink that keeps what it is given."""
    return RecordingSink()


class EchoSink(RecordingSink):
    """Keeps everything, and sends it back."""

    def __init__(self, transport: Transport) -> None:
        super().__init__()
        self._transport = transport

    def frame(self, data: str | bytes) -> None:
        super().frame(data)
        self._transport.push(data)


class EchoApplication:
    """Answers plain requests with what they were, and websockets with what they say.

    What happens instead is decided by the path: `/refuse` is not admitted, `/fail` raises, `/hold` waits.
    """

    def __init__(self) -> None:
        self.transports: list[Transport] = []
        self.sinks: list[EchoSink] = []
        self.results: list[Closed] = []
        self.requests: list[HttpRequest] = []
        self.release = anyio.Event()
        self.holding = anyio.Event()
        self.opened = anyio.Event()
        self.finished = anyio.Event()

    async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
        await self._act(request)
        if request.peer.path == "/refuse":
            return HttpResponse(401, b"who are you\n", headers=(("WWW-Authenticate", 'Basic realm="x"'),))
        if request.peer.path == "/unoffered":
            return Admission("never.offered", self.call)
        return Admission(request.subprotocols[0] if request.subprotocols else "", self.call)

    async def respond(self, request: HttpRequest) -> HttpResponse:
        await self._act(request)
        if request.peer.path == "/unsendable":
            return HttpResponse(200, headers=(("X-Odd", "a\r\nb"),))
        if request.peer.path == "/nothing":
            return HttpResponse(204)
        return HttpResponse(200, b"%s %s" % (request.method.encode(), request.body))

    async def _act(self, request: HttpRequest) -> None:
        self.requests.append(request)
        if request.peer.path == "/fail":
            raise RuntimeError("as asked")
        if request.peer.path == "/hold":
            self.holding.set()
            await self.release.wait()

    async def call(self, transport: Transport) -> None:
        self.transports.append(transport)
        self.opened.set()
        sink = EchoSink(transport)
        self.sinks.append(sink)
        path = transport.peer.path
        if path == "/fail-later":
            raise RuntimeError("as asked")
        if path == "/return":
            return
        try:
            if path == "/unread":
                await anyio.sleep_forever()
            self.results.append(await transport.run(sink))
            if path == "/linger":
                await anyio.sleep_forever()
        finally:
            self.finished.set()


@pytest.fixture
async def echo_application(anyio_backend: Any) -> EchoApplication:
    """An application that echoes, for whoever serves it."""
    return EchoApplication()


class Running:
    """A server, the application it serves, and the task group it runs in."""

    def __init__(self, server: Server, application: EchoApplication, tasks: TaskGroup) -> None:
        self.server = server
        self.application = application
        self.tasks = tasks

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.server.port}"


StartServer: TypeAlias = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture
def start_server() -> StartServer:
    """Start a server of an echo: `async with start_server(limits={"calls": 3}) as running`."""

    @asynccontextmanager
    async def start(
        *, application: EchoApplication | None = None, limits: dict[str, Any] | None = None, **settings: Any
    ) -> AsyncIterator[Running]:
        application = application or EchoApplication()
        settings.setdefault("port", 0)
        async with anyio.create_task_group() as tasks:
            given = ServerLimits(**{"close_seconds": 2.0, **(limits or {})})
            server = await tasks.start(partial(serve, application, limits=given, **settings))
            yield Running(server, application, tasks)
            tasks.cancel_scope.cancel()

    return start


@pytest.fixture(params=["portable", "fast"])
def streams(request: pytest.FixtureRequest) -> str:
    """Which byte streams."""
    return str(request.param)


@pytest.fixture(params=["wsproto", "websockets"])
def parser(request: pytest.FixtureRequest) -> str:
    """Which frame parser."""
    return str(request.param)


def open_sockets() -> set[str]:
    """The sockets of this process, but for nameless pairs, which event loops have for themselves."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(entry)
            if not target.startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(entry.name))) as sock:
                if sock.family != socket.AF_UNIX or sock.getsockname():
                    found.add(target)
        except OSError:
            continue  # it was closed while we looked
    return found


def _of_the_plugin(task: anyio.TaskInfo) -> bool:
    """Whether it is one of those in which anyio's pytest plugin runs tests and fixtures."""
    return getattr(task.coro, "__qualname__", "").startswith("TestRunner.")


@pytest.fixture(autouse=True)
def guard(request: pytest.FixtureRequest) -> None:
    """Has every asynchronous test leave nothing behind."""
    if "anyio_backend" in request.fixturenames:
        request.getfixturevalue("nothing_left_behind")


@pytest.fixture
async def nothing_left_behind(anyio_backend: Any) -> AsyncIterator[None]:
    """Fails a test that leaves a task, a socket or a thread."""
    tasks = {task.id for task in anyio.get_running_tasks()}
    sockets = open_sockets()
    threads = set(threading.enumerate())
    yield
    # A loop closes a socket in its next turn, and a finished task may still have to be forgotten.
    left: list[anyio.TaskInfo] = []
    more: set[str] = set()
    for _ in range(100):
        await anyio.wait_all_tasks_blocked()
        left = [
            task for task in anyio.get_running_tasks() if task.id not in tasks and not _of_the_plugin(task)
        ]
        more = open_sockets() - sockets
        if not left and not more:
            break
    assert not left, f"tasks left behind: {[(task.name, task.coro) for task in left]}"
    assert not more, f"sockets left behind: {more}"
    extra = [thread for thread in threading.enumerate() if thread not in threads]
    # The event loops and anyio keep idle worker threads, for name resolution among others, as long as a loop
    # runs.
    pools = ("asyncio_", "AnyIO worker", "Trio")
    assert all(thread.name.startswith(pools) for thread in extra), extra


@pytest.fixture(scope="session")
def certificate_authority() -> trustme.CA:
    """Signs the certificates of these tests."""
    return trustme.CA()


@pytest.fixture(scope="session")
def server_tls(certificate_authority: trustme.CA) -> ssl.SSLContext:
    """TLS for `localhost`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate_authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def client_tls(certificate_authority: trustme.CA) -> ssl.SSLContext:
    """TLS that trusts it."""
    context = ssl.create_default_context()
    certificate_authority.configure_trust(context)
    return context
