"""SIGTERM while a peer does not read: the process ends within its drain, served by itself and by ASGI hosts."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

APPLICATION = """
import sys
from functools import partial

import anyio

from jambonz_anyio import App, AudioStream, Call, ServerLimits

app = App()


@app.call("/", on_return="stay")
async def talks(call: Call) -> None:
    # Text that nobody reads, from a handler that knows no end.
    while True:
        try:
            await call.say(text="blah " * 400).send()
        except Exception:
            pass


@app.audio("/plays")
async def plays(stream: AudioStream) -> None:
    while True:
        await stream.send(bytes(3200))


if __name__ == "__main__":
    port, loop = int(sys.argv[1]), sys.argv[2]
    limits = ServerLimits(close_seconds=1.0)
    serve = partial(app.serve, port=port, handle_signals=True, drain_seconds=1.0, limits=limits)
    options = {"use_uvloop": True} if loop == "uvloop" else {}
    anyio.run(serve, backend="asyncio" if loop == "uvloop" else loop, backend_options=options)
"""

NEW = b'{"type":"session:new","msgid":"m1","call_sid":"c1","data":{"call_sid":"c1","direction":"outbound"}}'

WITHIN = 20.0
"""Seconds: the drain and the closing handshake take two, or what the host allows; the rest is for a busy machine."""

PROGRAM = [sys.executable, "unread.py"]
UVICORN = [sys.executable, "-m", "uvicorn", "--log-level", "error", "unread:app"]
HYPERCORN = [sys.executable, "-m", "hypercorn", "-w", "0", "--graceful-timeout", "1", "unread:app"]

WAYS = {
    "asyncio": [*PROGRAM, "{port}", "asyncio"],
    "uvloop": [*PROGRAM, "{port}", "uvloop"],
    "trio": [*PROGRAM, "{port}", "trio"],
    "uvicorn": [*UVICORN, "--port", "{port}", "--timeout-graceful-shutdown", "2"],
    "hypercorn on trio": [*HYPERCORN, "--bind", "127.0.0.1:{port}", "-k", "trio"],
}


def connect(port: int, process: subprocess.Popen[bytes]) -> socket.socket:
    """A connection that has little room for what it is sent."""
    until = time.monotonic() + 30
    while True:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(30)
        try:
            sock.connect(("127.0.0.1", port))
        except ConnectionRefusedError:
            sock.close()
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)  # there is no event to wait for in another process
        else:
            return sock


def upgraded(port: int, process: subprocess.Popen[bytes], path: str, subprotocol: str) -> socket.socket:
    sock = connect(port, process)
    sock.sendall(
        f"GET {path} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n".encode()
    )
    assert sock.recv(12) == b"HTTP/1.1 101"
    return sock


@pytest.mark.parametrize("way", WAYS)
def test_a_peer_that_does_not_read_holds_up_no_end(way: str, tmp_path: Path, free_tcp_port: int) -> None:
    (tmp_path / "unread.py").write_text(APPLICATION)
    command = [word.format(port=free_tcp_port) for word in WAYS[way]]
    with (tmp_path / "errors").open("wb") as errors:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=errors)
    try:
        call = upgraded(free_tcp_port, process, "/", "ws.jambonz.org")
        audio = upgraded(free_tcp_port, process, "/plays", "audio.drachtio.org")
        for sock, first in ((call, NEW), (audio, b'{"callSid":"c1","sampleRate":8000}')):
            sock.sendall(bytes((0x81, 0x80 | len(first))) + bytes(4) + first)
        # It has begun to say something, which fills the sockets at once.
        assert call.recv(1)
        time.sleep(0.5)  # there is no event to wait for in another process
        process.send_signal(signal.SIGTERM)
        process.wait(WITHIN)
        for sock in (call, audio):
            sock.close()
    finally:
        process.kill()
        process.wait()
