"""Hello world over a webhook."""

from __future__ import annotations

from typing import Any

from examples.hello_world_webhook import app

from jambonz_anyio.testing import dial


async def test_hello(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.hears("Hello, world!")
        await phone.call_ends("jambonz")
        assert not phone.faults
