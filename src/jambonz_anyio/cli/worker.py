"""One of the processes of `jambonz run --workers`: what it is given, and its line to the supervisor."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import anyio

if TYPE_CHECKING:
    from .. import Server
    from ..app import App

WORKER = "_JAMBONZ_WORKER"
"""The environment variable by which a process knows that it is a worker."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What the supervisor gives a worker."""

    place: int
    """Its number, from 1; the worker that replaces it has the same."""
    line: int
    """The file descriptor of its line to the supervisor."""
    listeners: list[int]
    announced: bool
    """Whether all places are ready, or were once."""
    store: str
    """The folder in which workers keep calls for each other, where the application says nothing else."""

    def as_json(self) -> dict[str, Any]:
        """The settings as text, for the environment of a worker."""
        return asdict(self)


def assignment() -> Assignment | None:
    """What the supervisor has given this process, if it is a worker; only the first asker is told.

    Processes that the application starts are no workers, and have none of its sockets.
    """
    value = os.environ.pop(WORKER, None)
    if value is None:
        return None
    given = Assignment(**json.loads(value))
    for descriptor in (given.line, *given.listeners):
        os.set_inheritable(descriptor, False)
    # For the supervisor: it would tell its workers one after the other.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return given


async def serve_as_worker(given: Assignment, app: App, settings: dict[str, Any], serves: str) -> None:
    """Serve what comes in on the supervisor's listener until it says that this is enough."""
    with socket.socket(fileno=given.line) as line:
        line.setblocking(False)
        begun = _Begun(warming=not given.announced)
        status: Any = begun
        async with anyio.create_task_group() as tasks:

            async def serve() -> None:
                sockets = [socket.socket(fileno=each) for each in given.listeners]
                await app.serve(**settings, sockets=sockets, task_status=status)
                tasks.cancel_scope.cancel()

            tasks.start_soon(serve)
            server = await begun.server()
            with suppress(OSError):
                line.send(f"ready {serves}\n".encode())
            async for word in _words(line):
                match word:
                    case "announced":
                        server.warming = False
                    case "end":
                        tasks.cancel_scope.cancel()
                    case _:
                        server.start_drain()
            # The supervisor is gone, and with it whoever would restart this process or stop it.
            server.start_drain()


class _Begun:
    """Is told that the server serves, before it accepts anything. What anyio calls a task status."""

    def __init__(self, *, warming: bool) -> None:
        self._warming = warming
        self._server: Server | None = None
        self._begun = anyio.Event()

    def started(self, server: Server) -> None:
        """The server calls this."""
        server.warming = self._warming
        self._server = server
        self._begun.set()

    async def server(self) -> Server:
        """The server, once it serves."""
        while self._server is None:
            await self._begun.wait()
        return self._server


async def _words(line: socket.socket) -> AsyncIterator[str]:
    """What the supervisor says, until it is gone."""
    heard = b""
    while True:
        await anyio.wait_readable(line)
        try:
            data = line.recv(4096)
        except OSError:
            return
        if not data:
            return
        *words, heard = (heard + data).split(b"\n")
        for word in words:
            yield word.decode(errors="replace")
