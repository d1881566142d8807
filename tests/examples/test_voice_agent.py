"""The agent answers, uses its tool, is interrupted, and gives up on silent callers."""

from __future__ import annotations

from typing import Any

from examples.voice_agent import app

from jambonz_anyio.testing import dial


async def test_a_question_that_needs_the_tool(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("This is the bakery.")
        await phone.says("Are you open on Sunday?")
        await phone.hears("On Sunday we are closed.")


async def test_an_interruption(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.says("Are you open on Sunday?")
        await phone.hears("On Sunday we are")
        await phone.interrupts("No, wait, I have another question.")
        await phone.hears("You can ask me when we are open.")


async def test_silence(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("Are you still there?")
        await phone.hears("Then goodbye.")
        await phone.call_ends("jambonz")
