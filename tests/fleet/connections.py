"""Open connections to `jambonz run --workers` while it is reloaded again and again, and count what becomes of them.

`python -m tests.fleet.connections --help`. Each connection is a handshake of a websocket, and every one has to get its
answer: a listener that all workers share has each connection in the one queue of it until somebody takes it.
"""

from __future__ import annotations

import argparse
import itertools
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Self

import trustme

from jambonz_anyio.cli.event_loops import BACKENDS

from .machines import Worker

REQUEST = (
    b"GET /talk/1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Protocol: ws.jambonz.org\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)
ANSWER = "HTTP/1.1 101"


class Stream:
    """Threads that open connections, one after the other, until it is enough."""

    def __init__(self, port: int, tls: ssl.SSLContext | None, threads: int) -> None:
        self.counted: Counter[str] = Counter()
        self._port = port
        self._tls = tls
        # An address has too few ports for as many connections as there were in the last minute.
        self._sources = itertools.cycle(f"127.0.0.{number}" for number in range(1, 200))
        self._enough = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._open) for _ in range(threads)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def _open(self) -> None:
        while not self._enough.is_set():
            what = self._one()
            with self._lock:
                self.counted[what] += 1

    def _one(self) -> str:
        source = (next(self._sources), 0)
        try:
            with socket.create_connection(("127.0.0.1", self._port), 60.0, source) as plain:
                sock = (
                    plain if self._tls is None else self._tls.wrap_socket(plain, server_hostname="localhost")
                )
                with sock:
                    sock.sendall(REQUEST)
                    return sock.recv(1000)[: len(ANSWER)].decode() or "closed without an answer"
        except OSError as error:
            return repr(error)


def main(asked: argparse.Namespace) -> int:
    """One run. The exit code says whether each connection got its answer."""
    with tempfile.TemporaryDirectory(prefix="fleet-") as name:
        folder = Path(name)
        options: list[str] = ["--drain", "0.2"]
        tls: ssl.SSLContext | None = None
        if asked.tls:
            authority = trustme.CA()
            tls = ssl.create_default_context()
            authority.configure_trust(tls)
            authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(
                folder / "both.pem"
            )
            options += ["--tls-cert", str(folder / "both.pem")]
        # Nobody comes with a call, so no store is asked for anything.
        accounts = {"FLEET_STORE": "redis://127.0.0.1:1/0", "FLEET_ACCOUNTS": name}
        worker = Worker("workers", folder, asked.loop, asked.workers, accounts, *options)
        worker.start()
        began = time.monotonic()
        try:
            with Stream(worker.port, tls, asked.at_once) as stream:
                for number in range(asked.reloads):
                    while stream.counted.total() < number * asked.connections // asked.reloads:
                        time.sleep(0.05)
                    worker.replace()
                while stream.counted.total() < asked.connections:
                    time.sleep(0.05)
        finally:
            worker.end()
        seconds = time.monotonic() - began
        print(
            f"{asked.loop}{', TLS' if asked.tls else ''}: {stream.counted.total():,} connections in {seconds:.0f} s, "
            f"{asked.workers} workers, {asked.reloads} reloads: {dict(stream.counted)}",
            flush=True,
        )
        if worker.said("Traceback"):
            print(worker.log[-4000:])
            return 1
        return int(set(stream.counted) != {ANSWER})


def arguments(given: list[str]) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fleet.connections", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--loop", choices=[*BACKENDS, "each"], default="asyncio", help="of the workers")
    parser.add_argument("--connections", type=int, default=2000, help="how many, at least")
    parser.add_argument("--reloads", type=int, default=6, help="how often all workers are replaced")
    parser.add_argument("--workers", type=int, default=2, help="how many workers share the listener")
    parser.add_argument("--at-once", type=int, default=4, help="how many connections are opened at a time")
    parser.add_argument("--tls", action="store_true", help="with TLS")
    return parser.parse_args(given)


if __name__ == "__main__":
    asked = arguments(sys.argv[1:])
    if asked.loop != "each":
        sys.exit(main(asked))
    commands = [
        [sys.executable, "-m", "tests.fleet.connections", *sys.argv[1:], "--loop", loop] for loop in BACKENDS
    ]
    sys.exit(max(subprocess.run(command, check=False).returncode for command in commands))
