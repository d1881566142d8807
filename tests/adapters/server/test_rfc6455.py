"""What RFC 6455 requires of frames, over real sockets: the server and the client, with both frame parsers.

Each case is a few frames put together by hand, and what the other side must say to them. They are modelled on
Autobahn's cases, which `test_autobahn.py` runs where they can be had. What comes back is read by a reader of this
file's own, which is as strict as the RFC.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import anyio
import pytest
from anyio.abc import ByteStream, SocketAttribute

from jambonz_anyio import ServerLimits
from jambonz_anyio.transport import open_websocket

pytestmark = pytest.mark.anyio

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
LIMIT = 100_000


@dataclass(frozen=True)
class Frame:
    """One frame, right or wrong."""

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0
    length_bytes: int | None = None
    """0, 2 or 8: how its length is written. None: as short as it can be."""
    claims: int | None = None
    """A length that is not that of its payload."""
    masked: bool | None = None
    """None: as it must be."""

    def wire(self, *, masked: bool) -> bytes:
        masked = masked if self.masked is None else self.masked
        size = len(self.payload) if self.claims is None else self.claims
        width = self.length_bytes
        if width is None:
            width = 0 if size < 126 else 2 if size < 65536 else 8
        mark = {0: size, 2: 126, 8: 127}[width]
        head = bytes(
            [(0x80 if self.fin else 0) | self.rsv << 4 | self.opcode, (0x80 if masked else 0) | mark]
        )
        head += size.to_bytes(width, "big") if width else b""
        if not masked:
            return head + self.payload
        key = b"\x37\xfa\x21\x3d"
        whole = int.from_bytes(self.payload, "big") ^ int.from_bytes(
            (key * (len(self.payload) // 4 + 1))[: len(self.payload)], "big"
        )
        return head + key + whole.to_bytes(len(self.payload), "big")


def closing(code: int | None = 1000, reason: bytes = b"") -> Frame:
    return Frame(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason)


Said: TypeAlias = tuple[int, bytes]
"""A message or a control frame that must come back: its opcode, and what it carries."""


@dataclass(frozen=True)
class Case:
    """Frames, what must be said to them, and with which code it must be over then."""

    name: str
    frames: tuple[Frame, ...]
    said: tuple[Said, ...] = ()
    closes: frozenset[int | None] = frozenset({1000})
    """The codes that are right. None is a close without a code."""
    chop: int = 0
    """Written in pieces of so many bytes; 0 is all at once."""
    then: tuple[Frame, ...] = ()
    """What is sent when everything that must be said was heard: who closes is told nothing more."""


def case(
    name: str,
    *frames: Frame,
    said: Iterable[Said] = (),
    closes: int | set[int | None] | None = 1000,
    chop: int = 0,
) -> Case:
    codes = closes if isinstance(closes, set) else {closes}
    return Case(name, frames, tuple(said), frozenset(codes), chop)


def echoed(name: str, *frames: Frame, said: Iterable[Said], chop: int = 0) -> Case:
    """All is well, and this side closes then."""
    return replace(case(name, *frames, said=said, chop=chop), then=(closing(),))


def broken(name: str, *frames: Frame, code: int | set[int | None] = 1002, said: Iterable[Said] = ()) -> Case:
    """The last frame is wrong. What comes behind it has no effect."""
    return case(name, *frames, Frame(TEXT, b"never heard"), said=said, closes=code)


def pieces(opcode: int, *payloads: bytes) -> tuple[Frame, ...]:
    """A message in so many frames."""
    last = len(payloads) - 1
    return tuple(
        Frame(opcode if number == 0 else CONT, payload, fin=number == last)
        for number, payload in enumerate(payloads)
    )


def each_byte(text: bytes) -> tuple[Frame, ...]:
    return pieces(TEXT, *(text[index : index + 1] for index in range(len(text))))


SIZES = (0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537)

FRAMING = [
    *(
        echoed(f"{size} bytes of {name}{chopped}", Frame(opcode, b"*" * size), said=[(opcode, b"*" * size)], chop=chop)
        for opcode, name in ((TEXT, "text"), (BINARY, "binary"))
        for size in SIZES
        for chop, chopped in ((0, ""), (997, " in pieces of 997"))
    ),
    echoed("a frame byte by byte", Frame(TEXT, b"Hello"), said=[(TEXT, b"Hello")], chop=1),
    *(
        broken(f"reserved bits {rsv:03b} on opcode {opcode}", Frame(TEXT, b"good"), Frame(opcode, b"x", rsv=rsv), said=[(TEXT, b"good")])
        for rsv in range(1, 8)
        for opcode in (TEXT, BINARY, PING)
    ),
    broken("reserved bits on a close", Frame(CLOSE, b"\x03\xe8", rsv=7)),
    *(
        broken(f"reserved opcode {opcode}", Frame(TEXT, b"good"), Frame(opcode, payload), said=[(TEXT, b"good")])
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
        for payload in (b"", b"x")
    ),
    broken("two bytes for a length of 125", Frame(BINARY, b"*" * 125, length_bytes=2)),
    broken("two bytes for no length", Frame(TEXT, b"", length_bytes=2)),
    broken("eight bytes for a length of 1", Frame(TEXT, b"*", length_bytes=8)),
    broken("eight bytes for a length of 65535", Frame(BINARY, b"*" * 65_535, length_bytes=8)),
    broken("a length with its highest bit set", Frame(BINARY, b"*", claims=1 << 63), code={1002, 1009}),
]  # fmt: skip

CONTROL = [
    echoed("a ping", Frame(PING, b"what it is"), said=[(PONG, b"what it is")]),
    echoed("a ping with nothing in it", Frame(PING), said=[(PONG, b"")]),
    echoed("a ping with all bytes", Frame(PING, bytes(range(125))), said=[(PONG, bytes(range(125)))]),
    echoed("a ping byte by byte", Frame(PING, b"x" * 125), said=[(PONG, b"x" * 125)], chop=1),
    echoed("ten pings", *(Frame(PING, b"%d" % n) for n in range(10)), said=[(PONG, b"%d" % n) for n in range(10)]),
    echoed("pongs that nobody asked for", Frame(PONG), Frame(PONG, b"x" * 125), Frame(PING, b"!"), said=[(PONG, b"!")]),
    broken("a ping of 126 bytes", Frame(PING, b"x" * 126)),
    broken("a pong of 126 bytes", Frame(PONG, b"x" * 126)),
    broken("a ping in pieces", Frame(PING, b"x", fin=False), Frame(CONT, b"y")),
    broken("a pong in pieces", Frame(PONG, b"x", fin=False), Frame(CONT, b"y")),
    broken("a close in pieces", Frame(CLOSE, b"\x03\xe8", fin=False), Frame(CONT, b"y")),
]  # fmt: skip

FRAGMENTS = [
    echoed("two fragments", *pieces(TEXT, b"one ", b"two"), said=[(TEXT, b"one two")]),
    echoed("binary fragments", *pieces(BINARY, b"\xff", b"\xfe", b"\xfd"), said=[(BINARY, b"\xff\xfe\xfd")]),
    echoed("empty fragments", *pieces(TEXT, b"", b"", b""), said=[(TEXT, b"")]),
    echoed("an empty end", *pieces(TEXT, b"all", b""), said=[(TEXT, b"all")]),
    echoed("fragments byte by byte", *pieces(TEXT, b"one ", b"two"), said=[(TEXT, b"one two")], chop=1),
    echoed(
        "pings inside of a message are answered before it is whole",
        Frame(TEXT, b"one ", fin=False),
        Frame(PING, b"1"),
        Frame(CONT, b"two ", fin=False),
        Frame(PING, b"2"),
        Frame(PONG, b"?"),
        Frame(CONT, b"three"),
        said=[(PONG, b"1"), (PONG, b"2"), (TEXT, b"one two three")],
    ),
    echoed("a thousand fragments", *pieces(BINARY, *([b"*"] * 1000)), said=[(BINARY, b"*" * 1000)]),
    broken("a continuation of nothing", Frame(CONT, b"x")),
    broken("an unfinished continuation of nothing", Frame(CONT, b"x", fin=False)),
    broken("a continuation behind a whole message", Frame(TEXT, b"whole"), Frame(CONT, b"x"), said=[(TEXT, b"whole")]),
    *(
        broken("a message inside of a message", Frame(first, b"x", fin=False), Frame(second, b"y", fin=fin))
        for first in (TEXT, BINARY)
        for second in (TEXT, BINARY)
        for fin in (True, False)
    ),
]  # fmt: skip

CLOSES = [
    case("a close", closing()),
    case("a close without a code", closing(None), closes=None),
    case("a close with a reason", closing(1000, b"enough")),
    case("the longest reason", closing(1000, b"x" * 123)),
    case("a reason in many letters", closing(1000, "☃é\U0001f600".encode())),
    case("a close byte by byte", closing(1001, b"x" * 123), closes=1001, chop=1),
    *(case(f"code {code}", closing(code), closes=code) for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999)),
    *(broken(f"code {code}", closing(code)) for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)),
    broken("a close of one byte", Frame(CLOSE, b"\x03")),
    broken("a close of 126 bytes", Frame(CLOSE, b"\x03\xe8" + b"x" * 124)),
    broken("a reason that is no text", closing(1000, b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"), code=1007),
    case("a ping behind a close", closing(), Frame(PING, b"x")),
    case("a message behind a close", closing(), Frame(TEXT, b"x")),
    case("two closes", closing(), closing(1001)),
    case("nonsense behind a close", closing(), Frame(3, b"x", rsv=7)),
    case("a close inside of a message", Frame(TEXT, b"begun", fin=False), closing(), Frame(CONT, b"x")),
    case("a close without a code inside of a message", Frame(BINARY, b"begun", fin=False), closing(None), closes=None),
    echoed("a large message and a close", Frame(BINARY, b"*" * 90_000), said=[(BINARY, b"*" * 90_000)]),
]  # fmt: skip

GOOD_TEXTS = {
    "kosme": "κόσμε".encode(),
    "edges": "\0\x7f\x80\u07ff\u0800\ud7ff\ue000\ufffd\uffff\U00010000\U0010ffff".encode(),
    "non-characters": "\ufffe\uffff\U0001fffe\U0010fffe\ufdd0".encode(),
    "byte order mark": "\ufeffx".encode(),
}
BAD_TEXTS = {
    "lone continuation": b"\x80",
    "two continuations": b"\x80\xbf",
    "lone starts": b"\xc3 \xe2 ",
    "ends within two": b"good\xc3",
    "ends within three": b"good\xe2\x98",
    "ends within four": b"good\xf0\x9f\x98",
    "starts again within three": b"\xe2\x98\xe2\x98\x83",
    "impossible bytes": b"\xfe\xff",
    "overlong slash": b"\xc0\xaf",
    "overlong zero": b"\xe0\x80\x80",
    "overlong four": b"\xf0\x8f\xbf\xbf",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "above the last": b"\xf4\x90\x80\x80",
    "high surrogate": b"\xed\xa0\x80",
    "low surrogate": b"\xed\xbf\xbf",
    "pair of surrogates": b"\xed\xa0\x81\xed\xb0\x80",
    "good then bad": "κόσμε".encode() + b"\xed\xa0\x80edited",
}

UTF_8 = [
    *(echoed(name, Frame(TEXT, text), said=[(TEXT, text)]) for name, text in GOOD_TEXTS.items()),
    *(echoed(f"{name}, in pieces", *each_byte(text), said=[(TEXT, text)]) for name, text in GOOD_TEXTS.items()),
    *(echoed(f"{name}, byte by byte", Frame(TEXT, text), said=[(TEXT, text)], chop=1) for name, text in GOOD_TEXTS.items()),
    *(broken(name, Frame(TEXT, text), code=1007) for name, text in BAD_TEXTS.items()),
    *(broken(f"{name}, in pieces", *each_byte(text), code=1007) for name, text in BAD_TEXTS.items()),
    *(echoed(f"{name}, as binary", Frame(BINARY, text), said=[(BINARY, text)]) for name, text in BAD_TEXTS.items()),
    # Nothing more follows: it is over at once, and not only when the message is whole.
    case("text that can be none any more", Frame(TEXT, b"good", fin=False), Frame(CONT, b"\xed\xa0\x80", fin=False), closes=1007),
]  # fmt: skip

LIMITS = [
    echoed("as much as is allowed", Frame(BINARY, b"*" * LIMIT), said=[(BINARY, b"*" * LIMIT)]),
    broken("one byte more", Frame(BINARY, b"*" * (LIMIT + 1)), code=1009),
    broken("one byte more of text", Frame(TEXT, b"*" * (LIMIT + 1)), code=1009),
    broken("one letter more", Frame(TEXT, "é".encode() * (LIMIT // 2) + b"*"), code=1009),
    broken("one byte more in pieces", *pieces(BINARY, b"*" * LIMIT, b"*"), code=1009),
    echoed("the next message counts anew", *[Frame(BINARY, b"*" * LIMIT)] * 2, said=[(BINARY, b"*" * LIMIT)] * 2),
    case("a length without an end", Frame(BINARY, b"*" * (LIMIT + 1), claims=1 << 40), closes=1009),
]  # fmt: skip

GROUPS = {
    "framing": FRAMING,
    "control": CONTROL,
    "fragments": FRAGMENTS,
    "closes": CLOSES,
    "utf-8": UTF_8,
    "limits": LIMITS,
}


class Reader:
    """Reads what the other side sends, and finds every fault in it."""

    def __init__(self, stream: ByteStream, *, masked: bool) -> None:
        self._stream = stream
        self._masked = masked
        self._data = b""

    async def _take(self, size: int) -> bytes:
        while len(self._data) < size:
            self._data += await self._stream.receive()
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    async def line_end(self) -> bytes:
        """Everything up to an empty line."""
        while b"\r\n\r\n" not in self._data:
            self._data += await self._stream.receive()
        head, self._data = self._data.split(b"\r\n\r\n", 1)
        return head

    async def frame(self) -> Said | None:
        """The next one; None at the end of the stream."""
        try:
            first, second = await self._take(2)
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return None
        assert not first & 0x70, "a reserved bit is set"
        assert first & 0x80, "this library sends whole frames"
        opcode = first & 0x0F
        assert opcode in {TEXT, BINARY, CLOSE, PING, PONG}
        assert bool(second & 0x80) == self._masked
        size = second & 0x7F
        if size == 126:
            size = int.from_bytes(await self._take(2), "big")
            assert size > 125, "the length could be shorter"
        elif size == 127:
            size = int.from_bytes(await self._take(8), "big")
            assert size > 65_535, "the length could be shorter"
        assert opcode < CLOSE or size <= 125
        key = await self._take(4) if self._masked else bytes(4)
        payload = await self._take(size)
        return opcode, bytes(byte ^ key[index % 4] for index, byte in enumerate(payload)) if any(
            key
        ) else payload


async def play(it: Case, stream: ByteStream, reader: Reader, *, masked: bool) -> None:
    """Say what the case says, and look at what comes back. Raises AssertionError."""
    wire = b"".join(frame.wire(masked=masked) for frame in it.frames)
    heard: list[Said] = []

    async def say(wire: bytes) -> None:
        step = it.chop or len(wire)
        try:
            for start in range(0, len(wire), step):
                await stream.send(wire[start : start + step])
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            # It is over before all of it was said.
            pass

    with anyio.move_on_after(10) as patience:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(say, wire)
            while (frame := await reader.frame()) is not None:
                heard.append(frame)
                if frame[0] == CLOSE:
                    break
                if it.then and len(heard) == len(it.said):
                    tasks.start_soon(say, b"".join(frame.wire(masked=masked) for frame in it.then))
            tasks.cancel_scope.cancel()
    caught = patience.cancelled_caught
    assert not caught, "nothing came back"
    assert heard, "the connection was cut without a close"
    opcode, body = heard.pop()
    assert opcode == CLOSE, "the connection was cut without a close"
    code = int.from_bytes(body[:2], "big") if body else None
    assert code in it.closes, f"closed with {code}: {body[2:].decode()}"
    assert tuple(heard) == it.said


async def play_all(cases: list[Case], connected: Callable[[], Any], *, masked: bool) -> None:
    """All cases of a group, each on a connection of its own, a few at a time."""
    failed: list[str] = []
    todo = iter(cases)

    async def work() -> None:
        for it in todo:
            async with connected() as (stream, reader):
                try:
                    await play(it, stream, reader, masked=masked)
                except AssertionError as error:
                    failed.append(f"{it.name}: {error}")

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(work)
    assert not failed


@pytest.mark.parametrize("group", GROUPS)
async def test_the_server(start_server: Any, group: str, parser: str, streams: str) -> None:
    async with start_server(parser=parser, streams=streams, limits={"message_bytes": LIMIT}) as running:

        @asynccontextmanager
        async def connected() -> AsyncIterator[tuple[ByteStream, Reader]]:
            async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
                await stream.send(
                    b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
                )
                reader = Reader(stream, masked=False)
                head = await reader.line_end()
                assert head.startswith(b"HTTP/1.1 101 ")
                assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
                yield stream, reader

        cases = GROUPS[group]
        if group == "framing":
            unmasked = Frame(TEXT, b"x", masked=False)
            cases = [*cases, broken("a frame that is not masked", unmasked)]
        await play_all(cases, connected, masked=True)


class Echo:
    """Sends everything back."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def frame(self, data: str | bytes) -> None:
        self._transport.push(data)

    def receipt(self, count: int) -> None:
        raise AssertionError("nobody asked")

    def closed(self, closed: Any) -> None: ...


@pytest.mark.parametrize("group", GROUPS)
async def test_the_client(group: str, parser: str, streams: str) -> None:
    """A server by hand plays the cases, and the client of the library has to stand them."""
    waiting: list[tuple[ByteStream, Reader, anyio.Event]] = []
    arrived = anyio.Event()

    async def accept(stream: ByteStream) -> None:
        nonlocal arrived
        async with stream:
            reader = Reader(stream, masked=True)
            head = (await reader.line_end()).decode()
            [key] = [
                line.split(": ")[1] for line in head.split("\r\n") if line.startswith("Sec-WebSocket-Key")
            ]
            guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            token = base64.b64encode(hashlib.sha1((key + guid).encode()).digest())
            await stream.send(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + token + b"\r\n\r\n"
            )
            done = anyio.Event()
            waiting.append((stream, reader, done))
            arrived.set()
            arrived = anyio.Event()
            await done.wait()

    async with anyio.create_task_group() as tasks:
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")

        async def listen() -> None:
            async with listener:
                await listener.serve(accept)

        tasks.start_soon(listen)
        port = listener.extra(SocketAttribute.local_port)
        limits = ServerLimits(message_bytes=LIMIT, close_seconds=2)
        opening = partial(
            open_websocket, f"ws://127.0.0.1:{port}/", parser=parser, streams=streams, limits=limits
        )

        async def client() -> None:
            async with opening() as transport:
                await transport.run(Echo(transport))

        @asynccontextmanager
        async def connected() -> AsyncIterator[tuple[ByteStream, Reader]]:
            async with anyio.create_task_group() as clients:
                clients.start_soon(client)
                while not waiting:
                    await arrived.wait()
                stream, reader, done = waiting.pop()
                yield stream, reader
                done.set()

        cases = GROUPS[group]
        if group == "framing":
            cases = [*cases, broken("a frame that is masked", Frame(TEXT, b"x", masked=True))]
        await play_all(cases, connected, masked=False)
        tasks.cancel_scope.cancel()
