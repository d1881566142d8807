"""Floods over real sockets: of each a bounded part is held, and another call is answered meanwhile.

What is measured are the bytes in the buffers, which is exact. What the process takes then is measured by
`python -m benchmarks.floods`.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from jambonz_anyio import App, AudioStream, Call, CallLimits, CallOptions, ServerLimits
from jambonz_anyio._call.driver import PendingConnection
from jambonz_anyio._net.byte_streams import READ_BYTES, UNSENT_BYTES, WRITE_BYTES
from jambonz_anyio._net.server import Server
from jambonz_core.wire.bounded import BoundedQueue
from jambonz_core.wire.codec import encoded_size
from jambonz_core.wire.limits import AUDIO_SUBPROTOCOL, CONTROL_SUBPROTOCOL

pytestmark = [pytest.mark.anyio, pytest.mark.real_time, pytest.mark.usefixtures("nothing_left_behind")]

KEPT = 200_000
"""What may be held of one thing. A flood is many times as much."""

CALLS = CallLimits(
    inbox_bytes=KEPT, events_bytes=KEPT, handlers_bytes=KEPT, audio_bytes=KEPT, opening_bytes=KEPT
)
OPTIONS = CallOptions(early_bytes=KEPT, session_bytes=20_000)
SERVER = ServerLimits(
    bodies_bytes=KEPT, unfinished_bytes=KEPT, outbox_bytes=KEPT, ping_seconds=0.4, close_seconds=0.2
)

Open = Callable[..., Awaitable[Any]]
Held = Callable[[App, Server], int]


def application() -> App:
    """Handlers that take nothing, and one that answers."""
    app = App(limits=CALLS, options=OPTIONS)

    @app.call("/", on_return="stay")
    async def answering(call: Call) -> None:
        call.on("/echo", lambda heard: call.say(text="Yes."))
        await call.gather(input=["speech"], actionHook="/echo").send()

    @app.call("/hooks")
    async def hooks(call: Call) -> None:
        _unread = call.hooks("/key")
        await call.gather(input=["digits"], actionHook="/key").send()
        await anyio.sleep_forever()

    @app.call("/events")
    async def events(call: Call) -> None:
        _unread = call.events()
        await call.answer().send()
        await anyio.sleep_forever()

    @app.call("/handlers", on_return="stay")
    async def handlers(call: Call) -> None:
        @call.on("llm:event")
        async def slowly(event: Any) -> None:
            await anyio.sleep_forever()

        await call.answer().send()

    @app.audio("/talker", streaming=True)
    async def talker(stream: AudioStream) -> None:
        while True:
            await stream.send(bytes(30_000))

    @app.audio("/audio")
    async def deaf(stream: AudioStream) -> None:
        await anyio.sleep_forever()

    return app


def frame(payload: bytes, opcode: int = 1, *, missing: int = 0) -> bytes:
    """A frame of a client, with a mask of zeros. The last bytes may be missing."""
    size = len(payload) + missing
    if size < 126:
        length = bytes([0x80 | size])
    else:
        length = b"\xfe" + size.to_bytes(2, "big") if size < 65536 else b"\xff" + size.to_bytes(8, "big")
    return bytes([0x80 | opcode]) + length + bytes(4) + payload


def message(size: int, **fields: Any) -> bytes:
    """A message of about that size, as a frame."""
    return frame(json.dumps({"data": {"call_sid": "c", "pad": "x" * size}, **fields}).encode())


async def opened(port: int, stack: AsyncExitStack, path: str, subprotocol: str = CONTROL_SUBPROTOCOL) -> Any:
    """A websocket, as a bare stream."""
    stream = await anyio.connect_tcp("127.0.0.1", port)
    await stack.enter_async_context(stream)
    await stream.send(
        (
            f"GET {path} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n"
        ).encode()
    )
    assert b" 101 " in await stream.receive()
    return stream


async def begun(port: int, stack: AsyncExitStack, path: str, sid: str = "flooding") -> Any:
    """A call that was answered, as a bare stream."""
    stream = await opened(port, stack, path)
    await stream.send(message(10, type="session:new", msgid="new", call_sid=sid))
    await stream.receive()
    return stream


def queued(app: App, server: Server) -> int:
    """What all bounded queues hold, and all connections whose call is not known."""
    # By type(): the weak proxies that other tests have left cannot be asked.
    found = gc.get_objects()
    held: int = sum(one.bytes for one in found if issubclass(type(one), BoundedQueue)) + sum(
        one._held for one in found if issubclass(type(one), PendingConnection)
    )
    return held


# --- the floods: what is sent, what is held of it, and how much that may be -----------------------------------


async def statuses(port: int, stack: AsyncExitStack) -> None:
    socks = [await opened(port, stack, "/") for _ in range(3)]
    for _ in range(60):
        for sock in socks:
            await sock.send(message(60_000, type="call:status"))


async def hooks(port: int, stack: AsyncExitStack) -> None:
    sock = await begun(port, stack, "/hooks")
    for number in range(60):
        await sock.send(message(60_000, type="verb:hook", msgid=f"m{number}", hook="/key"))


async def events(port: int, stack: AsyncExitStack) -> None:
    sock = await begun(port, stack, "/events")
    for _ in range(60):
        await sock.send(message(60_000, type="llm:event"))


async def handlers(port: int, stack: AsyncExitStack) -> None:
    sock = await begun(port, stack, "/handlers")
    for _ in range(60):
        await sock.send(message(60_000, type="llm:event"))


def waiting_for_handlers(app: App, server: Server) -> int:
    return sum(call._runtime.pool._bytes for call in app.calls.values())


async def payloads(port: int, stack: AsyncExitStack) -> None:
    for number in range(10):
        sock = await opened(port, stack, "/events")
        await sock.send(message(150_000, type="session:new", msgid="new", call_sid=f"large-{number}"))
        await sock.receive()


def first_payloads(app: App, server: Server) -> int:
    return sum(encoded_size(call.data) for call in app.calls.values())


async def audio(port: int, stack: AsyncExitStack) -> None:
    sock = await opened(port, stack, "/audio", AUDIO_SUBPROTOCOL)
    await sock.send(frame(b'{"callSid": "c", "sampleRate": 8000, "mixType": "mono"}'))
    for _ in range(60):
        await sock.send(frame(bytes(60_000), 2))


def unread_audio(app: App, server: Server) -> int:
    streams = [one for one in gc.get_objects() if issubclass(type(one), AudioStream)]
    return sum(sum(map(len, stream._frames)) for stream in streams)


async def bodies(port: int, stack: AsyncExitStack) -> None:
    head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"
    for _ in range(40):
        stream = await stack.enter_async_context(await anyio.connect_tcp("127.0.0.1", port))
        await stream.send(head + bytes(60_000))


async def halves(port: int, stack: AsyncExitStack) -> None:
    for _ in range(20):
        sock = await opened(port, stack, "/")
        try:
            await sock.send(frame(bytes(60_000), missing=10))
        except anyio.BrokenResourceError:
            pass  # it was cut
    await anyio.sleep(0.3)  # the keeper looks ten times a second here


async def talkers(port: int, stack: AsyncExitStack) -> None:
    for _ in range(5):
        sock = await opened(port, stack, "/talker", AUDIO_SUBPROTOCOL)
        await sock.send(frame(b'{"callSid": "c", "sampleRate": 8000, "mixType": "mono"}'))
    # More than the kernel takes, for somebody who reads nothing of it.
    await anyio.sleep(0.5)


def backlogs(app: App, server: Server) -> int:
    return sum(transport.backlog for transport in server._transports)


async def tiny(port: int, stack: AsyncExitStack) -> None:
    sock = await begun(port, stack, "/")
    for _ in range(20):
        await sock.send((frame(b"x") + frame(b"", 9)) * 2_000)


def rests(app: App, server: Server) -> int:
    return sum(len(transport._rest) for transport in server._transports) + backlogs(app, server)


FLOODS: list[tuple[Open, Held, int]] = [
    # Of each connection the core keeps its statuses, and the dispatcher their text for another core.
    (statuses, queued, 3 * 3 * KEPT),
    (hooks, queued, KEPT),
    (events, queued, KEPT),
    (handlers, waiting_for_handlers, KEPT),
    (payloads, first_payloads, 11 * 20_000),
    (audio, unread_audio, KEPT),
    (bodies, lambda app, server: server._bodies.held, KEPT),
    (talkers, backlogs, 5 * (KEPT + WRITE_BYTES + UNSENT_BYTES)),
    (tiny, rests, READ_BYTES // 6 + KEPT),
]


@pytest.mark.untraced
@pytest.mark.parametrize(("flood", "held", "bound"), FLOODS, ids=[flood[0].__name__ for flood in FLOODS])
async def test_of_a_flood_a_bounded_part_is_held_and_another_call_is_answered(
    dial_url: Any, flood: Any, held: Held, bound: int
) -> None:
    app = application()
    most, answered, over = 0, 0, anyio.Event()

    async def pour(port: int, stack: AsyncExitStack) -> None:
        try:
            await flood(port, stack)
        except anyio.BrokenResourceError:
            pass  # it was cut for what it did
        over.set()

    async with anyio.create_task_group() as tasks, AsyncExitStack() as stack:
        server = await tasks.start(partial(app.serve, port=0, limits=SERVER))
        other = await stack.enter_async_context(dial_url(f"ws://127.0.0.1:{server.port}/", call_sid="other"))
        await other.answered()
        tasks.start_soon(pour, server.port, stack)
        with anyio.fail_after(60):
            while not over.is_set():
                [verb] = await other.ack(other.hook("/echo", {"reason": "speechDetected"}))
                assert verb["verb"] == "say"
                answered += 1
                most = max(most, held(app, server))
        assert answered
        assert 0 < max(most, held(app, server)) <= bound
        tasks.cancel_scope.cancel()


async def test_of_messages_that_never_end_a_bounded_part_is_held(dial_url: Any) -> None:
    app = application()
    async with anyio.create_task_group() as tasks, AsyncExitStack() as stack:
        server = await tasks.start(partial(app.serve, port=0, limits=SERVER))
        other = await stack.enter_async_context(dial_url(f"ws://127.0.0.1:{server.port}/", call_sid="other"))
        await other.answered()
        tasks.start_soon(halves, server.port, stack)
        with anyio.fail_after(30):
            while server.reached.counts["unfinished_bytes"] < 17:
                await other.ack(other.hook("/echo", {"reason": "speechDetected"}))
        assert sum(transport.unfinished for transport in server._transports) <= KEPT
        tasks.cancel_scope.cancel()
