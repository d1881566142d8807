"""A process that goes down, and the one that goes on with its calls."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, FileStore
from jambonz_anyio._call.saved_call import CallKey
from jambonz_anyio._net.server import Server
from jambonz_anyio.limits import ServerLimits

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


async def test_a_drain_moves_a_call_to_another_process(
    dial_url: Any, dial: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ends: list[str] = []
    old = App(store=FileStore(tmp_path))

    @old.on_resume
    async def never(call: Call) -> None:
        raise AssertionError

    @old.call("/")
    async def begin(call: Call) -> None:
        call.on_end(lambda ended: ends.append(ended.end_reason))
        call.state["asked"] = 1
        await call.say(text="Who is it?").gather(input=["digits"]).result()

    new = App(store=FileStore(tmp_path))

    @new.call("/")
    async def again(call: Call) -> None:
        raise AssertionError("a caller is never greeted twice")

    @new.on_resume
    async def go_on(call: Call) -> None:
        call.state["asked"] += 1
        await call.say(text=f"Still here, asked {call.state['asked']}").send()

    with caplog.at_level(logging.INFO, "jambonz_anyio"):
        async with anyio.create_task_group() as tasks:
            serve = partial(old.serve, port=0, limits=ServerLimits(close_seconds=5))
            server: Server = await tasks.start(serve)
            async with dial_url(f"ws://127.0.0.1:{server.port}/") as phone:
                await phone.answered()
                call = old.calls["call-1"]
                # A first answer that nobody has proved would be given again, on a connection of its own.
                await phone.proves()
                call.state["asked"] = 2
                with anyio.fail_after(5):
                    await server.drain(0)
                assert (await phone.wait_closed()).code == 1012
            assert call.end_reason == "moved"
            assert ends == ["moved"]
            assert not old.calls
        async with dial(new) as phone:
            msgid = phone.say("session:reconnect", phone.session())
            await phone.ack(msgid)
            assert (await phone.redirect(queued=True))[0]["text"] == "Still here, asked 3"
            await phone.hang_up()
            await phone.wait_closed()
    calls = [record for record in caplog.records if record.name == "jambonz_anyio"]
    assert not [record for record in calls if record.levelno >= logging.WARNING]
    # Of what is over nothing is kept but that.
    kept = await FileStore(tmp_path).claim(CallKey(None, "/", "call-1").stored, "test", "n", begin=False)
    assert kept.ended
    assert kept.snapshot is None


async def test_a_drain_waits_for_calls_to_end_by_themselves(dial_url: Any) -> None:
    app = App()
    last = anyio.Event()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.say(text="One moment").send()
        await last.wait()
        await call.say(text="Goodbye").send()

    async with anyio.create_task_group() as tasks:
        server: Server = await tasks.start(partial(app.serve, port=0))
        async with dial_url(f"ws://127.0.0.1:{server.port}/") as phone:
            await phone.answered()
            tasks.start_soon(server.drain, 60)
            await anyio.wait_all_tasks_blocked()
            last.set()
            assert (await phone.redirect(queued=True))[0]["text"] == "Goodbye"
            assert (await phone.redirect(queued=True))[0]["verb"] == "hangup"
            await phone.hang_up()
            await phone.wait_closed()
