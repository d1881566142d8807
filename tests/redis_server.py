"""A Redis or Valkey of a test: a process with a port of its own, which can hang, crash, come back and fail over."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAMS = ("valkey-server", "redis-server")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RedisServer:
    """A server process with a port of its own, which can be killed and started again."""

    def __init__(self, directory: Path, *options: str, tls: bool = False) -> None:
        self.port = free_port()
        self._tls = tls
        self._directory = directory
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = list(self._options)
        if self._tls:
            options[options.index("--tls-port") + 1] = str(self.port)
        command = [program(), "--port", "0" if self._tls else str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self._directory), "--save", "", "--appendonly", "no", "--daemonize", "no"]
        self._process = subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.wait_for(b"Ready to accept connections")

    def wait_for(self, text: bytes) -> None:
        """Read what it logs until it says that."""
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if text in line:
                return
        raise AssertionError(f"the server ended before it said {text!r}")

    def stop(self) -> None:
        """Kill it, as a crash does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()

    def pause(self) -> None:
        """Have it hang: its connections stay open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @contextlib.contextmanager
    def replica(self) -> Iterator[Replica]:
        """A replica that has all that was written so far, and gets nothing more."""
        replica = Replica(self, self._directory)
        replica.start_from_primary()
        try:
            yield replica
        finally:
            replica.stop()


class Replica(RedisServer):
    """A copy of a server, which can take its place."""

    def __init__(self, primary: RedisServer, directory: Path) -> None:
        self._primary = primary
        super().__init__(directory / "replica", "--replicaof", "127.0.0.1", str(primary.port))
        self._directory.mkdir()

    def start_from_primary(self) -> None:
        self.start()
        self.wait_for(b"Finished with success")
        # The link breaks: what is written from now on is acknowledged, and never comes here.
        say(self.port, "REPLICAOF NO ONE")

    def take_over(self) -> None:
        """The primary is dead, and whoever connects to its port comes here: as a failover does it."""
        self._primary.stop()
        say(self.port, "SAVE")
        self.stop()
        self.port = self._primary.port
        self._options = ()
        self.start()


def say(port: int, command: str) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(command.encode() + b"\r\n")
        assert connection.recv(100).startswith(b"+OK")


def program() -> str:
    """The server that is installed; a test without one is skipped."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found is not None:
            return found
    pytest.skip(f"none of {', '.join(PROGRAMS)} is installed")
