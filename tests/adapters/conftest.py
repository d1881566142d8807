"""Every adapter test runs on asyncio, on uvloop and on trio.

A test that touches nothing outside of its event loop runs in virtual time on asyncio and trio: when all tasks are
blocked, the clock jumps, and nobody waits. uvloop has no other clock than the machine's. Sockets and other processes
live in real time, and so do tests that use them: they are marked `real_time`, or are in a directory where that is the
rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing
from tests.redis_server import RedisServer

from jambonz_anyio.testing._virtual_clock_asyncio import VirtualTimeLoop
from jambonz_anyio.testing._virtual_clock_trio import _Mover

HERE = Path(__file__).parent

BACKENDS: list[Any] = [
    pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
    pytest.param(("asyncio", {"use_uvloop": True}), id="uvloop"),
    pytest.param(("trio", {}), id="trio"),
]

WITHOUT_SOCKETS = (
    "calls",
    "cli/test_browser_phone.py",
    "cli/test_browser_sound.py",
    "server/test_closing.py",
    "server/test_memory_transport.py",
)
"""Where nothing needs a socket, but for tests that are marked."""


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """The name and options of the event loop, for anyio's pytest plugin."""
    name, options = request.param
    if options.get("use_uvloop") or _in_real_time(request):
        return name, options
    if name == "trio":
        clock = trio.testing.MockClock()
        return name, {"clock": clock, "instruments": [_LetsTimePass(clock)]}
    return name, {"loop_factory": VirtualTimeLoop}


class _LetsTimePass(trio.abc.Instrument):
    """Starts the task that moves a clock, with the first step of a run."""

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self._clock = clock
        self._started = False

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        if not self._started and task.parent_nursery is not None:
            self._started = True
            trio.lowlevel.spawn_system_task(self._move)

    async def _move(self) -> None:
        # trio's own reader must be waiting before it can be told from the sockets of the program.
        await trio.testing.wait_all_tasks_blocked()
        await _Mover(self._clock, trio.CancelScope()).run()


def _in_real_time(request: pytest.FixtureRequest) -> bool:
    where = request.node.path.relative_to(HERE)
    at_home = any(where.is_relative_to(room) for room in WITHOUT_SOCKETS)
    over = getattr(request.node, "callspec", None)
    return (
        not at_home
        or request.node.get_closest_marker("real_time") is not None
        or (over is not None and "socket" in over.params.values())
    )


@pytest.fixture
def start_redis(tmp_path: Path) -> Iterator[Callable[..., RedisServer]]:
    """Starts servers, which are stopped when the test is over."""
    servers: list[RedisServer] = []

    def start(*options: str, **settings: Any) -> RedisServer:
        server = RedisServer(tmp_path, *options, **settings)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def redis(start_redis: Callable[..., RedisServer]) -> RedisServer:
    """One that a test may stop."""
    return start_redis()


@pytest.fixture(scope="module")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One for all tests of a module that do not stop it."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()
