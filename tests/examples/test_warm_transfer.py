"""The colleague is told what it is about, and may decline."""

from __future__ import annotations

from typing import Any

from examples.warm_transfer import app

from jambonz_anyio.testing import dial


async def test_a_colleague_takes_the_call(virtual_time: Any) -> None:
    async with dial(app, from_="+4712") as phone:
        await phone.hears("What is it about?")
        await phone.says("stale bread")
        colleague = phone.party("b1")
        await colleague.answers()
        await colleague.hears("A caller from +4712. It is about: stale bread.")
        await colleague.presses("1")
        await colleague.hears("Thank you.")
        await phone.says("Hello?")
        await phone.waits(5)
        await colleague.hangs_up()
        await phone.call_ends("jambonz")


async def test_nobody_takes_it(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.says("stale bread")
        await phone.party("b1").answers()
        await phone.party("b1").presses("2")
        await phone.hears("One more moment", timeout=20)
        await phone.party("b2").busy()
        await phone.hears("What shall I tell them?")
        await phone.says("That it was stale.")
        await phone.hears("I will tell them.")
        await phone.call_ends("jambonz")
