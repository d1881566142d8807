"""A call over real sockets, whose connection is lost in the middle."""

from __future__ import annotations

import pytest
import trio
from examples.core_on_trio_websocket import echo, serve

from jambonz_anyio.testing import HURRIED, dial_url

pytestmark = pytest.mark.real_time


async def conversation() -> None:
    async with trio.open_nursery() as nursery:
        port = await nursery.start(serve, echo, 0)
        async with dial_url(f"ws://127.0.0.1:{port}/", options=HURRIED) as phone:
            await phone.hears("Say something.")
            await phone.says("good morning", pause=0.05)
            await phone.hears("You said: good morning")
            await phone.hears("Say something.")
            await phone.waits(0.3)  # so that a pong has told that this was read
            phone.drops()
            await phone.comes_back()
            await phone.says("still there?", pause=0.05)
            await phone.hears("You said: still there?")
            assert not phone.faults
        nursery.cancel_scope.cancel()


def test_a_call_survives_its_connection() -> None:
    trio.run(conversation)
