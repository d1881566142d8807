"""On asyncio, awaiting what somebody else has cancelled raises the exception of being cancelled.

Nobody has asked the handler to stop, so that is an error of the handler like any other.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, HttpRequest
from jambonz_anyio._net.memory import open_memory_websocket
from jambonz_anyio._net.transport import HttpResponse, Peer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """There is no such thing on trio."""
    return "asyncio", {"use_uvloop": request.param}


async def await_what_is_cancelled(*arguments: Any) -> Any:
    """Of a scope that is cancelled, too: it has been left, and what comes after it is not its doing."""
    with anyio.CancelScope() as scope:
        scope.cancel()
        await anyio.sleep_forever()
    future = asyncio.get_running_loop().create_future()
    future.cancel()
    await future


@pytest.mark.parametrize("where", ["main", "handler", "status", "task", "turn", "plain function"])
async def test_it_ends_the_call_with_its_last_words(
    dial: Any, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(last_words="Sorry.")

    @app.call("/")
    async def main(call: Call) -> None:
        if where == "handler":
            call.on("/x", await_what_is_cancelled)
        elif where == "plain function":
            call.on("/x", lambda payload: await_what_is_cancelled())
        elif where == "status":
            call.on("call:status", await_what_is_cancelled)
        elif where == "turn":
            call.start_soon(call.turns, "/x", await_what_is_cancelled)
        await call.gather(input=["digits"], actionHook="/x").send()
        if where == "task":
            call.start_soon(await_what_is_cancelled)
        if where == "main":
            await await_what_is_cancelled()
        await anyio.sleep_forever()

    async with dial(app) as phone:
        await phone.answered()
        call = app.calls["call-1"]
        if where in ("handler", "turn", "plain function"):
            await phone.ack(phone.hook("/x", {"reason": "timeout"}))
        elif where == "status":
            phone.status("in-progress")
        assert await phone.redirect(queued=False) == [{"verb": "say", "text": "Sorry."}, {"verb": "hangup"}]
        await phone.hang_up()
        assert await call.wait_ended() == "completed"
        assert isinstance(call.error, RuntimeError)
        assert isinstance(call.error.__cause__, asyncio.CancelledError)
    assert [record for record in caplog.records if record.levelno == logging.ERROR]


async def test_it_keeps_no_other_function_from_hearing_of_the_end(dial: Any) -> None:
    app = App()
    heard: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        call.on_end(await_what_is_cancelled)
        call.on_end(lambda call: heard.append(call.end_reason))
        await call.say(text="Hello!").send()
        await anyio.sleep_forever()

    async with dial(app) as phone:
        await phone.answered()
        call = app.calls["call-1"]
        await phone.hang_up()
        await call.wait_ended()
        with anyio.fail_after(5):
            while not heard:
                await anyio.lowlevel.checkpoint()
    assert heard == ["completed"]


async def test_who_decides_about_a_connection_refuses_it() -> None:
    app = App(authorize=await_what_is_cancelled)
    app.webhook("/hook", unsigned=True)(await_what_is_cancelled)
    peer = Peer(path="/hook", query="", headers={}, address="", credentials=None, secure=False)
    decision = await app.admit(HttpRequest("GET", peer, subprotocols=("ws.jambonz.org",)))
    assert isinstance(decision, HttpResponse)
    assert decision.status == 500
    assert (await app.respond(HttpRequest("POST", peer, b"{}"))).status == 500


async def test_a_host_that_cancels_is_obeyed(dial: Any) -> None:
    """It cancels the task itself, and no scope shows that: nobody says goodbye, the call goes on elsewhere."""
    app = App(last_words="Sorry.")
    ended: list[tuple[str, BaseException | None]] = []

    @app.call("/")
    async def main(call: Call) -> None:
        call.on_end(lambda call: ended.append((call.end_reason, call.error)))
        await call.say(text="Hello!").send()
        await anyio.sleep_forever()

    async def host() -> None:
        async with dial(app) as phone:
            await phone.answered()
            answered.set()
            await phone.wait_closed()

    answered = anyio.Event()
    tasks = asyncio.all_tasks()
    hosting = asyncio.ensure_future(host())
    await answered.wait()
    for task in asyncio.all_tasks() - tasks:
        task.cancel()
    await asyncio.gather(hosting, return_exceptions=True)
    assert ended == [("given up", None)]


async def test_it_ends_an_audio_stream_with_an_error() -> None:
    app = App()
    errors: list[Exception] = []
    app.on_error(lambda stream, error: errors.append(error))
    app.audio("/audio")(await_what_is_cancelled)

    class Media:
        def frame(self, data: str | bytes) -> None: ...

        def receipt(self, count: int) -> None: ...

        def closed(self, closed: Any) -> None: ...

    async with open_memory_websocket(app, "/audio", subprotocols=("audio.drachtio.org",)) as transport:
        transport.push('{"callSid": "call-1", "sampleRate": 8000, "mixType": "mono"}')
        with anyio.fail_after(5):
            assert (await transport.run(Media())).code == 1000
    assert [type(error) for error in errors] == [RuntimeError]
