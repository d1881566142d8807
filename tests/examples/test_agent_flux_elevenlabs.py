"""The test plays the caller and the model behind the agent."""

from __future__ import annotations

from typing import Any

from examples.agent_flux_elevenlabs import app

from jambonz_anyio.testing import dial


async def test_an_interrupted_turn(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.says("When are you open?")
        await phone.model.replies(
            "We are open from six to two, but not on Sundays, and in winter a little longer."
        )
        await phone.hears("from six to two")
        await phone.interrupts("And on Sunday?")
        await phone.model.is_interrupted()
        await phone.model.replies("Closed.")
        await phone.hears("Closed.")
        _, agent, *_ = phone.hooks[0].answer
        assert (agent["stt"]["deepgramOptions"]["model"], agent["earlyGeneration"]) == (
            "flux-general-en",
            True,
        )
        await phone.model.ends()
        await phone.call_ends("jambonz")


async def test_the_model_fails(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.model.fails()
        await phone.hears("Sorry, we were cut off.")
        await phone.call_ends("jambonz")
