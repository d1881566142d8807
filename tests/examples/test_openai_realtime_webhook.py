"""The test plays the caller and OpenAI's model, over webhooks."""

from __future__ import annotations

from typing import Any

from examples.openai_realtime_webhook import app

from jambonz_anyio.testing import dial


async def test_an_order_is_looked_up(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.says("Where is my order? It is number seven.")
        await phone.model.calls("order_status", order_id=9)
        phone.model.got("order_status", contains="there is no order 9")
        await phone.model.calls("order_status", order_id="7")
        phone.model.got("order_status", contains="in the oven")
        await phone.model.replies("It is in the oven.")
        await phone.hears("in the oven")
        await phone.model.ends()
        await phone.call_ends("jambonz")
        assert not phone.faults


async def test_the_vendor_fails(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.model.fails("insufficient quota")
        await phone.hears("Sorry, we were cut off.")
        await phone.call_ends("jambonz")
