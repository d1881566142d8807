"""An answer leaves before the program goes on, so that what comes later is never read together with it.

In real time: virtual clocks stand still while a program computes, and this is about one that does so too long.
"""

from __future__ import annotations

import time

import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.testing import HURRIED, dial

pytestmark = pytest.mark.anyio

LONGER_THAN_THE_SETTLE_TIME = 0.05


async def test_a_program_that_computes_behind_its_first_answer() -> None:
    app = App()

    @app.call("/")
    async def answer(call: Call) -> None:
        await call.say(text="One").send()
        time.sleep(LONGER_THAN_THE_SETTLE_TIME)  # noqa: ASYNC251 - holding up the event loop is what is tested
        await call.say(text="Two").send()

    async with dial(app, "/", options=HURRIED) as phone:
        await phone.hears("One Two")
    assert not [warned for warned in phone.warnings if warned.code == "command-lost"]


async def test_a_program_that_computes_behind_its_answer_to_a_hook() -> None:
    app = App()

    @app.call("/")
    async def answer(call: Call) -> None:
        async def heard(payload: object) -> None:
            await call.say(text="Two").reply()
            time.sleep(LONGER_THAN_THE_SETTLE_TIME)  # noqa: ASYNC251
            await call.say(text="Three").send()

        call.on("/heard", heard)
        await call.gather(input=["speech"], actionHook="/heard", say={"text": "One"}).send()

    async with dial(app, "/", options=HURRIED) as phone:
        await phone.hears("One")
        await phone.says("go on")
        await phone.hears("Two Three")
