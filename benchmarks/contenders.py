"""Server programs that are measured: how each is started, and what its process costs."""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

HERE = Path(__file__).parent
ROOT = HERE.parent
APPS = HERE / "apps"
NODE_SDK = Path(os.environ.get("NODE_SDK", HERE / "node_sdk"))
"""Where `npm install @jambonz/sdk` was run."""

BACKENDS = ("asyncio", "uvloop", "trio")
PARSERS = {"fast": "websockets", "plain": "wsproto"}
"""What takes frames apart with the extra `fast`, and without."""


@dataclass
class Contender:
    """One server program."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


class Running:
    """A contender's process, listening. Where there are two cores it has one that the load is not on."""

    def __init__(self, contender: Contender, stdout: int = subprocess.DEVNULL) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [part.replace("{port}", str(self.port)) for part in contender.command]
        environment = {**os.environ, **contender.environment, "PORT": str(self.port)}
        with _on_the_servers_core():
            self.process = subprocess.Popen(
                command, env=environment, stdout=stdout, stderr=subprocess.DEVNULL, cwd=ROOT, text=True
            )
        self.measured = psutil.Process(self.process.pid)
        for _ in range(300):
            if self.process.poll() is not None:
                raise RuntimeError(f"{contender.name} ended at once")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
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


# --- the machine --------------------------------------------------------------------------------------------


def cores() -> tuple[int, int] | None:
    """The core of the load and that of the server; None where they cannot have one each."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    usable = sorted(_USABLE)
    return (usable[0], usable[-1]) if len(usable) > 1 else None


_USABLE = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set[int]()


def take_the_loads_core() -> None:
    """Have this process, which makes the load, on one core, so that servers have another for themselves."""
    if both := cores():
        os.sched_setaffinity(0, {both[0]})


@contextmanager
def _on_the_servers_core() -> Iterator[None]:
    # A process begins where the one is that starts it, and so do all of its threads.
    both = cores()
    before = os.sched_getaffinity(0) if both else set[int]()
    if both and before != _USABLE:
        os.sched_setaffinity(0, {both[1]})
    try:
        yield
    finally:
        if both:
            os.sched_setaffinity(0, before)


def allow_files(count: int) -> int:
    """Have this process and those that it starts open so many files, or as many as they may. How many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(hard, count)))
        except (ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


# --- the programs -------------------------------------------------------------------------------------------


def has_node_sdk() -> bool:
    """Whether the Node SDK can be measured here."""
    return shutil.which("node") is not None and (NODE_SDK / "node_modules" / "@jambonz" / "sdk").exists()


def ours(backend: str, parser: str = "fast", *, way: str = "", **environment: str) -> Contender:
    """The server of this library. `way` is a word more in its name."""
    name = ", ".join(filter(None, (f"jambonz-anyio, {backend}", "" if parser == "fast" else "wsproto", way)))
    return Contender(
        name,
        [sys.executable, str(APPS / "ours.py")],
        {"BACKEND": backend, "PARSER": PARSERS[parser], **environment},
    )


def transport(backend: str, parser: str) -> Contender:
    """The server without `App`, which echoes audio."""
    name = ", ".join(filter(None, (f"transport, {backend}", "" if parser == "fast" else "wsproto")))
    return Contender(
        name,
        [sys.executable, str(APPS / "transport_audio.py")],
        {"BACKEND": backend, "PARSER": PARSERS[parser]},
    )


def official(backend: str) -> Contender:
    """The official Python SDK."""
    return Contender(
        f"official SDK, {backend}", [sys.executable, str(APPS / "official.py")], {"BACKEND": backend}
    )


def node(**environment: str) -> list[Contender]:
    """The official Node SDK, where it is installed."""
    if not has_node_sdk():
        return []
    environment = {"NODE_SDK": str(NODE_SDK), **environment}
    return [Contender("Node SDK", ["node", str(APPS / "node.mjs")], environment)]


def bare_sockets(backend: str) -> Contender:
    """Bytes in, bytes out: what the kernel and the event loop take of any echo."""
    return _bare("bare sockets", backend)


def bare_frames(backend: str) -> Contender:
    """The same with frames that are read and unmasked, and nothing else of what a websocket is."""
    return _bare("bare frames", backend, FRAMES="yes")


def _bare(name: str, backend: str, **environment: str) -> Contender:
    return Contender(
        f"{name}, {backend}",
        [sys.executable, str(APPS / "bare_sockets.py")],
        {"BACKEND": backend, **environment},
    )


def bare_c() -> list[Contender]:
    """Parser, masking and sockets in C, where picows is installed: about what Python can do at most."""
    if not importlib.util.find_spec("picows"):
        return []
    return [Contender("bare C echo (picows), uvloop", [sys.executable, str(APPS / "bare_audio.py")])]


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


def chosen(contenders: Sequence[Contender], only: str) -> list[Contender]:
    """Those whose names contain one of the parts in `only`, which are separated by commas."""
    return [each for each in contenders if not only or any(part in each.name for part in only.split(","))]
