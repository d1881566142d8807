"""Hello world says its words and hangs up."""

from __future__ import annotations

from typing import Any

from examples.hello_world import app

from jambonz_anyio.testing import dial


async def test_hello(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("Hello, world!")
        await phone.call_ends("jambonz")
