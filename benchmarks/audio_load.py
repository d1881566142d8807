"""A media server reduced to its traffic: many audio websockets, each sending a frame every 20 ms and taking
the echo.

One thread, bare sockets, frames built once: what it costs stays out of the way of what is measured. Sends are
spread evenly over the 20 ms, as those of unrelated calls are, so that a server cannot batch what arrives
together. It notes how late it is itself, so that nobody takes its limits for those of a server.
"""

from __future__ import annotations

import base64
import gc
import os
import select
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

FRAME_SECONDS = 0.020
PCM_BYTES = 320
"""20 ms of 8 kHz, 16 bit, mono."""

METADATA = b'{"callSid":"0f1e2d3c-benchmark","sampleRate":8000,"mixType":"mono"}'

AT_ONCE = 64
"""Connections that are opened at the same time."""


def masked(opcode: int, payload: bytes, key: bytes = b"") -> bytes:
    """A frame as a client sends it, masked."""
    key = key or os.urandom(4)
    body = bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
    return bytes([0x80 | opcode]) + length + key + body


def upgrade(port: int, path: str, subprotocol: str = "audio.drachtio.org") -> socket.socket:
    """An open websocket on a blocking socket. Raises ConnectionError when the server refuses."""
    sock = ask_for_upgrade(port, path, subprotocol)
    await_upgrade(sock)
    return sock


def ask_for_upgrade(port: int, path: str, subprotocol: str) -> socket.socket:
    """A connection on which the server was asked for a websocket, and has not answered yet."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=10)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Protocol: {subprotocol}",
    )
    sock.sendall("".join(f"{line}\r\n" for line in (*request, "")).encode())
    return sock


def await_upgrade(sock: socket.socket) -> None:
    """Take the server's answer."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        chunk = sock.recv(4096)
        if not chunk:
            raise ConnectionError(f"the server closed during the upgrade: {answer!r}")
        answer += chunk
    if b" 101 " not in answer.split(b"\r\n", 1)[0]:
        raise ConnectionError(answer.split(b"\r\n", 1)[0].decode())


def upgrades(port: int, path: str, subprotocol: str, count: int) -> list[socket.socket]:
    """Many websockets; no more at a time than a server lets into its handshakes."""
    found: list[socket.socket] = []
    while len(found) < count:
        part = [ask_for_upgrade(port, path, subprotocol) for _ in range(min(AT_ONCE, count - len(found)))]
        for sock in part:
            await_upgrade(sock)
        found += part
    return found


@dataclass
class Traffic:
    """What a load has seen of one stretch of time, in seconds."""

    sent: int = 0
    taken: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    """Of each thing that came back: since it was sent."""
    late: list[float] = field(default_factory=list)
    """Of each thing that was sent: how long after it was due. That is the load's own fault."""
    cpu: float = 0.0
    """What the load itself took."""

    def after(self, percent: float) -> float:
        """The latency that so many percent stay below."""
        return percentile(self.latencies, percent)


def percentile(values: list[float], percent: float) -> float:
    """What so many percent of the values stay below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("inf")


@dataclass(slots=True)
class _Stream:
    """One websocket, with what is on its way."""

    sock: socket.socket
    began: deque[float] = field(default_factory=deque)
    """When the frames were sent whose echo has not come."""
    partial: int = 0
    """Bytes of an echo that is not whole."""
    rest: bytes = b""
    """Of a frame for which there was no room."""


@dataclass(slots=True)
class Guest:
    """A connection that somebody else looks after, within the turns of a load."""

    sock: socket.socket
    readable: Callable[[], None]
    turn: Callable[[float], None]
    """Called again and again, with the time."""


class AudioLoad:
    """Audio websockets that are open, and the traffic on them."""

    def __init__(self, port: int, path: str, streams: int = 0, groups: int = 0) -> None:
        self._port = port
        self._path = path
        self._group = streams // groups if groups else 1
        self._frame = masked(2, os.urandom(PCM_BYTES))
        self._echo_bytes = PCM_BYTES + 4
        self._poll = select.epoll()
        self._streams: dict[int, _Stream] = {}
        self._order: list[_Stream] = []
        self._scratch = bytearray(65536)
        self.guest: Guest | None = None
        self.open(streams)

    def __len__(self) -> int:
        return len(self._order)

    def open(self, count: int) -> None:
        """So many streams more."""
        for sock in upgrades(self._port, self._path, "audio.drachtio.org", count):
            sock.sendall(masked(1, METADATA))
            sock.setblocking(False)
            stream = _Stream(sock)
            self._streams[sock.fileno()] = stream
            self._order.append(stream)
            self._poll.register(sock.fileno(), select.EPOLLIN)

    def take_in(self, guest: Guest) -> None:
        """Look after one more connection."""
        self.guest = guest
        self._poll.register(guest.sock.fileno(), select.EPOLLIN)

    def let_go(self, guest: Guest) -> None:
        """Look after it no longer, and cut it."""
        self._poll.unregister(guest.sock.fileno())
        guest.sock.close()
        self.guest = None

    def run(self, seconds: float) -> Traffic:
        """Have full traffic for that long."""
        found = Traffic()
        gap = FRAME_SECONDS * self._group / max(len(self._order), 1)
        turn, order, frame, late = 0, self._order, self._frame, found.late
        gc.disable()
        cpu = time.thread_time()
        begin = due = time.perf_counter()
        while (now := time.perf_counter()) - begin < seconds:
            while due <= now:
                for _ in range(self._group):
                    stream = order[turn]
                    self._send(stream, frame, now, found)
                    turn = (turn + 1) % len(order)
                late.append(now - due)
                due += gap
            if self.guest is not None:
                self.guest.turn(now)
            self._take(found, max(0.0, due - time.perf_counter()))
        found.seconds = time.perf_counter() - begin
        found.cpu = time.thread_time() - cpu
        # What is on its way when the time is up still counts.
        patience = time.perf_counter() + 0.5
        while any(stream.began for stream in order) and time.perf_counter() < patience:
            self._take(found, 0.05)
        gc.enable()
        return found

    def _send(self, stream: _Stream, frame: bytes, now: float, found: Traffic) -> None:
        try:
            if stream.rest:
                stream.rest = stream.rest[stream.sock.send(stream.rest) :]
                if stream.rest:
                    return
            size = stream.sock.send(frame)
        except BlockingIOError:
            return
        if size < len(frame):
            stream.rest = frame[size:]
        stream.began.append(now)
        found.sent += 1

    def _take(self, found: Traffic, patience: float) -> None:
        # epoll rounds its timeout up to a millisecond: a shorter one is no wait at all.
        ready = self._poll.poll(patience if patience > 0.001 else 0)
        if not ready and 0 < patience <= 0.001:
            time.sleep(patience)
        for number, _ in ready:
            stream = self._streams.get(number)
            if stream is None:
                if self.guest is not None:
                    self.guest.readable()
                continue
            got = stream.sock.recv_into(self._scratch)
            if not got:
                raise ConnectionError("the server has closed the connection of a stream")
            size = stream.partial + got
            now = time.perf_counter()
            while size >= self._echo_bytes and stream.began:
                size -= self._echo_bytes
                found.latencies.append(now - stream.began.popleft())
                found.taken += 1
            stream.partial = size

    def close(self) -> None:
        """Cut all connections."""
        for stream in self._order:
            stream.sock.close()
        self._poll.close()
