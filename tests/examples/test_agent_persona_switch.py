"""The model hands over, and is somebody else."""

from __future__ import annotations

from typing import Any

from examples.agent_persona_switch import PERSONAS, app

from jambonz_anyio.testing import dial


async def test_a_complaint(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.says("My bread was stale!")
        await phone.model.calls("hand_over", to="complaints", why="stale bread")
        phone.model.got("hand_over", contains="complaints")
        told = await phone.model.is_updated()
        assert told == {"type": "update_instructions", "instructions": PERSONAS["complaints"]}
        asked = await phone.model.is_updated()
        assert asked["type"] == "generate_reply"
        assert "stale bread" in asked["user_input"]
        await phone.model.says("I am the manager, and I am so sorry.")
        await phone.hears("I am the manager")
        await phone.model.ends()
        await phone.call_ends("jambonz")
        assert not phone.faults


async def test_a_colleague_who_does_not_exist(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.model.calls("hand_over", to="the king", why="bread")
        phone.model.got("hand_over", is_error=True)
