"""Two calls at once: the caller's, and the supervisor's."""

from __future__ import annotations

from typing import Any

from examples.agent_supervisor import app

from jambonz_anyio.testing import dial


async def test_a_supervisor_interrupts(virtual_time: Any) -> None:
    async with dial(app) as caller:
        await caller.says("Do you have cake?")
        await caller.model.replies(
            "We have no cake today, but there is bread, and there are rolls, and cookies too."
        )
        await caller.hears("no cake")
        async with dial(app, "/supervisor") as supervisor:
            await supervisor.hears("What should the agent say?")
            await supervisor.says("There is cheese cake.")
            await supervisor.hears("It is told.")
            update = await caller.model.is_updated()
            assert (update["type"], update["interrupt"]) == ("generate_reply", True)
            assert "There is cheese cake." in update["instructions"]
        await caller.model.says("I am just told that there is cheese cake.")
        await caller.hears("cheese cake")
        assert not caller.faults


async def test_nobody_to_supervise(virtual_time: Any) -> None:
    async with dial(app, "/supervisor") as phone:
        await phone.says("Hello?")
        await phone.hears("No agent has a call now.")
        await phone.hears("Goodbye.", timeout=30)
        await phone.call_ends("jambonz")
