"""The menu over webhooks."""

from __future__ import annotations

from typing import Any

from examples.ivr_menu_webhook import app

from jambonz_anyio.testing import dial


async def test_keys(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.presses("1")
        await phone.hears("from six to two")
        await phone.presses("9")
        await phone.hears("I did not get that")
        await phone.presses("0")
        await phone.hears("I will connect you.")
        await phone.party("b1").busy()
        await phone.hears("Nobody can come")
        await phone.call_ends("jambonz")
        assert not phone.faults


async def test_silence(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.hears("I did not get that")
        await phone.hears("I did not get that", timeout=15)
        await phone.hears("another time", timeout=15)
        await phone.call_ends("jambonz")
        assert not phone.faults
