"""`placed_calls`: what a program places rings at a test phone."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.testing import Checks, ExpectationFailed, Phone, PlacedCalls, placed_calls
from jambonz_core.rest import CallFailed

FROM, TO = "+15085551212", "+15085551213"


@pytest.fixture
def app() -> App:
    app = App()

    @app.call("/")
    async def greet(call: Call) -> None:
        await call.say(text=f"Hello {call.to} from {call.from_}").send()

    return app


async def remind(app: App, jambonz: PlacedCalls) -> str:
    async with app.place(
        jambonz.client, from_=FROM, to=TO, application_sid=jambonz.application_sid, tag={"order": 7}
    ) as call:
        assert call.customer_data["order"] == 7
        answer = await call.gather(input=["speech"], say={"text": "Shall we keep it?"}).result()
        await call.say(text="Thank you.").send()
    return answer.transcript


async def customer(phone: Phone) -> None:
    await phone.answers()
    await phone.hears("Shall we keep it?")
    await phone.says("yes please")
    await phone.hears("Thank you.")
    await phone.call_ends()


async def test_the_one_who_is_called_is_played_beside_the_program(virtual_time: Any, app: App) -> None:
    async with placed_calls(app, customer) as jambonz:
        assert [await remind(app, jambonz) for _ in range(2)] == ["yes please", "yes please"]
    assert [request.method for request in jambonz.server.requests if request.method == "POST"] == ["POST"] * 2


async def test_a_call_that_is_only_created_rings_as_well(virtual_time: Any, app: App) -> None:
    heard = []

    async def called(phone: Phone) -> None:
        await phone.answers()
        heard.append(await phone.hears(f"Hello {TO} from {FROM}"))

    async with placed_calls(app, called) as jambonz:
        await jambonz.client.calls.create(from_=FROM, to=TO, application_sid=jambonz.application_sid)
    assert len(heard) == 1


async def test_nobody_answers(virtual_time: Any, app: App) -> None:
    async with placed_calls(app, Phone.busy) as jambonz:
        with pytest.raises(CallFailed, match="busy"):
            await remind(app, jambonz)


async def test_what_is_expected_in_vain_fails_the_block(virtual_time: Any, app: App) -> None:
    async def called(phone: Phone) -> None:
        await phone.answers()
        await phone.hears("Goodbye", timeout=2)

    checks = Checks(unanswered="ignore", app_errors="ignore")
    with pytest.raises(ExpectationFailed, match="Goodbye"):
        async with placed_calls(app, called, checks=checks) as jambonz:
            await remind(app, jambonz)
