"""Opening what `jambonz run` listens on, before there is an event loop."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from .errors import CommandFailed, ExitCode

BACKLOG = 1024
"""How many connections may wait to be accepted, such as while the application starts."""

_NOT_HERE = " --host has to be an address of this machine; 0.0.0.0 stands for all of them."

_HINTS = {
    errno.EADDRINUSE: " Choose another one with --port.",
    errno.EACCES: " Choose a port above 1023 with --port.",
    errno.EADDRNOTAVAIL: _NOT_HERE,
    socket.EAI_NONAME: _NOT_HERE,
}
"""What to do when nothing can listen there."""


@contextmanager
def listening(host: str, port: int, path: Path | None) -> Iterator[list[socket.socket]]:
    """Listening sockets: one for each address of a host; or a Unix socket, whose file goes with the block."""
    try:
        sockets = _on_addresses(host, port) if path is None else [_on_path(path)]
    except OSError as error:
        where = path or f"{host}:{port}"
        hint = "" if path is not None else _HINTS.get(error.errno or 0, "")
        raise CommandFailed(
            f"Cannot listen on {where}: {error.strerror or error}.{hint}", ExitCode.NOT_REACHED
        ) from error
    try:
        yield sockets
    finally:
        for sock in sockets:
            sock.close()
        if path is not None:
            with suppress(OSError):
                path.unlink()


@contextmanager
def listening_on_one_of(host: str, ports: Sequence[int]) -> Iterator[list[socket.socket]]:
    """Listening sockets on the first of these ports that is free."""
    for port in ports:
        try:
            sockets = _on_addresses(host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            raise CommandFailed(
                f"Cannot listen on {host}:{port}: {error.strerror or error}.", ExitCode.NOT_REACHED
            ) from error
        break
    else:
        raise CommandFailed(
            f"All ports from {ports[0]} to {ports[-1]} are taken. Name more of them with --own-ports.",
            ExitCode.NOT_REACHED,
        )
    try:
        yield sockets
    finally:
        for sock in sockets:
            sock.close()


def address_of(sock: socket.socket) -> str:
    """Where a socket listens: `host:port`, or the path of a Unix socket."""
    name = sock.getsockname()
    if not isinstance(name, tuple):
        return os.fsdecode(name)
    return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"


def _on_addresses(host: str, port: int) -> list[socket.socket]:
    """One socket for each address, all with the same port: port 0 is whichever the first one gets."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    with ExitStack() as opened:
        sockets: list[socket.socket] = []
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            sock = opened.enter_context(socket.socket(family))
            if os.name == "posix":
                # On Windows this would let others take the port.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if sockets and not port:
                port = sockets[0].getsockname()[1]
            sock.bind((address[0], port, *address[2:]))
            sock.listen(BACKLOG)
            sockets.append(sock)
        opened.pop_all()
    return sockets


def _on_path(path: Path) -> socket.socket:
    """A Unix socket; one that a dead process has left behind is replaced."""
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()
    with ExitStack() as opened:
        sock = opened.enter_context(socket.socket(socket.AF_UNIX))
        sock.bind(str(path))
        sock.listen(BACKLOG)
        opened.pop_all()
    return sock
