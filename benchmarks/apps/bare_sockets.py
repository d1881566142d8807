"""The least that an echo costs on each event loop: bytes come, as many leave, and nothing is looked at.

No frame is read, nothing unmasked, no limit kept: what stands here is the kernel's part and the loop's, which
any server in Python has as well. On asyncio and uvloop the loop calls back for each socket; on trio one task
waits for all of them, because a task for each costs twice as much.

With FRAMES=yes the frame is a frame: its header is read, its payload unmasked, in C, and sent back under a
header of its own. What is left out is all that a server owes its peers: messages in pieces, text, pings, the
closing handshake, sockets that take nothing for a while, limits, and the end.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import select
import socket
import struct
from collections.abc import Callable
from functools import partial
from typing import Any

from websockets.speedups import apply_mask

from jambonz_anyio.cli.event_loops import run_on

ECHO = b"\x82\x7e" + (320).to_bytes(2, "big") + bytes(320)
"""The frame that answers each of the load's."""
AUDIO = struct.Struct("!BxH4s")
"""The header of a masked frame of some hundred bytes: its first byte, the payload's length, the mask."""
BINARY = 0x82
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept(listener: socket.socket) -> socket.socket | None:
    """Take a connection and answer its request for a websocket, which comes at once or not at all."""
    sock, _ = listener.accept()
    lines = sock.recv(65536).split(b"\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(b": ") for line in lines)}
    if b"sec-websocket-key" not in fields:
        sock.close()
        return None
    accepted = base64.b64encode(hashlib.sha1(fields[b"sec-websocket-key"] + GUID).digest()).decode()
    answer = (
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accepted}",
        f"Sec-WebSocket-Protocol: {fields[b'sec-websocket-protocol'].decode()}",
    )
    sock.sendall("\r\n".join([*answer, "", ""]).encode())
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)
    return sock


def received(sock: socket.socket, buffer: memoryview, gone: Callable[[], Any]) -> int:
    """How much has come: nothing, where the connection is over."""
    try:
        size = sock.recv_into(buffer)
    except ConnectionError:
        size = 0
    if not size:
        gone()
        sock.close()
    return size


def echo(sock: socket.socket, buffer: memoryview, gone: Callable[[], Any]) -> None:
    """Answer what has come."""
    if received(sock, buffer, gone) > 300:  # the first message is no audio
        sock.send(ECHO)


def echo_frame(sock: socket.socket, buffer: memoryview, gone: Callable[[], Any]) -> None:
    """Answer whole frames with what is in them."""
    size, end = received(sock, buffer, gone), 0
    while end < size:
        first, length, mask = AUDIO.unpack_from(buffer, end)
        begin = end + AUDIO.size
        end = begin + length
        if first != BINARY or end > size:  # the first message is no audio
            break
        sock.send(b"\x82\x7e" + length.to_bytes(2, "big") + apply_mask(buffer[begin:end], mask))


ANSWER = echo_frame if os.environ.get("FRAMES") == "yes" else echo


async def on_asyncio(listener: socket.socket, buffer: memoryview) -> None:
    """Have the loop call back for each socket."""
    loop = asyncio.get_running_loop()

    def readable() -> None:
        if sock := accept(listener):
            fd = sock.fileno()
            loop.add_reader(fd, partial(ANSWER, sock, buffer, partial(loop.remove_reader, fd)))

    loop.add_reader(listener.fileno(), readable)
    await asyncio.Event().wait()


async def on_trio(listener: socket.socket, buffer: memoryview) -> None:
    """Wait for all sockets in one task."""
    import trio

    poll = select.epoll()
    callbacks: dict[int, Callable[[], None]] = {}

    def readable() -> None:
        if sock := accept(listener):
            fd = sock.fileno()
            callbacks[fd] = partial(ANSWER, sock, buffer, partial(poll.unregister, fd))
            poll.register(fd, select.EPOLLIN)

    callbacks[listener.fileno()] = readable
    poll.register(listener.fileno(), select.EPOLLIN)
    while True:
        await trio.lowlevel.wait_readable(poll.fileno())
        for fd, _ in poll.poll(0):
            callbacks[fd]()


async def main() -> None:
    """Serve on PORT."""
    listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])), backlog=1024)
    buffer = memoryview(bytearray(65536))
    await (on_trio if os.environ.get("BACKEND") == "trio" else on_asyncio)(listener, buffer)


if __name__ == "__main__":
    run_on(os.environ.get("BACKEND", "asyncio"), main)
