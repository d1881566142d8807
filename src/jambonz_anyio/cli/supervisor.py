"""`jambonz run --workers`: one process that listens, and N that serve what comes in.

The supervisor opens the listener and hands it to every worker it starts. So there is always somebody to
accept: a connection that comes while workers change waits in the one queue of that listener and is taken by
another worker, where `SO_REUSEPORT` would have reset it. The supervisor itself accepts nothing, imports
nothing of the application and has no event loop; what it does is decided by `fleet`.

Each worker has a line to it, a pair of sockets. The supervisor is told `ready` there, and tells `announced`
(all places are ready), `drain` and `end`. A line that breaks means that the supervisor is gone: the worker
drains. Signals would not do for this: service managers send them to all processes of a service.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from .errors import CommandFailed, ExitCode
from .fleet import Action, Drain, End, Fleet, FleetState, Kill, Ready, Report, Start, Tell
from .worker import WORKER, Assignment

WORD_BYTES = 4096
"""How much of a line from a worker is kept that has no end yet."""

logger: logging.Logger = logging.getLogger("jambonz_anyio.supervisor")


@dataclass(frozen=True, slots=True)
class SupervisorSettings:
    """What the supervisor itself has to know."""

    workers: int
    drain: float
    start_seconds: float
    arguments: list[str]
    """The command line of a worker."""
    store: Path | None
    """Where workers keep calls for each other; None for a folder that is gone with the supervisor."""


def supervise(
    settings: SupervisorSettings, sockets: list[socket.socket], announce: Callable[[str], None]
) -> int:
    """Keep workers serving what comes in on these sockets until signals end it; gives the exit code.

    When all are ready, `announce` is called with what they serve.
    """
    folder: AbstractContextManager[str]
    if settings.store is not None:
        folder = nullcontext(str(settings.store))
    else:
        folder = tempfile.TemporaryDirectory(prefix="jambonz-calls-", ignore_cleanup_errors=True)
    gc.enable()
    with folder as store, _signals() as told:
        return _Supervisor(settings, sockets, announce, store, told).run()


def check_platform() -> None:
    """Say so where workers cannot be."""
    if os.name != "posix":
        raise CommandFailed(
            "--workers needs a POSIX system, such as Linux or macOS: the workers inherit one listener. "
            "Without --workers, `jambonz run` serves with one process.",
            ExitCode.USAGE,
        )


class _Process:
    """The process of a worker, and the line to it."""

    def __init__(self, command: list[str], assignment: Assignment, line: socket.socket) -> None:
        theirs = assignment.line
        self.line = line
        self.heard = b""
        self.popen = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, WORKER: json.dumps(assignment.as_json())},
            pass_fds=[theirs, *assignment.listeners],
            # Ctrl-C is for the supervisor alone, which tells the workers.
            process_group=0,
        )

    def tell(self, word: str) -> None:
        """Say one word to it. A line that is broken, or full of words nobody reads, is no news."""
        try:
            self.line.send(f"{word}\n".encode())
        except OSError:
            pass


class _Supervisor:
    def __init__(
        self,
        settings: SupervisorSettings,
        sockets: list[socket.socket],
        announce: Callable[[str], None],
        store: str,
        told: socket.socket,
    ) -> None:
        self._settings = settings
        self._sockets = sockets
        self._announce = announce
        self._store = store
        self._told = told
        self._fleet = Fleet(settings.workers, settings.drain, settings.start_seconds)
        self._processes: dict[int, _Process] = {}
        self._selector = selectors.DefaultSelector()
        self._serves = ""

    def run(self) -> int:
        fleet = self._fleet
        self._selector.register(self._told, selectors.EVENT_READ, None)
        try:
            fleet.begin(time.monotonic())
            self._perform()
            while fleet.state is not FleetState.OVER:
                self._wait()
                self._perform()
        finally:
            for process in self._processes.values():
                process.popen.kill()
                process.popen.wait()
                process.line.close()
            self._selector.close()
            self._close()
        return fleet.exit_code

    def _wait(self) -> None:
        """Tell the fleet what has happened."""
        fleet = self._fleet
        deadline = fleet.deadline
        patience = None if deadline is None else max(0.0, deadline - time.monotonic())
        for key, _ in self._selector.select(patience):
            if key.data is None:
                for number in self._told.recv(64):
                    self._signalled(number)
            else:
                self._hear(key.data)
        fleet.elapsed(time.monotonic())

    def _signalled(self, number: int) -> None:
        now = time.monotonic()
        if number == signal.SIGCHLD:
            self._bury(now)
        elif number == signal.SIGHUP:
            self._fleet.reload(now)
        else:
            logger.info("received %s", signal.Signals(number).name)
            # Before the workers do: or clients would wait in the queue of a listener that nobody serves.
            self._close()
            self._fleet.stop(now)

    def _close(self) -> None:
        while self._sockets:
            self._sockets.pop().close()

    def _hear(self, number: int) -> None:
        process = self._processes.get(number)
        if process is None:
            return  # it has ended meanwhile
        try:
            data = process.line.recv(4096)
        except OSError:
            data = b""
        if not data:
            self._selector.unregister(process.line)
            return
        *words, rest = (process.heard + data).split(b"\n")
        process.heard = rest[:WORD_BYTES]
        for word in words:
            # The line is a descriptor of a process that runs other people's code: anything may come.
            ready, said, serves = word.decode(errors="replace").partition("ready ")
            if said and not ready:
                self._serves = serves
                self._fleet.ready(number, time.monotonic())

    def _bury(self, now: float) -> None:
        for number, process in list(self._processes.items()):
            code = process.popen.poll()
            if code is not None:
                del self._processes[number]
                if process.line in self._selector.get_map():
                    self._selector.unregister(process.line)
                process.line.close()
                self._fleet.exited(number, code, now)

    def _perform(self) -> None:
        while actions := self._fleet.actions():
            for action in actions:
                self._do(action)

    def _do(self, action: Action) -> None:
        match action:
            case Start():
                self._start(action)
            case Tell() | Drain() | End() | Kill():
                process = self._processes.get(action.worker)
                if process is not None:  # otherwise it has died meanwhile
                    _order(process, action)
            case Report(text, trouble):
                logger.log(logging.WARNING if trouble else logging.INFO, "%s", text)
            case Ready():
                self._announce(self._serves)

    def _start(self, start: Start) -> None:
        ours, theirs = socket.socketpair()
        assignment = Assignment(
            place=start.place,
            line=theirs.fileno(),
            listeners=[sock.fileno() for sock in self._sockets],
            announced=start.announced,
            store=self._store,
        )
        command = [sys.executable, "-m", "jambonz_anyio.cli", *self._settings.arguments]
        try:
            with theirs:
                process = _Process(command, assignment, ours)
        except OSError as error:
            # The machine has too little memory, or too many processes: that may pass, and others go on.
            ours.close()
            logger.warning("worker %d cannot be started: %s", start.place, error.strerror)
            self._fleet.exited(start.worker, ExitCode.NO, time.monotonic())
            return
        ours.setblocking(False)
        self._processes[start.worker] = process
        self._selector.register(ours, selectors.EVENT_READ, start.worker)
        logger.debug("worker %d is process %d", start.place, process.popen.pid)


def _order(process: _Process, action: Tell | Drain | End | Kill) -> None:
    match action:
        case Tell():
            process.tell("announced")
        case Drain():
            process.tell("drain")
        case End():
            process.tell("end")
            # One that still starts does not listen to its line.
            process.popen.terminate()
        case Kill():
            process.popen.kill()


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """A socket on which the numbers of signals arrive, in place of what they do otherwise."""
    told, teller = socket.socketpair()
    teller.setblocking(False)
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
    with told, teller:
        before = [signal.signal(number, _noted) for number in numbers]
        wakeup = signal.set_wakeup_fd(teller.fileno(), warn_on_full_buffer=False)
        try:
            yield told
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)


def _noted(number: int, frame: FrameType | None) -> None:
    """Python writes the number of each signal that has a handler to the wakeup socket."""
