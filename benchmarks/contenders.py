"""Server programs that are measured: how each is started, and what its process costs."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

HERE = Path(__file__).parent
ROOT = HERE.parent
APPS = HERE / "apps"
NODE_SDK = Path(os.environ.get("NODE_SDK", HERE / "node_sdk"))
"""Where `npm install @jambonz/sdk` was run."""

BACKENDS = ("asyncio", "uvloop", "trio")


@dataclass
class Contender:
    """One server program, and what was measured of it."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    path: str = "/"
    results: list[float] = field(default_factory=list)
    """One result for each round."""
    lost: int = 0

    @property
    def median(self) -> float:
        """The middle one of the results."""
        return statistics.median(self.results)


class Running:
    """A contender's process, listening."""

    def __init__(self, contender: Contender, stdout: int = subprocess.DEVNULL) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [part.replace("{port}", str(self.port)) for part in contender.command]
        environment = {**os.environ, **contender.environment, "PORT": str(self.port)}
        self.process = subprocess.Popen(
            command, env=environment, stdout=stdout, stderr=subprocess.DEVNULL, cwd=ROOT, text=True
        )
        self.measured = psutil.Process(self.process.pid)
        for _ in range(150):
            if self.process.poll() is not None:
                raise RuntimeError(f"{contender.name} ended at once")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise RuntimeError(f"{contender.name} does not listen")

    def cpu_seconds(self) -> float:
        """What the process has used so far, in user and kernel mode."""
        try:
            # Linux tells it in nanoseconds; everywhere else in hundredths of a second.
            tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
        except (OSError, ValueError):
            times = self.measured.cpu_times()
            return float(times.user + times.system)

    def memory_bytes(self) -> int:
        """What only this process has in memory."""
        return int(self.measured.memory_full_info().uss)

    def stop(self) -> None:
        """End the process, however it feels about that."""
        self.process.kill()
        self.process.communicate()


def has_node_sdk() -> bool:
    """Whether the Node SDK can be measured here."""
    return shutil.which("node") is not None and (NODE_SDK / "node_modules" / "@jambonz" / "sdk").exists()


def node(name: str, program: str, **environment: str) -> Contender:
    """A program on the Node SDK."""
    return Contender(name, ["node", str(APPS / program)], {"NODE_SDK": str(NODE_SDK), **environment})


def served(name: str, target: str, backend: str, parser: str = "auto", **environment: str) -> Contender:
    """An application of ours, started as a user would start it."""
    return Contender(
        name,
        [
            *(sys.executable, "-m", "jambonz_anyio.cli", "run", target),
            *("--host", "127.0.0.1", "--port", "{port}"),
            *("--backend", backend, "--parser", parser, "--log-level", "warning"),
        ],
        environment,
    )


def ratios(contender: Contender, base: Contender) -> float:
    """The median of the ratios within each round: a busy machine is busy for both."""
    return statistics.median(
        result / reference for result, reference in zip(contender.results, base.results, strict=True)
    )


def chosen(contenders: Sequence[Contender], only: str) -> list[Contender]:
    """Those whose names contain one of the parts in `only`, which are separated by commas."""
    return [each for each in contenders if not only or any(part in each.name for part in only.split(","))]
