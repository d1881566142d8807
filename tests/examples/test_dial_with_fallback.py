"""Who is dialled, in which order, and who is connected."""

from __future__ import annotations

from typing import Any

from examples.dial_with_fallback import app

from jambonz_anyio.testing import dial


async def test_the_first_one_takes_the_call(virtual_time: Any) -> None:
    async with dial(app, from_="+4712") as phone:
        await phone.hears("Please hold")
        first = phone.party("b1")
        await first.answers()
        await first.hears("A call from +4712.")
        await first.presses("1")
        await first.hears("Here you are.")
        await phone.says("Hello?")
        await first.hangs_up()
        await phone.call_ends("jambonz")


async def test_a_machine_is_no_person(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.party("b1").answers()
        await phone.party("b1").hears("Press 1")
        await phone.hears("somebody else", timeout=20)
        await phone.party("b2").answers()
        await phone.party("b2").presses("1")
        await phone.party("b2").hears("Here you are.")
        await phone.waits(3)
        await phone.party("b2").hangs_up()
        await phone.call_ends("jambonz")


async def test_nobody(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.party("b1").busy()
        await phone.hears("somebody else")
        await phone.hears("Nobody can come to the telephone now.", timeout=30)
        await phone.call_ends("jambonz")
