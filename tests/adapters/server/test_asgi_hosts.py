"""Real ASGI hosts, each a process: uvicorn, hypercorn on trio, and FastAPI and Starlette as mounts."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anyio
import pytest
from tests.adapters.calls.conftest import call_url
from tests.redis_server import free_port

from jambonz_anyio._net.client import http_request, open_websocket
from jambonz_anyio._net.transport import Closed, UpgradeRefused
from jambonz_core.wire.errors import ConnectionLost

pytestmark = pytest.mark.anyio

APPLICATION = """
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from jambonz_anyio._net.transport import Admission, HttpResponse
from jambonz_anyio._net.asgi import AsgiApplication


class Sink:
    def __init__(self, transport):
        self.transport = transport

    def frame(self, data):
        if data == "close":
            self.transport.start_close(1012, "elsewhere")
        elif data == "abort":
            self.transport.abort()
        else:
            self.transport.push(data)

    def closed(self, closed):
        ends.append((closed.code, closed.local))


ends = []
started = []


class Echo:
    async def admit(self, request):
        if request.peer.path == "/refuse":
            return HttpResponse(401, b"who are you", headers=(("WWW-Authenticate", "Basic"),))
        return Admission(request.subprotocols[0], self.call)

    async def respond(self, request):
        told = f"{request.method} {request.peer.path} {len(started)} {ends}"
        return HttpResponse(200, told.encode())

    async def call(self, transport):
        await transport.run(Sink(transport))


@asynccontextmanager
async def running():
    started.append(True)
    yield


app = AsgiApplication(Echo(), running=running)
starlette = Starlette(routes=[Mount("/voice", app=app)])
fastapi = FastAPI()
fastapi.mount("/voice", app)
"""

HOSTS = {
    "uvicorn": (["uvicorn", "--log-level", "warning"], "app", ""),
    "uvicorn-wsproto": (["uvicorn", "--log-level", "warning", "--ws", "wsproto"], "app", ""),
    "hypercorn-trio": (["hypercorn", "-w", "0", "-k", "trio"], "app", ""),
    "hypercorn-asyncio": (["hypercorn", "-w", "0", "-k", "asyncio"], "app", ""),
    "uvicorn without lifespan": (["uvicorn", "--log-level", "warning", "--lifespan", "off"], "app", ""),
    "fastapi on uvicorn": (["uvicorn", "--log-level", "warning"], "fastapi", "/voice"),
    "starlette on hypercorn-trio": (["hypercorn", "-w", "0", "-k", "trio"], "starlette", "/voice"),
}


@pytest.fixture
def anyio_backend() -> Any:
    """The hosts are what varies here."""
    return "asyncio", {}


class Host:
    def __init__(self, name: str, folder: Path, port: int, application: str = APPLICATION) -> None:
        self.name = name
        (folder / "echo_under_asgi.py").write_text(application)
        command, attribute, self.mount = HOSTS[name]
        where = ["--port", str(port)] if command[0] == "uvicorn" else ["--bind", f"127.0.0.1:{port}"]
        self.errors = folder / "errors"
        self.where = f"127.0.0.1:{port}{self.mount}"
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command, *where, f"echo_under_asgi:{attribute}"],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    async def ready(self) -> None:
        with anyio.fail_after(30):
            while True:
                assert self.process.poll() is None, self.errors.read_text()
                try:
                    await http_request("GET", f"http://{self.where}/")
                except ConnectionLost:
                    await anyio.sleep(0.05)  # there is no event to wait for in another process
                else:
                    return

    def end(self) -> None:
        self.process.kill()
        self.process.wait()

    async def stop_behind(self, path: str, message: str, recording_sink: Any) -> None:
        """Stop it while a connection is open on which something was said and answered."""
        await self.ready()
        async with open_websocket(f"ws://{self.where}{path}", subprotocols=["ws.jambonz.org"]) as client:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.run, recording_sink)
                client.push(message)
                await recording_sink.until(lambda: recording_sink.frames)
                self.process.send_signal(signal.SIGTERM)
                with anyio.fail_after(20):
                    await recording_sink.until(lambda: recording_sink.ends, seconds=20)


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest, tmp_path: Path, free_tcp_port: int) -> Iterator[Host]:
    it = Host(request.param, tmp_path, free_tcp_port)
    try:
        yield it
    finally:
        it.end()


async def test_a_host(host: Host, recording_sink: Any) -> None:
    await host.ready()
    url = f"ws://{host.where}/calls"
    async with open_websocket(url, subprotocols=["ws.jambonz.org", "other"]) as client:
        assert client.peer.subprotocol == "ws.jambonz.org"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.run, recording_sink)
            for message in ("hello", b"\1" * 320, "x" * 20_000):
                client.push(message)
            await recording_sink.until(lambda: len(recording_sink.frames) == 3)
            client.push("close")
    assert recording_sink.frames == ["hello", b"\1" * 320, "x" * 20_000]
    assert recording_sink.ends == [Closed(1012, "elsewhere")]

    again = type(recording_sink)()
    async with open_websocket(url, subprotocols=["ws.jambonz.org"]) as client:
        client.push("abort")
        with anyio.fail_after(10):
            closed = await client.run(again)
        assert closed.code != 1000

    with pytest.raises(UpgradeRefused) as refused:
        async with open_websocket(f"ws://{host.where}/refuse"):
            pass
    assert refused.value.response.status == 401
    assert refused.value.response.body == b"who are you"

    answer = await http_request("OPTIONS", f"http://{host.where}/calls", body=b"{}")
    assert answer.status == 200
    # A host runs no lifespan for what is mounted inside of another application.
    lifespans = 0 if host.mount or "without" in host.name else 1
    assert answer.body.decode() == f"OPTIONS /calls {lifespans} [(1012, True), (1006, True)]"


async def test_a_host_that_stops_makes_calls_come_back_elsewhere(
    host: Host, recording_sink: Any, request: pytest.FixtureRequest
) -> None:
    if host.name == "hypercorn-asyncio" and sys.version_info >= (3, 12):
        # It waits for `asyncio.Server.wait_closed()`, which since Python 3.12 waits for open connections, before
        # it tells any of them that it stops.
        request.applymarker(pytest.mark.xfail(reason="hypercorn on asyncio does not stop", strict=True))
    await host.stop_behind("/calls", "hello", recording_sink)
    assert recording_sink.ends[0].code != 1000


CALLS = """
from pathlib import Path

from jambonz_anyio import App, Call

app = App()


@app.call("/", on_return="stay")
async def main(call: Call) -> None:
    call.on_end(lambda call: Path("ended").write_text(call.end_reason))
    await call.answer().send()
"""


@pytest.mark.parametrize("name", ["uvicorn", "uvicorn-wsproto"])
async def test_a_call_does_not_hold_up_a_host_that_stops(
    name: str, tmp_path: Path, free_tcp_port: int, recording_sink: Any
) -> None:
    """It would wait half a minute for its connection to come back, and nobody listens any more."""
    host = Host(name, tmp_path, free_tcp_port, CALLS)
    new = '{"type":"session:new","msgid":"1","call_sid":"c","data":{"call_sid":"c"}}'
    try:
        await host.stop_behind("/", new, recording_sink)
        await anyio.to_thread.run_sync(host.process.wait, 20)
    finally:
        host.end()
    assert (tmp_path / "ended").read_text() == "moved"


SHARED = """
from jambonz_anyio import App, RedisStore

app = App(store=RedisStore("{url}"))


@app.call("/", on_return="stay")
async def begin(call):
    call.state["known"] = True
    await call.say(text="Hello").send()
    await call.checkpoint()
    await call.say(text="Saved").send()


@app.on_resume
async def go_on(call):
    await call.say(text=f"Back: {{call.state}}").replace()
    await call.gather(input=["speech"], timeout=60).result()
"""


@pytest.mark.services
async def test_calls_move_between_hosts_that_run_no_lifespan(tmp_path: Path, shared_redis: Any) -> None:
    """Nobody tells the application that it starts, so its store is opened by who connects."""
    url = shared_redis.url
    with ExitStack() as hosts:

        def start(name: str) -> Host:
            (tmp_path / name).mkdir()
            host = Host("uvicorn without lifespan", tmp_path / name, free_port(), SHARED.format(url=url))
            hosts.callback(host.end)
            return host

        one, two = start("one"), start("two")
        await one.ready()
        await two.ready()
        async with call_url(f"ws://{one.where}/") as phone:
            assert await phone.answered() == [{"verb": "say", "text": "Hello"}]
            assert await phone.redirect(queued=True) == [{"verb": "say", "text": "Saved"}]
            one.end()
            await phone.wait_closed()
        async with call_url(f"ws://{two.where}/") as phone:
            phone.say("session:reconnect", phone.session())
            while (message := await phone.next()).get("queueCommand") is not False:
                pass
            assert message["data"] == [{"verb": "say", "text": "Back: {'known': True}"}]
        assert "Error" not in two.errors.read_text()
