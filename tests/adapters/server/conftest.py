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

from jambonz_anyio._net.byte_streams import ByteReceiver
from jambonz_anyio._net.closing import Endings
from jambonz_anyio._net.frames import FrameEvent
from jambonz_anyio._net.parsers import frame_parser
from jambonz_anyio._net.server import Server, serve
from jambonz_anyio._net.transport import Admission, Closed, HttpRequest, HttpResponse, Peer, Transport
from jambonz_anyio._net.websocket import WebSocketTransport
from jambonz_anyio.limits import ServerLimits


class RecordingSink:
    """Keeps what a transport hands over, and lets tests wait for it."""

    def __init__(self) -> None:
        self.frames: list[str | bytes] = []
        self.ends: list[Closed] = []
        self.receipts: list[tuple[int, int]] = []
        """What was read of ours, each with how many frames had come in before."""
        self.on_frame: Callable[[], None] = lambda: None
        self._changed = anyio.Event()

    def frame(self, data: str | bytes) -> None:
        assert not self.ends, "a frame came after the end"
        self.frames.append(data)
        self._wake()
        self.on_frame()

    def receipt(self, count: int) -> None:
        assert not self.ends, "a receipt came after the end"
        self.receipts.append((count, len(self.frames)))
        self._wake()

    def closed(self, closed: Closed) -> None:
        self.ends.append(closed)
        self._wake()

    async def over(self) -> None:
        while not self.ends:
            await self._changed.wait()

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
    """The byte streams that the server uses."""
    return str(request.param)


@pytest.fixture(params=["wsproto", "websockets"])
def parser(request: pytest.FixtureRequest) -> str:
    """The name of the frame parser that the server uses."""
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
    """A TLS context that trusts the server's certificate."""
    context = ssl.create_default_context()
    certificate_authority.configure_trust(context)
    return context


class FakeStream:
    """A byte stream whose kernel takes what the test lets it take."""

    address = "198.51.100.7:4000"

    def __init__(self) -> None:
        self.receiver: ByteReceiver | None = None
        self.taken = b""
        self.kept: list[bytes] = []
        self.jammed = False
        self.wake = anyio.Event()
        self.pumping = anyio.Event()
        self.stopped = False
        self.aborted = False
        self.closed = False
        self.finished = False
        self.peer_lingers = False
        self.error: str | None = None
        self.watched = False
        self.watchable = False
        """Whether it can be read without a task."""

    def watch(self, receiver: ByteReceiver) -> bool:
        if self.watchable:
            self.receiver = receiver
            self.stopped = False
            self.watched = True
            self.pumping.set()
            if self.error is not None:
                receiver.ended(self.error)
        return self.watchable

    async def pump(self, receiver: ByteReceiver) -> None:
        self.receiver = receiver
        self.stopped = False
        self.pumping.set()
        while not self.stopped and not self.aborted and self.error is None:
            self.wake = anyio.Event()
            await self.wake.wait()
        if self.error is not None:
            receiver.ended(self.error)

    def stop(self) -> None:
        self.stopped = True
        self.wake.set()

    def write(self, data: bytes) -> bool:
        if self.aborted:
            return False
        if self.jammed:
            self.kept.append(data)
            return False
        self.taken += data
        return True

    @property
    def unsent(self) -> int:
        return sum(map(len, self.kept))

    async def finish(self) -> None:
        self.finished = True
        if self.peer_lingers:
            await anyio.sleep_forever()

    def abort(self) -> None:
        self.aborted = True
        self.wake.set()

    async def aclose(self) -> None:
        self.abort()
        self.closed = True

    # For the test -------------------------------------------------------------------------------------------

    def unjam(self) -> None:
        """The kernel takes what was kept, and as much as comes."""
        self.jammed = False
        self.take_kept()

    def take_kept(self) -> None:
        """The kernel takes what was kept, and no more."""
        self.taken += b"".join(self.kept)
        self.kept.clear()
        assert self.receiver is not None
        self.receiver.writable()

    def end(self, error: str = "") -> None:
        self.error = error
        self.wake.set()
        if self.watched and not self.stopped and self.receiver is not None:
            self.receiver.ended(error)


class Scene:
    """A transport on a fake stream, its sink, and a client's parser to talk through."""

    def __init__(
        self,
        recording_sink: Any,
        parser: str,
        early: bytes = b"",
        *,
        receipts: bool = True,
        pongs_in_line: bool = False,
        without_task: bool = False,
        **limits: Any,
    ) -> None:
        self.stream = FakeStream()
        self.stream.watchable = without_task
        self.limits = ServerLimits(**limits)
        make = frame_parser(parser)
        self.client = make(client=True, message_bytes=1_000_000)
        frames = make(client=False, message_bytes=self.limits.message_bytes)
        self.transport = WebSocketTransport(
            self.stream,
            frames,
            Peer("/x"),
            self.limits,
            early,
            receipts=receipts,
            pongs_in_line=pongs_in_line,
        )
        self.sink = recording_sink
        self.result: Closed | None = None
        self._seen = 0

    async def run(self) -> None:
        self.result = await self.transport.run(self.sink)

    async def start(self, tasks: TaskGroup) -> None:
        """Have it read, and wait until it does."""
        if self.stream.watchable:
            self.transport._endings = Endings(tasks)
            assert self.transport.start(self.sink)
            tasks.start_soon(self._serve)
        else:
            tasks.start_soon(self.run)
        await self.stream.pumping.wait()

    async def _serve(self) -> None:
        """What a server does with a connection that it has started."""
        try:
            await self.sink.over()
        finally:
            try:
                await self.transport.close()
            finally:
                await self.stream.aclose()
        [self.result] = self.sink.ends

    def receive(self, data: bytes) -> None:
        assert self.stream.receiver is not None
        self.stream.receiver.received(data)

    def said(self) -> list[FrameEvent]:
        """What the other side has been sent since it was asked last."""
        data = self.stream.taken[self._seen :]
        self._seen = len(self.stream.taken)
        return self.client.feed(data)


@pytest.fixture(params=["task", "loop"])
def scene(recording_sink: Any, request: pytest.FixtureRequest) -> Any:
    """Makes a scene, which is read by a task or by the event loop alone."""

    def make(parser: str = "wsproto", early: bytes = b"", **settings: Any) -> Scene:
        return Scene(recording_sink, parser, early, without_task=request.param == "loop", **settings)

    return make


@pytest.fixture(scope="session")
def make_stream() -> type[FakeStream]:
    """Makes a byte stream that does what the test says."""
    return FakeStream


@pytest.fixture(scope="session")
def make_sink() -> type[RecordingSink]:
    """Makes a sink that keeps what it is given."""
    return RecordingSink
