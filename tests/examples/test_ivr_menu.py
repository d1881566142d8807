"""The menu, as callers use it."""

from __future__ import annotations

from typing import Any

from examples.ivr_menu import app

from jambonz_anyio.testing import dial


async def test_a_key_and_a_word(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("press 1")
        await phone.presses("1")
        await phone.hears("from six to two")
        await phone.says("And what is your address?")
        await phone.hears("12 Mill Lane")


async def test_a_person(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.says("Can I talk to a person?")
        await phone.hears("I will connect you.")
        await phone.party("b1").answers()
        await phone.waits(5)
        await phone.party("b1").hangs_up()
        await phone.call_ends("jambonz")


async def test_nobody_there(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.presses("0")
        await phone.party("b1").busy()
        await phone.hears("Nobody can come to the telephone now.")
        await phone.call_ends("jambonz")


async def test_what_makes_no_sense_is_asked_again_and_not_for_ever(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.presses("9")
        await phone.hears("I do not know that")
        await phone.says("Bananas")
        await phone.hears("I do not know that")
        await phone.hears("Let us try that another time", timeout=20)
        await phone.call_ends("jambonz")
