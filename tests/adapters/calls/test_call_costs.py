"""What calls cost when nothing happens."""

from __future__ import annotations

import gc
import logging
from itertools import pairwise
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_core.wire.errors import RemoteProtocolError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


@pytest.mark.parametrize("idle_in", ["result", "handlers", "hooks"])
async def test_an_idle_call_costs_two_tasks(dial: Any, idle_in: str) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        if idle_in == "result":
            await call.gather(input=["speech"]).result()
        await call.gather(input=["speech"], actionHook="/x").send()
        if idle_in == "hooks":
            async for _ in call.hooks("/x"):
                pass
        call.on("/x", lambda payload: None)

    async with app.running():
        counts = []
        async with anyio.create_task_group() as tasks:

            async def one(number: int, *, task_status: Any) -> None:
                async with dial(app, call_sid=str(number)) as phone:
                    await phone.answered()
                    task_status.started()
                    await anyio.sleep_forever()

            for number in range(10):
                await tasks.start(one, number)
                await anyio.wait_all_tasks_blocked()
                counts.append(len(anyio.get_running_tasks()))
            tasks.cancel_scope.cancel()
    # Beside those of the application, each call has two of the test's: who dials, and who reads.
    growth = {after - before for before, after in pairwise(counts)}
    assert growth == {2 + 2}


def exceptions_alive() -> int:
    gc.collect()
    return sum(type(found) is RemoteProtocolError for found in gc.get_objects())


@pytest.mark.parametrize("opened", [True, False])
async def test_what_is_not_understood_is_forgotten(dial: Any, opened: bool) -> None:
    """Exceptions know where they were raised, and with that everything that was there."""
    quiet = logging.getLogger("nobody keeps these lines")
    quiet.disabled = True
    app = App(logger=quiet)

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()

    before = exceptions_alive()
    for _ in range(5):
        async with dial(app) as phone:
            if opened:
                await phone.answered()
            for _ in range(5):
                phone.transport.push("no JSON")
            if opened:
                await phone.ack(phone.hook("/x"))
            else:
                await anyio.wait_all_tasks_blocked()
            phone.transport.abort()
    assert exceptions_alive() == before
