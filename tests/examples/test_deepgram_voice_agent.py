"""The test plays the caller and Deepgram's agent."""

from __future__ import annotations

from typing import Any

from examples.deepgram_voice_agent import LONGEST, app

from jambonz_anyio.testing import dial


async def test_a_tool(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.says("Are you open on Sunday?")
        await phone.model.calls("opening_hours", day="Sunday")
        phone.model.got("opening_hours", contains="closed")
        await phone.model.replies("On Sunday we are closed.")
        await phone.hears("we are closed")
        await phone.model.ends()
        await phone.call_ends("jambonz")
        assert not phone.faults


async def test_a_long_call_is_told_to_come_to_an_end(virtual_time: Any) -> None:
    async with dial(app) as phone:
        update = await phone.model.is_updated(timeout=LONGEST + 10)
        assert update == {"type": "InjectAgentMessage", "message": "I have to go soon. Anything else?"}
        assert not phone.faults


async def test_the_vendor_fails(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.model.fails()
        await phone.hears("Sorry, we were cut off.")
        await phone.call_ends("jambonz")
