"""A person is asked, a machine is left a message."""

from __future__ import annotations

from typing import Any

from examples.answering_machine import app

from jambonz_anyio.testing import dial
from jambonz_core.simulator import ReachMachine


async def test_a_person(virtual_time: Any) -> None:
    async with dial(app, direction="outbound") as phone:
        await phone.answers()
        await phone.speaks_anyway("Hello?")
        phone.act(ReachMachine("amd_human_detected"))
        await phone.hears("Your bread is ready.")
        await phone.presses("1")
        await phone.hears("See you soon!")
        await phone.call_ends("jambonz")


async def test_a_machine(virtual_time: Any) -> None:
    async with dial(app, direction="outbound") as phone:
        await phone.answers()
        await phone.waits(2)
        phone.act(ReachMachine("amd_machine_detected", {"reason": "long greeting"}))
        await phone.hears_nothing(8)
        phone.act(ReachMachine("amd_machine_stopped_speaking"))
        await phone.hears("Your bread is ready.")
        await phone.call_ends("jambonz")


async def test_a_machine_that_never_ends(virtual_time: Any) -> None:
    async with dial(app, direction="outbound") as phone:
        await phone.answers()
        await phone.waits(2)
        phone.act(ReachMachine("amd_machine_detected"))
        await phone.hears_nothing(50)
        await phone.call_ends("jambonz", timeout=20)
