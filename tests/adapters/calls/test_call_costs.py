"""What calls cost when nothing happens."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call

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
