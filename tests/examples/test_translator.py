"""Each hears what the other one has said, in their own language."""

from __future__ import annotations

from typing import Any

from examples.translator import app

from jambonz_anyio.testing import dial


async def test_two_people(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.hears("and translate")
        other = phone.party("b1")
        await other.answers()
        await phone.waits(1)
        await phone.says("Good morning")
        await other.hears("guten Morgen")
        await other.says("Auf Wiedersehen")
        await phone.hears("goodbye")
        await other.hangs_up()
        await phone.call_ends("jambonz")
        tracks = [command.data["action"] for command in phone.commands if command.command == "dub"]
        assert tracks == ["addTrack", "addTrack", "sayOnTrack", "sayOnTrack"]


async def test_nobody_there(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.party("b1").busy()
        await phone.hears("Nobody is there.")
        await phone.call_ends("jambonz")
