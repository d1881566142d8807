"""The workers of a fleet, and what is around them. Each process has a port of its own on the loopback interface."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.nginx_server import Nginx
from tests.redis_server import RedisServer, free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0
"""How long a process may take to start or to end."""


class Worker:
    """`jambonz run` on a port of its own: one process, or with `each` a supervisor and so many."""

    def __init__(
        self, name: str, folder: Path, backend: str, each: int, environment: dict[str, str], *options: str
    ) -> None:
        self.port = free_port()
        self.name = name
        self._log = folder / f"{name}.log"
        words = ["run", "tests/fleet/application.py:app", "--port", str(self.port), "--backend", backend]
        words += ["--log-level", "info", *options, *(["--workers", str(each)] if each else [])]
        self._command = [sys.executable, "-m", "jambonz_anyio.cli", *words]
        self._each = each
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._looked_at = 0

    def begin(self) -> None:
        """Start it, and wait for nothing."""
        self._begun = self.said(" listens on ")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
            )

    def ready(self) -> bool:
        """Whether it serves. Raises when it has ended."""
        if self.ended():
            raise AssertionError(f"{self.name} has ended:\n{self.log}")
        return self.said(" listens on ") > self._begun

    def start(self) -> None:
        """Start it, and wait until it serves."""
        self.begin()
        until(self.ready, f"{self.name} to serve")

    @property
    def log(self) -> str:
        """What it has said."""
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    def said(self, text: str) -> int:
        """How often it has said this."""
        return self.log.count(text)

    def stalls(self) -> int:
        """How often it has said since this was asked last that its event loop did not run."""
        if not self._log.exists():
            return 0
        with self._log.open("rb") as log:
            log.seek(self._looked_at)
            said = log.read()
        self._looked_at += len(said)
        return said.count(b"The event loop has not run")

    def pids(self) -> list[int]:
        """The processes that serve."""
        assert self._process is not None
        own = self._process.pid
        if not self._each:
            return [own]
        return [*map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split())]

    def signal(self, number: int) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def ended(self) -> bool:
        """Whether it is gone."""
        return self._process is None or self._process.poll() is not None

    def wait(self) -> None:
        """Wait until it is gone."""
        until(self.ended, f"{self.name} to end")

    def replace(self) -> None:
        """Renew its processes without an end of the service: a supervisor does that itself."""
        if self._each:
            last = f"the old worker {self._each} has ended"
            before = self.said(last)
            self.signal(signal.SIGHUP)
            until(lambda: self.said(last) > before, f"{self.name} to reload")
        else:
            self.signal(signal.SIGTERM)
            self.wait()
            self.start()

    def kill_one(self, pid: int) -> None:
        """End one of its processes as nothing can be caught or cleaned up after, and wait for the next one."""
        known = self.said(" is ready")
        os.kill(pid, signal.SIGKILL)
        if self._each:
            until(lambda: self.said(" is ready") > known, f"{self.name} to start another worker")
        else:
            self.wait()
            self.start()

    def end(self) -> None:
        """End it, in order if it can be."""
        if not self.ended():
            self.signal(signal.SIGTERM)
            time.sleep(0.2)
            self.signal(signal.SIGINT)
            try:
                self.wait()
            except AssertionError:
                assert self._process is not None
                self._process.kill()
                self._process.wait()


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"waited {PATIENCE:g} s for {what}"
        time.sleep(0.05)


@dataclass(slots=True)
class Fleet:
    """All processes of a run."""

    redis: RedisServer
    nginx: Nginx
    workers: list[Worker]
    accounts: Path
    """Where the workers account for their calls."""

    @property
    def url(self) -> str:
        """Where calls come in."""
        return f"ws://127.0.0.1:{self.nginx.port}"


@contextmanager
def fleet(
    folder: Path, *, backend: str, workers: int, each: int, drain: float, **settings: float
) -> Iterator[Fleet]:
    """Start everything, and end it."""
    folder.chmod(0o755)  # nginx serves as somebody else
    accounts = folder / "accounts"
    accounts.mkdir(parents=True)
    redis = RedisServer(folder)
    with ExitStack() as ended:
        ended.callback(redis.stop)
        redis.start()
        environment = {
            "FLEET_STORE": redis.url,
            "FLEET_ACCOUNTS": str(accounts),
            **{f"FLEET_{name.upper()}": f"{value:g}" for name, value in settings.items()},
        }
        started = [
            Worker(f"worker-{number}", folder, backend, each, environment, "--drain", f"{drain:g}")
            for number in range(1, workers + 1)
        ]
        for worker in started:
            ended.callback(worker.end)
            worker.begin()
        for worker in started:
            until(worker.ready, f"{worker.name} to serve")
        nginx = Nginx(folder / "nginx", free_port(), {worker.name: worker.port for worker in started})
        ended.callback(nginx.stop)
        nginx.start()
        yield Fleet(redis, nginx, started, accounts)
