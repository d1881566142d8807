"""The test plays the caller, Ultravox, and the person whom callers are connected to."""

from __future__ import annotations

from typing import Any

from examples.ultravox import app

from jambonz_anyio.testing import dial


async def test_a_caller_who_complains_is_connected(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.model.says("Hello! This is the bakery.")
        await phone.says("My bread was stale!")
        await phone.model.wants("transfer", reason="stale bread")
        await phone.hears("I will connect you.")
        await phone.party("b1").answers()
        await phone.waits(3)
        await phone.party("b1").hangs_up()
        await phone.hears("Goodbye.")
        await phone.call_ends("jambonz")


async def test_the_vendor_fails(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.model.fails()
        await phone.hears("Sorry, we were cut off.")
        await phone.call_ends("jambonz")
