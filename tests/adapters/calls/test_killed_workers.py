"""`kill -9` of one of two workers behind a plain TCP balancer, at random moments: the calls go on in the other.

A hundred calls, each with a seed of its own, a few at a time. The server's side is scripted from the wire's rules:
one verb runs at a time, a hook that is not acked when the connection drops is forgotten, and a dropped connection is
made anew after a moment. What must hold for each call:

* what the caller heard never goes back: no step is begun a second time from before it was saved, and nobody is
  greeted twice;
* once the caller has heard that a step was saved, the call comes to its end;
* a call whose worker died before it had saved anything ends with the last words, and not with another greeting.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import pytest

from jambonz_anyio._net.client import open_websocket
from jambonz_core.wire.errors import JambonzError

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]


CALLS = 100
AT_ONCE = 5
GOAL = 10


class Workers:
    """Two processes that serve the same application, whichever is killed."""

    def __init__(self, zygote: anyio.abc.Process) -> None:
        self._zygote = zygote
        self._lines = ""
        self.alive: deque[tuple[int, int]] = deque()

    async def start(self) -> None:
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        await self._zygote.stdin.send(b"\n")
        while "\n" not in self._lines:
            self._lines += (await self._zygote.stdout.receive()).decode()
        line, _, self._lines = self._lines.partition("\n")
        pid, port = map(int, line.split())
        self.alive.append((pid, port))

    async def replace_one(self) -> None:
        """Kill one, as nothing can be caught or cleaned up after, and start another in its place."""
        pid, _ = self.alive.popleft()
        os.kill(pid, signal.SIGKILL)
        await self.start()

    def next_port(self) -> int:
        self.alive.rotate()
        return self.alive[0][1]


async def balance(client: anyio.abc.SocketStream, workers: Workers) -> None:
    """One connection, to whichever worker is next."""
    async with client:
        try:
            server = await anyio.connect_tcp("127.0.0.1", workers.next_port())
        except OSError:
            return
        async with server, anyio.create_task_group() as tasks:

            async def pump(source: Any, target: Any) -> None:
                with suppress(anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
                    while True:
                        await target.send(await source.receive())
                tasks.cancel_scope.cancel()

            tasks.start_soon(pump, client, server)
            tasks.start_soon(pump, server, client)


class Leg:
    """The server's side of one call: what it runs, what it was told, and its connections."""

    def __init__(self, seed: int, port: int) -> None:
        self.sid = f"call-{seed}"
        self.random = random.Random(seed)
        self.url = f"ws://127.0.0.1:{port}/"
        self.heard: list[str] = []
        self.stack: deque[dict[str, Any]] = deque()
        self.over = False
        self.first_acked = False
        self._msgids = 0

    async def live(self) -> None:
        opening = "session:new"
        while not self.over:
            with suppress(JambonzError, OSError):
                async with open_websocket(self.url, subprotocols=("ws.jambonz.org",)) as transport:
                    await self._connected(transport, opening)
            if self.first_acked:
                opening = "session:reconnect"
            await anyio.sleep(self.random.uniform(0.01, 0.05))

    async def _connected(self, transport: Any, opening: str) -> None:
        connection = Connection(transport)
        async with anyio.create_task_group() as tasks:

            async def read() -> None:
                await transport.run(connection)

            tasks.start_soon(read)
            data = {"call_sid": self.sid, "direction": "outbound", "call_status": "in-progress"}
            verbs = await self._ask(connection, opening, data)
            if opening == "session:new" and verbs is not None:
                self.first_acked = True
                self.stack.extend(verbs)
            while not self.over and verbs is not None and not connection.lost:
                await self._step(connection)
            if self.over:
                await transport.close(1000)
            tasks.cancel_scope.cancel()

    async def _ask(self, connection: Connection, type: str, data: dict[str, Any], **more: Any) -> Any:
        """Send what wants an ack. Its data, or None when the connection was lost before."""
        self._msgids += 1
        msgid = f"{self.sid}-{self._msgids}"
        connection.transport.push(
            json.dumps({"type": type, "msgid": msgid, "call_sid": self.sid, "data": data, **more})
        )
        while not connection.lost:
            while connection.received:
                message = connection.received.popleft()
                if message["type"] == "ack" and message["msgid"] == msgid:
                    return message.get("data", [])
                self._obey(message)
            await connection.wait()
        return None

    def _obey(self, message: dict[str, Any]) -> None:
        if message.get("command") == "redirect":
            if not message["queueCommand"]:
                self.stack.clear()
            self.stack.extend(message["data"])
        elif message.get("command") == "call:status":
            self.over = True

    async def _step(self, connection: Connection) -> None:
        """Run the next verb, or wait for one."""
        while connection.received:
            self._obey(connection.received.popleft())
        if not self.stack:
            with anyio.move_on_after(0.02):
                await connection.wait()
            return
        verb = self.stack.popleft()
        if verb["verb"] == "say":
            self.heard.append(verb["text"])
            await anyio.sleep(self.random.uniform(0, 0.01))
        elif verb["verb"] == "hangup":
            self.over = True
        elif verb["verb"] == "gather":
            await anyio.sleep(self.random.uniform(0, 0.02))
            data = {"call_sid": self.sid, "reason": "dtmfDetected", "digits": "1"}
            await self._ask(connection, "verb:hook", data, hook=verb["actionHook"])


class Connection:
    """Collects what comes over one connection."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport
        self.received: deque[dict[str, Any]] = deque()
        self.lost = False
        self._news = anyio.Event()

    def frame(self, data: str | bytes) -> None:
        self.received.append(json.loads(data))
        self._wake()

    def receipt(self, count: int) -> None:
        """Do nothing, because nobody asked for receipts."""

    def closed(self, closed: Any) -> None:
        self.lost = True
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = anyio.Event()

    async def wait(self) -> None:
        if not self.lost and not self.received:
            await self._news.wait()


def check(leg: Leg) -> bool:
    """Whether the call came to its end; fails where a rule is broken."""
    counted = [int(text) for text in leg.heard if text.isdigit()]
    assert counted == sorted(counted), leg.heard
    assert leg.heard.count("hello") <= 1, leg.heard
    if "done" in leg.heard:
        assert counted[-1] == GOAL - 1
        return True
    assert "Sorry." in leg.heard, leg.heard
    assert max(counted, default=0) == 0, leg.heard
    return False


@asynccontextmanager
async def two_workers(store: str, backend: str) -> AsyncIterator[Workers]:
    program = Path(__file__).with_name("counting_workers.py")
    async with await anyio.open_process(
        [sys.executable, str(program), store, backend], stderr=sys.stderr
    ) as zygote:
        workers = Workers(zygote)
        await workers.start()
        await workers.start()
        try:
            yield workers
        finally:
            for pid, _ in workers.alive:
                os.kill(pid, signal.SIGKILL)
            zygote.kill()


@pytest.fixture
def anyio_backend() -> str:
    """The test itself needs one event loop only; it is the workers' that matters."""
    return "asyncio"


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.services)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What the workers share: a directory, or the address of a server."""
    if request.param == "files":
        return str(tmp_path)
    url: str = request.getfixturevalue("redis").url
    return url


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
async def test_calls_survive_the_death_of_their_worker(store: str, backend: str) -> None:
    ended: list[bool] = []
    async with (
        two_workers(store, backend) as workers,
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        anyio.create_task_group() as serving,
    ):
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        serving.start_soon(listener.serve, lambda client: balance(client, workers))

        async def one(seed: int) -> None:
            leg = Leg(seed, port)
            with anyio.fail_after(60):
                await leg.live()
            ended.append(check(leg))

        with anyio.fail_after(240):
            for start in range(0, CALLS, AT_ONCE):
                async with anyio.create_task_group() as calls:
                    for seed in range(start, start + AT_ONCE):
                        calls.start_soon(one, seed)
                    moment = random.Random(start)
                    for _ in range(2):
                        await anyio.sleep(moment.uniform(0, 0.3))
                        await workers.replace_one()
        serving.cancel_scope.cancel()
    assert len(ended) == CALLS
    # Most of them were answered and saved before their worker died.
    assert sum(ended) > CALLS / 2
