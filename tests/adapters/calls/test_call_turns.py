"""Turns: the newest one counts, and it begins when the one before has really ended."""

from __future__ import annotations

from typing import Any

import anyio
import anyio.lowlevel
import pytest

from jambonz_anyio import App, Call

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


def heard(text: str) -> dict[str, Any]:
    return {"reason": "speechDetected", "speech": {"alternatives": [{"transcript": text}]}}


async def test_a_new_hook_cancels_the_running_turn_and_waits_for_its_exit(dial: Any) -> None:
    app = App()
    order: list[str] = []
    exits = anyio.Event()

    @app.call("/")
    async def main(call: Call) -> None:
        async def answer(payload: Any) -> None:
            name = payload.transcript
            order.append(f"begin {name}")
            try:
                await anyio.sleep_forever()
            finally:
                with anyio.CancelScope(shield=True):
                    await exits.wait()
                order.append(f"end {name}")

        call.start_soon(call.turns, "/heard", answer)
        await anyio.wait_all_tasks_blocked()
        await call.gather(input=["speech"], actionHook="/heard").send()

    async with dial(app) as phone:
        await phone.answered()
        await phone.ack(phone.hook("/heard", heard("a")))
        await anyio.wait_all_tasks_blocked()
        # The second and third come while the first cleans up: the second is outdated before it begins.
        for name in "bc":
            await phone.ack(phone.hook("/heard", heard(name)))
            await anyio.wait_all_tasks_blocked()
        assert order == ["begin a"]
        exits.set()
        await anyio.wait_all_tasks_blocked()
        assert order == ["begin a", "end a", "begin c"]
        await phone.hang_up()
        await phone.wait_closed()
        await anyio.wait_all_tasks_blocked()
    assert order == ["begin a", "end a", "begin c", "end c"]


async def test_hooks_that_come_together_leave_the_newest(dial: Any) -> None:
    app = App()
    order: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def answer(payload: Any) -> None:
            await anyio.sleep(0.001)
            order.append(payload.transcript)

        call.start_soon(call.turns, "/heard", answer)
        await anyio.wait_all_tasks_blocked()
        await call.gather(input=["speech"], actionHook="/heard").send()

    async with dial(app) as phone:
        await phone.answered()
        for number in range(20):
            phone.hook("/heard", heard(str(number)))
        await anyio.sleep(0.1)
    assert order[-1] == "19"


async def test_turns_by_hand(dial: Any) -> None:
    app = App()
    order: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def one(name: str) -> None:
            async with call.turn() as turn:
                order.append(f"begin {name}")
                await anyio.sleep(0.05)
                order.append(f"through {name}")
            order.append(f"behind {name} {turn.cancel_called}")

        await call.answer().send()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one, "a")
            while not order:
                await anyio.lowlevel.checkpoint()
            tasks.start_soon(one, "b")
        # A cancellation from outside passes through.
        with anyio.move_on_after(0.01) as scope:
            await one("c")
        assert scope.cancelled_caught

    async with dial(app) as phone:
        await phone.answered()
        await anyio.sleep(0.2)
    assert order == ["begin a", "behind a True", "begin b", "through b", "behind b False", "begin c"]


async def test_what_a_turn_raises_comes_out_of_turns_as_it_is(dial: Any) -> None:
    app = App()
    caught: list[BaseException] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def answer(payload: Any) -> None:
            raise ValueError("mine")

        inbox_ready = anyio.Event()

        async def run() -> None:
            try:
                inbox_ready.set()
                await call.turns("/heard", answer)
            except ValueError as error:
                caught.append(error)

        call.start_soon(run)
        await inbox_ready.wait()
        await anyio.wait_all_tasks_blocked()
        await call.gather(input=["speech"], actionHook="/heard").send()

    async with dial(app) as phone:
        await phone.answered()
        await phone.ack(phone.hook("/heard", heard("x")))
        await phone.silence()
    assert [str(error) for error in caught] == ["mine"]
