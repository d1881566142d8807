"""While peers do their worst, the process goes on answering another call, and takes a bounded amount of memory."""

from __future__ import annotations

import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import anyio
import anyio.abc
import pytest

from jambonz_anyio import App, AudioStream, Call, ServerLimits, serve
from jambonz_anyio.testing import HURRIED, dial_url

pytestmark = pytest.mark.anyio

PATIENCE = 60.0
"""Seconds for whatever is waited for: a machine that is busy with other things is no failure."""

LIMITS = ServerLimits(
    handshake_seconds=1.0, message_seconds=1.0, write_seconds=1.0, close_seconds=1.0, handshakes=200
)

MEGABYTE = 1024 * 1024

app = App()
cut: list[str] = []
"""The calls and streams that noticed the end of their connection."""


@app.call("/")
async def echo(call: Call) -> None:
    heard = await call.say(text="Hello!").gather(input=["speech"], timeout=10).result()
    await call.say(text=f"You said: {heard.transcript}").hangup().send()


@app.call("/talks", on_return="stay")
async def talks(call: Call) -> None:
    """Talk on, whether or not anybody reads."""
    while True:
        await call.say(text="blah " * 400).send()
        if not call.attached:
            cut.append(call.call_sid)
            return


@app.call("/quiet", on_return="stay")
async def quiet(call: Call) -> None:
    await call.answer().send()


@app.audio("/deaf")
async def deaf(stream: AudioStream) -> None:
    """Take nothing of what comes."""
    await anyio.sleep_forever()


@app.audio("/plays")
async def plays(stream: AudioStream) -> None:
    """Play on, whether or not anybody reads."""
    try:
        while True:
            await stream.send(bytes(3200))
    finally:
        cut.append(stream.call_sid)


@app.webhook("/hook", unsigned=True)
async def hook(request: Any) -> Any:
    return []


def upgrade(path: str, subprotocol: str = "ws.jambonz.org") -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n"
    ).encode()


def header(size: int, first: int = 0x81) -> bytes:
    """Of a masked frame; the mask is four zeros, so that the payload stays as it is."""
    if size < 126:
        return bytes((first, 0x80 | size)) + bytes(4)
    if size < 65536:
        return bytes((first, 0xFE)) + struct.pack("!H", size) + bytes(4)
    return bytes((first, 0xFF)) + struct.pack("!Q", size) + bytes(4)


def frame(payload: bytes, first: int = 0x81) -> bytes:
    return header(len(payload), first) + payload


def message(type: str, **fields: Any) -> bytes:
    return frame(json.dumps({"type": type, "msgid": "m1", "call_sid": "c1", **fields}).encode())


NEW = message("session:new", data={"call_sid": "c1", "direction": "inbound", "call_status": "trying"})


class Peers:
    """The hostile side: bare connections to the server, all of them open until the end."""

    def __init__(self, port: int, stack: AsyncExitStack, tasks: anyio.abc.TaskGroup) -> None:
        self.port = port
        self._stack = stack
        self._tasks = tasks

    async def connect(self, *data: bytes) -> anyio.abc.SocketStream:
        stream = await anyio.connect_tcp("127.0.0.1", self.port)
        await self._stack.enter_async_context(stream)
        for piece in data:
            with suppress(anyio.BrokenResourceError):
                await stream.send(piece)
        return stream

    async def upgraded(self, path: str, subprotocol: str = "ws.jambonz.org") -> anyio.abc.SocketStream:
        stream = await self.connect(upgrade(path, subprotocol))
        with anyio.fail_after(PATIENCE):
            answer = await stream.receive(1000)
        assert answer.startswith(b"HTTP/1.1 101 ")
        return stream

    def trickle(self, stream: anyio.abc.SocketStream, data: bytes) -> None:
        """Send it byte by byte, for as long as the other side takes it."""

        async def send() -> None:
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                for at in range(len(data)):
                    await stream.send(data[at : at + 1])
                    await anyio.sleep(0.05)

        self._tasks.start_soon(send)

    def send(self, stream: anyio.abc.SocketStream, data: bytes) -> None:
        """Send it, and wait for nobody."""

        async def send() -> None:
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                await stream.send(data)

        self._tasks.start_soon(send)


async def end_of(stream: anyio.abc.SocketStream) -> bytes:
    """What comes until the server has ended it."""
    data = b""
    with anyio.fail_after(PATIENCE), suppress(anyio.EndOfStream, anyio.BrokenResourceError):
        while True:
            data += await stream.receive()
    return data


def rss() -> float:
    """The memory of this process, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


async def conversation(port: int) -> None:
    """An honest call."""
    with anyio.fail_after(PATIENCE):
        async with dial_url(f"ws://127.0.0.1:{port}/", options=HURRIED) as phone:
            await phone.hears("Hello!")
            await phone.says("good morning", pause=0.02)
            await phone.hears("You said: good morning")


Attack: TypeAlias = Callable[[Peers], Awaitable[None]]


@asynccontextmanager
async def under(attack: Attack, *, megabytes: float, limits: ServerLimits = LIMITS) -> AsyncIterator[None]:
    """A server under attack, on which a call is answered before, meanwhile and after."""
    async with anyio.create_task_group() as tasks:
        server = await tasks.start(partial(serve, app, port=0, limits=limits))
        await conversation(server.port)
        before = rss()
        async with AsyncExitStack() as stack, anyio.create_task_group() as hostile:
            peers = Peers(server.port, stack, hostile)
            finished = anyio.Event()

            async def act() -> None:
                await attack(peers)
                finished.set()

            hostile.start_soon(act)
            await conversation(server.port)
            with anyio.fail_after(PATIENCE):
                await finished.wait()
            await conversation(server.port)
            grown = rss() - before
            yield
            hostile.cancel_scope.cancel()
        assert grown < megabytes, f"{grown:.0f} MB more than before"
        await conversation(server.port)
        tasks.cancel_scope.cancel()


async def test_heads_that_never_end() -> None:
    async def attack(peers: Peers) -> None:
        streams = [await peers.connect(b"GET / HTTP/1.1\r\nHost: h\r\n") for _ in range(150)]
        for stream in streams:
            peers.trickle(stream, b"X-Slow: " + b"y" * 10_000)
        # Each is told off, or had to make room for another.
        for stream in streams:
            assert (await end_of(stream))[:13] in {b"", b"HTTP/1.1 408 "}

    async with under(attack, megabytes=40):
        pass


async def test_a_thousand_handshakes() -> None:
    async def attack(peers: Peers) -> None:
        for number in range(1000):
            await peers.connect(b"" if number % 2 else b"GET / HT")

    async with under(attack, megabytes=40):
        pass


async def test_half_a_frame_and_then_nothing_or_next_to_nothing() -> None:
    """Bytes that never become a message are no sign of life."""

    async def attack(peers: Peers) -> None:
        streams = [await peers.upgraded("/") for _ in range(20)]
        for number, stream in enumerate(streams):
            await stream.send(header(60_000) + b'{"type":')
            if number % 2:
                peers.trickle(stream, b" " * 50_000)
        for stream in streams[1::2]:
            assert b"101" not in await end_of(stream)

    async with under(attack, megabytes=40):
        pass


async def test_half_a_message_in_frames() -> None:
    """A message of many frames that never ends."""

    async def attack(peers: Peers) -> None:
        stream = await peers.upgraded("/")
        await stream.send(frame(b'{"type":', first=0x01))
        peers.trickle(stream, frame(b" ", first=0x00) * 3000)
        await end_of(stream)

    async with under(attack, megabytes=20):
        pass


@pytest.mark.parametrize("size", [2 * MEGABYTE, 1 << 40, (1 << 63) - 1])
async def test_a_giant_frame_is_refused_by_its_header(size: int) -> None:
    async def attack(peers: Peers) -> None:
        stream = await peers.upgraded("/")
        await stream.send(header(size) + b" " * 1000)
        assert struct.pack("!H", 1009) in await end_of(stream)

    async with under(attack, megabytes=20):
        pass


async def test_a_giant_message_in_small_frames_is_refused() -> None:
    async def attack(peers: Peers) -> None:
        stream = await peers.upgraded("/")
        peers.send(stream, frame(b" " * 1000, first=0x01) + frame(b" " * 1000, first=0x00) * 3000)
        assert struct.pack("!H", 1009) in await end_of(stream)

    async with under(attack, megabytes=20):
        pass


@pytest.mark.parametrize("text", [b"\xff\xfe", b'{"type":"\xc3\x28"}', b"\xed\xa0\x80"])
async def test_bad_utf_8(text: bytes) -> None:
    async def attack(peers: Peers) -> None:
        for before in (b"", NEW):
            stream = await peers.upgraded("/quiet")
            await stream.send(before + frame(text))
            assert struct.pack("!H", 1007) in await end_of(stream)

    async with under(attack, megabytes=20):
        pass


WRONG = [
    frame(b"not json"),
    frame(b"[]"),
    frame(b"{}"),
    frame(b"[" * 5000),
    frame(b'{"type":"session:new"}'),
    message("ack"),
    message("verb:hook", hook="/x", data={}),
    message("tts:tokens-result", data={"id": 7, "status": "ok"}),
    message("session:reconnect", data={"call_sid": "c9"}),
    message("session:adulting", data={"call_sid": "c8"}),
    message("session:redirect", data={"call_sid": "c7"}),
    message("call:status", data={"call_sid": "c1", "call_status": "completed"}),
    message("nobody:knows", data={}),
    frame(b"binary where there is text", first=0x82),
    NEW,
    NEW,
]


@pytest.mark.parametrize("first", range(len(WRONG)))
async def test_messages_in_the_wrong_order(first: int) -> None:
    async def attack(peers: Peers) -> None:
        stream = await peers.upgraded("/quiet")
        await stream.send(b"".join(WRONG[first:] + WRONG[:first]))
        await stream.send(frame(b"\x03\xe8", first=0x88))
        await end_of(stream)

    async with under(attack, megabytes=20):
        pass


@pytest.mark.parametrize(
    ("path", "subprotocol"), [("/talks", "ws.jambonz.org"), ("/plays", "audio.drachtio.org")]
)
async def test_peers_that_never_read(path: str, subprotocol: str) -> None:
    cut.clear()

    async def attack(peers: Peers) -> None:
        for number in range(5):
            stream = await peers.upgraded(path, subprotocol)
            opening = {
                "type": "session:new",
                "msgid": "m1",
                "call_sid": f"c{number}",
                "callSid": f"c{number}",
            }
            data = {"call_sid": f"c{number}", "direction": "inbound", "call_status": "trying"}
            await stream.send(frame(json.dumps({**opening, "data": data}).encode()))
        # What they are sent fills their sockets; then they are cut.
        for _ in range(int(PATIENCE * 20)):
            if len(cut) == 5:
                return
            await anyio.sleep(0.05)
        pytest.fail(f"only {cut} were cut")

    async with under(attack, megabytes=100):
        pass


async def test_floods_of_pings_and_pongs_and_tiny_messages() -> None:
    async def attack(peers: Peers) -> None:
        for first in (0x89, 0x8A, 0x81):
            stream = await peers.upgraded("/quiet")
            peers.send(stream, NEW + frame(b"x", first=first) * 200_000)

    async with under(attack, megabytes=60):
        pass


# The bounds in bytes -----------------------------------------------------------------------------------------


async def test_bodies_that_never_end() -> None:
    async def attack(peers: Peers) -> None:
        head = b"POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % MEGABYTE
        for _ in range(200):
            peers.send(await peers.connect(head), b"x" * (MEGABYTE - 1))
        await anyio.sleep(0.9)

    limits = ServerLimits(handshake_seconds=5.0, write_seconds=1.0, close_seconds=1.0)
    async with under(attack, megabytes=100, limits=limits):
        pass


async def test_a_flood_of_statuses_before_a_call() -> None:
    async def attack(peers: Peers) -> None:
        status = message(
            "call:status", data={"call_sid": "c1", "call_status": "ringing", "x": "y" * (MEGABYTE - 1000)}
        )
        for _ in range(3):
            stream = await peers.upgraded("/quiet")
            for _ in range(100):
                await stream.send(status)

    async with under(attack, megabytes=100):
        pass


async def test_audio_that_nobody_takes() -> None:
    async def attack(peers: Peers) -> None:
        stream = await peers.upgraded("/deaf", "audio.drachtio.org")
        await stream.send(frame(b'{"callSid":"c1","sampleRate":8000}'))
        pcm = frame(bytes(MEGABYTE - 1000), first=0x82)
        for _ in range(300):
            await stream.send(pcm)

    async with under(attack, megabytes=100):
        pass
