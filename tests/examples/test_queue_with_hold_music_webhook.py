"""Waiting, being taken, and giving up, over webhooks."""

from __future__ import annotations

from typing import Any

from examples.queue_with_hold_music_webhook import LONGEST, MUSIC, QUEUE, app

from jambonz_anyio.testing import dial
from jambonz_core.simulator import LeaveQueue, TakeFromQueue, WaitInQueue


async def test_a_caller_is_taken(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.hears("You are number 1 in the queue.")
        await phone.hears_sound(MUSIC)
        phone.act(TakeFromQueue(QUEUE))
        await phone.waits(5)
        phone.act(LeaveQueue(QUEUE))
        await phone.call_ends("jambonz")
        assert not phone.faults


async def test_nobody_comes(virtual_time: Any) -> None:
    async with dial(app, webhook=True) as phone:
        await phone.hears("everybody is busy", timeout=LONGEST + 60)
        await phone.call_ends("jambonz")


async def test_somebody_who_helps(virtual_time: Any) -> None:
    async with dial(app, "/agent", webhook=True) as phone:
        await phone.hears("The next one.")
        phone.act(WaitInQueue(QUEUE))
        await phone.waits(10)
        phone.act(LeaveQueue(QUEUE))
        await phone.hears("The next one.")
