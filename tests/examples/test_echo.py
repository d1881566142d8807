"""The echo repeats what was said, and says goodbye to silence."""

from __future__ import annotations

from typing import Any

from examples.echo import app

from jambonz_anyio.testing import dial


async def test_what_was_said_is_repeated(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("I will repeat it")
        for words in ("good morning", "a table for two"):
            await phone.says(words)
            await phone.hears(f"You said: {words}")


async def test_silence(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("I will repeat it")
        await phone.hears("Goodbye.", timeout=20)
        await phone.call_ends("jambonz")
