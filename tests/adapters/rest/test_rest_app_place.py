"""`App.place` from end to end: REST places the call, the simulated phone rings, and its session is the block's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.rest import JambonzClient
from jambonz_anyio.testing import Phone, dial
from jambonz_anyio.testing.rest_server import RestServer
from jambonz_core.rest import CallFailed
from jambonz_core.simulator import CallSetup

Answering = Callable[[Phone], Awaitable[None]]


class World:
    """A REST server whose calls ring at simulated phones, which an application serves."""

    def __init__(self, app: App, answering: Answering) -> None:
        self.server = RestServer()
        self.client = JambonzClient(
            "https://api.example.com",
            self.server.account_sid,
            self.server.api_key,
            transport=self.server.transport(),
        )
        self._app = app
        self._answering = answering

    async def ring(self, setup: CallSetup) -> None:
        async with dial(self._app, "/out", setup=setup, direction="outbound") as phone:
            await self._answering(phone)

    def placing(self, tasks: Any) -> Any:
        """What `App.place` gives, with the phone ringing in `tasks` as soon as the request is there."""

        def created(sid: str, body: dict[str, Any]) -> None:
            tasks.start_soon(self.ring, CallSetup(call_sid=sid, tag=body["tag"]))

        self.server.calls.on_create = created
        return self._app.place(
            self.client,
            from_="+15085551212",
            to="+15085551213",
            application_sid=self.server.application(),
            tag={"order": 7},
        )


def application() -> tuple[App, list[str]]:
    app = App()
    ran: list[str] = []

    @app.call("/out")
    async def route(call: Call) -> None:
        ran.append("route")

    return app, ran


async def test_the_session_is_the_blocks(virtual_time: Any) -> None:
    app, ran = application()
    heard = []

    async def answering(phone: Phone) -> None:
        await phone.answers()
        await phone.hears("Your order is here.")
        await phone.call_ends()
        heard.append("it")

    world = World(app, answering)
    async with world.client, anyio.create_task_group() as tasks:
        async with world.placing(tasks) as call:
            assert call.customer_data["order"] == 7
            assert call.call_sid in world.server.calls.records
            await call.say(text="Your order is here.").send()
        # As when a handler returns: what is queued is still said, then the call is hung up.
    assert heard == ["it"]
    assert ran == []


async def test_nobody_answers(virtual_time: Any) -> None:
    app, ran = application()

    async def answering(phone: Phone) -> None:
        await phone.busy()

    world = World(app, answering)
    async with world.client, anyio.create_task_group() as tasks:
        with pytest.raises(CallFailed, match="busy") as caught:
            async with world.placing(tasks):
                raise AssertionError
        assert caught.value.sip_status == 486
    assert ran == []


async def test_nobody_answers_in_time(virtual_time: Any) -> None:
    app, ran = application()

    async def answering(phone: Phone) -> None:
        await phone.rings()
        await phone.call_ends(timeout=100.0)

    world = World(app, answering)
    async with world.client, anyio.create_task_group() as tasks:
        with pytest.raises(CallFailed, match="nobody answered"):
            async with world.placing(tasks):
                raise AssertionError
    assert ran == []


async def test_a_block_that_fails_hangs_up(virtual_time: Any) -> None:
    app, ran = application()
    ended = []

    async def answering(phone: Phone) -> None:
        await phone.answers()
        await phone.call_ends()
        ended.append("hung up")

    world = World(app, answering)
    async with world.client, anyio.create_task_group() as tasks:
        with pytest.raises(ValueError, match="the reason"):
            async with world.placing(tasks):
                raise ValueError("the reason")
    assert ended == ["hung up"]
    assert ran == []
