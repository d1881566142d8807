"""The latency of turns on a connection as it is, in real time: the clock goes on between two looks at it."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_core.call import TurnMeasured
from jambonz_core.wire.limits import RECEIPT_SECONDS

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

SPEECH = {"is_final": True, "alternatives": [{"transcript": "hello", "confidence": 1.0}]}


async def test_the_ping_that_leaves_with_an_answer_tells_the_way_of_the_network(dial_anyhow: Any) -> None:
    app = App()
    told: list[TurnMeasured] = []
    measured = anyio.Event()

    @app.call("/")
    async def main(call: Call) -> None:
        @call.on("turn")
        async def turn(latency: TurnMeasured) -> None:
            told.append(latency)
            measured.set()

        await call.gather(input=["speech"], timeout=20).result()
        # An answer, and nothing behind it that would bring another ping.
        await call.say(text="You said hello.").send()
        await measured.wait()

    async with dial_anyhow(app) as phone:
        [gather] = await phone.answered()
        await phone.proves()
        await anyio.sleep(1.5 * RECEIPT_SECONDS)  # so that the answer brings a ping of its own
        phone.hook(gather["actionHook"], {"reason": "speechDetected", "speech": SPEECH})
        with anyio.fail_after(5):
            await measured.wait()
        await phone.hang_up()
    [turn] = told
    assert turn.latency.network is not None
    assert 0 <= turn.latency.network < 5
