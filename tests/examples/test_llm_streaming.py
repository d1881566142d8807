"""Words are streamed, and what was not heard is not part of the conversation."""

from __future__ import annotations

from typing import Any

from examples.llm_streaming import app

from jambonz_anyio.testing import dial


async def test_an_answer(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("What would you like to know?")
        await phone.says("rye bread")
        await phone.hears("You asked about rye bread.")
        await phone.hears("bring a bag")


async def test_an_interruption(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.says("rye bread")
        await phone.hears("You asked about rye")
        await phone.interrupts("cheese cake")
        await phone.hears("You asked about cheese cake.")
        [call] = app.calls.values()
        messages = call.locals["conversation"].openai_chat()
        assert "come early" not in messages[2]["content"]
        assert messages[3]["content"] == "The caller interrupted you here."


async def test_the_voice_fails(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("What would you like to know?")
        phone.vendor_down()
        await phone.says("rye bread")
        await phone.hears("I have lost my voice")
        await phone.call_ends("jambonz")
