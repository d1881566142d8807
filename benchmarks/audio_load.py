"""A media server reduced to its traffic: many audio websockets, each sending a frame every 20 ms and taking
the echo.

One thread, bare sockets, frames built once: what it costs stays out of the way of what is measured. Sends are
spread evenly over the 20 ms, as those of unrelated calls are, so that a server cannot batch what arrives
together.
"""

from __future__ import annotations

import base64
import os
import select
import socket
import struct
import time

FRAME_SECONDS = 0.020
PCM_BYTES = 320
"""20 ms of 8 kHz, 16 bit, mono."""

METADATA = b'{"callSid":"0f1e2d3c-benchmark","sampleRate":8000,"mixType":"mono"}'


def masked(opcode: int, payload: bytes) -> bytes:
    """A frame as a client sends it, masked."""
    key = os.urandom(4)
    body = bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
    return bytes([0x80 | opcode]) + length + key + body


def upgrade(port: int, path: str, subprotocol: str = "audio.drachtio.org") -> socket.socket:
    """An open websocket on a blocking socket. Raises ConnectionError when the server refuses."""
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
    answer = b""
    while b"\r\n\r\n" not in answer:
        chunk = sock.recv(4096)
        if not chunk:
            raise ConnectionError(f"the server closed during the upgrade: {answer!r}")
        answer += chunk
    if b" 101 " not in answer.split(b"\r\n", 1)[0]:
        raise ConnectionError(answer.split(b"\r\n", 1)[0].decode())
    return sock


class AudioLoad:
    """Audio websockets that are open, and the traffic on them."""

    def __init__(self, port: int, path: str, streams: int, groups: int = 0) -> None:
        self._group = streams // groups if groups else 1
        self._frame = masked(2, os.urandom(PCM_BYTES))
        self._echo_bytes = PCM_BYTES + 4
        self._poll = select.epoll()
        self._socks: dict[int, socket.socket] = {}
        self._order: list[socket.socket] = []
        for _ in range(streams):
            sock = upgrade(port, path)
            sock.sendall(masked(1, METADATA))
            sock.setblocking(False)
            self._socks[sock.fileno()] = sock
            self._order.append(sock)
            self._poll.register(sock.fileno(), select.EPOLLIN)

    def run(self, seconds: float) -> tuple[int, int]:
        """Frames sent and echoes taken, at full rate for that long."""
        sent, taken = 0, 0
        scratch = bytearray(65536)
        gap = FRAME_SECONDS * self._group / len(self._order)
        begin = due = time.perf_counter()
        turn = 0
        while (now := time.perf_counter()) - begin < seconds:
            while due <= now:
                for _ in range(self._group):
                    try:
                        self._order[turn].send(self._frame)
                        sent += 1
                    except BlockingIOError:
                        pass
                    turn = (turn + 1) % len(self._order)
                due += gap
            taken += self._take(scratch, max(0.0, due - time.perf_counter()))
        # What is on its way when the time is up still counts.
        patience = time.perf_counter() + 0.5
        missing = sent * self._echo_bytes - taken
        while missing > 0 and time.perf_counter() < patience:
            got = self._take(scratch, 0.05)
            taken += got
            missing -= got
        return sent, taken // self._echo_bytes

    def _take(self, scratch: bytearray, patience: float) -> int:
        size = 0
        # epoll rounds its timeout up to a millisecond: a shorter one is no wait at all.
        for number, _ in self._poll.poll(patience if patience > 0.001 else 0):
            try:
                size += self._socks[number].recv_into(scratch)
            except BlockingIOError:
                pass
        if not size and 0 < patience <= 0.001:
            time.sleep(patience)
        return size

    def close(self) -> None:
        """Cut all connections."""
        for sock in self._order:
            sock.close()
        self._poll.close()
