"""The last lines of a call, and the latencies in them."""

from __future__ import annotations

from typing import Any

import anyio
from tests.adapters.cli.test_live_call import app as talks

from jambonz_anyio import App, Call
from jambonz_anyio.cli.call_summary import summary
from jambonz_anyio.testing import Checks, dial

app = App()


@app.call("/silent")
async def silent(call: Call) -> None:
    await anyio.sleep(30)


async def test_a_conversation(virtual_time: Any) -> None:
    async with dial(talks, "/") as phone:
        for word in ("one", "two"):
            await phone.says(word)
            await phone.hears(f"You said: {word}")
    took, hooks, turns, faults = summary(phone, faults=0, warnings=1)
    assert took.startswith("The call took ")
    assert took.endswith("s: the caller hung up.")
    assert hooks.startswith("3 hooks answered, the slowest in 0 ms (")
    # The recogniser's half a second, and an application that takes no time.
    assert turns == "2 turns, from your last word to the first sound: 0.50, 0.50 s."
    assert faults == "No faults, 1 warning of the application."


async def test_many_turns(virtual_time: Any) -> None:
    async with dial(talks, "/") as phone:
        for _ in range(8):
            await phone.says("one")
            await phone.hears("You said: one")
    turns = summary(phone, faults=2, warnings=0)[2]
    assert turns.startswith("8 turns")
    assert turns.endswith("0.50, 0.50, 0.50, 0.50, 0.50, 0.50 … the longest 0.50 s.")


async def test_a_call_that_was_left_and_one_that_the_application_ended(virtual_time: Any) -> None:
    async with dial(app, "/silent", checks=Checks(unanswered="ignore")) as phone:
        await phone.waits(1.0)
        assert summary(phone, faults=0, warnings=0, stopped=True)[0] == "The call took 0.0 s: you left it."
        assert summary(phone, faults=0, warnings=0)[0].endswith("it did not end.")
        assert summary(phone, faults=1, warnings=0)[1:] == [
            "No hooks answered.",
            "No turns.",
            "1 fault, no warnings of the application.",
        ]


async def test_who_ended_it(virtual_time: Any) -> None:
    bye = App()

    @bye.call("/")
    async def answer(call: Call) -> None:
        await call.say(text="Bye").send()

    async with dial(bye) as phone:
        await phone.call_ends("jambonz")
    assert summary(phone, faults=0, warnings=0)[0].endswith("the application hung up.")
    async with dial(bye, direction="outbound") as phone:
        await phone.busy()
        await phone.call_ends("busy")
    assert summary(phone, faults=0, warnings=0)[0].endswith("it ended with busy.")
