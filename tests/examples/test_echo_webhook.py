"""The echo over webhooks."""

from __future__ import annotations

from typing import Any

from examples.echo_webhook import app

from jambonz_anyio.testing import dial


async def test_what_was_said_is_repeated(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.hears("I will repeat it")
        for words in ("good morning", "a table for two"):
            await phone.says(words)
            await phone.hears(f"You said: {words}")
        await phone.hears("Goodbye.", timeout=20)
        await phone.call_ends("jambonz")
        assert not phone.faults
