"""One person after the other, over webhooks."""

from __future__ import annotations

from typing import Any

from examples.dial_with_fallback_webhook import app

from jambonz_anyio.testing import dial


async def test_the_second_one_takes_the_call(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.party("b1").declines(603)
        await phone.hears("somebody else")
        await phone.party("b2").answers()
        await phone.waits(3)
        await phone.party("b2").hangs_up()
        await phone.call_ends("jambonz")
        assert not phone.faults


async def test_nobody(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.party("b1").busy()
        await phone.party("b2").busy()
        await phone.hears("Nobody can come")
        await phone.call_ends("jambonz")
        assert not phone.faults
