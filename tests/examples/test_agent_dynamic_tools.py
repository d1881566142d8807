"""What the model may call depends on the caller's PIN."""

from __future__ import annotations

from typing import Any

from examples.agent_dynamic_tools import app

from jambonz_anyio.testing import dial


async def test_the_right_pin(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.model.calls("balance")
        phone.model.got("balance", is_error=True)
        await phone.model.calls("check_pin", pin="4711")
        phone.model.got("check_pin", contains="The PIN is right.")
        update = await phone.model.is_updated()
        assert [each["name"] for each in update["tools"]] == ["balance", "block_card"]
        await phone.model.calls("balance")
        phone.model.got("balance", contains="1,204.50")
        await phone.model.ends()
        await phone.call_ends("jambonz")
        assert not phone.faults


async def test_wrong_pins(virtual_time: Any) -> None:
    async with dial(app) as phone:
        for pin in ("1", "2", "3"):
            await phone.model.calls("check_pin", pin=pin)
            phone.model.got("check_pin", contains="wrong", is_error=True)
        await phone.model.calls("check_pin", pin="4711")
        phone.model.got("check_pin", contains="too many", is_error=True)
